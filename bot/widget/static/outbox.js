/** Messages on their way, in order; a client_message_id keeps a repeat from counting twice. */
import { Problem } from "./api.js";
import { backoff, pause } from "./events.js";

const TRIES = 3; // then the reader is told, and the next regained connection tries again

/** A random id; crypto.randomUUID exists only on secure pages. */
export function randomId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** An item: {id, title, text | payload, status: "sending" | "waiting" | "refused", reason}. */
export class Outbox {
  #api;
  #session;
  #storage;
  #on;
  #items = [];
  #busy = false;
  #stopped = false;

  /** @param on {changed(item), sent(item, {seq, at}), help(messages), ended(problem)} */
  constructor(api, session, storage, on) {
    this.#api = api;
    this.#session = session;
    this.#storage = storage;
    this.#on = on;
  }

  restore() {
    for (const kept of this.#storage.unsent(this.#session.conversation)) {
      this.#add({ ...kept, status: kept.status === "refused" ? "refused" : "sending" });
    }
  }

  sendText(text) {
    this.#add({ id: randomId(), title: text, text, status: "sending" });
  }

  /** @returns false when the same button is on its way already */
  press({ title, payload }) {
    if (this.#items.some((item) => item.payload === payload && item.status !== "refused")) {
      return false;
    }
    this.#add({ id: randomId(), title, payload, status: "sending" });
    return true;
  }

  retry(id) {
    const item = this.#items.find((one) => one.id === id);
    if (item) this.#resend([item]);
  }

  /** Everything that waits for a connection, once there is one. */
  retryWaiting() {
    this.#resend(this.#items.filter(({ status }) => status === "waiting"));
  }

  drop(id) {
    this.#items = this.#items.filter((item) => item.id !== id);
    this.#keep();
  }

  /** Texts that were not taken, oldest first. */
  texts() {
    return this.#items.map(({ text }) => text).filter(Boolean);
  }

  stop() {
    this.#stopped = true;
  }

  #add(item) {
    this.#items.push(item);
    this.#keep();
    this.#on.changed(item);
    this.#pump();
  }

  #resend(items) {
    for (const item of items) this.#mark(item, "sending");
    this.#pump();
  }

  async #pump() {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (;;) {
        const item = this.#items.find(({ status }) => status === "sending");
        if (!item || this.#stopped) return;
        await this.#deliver(item);
      }
    } finally {
      this.#busy = false;
    }
  }

  async #deliver(item) {
    const message = { client_message_id: item.id };
    if (item.payload) message.payload = item.payload;
    else message.text = item.text;
    for (let tries = 1; ; tries += 1) {
      try {
        const taken = await this.#api.send(this.#session, message);
        this.drop(item.id);
        if (!this.#stopped) this.#on.sent(item, taken);
        return;
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        if (this.#stopped) return;
        if (problem.ended) {
          this.#on.ended(problem);
          return;
        }
        if (problem.messages.length && tries === 1) this.#on.help(problem.messages);
        if (!problem.passing) return this.#mark(item, "refused", problem.detail);
        if (tries === TRIES || !navigator.onLine || problem.retryAfter > 5000) {
          return this.#mark(item, "waiting", problem.detail);
        }
        await pause(Math.max(backoff(tries), problem.retryAfter));
      }
    }
  }

  #mark(item, status, reason = "") {
    item.status = status;
    item.reason = reason;
    this.#keep();
    this.#on.changed(item);
  }

  #keep() {
    this.#storage.keepUnsent(this.#session.conversation, this.#items);
  }
}
