/** First questions to ask a graph, made from its types; from those with rows first. */

const MOST = 5;
const LISTED = 5;

export function examplesFor(schema, counts = {}) {
  const filledFirst = (types = []) => [...types].sort((one, other) => !counts[one.name] - !counts[other.name]);
  const [nodes, relationships] = [filledFirst(schema.nodes), filledFirst(schema.relationships)];
  const named = (name) => nodes.find((node) => node.name === name);
  const ends = relationships.map((item) => ({ ...item, start: named(item.from), end: named(item.to) }));
  return {
    cypher: [...ends.slice(0, 1).map(ranking), ...nodes.map(listing), ...ends.slice(0, 1).map(pairs)].slice(0, MOST),
    sql: nodes.slice(0, MOST).map(rows),
  };
}

const rows = ({ name }) => ({ name, text: lines("SELECT *", `FROM "${name.replaceAll('"', '""')}"`, "LIMIT 50") });

const listing = (node) => ({
  name: node.name,
  text: lines(`MATCH (n:${quoted(node.name)})`, `RETURN ${columns("n", node, LISTED)}`, "LIMIT 50"),
});

const pairs = ({ name, start, end }) => ({
  name: `${start.name} → ${end.name}`,
  text: lines(
    `MATCH (a:${quoted(start.name)})-[:${quoted(name)}]->(b:${quoted(end.name)})`,
    `RETURN ${columns("a", start, 2)}, ${columns("b", end, 2)}`,
    "LIMIT 50",
  ),
});

const ranking = ({ name, start, end }) => ({
  name: `${start.name} per ${end.name}`,
  text: lines(
    `MATCH (a:${quoted(start.name)})-[:${quoted(name)}]->(b:${quoted(end.name)})`,
    `RETURN ${columns("b", end, 2)}, count(*) AS number`,
    "ORDER BY number DESC",
    "LIMIT 20",
  ),
});

/** The key first, then what reads like a name, then the rest. */
function columns(variable, { key, properties }, most) {
  const rank = ({ name }) => ([key].flat().includes(name) ? 0 : /name|title|label/i.test(name) ? 1 : 2);
  const chosen = [...properties].sort((one, other) => rank(one) - rank(other)).slice(0, most);
  return chosen.map(({ name }) => `${variable}.${quoted(name)}`).join(", ");
}

const lines = (...parts) => parts.join("\n");
const quoted = (name) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replaceAll("`", "``")}\``);
