// Mentions as spans of a text. Here offsets count UTF-16 units, as browsers do; on the wire they count code points.

const ASKING = /(?:^|[^A-Za-z0-9._%+-])[@＠]([^@＠\n]{0,20})$/u;

/** Return the spans after an edit turned `before` into `after`; a mention that was typed into is one no longer. */
export function adjust(spans, before, after) {
  let start = 0;
  const shortest = Math.min(before.length, after.length);
  while (start < shortest && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < shortest - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const end = before.length - tail;
  const growth = after.length - before.length;
  return spans.flatMap((span) => {
    if (span.end <= start) return [span];
    if (span.start >= end) return [{ ...span, start: span.start + growth, end: span.end + growth }];
    return [];
  });
}

/** Return { from, words } of the name being typed before the caret: where its @ stands and what follows it. */
export function askedFor(text, caret) {
  const before = text.slice(0, caret);
  const match = ASKING.exec(before);
  return match && { from: caret - match[1].length - 1, words: match[1] };
}

/** Return spans with those added that were typed in full: @ and the whole name of exactly one person. */
export function completed(text, spans, people) {
  const found = [...spans];
  const named = people.filter((person) => people.filter((other) => other.name === person.name).length === 1);
  named.sort((a, b) => b.name.length - a.name.length);
  for (const match of text.matchAll(/[@＠]/gu)) {
    const start = match.index;
    if (found.some((span) => start >= span.start && start < span.end)) continue;
    const person = named.find(({ name }) => isNamed(text, start + 1, name));
    if (person) found.push({ start, end: start + 1 + person.name.length, id: person.id });
  }
  return found.sort((a, b) => a.start - b.start);
}

function isNamed(text, start, name) {
  if (text.slice(start, start + name.length).toLowerCase() !== name.toLowerCase()) return false;
  // "@Ann" is not the beginning of "@Annabel"; Chinese has no spaces to tell, so there the longest name counts.
  return !(/[A-Za-z]$/.test(name) && /^[A-Za-z]/.test(text.slice(start + name.length)));
}

/** Return spans as the server takes them. */
export function toWire(text, spans) {
  return spans.map(({ start, end, id }) => ({ start: points(text, start), end: points(text, end), user_id: id }));
}

/** Return a message's mentions as spans of its text. */
export function fromWire(text, mentions = []) {
  const units = [0];
  for (const letter of text) units.push(units.at(-1) + letter.length);
  return mentions
    .map(({ start, end, user_id: id }) => ({ start: units[start], end: units[end], id }))
    .filter(({ start, end }) => start !== undefined && end !== undefined);
}

function points(text, offset) {
  return Array.from(text.slice(0, offset)).length;
}

/** Return the text in pieces, `id` set on those that are mentions. */
export function pieces(text, spans) {
  const found = [];
  let at = 0;
  for (const { start, end, id } of [...spans].sort((a, b) => a.start - b.start)) {
    if (start < at) continue;
    if (start > at) found.push({ text: text.slice(at, start) });
    found.push({ text: text.slice(start, end), id });
    at = end;
  }
  if (at < text.length) found.push({ text: text.slice(at) });
  return found;
}
