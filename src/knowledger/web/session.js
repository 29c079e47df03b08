/** Who is signed in. */

import * as api from "./api.js";
import * as operations from "./operations.js";

const SIGN_IN = /^#signin=(.+)$/;
const current = { user: null };

export const user = () => current.user;

/** The one-time token in the address, which is taken out of the address at once. */
export function takeToken() {
  const token = SIGN_IN.exec(location.hash)?.[1];
  if (token) history.replaceState(null, "", "#/graphs");
  return token ? decodeURIComponent(token) : null;
}

/** Looks who the browser's cookie belongs to. Throws ApiError 401 when to nobody. */
export const resume = () => become({ isNewUser: false });

async function become({ isNewUser }) {
  current.user = await api.get("/user");
  operations.start({ isNewUser });
}

export async function signInByLink(token) {
  await api.post("/auth/link", { token });
  await become({ isNewUser: true });
}

export async function signIn(email, password) {
  await api.post("/auth/login", { email, password });
  await become({ isNewUser: true });
}

export async function signOut() {
  await api.post("/auth/logout", {});
  forget();
}

export function forget() {
  current.user = null;
  operations.stop();
}
