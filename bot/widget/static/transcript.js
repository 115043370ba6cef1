/**
 * The conversation on the screen: entries in the gateway's order, each once, then messages on
 * their way. It scrolls only for a reader who is at the end, and announces each entry once.
 */
import { el, spoken } from "./elements.js";
import { announcement, entryNode } from "./messages.js";
import { STRINGS, foreign, say } from "./strings.js";

const NEAR = 48; // px from the end that still count as being there
const THINKING_AFTER = 400; // ms; a quicker answer needs no "Looking it up"
const SAID = 5_000; // ms after which an announcement is taken away
const PREVIOUS = 160; // px; a question no taller than this stays in view above its answer

export class Transcript {
  node;
  #log;
  #announcer;
  #freshButton;
  #thinking;
  #thinkingTimer = null;
  #on;
  #entries = new Map(); // seq → node; the opening has -2 and -1
  #waiting = new Map(); // client_message_id → node
  #unseen = [];
  #following = false; // the reader is at the end and stays there when the room shrinks

  /** @param on {press(button) → bool, retry(item), change(item)} */
  constructor(on) {
    this.#on = on;
    this.#log = el("div", {
      class: "log",
      role: "log",
      "aria-live": "off", // the announcer below speaks: whole messages, once
      "aria-label": STRINGS.log,
      tabindex: "0",
    });
    this.#announcer = el("div", { class: "spoken", role: "status" });
    this.#thinking = el(
      "p",
      { class: "thinking", hidden: true },
      STRINGS.thinking,
      el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")),
    );
    this.#log.append(this.#thinking);
    this.#freshButton = el(
      "button",
      { type: "button", class: "fresh-below", hidden: true, onclick: () => this.#showUnseen() },
      say("fresh", { n: 1 }),
    );
    this.node = el("div", { class: "talk" }, this.#log, this.#freshButton, this.#announcer);
    this.node.addEventListener("scroll", () => this.#seen(), { capture: true, passive: true });
    new ResizeObserver(() => this.#following && this.#toEnd()).observe(this.#log);
  }

  open({ notice, greeting }) {
    if (foreign.own) this.#log.prepend(el("p", { class: "note" }, STRINGS.answersIn));
    if (notice) this.#place(-2, { from: "notice", opening: true, messages: [notice] });
    if (greeting) this.#place(-1, { from: "service", messages: [greeting] });
    this.#scroller.scrollTop = 0;
  }

  /** Entries from the gateway, in any order; returns how many new ones were not the reader's. */
  show(entries, { history = false, silent = history } = {}) {
    const atEnd = this.#atEnd;
    let newest = null;
    const said = [];
    for (const entry of entries) {
      if (this.#entries.has(entry.seq)) continue;
      this.#waiting.get(entry.client_message_id)?.remove();
      this.#waiting.delete(entry.client_message_id);
      newest = this.#place(entry.seq, entry);
      if (entry.from !== "reader") {
        said.push(entry);
        if (!atEnd && !silent) this.#unseen.push(newest);
        this.#setThinking(false);
      }
    }
    if (!newest) return 0;
    if (history) this.#toEnd({ fromTop: !this.#log.querySelector(".entry.reader") });
    else if (atEnd) this.#reveal(newest);
    this.#offerFresh();
    if (!silent && said.length) this.announceMessages(said);
    return said.length;
  }

  /** A message of the reader's that is on its way, or could not be sent. */
  showItem(item) {
    const node = this.#itemNode(item);
    const old = this.#waiting.get(item.id);
    this.#waiting.set(item.id, node);
    if (old) {
      const held = old.contains(this.node.getRootNode().activeElement);
      old.replaceWith(node);
      if (this.#following) this.#toEnd();
      if (held) node.querySelector("button")?.focus();
    } else {
      this.#thinking.before(node);
      this.#toEnd();
    }
    if (item.status !== "sending") {
      const { length } = node.querySelectorAll("button");
      this.announce(`${this.#status(item)} ${length ? STRINGS.tryAgain : ""}`);
    }
  }

  /** The gateway took the message: it has its place, whether or not the feed told so yet. */
  settle(item, { seq, at }) {
    const messages = [{ text: item.title }];
    this.show([{ seq, at, from: "reader", client_message_id: item.id, messages }]);
    this.dropItem(item.id);
  }

  /** Help that must be read now, though the gateway could not keep the message it answers. */
  showHelp(messages) {
    const entry = { from: "service", messages };
    const node = entryNode(entry, (button) => this.#on.press(button));
    this.#thinking.before(node);
    this.#reveal(node);
    this.announceMessages([entry]);
  }

  dropItem(id) {
    this.#waiting.get(id)?.remove();
    this.#waiting.delete(id);
  }

  /** The conversation is over: nothing is on its way any more. */
  stop() {
    this.state("idle");
    for (const id of [...this.#waiting.keys()]) this.dropItem(id);
  }

  state(name) {
    clearTimeout(this.#thinkingTimer);
    if (name !== "thinking") this.#setThinking(false);
    else this.#thinkingTimer = setTimeout(() => this.#setThinking(true), THINKING_AFTER);
  }

  /** A line with buttons at the end, for example that the chat has closed. */
  card(text, ...buttons) {
    const node = el("div", { class: "card", tabindex: "-1" }, el("p", {}, text), ...buttons);
    this.#log.append(node);
    this.#toEnd();
    this.announce(text);
    return node;
  }

  empty() {
    this.stop();
    this.#entries.clear();
    this.#unseen = [];
    this.#log.replaceChildren(this.#thinking);
    this.#announcer.replaceChildren();
    this.#offerFresh();
  }

  announceMessages(entries) {
    this.announce(...entries.flatMap(announcement));
  }

  announce(...parts) {
    const line = el("p", {}, ...parts);
    this.#announcer.replaceChildren(line);
    setTimeout(() => line.remove(), SAID); // or it would be read a second time in passing
  }

  shown() {
    if (this.#unseen.length) this.#showUnseen({ focus: false });
  }

  /** The transcript scrolls, or the whole panel where the window is too low for that. */
  get #scroller() {
    return getComputedStyle(this.#log).overflowY === "visible"
      ? this.node.parentElement
      : this.#log;
  }

  get #atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return clientHeight > 0 && scrollHeight - scrollTop - clientHeight < NEAR;
  }

  #place(seq, entry) {
    const node = entryNode(entry, (button) => this.#on.press(button));
    const later = [...this.#entries.keys()].filter((other) => other > seq);
    const next = later.length ? this.#entries.get(Math.min(...later)) : this.#firstWaiting;
    next.before(node);
    this.#entries.set(seq, node);
    return node;
  }

  get #firstWaiting() {
    return this.#waiting.values().next().value ?? this.#thinking;
  }

  #itemNode(item) {
    const waiting = item.status === "waiting";
    const actions = waiting
      ? [this.#action(STRINGS.tryAgain, () => this.#on.retry(item))]
      : item.status === "refused" && item.text
        ? [this.#action(STRINGS.putBack, () => this.#on.change(item))]
        : [];
    return el(
      "div",
      { class: `entry reader ${item.status}` },
      spoken(STRINGS.you),
      el("p", { class: "said", lang: "", dir: "auto" }, item.title),
      el("p", { class: "status" }, this.#status(item), ...actions),
    );
  }

  #status({ status, reason }) {
    if (status === "sending") return STRINGS.sending;
    if (status === "refused") return reason || STRINGS.notSent;
    return reason || (navigator.onLine ? STRINGS.notSent : STRINGS.waiting);
  }

  #action(label, onclick) {
    return el("button", { type: "button", class: "plain", onclick }, label);
  }

  #setThinking(on) {
    clearTimeout(this.#thinkingTimer);
    const atEnd = this.#atEnd;
    this.#thinking.hidden = !on;
    if (on && atEnd) this.#toEnd();
  }

  /** Bring a new entry into view from its beginning, with the question above it if that fits. */
  #reveal(node) {
    const before = node.previousElementSibling;
    const top =
      before?.classList.contains("reader") && before.offsetHeight <= PREVIOUS ? before : node;
    const scroller = this.#scroller;
    const offset = top.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    scroller.scrollTop += Math.max(0, offset - 12);
    this.#following = this.#atEnd;
  }

  #toEnd({ fromTop = false } = {}) {
    const scroller = this.#scroller;
    scroller.scrollTop = fromTop ? 0 : scroller.scrollHeight;
    this.#following = !fromTop;
  }

  #showUnseen({ focus = true } = {}) {
    const [first] = this.#unseen;
    this.#unseen = [];
    if (first?.isConnected) this.#reveal(first);
    if (focus) this.#log.focus({ preventScroll: true });
    this.#offerFresh();
  }

  #seen() {
    this.#following = this.#atEnd;
    if (!this.#unseen.length || !this.#following) return;
    this.#unseen = [];
    this.#offerFresh();
  }

  #offerFresh() {
    this.#freshButton.hidden = !this.#unseen.length;
    this.#freshButton.textContent = say("fresh", { n: Math.max(1, this.#unseen.length) });
  }
}
