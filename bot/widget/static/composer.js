/** The field for the question: grows with it, counts near the limit, and never loses a draft. */
import { el } from "./elements.js";
import { STRINGS, say } from "./strings.js";

const LIMIT = 1000; // characters, as the gateway counts them
const COUNT_FROM = 900;
const ROWS = 5;

export class Composer {
  node;
  #field;
  #counter;
  #spokenCount;
  #spokenStep;
  #on;

  /** @param on {submit(text) → bool: taken, draft(text)} */
  constructor(on) {
    this.#on = on;
    this.#field = el("textarea", {
      id: "signpost-field",
      rows: "1",
      dir: "auto",
      autocomplete: "off",
      enterkeyhint: "send",
      placeholder: STRINGS.field,
      "aria-describedby": "signpost-count",
      oninput: () => this.#changed(),
      onkeydown: (event) => this.#key(event),
    });
    this.#counter = el("p", { class: "count", id: "signpost-count" });
    this.#spokenCount = el("p", { class: "spoken", role: "status" });
    this.node = el(
      "form",
      { class: "composer", novalidate: true, onsubmit: (event) => this.#submit(event) },
      el("label", { class: "spoken", for: "signpost-field" }, STRINGS.field),
      this.#field,
      el("button", { type: "submit", class: "send" }, STRINGS.send),
      this.#counter,
      this.#spokenCount,
    );
  }

  get text() {
    return this.#field.value;
  }

  set text(value) {
    this.#field.value = value;
    this.#changed();
  }

  get focused() {
    return this.node.contains(this.node.getRootNode().activeElement);
  }

  focus() {
    this.#field.focus();
  }

  submit() {
    this.node.requestSubmit();
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.submit();
  }

  #submit(event) {
    event.preventDefault();
    const text = this.text.trim();
    if (!text) this.#say(STRINGS.empty);
    else if (length(text) > LIMIT) this.#say(say("over", { n: length(text) - LIMIT }));
    else if (this.#on.submit(text)) this.text = "";
    this.focus();
  }

  #changed() {
    const left = LIMIT - length(this.text.trim());
    const words =
      left < 0
        ? say("over", { n: -left })
        : left <= LIMIT - COUNT_FROM
          ? say("left", { n: left })
          : "";
    this.#counter.textContent = words;
    this.#counter.classList.toggle("wrong", left < 0);
    if (left < 0) this.#field.setAttribute("aria-invalid", "true");
    else this.#field.removeAttribute("aria-invalid");
    const step = left < 0 ? "over" : [0, 50, 100].find((mark) => left <= mark);
    if (step !== this.#spokenStep) this.#spokenCount.textContent = words; // not for every key
    this.#spokenStep = step;
    this.#grow();
    this.#on.draft(this.text);
  }

  #say(words) {
    this.#counter.textContent = words;
    this.#counter.classList.add("wrong");
    this.#spokenCount.textContent = words;
  }

  /** Rows for the text; where the browser can size a field by its content it does. */
  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#field.rows = 1;
    while (this.#field.rows < ROWS && this.#field.scrollHeight > this.#field.clientHeight) {
      this.#field.rows += 1;
    }
  }
}

/** Characters as a person counts them closest to the gateway: code points, not UTF-16 units. */
function length(text) {
  return [...text].length;
}
