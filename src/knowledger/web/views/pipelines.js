/** For operators: what the clock runs, when it ran last, and what upkeep found. */

import * as api from "../api.js";
import { h, keepByKey, replace } from "../dom.js";
import { when } from "../format.js";
import { accept, active, isActive, watch } from "../operations.js";
import { icon } from "../parts/icons.js";
import { list } from "../parts/list.js";
import { operationStrip } from "../parts/operation.js";
import { attempt, problem } from "../parts/problem.js";

export async function pipelinesPage({ signal }) {
  const findings = h("div", { class: "stack" });
  const runs = h("div");
  const reports = h("div");
  const trouble = h("div");
  const strips = h("div", { class: "strips" });
  const mine = () => active().filter((item) => item.operation_type === "run_pipeline");
  const drawStrips = () => keepByKey(strips, mine(), (item) => item.operation_id, operationStrip);
  const draw = async () => {
    const [known, found] = await Promise.allSettled([
      api.get("/pipelines", { signal }),
      api.get("/pipelines/reports", { parameters: { limit: 20 }, signal }),
    ]);
    if (found.status === "rejected") throw found.reason;
    replace(
      runs,
      known.status === "fulfilled" ? pipelinesTable(known.value.pipelines, trouble) : problem(known.reason),
    );
    replace(findings, found.value.findings.map(finding));
    replace(reports, reportsTable(found.value.reports));
  };
  watch((operations) => {
    drawStrips();
    if (operations.some((item) => item.operation_type === "run_pipeline" && !isActive(item))) draw().catch(() => {});
  }, signal);
  await draw();
  drawStrips();
  const node = h(
    "div",
    { class: "page" },
    h(
      "div",
      { class: "page-head" },
      h("h1", {}, "Pipelines"),
      h("a", { class: "button", href: "/dagster", target: "_blank", rel: "noopener" }, "Open Dagster"),
    ),
    findings,
    trouble,
    strips,
    runs,
    reports,
  );
  return { title: "Pipelines", node };
}

const finding = ({ job, severity, code, message, at }) =>
  h(
    "section",
    { class: "banner", "data-severity": severity },
    icon("alert"),
    h("p", {}, h("strong", {}, message), h("span", { class: "quiet" }, ` · ${job}, ${code} · `), when(at)),
  );

const pipelinesTable = (pipelines, trouble) =>
  list(
    "What runs",
    ["Pipeline", "When", "Next", "Last run", ""],
    pipelines.map((item) => pipelineRow(item, trouble)),
  );

function pipelineRow({ name, description, is_partitioned: hasPartitions, triggers, last_runs: runs }, trouble) {
  const start = async (event) => {
    const accepted = await attempt(event.currentTarget, trouble, () =>
      api.post(api.path("pipelines", name, "run"), {}),
    );
    if (accepted) accept(accepted);
  };
  const next = triggers
    .map((trigger) => trigger.next_at)
    .filter(Boolean)
    .sort()[0];
  const run = h("button", { type: "button", class: "button is-small", onclick: start }, icon("play"), "Run");
  return h(
    "tr",
    {},
    h("td", {}, h("span", { class: "list-name" }, name), h("div", { class: "list-note" }, description)),
    h("td", { "data-label": "When" }, triggers.map(trigger)),
    h("td", { class: "figure", "data-label": "Next" }, when(next)),
    h("td", { class: "figure", "data-label": "Last run" }, runs.length ? lastRun(runs[0]) : "–"),
    h("td", {}, hasPartitions ? h("span", { class: "quiet" }, "by partition") : run),
  );
}

const trigger = ({ kind, cron, is_on: isOn }) =>
  h("div", {}, cron ? h("code", { class: "cron" }, cron) : kind, !isOn && h("span", { class: "quiet" }, " off"));

const TONES = { success: "completed", failure: "failed", canceled: "cancelled", started: "running" };

const lastRun = ({ status, started_at: at }) => [
  h("span", { class: "badge", "data-tone": TONES[status] ?? status }, status),
  " ",
  when(at),
];

const reportsTable = (reports) =>
  reports.length > 0 &&
  list(
    "Reports",
    ["Job", "What it did", "When"],
    reports.map(({ job, summary, at }) =>
      h(
        "tr",
        {},
        h("td", {}, job),
        h("td", { "data-label": "What it did" }, summary),
        h("td", { class: "figure", "data-label": "When" }, when(at)),
      ),
    ),
  );
