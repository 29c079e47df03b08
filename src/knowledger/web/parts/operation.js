/** An operation as a strip: what it does, its bar, its figures, and a way to stop it. */

import { h, replace } from "../dom.js";
import { between, when } from "../format.js";
import { cancel, isActive } from "../operations.js";
import { href } from "../router.js";
import { bar } from "./bar.js";
import { icon } from "./icons.js";
import { notify } from "./notices.js";
import { figuresOf, messageOf, percentOf, titleOf } from "./told.js";

const statusBadge = (operation) => {
  const text = operation.cancelling && isActive(operation) ? "cancelling" : operation.status;
  return h("span", { class: "badge", "data-tone": text }, text);
};

/** `{node, update(operation)}`; the node lives as long as the operation is shown. */
export function operationStrip(first) {
  const progress = bar(titleOf(first));
  const status = h("span");
  const message = h("p", { class: "strip-message" });
  const figures = h("span", { class: "strip-figures" });
  const stop = stopButton(first.operation_id);
  const node = h(
    "article",
    { class: "strip" },
    h("a", { class: "strip-title", href: href("operations", first.operation_id) }, titleOf(first)),
    status,
    message,
    h("div", { class: "strip-figures" }, figures, stop),
    progress.node,
  );
  return {
    node,
    update(operation) {
      replace(status, statusBadge(operation));
      message.textContent = messageOf(operation);
      replace(figures, isActive(operation) ? activeFigures(operation) : endFigures(operation));
      stop.hidden = !isActive(operation) || Boolean(operation.cancelling);
      progress.update(percentOf(operation), operation.status);
      node.dataset.status = operation.status;
    },
  };
}

const spans = (texts) => texts.map((text) => h("span", {}, text));

const activeFigures = (operation) => [
  operation.attempt > 1 && h("span", { class: "warned" }, `attempt ${operation.attempt}`),
  spans(figuresOf(operation.progress)),
];

const endFigures = (operation) => [
  h("span", {}, between(operation.started_at, operation.ended_at)),
  h("span", {}, when(operation.ended_at)),
];

function stopButton(id) {
  const button = h(
    "button",
    { type: "button", class: "button is-quiet strip-stop", "data-key": `stop-${id}` },
    icon("cross"),
    "Cancel",
  );
  button.addEventListener("click", async () => {
    button.disabled = true;
    await cancel(id).catch((error) => notify(error.message, "failed"));
    button.disabled = false;
  });
  return button;
}
