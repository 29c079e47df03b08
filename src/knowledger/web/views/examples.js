/** First questions to ask a graph, made from its types. */

const MOST = 5;
const SHOWN_PROPERTIES = 4;

export function examplesFor({ nodes = [], relationships = [] }) {
  return {
    cypher: [
      ...relationships.slice(0, 1).map(ranking),
      ...nodes.map(listing),
      ...relationships.slice(0, 2).map(pairs),
    ].slice(0, MOST),
    sql: nodes
      .slice(0, MOST)
      .map((node) => ({ name: node.name, text: `SELECT *\nFROM ${sqlName(node.name)}\nLIMIT 50` })),
  };
}

const listing = (node) => ({
  name: node.name,
  text: `MATCH (n:${cypherName(node.name)})\nRETURN ${node.properties
    .slice(0, SHOWN_PROPERTIES)
    .map((item) => `n.${cypherName(item.name)}`)
    .join(", ")}\nLIMIT 50`,
});

const pairs = (item) => ({
  name: `${item.from} → ${item.to}`,
  text: `MATCH (a:${cypherName(item.from)})-[:${cypherName(item.name)}]->(b:${cypherName(item.to)})\nRETURN a, b\nLIMIT 25`,
});

const ranking = (item) => ({
  name: `Most ${item.name}`,
  text: `MATCH (:${cypherName(item.from)})-[:${cypherName(item.name)}]->(n:${cypherName(item.to)})\nRETURN n, count(*) AS number\nORDER BY number DESC\nLIMIT 10`,
});

const isPlain = (name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
const cypherName = (name) => (isPlain(name) ? name : `\`${name.replaceAll("`", "``")}\``);
const sqlName = (name) => `"${name.replaceAll('"', '""')}"`;
