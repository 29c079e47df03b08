/** An error as a user would like it: what, where, and what to do. */

import { h } from "../dom.js";
import { icon } from "./icons.js";

export function problem(error, { onRetry } = {}) {
  const places = error.details?.problems ?? [];
  return h(
    "div",
    { class: "problem", role: "alert" },
    icon("alert"),
    h(
      "div",
      { class: "problem-text" },
      h("p", { class: "problem-what" }, error.message),
      places.length > 1 && h("ul", { class: "problem-places" }, places.map(place)),
      error.hint && h("p", { class: "problem-hint" }, error.hint),
      error.code && h("p", { class: "problem-code" }, error.code),
    ),
    error.status === 404 && h("a", { class: "button", href: "#/graphs" }, "All graphs"),
    onRetry && h("button", { type: "button", class: "button", onclick: onRetry }, "Try again"),
  );
}

const place = ({ place, problem }) => h("li", {}, h("code", {}, place), " ", problem);

/** Runs `work` for a control that is disabled meanwhile; its error is shown in `place`. */
export async function attempt(control, place, work) {
  place.replaceChildren();
  control.disabled = true;
  control.setAttribute("aria-busy", "true");
  try {
    return await work();
  } catch (error) {
    if (error.name !== "AbortError") place.replaceChildren(problem(error));
    return undefined;
  } finally {
    control.disabled = false;
    control.removeAttribute("aria-busy");
  }
}
