/** The dialog that makes a graph. */

import * as api from "../api.js";
import { h } from "../dom.js";
import { accept, ended } from "../operations.js";
import { openDialog } from "../parts/dialog.js";
import { takeDrops } from "../parts/drop.js";
import { go } from "../router.js";

export async function openNewGraph() {
  const { extensions } = await api.get("/graphs/extensions").catch(() => ({ extensions: [] }));
  const boxes = extensions.map((item) => extensionBox(item));
  const name = h("input", {
    name: "name",
    required: true,
    maxlength: 100,
    autofocus: true,
    autocomplete: "off",
    placeholder: "Filings 2009 Q3",
  });
  const description = h("input", { name: "description", maxlength: 500, autocomplete: "off" });
  const schema = h("textarea", {
    name: "schema",
    class: "code",
    rows: 7,
    spellcheck: "false",
    placeholder: '{"nodes": [{"name": "Filing", "key": ["adsh"], "properties": […]}]}',
  });
  const chooser = h("input", {
    type: "file",
    class: "unseen",
    accept: ".json,application/json",
    "aria-label": "Choose a schema file",
  });
  const read = async ([file]) => {
    schema.value = await file.text();
  };
  chooser.addEventListener("change", () => read(chooser.files));
  const body = [
    field("Name", name),
    field("Description", description, "optional"),
    boxes.length > 0 && h("fieldset", {}, h("legend", {}, "Ready-made types"), h("div", { class: "boxes" }, boxes)),
    field(
      "Schema",
      schema,
      "optional JSON: paste it or drop a file. Without any types, they are inferred from your files.",
    ),
    h("label", { class: "link" }, chooser, "Choose a schema file…"),
  ];
  openDialog({
    title: "New graph",
    body,
    action: "Create graph",
    onSubmit: () => create(name.value, description.value, chosen(boxes), schema.value),
  });
  takeDrops(schema, read);
}

const field = (label, control, hint) =>
  h("label", {}, h("span", {}, label, hint && h("small", {}, ` ${hint}`)), control);

const extensionBox = ({ name, description }) =>
  h(
    "label",
    { class: "box", title: description },
    h("input", { type: "checkbox", value: name }),
    h("span", {}, spaced(name)),
  );

const spaced = (name) => name.replaceAll("_", " ");

const chosen = (boxes) =>
  boxes.map((box) => box.querySelector("input")).flatMap((input) => (input.checked ? [input.value] : []));

async function create(name, description, extensions, schemaText) {
  const schema = schemaText.trim() ? parsed(schemaText) : undefined;
  const accepted = accept(
    await api.post("/graphs", { name: name.trim(), description: description.trim() || undefined, extensions, schema }),
  );
  ended(accepted.operation_id).then((operation) => {
    if (operation.status === "completed" && location.hash.replace(/^#\/?/, "").replace("graphs", "") === "")
      go("graphs", operation.result.graph_id);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw Object.assign(new Error(`The schema is not JSON: ${error.message}`), {
      code: "InvalidSchema",
      hint: "A schema is an object with `nodes` and `relationships`. Leave the field empty to infer types from files.",
    });
  }
}
