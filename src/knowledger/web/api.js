/** The REST API. Every failure is an ApiError in the wire's one shape. */

const BASE = "/v1";
const UNREACHABLE = {
  code: "Unreachable",
  message: "The server does not answer.",
  hint: "It may be restarting. Work under way goes on; try again in a moment.",
  retryable: true,
};

export class ApiError extends Error {
  constructor(body, status) {
    super(body.message);
    Object.assign(this, { code: body.code, hint: body.hint, retryable: body.retryable, details: body.details, status });
  }

  /** The error in an answer's text, whoever wrote it. */
  static parse(text, status) {
    try {
      const { error } = JSON.parse(text);
      if (error?.message) return new ApiError(error, status);
    } catch {
      // Not JSON: an answer of a proxy in between.
    }
    return new ApiError({ code: `Http${status}`, message: `The server answered ${status}.`, hint: null }, status);
  }
}

export const get = (path, options) => json("GET", path, options);
export const post = (path, body, options) => json("POST", path, { ...options, body });
export const remove = (path, options) => json("DELETE", path, options);

/** An API path of its parts, each escaped: `path("graphs", id, "files")`. */
export const path = (...parts) => `/${parts.map(encodeURIComponent).join("/")}`;

export const url = (at, parameters = {}) => {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `${BASE}${at}?${new URLSearchParams(given)}` : `${BASE}${at}`;
};

/** The raw response, once it is known to be a good one. */
export async function request(method, at, { body, parameters, accept = "application/json", signal } = {}) {
  const headers = body === undefined ? { Accept: accept } : { Accept: accept, "Content-Type": "application/json" };
  const response = await fetch(url(at, parameters), { method, headers, body: JSON.stringify(body), signal }).catch(
    unreachable,
  );
  if (response.ok) return response;
  throw refused(ApiError.parse(await response.text().catch(() => ""), response.status), at);
}

/** Sends a file as the body and tells `onSent(bytes)` as it goes; `fetch` cannot. */
export function upload(at, parameters, file, { onSent, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url(at, parameters));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => onSent(event.loaded));
    request.addEventListener("error", () => reject(new ApiError(UNREACHABLE, 0)));
    request.addEventListener("abort", () => reject(new DOMException("Cancelled", "AbortError")));
    request.addEventListener("load", () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText));
      else reject(refused(ApiError.parse(request.responseText, request.status), at));
    });
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

async function json(method, at, options) {
  const response = await request(method, at, options);
  return response.status === 204 ? null : parse(await response.text());
}

export const parse = (text) => JSON.parse(text, exactIntegers);

/** Integers beyond 2^53 stay what they are: text, digit for digit. */
const exactIntegers = (_name, value, context) =>
  typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)
    ? (context?.source ?? value)
    : value;

function unreachable(cause) {
  if (cause.name === "AbortError") throw cause;
  throw new ApiError(UNREACHABLE, 0);
}

function refused(error, at) {
  if (error.status === 401 && !at.startsWith("/auth/")) document.dispatchEvent(new Event("signed-out"));
  return error;
}
