/** All graphs of the user's organizations. */

import * as api from "../api.js";
import { h, keepByKey, replace } from "../dom.js";
import { count, size, when } from "../format.js";
import { active, isActive, watch } from "../operations.js";
import { empty } from "../parts/empty.js";
import { icon } from "../parts/icons.js";
import { operationStrip } from "../parts/operation.js";
import { href } from "../router.js";
import { openNewGraph } from "./new-graph.js";

const MOST_COUNTS = 3;

export async function graphsPage({ signal }) {
  const list = h("div");
  const strips = h("div", { class: "strips" });
  const draw = async () => {
    const { graphs } = await api.get("/graphs", { signal });
    replace(list, graphs.length ? graphsTable(graphs) : noGraphs());
  };
  const drawStrips = () => {
    const creating = active().filter((item) => item.operation_type === "create_graph");
    keepByKey(strips, creating, (item) => item.operation_id, operationStrip);
  };
  watch((operations) => {
    drawStrips();
    if (operations.some((item) => !isActive(item))) draw().catch(() => {});
  }, signal);
  await draw();
  drawStrips();
  const node = h(
    "div",
    { class: "page" },
    h("div", { class: "page-head" }, h("h1", {}, "Graphs"), newGraphButton()),
    strips,
    list,
  );
  return { title: "Graphs", node };
}

const newGraphButton = () =>
  h("button", { type: "button", class: "button is-main", onclick: openNewGraph }, icon("plus"), "New graph");

const noGraphs = () =>
  empty(
    "graph",
    "No graphs yet",
    "A graph holds the rows of your files as nodes and relationships. Make one, then drop files on it.",
    newGraphButton(),
  );

function graphsTable(graphs) {
  const newest = [...graphs].sort((one, other) => (changedAt(one) < changedAt(other) ? 1 : -1));
  return h(
    "div",
    { class: "card scroll" },
    h(
      "table",
      { class: "list" },
      h("caption", { class: "unseen" }, "Graphs"),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ["Name", "In the graph", "Size", "Changed"].map((name) => h("th", { scope: "col" }, name)),
        ),
      ),
      h("tbody", {}, newest.map(graphRow)),
    ),
  );
}

const changedAt = (graph) =>
  [graph.updated_at, graph.generation?.created_at ?? "", graph.stale_since ?? ""].sort().at(-1);

const graphRow = (graph) =>
  h(
    "tr",
    {},
    h(
      "td",
      {},
      h("a", { class: "list-name", href: href("graphs", graph.graph_id), "data-key": graph.graph_id }, graph.name),
      graph.is_stale && h("span", { class: "badge", "data-tone": "stale", title: graph.stale_reason ?? "" }, "stale"),
      h("div", { class: "list-note" }, graph.description || h("code", {}, graph.graph_id)),
    ),
    h("td", { "data-label": "In the graph" }, counts(graph.generation)),
    h("td", { class: "figure", "data-label": "Size" }, graph.generation ? size(graph.generation.size_bytes) : "–"),
    h("td", { class: "figure", "data-label": "Changed" }, when(changedAt(graph))),
  );

function counts(generation) {
  const entries = Object.entries(generation?.counts ?? {}).sort(([, one], [, other]) => other - one);
  if (!entries.some(([, number]) => number > 0)) return h("span", { class: "quiet" }, "empty");
  const shown = entries
    .slice(0, MOST_COUNTS)
    .map(([name, number]) => h("span", {}, h("b", {}, count(number)), " ", name));
  const more = entries.length - shown.length;
  return h("span", { class: "counts" }, shown, more > 0 && h("span", { class: "quiet" }, `+${more} more`));
}
