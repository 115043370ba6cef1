/** Trays: what is asked or told in place, between the transcript and the field; one at a time. */
import { el, outwardLink, textButton } from "./elements.js";
import { markdown } from "./markdown.js";
import { STRINGS, foreign, say } from "./strings.js";

export class Trays {
  node = el("div");
  #conversation;
  #composer;
  #opener = null; // the button that opened it, if one did

  constructor(conversation, composer) {
    this.#conversation = conversation;
    this.#composer = composer;
  }

  get open() {
    return this.node.hasChildNodes();
  }

  /** Close the tray; the focus goes back to what opened it, unless it is needed elsewhere. */
  close({ focus = true } = {}) {
    if (!this.open) return;
    const held = this.node.contains(this.node.getRootNode().activeElement);
    const opener = this.#opener;
    this.#opener = null;
    this.node.replaceChildren();
    opener?.setAttribute("aria-expanded", "false");
    if (focus && opener) opener.focus();
    else if (focus || held) this.#composer.focus();
  }

  /** The notice again, and the school's own if it has one. */
  privacy(opener, notice, address) {
    this.#show(
      opener,
      STRINGS.privacyTitle,
      el("p", {}, el("strong", {}, STRINGS.privacyTitle)),
      el("div", { lang: foreign.answer }, ...markdown(notice?.text ?? "")),
      address && el("p", {}, outwardLink(STRINGS.privacyLink, address)),
      el("div", { class: "choices" }, this.#closing(STRINGS.dismiss)),
    );
  }

  /** Clearing is for good, so it asks first. */
  clear(opener) {
    const problem = this.#problemLine();
    const clear = async () => {
      try {
        await this.#conversation.clear();
      } catch {
        problem.textContent = STRINGS.clearFailed;
      }
    };
    this.#show(
      opener,
      STRINGS.clearAsk,
      el("p", {}, STRINGS.clearAsk),
      el(
        "div",
        { class: "choices" },
        textButton(STRINGS.clearYes, clear, "choice danger"),
        this.#closing(STRINGS.clearNo),
        this.#saving(problem),
      ),
      problem,
    );
  }

  /** The warning before the end; returns its words. It takes no focus: nobody asked for it. */
  endsSoon(end) {
    const time = end.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    const words = say("endsSoon", { time });
    const problem = this.#problemLine();
    this.#show(
      null,
      words,
      el("p", {}, words),
      el("div", { class: "choices" }, this.#saving(problem), this.#closing(STRINGS.dismiss)),
      problem,
    );
    return words;
  }

  #show(opener, label, ...children) {
    const again = opener && this.#opener === opener;
    this.close({ focus: false });
    if (again) return;
    const tray = el("div", { class: "tray", role: "group", tabindex: "-1" }, ...children);
    tray.setAttribute("aria-label", label);
    this.node.append(tray);
    this.#opener = opener;
    opener?.setAttribute("aria-expanded", "true");
    if (opener) tray.focus();
  }

  #problemLine() {
    return el("p", { class: "wrong", role: "status" });
  }

  #closing(label) {
    return textButton(label, () => this.close(), "choice");
  }

  #saving(problem) {
    const save = async () => {
      try {
        const address = URL.createObjectURL(await this.#conversation.copy());
        el("a", { href: address, download: STRINGS.saveName }).click();
        setTimeout(() => URL.revokeObjectURL(address), 60_000);
        problem.textContent = "";
      } catch {
        problem.textContent = STRINGS.saveFailed;
      }
    };
    return textButton(STRINGS.saveCopy, save, "choice");
  }
}
