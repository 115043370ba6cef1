/**
 * The chat's own words; answers come from the service, in English. The catalogues are in
 * bot/widget/locale; the gateway serves them, a language a file, as strings.{language}.json.
 */
export const STRINGS = {};

let plural;

/** The `lang` of answers, and of the chat's own words among them, where the two differ. */
export const foreign = { answer: null, own: null };

/** @param found {lang, name: "…" | {category: "…"}} */
export function takeStrings(found) {
  Object.assign(STRINGS, found);
  plural = new Intl.PluralRules(found.lang);
  if (found.lang !== "en-GB") Object.assign(foreign, { answer: "en-GB", own: found.lang });
}

/** The words of that name with its places filled; of words with a number, the form for `n`. */
export function say(name, places) {
  const found = STRINGS[name];
  const words = found[plural.select(places.n)] ?? found.other ?? found;
  return words.replace(/\{(\w+)\}/g, (whole, place) => places[place]);
}
