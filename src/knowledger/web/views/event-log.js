/** An operation's log of events, read on as it grows. */

import * as api from "../api.js";
import { h } from "../dom.js";
import { between } from "../format.js";
import { figuresOf } from "../parts/told.js";

const PAGE = 500;
const BETWEEN_READS_MS = 400;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Reads the log on from where it stands; asked while reading, it reads once more after. */
export function eventLog(at, from, signal) {
  const body = h("tbody");
  let next = 0;
  let reading = null;
  let again = false;
  const read = async () => {
    do {
      again = false;
      const page = await api.get(`${at}/events`, { parameters: { from_sequence: next, limit: PAGE }, signal });
      body.prepend(
        ...page.events
          .filter((item) => item.sequence_number >= next)
          .map((item) => row(item, from))
          .reverse(),
      );
      next = Math.max(next, (page.events.at(-1)?.sequence_number ?? -1) + 1);
      again ||= page.events.length === PAGE;
      if (again && page.events.length < PAGE) await pause(BETWEEN_READS_MS);
    } while (again && !signal.aborted);
  };
  return {
    node: h(
      "div",
      { class: "scroll log", tabindex: 0, role: "region", "aria-label": "Events" },
      h(
        "table",
        { class: "list is-tight" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ["#", "Event", "Message", "Progress", "After"].map((name) => h("th", { scope: "col" }, name)),
          ),
        ),
        body,
      ),
    ),
    readOn() {
      again = true;
      reading ??= read()
        .catch(() => {})
        .finally(() => {
          reading = null;
        });
      return reading;
    },
  };
}

const row = ({ sequence_number: number, event, data }, from) =>
  h(
    "tr",
    {},
    h("td", { class: "figure" }, number),
    h(
      "td",
      { "data-label": "Event" },
      h("span", { class: "badge", "data-tone": TONES[event] }, event.replace("operation_", "")),
    ),
    h("td", { "data-label": "Message" }, data.error ?? data.message ?? data.reason ?? ""),
    h(
      "td",
      { class: "figure", "data-label": "Progress" },
      event === "operation_progress" ? figuresOf(data).slice(0, 2).join(" · ") : "",
    ),
    h("td", { class: "figure", "data-label": "After", title: data.timestamp }, between(from, data.timestamp)),
  );

const TONES = {
  operation_started: "running",
  operation_completed: "completed",
  operation_error: "failed",
  operation_cancelled: "cancelled",
  operation_retrying: "stale",
};
