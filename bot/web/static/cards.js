// Cards of the bot: blocks as the server names them, each drawn by one function.

import { ask, openDialog } from "./dialog.js";
import { el, freshId } from "./dom.js";
import { t } from "./setup.js";

const JUST_DRAWN = 500; // milliseconds in which a second click cannot be meant for what the first one brought
const PICTURE = { narrow: 400, wide: 560 }; // widths in pixels, as `bot.chart` draws
const MOST_BARS = 20;
const NUMBER = /^[+\-−–—▲▼↑↓=±]?\s?[\d,.]*\s?[%％]?$/;

/**
 * Return the element of a card.
 * `press(button, element)` sends what a button carries. `chartSource(number, { dark, wide })` is a picture's address,
 * absent for cards that no message holds.
 */
export function cardElement(card, { press, chartSource }) {
  let charts = 0;
  const draw = {
    text: (block) => el("p", { class: `card-text ${block.style ?? "normal"}` }, block.text),
    quote: (block) => el("blockquote", {}, marked(block.text, block.marks ?? [])),
    facts: facts,
    table: table,
    chart: (block) => chart(block, chartSource, charts++),
    buttons: (block) => el("div", { class: "card-buttons" }, (block.buttons ?? []).map((button) => cardButton(button, press))),
    divider: () => el("hr"),
  };
  return el(
    "article",
    { class: `card ${card.tone ?? "neutral"} ${isLine(card) ? "line" : ""}`, "aria-label": card.summary },
    card.title && el("h3", { class: "card-title" }, card.title),
    (card.blocks ?? []).map((block) => draw[block.type]?.(block)),
  );
}

/** Whether a card says one thing in passing: it gets no frame, so that a channel stays quiet. */
function isLine(card) {
  const blocks = card.blocks ?? [];
  return !card.title && !card.tone && blocks.every(({ type }) => type === "text" || type === "buttons") && blocks.length <= 2;
}

/** Return `text` with each piece of `marks` highlighted wherever it stands. */
function marked(text, marks) {
  const covered = new Array(text.length).fill(false);
  for (const mark of marks.filter(Boolean)) {
    for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) covered.fill(true, at, at + mark.length);
  }
  const parts = [];
  for (let at = 0; at < text.length; ) {
    let end = at;
    while (end < text.length && covered[end] === covered[at]) end += 1;
    const words = text.slice(at, end);
    parts.push(covered[at] ? el("mark", { title: t("decidingWords") }, words) : words);
    at = end;
  }
  return parts;
}

/** Whether a card refuses what was pressed, in words alone. */
export function isRefusal(card) {
  return card.tone === "attention" && !card.title && (card.blocks ?? []).every(({ type }) => type === "text");
}

/** Figures stand beside each other; as soon as one fact is words they are lines, the same in every card of a kind. */
function facts(block) {
  const items = block.items ?? [];
  const figures = items.length <= 6 && items.every(([label, value]) => label.length <= 14 && NUMBER.test(value));
  return el(
    "dl",
    { class: figures ? "facts figures" : "facts" },
    items.map(([label, value]) => el("div", {}, el("dt", {}, label), el("dd", {}, value))),
  );
}

function table(block) {
  const rows = block.rows ?? [];
  // A word among numbers ("new") does not make them words.
  const isNumeric = (column) => rows.filter((row) => NUMBER.test(row[column] ?? "")).length > rows.length / 2;
  const numeric = block.columns.map((_, column) => isNumeric(column));
  const side = (column) => (numeric[column] ? "number" : null);
  const head = block.columns.map((name, column) => el("th", { scope: "col", class: side(column) }, name));
  const body = rows.map((row, index) => {
    const own = index === block.own;
    const cells = row.map((cell, column) => el("td", { class: side(column) }, cell));
    return el("tr", { class: own ? "own" : null, "aria-current": own ? "true" : null }, cells);
  });
  const content = el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, body));
  const frame = el("div", { class: "table-frame", role: "group", "aria-label": block.columns.join(", ") }, content);
  // A table too wide for its card scrolls inside it: it shows that it goes on, and is reachable without a mouse.
  const measure = () => {
    const hidden = frame.scrollWidth - frame.clientWidth;
    if (hidden > 1) frame.tabIndex = 0;
    else frame.removeAttribute("tabindex");
    frame.classList.toggle("more-before", frame.scrollLeft > 1);
    frame.classList.toggle("more-after", hidden - frame.scrollLeft > 1);
  };
  frame.addEventListener("scroll", measure, { passive: true });
  new ResizeObserver(measure).observe(frame);
  return frame;
}

