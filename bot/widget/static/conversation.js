/** One reader's conversation: its key, feed and outbox; the view is told what changed. */
import { Problem } from "./api.js";
import { EventFeed, backoff, pause } from "./events.js";
import { Outbox } from "./outbox.js";

const WARNING = 5 * 60_000; // ms before the key expires
const LONGEST_TIMER = 2 ** 31 - 1;
const TYPING = 3_000; // ms between two words that the reader is typing

export class Conversation {
  #api;
  #storage;
  #school;
  #scene;
  #on;
  #session = null;
  #feed = null;
  #outbox = null;
  #timer = null;
  #starting = null;
  #unwatch = null;
  #typedAt = 0;
  #seen = 0;

  /**
   * @param on {opened(session), entries(list, {history}), item(item), sent(item, taken),
   *   help(messages), state(name), sign(kind, value), link(name), endsSoon(date), ended(reason, detail, unsentTexts),
   *   startFailed(detail)}
   */
  constructor({ api, storage, school, scene }, on) {
    this.#api = api;
    this.#storage = storage;
    this.#school = school;
    this.#scene = scene;
    this.#on = on;
  }

  get active() {
    return this.#session !== null;
  }

  /** Resume the conversation that this device knows, or start one. */
  begin() {
    if (this.#session) {
      this.#feed.start();
      return this.#starting;
    }
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  /** Stop listening; begin() goes on. */
  pause() {
    this.#feed?.stop();
  }

  sendText(text) {
    if (!this.#session) return false;
    this.#outbox.sendText(text);
    return true;
  }

  press(button) {
    return this.#session ? this.#outbox.press(button) : false;
  }

  retry(id) {
    this.#outbox?.retry(id);
  }

  drop(id) {
    this.#outbox?.drop(id);
  }

  /** Tell a person who is there that the reader is typing. */
  typing() {
    if (!this.#session || Date.now() - this.#typedAt < TYPING) return;
    this.#typedAt = Date.now();
    this.#sign({ typing: true });
  }

  /** The reader has seen the lines up to that number. */
  seen(seq) {
    if (!this.#session || seq <= this.#seen) return;
    this.#seen = seq;
    this.#sign({ seen: seq });
  }

  copy() {
    return this.#api.copy(this.#session);
  }

  /** Delete the conversation at the gateway and here. Throws a Problem when that fails. */
  async clear() {
    try {
      await this.#api.clear(this.#session);
    } catch (problem) {
      if (!problem.ended) throw problem;
    }
    this.#end("cleared");
    this.#storage.forgetAll();
  }

  /** Nothing of the conversation stays on this device. */
  leave() {
    this.#stop();
    this.#storage.forgetAll();
  }

  /** A sign that is lost is told by the next one. */
  #sign(body) {
    this.#api.sign(this.#session, body).catch(() => {});
  }

  async #start() {
    let session;
    try {
      session = await this.#sharedSession();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#on.startFailed(problem.detail);
      return;
    }
    this.#adopt(session);
  }

  /** Tabs take turns, so that two opened together share one conversation. */
  #sharedSession() {
    const findOrStart = async () => this.#storage.session() ?? (await this.#startSession());
    return navigator.locks
      ? navigator.locks.request(this.#storage.name, findOrStart)
      : findOrStart();
  }

  async #startSession() {
    for (let tries = 1; ; tries += 1) {
      try {
        return this.#storage.keepSession(await this.#api.start(this.#school, this.#scene));
      } catch (problem) {
        if (!problem.passing || tries === 2) throw problem;
        await pause(backoff(tries));
      }
    }
  }

  #adopt(session) {
    this.#session = session;
    this.#seen = 0;
    this.#on.opened(session);
    this.#outbox = new Outbox(this.#api, session, this.#storage, {
      changed: (item) => this.#on.item(item),
      sent: (item, taken) => {
        this.#on.sent(item, taken);
        this.#feed?.expect(taken.seq);
      },
      help: (messages) => this.#on.help(messages),
      ended: (problem) => this.#end(problem.ended, problem.detail),
    });
    this.#feed = new EventFeed(this.#api, session, {
      entries: (entries, how) => {
        for (const entry of entries) {
          if (entry.client_message_id) this.#outbox.drop(entry.client_message_id);
        }
        this.#on.entries(entries, how);
        if (how.history) this.#outbox.restore();
      },
      state: (name) => this.#on.state(name),
      sign: (kind, value) => this.#on.sign(kind, value),
      link: (name) => {
        this.#on.link(name);
        if (name === "up") this.#outbox.retryWaiting();
      },
      ended: (problem) => this.#end(problem.ended, problem.detail),
    });
    this.#feed.start();
    this.#unwatch = this.#storage.watch((now) => {
      if (now?.conversation !== session.conversation) this.#end("elsewhere");
    });
    this.#timeWarning(new Date(session.expires_at));
  }

  #timeWarning(end) {
    const rest = end - Date.now() - WARNING;
    if (Number.isNaN(rest) || rest > LONGEST_TIMER) return;
    this.#timer = setTimeout(() => this.#on.endsSoon(end), Math.max(0, rest));
  }

  #end(reason, detail = "") {
    if (!this.#session) return;
    const unsent = this.#outbox.texts();
    this.#stop();
    if (reason !== "elsewhere") this.#storage.forgetSession();
    this.#on.ended(reason, detail, unsent);
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#feed?.stop();
    this.#outbox?.stop();
    this.#unwatch?.();
    this.#session = null;
  }
}
