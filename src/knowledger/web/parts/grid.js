/** Tables of values as they are: figures to the right, nothing reformatted, absent values marked. */

import { h } from "../dom.js";

const LONGEST = 160;
const DECIMAL = /^-?(0|[1-9]\d*)\.\d+$/;

/** `data` is a list of objects by column name. */
export function grid(columns, data, caption) {
  const numeric = new Set(columns.filter((name) => isNumeric(data, name)));
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    h(
      "table",
      { class: "grid" },
      h("caption", { class: "unseen" }, caption),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          columns.map((name) => h("th", { scope: "col", class: numeric.has(name) && "is-number" }, name)),
        ),
      ),
      h(
        "tbody",
        {},
        data.map((row) =>
          h(
            "tr",
            {},
            columns.map((name) => cell(row[name], numeric.has(name))),
          ),
        ),
      ),
    ),
  );
}

const isNumeric = (data, name) => {
  const given = data.map((row) => row[name]).filter((value) => value !== null && value !== undefined);
  return given.length > 0 && given.every((value) => typeof value === "number" || DECIMAL.test(value));
};

function cell(value, toTheRight) {
  if (value === null || value === undefined) return h("td", { class: "is-null" }, "null");
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const isLong = text.length > LONGEST;
  return h(
    "td",
    { class: toTheRight && "is-number", title: isLong && text.slice(0, 4000) },
    isLong ? `${text.slice(0, LONGEST)}…` : text,
  );
}
