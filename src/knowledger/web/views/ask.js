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
  const ask = h("button", { type: "submit", class: "button is-main", title: "Ctrl + Enter" }, icon("play"), "Ask");
  const suggestions = h("div", { class: "chips", "aria-label": "Suggestions" });
  let conversation = null;

  const put = async (question) => {
    const body = { message: question, mode: mode.value, conversation_id: conversation };
    const accepted = await attempt(ask, trouble, () => api.post(at, body));
    if (!accepted) return;
    accept(accepted);
    text.value = "";
    replace(suggestions);
    const stop = () => api.remove(api.path("operations", accepted.operation_id)).catch(() => {});
    const card = answerCard(question, stop);
    if (conversation === null) replace(exchanges, card.node);
    else exchanges.append(card.node);
    card.node.scrollIntoView({ block: "nearest" });
    follow(accepted.operation_id, (event, data) => take(card, event, data), signal);
  };
  const take = (card, event, data) => {
    card.hear(event, data);
    if (event !== "operation_completed") return;
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
    replace(suggestions);
    replace(exchanges, empty("graph", "Ask this graph", "Every figure of an answer says where it comes from."));
  };
  const form = h(
    "form",
    { class: "card query" },
    text,
    trouble,
    h("div", { class: "query-foot" }, suggestions, h("span", { class: "quiet" }, whoAnswers(agent)), mode, ask),
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
  begin();
  return h("section", { class: "stack ask", "aria-label": "Ask" }, exchanges, form);
}

const whoAnswers = ({ provider, model }) =>
  provider === "offline" ? "Answered by the built-in analyst" : `Answered by ${model}`;
