/** One connection to the event stream of everything that is mine. Runs in a page or in the shared worker. */

export const EVENTS = [
  ...["queued", "started", "progress", "retrying", "completed", "error", "cancelled"].map(
    (name) => `operation_${name}`,
  ),
  ...["plan", "tool_call", "tool_result", "text_delta", "citation", "table", "chart", "usage", "warning"],
];
const LONGEST_PAUSE_MS = 15_000;

/** Stays connected until `close()`. `onNews` gets `{event, data}` and `{connected: boolean}`. */
export function openStream(onNews) {
  let source;
  let timer;
  let pause = 500;

  function connect() {
    source = new EventSource("/v1/events");
    source.addEventListener("open", () => {
      pause = 500;
      onNews({ connected: true });
    });
    source.addEventListener("error", () => {
      onNews({ connected: false });
      // The browser reconnects by itself, except after an answer that is not a stream.
      if (source.readyState === EventSource.CLOSED) reconnectLater();
    });
    for (const event of EVENTS) {
      source.addEventListener(event, (message) => onNews({ event, data: JSON.parse(message.data) }));
    }
  }

  function reconnectLater() {
    timer = setTimeout(connect, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }

  connect();
  return {
    close() {
      clearTimeout(timer);
      source.close();
    },
  };
}
