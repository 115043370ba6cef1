/**
 * News from the gateway: server-sent events over fetch (so that the key travels in a header),
 * resumed by Last-Event-ID; long poll where a network swallows the stream. Lost connections are
 * tried again after growing, uneven pauses.
 */
import { Problem } from "./api.js";

const SILENCE = 40_000; // ms; the gateway's heartbeat comes every 15 s
const STREAM_TRIES = 2; // streams that failed before their first byte, then long poll
const POLL_WAIT = 25; // s
const EXPECT = 3_000; // ms until a taken message must have come back through the stream

/** The pause after try n, in ms: 1 s, 2 s, 4 s … at most 30 s, never quite the same. */
export function backoff(tries) {
  return Math.min(30_000, 1000 * 2 ** (tries - 1)) * (0.5 + Math.random() / 2);
}

/** Wait, at most until the browser is online again or the signal aborts. */
export function pause(time, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, time);
    function done() {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      signal?.removeEventListener("abort", done);
      resolve();
    }
    window.addEventListener("online", done);
    signal?.addEventListener("abort", done);
  });
}

export class EventFeed {
  #api;
  #session;
  #on;
  #last = 0;
  #caughtUp = false;
  #streamFailures = 0;
  #run = null;
  #connection = null;
  #expecting = null;
  #nudge = () => this.#connection?.abort();

  /**
   * @param on {entries(list, {history}), state(name), sign(kind, value),
   *   link("up"|"down"|"offline"), ended(problem)}
   */
  constructor(api, session, on) {
    this.#api = api;
    this.#session = session;
    this.#on = on;
  }

  start() {
    if (this.#run) return;
    this.#run = new AbortController();
    window.addEventListener("offline", this.#nudge);
    this.#loop(this.#run.signal);
  }

  stop() {
    window.removeEventListener("offline", this.#nudge);
    clearTimeout(this.#expecting);
    this.#expecting = null;
    this.#run?.abort();
    this.#run = null;
  }

  /** A message was taken as number seq: if it does not come back soon, the stream is stuck. */
  expect(seq) {
    if (seq <= this.#last || this.#expecting) return;
    this.#expecting = setTimeout(() => {
      this.#expecting = null;
      if (seq <= this.#last) return;
      this.#streamFailures = STREAM_TRIES;
      this.#nudge();
    }, EXPECT);
  }

  async #loop(signal) {
    let tries = 0;
    const up = () => {
      tries = 0;
      this.#on.link("up");
    };
    while (!signal.aborted) {
      this.#connection = new AbortController();
      const cut = this.#nudge;
      signal.addEventListener("abort", cut, { once: true });
      try {
        if (!this.#caughtUp) await this.#catchUp();
        if (this.#streamFailures < STREAM_TRIES) await this.#stream(up);
        else await this.#poll(up, tries ? 0 : POLL_WAIT);
      } catch (problem) {
        if (signal.aborted) return;
        if (!(problem instanceof Problem)) throw problem;
        if (problem.ended) {
          this.stop();
          this.#on.ended(problem);
          return;
        }
        tries += 1;
        if (!navigator.onLine) this.#on.link("offline");
        else if (tries > 1) this.#on.link("down");
        await pause(Math.max(backoff(tries), problem.retryAfter), signal);
      } finally {
        signal.removeEventListener("abort", cut);
      }
    }
  }

  async #catchUp() {
    const entries = await this.#api.transcript(this.#session, this.#connection.signal);
    this.#caughtUp = true;
    this.#take(entries, { history: true });
  }

  async #poll(up, wait) {
    const { signal } = this.#connection;
    const { entries, state } = await this.#api.poll(this.#session, this.#last, wait, signal);
    up();
    this.#take(entries, { history: false });
    this.#on.state(state);
  }

  async #stream(up) {
    const { signal } = this.#connection;
    let heard = false;
    let silence;
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(this.#nudge, SILENCE);
    };
    try {
      listen();
      const response = await this.#api.stream(this.#session, this.#last, signal);
      up();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        heard = true;
        listen();
        const blocks = (rest + value).split(/\r\n\r\n|\n\n|\r\r/);
        rest = blocks.pop();
        blocks.forEach((block) => this.#receive(block));
      }
    } catch (problem) {
      if (problem instanceof Problem && problem.status) throw problem;
      if (!heard && navigator.onLine) this.#streamFailures += 1;
      throw new Problem(0);
    } finally {
      clearTimeout(silence);
    }
    throw new Problem(0); // the gateway closed the stream: come back after a short pause
  }

  #receive(block) {
    let name = "message";
    const data = [];
    for (const line of block.split(/\r\n|\n|\r/)) {
      const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
      if (field === "event") name = value;
      if (field === "data") data.push(value);
    }
    if (!data.length) return;
    const payload = JSON.parse(data.join("\n"));
    if (name === "entry") this.#take([payload], { history: false });
    else if (name === "state") this.#on.state(payload.state);
    else this.#on.sign(name, payload);
  }

  #take(entries, how) {
    for (const { seq } of entries) this.#last = Math.max(this.#last, seq);
    if (entries.length || how.history) this.#on.entries(entries, how);
  }
}
