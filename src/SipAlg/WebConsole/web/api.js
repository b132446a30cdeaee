// The admin API, as the page of its own origin: the browser sends the cookie of the log-in.

/** What the API refused; the message is for people. */
export class ApiError extends Error {
  constructor(status, body) {
    super(body?.message ?? `The gateway answered ${status}.`);
    this.status = status;
    this.code = body?.error ?? "";
    this.problems = body?.problems ?? [];
  }
}

/** Told when a request needs a log-in that is missing or has ended. */
export const signedOut = new EventTarget();

/** @returns the JSON of the answer; null where it has none. */
export async function request(method, path, { body, signal } = {}) {
  const answer = await fetch(path, {
    method,
    signal,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
  const value = isJson ? await answer.json() : null;
  if (answer.status === 401 && path !== "/api/v1/login") signedOut.dispatchEvent(new Event("signedout"));
  if (!answer.ok) throw new ApiError(answer.status, value);
  return value;
}

/** @param query members that are empty are left out. */
export function get(path, query = {}, signal) {
  const wanted = Object.entries(query).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const text = new URLSearchParams(wanted).toString();
  return request("GET", text ? `${path}?${text}` : path, { signal });
}

/** A fault of the way there, or a page that is left: no answer of the API. */
export const isAborted = fault => fault?.name === "AbortError";
