/** Line icons, 16 × 16, drawn in the text's colour. */

import { svg } from "../dom.js";

const SHAPES = {
  plus: "M8 3v10M3 8h10",
  upload: "M8 10.5V2.5M4.8 5.5 8 2.3l3.2 3.2M2.5 10.5v2a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-2",
  download: "M8 2.3v8M4.8 7.3 8 10.5l3.2-3.2M2.5 11v1.5a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1V11",
  check: "m3.2 8.4 3.2 3.2 6.4-7",
  cross: "m4 4 8 8M12 4l-8 8",
  alert: "M8 5.6v3.2M8 11.2v.1M8 1.9 14.6 13.4H1.4z",
  layers: "m8 2 6 3.2-6 3.2-6-3.2zM2.4 8.3 8 11.2l5.6-2.9M2.4 11.1 8 14l5.6-2.9",
  play: "m5 3.2 7.5 4.8L5 12.8z",
  stop: "M4 4h8v8H4z",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  trash: "M2.8 4.5h10.4M6 4.3V2.5h4v1.8M4.2 4.5l.6 9h6.4l.6-9M6.7 7v4M9.3 7v4",
  file: "M4 1.8h5.2L12.5 5v9.2H4zM9 2v3.2h3.3",
  clock: "M8 4.4V8l2.4 1.6M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4z",
  graph:
    "M4.5 5.6v4.8M6 4.6l4.2 1.8M6 11.3l4.2-1.8M4.5 5.6a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zM4.5 13.8a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zM11.9 9.7a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4z",
};

export const icon = (name) =>
  svg("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: SHAPES[name] }));

/** The sign of the house. */
export const mark = () =>
  svg(
    "svg",
    { class: "mark", viewBox: "0 0 32 32", "aria-hidden": "true" },
    svg("rect", { width: 32, height: 32, rx: 8 }),
    svg("path", { d: "M10 8v16M10 17l11-8M13.5 14.5 21 23" }),
    [
      [10, 8],
      [10, 24],
      [21.5, 9],
      [21.5, 23.5],
    ].map(([cx, cy]) => svg("circle", { cx, cy, r: 3 })),
  );
