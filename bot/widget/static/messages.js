/** One entry of the conversation as page nodes, and as the sentence that announces it. */
import { chartFigure } from "./charts.js";
import { el, outwardLink, spoken } from "./elements.js";
import { markdown, plainText } from "./markdown.js";
import { STRINGS, foreign, say } from "./strings.js";

/** Who speaks, in words. */
export function speaker(entry) {
  if (entry.from === "reader") return STRINGS.you;
  if (entry.from === "person") return `${entry.name}, ${entry.role}`;
  if (entry.from === "notice") return entry.opening ? STRINGS.notice : STRINGS.update;
  return STRINGS.service;
}

/**
 * @param entry one row of the conversation, as the gateway sends it
 * @param onPress called with a button {title, payload} that the reader pressed
 */
export function entryNode(entry, onPress) {
  const own = entry.from === "reader";
  const typed = own || entry.from === "person"; // what somebody typed is no Markdown
  return el(
    "div",
    { class: `entry ${entry.from}` },
    el("p", { class: own ? "spoken" : "speaker" }, speaker(entry)),
    ...entry.messages.map((message) =>
      typed
        ? el("p", { class: own ? "said" : "message typed", lang: "", dir: "auto" }, message.text)
        : el("div", { class: "message", lang: foreign.answer }, ...messageParts(message, onPress)),
    ),
  );
}

/** What a screen reader is told when the entry has arrived: once, whole. */
export function announcement(entry) {
  const said = entry.messages.flatMap((message) => [
    el("span", { lang: message.lang ?? foreign.answer }, plainText(message.text ?? "")),
    message.chart ? say("chart", message.chart) : "",
    message.buttons?.length ? say("choices", { n: message.buttons.length }) : "",
  ]);
  return [`${speaker(entry)}: `, ...said.filter(Boolean).flatMap((part) => [part, " "])];
}

function messageParts(message, onPress) {
  const sources = message.sources ?? [];
  const buttons = message.buttons ?? [];
  return [
    ...words(message),
    message.chart ? chartFigure(message.chart) : null,
    ...sources.map(sourceLine),
    buttons.length
      ? el("div", { class: "choices" }, ...buttons.map((button) => choice(button, onPress)))
      : null,
  ];
}

/** A text that is not English carries its language and direction; what is around it does not. */
function words({ text, lang, dir }) {
  const blocks = markdown(text ?? "");
  return lang ? [el("div", { lang, dir }, ...blocks)] : blocks;
}

/** "ONS, Annual Survey of Hours and Earnings, 2024. All employees, full and part time." */
function sourceLine({ publisher, dataset, year, link, caveat }) {
  const named = [dataset && publisher, outwardLink(dataset || publisher, link), year].filter(Boolean);
  return el(
    "p",
    { class: "source" },
    spoken(`${STRINGS.source} `, foreign.own),
    ...named.flatMap((part, n) => (n ? [", ", part] : [part])),
    caveat ? `. ${caveat.replace(/\.?\s*$/, ".")}` : ".",
  );
}

function choice(button, onPress) {
  return el(
    "button",
    {
      type: "button",
      class: "choice",
      onclick: ({ currentTarget }) => {
        if (!onPress(button) || currentTarget.classList.contains("asked")) return;
        currentTarget.classList.add("asked");
        currentTarget.append(spoken(` ${STRINGS.asked}`, foreign.own));
      },
    },
    button.title,
  );
}
