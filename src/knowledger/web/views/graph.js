/** One graph: its head, what is going on in it, and a tab. */

import * as api from "../api.js";
import { h, keepByKey, replace } from "../dom.js";
import { when } from "../format.js";
import { accept, active, watch, watchEnds } from "../operations.js";
import { icon } from "../parts/icons.js";
import { notify } from "../parts/notices.js";
import { operationStrip } from "../parts/operation.js";
import { attempt } from "../parts/problem.js";
import { href } from "../router.js";
import { askTab } from "./ask.js";
import { banksTab } from "./banks.js";
import { filesTab } from "./files.js";
import { graphOperationsTab } from "./operations.js";
import { overviewTab } from "./overview.js";
import { queryTab } from "./query.js";
import { tableTab } from "./table.js";
import { tablesTab } from "./tables.js";

const TABS = {
  "": overviewTab,
  "/tables": tablesTab,
  "/tables/:table": tableTab,
  "/files": filesTab,
  "/query": queryTab,
  "/ask": askTab,
  "/banks": banksTab,
  "/operations": graphOperationsTab,
};
const NAMES = [
  ["", "Overview"],
  ["tables", "Tables"],
  ["files", "Files"],
  ["query", "Query"],
  ["ask", "Ask"],
  ["operations", "Operations"],
];
const BANKS = ["banks", "Banks"];

export const graphPage =
  (pattern) =>
  async ({ params, signal }) => {
    const at = api.path("graphs", params.graph);
    const [graph, content] = await Promise.all([api.get(at, { signal }), TABS[pattern]({ params, signal })]);
    const strips = h("div", { class: "strips", "aria-label": "Under way" });
    const banner = h("div");
    const shown = () => active(params.graph).filter((item) => item.operation_type !== "analyze"); // the answer shows itself
    const drawStrips = () => keepByKey(strips, shown(), (item) => item.operation_id, operationStrip);
    const drawBanner = (current) => replace(banner, staleBanner(current));
    watch(() => {
      drawStrips();
      banner.hidden = isMaterializing(params.graph);
    }, signal);
    watchEnds(params.graph, () => api.get(at, { signal }).then(drawBanner, () => {}), signal);
    drawStrips();
    drawBanner(graph);
    banner.hidden = isMaterializing(params.graph);
    const node = h("div", { class: "page" }, head(graph), tabs(graph, pattern), banner, strips, content);
    return { title: graph.name, node };
  };

const isMaterializing = (id) => active(id).some((item) => item.operation_type === "materialize");

const head = (graph) =>
  h(
    "div",
    { class: "page-head" },
    h(
      "div",
      {},
      h("p", { class: "crumb" }, h("a", { href: href("graphs") }, "Graphs")),
      h("h1", {}, graph.name),
      h("p", { class: "page-note" }, idButton(graph.graph_id), graph.description && h("span", {}, graph.description)),
    ),
  );

function idButton(id) {
  const copy = () => navigator.clipboard?.writeText(id).then(() => notify("The graph's id is copied."));
  return h(
    "button",
    { type: "button", class: "id", title: "Copy the graph's id", onclick: copy },
    h("code", {}, id),
    icon("copy"),
  );
}

/** Banks only where there are accounts to feed, or where one has gone there. */
function tabs({ graph_id: id, generation }, pattern) {
  const hasBanks = pattern === "/banks" || "BankAccount" in (generation?.counts ?? {});
  const shown = hasBanks ? [...NAMES.slice(0, -1), BANKS, NAMES.at(-1)] : NAMES;
  const current = pattern.split("/")[1] ?? "";
  const link = ([tab, name]) =>
    h(
      "a",
      {
        href: tab ? href("graphs", id, tab) : href("graphs", id),
        "aria-current": tab === current && "page",
        "data-key": `tab-${tab}`,
      },
      name,
    );
  return h("nav", { class: "tabs", "aria-label": "Graph" }, shown.map(link));
}

function staleBanner(graph) {
  if (!graph.is_stale) return null;
  const trouble = h("div");
  const start = async (event) => {
    const accepted = await attempt(event.currentTarget, trouble, () =>
      api.post(api.path("graphs", graph.graph_id, "materialize"), {}),
    );
    if (accepted) accept(accepted);
  };
  return h(
    "section",
    { class: "banner", "aria-label": "The graph is stale" },
    icon("layers"),
    h(
      "p",
      {},
      h(
        "strong",
        {},
        graph.generation ? "The graph is behind its files. " : "Files are ready, the graph is not built yet. ",
      ),
      graph.stale_reason,
      graph.stale_since && h("span", { class: "quiet" }, " · ", when(graph.stale_since)),
    ),
    h(
      "button",
      { type: "button", class: "button is-main", "data-key": "materialize", onclick: start },
      icon("play"),
      "Materialize",
    ),
    trouble,
  );
}
