/** Questions: Cypher to the graph, SQL to the staged tables. */

import * as api from "../api.js";
import { h, replace } from "../dom.js";
import { empty } from "../parts/empty.js";
import { icon } from "../parts/icons.js";
import { problem } from "../parts/problem.js";
import { examplesFor } from "./examples.js";
import { answered } from "./query-answer.js";

const LANGUAGES = {
  cypher: {
    name: "Cypher",
    at: "query",
    body: (text) => ({ query: text }),
    hint: "Cypher asks the graph, as it was last materialized.",
  },
  sql: {
    name: "SQL",
    at: "tables/query",
    body: (text) => ({ sql: text }),
    hint: "SQL asks the staged tables, as the files are at present.",
  },
};

export async function queryTab({ params, signal }) {
  const at = api.path("graphs", params.graph);
  const [graph, { schema }] = await Promise.all([api.get(at, { signal }), api.get(`${at}/schema`, { signal })]);
  const memory = remembered(params.graph);
  const examples = examplesFor(schema, graph.generation?.counts);
  const hint = h("p", { class: "quiet" });
  const text = h("textarea", {
    class: "code editor",
    rows: 7,
    spellcheck: "false",
    autocapitalize: "off",
    "aria-label": "Query",
  });
  const suggestions = h("div", { class: "chips", "aria-label": "Examples" });
  const answer = h("div", { class: "answer", "aria-live": "polite" });
  const run = h("button", { type: "button", class: "button is-main", title: "Ctrl + Enter" }, icon("play"), "Run");
  const csv = h("button", { type: "button", class: "button" }, icon("download"), "CSV");
  let language = memory.read("language") === "sql" ? "sql" : "cypher";
  let asking = null;

  const choose = (next) => {
    language = next;
    memory.write("language", next);
    text.value = memory.read(next) ?? examples[next][0]?.text ?? "";
    hint.textContent = LANGUAGES[next].hint;
    replace(
      suggestions,
      examples[next].map((example) => chip(example, use)),
    );
  };
  const use = (query) => {
    text.value = query;
    memory.write(language, query);
    text.focus();
  };
  const ask = async () => {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    setRunning(run, true);
    const { at: place, body } = LANGUAGES[language];
    const node = await answered(() =>
      api.request("POST", `${at}/${place}`, { body: body(text.value), signal: mine.signal }),
    );
    if (asking !== mine) return;
    asking = null;
    replace(answer, node);
    setRunning(run, false);
  };
  const download = async () => {
    const { at: place, body } = LANGUAGES[language];
    csv.disabled = true;
    try {
      const response = await api.request("POST", `${at}/${place}`, {
        body: body(text.value),
        accept: "text/csv",
        signal,
      });
      save(await response.blob(), `${params.graph}-${language}.csv`);
    } catch (error) {
      replace(answer, problem(error));
    }
    csv.disabled = false;
  };
  run.addEventListener("click", () => (asking ? asking.abort() : ask()));
  csv.addEventListener("click", download);
  text.addEventListener("input", () => memory.write(language, text.value));
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    ask();
  });
  signal.addEventListener("abort", () => asking?.abort());
  choose(language);
  replace(
    answer,
    empty("play", "Ask something", "Press Ctrl + Enter to run. Examples for this graph's types are above."),
  );
  return h(
    "section",
    { class: "stack", "aria-label": "Query" },
    h(
      "div",
      { class: "card query" },
      h("div", { class: "query-head" }, languageSwitch(language, choose), hint),
      text,
      h("div", { class: "query-foot" }, suggestions, csv, run),
    ),
    answer,
  );
}

const chip = ({ name, text }, use) =>
  h("button", { type: "button", class: "chip", title: text, onclick: () => use(text) }, name);

const languageSwitch = (current, choose) =>
  h(
    "fieldset",
    { class: "switch" },
    h("legend", { class: "unseen" }, "Language"),
    Object.entries(LANGUAGES).map(([value, { name }]) =>
      h(
        "label",
        {},
        h("input", {
          type: "radio",
          name: "language",
          value,
          checked: value === current,
          onchange: () => choose(value),
        }),
        h("span", {}, name),
      ),
    ),
  );

function setRunning(button, isRunning) {
  replace(button, icon(isRunning ? "stop" : "play"), isRunning ? "Stop" : "Run");
  button.classList.toggle("is-running", isRunning);
}

function save(blob, name) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** What was asked last, kept while the tab lives. */
function remembered(graphId) {
  const key = (name) => `query:${graphId}:${name}`;
  return {
    read: (name) => sessionStorage.getItem(key(name)),
    write: (name, value) => sessionStorage.setItem(key(name), value),
  };
}
