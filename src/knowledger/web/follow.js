/** One operation from its first event to its last, for a view that shows more than its progress. */

import { EVENTS } from "./stream.js";

const LAST = new Set(["operation_completed", "operation_error", "operation_cancelled"]);

/** Calls `onEvent(name, data)` with each event once, in order; resolves when it has ended or `signal` aborts. */
export function follow(operationId, onEvent, signal) {
  const source = new EventSource(`/v1/operations/${encodeURIComponent(operationId)}/stream`);
  let last = 0;
  return new Promise((resolve) => {
    const end = () => {
      source.close();
      resolve();
    };
    signal.addEventListener("abort", end);
    for (const name of EVENTS) {
      source.addEventListener(name, (message) => {
        const data = JSON.parse(message.data);
        if (data.sequence_number <= last) return;
        last = data.sequence_number;
        onEvent(name, data);
        if (LAST.has(name)) end();
      });
    }
    // The browser reconnects by itself, except after an answer that is no stream.
    source.addEventListener("error", () => source.readyState === EventSource.CLOSED && end());
  });
}
