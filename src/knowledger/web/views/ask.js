/** Questions in plain words to a graph; each goes on with the conversation. */

import * as api from "../api.js";
import { h, replace } from "../dom.js";
import { follow } from "../follow.js";
import { accept } from "../operations.js";
import { empty } from "../parts/empty.js";
import { icon } from "../parts/icons.js";
import { attempt } from "../parts/problem.js";
import { answerCard } from "./ask-answer.js";

const MODES = [
  ["quick", "Quick"],
  ["standard", "Standard"],
  ["extended", "Extended"],
];

export async function askTab({ params, signal }) {
  const at = api.path("graphs", params.graph, "agent");
  const agent = await api.get(at, { signal });
  const exchanges = h("div", { class: "stack" });
  const trouble = h("div");
  const text = h("textarea", {
    class: "editor",
    rows: 2,
    maxlength: 20_000,
    placeholder: "What was revenue in each of the last three years?",
    "aria-label": "Question",
  });
  const mode = h(
    "select",
    { "aria-label": "How much thought", title: "How much thought the answer may take" },
    MODES.map(([value, name]) => h("option", { value, selected: value === "standard" }, name)),
  );
  const ask = h("button", { type: "submit", class: "button is-main", title: "Enter" }, icon("play"), "Ask");
  const suggestions = h("div", { class: "chips", "aria-label": "Suggestions" });
  const anew = h("button", { type: "button", class: "button", onclick: () => begin() }, "New conversation");
  const memory = exchangesOf(params.graph);
  let conversation = null;

  const add = (question, operationId) => {
    const stop = () => api.remove(api.path("operations", operationId)).catch(() => {});
    const card = answerCard(question, stop);
    if (anew.hidden) replace(exchanges);
    anew.hidden = false;
    exchanges.append(card.node);
    return card;
  };
  const hear = (card, operationId) => follow(operationId, (event, data) => take(card, event, data), signal);
  const put = async (question) => {
    const body = { message: question, mode: mode.value, conversation_id: conversation };
    const accepted = await attempt(ask, trouble, () => api.post(at, body));
    if (!accepted) return;
    accept(accepted);
    text.value = "";
    replace(suggestions);
    memory.write([...memory.read(), [question, accepted.operation_id]]);
    const card = add(question, accepted.operation_id);
    card.node.scrollIntoView({ block: "nearest" });
    hear(card, accepted.operation_id);
  };
  /** The answers are told again by their operations, one after the other; one that is forgotten is so here. */
  const restore = async () => {
    const kept = memory.read().map(([question, id]) => ({ question, id, card: add(question, id) }));
    for (const { id, card } of kept) {
      await hear(card, id);
      if (signal.aborted || !card.isRunning()) continue;
      card.node.remove();
      memory.write(memory.read().filter(([, other]) => other !== id));
      if (!exchanges.children.length) clear();
    }
  };
  const take = (card, event, data) => {
    card.hear(event, data);
    if (event !== "operation_completed" || !exchanges.contains(card.node)) return;
    conversation = data.result.conversation_id;
    replace(
      suggestions,
      data.result.suggestions.map((question) =>
        h("button", { type: "button", class: "chip", onclick: () => put(question) }, question),
      ),
    );
  };
  const begin = () => {
    conversation = null;
    memory.write([]);
    clear();
  };
  const clear = () => {
    anew.hidden = true;
    replace(suggestions);
    replace(exchanges, empty("graph", "Ask this graph", "Every figure of an answer says where it comes from."));
  };
  const form = h(
    "form",
    { class: "card query" },
    text,
    trouble,
    h("div", { class: "query-foot" }, suggestions, h("span", { class: "quiet" }, whoAnswers(agent)), anew, mode, ask),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (text.value.trim()) put(text.value.trim());
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    form.requestSubmit();
  });
  clear();
  restore();
  return h("section", { class: "stack ask", "aria-label": "Ask" }, exchanges, form);
}

const MOST_KEPT = 20;

/** The questions of this tab to a graph, with the operations that answer them: they outlive a reload. */
function exchangesOf(graphId) {
  const key = `ask:${graphId}`;
  return {
    read: () => JSON.parse(sessionStorage.getItem(key) ?? "[]"),
    write: (exchanges) => sessionStorage.setItem(key, JSON.stringify(exchanges.slice(-MOST_KEPT))),
  };
}

const whoAnswers = ({ provider, model }) =>
  provider === "offline" ? "Answered by the built-in analyst" : `Answered by ${model}`;
