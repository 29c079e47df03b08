/** Proposes types for files that belong to no table, and takes the proposal over when told to. */

import * as api from "../api.js";
import { h, replace } from "../dom.js";
import { counted } from "../format.js";
import { accept } from "../operations.js";
import { grid } from "../parts/grid.js";
import { icon } from "../parts/icons.js";
import { attempt } from "../parts/problem.js";

/** The panel for `files` without a table; nothing when all have one. */
export function inferPanel(graphId, files, tables, onChange) {
  if (!files.length) return null;
  const at = api.path("graphs", graphId);
  const trouble = h("div");
  const proposal = h("div");
  const ask = async (event) => {
    const inferred = await attempt(event.currentTarget, trouble, () =>
      api.post(`${at}/schema/infer`, { file_ids: files.map((file) => file.file_id) }),
    );
    if (inferred)
      replace(
        proposal,
        proposed(inferred, (button) => attempt(button, trouble, () => takeOver(at, inferred, onChange))),
      );
  };
  return h(
    "section",
    { class: "card infer", "aria-label": "Propose types" },
    h(
      "div",
      { class: "infer-head" },
      h(
        "p",
        {},
        h("strong", {}, `${counted(files.length, "file")} without a table. `),
        tables.length
          ? "Choose a table below, or let new types be proposed from the files."
          : "Let types and keys be proposed from what the files hold.",
      ),
      h(
        "button",
        { type: "button", class: "button is-main", "data-key": "infer", onclick: ask },
        icon("graph"),
        "Propose types",
      ),
    ),
    trouble,
    proposal,
  );
}

const PREVIEWED = 3;

function proposed({ schema, tables }, onAccept) {
  const type = ({ file_name: file, node, preview }) =>
    h(
      "li",
      {},
      h(
        "p",
        {},
        h("b", {}, node.name),
        h("span", { class: "quiet" }, ` · from ${file} · key ${[node.key].flat().join(", ")}`),
      ),
      h(
        "p",
        { class: "chips" },
        node.properties.map((item) => h("code", {}, `${item.name} ${item.type}`)),
      ),
      node.description && h("p", { class: "warned" }, node.description),
      preview.length > 0 && grid(Object.keys(preview[0]), preview.slice(0, PREVIEWED), `First rows of ${file}`),
    );
  const link = (item) =>
    h("li", {}, h("p", {}, h("b", {}, item.name), h("span", { class: "quiet" }, ` · ${item.from} → ${item.to}`)));
  return [
    h("ul", { class: "proposal" }, tables.map(type), (schema.relationships ?? []).map(link)),
    h(
      "button",
      {
        type: "button",
        class: "button is-main",
        "data-key": "accept",
        onclick: (event) => onAccept(event.currentTarget),
      },
      icon("check"),
      "Use these types and stage the files",
    ),
  ];
}

async function takeOver(at, { schema, tables }, onChange) {
  await api.post(`${at}/schema`, { schema });
  for (const { file_id: file, node } of tables) {
    accept(await api.post(`${at}/files/${encodeURIComponent(file)}/stage`, { table: node.name }));
  }
  await onChange();
}
