/** A place to drop files on, which is also a button to choose them. */

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

export function dropZone({ label, hint, accept, multiple = true, onFiles }) {
  const input = h("input", { type: "file", class: "unseen", multiple, accept, "aria-label": label });
  input.addEventListener("change", () => {
    onFiles([...input.files]);
    input.value = "";
  });
  const node = h("label", { class: "drop" }, input, h("span", { class: "drop-label" }, label), hint && h("span", { class: "drop-hint" }, hint));
  takeDrops(node, onFiles);
  return node;
}
