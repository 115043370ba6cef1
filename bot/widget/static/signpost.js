/*
 * Signpost: the launcher. Until somebody opens the chat a page loads only this file, which stores
 * nothing and asks for nothing. Opening imports panel.js and what stands behind it. How a page
 * brings it in, and the data attributes: docs/embedding.md.
 */
(() => {
  "use strict";

  // Words needed before anything may be fetched, by language; all others are in strings.js.
  const WORDS = {
    // made by `make messages`
    en: {
      launcher: "Ask about careers",
      region: "Careers chat",
      failed: "The chat could not be loaded. Check the connection and try again.",
    },
    cy: {
      launcher: "Holwch am yrfaoedd",
      region: "Sgwrs gyrfaoedd",
      failed: "Ni ellid llwytho'r sgwrs. Gwiriwch y cysylltiad a rhowch gynnig arall arni.",
    },
    // to here
  };

  const SVG = "http://www.w3.org/2000/svg";
  const script =
    document.currentScript || document.querySelector('script[src*="/widget/signpost.js"]');
  const base = new URL(".", script.src);

  const LOOK = `
    :host { all: initial; display: block; --pine: var(--signpost-lead, #0b5d4e); }
    [hidden] { display: none !important; }
    .corner { font: 600 max(16px, 1rem)/1.25 system-ui, -apple-system, "Segoe UI", sans-serif; }
    .launcher, .failed {
      position: fixed; inset-block-end: 16px; inset-inline-end: 16px; z-index: 2147483000;
      box-sizing: border-box; max-inline-size: calc(100vw - 32px);
    }
    .launcher {
      display: flex; align-items: center; gap: 10px; min-block-size: 52px;
      padding: 10px 18px 10px 14px; font: inherit; color: #fff; background: var(--pine);
      border: 2px solid #fff; border-radius: 10px; box-shadow: 0 2px 10px rgb(20 33 61 / 28%);
      cursor: pointer;
    }
    .launcher:hover { text-decoration: underline; text-underline-offset: 4px; }
    .launcher:focus-visible { outline: 4px solid #ffc857; box-shadow: 0 0 0 7px #14213d; }
    .launcher[aria-busy="true"] { cursor: progress; }
    .sign { inline-size: 26px; block-size: 26px; flex: none; }
    .fresh { padding: 1px 8px; color: #14213d; background: #ffc857; border-radius: 8px; }
    .failed {
      inset-block-end: 80px; margin: 0; padding: 12px 16px; font-weight: 400; color: #14213d;
      background: #fff; border: 2px solid #a83a22; border-radius: 10px;
    }
    .failed:empty { display: none; }
    .corner.open .failed { display: none; }
    @media (max-width: 520px), (max-height: 760px) {
      .corner.open .launcher { visibility: hidden; }
    }
    @media (forced-colors: active) { .launcher:focus-visible { outline-color: Highlight; } }
    @media print { .corner { display: none; } }
  `;

  function sign() {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("class", "sign");
    svg.setAttribute("aria-hidden", "true");
    for (const d of ["M11 2h2v20h-2z", "M4 4h13l3 3-3 3H4z", "M20 12H8l-3 3 3 3h12z"]) {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("d", d);
      path.setAttribute("fill", "currentColor");
      svg.append(path);
    }
    return svg;
  }

  /** The first of the tags ("cy", "en-GB") whose language the chat speaks, as its code. */
  function languageOf(...tags) {
    const codes = tags.map((tag) => (tag || "").toLowerCase().split("-")[0]);
    return codes.find((code) => Object.hasOwn(WORDS, code)) ?? "en";
  }

  function node(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  class SignpostChat extends HTMLElement {
    #panel = null;
    #loading = null;
    #tries = 0;
    #corner = null;
    #launcher = null;
    #fresh = null;
    #failed = null;

    connectedCallback() {
      if (this.shadowRoot) {
        this.#panel?.resume();
        return;
      }
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(LOOK);
      root.adoptedStyleSheets = [sheet];
      if (this.#inline) this.open();
      else this.#addLauncher(root);
    }

    disconnectedCallback() {
      this.#panel?.pause();
    }

    /** Open the chat, loading it the first time. */
    async open() {
      try {
        this.#launcher?.setAttribute("aria-busy", "true");
        this.#loading ??= this.#load();
        this.#panel = await this.#loading;
      } catch {
        this.#loading = null;
        this.#sayFailed();
        return;
      } finally {
        this.#launcher?.removeAttribute("aria-busy");
      }
      if (this.#failed) this.#failed.textContent = "";
      this.#launcher?.setAttribute("aria-expanded", "true");
      this.#corner?.classList.add("open");
      this.#panel.show();
    }

    close() {
      if (this.#inline || !this.#panel) return;
      this.#panel.hide();
      this.#corner.classList.remove("open");
      this.#launcher.setAttribute("aria-expanded", "false");
      this.#launcher.focus();
    }

    get #inline() {
      return this.hasAttribute("data-open");
    }

    get #code() {
      const { lang } = document.documentElement;
      return languageOf(this.lang, this.dataset.lang, script.dataset.lang, lang);
    }

    get #words() {
      return WORDS[this.#code];
    }

    #addLauncher(root) {
      this.#fresh = node("span", { class: "fresh", hidden: "" });
      this.#launcher = node(
        "button",
        { type: "button", class: "launcher", "aria-expanded": "false" },
        sign(),
        node("span", {}, this.dataset.launcher || this.#words.launcher),
        this.#fresh,
      );
      this.#launcher.addEventListener("click", () =>
        this.#launcher.getAttribute("aria-expanded") === "true" ? this.close() : this.open(),
      );
      this.#failed = node("p", { class: "failed", role: "status" });
      this.#corner = node(
        "section",
        { class: "corner", lang: this.#code, "aria-label": this.#words.region },
        this.#launcher,
        this.#failed,
      );
      root.append(this.#corner);
    }

    async #load() {
      // A browser may remember a module that failed to load: a new address asks again.
      const entry = new URL("panel.js", base);
      if (this.#tries++) entry.searchParams.set("try", this.#tries);
      const { createPanel } = await import(entry.href);
      const panel = await createPanel({
        parent: this.#corner ?? this.shadowRoot,
        root: this.shadowRoot,
        base,
        code: this.#code,
        inline: this.#inline,
        settings: { ...this.dataset },
        onClose: () => this.close(),
        onFresh: (words) => this.#showFresh(words),
      });
      this.#launcher?.setAttribute("aria-controls", panel.id);
      this.replaceChildren(); // the plain form of /chat has done its service
      return panel;
    }

    #showFresh(words) {
      if (!this.#fresh) return;
      this.#fresh.textContent = words;
      this.#fresh.hidden = !words;
    }

    #sayFailed() {
      if (this.#failed) this.#failed.textContent = this.#words.failed;
      else this.shadowRoot.replaceChildren(document.createElement("slot")); // back to the plain form
    }
  }

  if (customElements.get("signpost-chat")) return;
  customElements.define("signpost-chat", SignpostChat);

  if (script.dataset.school && !document.querySelector("signpost-chat")) {
    const chat = document.createElement("signpost-chat");
    Object.assign(chat.dataset, script.dataset);
    document.body.append(chat);
  }
})();
