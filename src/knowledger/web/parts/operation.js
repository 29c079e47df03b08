/** An operation as a strip: what it does, its bar, its figures, and a way to stop it. */

import { h, replace } from "../dom.js";
import { between, count, counted, duration, size, when } from "../format.js";
import { cancel, isActive } from "../operations.js";
import { href } from "../router.js";
import { bar } from "./bar.js";
import { icon } from "./icons.js";
import { notify } from "./notices.js";

const TITLES = { create_graph: "Create graph", stage_file: "Stage file", materialize: "Materialize" };

export const titleOf = (operation) => TITLES[operation.operation_type] ?? spaced(operation.operation_type ?? "operation");
const spaced = (name) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");

export const statusBadge = (operation) => {
  const text = operation.cancelling && isActive(operation) ? "cancelling" : operation.status;
  return h("span", { class: "badge", "data-tone": text }, text);
};

/** `{node, update(operation)}`; the node lives as long as the operation is shown. */
export function operationStrip(first) {
  const progress = bar(titleOf(first));
  const status = h("span");
  const message = h("p", { class: "strip-message" });
  const figures = h("span", { class: "strip-figures" });
  const stop = stopButton(first.operation_id);
  const node = h(
    "article",
    { class: "strip" },
    h("a", { class: "strip-title", href: href("operations", first.operation_id) }, titleOf(first)),
    status,
    message,
    h("div", { class: "strip-figures" }, figures, stop),
    progress.node,
  );
  return {
    node,
    update(operation) {
      replace(status, statusBadge(operation));
      message.textContent = operation.error?.message ?? operation.message ?? "";
      replace(figures, isActive(operation) ? activeFigures(operation) : endFigures(operation));
      stop.hidden = !isActive(operation) || Boolean(operation.cancelling);
      progress.update(percentOf(operation), operation.status);
      node.dataset.status = operation.status;
    },
  };
}

export function percentOf(operation) {
  if (operation.status === "completed") return 100;
  const known = operation.progress?.progress_percent ?? null;
  return operation.status === "pending" || !isActive(operation) ? (known ?? 0) : known;
}

/** What is known of the work, as short texts: share, rows, bytes, speed, time left. */
export function figuresOf({ progress }) {
  if (!progress) return [];
  const known = (value) => value !== null && value !== undefined;
  const ofTotal = (done, total, show) => (known(total) ? `${show(done)} of ${show(total)}` : show(done));
  return [
    known(progress.progress_percent) && `${Math.floor(progress.progress_percent)} %`,
    known(progress.rows_done) && `${ofTotal(progress.rows_done, progress.rows_total, count)} rows`,
    known(progress.bytes_done) && ofTotal(progress.bytes_done, progress.bytes_total, size),
    known(progress.rate) && `${count(Math.round(progress.rate))} rows/s`,
    known(progress.eta_seconds) && progress.eta_seconds >= 1 && `${duration(progress.eta_seconds)} left`,
  ].filter(Boolean);
}

const spans = (texts) => texts.map((text) => h("span", {}, text));

const activeFigures = (operation) => [
  operation.attempt > 1 && h("span", { class: "warned" }, `attempt ${operation.attempt}`),
  spans(figuresOf(operation)),
];

function endFigures(operation) {
  const rows = operation.result?.rows_accepted;
  return [
    rows !== undefined && h("span", {}, counted(rows, "row")),
    h("span", {}, between(operation.started_at, operation.ended_at)),
    h("span", {}, when(operation.ended_at)),
  ];
}

export function stopButton(id) {
  const button = h("button", { type: "button", class: "button is-quiet strip-stop", "data-key": `stop-${id}` }, icon("cross"), "Cancel");
  button.addEventListener("click", async () => {
    button.disabled = true;
    await cancel(id).catch((error) => notify(error.message, "failed"));
    button.disabled = false;
  });
  return button;
}
