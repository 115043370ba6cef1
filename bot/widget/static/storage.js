/**
 * What this device keeps once the chat was opened: the key to the conversation (localStorage, for
 * reloads and other tabs), this tab's draft and unsent messages (sessionStorage). Where storage
 * is blocked, memory serves until the page is left.
 */
export class Storage {
  #key;
  #memory = new Map();

  constructor(school, origin) {
    this.#key = `signpost:${school}@${origin}`;
  }

  /** The name under which tabs take turns to start a conversation. */
  get name() {
    return this.#key;
  }

  /** @returns {{conversation, token, expires_at, school, notice, greeting} | null} */
  session() {
    return this.#read("localStorage", "");
  }

  keepSession(session) {
    this.#write("localStorage", "", session);
    return session;
  }

  draft() {
    return this.#read("sessionStorage", ":draft") ?? "";
  }

  keepDraft(text) {
    this.#write("sessionStorage", ":draft", text || null);
  }

  /** Messages of this tab that the gateway has not yet taken, for one conversation. */
  unsent(conversation) {
    const kept = this.#read("sessionStorage", ":unsent");
    return kept?.conversation === conversation ? kept.items : [];
  }

  keepUnsent(conversation, items) {
    this.#write("sessionStorage", ":unsent", items.length ? { conversation, items } : null);
  }

  /** Forget the conversation on this device; the draft stays. */
  forgetSession() {
    this.#write("localStorage", "", null);
    this.#write("sessionStorage", ":unsent", null);
  }

  forgetAll() {
    this.forgetSession();
    this.keepDraft("");
  }

  /** Call back when another tab changed the conversation's key. Returns a function that stops. */
  watch(onChange) {
    const heard = (event) => {
      if (event.key === this.#key || event.key === null) onChange(this.session());
    };
    window.addEventListener("storage", heard);
    return () => window.removeEventListener("storage", heard);
  }

  #read(area, suffix) {
    try {
      const found = window[area].getItem(this.#key + suffix);
      if (found !== null) return JSON.parse(found);
    } catch {
      // Blocked, or not ours to read: memory knows.
    }
    return this.#memory.get(area + suffix) ?? null;
  }

  #write(area, suffix, value) {
    this.#memory.delete(area + suffix);
    try {
      if (value === null) window[area].removeItem(this.#key + suffix);
      else window[area].setItem(this.#key + suffix, JSON.stringify(value));
    } catch {
      this.#memory.set(area + suffix, value);
    }
  }
}
