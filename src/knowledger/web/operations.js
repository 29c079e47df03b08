/** What this tab knows of operations: read from the API at first, kept true by events. */

import * as api from "./api.js";
import { listen } from "./live.js";

const known = new Map();
const changed = new Set();
const listeners = new Set();
const waiting = new Map();
const connection = { connected: false };
let live = null;
let timer = null;

const ACTIVE = new Set(["pending", "running"]);

export const isActive = (operation) => ACTIVE.has(operation.status);
export const isConnected = () => connection.connected;
export const find = (id) => known.get(id);

/** Active operations, oldest first; of one graph when it is named. */
export const active = (graphId) =>
  [...known.values()]
    .filter((item) => isActive(item) && (!graphId || item.graph_id === graphId))
    .sort((one, other) => (one.created_at < other.created_at ? -1 : 1));

/** Calls `listener(operations)` with those that changed, at most 33 times a second, until `signal` aborts. */
export function watch(listener, signal) {
  listeners.add(listener);
  signal?.addEventListener("abort", () => listeners.delete(listener));
}

/** Calls `listener` when operations of the graph have ended, so that what they changed can be read again. */
export function watchEnds(graphId, listener, signal) {
  watch((operations) => {
    if (operations.some((item) => item.graph_id === graphId && !isActive(item))) listener();
  }, signal);
}

/** Takes in operations as the API gives them; an event that is newer than the answer wins. */
export function remember(...operations) {
  for (const operation of operations) {
    const before = known.get(operation.operation_id);
    if (before && !isActive(before) && isActive(operation)) continue;
    put({ ...before, ...operation, progress: further(before?.progress, operation.progress) });
  }
}

/** Takes in the answer to a request that started an operation; its events may have been faster. */
export function accept(operation) {
  if (!known.has(operation.operation_id)) put(operation);
  return operation;
}

/** Resolves with the operation once it has ended. */
export function ended(id) {
  const stop = new AbortController();
  return new Promise((resolve) => {
    const look = () => {
      const operation = known.get(id);
      if (!operation || isActive(operation)) return;
      stop.abort();
      resolve(operation);
    };
    watch(look, stop.signal);
    look();
  });
}

export async function cancel(id) {
  const { message } = await api.remove(api.path("operations", id));
  const operation = known.get(id);
  if (operation && isActive(operation)) put({ ...operation, message, cancelling: true });
}

/** Listens, from now on as the user who is signed in. */
export function start({ isNewUser = false } = {}) {
  live ??= listen((news) => (news.event ? apply(news.event, news.data) : connect(news.connected)));
  if (isNewUser) live.renew();
}

export function stop() {
  live?.leave();
  live = null;
  known.clear();
  connection.connected = false;
}

function connect(connected) {
  connection.connected = connected;
  tell();
  if (connected) readAgain().catch(() => {});
}

/** After a gap in the stream: what is active now, and how what was active has ended. */
async function readAgain() {
  const lost = active().map((item) => item.operation_id);
  const { operations: found } = await api.get("/operations", { parameters: { status: "pending,running", limit: 200 } });
  remember(...found);
  const gone = lost.filter((id) => !found.some((item) => item.operation_id === id));
  remember(...(await Promise.all(gone.map((id) => api.get(api.path("operations", id))))));
}

function apply(event, data) {
  if (event === "operation_queued") return void accept({ ...data, status: "pending", created_at: data.timestamp });
  const before = known.get(data.operation_id);
  if (!before) meet(event, data);
  else if (isActive(before)) put({ ...before, message: data.message ?? before.message, ...CHANGES[event]?.(data) });
}

/** The first events of an operation that this tab has not heard of wait until the API has told what it is. */
function meet(event, data) {
  const id = data.operation_id;
  if (waiting.has(id)) return void waiting.get(id).push([event, data]);
  waiting.set(id, [[event, data]]);
  api
    .get(api.path("operations", id))
    .then(remember, () => {})
    .finally(() => {
      const events = waiting.get(id) ?? [];
      waiting.delete(id);
      if (known.has(id)) for (const [name, content] of events) apply(name, content);
    });
}

const CHANGES = {
  operation_started: (data) => ({ status: "running", attempt: data.attempt, started_at: data.timestamp }),
  operation_progress: (data) => ({ status: "running", progress: data }),
  operation_retrying: () => ({ status: "pending" }),
  operation_completed: (data) => ({ status: "completed", result: data.result, ended_at: data.timestamp }),
  operation_error: (data) => ({
    status: "failed",
    ended_at: data.timestamp,
    error: {
      code: data.code,
      message: data.error,
      hint: data.hint,
      retryable: data.retryable,
      details: data.error_details,
    },
  }),
  operation_cancelled: (data) => ({
    status: "cancelled",
    ended_at: data.timestamp,
    message: data.reason ?? data.message,
  }),
};

const further = (one, other) => ((one?.sequence_number ?? 0) > (other?.sequence_number ?? 0) ? one : (other ?? one));

function put(operation) {
  known.set(operation.operation_id, operation);
  changed.add(operation.operation_id);
  tell();
}

function tell() {
  timer ??= setTimeout(report, 30);
}

function report() {
  timer = null;
  const operations = [...changed].map((id) => known.get(id)).filter(Boolean);
  changed.clear();
  for (const listener of [...listeners]) listener(operations);
}
