/** What a query gave: its rows with their figures, or why there are none. */

import { readAnswer } from "../answer.js";
import { h } from "../dom.js";
import { count, counted, duration } from "../format.js";
import { grid } from "../parts/grid.js";
import { problem } from "../parts/problem.js";

const MOST_SHOWN = 1000;

/** The element that shows what `ask()`, a response, comes to. */
export async function answered(ask) {
  try {
    return shown(await readAnswer(await ask()));
  } catch (error) {
    return error.name === "AbortError" ? h("p", { class: "quiet" }, "Stopped.") : problem(error);
  }
}

function shown(result) {
  const rows = result.data.slice(0, MOST_SHOWN);
  const notes = [
    result.truncated && "cut at the server's limit",
    rows.length < result.data.length && `the first ${count(MOST_SHOWN)} are shown; the CSV has all`,
  ].filter(Boolean);
  return h(
    "div",
    { class: "card" },
    h(
      "p",
      { class: "answer-sum" },
      h("b", {}, result.isCut ? `more than ${counted(result.row_count, "row")}` : counted(result.row_count, "row")),
      !result.isCut && h("span", { class: "quiet" }, `in ${duration(result.execution_time_ms / 1000)}`),
      notes.map((note) => h("span", { class: "warned" }, note)),
    ),
    result.data.length ? grid(result.columns, rows, "Answer") : h("p", { class: "card-empty" }, "No rows match."),
  );
}
