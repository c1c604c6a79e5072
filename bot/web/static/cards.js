// Cards of the bot: blocks as the server names them, each drawn by one function.

import { ask, openDialog } from "./dialog.js";
import { el, freshId } from "./dom.js";
import { t } from "./setup.js";

const NUMBER = /^[+\-−–—▲▼↑↓=±]?\s?[\d,.]*\s?[%％]?$/;

/**
 * Return the element of a card.
 * `press(button, refuse)` sends what a button carries; `refuse(card)` shows its refusal there. `chartSource(number, dark)` is a picture's address, absent for cards that no
 * message holds.
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
  // A table too wide for its card scrolls inside it; for that it must be reachable without a mouse.
  requestAnimationFrame(() => frame.scrollWidth > frame.clientWidth && (frame.tabIndex = 0));
  return frame;
}

function chart(block, source, number) {
  if (!source) return bars(block);
  const values = block.labels.map((label, index) => `${label} ${block.values[index]} ${block.unit}`);
  const description = `${block.title}: ${values.join(", ")}`;
  const picture = (size) =>
    el(
      "picture",
      {},
      el("source", { srcset: source(number, true), media: "(prefers-color-scheme: dark)" }),
      el("img", { src: source(number, false), alt: description, ...size }),
    );
  // About the size it will have, so that nothing below jumps when it arrives.
  const small = picture({ width: "400", height: String(54 + 29 * block.labels.length) });
  const enlarge = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a window of its own, as with any link
    event.preventDefault();
    const frame = el("div", { class: "picture-frame", tabindex: "0", role: "group", "aria-label": block.title }, picture());
    openDialog(block.title, frame, { className: "picture-dialog" });
  };
  const link = el("a", { href: source(number, false), class: "chart-link", title: t("openPicture"), onclick: enlarge }, small);
  const figure = el("figure", { class: "chart" }, link);
  small.querySelector("img").addEventListener("error", () => figure.replaceWith(bars(block)));
  return figure;
}

/** The same as plain bars, where there is no picture. */
function bars(block) {
  const largest = Math.max(1, ...block.values);
  const rows = block.labels.map((label, index) => {
    const bar = el("span", { class: "bar" });
    bar.style.width = `${(Math.max(0, block.values[index]) / largest) * 100}%`;
    return el("tr", {}, el("th", { scope: "row" }, label), el("td", { class: "bar-cell" }, bar), el("td", { class: "number" }, `${block.values[index]} ${block.unit}`));
  });
  return el("table", { class: "bars" }, el("caption", {}, block.title), el("tbody", {}, rows));
}

/** Say a refusal under the button that was pressed; return whether that is still on screen. */
function refuseAt(element, card) {
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
      await press(button, (refusal) => refuseAt(element, refusal));
    } finally {
      all.forEach((one) => one.removeAttribute("aria-disabled"));
      element.classList.remove("busy");
      if (keepFocus && document.activeElement === document.body && element.isConnected) element.focus();
    }
  });
  // Not "disabled", which would throw the focus away; a second press is swallowed instead.
  element.addEventListener("click", (event) => element.getAttribute("aria-disabled") && event.stopImmediatePropagation(), { capture: true });
  return element;
}
