/** One operation: its strip, what came of it, and its log of events. */

import * as api from "../api.js";
import { h, replace } from "../dom.js";
import { between, count, when } from "../format.js";
import { find, isActive, remember, watch } from "../operations.js";
import { operationStrip } from "../parts/operation.js";
import { problem } from "../parts/problem.js";
import { figuresOf, titleOf } from "../parts/told.js";
import { href } from "../router.js";

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

const PAGE = 500;
const BETWEEN_READS_MS = 400;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads the log on from where it stands; asked while reading, it reads once more after. */
function eventLog(at, from, signal) {
  const body = h("tbody");
  let next = 0;
  let reading = null;
  let again = false;
  const read = async () => {
    do {
      again = false;
      const page = await api.get(`${at}/events`, { parameters: { from_sequence: next, limit: PAGE }, signal });
      body.prepend(
        ...page.events
          .filter((item) => item.sequence_number >= next)
          .map((item) => row(item, from))
          .reverse(),
      );
      next = Math.max(next, (page.events.at(-1)?.sequence_number ?? -1) + 1);
      again ||= page.events.length === PAGE;
      if (again && page.events.length < PAGE) await pause(BETWEEN_READS_MS);
    } while (again && !signal.aborted);
  };
  return {
    node: h(
      "div",
      { class: "scroll log", tabindex: 0, role: "region", "aria-label": "Events" },
      h(
        "table",
        { class: "list is-tight" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ["#", "Event", "Message", "Progress", "After"].map((name) => h("th", { scope: "col" }, name)),
          ),
        ),
        body,
      ),
    ),
    readOn() {
      again = true;
      reading ??= read()
        .catch(() => {})
        .finally(() => {
          reading = null;
        });
      return reading;
    },
  };
}

const row = ({ sequence_number: number, event, data }, from) =>
  h(
    "tr",
    {},
    h("td", { class: "figure" }, number),
    h(
      "td",
      { "data-label": "Event" },
      h("span", { class: "badge", "data-tone": TONES[event] }, event.replace("operation_", "")),
    ),
    h("td", { "data-label": "Message" }, data.error ?? data.message ?? data.reason ?? ""),
    h(
      "td",
      { class: "figure", "data-label": "Progress" },
      event === "operation_progress" ? figuresOf(data).slice(0, 2).join(" · ") : "",
    ),
    h("td", { class: "figure", "data-label": "After", title: data.timestamp }, between(from, data.timestamp)),
  );

const TONES = {
  operation_started: "running",
  operation_completed: "completed",
  operation_error: "failed",
  operation_cancelled: "cancelled",
  operation_retrying: "stale",
};
