/** What the organization has agreed on, may spend, and is billed. */

import * as api from "../api.js";
import { h } from "../dom.js";
import { when } from "../format.js";
import { grouped } from "../parts/grid.js";
import { list, row } from "../parts/list.js";

const SUBSCRIPTIONS = ["Subscription", "Price", "Status", "Period ends"];
const INVOICES = ["Number", "Amount", "Status", "Made", "Due"];
const GRANTS = ["Credits", "Left", "Given", "End"];
const REPORTS = ["Month", "Written", ""];
const TONES = { active: "completed", paid: "completed", past_due: "stale", open: "running", uncollectible: "failed" };

export async function billingPage({ signal }) {
  const [credits, { subscriptions }, { invoices }, { reports }] = await Promise.all([
    api.get("/billing/credits", { signal }),
    api.get("/billing/subscriptions", { signal }),
    api.get("/billing/invoices", { signal }),
    api.get("/billing/usage/reports", { signal }),
  ]);
  const node = h(
    "div",
    { class: "page" },
    h("div", { class: "page-head" }, h("h1", {}, "Billing")),
    h("dl", { class: "card facts" }, balance(credits)),
    credits.grants.length > 0 && list("Credits", GRANTS, credits.grants.map(grant)),
    list("Subscriptions", SUBSCRIPTIONS, subscriptions.length ? subscriptions.map(subscription) : none(SUBSCRIPTIONS)),
    list("Invoices", INVOICES, invoices.length ? invoices.map(invoice) : none(INVOICES)),
    reports.length > 0 && list("Usage, month by month", REPORTS, reports.map(report)),
  );
  return { title: "Billing", node };
}

const balance = ({ current_balance: free, reserved, consumed_last_30_days: used }) =>
  [
    ["Credits to spend", free],
    ["Set aside for work under way", reserved],
    ["Used in 30 days", used],
  ].map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, grouped(value))));

const none = (columns) => [h("tr", {}, h("td", { colspan: columns.length, class: "quiet" }, "None yet"))];
const badge = (status) => h("span", { class: "badge", "data-tone": TONES[status] }, status.replaceAll("_", " "));

const grant = ({ kind, amount, remaining, granted_at: given, expires_at: ends }) =>
  row(GRANTS, [`${grouped(amount)} · ${kind}`, grouped(remaining), when(given), ends ? when(ends) : "never"]);

const subscription = (item) =>
  row(SUBSCRIPTIONS, [
    [
      h("span", { class: "list-name" }, item.plan_display_name),
      h("div", { class: "list-note" }, item.resource_id || item.resource_type),
      item.error && h("div", { class: "warned" }, item.error.message),
    ],
    `${money(item.base_price_cents, item.currency)} a ${item.billing_interval}`,
    [badge(item.status), item.cancel_at_period_end && h("span", { class: "quiet" }, " ends then")],
    when(item.current_period_end),
  ]);

const invoice = (item) =>
  row(INVOICES, [
    item.number,
    money(item.amount_due, item.currency),
    badge(item.status),
    when(item.created),
    when(item.due_date),
  ]);

const report = ({ id, period_start: from, created_at: at }) =>
  row(REPORTS, [
    from.slice(0, 7),
    when(at),
    h("a", { href: api.url(api.path("billing", "usage", "reports", id)), target: "_blank", rel: "noopener" }, "Open"),
  ]);

/** Minor units as the currency writes them; some have none, some a thousand. */
function money(minor, currency) {
  const shown = new Intl.NumberFormat("en", { style: "currency", currency });
  return shown.format(minor / 10 ** shown.resolvedOptions().maximumFractionDigits);
}
