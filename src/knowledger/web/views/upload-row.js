/** A file on its way up. */

import { h, replace } from "../dom.js";
import { size } from "../format.js";
import { bar } from "../parts/bar.js";
import { icon } from "../parts/icons.js";
import { problem } from "../parts/problem.js";

/** `{node, update(upload)}` */
export function uploadRow(first) {
  const progress = bar(`Uploading ${first.name}`);
  const sent = h("span", { class: "figure" });
  const trouble = h("div");
  const button = h(
    "button",
    {
      type: "button",
      class: "button is-quiet",
      onclick: first.cancel,
      "aria-label": `Cancel the upload of ${first.name}`,
    },
    icon("cross"),
  );
  const node = h(
    "article",
    { class: "upload" },
    icon("upload"),
    h("b", {}, first.name),
    sent,
    button,
    progress.node,
    trouble,
  );
  return {
    node,
    update(upload) {
      const isFailed = upload.status === "failed";
      sent.textContent = told(upload);
      progress.update(upload.size ? (100 * upload.sent) / upload.size : null, isFailed ? "failed" : "running");
      if (isFailed) replace(trouble, problem(upload.error));
    },
  };
}

function told({ status, sent, size: whole }) {
  if (status === "waiting") return `waiting · ${size(whole)}`;
  return sent >= whole && status === "sending" ? "checking…" : `${size(sent)} of ${size(whole)}`;
}
