/** Lists of operations: everybody's of the organization, or one graph's. */

import * as api from "../api.js";
import { h, keepByKey } from "../dom.js";
import { find, isActive, remember, watch } from "../operations.js";
import { empty } from "../parts/empty.js";
import { operationStrip } from "../parts/operation.js";
import { attempt } from "../parts/problem.js";

const FILTERS = [
  ["", "All"],
  ["running", "Running"],
  ["pending", "Pending"],
  ["completed", "Completed"],
  ["failed", "Failed"],
  ["cancelled", "Cancelled"],
];

export async function operationsPage({ signal }) {
  const node = h(
    "div",
    { class: "page" },
    h("div", { class: "page-head" }, h("h1", {}, "Operations")),
    await list({}, signal),
  );
  return { title: "Operations", node };
}

export const graphOperationsTab = ({ params, signal }) => list({ graph_id: params.graph }, signal);

/** Newest first; what starts meanwhile joins at the top. */
async function list(scope, signal) {
  const shown = new Set();
  const strips = h("div", { class: "strips" });
  const nothing = empty("clock", "Nothing here", "Work you start shows up here, live, and stays for reference.");
  const trouble = h("div");
  const older = h("button", { type: "button", class: "button" }, "Show older");
  const choice = h(
    "select",
    { "aria-label": "Status" },
    FILTERS.map(([value, name]) => h("option", { value }, name)),
  );
  let cursor = null;

  const isMine = (item) =>
    (!scope.graph_id || item.graph_id === scope.graph_id) && (!choice.value || item.status === choice.value);
  const draw = () => {
    const items = [...shown]
      .map(find)
      .filter((item) => item && isMine(item))
      .sort((one, other) => (one.created_at < other.created_at ? 1 : -1));
    keepByKey(strips, items, (item) => item.operation_id, operationStrip);
    nothing.hidden = items.length > 0;
    older.hidden = cursor === null;
  };
  const load = async () => {
    const page = await api.get("/operations", { parameters: { ...scope, status: choice.value, cursor }, signal });
    remember(...page.operations);
    page.operations.forEach((item) => shown.add(item.operation_id));
    cursor = page.next_cursor ?? null;
    draw();
  };
  const restart = () => {
    shown.clear();
    cursor = null;
    return attempt(choice, trouble, load);
  };
  choice.addEventListener("change", restart);
  older.addEventListener("click", () => attempt(older, trouble, load));
  watch((operations) => {
    operations
      .filter((item) => isMine(item) && (isActive(item) || shown.has(item.operation_id)))
      .forEach((item) => shown.add(item.operation_id));
    draw();
  }, signal);
  await load();
  return h(
    "section",
    { class: "stack", "aria-label": "Operations" },
    h("div", { class: "tools" }, h("label", { class: "inline" }, "Status", choice)),
    trouble,
    nothing,
    strips,
    older,
  );
}
