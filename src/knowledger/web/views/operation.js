/** One operation: its strip, what came of it, and its log of events. */

import * as api from "../api.js";
import { h, replace } from "../dom.js";
import { between, count, when } from "../format.js";
import { find, isActive, remember, watch } from "../operations.js";
import { operationStrip } from "../parts/operation.js";
import { problem } from "../parts/problem.js";
import { titleOf } from "../parts/told.js";
import { href } from "../router.js";
import { eventLog } from "./event-log.js";

export async function operationPage({ params, signal }) {
  const at = api.path("operations", params.operation);
  remember(await api.get(at, { signal }));
  const current = () => find(params.operation);
  const strip = operationStrip(current());
  const facts = h("dl", { class: "facts" });
  const outcome = h("div");
  const log = eventLog(at, current().created_at, signal);
  const draw = () => {
    strip.update(current());
    replace(facts, factsOf(current()));
    replace(outcome, outcomeOf(current()));
  };
  watch((operations) => {
    if (!operations.some((item) => item.operation_id === params.operation)) return;
    draw();
    log.readOn();
  }, signal);
  draw();
  await log.readOn();
  const node = h(
    "div",
    { class: "page stack operation" },
    h(
      "div",
      { class: "page-head" },
      h(
        "div",
        {},
        h("p", { class: "crumb" }, h("a", { href: href("operations") }, "Operations")),
        h("h1", {}, titleOf(current())),
      ),
    ),
    h("div", { class: "strips" }, strip.node),
    outcome,
    h("div", { class: "card" }, h("h2", {}, "Details"), facts),
    h("div", { class: "card" }, h("h2", {}, "Events"), log.node),
  );
  return { title: titleOf(current()), node };
}

const factsOf = (operation) =>
  [
    ["Operation", h("code", {}, operation.operation_id)],
    [
      "Graph",
      operation.graph_id &&
        h("a", { href: href("graphs", operation.graph_id), "data-key": "graph" }, operation.graph_id),
    ],
    ["Step", stepOf(operation.progress)],
    ["Attempt", operation.attempt && String(operation.attempt)],
    ["Created", when(operation.created_at)],
    ["Waited", operation.started_at && between(operation.created_at, operation.started_at)],
    ["Took", operation.ended_at && between(operation.started_at, operation.ended_at)],
  ]
    .filter(([, value]) => value)
    .map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)));

function stepOf(progress) {
  if (!progress?.step) return null;
  return progress.total_steps
    ? `${progress.step} (${progress.current_step} of ${progress.total_steps})`
    : progress.step;
}

function outcomeOf(operation) {
  if (operation.error) return problem(operation.error);
  if (isActive(operation) || !operation.result) return null;
  const entries = Object.entries(operation.result).map(([name, value]) =>
    h("div", {}, h("dt", {}, name.replaceAll("_", " ")), h("dd", {}, plain(value))),
  );
  return h("div", { class: "card" }, h("h2", {}, "Result"), h("dl", { class: "facts" }, entries));
}

function plain(value) {
  if (typeof value === "number") return count(value);
  if (value === null || typeof value !== "object") return String(value ?? "–");
  const entries = Object.entries(value).map(
    ([name, item]) => `${name} ${typeof item === "number" ? count(item) : JSON.stringify(item)}`,
  );
  return entries.join(" · ") || "none";
}
