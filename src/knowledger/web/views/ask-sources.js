/** What an answer cites: each figure with the filing, file, row or statement that it comes from. */

import { h } from "../dom.js";

const FACTS = [
  ["value", "Value"],
  ["unit", "Unit"],
  ["concept", "Concept"],
  ["period", "Period"],
  ["dimensions", "Dimensions"],
  ["form", "Form"],
  ["filed", "Filed"],
  ["accession", "Accession"],
  ["document", "Document"],
  ["anchor", "Place"],
  ["file", "File"],
  ["row", "Row"],
  ["node", "Type"],
  ["node_id", "Id"],
  ["generation_id", "Generation"],
  ["query", "Query"],
];

export function sourceList(sources) {
  if (sources.length === 0) return null;
  return h("section", { class: "sources", "aria-label": "Sources" }, h("h3", {}, "Sources"), sources.map(source));
}

function source(cited) {
  const known = FACTS.filter(([name]) => cited[name] !== null && cited[name] !== undefined && cited[name] !== "");
  const node = h(
    "details",
    { "data-source": cited.number },
    h("summary", {}, h("span", { class: "cite" }, cited.number), " ", cited.label),
    h(
      "dl",
      { class: "facts" },
      known.map(([name, title]) => h("div", {}, h("dt", {}, title), h("dd", {}, h("code", {}, String(cited[name]))))),
    ),
  );
  node.openSource = () => {
    node.open = true;
    node.scrollIntoView({ block: "nearest" });
    node.querySelector("summary").focus();
  };
  return node;
}
