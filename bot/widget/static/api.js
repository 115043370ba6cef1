const TIMEOUT = 12_000; // ms; a reply is never waited for here, only the taking of a message

/** What went wrong: status 0 is a connection that failed, else the HTTP status. */
export class Problem extends Error {
  constructor(status, { detail = "", messages = [] } = {}, retryAfter = 0) {
    super(detail || `status ${status}`);
    this.status = status;
    this.detail = detail;
    this.messages = messages; // help that is due at once, though the message was not taken
    this.retryAfter = retryAfter; // ms
  }

  /** The conversation cannot go on: its key is spent, or it is gone or closed. */
  get ended() {
    return { 401: "expired", 403: "gone", 404: "gone", 410: "gone", 409: "closed" }[this.status];
  }

  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export class Api {
  #root;
  #lang;

  /** @param lang the language in which the gateway says that something cannot be done */
  constructor(origin, lang) {
    this.#lang = lang;
    this.#root = `${origin}/chat/v1/conversations`;
  }

  async start(school, scene) {
    const body = Object.keys(scene).length ? { school, scene } : { school };
    return (await this.#call("POST", "", { body })).json();
  }

  async send(session, message) {
    return (await this.#call("POST", "/messages", { session, body: message })).json();
  }

  /** @param body {typing: true} or {seen: number} */
  async sign(session, body) {
    await this.#call("POST", "/signs", { session, body });
  }

  async transcript(session, signal) {
    return (await (await this.#call("GET", "/transcript", { session, signal })).json()).entries;
  }

  async copy(session) {
    return (await this.#call("GET", "/transcript?format=text", { session })).blob();
  }

  async clear(session) {
    await this.#call("DELETE", "", { session });
  }

  async stream(session, after, signal) {
    const headers = { Accept: "text/event-stream", "Last-Event-ID": String(after) };
    return this.#call("GET", "/events", { session, headers, signal, timeout: TIMEOUT });
  }

  /** @returns {{entries, state}} after at most `wait` seconds */
  async poll(session, after, wait, signal) {
    const timeout = TIMEOUT + wait * 1000;
    const path = `/events?after=${after}&wait=${wait}`;
    return (await this.#call("GET", path, { session, signal, timeout })).json();
  }

  async #call(method, path, { session, body, headers = {}, signal, timeout = TIMEOUT }) {
    const cut = new AbortController();
    const stop = () => cut.abort();
    signal?.addEventListener("abort", stop);
    const late = setTimeout(stop, timeout);
    headers["Accept-Language"] = this.#lang;
    if (session) headers.Authorization = `Bearer ${session.token}`;
    if (body) headers["Content-Type"] = "application/json";
    let response;
    try {
      response = await fetch(
        this.#root + (session ? `/${encodeURIComponent(session.conversation)}` : "") + path,
        {
          method,
          headers,
          body: body ? JSON.stringify(body) : undefined,
          signal: cut.signal,
          credentials: "same-origin",
          cache: "no-store",
        },
      );
    } catch {
      signal?.removeEventListener("abort", stop);
      throw new Problem(0);
    } finally {
      clearTimeout(late);
    }
    if (response.ok) return response;
    throw await problemFrom(response);
  }
}

async function problemFrom(response) {
  const retryAfter = Number(response.headers.get("Retry-After")) * 1000 || 0;
  let said;
  if (response.headers.get("Content-Type")?.includes("problem+json")) {
    try {
      said = await response.json();
    } catch {
      said = {}; // cut off: the status says enough
    }
  }
  return new Problem(response.status, said, retryAfter);
}
