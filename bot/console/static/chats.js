/*
 * Chats as they go on: lines of a conversation, typing and seen, how many wait. Every page works
 * without it, by loading it again.
 */
const TYPING = 3000; // ms between two words that somebody is typing
const TYPES_FOR = 6000; // ms; a sign of typing that is not renewed is over
const csrf = document.querySelector('meta[name="csrf"]').content;

function send(path, body) {
  return fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify(body),
    credentials: "same-origin",
  });
}

/* ---- the queue */

const queue = document.querySelector("[data-queue]");
if (queue) {
  let known = new Set(queue.dataset.ids.split(" ").filter(Boolean));
  let first = true;
  const source = new EventSource(queue.dataset.queue);
  source.addEventListener("queue", ({ data }) => {
    const { waiting, unread } = JSON.parse(data);
    const more = waiting.some((id) => !known.has(id));
    const changed = more || waiting.length !== known.size;
    known = new Set(waiting);
    const detail = { count: waiting.length + (unread ? 1 : 0), more };
    document.dispatchEvent(new CustomEvent("signpost:waiting", { detail }));
    const told = queue.querySelector("[data-changed]");
    if (changed && told && !first) told.hidden = false;
    first = false;
  });
}

/* ---- one conversation */

const lines = document.querySelector("#lines");
if (lines) {
  const path = location.pathname;
  const mine = lines.dataset.mine === "yes";
  const typing = document.querySelector("[data-typing]");
  const seenTold = document.querySelector("[data-seen-told]");
  const form = document.querySelector("[data-write]");
  const field = form?.elements.text;
  let last = Number(lines.dataset.after);
  let seen = Number(seenTold.dataset.seenUpTo);
  let timer = null;

  const atEnd = () => lines.scrollHeight - lines.scrollTop - lines.clientHeight < 48;
  const toEnd = () => (lines.scrollTop = lines.scrollHeight);
  const tellSeen = () => {
    const own = [...lines.querySelectorAll(".line.person")].at(-1);
    seenTold.textContent = own && seen >= Number(own.dataset.seq) ? "Seen by the reader." : "";
  };
  const sawAll = () => mine && !document.hidden && send(`${path}/signs`, { seen: last });
  const setTyping = (on) => {
    clearTimeout(timer);
    typing.textContent = on ? "The reader is writing…" : "";
    if (on) timer = setTimeout(() => setTyping(false), TYPES_FOR);
  };

  toEnd();
  tellSeen();
  sawAll();
  document.addEventListener("visibilitychange", sawAll);

  // A stream of its own address, so that it goes on after the last line of this page.
  const source = new EventSource(`${lines.dataset.events}?after=${last}`);
  source.addEventListener("entry", ({ data }) => {
    const entry = JSON.parse(data);
    if (entry.seq <= last) return;
    last = entry.seq;
    const stay = atEnd();
    lines.insertAdjacentHTML("beforeend", entry.html);
    if (stay) toEnd();
    if (entry.from === "reader") {
      setTyping(false);
      const detail = { count: 1, more: document.hidden };
      document.dispatchEvent(new CustomEvent("signpost:waiting", { detail }));
    }
    sawAll();
    tellSeen();
  });
  source.addEventListener("typing", ({ data }) => setTyping(JSON.parse(data).who !== null));
  source.addEventListener("seen", ({ data }) => {
    seen = Math.max(seen, JSON.parse(data).seq);
    tellSeen();
  });
  source.addEventListener("there", ({ data }) => {
    document.querySelector("[data-there]").textContent = JSON.parse(data).there
      ? "The reader is here now."
      : "The reader is not here now.";
  });
  source.addEventListener("talk", ({ data }) => {
    const { state } = JSON.parse(data);
    if (state === lines.dataset.state) return;
    // Never while something is being written: it would be lost.
    if (field?.value) document.querySelector("[data-reload]").hidden = false;
    else location.reload();
  });

  let typedAt = 0;
  field?.addEventListener("input", () => {
    if (Date.now() - typedAt < TYPING) return;
    typedAt = Date.now();
    send(`${path}/signs`, { typing: true });
  });
  field?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    const wrong = form.querySelector("[data-wrong]");
    if (!text) return;
    wrong.textContent = "";
    // The same name until it is taken: sent again, it is said once.
    form.elements.once.value ||= crypto.randomUUID();
    try {
      const answer = await send(form.getAttribute("action"), { text, once: form.elements.once.value });
      if (answer.status === 401) location.reload();
      if (!answer.ok) throw new Error((await answer.json()).why);
      if (field.value.trim() === text) field.value = "";
      form.elements.once.value = "";
    } catch (problem) {
      wrong.textContent = problem.message || "Not sent. Try again.";
    }
    field.focus();
  });

  for (const button of document.querySelectorAll("[data-phrase]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const { textContent } = button.parentElement.querySelector("[data-phrase-text]");
      field.value = [field.value.trim(), textContent].filter(Boolean).join("\n\n");
      field.focus();
    });
  }
}
