/** Making page elements without markup strings. */
import { STRINGS, foreign } from "./strings.js";

/**
 * Build an element. Attributes that are null or false and empty children are left out, true
 * makes an empty attribute, and a name that starts with "on" adds a listener.
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter(Boolean));
  return node;
}

/** A button with words on it; the action gets the button. */
export function textButton(label, action, name = "plain") {
  const onclick = ({ currentTarget }) => action(currentTarget);
  return el("button", { type: "button", class: name, onclick }, label);
}

/** Text for screen readers only; `lang` where it is not that of the words around it. */
export function spoken(text, lang) {
  return el("span", { class: "spoken", lang }, text);
}

/** A link that opens beside the chat, or plain text when the address is not a safe one. */
export function outwardLink(label, address) {
  if (!isHttps(address)) return document.createTextNode(label);
  return el(
    "a",
    { href: address, target: "_blank", rel: "noopener noreferrer" },
    label,
    spoken(` ${STRINGS.newTab}`, foreign.own),
  );
}

function isHttps(address) {
  try {
    return new URL(address).protocol === "https:";
  } catch {
    return false;
  }
}
