/** Short news in the corner, read out by screen readers. */

import { h } from "../dom.js";
import { isActive, watch } from "../operations.js";
import { href } from "../router.js";
import { icon } from "./icons.js";
import { messageOf, titleOf } from "./told.js";

const STAYS_MS = 7000;
const MOST = 3;
const ICONS = { completed: "check", failed: "alert", cancelled: "stop" };

export function notify(text, tone = "completed", link = null) {
  const place = document.getElementById("notices");
  const close = h("button", { type: "button", class: "notice-close", "aria-label": "Dismiss" }, icon("cross"));
  const node = h(
    "div",
    { class: "notice", "data-tone": tone },
    icon(ICONS[tone] ?? "check"),
    h("p", {}, link ? h("a", { href: link }, text) : text),
    close,
  );
  close.addEventListener("click", () => node.remove());
  place.append(node);
  while (place.children.length > MOST) place.firstChild.remove();
  setTimeout(() => node.remove(), tone === "failed" ? STAYS_MS * 2 : STAYS_MS);
}

/** Answers are read where they were asked for. */
const QUIET = new Set(["analyze"]);

/** Tells of every operation that ends while the page is open. */
export function announceOperations() {
  const active = new Set();
  watch((operations) => {
    for (const operation of operations) {
      const id = operation.operation_id;
      if (isActive(operation)) active.add(id);
      else if (active.delete(id) && !QUIET.has(operation.operation_type))
        notify(`${titleOf(operation)}: ${messageOf(operation)}`, operation.status, href("operations", id));
    }
  });
}
