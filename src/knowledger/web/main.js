/** The page: its frame, and which view it shows. */

import { replace } from "./dom.js";
import { keepTimesTrue } from "./format.js";
import { announceOperations } from "./parts/notices.js";
import { problem } from "./parts/problem.js";
import { topBar } from "./parts/top.js";
import { match, route } from "./router.js";
import * as session from "./session.js";
import { billingPage } from "./views/billing.js";
import { filingsPage } from "./views/filings.js";
import { graphPage } from "./views/graph.js";
import { graphsPage } from "./views/graphs.js";
import { operationPage } from "./views/operation.js";
import { operationsPage } from "./views/operations.js";
import { pipelinesPage } from "./views/pipelines.js";
import { signInPage } from "./views/sign-in.js";

const top = document.getElementById("top");
const main = document.getElementById("main");
let leaving = new AbortController();
let signedIn = new AbortController();
let shownPath = null;

route("/", graphsPage);
route("/graphs", graphsPage);
for (const tab of ["", "/tables", "/tables/:table", "/files", "/query", "/ask", "/banks", "/operations"])
  route(`/graphs/:graph${tab}`, graphPage(tab));
route("/filings", filingsPage);
route("/billing", billingPage);
route("/pipelines", pipelinesPage);
route("/operations", operationsPage);
route("/operations/:operation", operationPage);

/** Builds the page for the address; the one before stays until it is ready. */
async function show() {
  const token = session.takeToken();
  if (token) return signInWith(token);
  if (!session.user()) return showSignIn();
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const found = match(location.hash);
  main.classList.add("is-loading");
  const { title, node } = found ? await built(found, signal) : lost();
  if (!signal.aborted) put(title, node, found?.path);
}

async function built({ page, params }, signal) {
  try {
    return await page({ params, signal });
  } catch (error) {
    return { title: "Problem", node: problem(error, error.status === 404 ? {} : { onRetry: show }) };
  }
}

function put(title, node, path) {
  main.classList.remove("is-loading");
  document.title = title === "Knowledger" ? title : `${title} · Knowledger`;
  const moved = shownPath !== null && path !== shownPath;
  shownPath = path;
  replace(main, node);
  if (moved && !main.contains(document.activeElement)) main.focus({ preventScroll: true });
  if (moved) scrollTo(0, 0);
}

const lost = () => ({
  title: "Not found",
  node: problem({ code: "NotFound", message: "There is no such page.", hint: "Go back to the list of graphs." }),
});

async function signInWith(token) {
  try {
    await session.signInByLink(token);
    enter();
  } catch (error) {
    showSignIn(error);
  }
}

function showSignIn(error) {
  leaving.abort();
  top.hidden = true;
  const { title, node } = signInPage({ error, onSignedIn: enter });
  put(title, node, null);
}

function enter() {
  signedIn.abort();
  signedIn = new AbortController();
  top.hidden = false;
  replace(top, topBar(signedIn.signal));
  show();
}

async function begin() {
  const token = session.takeToken();
  if (token) return signInWith(token);
  try {
    await session.resume();
    enter();
  } catch (error) {
    showSignIn(error.status === 401 ? null : error);
  }
}

addEventListener("hashchange", show);
document.addEventListener("signed-out", () => {
  if (!session.user()) return;
  session.forget();
  showSignIn();
});
document.getElementById("skip").addEventListener("click", () => main.focus());
keepTimesTrue();
announceOperations();
begin();