function chart(block, source, number) {
  if (!source) return drawnBars(block);
  const values = block.labels.map((label, index) => `${label} ${block.values[index]} ${block.unit}`);
  const description = `${block.title}: ${values.join(", ")}`;
  const PHONE = "(max-width: 480px)";
  const DARK = "(prefers-color-scheme: dark)";
  // About the size it will have, so that nothing below jumps when it arrives.
  const bars = Math.min(block.labels.length, MOST_BARS + 1);
  const size = (width) => ({ width: String(width), height: String(54 + 29 * bars) });
  const version = (media, looks) => el("source", { media, srcset: source(number, looks), ...size(looks.wide ? PICTURE.wide : PICTURE.narrow) });
  const picture = () =>
    el(
      "picture",
      {},
      version(`${PHONE} and ${DARK}`, { dark: true }),
      version(PHONE, {}),
      version(DARK, { dark: true, wide: true }),
      el("img", { src: source(number, { wide: true }), alt: description, ...size(PICTURE.wide) }),
    );
  const small = picture();
  const enlarge = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a window of its own, as with any link
    event.preventDefault();
    const frame = el("div", { class: "picture-frame", tabindex: "0", role: "group", "aria-label": block.title }, picture());
    openDialog(block.title, frame, { className: "picture-dialog" });
  };
  const link = el("a", { href: source(number, { wide: true }), class: "chart-link", title: t("openPicture"), onclick: enlarge }, small);
  const figure = el("figure", { class: "chart" }, link);
  small.querySelector("img").addEventListener("error", () => figure.replaceWith(drawnBars(block)));
  return figure;
}

/** The same as the picture shows (`bot.chart`), where there is none: an answer only its reader sees, a failed drawing. */
function drawnBars(block) {
  const rows = block.labels.map((label, index) => ({ label, value: block.values[index] })).sort((a, b) => b.value - a.value);
  const shown = rows.slice(0, MOST_BARS);
  const most = Math.max(0, ...shown.map(({ value }) => value));
  const least = Math.min(0, ...shown.map(({ value }) => value));
  const share = (amount) => `${(amount / (most - least || 1)) * 100}%`;
  const lines = shown.map(({ label, value }) => {
    const bar = el("span", { class: value < 0 ? "bar loss" : "bar" });
    bar.style.width = share(Math.abs(value));
    bar.style.marginInlineStart = share(Math.min(value, 0) - least);
    const amount = el("span", { class: "amount" }, value.toLocaleString("en"));
    return el("tr", {}, el("th", { scope: "row" }, label), el("td", { class: "bar-cell" }, el("span", { class: "track" }, bar, amount)));
  });
  if (rows.length > shown.length) lines.push(el("tr", { class: "left-out" }, el("th", {}), el("td", {}, `+${rows.length - shown.length}`)));
  const caption = el("caption", {}, el("span", { class: "bars-head" }, block.title, el("span", { class: "unit" }, block.unit)));
  return el("table", { class: "bars" }, caption, el("tbody", {}, lines));
}

/** Say a refusal under the button that was pressed; return whether that is still on screen. */
export function refuseAt(element, card) {
  const row = element.closest(".card-buttons");
  if (!element.isConnected || !row) return false;
  const words = (card.blocks ?? []).map((block) => el("p", {}, block.text));
  const refusal = el("div", { class: "refusal", id: freshId("refusal") }, words.length ? words : card.summary);
  row.after(refusal);
  element.setAttribute("aria-describedby", refusal.id);
  refusal.scrollIntoView({ block: "nearest" });
  return true;
}

function forgetRefusals(card) {
  card.querySelectorAll(".refusal").forEach((refusal) => {
    card.querySelector(`[aria-describedby="${refusal.id}"]`)?.removeAttribute("aria-describedby");
    refusal.remove();
  });
}

function cardButton(button, press) {
  const element = el("button", { type: "button", class: `button ${button.style ?? ""}` }, button.label);
  element.addEventListener("click", async () => {
    if (button.asks && !(await ask(button.asks, button.label, { danger: button.style === "danger" }))) return;
    const card = element.closest(".card");
    const all = card.querySelectorAll("button");
    forgetRefusals(card);
    const keepFocus = element === document.activeElement;
    all.forEach((one) => one.setAttribute("aria-disabled", "true"));
    element.classList.add("busy");
    try {
      await press(button, element);
    } finally {
      all.forEach((one) => one.removeAttribute("aria-disabled"));
      element.classList.remove("busy");
      if (keepFocus && document.activeElement === document.body && element.isConnected) element.focus();
    }
  });
  // Not "disabled", which would throw the focus away; a second press is swallowed instead. So is the second half of a
  // double click where the first half has already brought the next item under the pointer.
  const drawn = performance.now();
  const unmeant = (event) => element.getAttribute("aria-disabled") || (event.detail > 1 && event.timeStamp - drawn < JUST_DRAWN);
  element.addEventListener("click", (event) => unmeant(event) && event.stopImmediatePropagation(), { capture: true });
  return element;
}
