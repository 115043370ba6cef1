/*
 * What the console does beyond its pages: keyboard shortcuts, and alerts that can be off. Every
 * page works without it.
 *
 * Other scripts tell of somebody who waits with
 *   document.dispatchEvent(new CustomEvent("signpost:waiting", {detail: {count: 2, more: true}}))
 * where `more` says that it is news, worth a sound.
 */
const KEPT = "signpost-console";
const SETTINGS = { keys: true, sound: true, title: true };

function settings() {
  try {
    return { ...SETTINGS, ...JSON.parse(localStorage.getItem(KEPT) ?? "{}") };
  } catch {
    return { ...SETTINGS };
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ ...settings(), [name]: value }));
  } catch {
    // A browser that keeps nothing: the choice holds for this page.
  }
}

/* ---- keys */

const sheet = document.querySelector("#keys");

function showKeys() {
  if (!sheet) return;
  if (sheet.open) sheet.close();
  else sheet.showModal();
}

function isTyping(target) {
  if (!(target instanceof Element)) return false;
  return target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
}

/** The links that j and k go through: the first of each row, or those marked data-row. */
function rows() {
  const found = [...document.querySelectorAll("main [data-row], main table.rows tbody tr a:first-of-type")];
  return found.filter((one, at) => one.offsetParent !== null && found.indexOf(one) === at);
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((one) => one === document.activeElement || one.contains(document.activeElement));
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

let going = 0;

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || !settings().keys) return;
  if (sheet?.open && event.key !== "?") return;
  if (going && event.timeStamp - going < 1500) {
    going = 0;
    const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (link) {
      event.preventDefault();
      link.click();
    }
    return;
  }
  going = 0;
  if (event.key === "g") going = event.timeStamp;
  else if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "?") showKeys();
  else if (event.key === "/") {
    const field = document.querySelector("main [data-search] input:not([type=hidden]), main input[type=search]");
    if (!field) return;
    event.preventDefault();
    field.focus();
  }
});

for (const button of document.querySelectorAll("button[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.closest("details")?.removeAttribute("open");
    showKeys();
  });
}

for (const box of document.querySelectorAll("[data-setting]")) {
  box.checked = settings()[box.dataset.setting];
  box.addEventListener("change", () => keep(box.dataset.setting, box.checked));
}

/* ---- the menu of the person closes as menus do */

const menu = document.querySelector("details.person");
menu?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
});

/* ---- alerts */

const title = document.title;
let sounding = null;

/** Two short soft notes; nothing where the browser has not been touched yet. */
function sound() {
  try {
    sounding ??= new AudioContext();
    for (const [after, pitch] of [[0, 660], [0.16, 880]]) {
      const at = sounding.currentTime + after;
      const tone = new OscillatorNode(sounding, { frequency: pitch });
      const volume = new GainNode(sounding, { gain: 0 });
      volume.gain.linearRampToValueAtTime(0.12, at + 0.02);
      volume.gain.linearRampToValueAtTime(0, at + 0.14);
      tone.connect(volume).connect(sounding.destination);
      tone.start(at);
      tone.stop(at + 0.15);
    }
  } catch {
    // Without sound the title and the page tell it.
  }
}

document.addEventListener("signpost:waiting", (event) => {
  const { count = 0, more = false } = event.detail ?? {};
  const told = settings();
  document.title = told.title && count > 0 ? `(${count}) ${title}` : title;
  for (const link of document.querySelectorAll("[data-waiting]")) {
    link.dataset.waiting = String(count);
    const name = link.dataset.name ?? (link.dataset.name = link.textContent.trim());
    link.textContent = count > 0 ? `${name} (${count})` : name;
  }
  if (more && count > 0 && told.sound) sound();
});

/*
 * Who waits, on pages other than the queue's own. One window listens for all of them, so that there
 * is one connection and one sound; the others are told by it.
 */
function listen() {
  const link = document.querySelector("nav [data-waiting]");
  if (!link || document.querySelector("[data-queue], #lines") || !("EventSource" in window)) return;
  const others = "BroadcastChannel" in window ? new BroadcastChannel("signpost-queue") : null;
  const tell = (count, more) =>
    document.dispatchEvent(new CustomEvent("signpost:waiting", { detail: { count, more } }));
  let last = null; // how many wait, in the window that listens
  others?.addEventListener("message", ({ data }) => {
    if (data !== "how many") tell(data, false);
    else if (last !== null) others.postMessage(last);
  });
  others?.postMessage("how many");
  const follow = () => {
    const source = new EventSource(`${link.getAttribute("href")}/events`);
    source.addEventListener("queue", ({ data }) => {
      const { waiting } = JSON.parse(data);
      // Kept for this window only, so that going on to another page is no news.
      const known = new Set((sessionStorage.getItem("signpost-waiting") ?? "").split(" "));
      sessionStorage.setItem("signpost-waiting", waiting.join(" "));
      tell(waiting.length, waiting.some((id) => !known.has(id)));
      last = waiting.length;
      others?.postMessage(last);
    });
    window.addEventListener("pagehide", () => source.close());
    return new Promise(() => {});
  };
  if (navigator.locks) navigator.locks.request("signpost-queue", follow);
  else follow();
}
listen();

/* ---- what went wrong is read first */
document.querySelector(".govuk-error-summary")?.setAttribute("tabindex", "-1");
document.querySelector(".govuk-error-summary")?.focus();

export { settings, sound };
