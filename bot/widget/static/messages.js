/** One entry of the conversation as page nodes, and as the sentence that announces it. */
import { chartFigure } from "./charts.js";
import { el, outwardLink, spoken } from "./elements.js";
import { markdown, plainText } from "./markdown.js";
import { STRINGS } from "./strings.js";

/** Who speaks, in words. */
export function speaker(entry) {
  if (entry.from === "reader") return STRINGS.you;
  if (entry.from === "person") return STRINGS.person(entry.name);
  if (entry.from === "notice") return entry.opening ? STRINGS.notice : STRINGS.update;
  return STRINGS.service;
}

/**
 * @param entry one row of the conversation, as the gateway sends it
 * @param onPress called with a button {title, payload} that the reader pressed
 */
export function entryNode(entry, onPress) {
  const own = entry.from === "reader";
  return el(
    "div",
    { class: `entry ${entry.from}` },
    el("p", { class: own ? "spoken" : "speaker" }, speaker(entry)),
    ...entry.messages.map((message) =>
      own
        ? el("p", { class: "said", dir: "auto" }, message.text)
        : el("div", { class: "message" }, ...messageParts(message, onPress)),
    ),
  );
}

/** What a screen reader is told when the entry has arrived: once, whole. */
export function announcement(entry) {
  const said = entry.messages.flatMap((message) => [
    plainText(message.text ?? ""),
    message.chart ? STRINGS.chart(message.chart.title) : "",
    message.buttons?.length ? STRINGS.choices(message.buttons.length) : "",
  ]);
  return `${speaker(entry)}: ${said.filter(Boolean).join(" ")}`;
}

function messageParts(message, onPress) {
  const sources = message.sources ?? [];
  const buttons = message.buttons ?? [];
  return [
    ...markdown(message.text ?? ""),
    message.chart ? chartFigure(message.chart) : null,
    ...sources.map(sourceLine),
    buttons.length
      ? el("div", { class: "choices" }, ...buttons.map((button) => choice(button, onPress)))
      : null,
  ];
}

/** "ONS, Annual Survey of Hours and Earnings, 2024. All employees, full and part time." */
function sourceLine({ publisher, dataset, year, link, caveat }) {
  const named = [publisher, outwardLink(dataset, link, STRINGS.newTab), year].filter(Boolean);
  return el(
    "p",
    { class: "source" },
    spoken(`${STRINGS.source} `),
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
        currentTarget.append(spoken(` ${STRINGS.asked}`));
      },
    },
    button.title,
  );
}
