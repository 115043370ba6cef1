/** Who is to speak: a line above the field while a person is waited for or there. */
import { el } from "./elements.js";
import { STRINGS, say } from "./strings.js";

const TYPES_FOR = 6_000; // ms; a sign of typing that is not renewed is over

export class Persons {
  node = el("p", { class: "link persons", role: "status" });
  #talk = { state: "bot" };
  #typing = null;
  #timer = null;
  #seen = 0;
  #last = 0;

  /** Whether a person is there to be told of typing. */
  get there() {
    return this.#talk.state === "person";
  }

  sign(kind, value) {
    if (kind === "talk") {
      this.#talk = value;
      this.#setTyping(null);
    }
    if (kind === "typing" && this.there) this.#setTyping(value.who);
    if (kind === "seen") this.#seen = value.seq;
    this.#show();
  }

  /** The number of the reader's last line. */
  wrote(seq) {
    this.#last = Math.max(this.#last, seq);
    this.#show();
  }

  reset() {
    this.#seen = this.#last = 0;
    this.sign("talk", { state: "bot" });
  }

  #setTyping(who) {
    clearTimeout(this.#timer);
    this.#typing = who;
    if (who) this.#timer = setTimeout(() => this.sign("typing", { who: null }), TYPES_FOR);
  }

  #show() {
    const words = this.#words();
    if (this.node.textContent !== words) this.node.textContent = words;
  }

  #words() {
    const { state, name, role } = this.#talk;
    if (state === "waiting") return STRINGS.waitingPerson;
    if (state === "snoozed") return say("personLater", { name });
    if (state !== "person") return "";
    if (this.#typing) return say("personTypes", { name });
    const here = say("personHere", { name, role });
    return this.#last && this.#seen >= this.#last ? `${here} ${STRINGS.seen}` : here;
  }
}
