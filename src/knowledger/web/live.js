/** Live events for this tab: through the shared worker, so that many tabs hold one connection. */

import { openStream } from "./stream.js";

/** Calls `onNews` with every event once, until `leave()`; `renew()` reconnects as whoever is signed in by then. */
export function listen(onNews) {
  const fresh = onlyFresh(onNews);
  return typeof SharedWorker === "undefined" ? listenAlone(fresh) : listenShared(fresh);
}

function listenShared(onNews) {
  const { port } = new SharedWorker(new URL("live-worker.js", import.meta.url), { type: "module", name: "knowledger" });
  const leave = () => port.postMessage("leave");
  const join = () => port.postMessage("join");
  port.addEventListener("message", ({ data }) => onNews(data));
  port.start();
  join();
  // A tab that the browser froze or closed says nothing more, and must not keep the stream open.
  addEventListener("pagehide", leave);
  addEventListener("pageshow", rejoin);
  function rejoin({ persisted }) {
    if (persisted) join();
  }
  return {
    renew: () => port.postMessage("renew"),
    leave() {
      removeEventListener("pagehide", leave);
      removeEventListener("pageshow", rejoin);
      leave();
      port.close();
    },
  };
}

function listenAlone(onNews) {
  let stream = openStream(onNews);
  const leave = () => stream.close();
  const renew = () => {
    leave();
    stream = openStream(onNews);
  };
  return { leave, renew };
}

/** A reconnected stream may repeat itself: numbers only rise within an operation. */
function onlyFresh(onNews) {
  const last = new Map();
  return (news) => {
    if (news.data) {
      const { operation_id: id, sequence_number: number } = news.data;
      if (number <= (last.get(id) ?? 0)) return;
      last.set(id, number);
    }
    onNews(news);
  };
}
