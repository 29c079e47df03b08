/** The files of a graph, each with its three layers, and the way in for more. */

import * as api from "../api.js";
import { h, keepByKey, replace } from "../dom.js";
import { count, counted } from "../format.js";
import { watch, watchEnds } from "../operations.js";
import { dropFiles } from "../parts/drop.js";
import { empty } from "../parts/empty.js";
import { send, uploadsOf, watchUploads } from "../uploads.js";
import { fileRow } from "./file-row.js";
import { inferPanel } from "./infer.js";
import { uploadRow } from "./upload-row.js";

export async function filesTab({ params, signal }) {
  const id = params.graph;
  const at = api.path("graphs", id);
  const { is_repository: isShared } = await api.get(at, { signal });
  const uploading = h("div", { class: "uploads" });
  const rows = h("div", { class: "files", role: "list" });
  const head = h("p", { class: "files-sum quiet" });
  const inferring = h("div");
  const nothing = empty(
    "file",
    "No files yet",
    "A file whose name is that of a table (Fact.csv) is staged by itself; for any other you choose the table here.",
  );
  let files = [];
  let tables = [];

  const draw = () => {
    keepByKey(
      rows,
      files,
      (file) => file.file_id,
      () => fileRow({ tables: () => tables, onChange: read, isShared }),
    );
    nothing.hidden = files.length > 0 || uploadsOf(id).length > 0;
    head.textContent = files.length ? sum(files) : "";
  };
  const drawUploads = () => {
    keepByKey(uploading, uploadsOf(id), (item) => item.key, uploadRow);
    nothing.hidden = files.length > 0 || uploadsOf(id).length > 0;
  };
  const read = async () => {
    const [fileList, tableList] = await Promise.all([
      api.get(`${at}/files`, { signal }),
      api.get(`${at}/tables`, { signal }),
    ]);
    files = [...fileList.files].sort((one, other) => (one.created_at < other.created_at ? 1 : -1));
    tables = tableList.tables.map((table) => table.table_name);
    draw();
    replace(
      inferring,
      inferPanel(
        id,
        files.filter((file) => !file.table_name && file.layers.uploaded.status === "complete"),
        tables,
        read,
      ),
    );
  };
  const readQuietly = () => read().catch(() => {});
  watchEnds(id, readQuietly, signal);
  watch((operations) => {
    if (operations.some((item) => item.graph_id === id)) draw();
  }, signal);
  watchUploads({ onChange: drawUploads, onArrived: () => (drawUploads(), readQuietly()) }, signal);
  await read();
  drawUploads();
  const drop = isShared ? null : dropFiles((chosen) => send(id, chosen));
  return h("section", { class: "stack", "aria-label": "Files" }, drop, uploading, inferring, head, nothing, rows);
}

function sum(files) {
  const total = (of) => files.reduce((number, file) => number + (of(file) ?? 0), 0);
  const parts = [
    `${count(files.length)} ${files.length === 1 ? "file" : "files"}`,
    `${counted(total((file) => file.layers.staged.rows_accepted), "row")} staged`,
  ];
  const rejected = total((file) => file.layers.staged.rows_rejected);
  return [...parts, rejected > 0 && `${count(rejected)} rejected`].filter(Boolean).join(" · ");
}
