/** The banks that feed a graph: link one, sync, sign in again, end the access. */

import * as api from "../api.js";
import { h, replace } from "../dom.js";
import { counted, when } from "../format.js";
import { accept, watchEnds } from "../operations.js";
import { empty } from "../parts/empty.js";
import { icon } from "../parts/icons.js";
import { list, row } from "../parts/list.js";
import { notify } from "../parts/notices.js";
import { attempt } from "../parts/problem.js";

const BETWEEN_LOOKS_MS = 2000;
const MADE_UP_BANK = "ins_example_1";
const COLUMNS = ["Account", "Kind", "Balance"];

export async function banksTab({ params, signal }) {
  const at = api.path("graphs", params.graph, "connections");
  const trouble = h("div");
  const linked = h("div", { class: "stack" });
  const draw = async () => {
    const { connections } = await api.get(at, { signal });
    replace(linked, connections.length ? connections.map((item) => bank(item, acts)) : noBanks());
  };
  const linking = async (button, wanted) => {
    const token = await attempt(button, trouble, () => api.post(`${at}/link/token`, wanted));
    if (!token) return;
    open(token.page_url, "_blank", "noopener");
    notify("Link the bank on the page that has opened; this one waits for it.");
    await untilLinked(at, { ...wanted, link_token: token.link_token }, signal).catch((error) =>
      notify(error.message, "failed"),
    );
    await draw().catch(() => {});
  };
  const acts = {
    async sync(button, id) {
      const accepted = await attempt(button, trouble, () => api.post(`${at}${api.path(id, "sync")}`, {}));
      if (accepted) accept(accepted);
    },
    signIn: (button, { connection_id: id, environment }) => linking(button, { environment, connection_id: id }),
    async remove(button, { connection_id: id, institution_name: name }) {
      if (!confirm(`End the access to ${name}? What was synced stays in the graph.`)) return;
      await attempt(button, trouble, () => api.remove(`${at}${api.path(id)}`));
      await draw().catch(() => {});
    },
  };
  const madeUp = async (button) => {
    const made = await attempt(button, trouble, async () => {
      const environment = "example";
      const { public_token: token } = await api.post(`${at}/link/rehearse`, {
        environment,
        institution_id: MADE_UP_BANK,
      });
      return api.post(`${at}/link/exchange`, { environment, public_token: token });
    });
    if (made?.operation) accept(made.operation);
    await draw().catch(() => {});
  };
  watchEnds(params.graph, () => draw().catch(() => {}), signal);
  await draw();
  return h(
    "section",
    { class: "stack", "aria-label": "Banks" },
    h(
      "div",
      { class: "tools" },
      action("plus", "Link a bank", (button) => linking(button, {}), "is-main"),
      action("play", "Try a made-up bank", madeUp),
    ),
    trouble,
    linked,
  );
}

/** Asks whether the person on the bank's page is done, until they are. */
async function untilLinked(at, wanted, signal) {
  while (!signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
    const { finished, operation } = await api.post(`${at}/link/finish`, wanted, { signal });
    if (!finished) continue;
    if (operation) accept(operation);
    return;
  }
}

const noBanks = () =>
  empty(
    "layers",
    "No bank feeds this graph",
    "Link one, and its accounts and transactions come in and stay up to date; or try it with a made-up bank.",
  );

function bank(connection, acts) {
  const { connection_id: id, institution_name: name, status, status_reason: reason } = connection;
  const wantsSignIn = status === "sign_in_required";
  return h(
    "div",
    { class: "stack" },
    wantsSignIn &&
      h(
        "section",
        { class: "banner" },
        icon("alert"),
        h("p", {}, h("strong", {}, `${name} wants you to sign in again. `), reason),
        action("play", "Sign in", (button) => acts.signIn(button, connection), "is-main"),
      ),
    list(
      name ?? "Bank",
      COLUMNS,
      connection.accounts.map(account),
      h("span", { class: "badge", "data-tone": TONES[status] }, status.replaceAll("_", " ")),
      h("span", { class: "quiet" }, counted(connection.transactions, "transaction"), " · ", when(connection.synced_at)),
      action("play", "Sync now", (button) => acts.sync(button, id)),
      action("trash", "Remove", (button) => acts.remove(button, connection)),
    ),
  );
}

const TONES = { healthy: "completed", sign_in_required: "stale", revoked: "failed" };

const account = ({ name, mask, subkind, kind, current_balance: balance, currency, is_closed: isClosed }) =>
  row(COLUMNS, [
    [name, mask && h("span", { class: "quiet" }, ` ••${mask}`), isClosed && h("span", { class: "quiet" }, " closed")],
    subkind ?? kind ?? "–",
    h("span", { class: "figure" }, balance ? `${balance} ${currency ?? ""}` : "–"),
  ]);

const action = (symbol, name, onClick, look = "") =>
  h(
    "button",
    { type: "button", class: `button ${look}`, onclick: (event) => onClick(event.currentTarget) },
    icon(symbol),
    name,
  );
