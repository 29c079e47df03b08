/** A graph at a glance: how much it holds, and how its types hang together. */

import * as api from "../api.js";
import { h, replace } from "../dom.js";
import { count, size, when } from "../format.js";
import { watchEnds } from "../operations.js";
import { openDialog } from "../parts/dialog.js";
import { dropFiles } from "../parts/drop.js";
import { empty } from "../parts/empty.js";
import { icon } from "../parts/icons.js";
import { go, href } from "../router.js";
import { send } from "../uploads.js";
import { schemaPicture } from "./schema-picture.js";

export async function overviewTab({ params, signal }) {
  const node = h("section", { class: "stack", "aria-label": "Overview" });
  const at = api.path("graphs", params.graph);
  const draw = async () => {
    const [graph, { schema }] = await Promise.all([api.get(at, { signal }), api.get(`${at}/schema`, { signal })]);
    const content = schema.nodes?.length ? overview(graph, schema) : noTypes(graph);
    replace(node, content, graph.is_repository ? null : dangerZone(graph));
  };
  watchEnds(params.graph, () => draw().catch(() => {}), signal);
  await draw();
  return node;
}

const noTypes = ({ graph_id: id }) => [
  empty(
    "graph",
    "An empty graph",
    "It has no types yet. Drop your files, and Knowledger proposes node and relationship types for what they hold.",
  ),
  dropFiles((files) => {
    send(id, files);
    go("graphs", id, "files");
  }),
];

function overview(graph, schema) {
  const counts = graph.generation?.counts ?? {};
  const relationships = schema.relationships ?? [];
  const total = (types) => types.reduce((sum, type) => sum + (counts[type.name] ?? 0), 0);
  return [
    h(
      "dl",
      { class: "figures" },
      figure("Nodes", count(total(schema.nodes))),
      figure("Relationships", count(total(relationships))),
      figure("Size", size(graph.generation?.size_bytes)),
      figure("Materialized", graph.generation ? when(graph.generation.created_at) : "not yet"),
      figure("Generation", graph.generation ? `#${graph.generation.number}` : "–"),
    ),
    h(
      "div",
      { class: "overview" },
      h(
        "div",
        { class: "card picture-card" },
        h("h2", {}, "Types"),
        h("div", { class: "scroll" }, schemaPicture({ ...schema, relationships }, counts)),
      ),
      h(
        "div",
        { class: "card" },
        typeList(
          "Nodes",
          schema.nodes,
          counts,
          (type) => href("graphs", graph.graph_id, "tables", type.name),
          (type) => `key ${[type.key].flat().join(", ")}`,
        ),
        relationships.length > 0 &&
          typeList(
            "Relationships",
            relationships,
            counts,
            (type) => !type.source && href("graphs", graph.graph_id, "tables", type.name),
            (type) => `${type.from} → ${type.to}`,
          ),
      ),
    ),
  ];
}

const figure = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

function typeList(title, types, counts, linkOf, noteOf) {
  const most = Math.max(1, ...types.map((type) => counts[type.name] ?? 0));
  const item = (type) => {
    const number = counts[type.name] ?? 0;
    const link = linkOf(type);
    return h(
      "li",
      { "--share": `${(100 * number) / most}%` },
      h(
        "span",
        { class: "type-name" },
        link ? h("a", { href: link, "data-key": `type-${type.name}` }, type.name) : type.name,
        h("small", {}, noteOf(type)),
      ),
      h("b", {}, count(number)),
    );
  };
  return [h("h2", {}, title), h("ul", { class: "types" }, types.map(item))];
}

function dangerZone(graph) {
  const ask = () => {
    const typed = h("input", {
      autocomplete: "off",
      required: true,
      pattern: escaped(graph.name),
      title: "The name of the graph",
      autofocus: true,
    });
    openDialog({
      title: "Delete this graph?",
      body: [
        h("p", {}, "Its files, staged rows, generations and subgraphs are deleted with it."),
        h("p", {}, "For a day ", h("code", {}, `knowledger graph undelete ${graph.graph_id}`), " brings it back."),
        h("label", {}, h("span", {}, "Type the name ", h("b", {}, graph.name), " to confirm"), typed),
      ],
      action: "Delete graph",
      tone: "danger",
      onSubmit: async () => {
        await api.remove(api.path("graphs", graph.graph_id));
        go("graphs");
      },
    });
  };
  return h(
    "p",
    { class: "danger-zone" },
    h(
      "button",
      { type: "button", class: "button is-quiet", "data-key": "delete", onclick: ask },
      icon("trash"),
      "Delete graph…",
    ),
  );
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\/\-]/g, "\\$&");
