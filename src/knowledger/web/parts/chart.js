/** The charts that answers come with: bars or lines of a Vega-Lite specification that holds its data. */

import { h, svg } from "../dom.js";
import { short } from "../format.js";

const WIDTH = 720;
const HEIGHT = 260;
const EDGE = { top: 12, right: 12, bottom: 30, left: 58 };
const HUES = 6;

/** Null for a specification that asks for more than bars or lines: its figures are in the answer anyway. */
export function chart(specification) {
  const plot = read(specification);
  if (!plot) return null;
  const scale = scaleOf(plot);
  return h(
    "figure",
    { class: "chart" },
    plot.title && h("figcaption", {}, plot.title),
    svg(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": described(plot) },
      axes(plot, scale),
      plot.mark === "line" ? lines(plot, scale) : bars(plot, scale),
    ),
    plot.series.length > 1 &&
      h(
        "ul",
        { class: "legend" },
        plot.series.map((name, index) => h("li", { "--hue": hue(index) }, name)),
      ),
  );
}

function read({ title, data, mark, encoding }) {
  const kind = typeof mark === "string" ? mark : mark?.type;
  const { x, y, color } = encoding ?? {};
  if (!["bar", "line", "point"].includes(kind) || !x?.field || !y?.field || !Array.isArray(data?.values)) return null;
  const rows = data.values
    .map((row) => ({
      x: String(row[x.field]),
      y: Number(row[y.field]),
      series: color?.field ? String(row[color.field]) : "",
    }))
    .filter((row) => Number.isFinite(row.y));
  if (rows.length === 0) return null;
  const each = (name) => [...new Set(rows.map((row) => row[name]))];
  return { title, rows, places: each("x"), series: each("series"), mark: kind === "bar" ? "bar" : "line" };
}

function scaleOf({ rows, places }) {
  const [low, high] = [Math.min(0, ...rows.map((row) => row.y)), Math.max(0, ...rows.map((row) => row.y))];
  const step = niceStep((high - low || 1) / 4);
  const [bottom, top] = [Math.floor(low / step) * step, Math.ceil(high / step) * step || step];
  const room = { width: WIDTH - EDGE.left - EDGE.right, height: HEIGHT - EDGE.top - EDGE.bottom };
  const band = room.width / places.length;
  return {
    band,
    ticks: Array.from({ length: Math.round((top - bottom) / step) + 1 }, (_, index) => bottom + index * step),
    y: (value) => EDGE.top + ((top - value) / (top - bottom)) * room.height,
    left: (place) => EDGE.left + places.indexOf(place) * band,
  };
}

function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((step) => step >= rough);
}

const axes = ({ places }, { ticks, y, left, band }) => [
  ticks.map((tick) => [
    svg("line", {
      class: tick === 0 ? "zero" : "rule",
      x1: EDGE.left,
      x2: WIDTH - EDGE.right,
      y1: y(tick),
      y2: y(tick),
    }),
    svg("text", { class: "tick", x: EDGE.left - 8, y: y(tick) + 4, "text-anchor": "end" }, short(tick)),
  ]),
  places
    .filter((_, index) => index % Math.ceil(places.length / 12) === 0)
    .map((place) =>
      svg("text", { class: "tick", x: left(place) + band / 2, y: HEIGHT - 8, "text-anchor": "middle" }, clipped(place)),
    ),
];

function bars({ rows, series }, { y, left, band }) {
  const width = Math.min(48, (band * 0.72) / series.length);
  const inset = (band - width * series.length) / 2;
  return rows.map((row) => {
    const index = series.indexOf(row.series);
    const [top, bottom] = [Math.min(y(row.y), y(0)), Math.max(y(row.y), y(0))];
    const box = { x: left(row.x) + inset + index * width, y: top, width: width - 1, height: Math.max(bottom - top, 1) };
    return svg("rect", { class: "column", ...box, rx: 2, "--hue": hue(index) }, told(row));
  });
}

const lines = ({ rows, series }, { y, left, band }) =>
  series.map((name, index) => {
    const points = rows
      .filter((row) => row.series === name)
      .map((row) => ({ row, at: [left(row.x) + band / 2, y(row.y)] }));
    return svg(
      "g",
      { "--hue": hue(index) },
      svg("polyline", { class: "line", points: points.map(({ at }) => at.join(",")).join(" ") }),
      points.map(({ row, at: [cx, cy] }) => svg("circle", { class: "dot", cx, cy, r: 3.5 }, told(row))),
    );
  });

const told = ({ x, y, series }) => svg("title", {}, `${series ? `${series}, ` : ""}${x}: ${short(y)}`);
const hue = (index) => `var(--hue-${index % HUES})`;
const clipped = (text) => (text.length > 14 ? `${text.slice(0, 13)}…` : text);
const described = ({ title, rows }) =>
  `${title ?? "Chart"}: ${rows.map(({ series, x, y }) => `${series} ${x} ${short(y)}`.trim()).join("; ")}`.slice(
    0,
    1000,
  );
