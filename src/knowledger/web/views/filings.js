/** The shared graph of the SEC's filings: how it stands, which companies are in it, and loading more. */

import * as api from "../api.js";
import { h, keepByKey, replace } from "../dom.js";
import { count, when } from "../format.js";
import { accept, active, isActive, watch } from "../operations.js";
import { empty } from "../parts/empty.js";
import { icon } from "../parts/icons.js";
import { operationStrip } from "../parts/operation.js";
import { attempt } from "../parts/problem.js";
import { href } from "../router.js";

const AT = "/repositories/sec";
const GRAPH = "sec";

export async function filingsPage({ signal }) {
  const standing = h("div");
  const companies = h("div");
  const strips = h("div", { class: "strips", "aria-label": "Under way" });
  const search = h("input", { type: "search", placeholder: "Ticker, name or CIK", "aria-label": "Search companies" });
  const drawStrips = () => keepByKey(strips, active(GRAPH), (item) => item.operation_id, operationStrip);
  const drawCompanies = async () => {
    const found = await api.get(`${AT}/companies`, { parameters: { search: search.value.trim(), limit: 200 }, signal });
    replace(companies, companiesTable(found.companies, search.value));
  };
  const draw = async () => {
    const [status] = await Promise.all([api.get(AT, { signal }), drawCompanies()]);
    replace(standing, facts(status));
  };
  search.addEventListener("input", () => drawCompanies().catch(() => {}));
  watch((operations) => {
    drawStrips();
    if (operations.some((item) => item.graph_id === GRAPH && !isActive(item))) draw().catch(() => {});
  }, signal);
  await draw();
  drawStrips();
  const node = h(
    "div",
    { class: "page" },
    h(
      "div",
      { class: "page-head" },
      h(
        "div",
        {},
        h("h1", {}, "SEC filings"),
        h("p", { class: "page-note" }, "Reports as companies filed them, in one graph that everybody here shares."),
      ),
      h("a", { class: "button", href: href("graphs", GRAPH, "ask") }, "Ask it"),
    ),
    loading(),
    strips,
    standing,
    h("div", { class: "tools" }, search),
    companies,
  );
  return { title: "SEC filings", node };
}

function loading() {
  const trouble = h("div");
  const tickers = h("input", { name: "tickers", required: true, placeholder: "AAPL MSFT", autocomplete: "off" });
  const year = new Date().getFullYear();
  const years = h("input", {
    name: "years",
    required: true,
    value: `${year - 3}-${year}`,
    pattern: "\\d{4}(-\\d{4})?",
  });
  const button = h("button", { type: "submit", class: "button is-main" }, icon("download"), "Load");
  const form = h(
    "form",
    { class: "card form-line" },
    h("label", {}, h("span", {}, "Companies"), tickers),
    h("label", {}, h("span", {}, "Years"), years),
    button,
    trouble,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const names = tickers.value.split(/[\s,;]+/).filter(Boolean);
    const accepted = await attempt(button, trouble, () =>
      api.post(`${AT}/load`, { tickers: names, years: years.value.trim() }),
    );
    if (accepted) accept(accepted);
  });
  return form;
}

const facts = (status) =>
  h(
    "dl",
    { class: "card facts" },
    [
      ["Companies", count(status.companies)],
      ["Filings known", count(status.filings)],
      ["Stored", count(status.stored)],
      ["Read", count(status.read)],
      ["Not readable", count(status.refused)],
      ["Newest", status.newest_filing ?? "–"],
      ["Graph", status.generation ? when(status.generation.created_at) : "not built yet"],
    ].map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );

function companiesTable(companies, search) {
  if (companies.length === 0)
    return search
      ? h("p", { class: "quiet" }, "No company that is loaded is called that.")
      : empty("download", "No companies yet", "Name some by their tickers above; their reports come from the SEC.");
  return h(
    "div",
    { class: "card scroll" },
    h(
      "table",
      { class: "list" },
      h("caption", { class: "unseen" }, "Companies"),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ["Company", "Tickers", "Industry", "Filings", "Looked up"].map((name) => h("th", { scope: "col" }, name)),
        ),
      ),
      h("tbody", {}, companies.map(row)),
    ),
  );
}

const row = (company) =>
  h(
    "tr",
    {},
    h(
      "td",
      {},
      h("span", { class: "list-name" }, company.name),
      h("div", { class: "list-note" }, `CIK ${company.cik}`),
    ),
    h("td", { "data-label": "Tickers" }, company.tickers.join(", ") || "–"),
    h("td", { "data-label": "Industry" }, company.industry || "–"),
    h("td", { class: "figure", "data-label": "Filings" }, `${count(company.stored)} of ${count(company.filings)}`),
    h("td", { class: "figure", "data-label": "Looked up" }, when(company.looked_up_at)),
  );
