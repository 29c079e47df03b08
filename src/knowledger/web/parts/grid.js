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

/** A node or relationship reads as its label and properties; anything else that is not plain as JSON. */
function textOf(value) {
  if (typeof value !== "object") return String(value);
  if (!value._label) return JSON.stringify(value);
  const properties = Object.entries(value).filter(([name, item]) => !name.startsWith("_") && item !== null);
  return `${value._label} · ${properties.map(([name, item]) => `${name} ${textOf(item ?? "null")}`).join(" · ")}`;
}

function cell(value, toTheRight) {
  if (value === null || value === undefined) return h("td", { class: "is-null" }, "null");
  const text = textOf(value);
  const isLong = text.length > LONGEST;
  return h(
    "td",
    { class: toTheRight && "is-number", title: isLong && text.slice(0, 4000) },
    isLong ? `${text.slice(0, LONGEST)}…` : text,
  );
}
