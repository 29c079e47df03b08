/** A modal form. */

import { h } from "../dom.js";
import { attempt } from "./problem.js";

/** Opens a dialog; `onSubmit()` may throw, what it threw is then shown. It closes when that succeeds, and with its page. */
export function openDialog({ title, body, action, tone, onSubmit }) {
  const trouble = h("div");
  const submit = h(
    "button",
    { type: "submit", class: tone === "danger" ? "button is-danger" : "button is-main" },
    action,
  );
  const close = () => dialog.close();
  const form = h(
    "form",
    { class: "form" },
    h("h2", { id: "dialog-title" }, title),
    body,
    trouble,
    h(
      "div",
      { class: "form-actions" },
      h("button", { type: "button", class: "button", onclick: close }, "Cancel"),
      submit,
    ),
  );
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "dialog-title" }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const done = await attempt(submit, trouble, async () => {
      await onSubmit();
      return true;
    });
    if (done) close();
  });
  const closed = new AbortController();
  window.addEventListener("hashchange", close, { signal: closed.signal });
  dialog.addEventListener("close", () => {
    closed.abort();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
}
