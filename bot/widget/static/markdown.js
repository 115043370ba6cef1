/**
 * The light Markdown of answers as page nodes: paragraphs, "- " bullets, **bold** and
 * [label](https://…). Anything else stays as it was written.
 */
import { el, outwardLink } from "./elements.js";

const MARKS = /\*\*(.+?)\*\*|\[([^\]\n]+)\]\((https:\/\/[^\s)]+)\)/g;

/** @returns {Node[]} block elements for the text */
export function markdown(text) {
  const blocks = [];
  for (const part of text.split(/\n\s*\n/)) {
    let run = { bullets: null, lines: [] };
    for (const line of part.split("\n")) {
      if (!line.trim()) continue;
      const bullet = /^\s*[-*] +(.*)/.exec(line);
      if (run.bullets !== Boolean(bullet)) {
        run = { bullets: Boolean(bullet), lines: [] };
        blocks.push(run);
      }
      run.lines.push(bullet ? bullet[1] : line);
    }
  }
  return blocks.map(({ bullets, lines }) =>
    bullets
      ? el("ul", {}, ...lines.map((line) => el("li", { dir: "auto" }, ...inline(line))))
      : el("p", { dir: "auto" }, ...lines.flatMap((line, n) => [n && el("br"), ...inline(line)])),
  );
}

/** The same text without its marks, for an announcement. */
export function plainText(text) {
  return text
    .replace(MARKS, (whole, bold, label) => (bold ? plainText(bold) : label))
    .replace(/^\s*[-*] +/gm, "")
    .replace(/\s*\n+\s*/g, " ")
    .trim();
}

function inline(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(MARKS)) {
    const [whole, bold, label, address] = match;
    if (match.index > from) nodes.push(text.slice(from, match.index));
    nodes.push(bold ? el("strong", {}, ...inline(bold)) : outwardLink(label, address));
    from = match.index + whole.length;
  }
  if (from < text.length) nodes.push(text.slice(from));
  return nodes;
}
