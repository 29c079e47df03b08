/** A card with a list: a title, columns, and rows that the caller makes. */

import { h } from "../dom.js";

export const list = (title, columns, rows, ...actions) =>
  h(
    "div",
    { class: "card scroll" },
    h("div", { class: "card-head" }, h("h2", {}, title), actions),
    h(
      "table",
      { class: "list is-tight" },
      h("caption", { class: "unseen" }, title),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          columns.map((name) => h("th", { scope: "col" }, name)),
        ),
      ),
      h("tbody", {}, rows),
    ),
  );

/** `cells` by column, the first being what the row is; null leaves one out on small screens too. */
export const row = (columns, cells) =>
  h(
    "tr",
    {},
    cells.map((cell, index) => h("td", index === 0 ? {} : { "data-label": columns[index] }, cell)),
  );
