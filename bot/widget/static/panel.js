/** The open chat: a labelled panel with head, transcript, field and foot. */
import { Api } from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { el, textButton } from "./elements.js";
import { Persons } from "./persons.js";
import { Storage } from "./storage.js";
import { STRINGS, say, takeStrings } from "./strings.js";
import { Transcript } from "./transcript.js";
import { Trays } from "./trays.js";

const ADVISER = "/talk_to_adviser"; // always allowed
const EXIT = "https://www.bbc.co.uk/weather";
const COVERS_ALL = "(max-width: 520px), (max-height: 420px)"; // as in signpost.css

/**
 * @param parent where the panel goes, inside the shadow root
 * @param base address of the folder of this module; the gateway is its origin
 * @param code the language of the chat's own words, as in strings.{code}.json
 * @param inline part of the page: no closing, a heading of the first rank
 * @param settings the element's data attributes
 */
export async function createPanel({ parent, root, base, code, ...rest }) {
  const [look, strings] = await Promise.all([
    fetched(new URL("signpost.css", base)).then((response) => response.text()),
    fetched(new URL(`strings.${code}.json`, base)).then((response) => response.json()),
  ]);
  const made = new CSSStyleSheet();
  made.replaceSync(look);
  root.adoptedStyleSheets.push(made);
  takeStrings(strings);
  const panel = new Panel({ base, ...rest });
  parent.append(panel.node);
  return panel;
}

async function fetched(address) {
  const response = await fetch(address, { credentials: "omit" });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response;
}

class Panel {
  id = "signpost-panel";
  node;
  #inline;
  #settings;
  #onClose;
  #onFresh;
  #fresh = 0;
  #early = false;
  #open = false;
  #notice = null;
  #card = null;
  #link;
  #linkWords = "";
  #trays;
  #persons = new Persons();
  #newest = 0; // the number of the last line of a person
  #transcript;
  #composer;
  #conversation;
  #storage;

