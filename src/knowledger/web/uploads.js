/** Files on their way to the server. They go on while one moves through the page, but end with it. */

import * as api from "./api.js";
import { accept } from "./operations.js";

const AT_ONCE = 2;
const uploads = [];
const listeners = new Set();

/** The uploads of a graph that have not arrived: `{key, name, size, sent, status, error, cancel}`. */
export const uploadsOf = (graphId) => uploads.filter((item) => item.graphId === graphId);

/** Calls `listener()` when an upload moves on, `onArrived()` too when one has arrived. */
export function watchUploads({ onChange, onArrived }, signal) {
  const listener = (arrived) => (arrived ? onArrived(arrived) : onChange());
  listeners.add(listener);
  signal.addEventListener("abort", () => listeners.delete(listener));
}

/** Sends files one after another; one whose name is that of a table is staged at once. */
export function send(graphId, files, onError = "continue") {
  for (const file of files) {
    const stop = new AbortController();
    const item = {
      key: crypto.getRandomValues(new Uint32Array(2)).join("-"),
      graphId,
      file,
      name: file.name,
      size: file.size,
      sent: 0,
    };
    item.status = "waiting";
    item.onError = onError;
    item.signal = stop.signal;
    item.cancel = () => {
      stop.abort();
      drop(item);
    };
    uploads.push(item);
  }
  tell();
  next();
}

function next() {
  const sending = uploads.filter((item) => item.status === "sending").length;
  const waiting = uploads.filter((item) => item.status === "waiting");
  for (const item of waiting.slice(0, AT_ONCE - sending)) transfer(item);
}

async function transfer(item) {
  item.status = "sending";
  const onSent = (bytes) => {
    item.sent = bytes;
    tell();
  };
  try {
    const parameters = { name: item.name, stage: true, on_error: item.onError };
    const arrived = await api.upload(api.path("graphs", item.graphId, "files"), parameters, item.file, {
      onSent,
      signal: item.signal,
    });
    if (arrived.operation) accept(arrived.operation);
    drop(item, arrived);
  } catch (error) {
    item.status = "failed";
    item.error = error;
    tell();
  }
  next();
}

function drop(item, arrived = null) {
  const index = uploads.indexOf(item);
  if (index >= 0) uploads.splice(index, 1);
  tell(arrived);
}

function tell(arrived = null) {
  for (const listener of [...listeners]) listener(arrived);
}

addEventListener("beforeunload", (event) => {
  if (uploads.some((item) => item.status !== "failed")) event.preventDefault();
});
