/** Rows that did not fit their table: where, which value, why. */

import * as api from "../api.js";
import { h } from "../dom.js";
import { count, counted } from "../format.js";
import { attempt } from "../parts/problem.js";

const PAGE = 100;

/** The card of a table's rejected rows; nothing when there are none. */
export async function rejects(tableAt, signal) {
  const body = h("tbody");
  const more = h("button", { type: "button", class: "button" }, "Show more");
  const trouble = h("div");
  const number = h("span", { class: "badge", "data-tone": "stale" });
  let shown = 0;
  const load = async () => {
    const page = await api.get(`${tableAt}/rejects`, { parameters: { limit: PAGE, offset: shown }, signal });
    body.append(...page.rejects.map(row));
    shown += page.rejects.length;
    more.hidden = shown >= page.total || page.rejects.length === 0;
    number.textContent = counted(page.total, "row");
    more.textContent = `Show more of ${count(page.total)}`;
  };
  more.addEventListener("click", () => attempt(more, trouble, load));
  await load();
  if (shown === 0) return null;
  return h(
    "div",
    { class: "card", id: "rejects" },
    h("h3", {}, "Rejected rows ", number),
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Rejected rows" },
      h(
        "table",
        { class: "list is-tight rejects" },
        h("caption", { class: "unseen" }, "Rejected rows"),
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ["File", "Line", "Column", "Value", "Reason"].map((name) => h("th", { scope: "col" }, name)),
          ),
        ),
        body,
      ),
    ),
    trouble,
    more,
  );
}

const row = (reject) =>
  h(
    "tr",
    { title: reject.raw ?? "" },
    h("td", {}, reject.file_name),
    h("td", { class: "figure", "data-label": "Line" }, position(reject)),
    h(
      "td",
      { "data-label": "Column" },
      reject.column ? h("code", {}, reject.column) : h("span", { class: "quiet" }, "–"),
    ),
    h("td", { "data-label": "Value" }, value(reject.value)),
    h("td", { "data-label": "Reason" }, reject.reason, " ", h("code", { class: "rule" }, reject.rule)),
  );

const position = ({ line, row }) =>
  line !== null && line !== undefined ? count(line) : row ? `row ${count(row)}` : "–";

function value(text) {
  if (text === null || text === undefined) return h("span", { class: "is-null" }, "null");
  return h("code", { class: "wrong" }, text === "" ? "(empty)" : text);
}