  constructor({ base, inline, settings, onClose, onFresh }) {
    this.#inline = inline;
    this.#settings = settings;
    this.#onClose = onClose;
    this.#onFresh = onFresh;
    const school = settings.school || "default";
    this.#storage = new Storage(school, base.origin);
    this.#transcript = new Transcript({
      press: (button) => this.#press(button),
      retry: (item) => this.#conversation.retry(item.id),
      change: (item) => this.#takeBack(item),
    });
    this.#composer = new Composer({
      submit: (text) => this.#submit(text),
      draft: (text) => {
        this.#storage.keepDraft(text);
        if (text && this.#persons.there) this.#conversation.typing();
      },
    });
    this.#conversation = new Conversation(
      {
        api: new Api(base.origin, STRINGS.lang),
        storage: this.#storage,
        school,
        scene: scene(settings),
      },
      this.#view(),
    );
    this.#trays = new Trays(this.#conversation, this.#composer);
    this.node = this.#build();
    this.#composer.text = this.#storage.draft();
    window.addEventListener("pagehide", () => this.pause());
    document.addEventListener("visibilitychange", () => this.#sawNewest());
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.resume());
  }

  show() {
    this.#open = true;
    this.node.hidden = false;
    this.#setModal();
    this.#count(0);
    this.#transcript.shown();
    this.#sawNewest();
    // In the middle of a school's page it opens by itself, and must not take the focus.
    if (!this.#inline || this.#settings.open === "page") this.#composer.focus();
    this.#begin();
  }

  hide() {
    this.#trays.close({ focus: false });
    this.#open = false;
    this.node.hidden = true;
  }

  pause() {
    this.#conversation.pause();
  }

  resume() {
    if (this.#conversation.active) this.#conversation.begin();
  }

  #build() {
    const title = el(this.#inline ? "h1" : "h2", { id: "signpost-title" }, STRINGS.title);
    this.#link = el("p", { class: "link", role: "status" });
    const covers = matchMedia(COVERS_ALL);
    covers.addEventListener("change", () => this.#setModal());
    return el(
      "div",
      {
        id: this.id,
        class: this.#inline ? "panel inline" : "panel",
        lang: STRINGS.lang,
        dir: "ltr",
        role: this.#inline ? "region" : "dialog",
        "aria-labelledby": "signpost-title",
        hidden: true,
        onkeydown: (event) => this.#key(event),
      },
      this.#head(title),
      this.#transcript.node,
      this.#persons.node,
      this.#link,
      this.#trays.node,
      this.#composer.node,
      this.#foot(),
    );
  }

  #head(title) {
    return el(
      "header",
      { class: "head" },
      title,
      el(
        "button",
        { type: "button", class: "adviser", onclick: () => this.#callAdviser() },
        STRINGS.adviser,
      ),
      this.#inline
        ? null
        : el(
            "button",
            { type: "button", class: "close", "aria-label": STRINGS.close, onclick: this.#onClose },
            el("span", { class: "cross", "aria-hidden": "true" }),
          ),
    );
  }

  #foot() {
    return el(
      "footer",
      { class: "foot" },
      textButton(STRINGS.privacy, (opener) =>
        this.#trays.privacy(opener, this.#notice, this.#settings.privacy),
      ),
      // Only on the service's own page: a school's page is not left by a link of the chat.
      this.#settings.open === "page"
        ? el("a", { href: "/knowledge" }, STRINGS.allAnswers)
        : null,
      textButton(STRINGS.clear, (opener) => this.#askClear(opener)),
      textButton(STRINGS.exit, () => this.#exit(), "plain leave"),
    );
  }

  #view() {
    return {
      opened: (session) => {
        this.#setLink("");
        this.#newest = 0;
        this.#persons.reset();
        this.#notice = session.notice;
        this.#transcript.open(session);
        if (!this.#storage.unsent(session.conversation).length && session.notice) {
          this.#announceOpening(session);
        }
      },
      entries: (entries, how) => {
        const told = this.#transcript.show(entries, how);
        for (const { from, seq } of entries) {
          if (from === "person") this.#newest = Math.max(this.#newest, seq);
          if (from === "reader") this.#persons.wrote(seq);
        }
        this.#sawNewest();
        if (!this.#open && told && !how.history) this.#count(this.#fresh + told);
      },
      item: (item) => this.#transcript.showItem(item),
      sent: (item, taken) => this.#transcript.settle(item, taken),
      help: (messages) => this.#transcript.showHelp(messages),
      state: (name) => this.#transcript.state(name),
      sign: (kind, value) => this.#persons.sign(kind, value),
      link: (name) => this.#showLink(name),
      endsSoon: (end) => this.#transcript.announce(this.#trays.endsSoon(end)),
      startFailed: (detail) => this.#startFailed(detail),
      ended: (reason, detail, unsent) => this.#ended(reason, detail, unsent),
    };
  }

  #begin() {
    if (this.#conversation.active || !this.#card) {
      if (!this.#conversation.active) this.#setLink(STRINGS.starting);
      return this.#conversation.begin();
    }
    return null; // a card at the end offers to start
  }

  #startFresh() {
    this.#card = null;
    this.#transcript.empty();
    this.#composer.focus();
    return this.#begin();
  }

  #announceOpening({ notice, greeting }) {
    this.#transcript.announceMessages([
      { from: "notice", opening: true, messages: [notice] },
      ...(greeting ? [{ from: "service", messages: [greeting] }] : []),
    ]);
  }

  #submit(text) {
    if (this.#conversation.sendText(text)) return true;
    if (this.#card) {
      // Not sent with it: the notice comes before the first message of a new chat.
      this.#startFresh().then(() => {
        if (this.#conversation.active) this.#transcript.announce(STRINGS.startedNew);
      });
    } else this.#submitOnceStarted();
    return false;
  }

  /** Written faster than the chat could start: it goes after the notice has been shown. */
  async #submitOnceStarted() {
    if (this.#early) return;
    this.#early = true;
    await this.#conversation.begin();
    this.#early = false;
    if (this.#conversation.active) this.#composer.submit();
  }

  #askClear(opener) {
    if (this.#conversation.active) this.#trays.clear(opener);
    else this.#startFresh();
  }

  #press(button) {
    if (!this.#conversation.active) this.#card?.focus();
    return this.#conversation.press(button);
  }

  /** An adviser can be asked for in any state: where there is no chat, one is started. */
  async #callAdviser() {
    if (!this.#conversation.active) await (this.#card ? this.#startFresh() : this.#begin());
    this.#press({ title: STRINGS.adviser, payload: ADVISER });
  }

  /** What a person wrote counts as seen once it stands on an open screen. */
  #sawNewest() {
    if (this.#open && this.#newest && !document.hidden) this.#conversation.seen(this.#newest);
  }

  #takeBack(item) {
    this.#conversation.drop(item.id);
    this.#transcript.dropItem(item.id);
    this.#composer.text = [item.text, this.#composer.text].filter(Boolean).join("\n");
    this.#composer.focus();
  }

  #startFailed(detail) {
    this.#setLink("");
    this.#card = this.#transcript.card(
      detail || STRINGS.startFailed,
      textButton(STRINGS.tryAgain, () => this.#startFresh(), "choice"),
    );
  }

  #ended(reason, detail, unsent) {
    this.#setLink("");
    this.#trays.close({ focus: false });
    this.#persons.reset();
    this.#transcript.stop();
    if (reason === "cleared" || reason === "elsewhere") this.#transcript.empty();
    if (reason === "cleared") this.#composer.text = "";
    else if (unsent.length) {
      this.#composer.text = [...unsent, this.#composer.text].filter(Boolean).join("\n");
    }
    this.#card = this.#transcript.card(
      detail || STRINGS[`ended-${reason}`],
      textButton(STRINGS.startNew, () => this.#startFresh(), "choice"),
    );
    if (reason === "cleared") this.#card.focus();
  }

  #showLink(name) {
    const words = { offline: STRINGS.offline, down: STRINGS.reconnecting }[name] ?? "";
    if (words) this.#setLink(words);
    else if (this.#linkWords && this.#linkWords !== STRINGS.starting) {
      this.#setLink("");
      this.#transcript.announce(STRINGS.back);
    }
  }

  #setLink(words) {
    if (words === this.#linkWords) return;
    this.#linkWords = words;
    this.#link.textContent = words;
  }

  #count(fresh) {
    this.#fresh = fresh;
    this.#onFresh(fresh ? say("fresh", { n: fresh }) : "");
  }

  /** Empty the screen first: the next page may take a while to come. */
  #exit() {
    this.#trays.close({ focus: false });
    this.#transcript.empty();
    this.#composer.text = "";
    this.node.hidden = true;
    this.#conversation.leave();
    window.location.replace(EXIT);
  }

  #key(event) {
    if (event.key === "Escape" && !event.isComposing) {
      if (this.#trays.open) this.#trays.close();
      else if (!this.#inline) this.#onClose();
      else return;
      event.stopPropagation();
      event.preventDefault();
    }
    if (event.key === "Tab" && this.node.getAttribute("aria-modal")) this.#keepInside(event);
  }

  /** Where the panel covers the page, the Tab key stays in it: nothing behind could be seen. */
  #keepInside(event) {
    const stops = [
      ...this.node.querySelectorAll("a[href], button, textarea, summary, [tabindex='0']"),
    ].filter((node) => node.getClientRects().length);
    const from = event.shiftKey ? stops[0] : stops.at(-1);
    if (this.node.getRootNode().activeElement !== from) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  }

  #setModal() {
    const covers = !this.#inline && matchMedia(COVERS_ALL).matches;
    if (covers) this.node.setAttribute("aria-modal", "true");
    else this.node.removeAttribute("aria-modal");
  }
}

function scene({ audience, year }) {
  const set = {};
  if (audience) set.audience = audience;
  if (Number(year)) set.year = Number(year);
  return set;
}
