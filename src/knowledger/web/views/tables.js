/** The tables that files are loaded into. */

import * as api from "../api.js";
import { h, replace } from "../dom.js";
import { count, size } from "../format.js";
import { watchEnds } from "../operations.js";
import { empty } from "../parts/empty.js";
import { href } from "../router.js";

export async function tablesTab({ params, signal }) {
  const node = h("section", { "aria-label": "Tables" });
  const draw = async () => {
    const { tables } = await api.get(api.path("graphs", params.graph, "tables"), { signal });
    replace(node, tables.length ? list(params.graph, tables) : none(params.graph));
  };
  watchEnds(params.graph, () => draw().catch(() => {}), signal);
  await draw();
  return node;
}

const none = (id) =>
  empty(
    "layers",
    "No tables yet",
    "A graph's tables come with its schema. Drop files, and Knowledger proposes types and keys for them.",
    h("a", { class: "button is-main", href: href("graphs", id, "files") }, "Go to files"),
  );

const list = (id, tables) =>
  h(
    "div",
    { class: "card scroll" },
    h(
      "table",
      { class: "list" },
      h("caption", { class: "unseen" }, "Tables"),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ["Table", "Kind", "Key", "Columns", "Files", "Rows", "Rejected", "Size"].map((name, index) =>
            h("th", { scope: "col", class: index > 2 && "is-number" }, name),
          ),
        ),
      ),
      h(
        "tbody",
        {},
        tables.map((table) => row(id, table)),
      ),
    ),
  );

const row = (id, table) =>
  h(
    "tr",
    {},
    h(
      "td",
      {},
      h(
        "a",
        { class: "list-name", href: href("graphs", id, "tables", table.table_name), "data-key": table.table_name },
        table.table_name,
      ),
      table.description && h("div", { class: "list-note" }, table.description),
    ),
    h("td", { "data-label": "Kind" }, h("span", { class: "kind", "data-kind": table.kind }, table.kind)),
    h(
      "td",
      { "data-label": "Key" },
      table.key.length ? h("code", {}, table.key.join(", ")) : h("span", { class: "quiet" }, "–"),
    ),
    figure("Columns", count(table.columns.length)),
    figure("Files", count(table.file_count)),
    figure("Rows", count(table.row_count)),
    figure("Rejected", table.rejected_count ? h("span", { class: "warned" }, count(table.rejected_count)) : "0"),
    figure("Size", size(table.size_bytes)),
  );

const figure = (label, content) => h("td", { class: "is-number", "data-label": label }, content);
