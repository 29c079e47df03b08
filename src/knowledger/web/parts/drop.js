/** Places to drop files on. */

import { h } from "../dom.js";

/** Lets `node` take dropped files. */
export function takeDrops(node, onFiles) {
  let depth = 0;
  const mark = (change) => {
    depth = Math.max(0, depth + change);
    node.classList.toggle("is-over", depth > 0);
  };
  node.addEventListener("dragenter", () => mark(1));
  node.addEventListener("dragleave", () => mark(-1));
  node.addEventListener("dragover", (event) => event.preventDefault());
  node.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(-depth);
    if (event.dataTransfer.files.length) onFiles([...event.dataTransfer.files]);
  });
}

/** The way in for a graph's files. */
export function dropFiles(onFiles) {
  const input = h("input", { type: "file", class: "unseen", multiple: true });
  input.addEventListener("change", () => {
    onFiles([...input.files]);
    input.value = "";
  });
  const node = h(
    "label",
    { class: "drop" },
    input,
    h("span", { class: "drop-label" }, "Drop files here, or choose them"),
    h(
      "span",
      { class: "drop-hint" },
      "CSV, TSV, JSON, JSONL or Parquet, also .gz and .zst, of any size your tier allows",
    ),
  );
  takeDrops(node, onFiles);
  return node;
}
