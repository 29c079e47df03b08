/** What a place says while it holds nothing. */

import { h } from "../dom.js";
import { icon } from "./icons.js";

export const empty = (symbol, title, text, ...actions) =>
  h(
    "div",
    { class: "empty" },
    icon(symbol),
    h("p", { class: "empty-title" }, title),
    h("p", {}, text),
    actions.length > 0 && h("div", { class: "empty-actions" }, actions),
  );
