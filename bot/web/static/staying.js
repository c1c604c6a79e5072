// A card drawn anew while somebody works through it: they stay at the words they had before them.

const AIR = 8; // pixels above what is read from its beginning

/**
 * Note where in `card` somebody who pressed `button` is. The customers' words tell its items apart: everything else of an
 * item may change with a decision.
 */
export function placeIn(card, button) {
  const all = items(card);
  const before = all.filter(({ quote }) => quote.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING);
  return { all, at: before.length - 1, said: opening(card) };
}

/**
 * Return where a card drawn anew goes on for somebody at `place`: { quote, by, said }, `by` being how far the page has to
 * scroll for that, and `said` what is new at the card's beginning. Null where the card is about other words altogether.
 */
export function goesOnAt(card, place, frame) {
  const now = items(card);
  const find = ({ words }) => now.findIndex((item) => item.words === words);
  if (place.at < 0 || !place.all.some((item) => find(item) >= 0)) return null;
  const said = opening(card).filter((words) => !place.said.includes(words));
  const pressed = place.all[place.at];
  const same = now[find(pressed)];
  if (same) return { quote: same.quote, by: same.top - pressed.top, said };
  const earlier = place.all.slice(0, place.at).findLast((item) => find(item) >= 0);
  // What comes next takes the place of what is decided, and is read from its beginning.
  const next = now[earlier ? find(earlier) + 1 : 0];
  if (next) return { quote: next.quote, by: next.top - Math.max(pressed.top, frame.top + AIR), said };
  const last = now.at(-1);
  return { quote: last.quote, by: last.top - earlier.top, said };
}

/** Return the items of a card: { quote, words, top }, `top` being where the item's first line is on the screen. */
function items(card) {
  return [...card.querySelectorAll("blockquote")].map((quote) => {
    let first = quote;
    while (first.previousElementSibling && !first.previousElementSibling.matches("hr, h3, .card-buttons")) first = first.previousElementSibling;
    return { quote, words: quote.textContent, top: first.getBoundingClientRect().top };
  });
}

/** Return the lines above the first item. */
function opening(card) {
  const parts = [...card.children];
  const end = parts.findIndex((part) => part.matches("hr, blockquote"));
  if (end < 0 || parts[end].matches("blockquote")) return []; // they belong to the item
  return parts.slice(0, end).filter((part) => part.matches(".card-text")).map((part) => part.textContent);
}
