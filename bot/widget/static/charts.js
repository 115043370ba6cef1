/**
 * Charts: the SVG of an answer and the same numbers as a table. Only the elements and attributes
 * named here are copied from a picture; scripts, styles, links, addresses stay behind.
 */
import { el } from "./elements.js";
import { STRINGS, foreign } from "./strings.js";

const SVG = "http://www.w3.org/2000/svg";
const words = (list) => new Set(list.split(/\s+/));

const ELEMENTS = words(
  "svg g defs pattern title desc rect line circle ellipse path polyline polygon text tspan",
);
const ATTRIBUTES = words(`
  id class role aria-label aria-labelledby aria-describedby aria-hidden focusable viewBox
  preserveAspectRatio x y x1 y1 x2 y2 cx cy r rx ry dx dy d points width height transform
  fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-dasharray stroke-linecap
  stroke-linejoin opacity font-size font-weight text-anchor dominant-baseline vector-effect
  paint-order patternUnits patternContentUnits patternTransform
`);
const REFERENCES = words("aria-labelledby aria-describedby");
const PAINT = /^(none|currentColor|#[0-9a-f]{3,8}|[a-z]+|url\(#[\w-]+\))$/i;

let drawn = 0;

/** A figure with the title, the picture and the table behind "See this as a table". */
export function chartFigure(chart) {
  const picture = safeSvg(chart.svg);
  const table = chart.table ? chartTable(chart.table) : null;
  return el(
    "figure",
    { class: "chart" },
    el("figcaption", {}, chart.title),
    picture,
    table &&
      el(
        "details",
        { open: !picture }, // without a picture the numbers show at once
        el("summary", { lang: foreign.own }, STRINGS.table),
        table,
      ),
  );
}

/** The picture with only what is allowed, or null when it cannot be read as SVG. */
export function safeSvg(text) {
  let parsed;
  try {
    parsed = new DOMParser().parseFromString(text ?? "", "image/svg+xml");
  } catch {
    return null; // a page that enforces Trusted Types refuses the parser: the table remains
  }
  const source = parsed.documentElement;
  if (source.namespaceURI !== SVG || source.localName !== "svg") return null;
  drawn += 1;
  return copy(source, `-${drawn}`);
}

function copy(source, suffix) {
  const node = document.createElementNS(SVG, source.localName);
  for (const { name, value } of source.attributes) {
    if (!ATTRIBUTES.has(name)) continue;
    const allowed = safeValue(name, value, suffix);
    if (allowed !== null) node.setAttribute(name, allowed);
  }
  for (const child of source.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) node.append(child.data);
    else if (child.namespaceURI === SVG && ELEMENTS.has(child.localName)) {
      node.append(copy(child, suffix));
    }
  }
  return node;
}

/** The value to copy (ids get a suffix, so that one chart shown twice does not clash), or null. */
function safeValue(name, value, suffix) {
  if (name === "id") return value + suffix;
  if (REFERENCES.has(name)) return value.trim().replace(/\S+/g, (id) => id + suffix);
  if (name === "fill" || name === "stroke") {
    if (!PAINT.test(value)) return null;
    return value.replace(/\)$/, `${suffix})`);
  }
  return /url\s*\(/i.test(value) ? null : value;
}

function chartTable({ caption, columns, rows }) {
  return el(
    "table",
    {},
    el("caption", {}, caption),
    el(
      "thead",
      {},
      el("tr", {}, ...columns.map((name) => (name ? el("th", { scope: "col" }, name) : el("td")))),
    ),
    el(
      "tbody",
      {},
      ...rows.map(([first, ...rest]) =>
        el(
          "tr",
          {},
          el("th", { scope: "row" }, first ?? ""),
          ...rest.map((cell) => el("td", {}, cell)),
        ),
      ),
    ),
  );
}
