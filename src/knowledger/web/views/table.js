/** One table: its columns, its first rows, and the rows that did not fit. */

import * as api from "../api.js";
import { h, replace } from "../dom.js";
import { counted } from "../format.js";
import { watchEnds } from "../operations.js";
import { grid } from "../parts/grid.js";
import { problem } from "../parts/problem.js";
import { href } from "../router.js";
import { rejects } from "./rejects.js";

export async function tableTab({ params, signal }) {
  const node = h("section", { class: "stack", "aria-label": `Table ${params.table}` });
  const at = api.path("graphs", params.graph, "tables", params.table);
  const draw = async () => {
    const table = await api.get(at, { signal });
    replace(node, sections(params.graph, table), await rejects(at, signal).catch((error) => problem(error)));
  };
  watchEnds(params.graph, () => draw().catch(() => {}), signal);
  await draw();
  return node;
}

const sections = (id, table) => [
  h(
    "div",
    {},
    h("p", { class: "crumb" }, h("a", { href: href("graphs", id, "tables"), "data-key": "tables" }, "Tables")),
    h("h2", {}, table.table_name, " ", h("span", { class: "kind", "data-kind": table.kind }, table.kind)),
    h(
      "p",
      { class: "quiet" },
      [table.description, `${counted(table.row_count, "row")} from ${counted(table.file_count, "file")}`]
        .filter(Boolean)
        .join(" · "),
    ),
  ),
  h("div", { class: "card" }, h("h3", {}, "Columns"), columns(table)),
  h(
    "div",
    { class: "card" },
    h("h3", {}, "First rows"),
    table.preview.data.length
      ? grid(table.preview.columns.filter(isOwn), table.preview.data, `First rows of ${table.table_name}`)
      : h("p", { class: "card-empty" }, "No rows are staged for this table yet."),
  ),
];

/** Columns that begin with _ are the platform's. */
const isOwn = (name) => !name.startsWith("_");

const columns = (table) =>
  h(
    "div",
    { class: "scroll" },
    h(
      "table",
      { class: "list is-tight" },
      h("caption", { class: "unseen" }, "Columns"),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ["Property", "Type", "Column in files", "", "Description"].map((name) => h("th", { scope: "col" }, name)),
        ),
      ),
      h(
        "tbody",
        {},
        table.columns.map((column) =>
          h(
            "tr",
            {},
            h("td", {}, h("b", {}, column.name)),
            h("td", { "data-label": "Type" }, h("code", {}, column.type)),
            h("td", { "data-label": "In files" }, h("code", {}, column.column ?? column.name)),
            h(
              "td",
              {},
              column.key && h("span", { class: "badge", "data-tone": "key" }, "key"),
              !column.key && column.required && h("span", { class: "badge" }, "required"),
            ),
            h("td", { class: "quiet" }, column.description ?? ""),
          ),
        ),
      ),
    ),
  );
