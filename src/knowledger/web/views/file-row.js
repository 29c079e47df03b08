/** One file: uploaded → staged → in the graph, and what can be done with it. */

import * as api from "../api.js";
import { h, replace } from "../dom.js";
import { count, counted, size, when } from "../format.js";
import { accept, find, isActive } from "../operations.js";
import { bar } from "../parts/bar.js";
import { openDialog } from "../parts/dialog.js";
import { icon } from "../parts/icons.js";
import { attempt } from "../parts/problem.js";
import { figuresOf, percentOf } from "../parts/told.js";
import { href } from "../router.js";

/** `{node, update(file)}`; `tables()` are the names to choose from, `onChange()` asks for a fresh list. Nobody changes
 * the files of a graph that all share. */
export function fileRow({ tables, onChange, isShared }) {
  const name = h("div", { class: "file-name" });
  const layers = h("ol", { class: "layers" });
  const actions = h("div", { class: "file-actions" });
  const trouble = h("div", { class: "file-trouble" });
  const progress = bar("Staging");
  const node = h("article", { class: "file", role: "listitem" }, name, layers, actions, trouble);
  let drawn = null;
  return {
    node,
    update(file) {
      const staging = stagingOf(file);
      progress.node.setAttribute("aria-label", `Staging ${file.file_name}`);
      if (staging) progress.update(percentOf(staging), staging.status);
      replace(layers, layersOf(file, staging, progress));
      const facts = JSON.stringify([file, tables(), Boolean(staging)]);
      if (facts === drawn) return;
      drawn = facts;
      replace(name, nameOf(file));
      if (!isShared) replace(actions, actionsOf(file, Boolean(staging), tables(), trouble, onChange));
    },
  };
}

/** The operation that stages the file at present. */
function stagingOf({ layers: { staged } }) {
  const operation = find(staged.operation_id);
  return operation && isActive(operation) ? operation : null;
}

const nameOf = (file) => [
  h("b", {}, file.file_name),
  h(
    "span",
    { class: "quiet" },
    file.table_name
      ? [
          "→ ",
          h(
            "a",
            { href: href("graphs", file.graph_id, "tables", file.table_name), "data-key": "table" },
            file.table_name,
          ),
        ]
      : "no table yet",
  ),
];

function layersOf(file, staging, progress) {
  const { uploaded, staged, graph } = file.layers;
  return [
    layer("Uploaded", uploaded.status === "complete" ? "done" : "running", [
      size(uploaded.size_bytes),
      when(uploaded.at),
    ]),
    staging
      ? layer("Staging", "running", figuresOf(staging.progress).slice(0, 2), progress.node)
      : layer("Staged", toneOf(staged.status), stagedFacts(file, staged)),
    layer(
      "In graph",
      graph.status === "current" ? "done" : toneOf(graph.status),
      graph.status === "current" ? [counted(graph.rows, "row"), when(graph.at)] : [GRAPH_WORDS[graph.status]],
    ),
  ];
}

const GRAPH_WORDS = { none: "not yet", pending: "waits for materializing" };
const toneOf = (status) =>
  ({ ready: "done", failed: "failed", pending: "waiting", running: "running" })[status] ?? "none";

const layer = (name, tone, facts, more) =>
  h(
    "li",
    { class: "layer", "data-tone": tone },
    h("span", { class: "layer-name" }, name),
    h(
      "span",
      { class: "layer-facts" },
      facts.map((fact) => h("span", {}, fact)),
    ),
    more,
  );

function stagedFacts(file, staged) {
  if (staged.status === "failed") return [h("span", { class: "failed" }, staged.error?.message ?? "failed")];
  if (staged.status !== "ready") return [staged.status === "none" ? "not yet" : "waiting"];
  const rejected = () =>
    h(
      "a",
      { class: "warned", href: href("graphs", file.graph_id, "tables", file.table_name), "data-key": "rejects" },
      `${count(staged.rows_rejected)} rejected`,
    );
  return [counted(staged.rows_accepted, "row"), staged.rows_rejected > 0 ? rejected() : when(staged.at)];
}

function actionsOf(file, isStaging, tables, trouble, onChange) {
  const at = api.path("graphs", file.graph_id, "files", file.file_id);
  const choice = h(
    "select",
    { "aria-label": `Table for ${file.file_name}`, "data-key": "choice" },
    tables.map((table) => h("option", { value: table, selected: table === file.table_name }, table)),
  );
  const stage = h(
    "button",
    { type: "button", class: "button", "data-key": "stage" },
    file.layers.staged.status === "none" ? "Stage" : "Stage again",
  );
  stage.addEventListener("click", () =>
    attempt(stage, trouble, async () => {
      accept(await api.post(`${at}/stage`, { table: choice.value }));
      await onChange();
    }),
  );
  const isOffered =
    tables.length > 0 &&
    !isStaging &&
    file.layers.uploaded.status === "complete" &&
    file.layers.staged.status !== "ready";
  return [isOffered && choice, isOffered && stage, deleteButton(file, at, onChange)];
}

function deleteButton(file, at, onChange) {
  const ask = () =>
    openDialog({
      title: `Delete ${file.file_name}?`,
      body: h("p", {}, "Its rows leave their table at once, and the graph when it is next materialized."),
      action: "Delete file",
      tone: "danger",
      onSubmit: async () => {
        await api.remove(at);
        await onChange();
      },
    });
  return h(
    "button",
    {
      type: "button",
      class: "button is-quiet",
      "aria-label": `Delete ${file.file_name}`,
      title: "Delete",
      "data-key": "delete",
      onclick: ask,
    },
    icon("trash"),
  );
}
