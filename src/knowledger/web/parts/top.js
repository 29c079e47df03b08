/** The bar at the top: where one can go, whether the page is live, and who is signed in. */

import { h, replace } from "../dom.js";
import { active, isConnected, watch } from "../operations.js";
import { href } from "../router.js";
import { signOut, user } from "../session.js";
import { mark } from "./icons.js";
import { notify } from "./notices.js";

const PLACES = [
  ["graphs", "Graphs"],
  ["filings", "SEC filings"],
  ["operations", "Operations"],
  ["billing", "Billing"],
];
const FOR_OPERATORS = ["pipelines", "Pipelines"];

/** Lives until `signal` aborts. */
export function topBar(signal) {
  const links = [...PLACES, ...(user().is_operator ? [FOR_OPERATORS] : [])].map(([place, name]) =>
    h("a", { href: href(place), "data-place": place }, name, h("span", { class: "pill", hidden: true })),
  );
  const live = h("span", { class: "live" });
  const pill = links.find((link) => link.dataset.place === "operations").querySelector(".pill");
  const update = () => {
    const number = active().length;
    pill.hidden = number === 0;
    pill.textContent = number;
    pill.title = `${number} active`;
    live.dataset.connected = isConnected();
    live.title = isConnected() ? "Progress arrives live" : "The live connection is being restored";
    replace(live, isConnected() ? "Live" : "Connecting…");
  };
  const mend = () => links.forEach((link) => setCurrent(link));
  addEventListener("hashchange", mend, { signal });
  watch(update, signal);
  update();
  mend();
  return [
    h(
      "a",
      { class: "brand", href: href("graphs"), "aria-label": "Knowledger, all graphs" },
      mark(),
      h("span", {}, "Knowledger"),
    ),
    h("nav", { class: "top-places", "aria-label": "Main" }, links),
    live,
    h("span", { class: "top-user", title: user().email }, user().name || user().email),
    h("button", { type: "button", class: "button is-quiet", onclick: leave }, "Sign out"),
  ];
}

function setCurrent(link) {
  const place = location.hash.split("/")[1] || "graphs";
  if (link.dataset.place === place) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}

async function leave() {
  try {
    await signOut();
    location.assign("/");
  } catch (error) {
    notify(error.message, "failed");
  }
}
