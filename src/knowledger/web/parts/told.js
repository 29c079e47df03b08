/** What an operation has to say for itself, in a sentence. */

import { count, counted, duration, size } from "../format.js";
import { isActive } from "../operations.js";

const TITLES = {
  create_graph: "Create graph",
  create_entity_graph: "Create entity graph",
  create_subgraph: "Create subgraph",
  stage_file: "Stage file",
  sync_connection: "Sync bank",
  materialize: "Materialize",
  analyze: "Answer a question",
  delete_graph: "Delete graph with a last backup",
  run_pipeline: "Run pipeline",
  load_filings: "Load filings",
  stage_filings: "Stage filings",
  materialize_filings: "Materialize filings",
};

const OUTCOMES = {
  analyze: ({ text }) => shortened(text.replaceAll("**", "")),
  create_graph: ({ name }) => `“${name}” is ready`,
  create_entity_graph: ({ name }) => `“${name}” is ready`,
  create_subgraph: ({ subgraph_name: name }) => `“${name}” is ready`,
  sync_connection: ({ added, modified, removed }) =>
    `${count(added)} new, ${count(modified)} changed, ${count(removed)} gone`,
  stage_file: ({ rows_accepted: accepted, rows_rejected: rejected, table_name: table }) =>
    `${counted(accepted, "row")} into ${table}${rejected ? `, ${count(rejected)} rejected` : ""}`,
  materialize: built,
  materialize_filings: built,
};

function built({ counts, number, rows_rejected: rejected }) {
  const nodes = `Generation ${number}: ${count(total(counts))} nodes and relationships`;
  return rejected ? `${nodes}, ${counted(rejected, "row")} rejected` : nodes;
}

const shortened = (text) => (text.length > 120 ? `${text.slice(0, 119)}…` : text);

export const titleOf = (operation) =>
  TITLES[operation.operation_type] ?? spaced(operation.operation_type ?? "operation");

/** How it ended, or what it does at present. */
export function messageOf(operation) {
  if (operation.error) return operation.error.message;
  const outcome = operation.status === "completed" && operation.result && OUTCOMES[operation.operation_type];
  return outcome ? outcome(operation.result) : (operation.message ?? "");
}

export function percentOf(operation) {
  if (operation.status === "completed") return 100;
  const percent = operation.progress?.progress_percent ?? null;
  return operation.status === "pending" || !isActive(operation) ? (percent ?? 0) : percent;
}

/** What is known of the work, as short texts: share, rows, bytes, speed, time left. */
export function figuresOf(progress) {
  if (!progress) return [];
  const { progress_percent: percent, rows_done: rows, bytes_done: bytes, rate, eta_seconds: left } = progress;
  return [
    isKnown(percent) && `${Math.floor(percent)} %`,
    isKnown(rows) && `${ofTotal(rows, progress.rows_total, count)} rows`,
    isKnown(bytes) && ofTotal(bytes, progress.bytes_total, size),
    rate > 0 && (isKnown(rows) ? `${count(Math.round(rate))} rows/s` : `${size(rate)}/s`),
    left >= 1 && `${duration(left)} left`,
  ].filter(Boolean);
}

const total = (counts) => Object.values(counts ?? {}).reduce((sum, number) => sum + number, 0);
const isKnown = (value) => value !== null && value !== undefined;
const ofTotal = (done, total, show) => (isKnown(total) ? `${show(done)} of ${show(total)}` : show(done));
const spaced = (name) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");
