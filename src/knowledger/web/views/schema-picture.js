/** A schema as a picture: node types as discs, relationship types as arrows, both with their counts. */

import { svg } from "../dom.js";
import { short } from "../format.js";
import { heightFor, layOut } from "./schema-layout.js";

const HUES = 6;
const WIDTH = 640;
const LEAST_HEIGHT = 312;
const MARGIN = { x: 82, y: 68 };
/** With more arrows than that, their names would cover the picture; each has its name on it then. */
const NAMED_ARROWS = 14;

export function schemaPicture({ nodes, relationships }, counts) {
  const links = relationships.map((item) => [item.from, item.to]);
  const height = Math.max(LEAST_HEIGHT, heightFor(nodes.length, WIDTH, MARGIN));
  const places = layOut(
    nodes.map((item) => item.name),
    links,
    { width: WIDTH, height, margin: MARGIN },
  );
  const radii = new Map(nodes.map((item) => [item.name, radius(counts[item.name])]));
  const lines = drawn(relationships, places, radii);
  return svg(
    "svg",
    {
      class: "picture",
      viewBox: `0 0 ${WIDTH} ${height}`,
      role: "img",
      "aria-label": described(nodes, relationships),
    },
    svg(
      "defs",
      {},
      svg(
        "marker",
        { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
        svg("path", { d: "M0 .8 7.2 4 0 7.2z" }),
      ),
    ),
    lines.map(arrow),
    nodes.map((item, index) => disc(item, index, places.get(item.name), radii.get(item.name), counts[item.name])),
    lines.length <= NAMED_ARROWS && lines.map((line) => label(line, counts)),
  );
}

const described = (nodes, relationships) => {
  const arrows = relationships.map((item) => `${item.name} from ${item.from} to ${item.to}`).join(", ");
  return `Node types ${nodes.map((item) => item.name).join(", ")}. ${arrows ? `Relationships ${arrows}.` : ""}`;
};

const radius = (number) => 29 + 4 * Math.log10(1 + (number ?? 0));

function disc({ name }, index, { x, y }, r, number) {
  return svg(
    "g",
    { class: `picture-node hue-${index % HUES}`, transform: `translate(${x} ${y})` },
    svg("circle", { r }),
    svg("text", { class: "picture-name", dy: "-0.1em" }, name),
    svg("text", { class: "picture-count", dy: "1.2em" }, number === undefined ? "–" : short(number)),
  );
}

/** Several relationships between the same two types fan out. */
function drawn(relationships, places, radii) {
  const lanes = new Map();
  for (const item of relationships) lanes.set(pairOf(item), [...(lanes.get(pairOf(item)) ?? []), item]);
  return relationships.map((item) => {
    const beside = lanes.get(pairOf(item));
    const lane = beside.indexOf(item);
    const ends = [places.get(item.from), places.get(item.to), radii.get(item.from), radii.get(item.to)];
    const side = item.from > item.to ? -1 : 1;
    return {
      item,
      ...(item.from === item.to ? loop(ends[0], ends[2], lane) : arc(...ends, side * bend(lane, beside.length))),
    };
  });
}

const arrow = ({ item, d }) =>
  svg("path", { class: "picture-arrow", d, "marker-end": "url(#arrow)" }, svg("title", {}, item.name));

const label = ({ item, at: { x, y } }, counts) =>
  svg(
    "text",
    { class: "picture-label", y },
    svg("tspan", { x }, item.name),
    counts[item.name] !== undefined && svg("tspan", { x, dy: "1.2em" }, short(counts[item.name])),
  );

const pairOf = ({ from, to }) => [from, to].sort().join("\n");

/** One arrow is nearly straight; several lie on either side of the straight line. */
const bend = (lane, lanes) => (lanes === 1 ? 14 : (lane - (lanes - 1) / 2) * 96);

function arc(from, to, fromRadius, toRadius, offset) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.max(1, Math.hypot(dx, dy));
  const middle = { x: (from.x + to.x) / 2 - (dy / length) * offset, y: (from.y + to.y) / 2 + (dx / length) * offset };
  const start = towards(from, middle, fromRadius + 3);
  const end = towards(to, middle, toRadius + 5);
  const at = { x: (start.x + 2 * middle.x + end.x) / 4, y: (start.y + 2 * middle.y + end.y) / 4 - 2 };
  return { d: `M${start.x} ${start.y}Q${middle.x} ${middle.y} ${end.x} ${end.y}`, at };
}

function loop({ x, y }, r, lane) {
  const reach = r + 34 + 16 * lane;
  return {
    d: `M${x - r * 0.6} ${y - r * 0.85}C${x - r} ${y - reach} ${x + r} ${y - reach} ${x + r * 0.65} ${y - r * 0.95}`,
    at: { x, y: y - reach + 2 },
  };
}

function towards(from, to, distance) {
  const length = Math.max(1, Math.hypot(to.x - from.x, to.y - from.y));
  return { x: from.x + ((to.x - from.x) * distance) / length, y: from.y + ((to.y - from.y) * distance) / length };
}
