/** Signing in with email and password; the one-time link needs no view. */

import { h } from "../dom.js";
import { mark } from "../parts/icons.js";
import { attempt, problem } from "../parts/problem.js";
import { signIn } from "../session.js";

export function signInPage({ error, onSignedIn }) {
  const email = h("input", { type: "email", name: "email", autocomplete: "username", required: true, autofocus: true });
  const password = h("input", { type: "password", name: "password", autocomplete: "current-password", required: true });
  const submit = h("button", { type: "submit", class: "button is-main" }, "Sign in");
  const trouble = h("div", {}, error && problem(error));
  const form = h(
    "form",
    { class: "form sign-in-form" },
    h("label", {}, h("span", {}, "Email"), email),
    h("label", {}, h("span", {}, "Password"), password),
    trouble,
    submit,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const done = await attempt(submit, trouble, async () => {
      await signIn(email.value, password.value);
      return true;
    });
    if (done) onSignedIn();
  });
  const node = h(
    "section",
    { class: "sign-in" },
    mark(),
    h("h1", {}, "Knowledger"),
    h("p", { class: "sign-in-lead" }, "Financial files, made into graphs you can question."),
    form,
    h(
      "p",
      { class: "sign-in-hint" },
      "On your own machine, ",
      h("code", {}, "knowledger login"),
      " prints a link that signs you in.",
    ),
  );
  return { title: "Sign in", node };
}
