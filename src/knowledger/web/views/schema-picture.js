/** A schema as a picture: node types as discs, relationship types as arrows, both with their counts. */

import { svg } from "../dom.js";
import { short } from "../format.js";
import { layOut } from "./schema-layout.js";

const HUES = 6;
const ROOM = { width: 640, height: 400, margin: { x: 96, y: 70 } };

export function schemaPicture({ nodes, relationships }, counts) {
  const links = relationships.map((item) => [item.from, item.to]);
  const places = layOut(nodes.map((item) => item.name), links, ROOM);
  const radii = new Map(nodes.map((item) => [item.name, radius(counts[item.name])]));
  return svg(
    "svg",
    { class: "picture", viewBox: `0 0 ${ROOM.width} ${ROOM.height}`, role: "img", "aria-label": described(nodes, relationships) },
    svg("defs", {}, svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" }, svg("path", { d: "M0 .8 7.2 4 0 7.2z" }))),
    arrows(relationships, places, radii, counts),
    nodes.map((item, index) => disc(item, index, places.get(item.name), radii.get(item.name), counts[item.name])),
  );
}

const described = (nodes, relationships) => {
  const arrows = relationships.map((item) => `${item.name} from ${item.from} to ${item.to}`).join(", ");
  return `Node types ${nodes.map((item) => item.name).join(", ")}. ${arrows ? `Relationships ${arrows}.` : ""}`;
};

const radius = (number) => 20 + 4 * Math.log10(1 + (number ?? 0));

function disc({ name }, index, { x, y }, r, number) {
  return svg(
    "g",
    { class: `picture-node hue-${index % HUES}`, transform: `translate(${x} ${y})` },
    svg("circle", { r }),
    svg("text", { class: "picture-count", dy: "0.35em" }, number === undefined ? "–" : short(number)),
    svg("text", { class: "picture-name", y: r + 17 }, name),
  );
}

/** Several relationships between the same two types fan out. */
function arrows(relationships, places, radii, counts) {
  const lanes = new Map();
  return relationships.map((item) => {
    const pair = [item.from, item.to].sort().join("\n");
    const lane = lanes.get(pair) ?? 0;
    lanes.set(pair, lane + 1);
    const ends = [places.get(item.from), places.get(item.to), radii.get(item.from), radii.get(item.to)];
    const side = item.from > item.to ? -1 : 1;
    const { d, label } = item.from === item.to ? loop(ends[0], ends[2], lane) : arc(...ends, side * bend(lane));
    return svg(
      "g",
      { class: "picture-arrow" },
      svg("path", { d, "marker-end": "url(#arrow)" }),
      svg("text", { x: label.x, y: label.y }, item.name, counts[item.name] !== undefined && svg("tspan", {}, ` ${short(counts[item.name])}`)),
    );
  });
}

const bend = (lane) => 26 + 44 * Math.ceil(lane / 2) * (lane % 2 ? -1 : 1) - (lane % 2 ? 52 : 0) * 0.5;

function arc(from, to, fromRadius, toRadius, offset) {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.max(1, Math.hypot(dx, dy));
  const middle = { x: (from.x + to.x) / 2 - (dy / length) * offset, y: (from.y + to.y) / 2 + (dx / length) * offset };
  const start = towards(from, middle, fromRadius + 3);
  const end = towards(to, middle, toRadius + 5);
  const label = { x: (start.x + 2 * middle.x + end.x) / 4, y: (start.y + 2 * middle.y + end.y) / 4 - 7 };
  return { d: `M${start.x} ${start.y}Q${middle.x} ${middle.y} ${end.x} ${end.y}`, label };
}

function loop({ x, y }, r, lane) {
  const reach = r + 34 + 16 * lane;
  return { d: `M${x - r * 0.6} ${y - r * 0.85}C${x - r} ${y - reach} ${x + r} ${y - reach} ${x + r * 0.65} ${y - r * 0.95}`, label: { x, y: y - reach + 4 } };
}

function towards(from, to, distance) {
  const length = Math.max(1, Math.hypot(to.x - from.x, to.y - from.y));
  return { x: from.x + ((to.x - from.x) * distance) / length, y: from.y + ((to.y - from.y) * distance) / length };
}
