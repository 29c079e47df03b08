/** A question and its answer as it forms: what was looked up, the words, tables and charts, and what they cite. */

import { h, replace } from "../dom.js";
import { counted } from "../format.js";
import { chart } from "../parts/chart.js";
import { amountsGrid } from "../parts/grid.js";
import { icon } from "../parts/icons.js";
import { problem } from "../parts/problem.js";
import { prose } from "../parts/prose.js";
import { sourceList } from "./ask-sources.js";

/** `hear(event, data)` takes the events of the answer's operation, `isRunning()` until its last; `stop()` is what its
 * button does meanwhile. */
export function answerCard(question, stop) {
  const answer = { texts: new Map(), plan: [], looks: new Map(), shown: [], sources: [], warnings: [], usage: null };
  const parts = Object.fromEntries(["looks", "words", "shown", "sources", "foot"].map((name) => [name, h("div")]));
  parts.words.className = "prose";
  parts.words.setAttribute("aria-live", "polite");
  const stopping = h("button", { type: "button", class: "button is-small", onclick: stop }, icon("stop"), "Stop");
  const cite = (number) => parts.sources.querySelector(`[data-source="${number}"]`)?.openSource();
  const draw = {
    looks: () => replace(parts.looks, lookedUp(answer)),
    words: () => replace(parts.words, prose([...answer.texts.values()].join("\n\n"), cite)),
    shown: () => replace(parts.shown, answer.shown),
    sources: () => replace(parts.sources, sourceList(answer.sources)),
    foot: () => replace(parts.foot, foot(answer)),
  };
  const node = h(
    "article",
    { class: "card exchange is-running" },
    h("header", { class: "exchange-head" }, h("h2", {}, question), stopping),
    Object.values(parts),
  );
  const end = (...outcome) => {
    node.classList.remove("is-running");
    stopping.remove();
    answer.outcome = outcome;
    draw.looks();
    draw.foot();
  };
  return {
    node,
    isRunning: () => node.classList.contains("is-running"),
    hear(event, data) {
      for (const name of HEARD[event]?.(answer, data) ?? []) draw[name]();
      if (event === "operation_completed") end();
      if (event === "operation_error") end(problem({ ...data, message: data.error }));
      if (event === "operation_cancelled") end(h("p", { class: "quiet" }, "Stopped. What was said stays."));
    },
  };
}

/** What an event changes of an answer; each gives the parts to draw anew. */
const HEARD = {
  plan(answer, { plan }) {
    answer.plan = plan;
    return ["looks"];
  },
  tool_call(answer, { tool_call_id: id, message, tool, arguments: given }) {
    answer.looks.set(id, { message, tool, given, state: "running" });
    return ["looks"];
  },
  tool_result(answer, { tool_call_id: id, is_error: failed, message }) {
    const look = answer.looks.get(id);
    if (look) Object.assign(look, { state: failed ? "failed" : "done", trouble: failed ? message : "" });
    return ["looks"];
  },
  text_delta(answer, { step, offset, text }) {
    const characters = [...(answer.texts.get(step) ?? "")];
    answer.texts.set(step, characters.slice(0, offset).join("") + text);
    return ["words"];
  },
  citation(answer, { number, citation }) {
    answer.sources.push({ number, ...citation });
    return ["sources"];
  },
  table(answer, { table }) {
    answer.shown.push(tableOf(table));
    return ["shown"];
  },
  chart(answer, { chart: specification }) {
    answer.shown.push(chart(specification));
    return ["shown"];
  },
  usage(answer, usage) {
    answer.usage = usage;
    return ["foot"];
  },
  warning(answer, { message }) {
    answer.warnings.push(message);
    return ["foot"];
  },
};

/** How the answer was found: open while it is being looked for. Look-ups say what the plan only announced. */
function lookedUp({ plan, looks, outcome }) {
  if (plan.length === 0 && looks.size === 0) return null;
  const title = outcome ? `How this was found: ${counted(looks.size, "look-up")}` : "Looking it up";
  return h(
    "details",
    { class: "looks", open: !outcome },
    h("summary", {}, title),
    looks.size === 0 &&
      h(
        "ol",
        {},
        plan.map((line) => h("li", {}, line)),
      ),
    h("ul", {}, [...looks.values()].map(look)),
  );
}

const look = ({ message, tool, given, state, trouble }) =>
  h(
    "li",
    { "data-state": state, title: JSON.stringify(given) },
    icon(state === "failed" ? "alert" : state === "done" ? "check" : "clock"),
    h("span", {}, message || tool.replaceAll("_", " "), trouble && h("span", { class: "warned" }, ` ${trouble}`)),
  );

/** Columns may share a name; a row is then still shown whole. */
function tableOf({ title, columns, rows, truncated }) {
  const names = columns.map((name, index) => (columns.indexOf(name) === index ? name : `${name} (${index + 1})`));
  const data = rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));
  return h(
    "section",
    { class: "shown-table" },
    h("h3", {}, title),
    amountsGrid(names, data, title),
    truncated && h("p", { class: "warned" }, "There are more rows than are shown."),
  );
}

function foot({ warnings, usage, outcome = [] }) {
  const credits = usage?.total_microcredits ? `${(usage.total_microcredits / 1e6).toFixed(4)} credits` : "no credits";
  const about = usage?.is_estimated ? `${credits}, estimated` : credits;
  return [
    warnings.map((message) => h("p", { class: "warned" }, message)),
    outcome,
    usage && h("p", { class: "quiet exchange-foot" }, usage.model, " · ", about),
  ];
}
