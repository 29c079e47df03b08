/** Tables of values: figures to the right, absent values marked; as they are, or with amounts grouped for people. */

import { h } from "../dom.js";

const LONGEST = 160;
const DECIMAL = /^-?(0|[1-9]\d*)\.\d+$/;
const EXACT = /^-?(0|[1-9]\d*)(\.\d+)?$/;
/** Whole numbers of no more digits may be years and account codes: alone they make no column of amounts. */
const LONGEST_CODE = 4;

/** `data` is a list of objects by column name. */
export function grid(columns, data, caption) {
  return drawn(columns, data, caption, new Set(columns.filter((name) => isNumeric(given(data, name)))));
}

/** An answer's table: its amounts are exact text, which is grouped here, every digit kept. */
export function amountsGrid(columns, data, caption) {
  const amounts = new Set(columns.filter((name) => isAmounts(given(data, name))));
  const shown = data.map((row) =>
    Object.fromEntries(columns.map((name) => [name, amounts.has(name) ? grouped(row[name]) : row[name]])),
  );
  return drawn(
    columns,
    shown,
    caption,
    new Set(columns.filter((name) => amounts.has(name) || isNumeric(given(data, name)))),
  );
}

function drawn(columns, data, caption, numeric) {
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

const given = (data, name) => data.map((row) => row[name]).filter((value) => value !== null && value !== undefined);

const isNumeric = (values) =>
  values.length > 0 && values.every((value) => typeof value === "number" || DECIMAL.test(value));

const isAmounts = (values) =>
  values.every((value) => typeof value === "string" && EXACT.test(value)) &&
  values.some((text) => text.includes(".") || text.length > LONGEST_CODE);

export function grouped(amount) {
  const [whole, fraction] = amount?.split(".") ?? [];
  return whole && [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...(fraction ? [fraction] : [])].join(".");
}

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
