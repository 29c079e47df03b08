/** The shared worker: one stream for all tabs, open while at least one tab listens. */

import { openStream } from "./stream.js";

const ports = new Set();
let stream = null;
let connected = false;

self.addEventListener("connect", ({ ports: [port] }) => {
  port.addEventListener("message", ({ data }) => ORDERS[data](port));
  port.start();
});

const ORDERS = { join, leave, renew };

function join(port) {
  ports.add(port);
  stream ??= openStream(tellAll);
  if (connected) port.postMessage({ connected });
}

function leave(port) {
  ports.delete(port);
  if (ports.size > 0) return;
  stream?.close();
  stream = null;
  connected = false;
}

/** Another user signed in: the open stream is still the one before's. */
function renew() {
  stream?.close();
  tellAll({ connected: false });
  stream = ports.size > 0 ? openStream(tellAll) : null;
}

function tellAll(news) {
  connected = news.connected ?? connected;
  for (const port of ports) port.postMessage(news);
}
