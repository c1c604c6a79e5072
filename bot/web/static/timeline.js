// The conversation as it is read: days, messages grouped by author, and the answers only this person sees.

import { cardElement } from "./cards.js";
import { notify } from "./dialog.js";
import { arrange, el, icon } from "./dom.js";
import { fromWire, pieces } from "./mentions.js";
import { openMenu } from "./menu.js";
import { avatar } from "./people.js";
import { setup, t } from "./setup.js";
import { goesOnAt, placeIn } from "./staying.js";
import { clock, dayLabel, full, sameDay } from "./time.js";

const GROUP_WITHIN = 5 * 60 * 1000; // milliseconds
const LONG_TEXT = 1200; // characters
const NEAR = 80; // pixels from an edge that count as being there
const END = "end";

export class Timeline {
  #rooms;
  #act;
  #edit;
  #conversation = "";
  #newAfter = null;
  #nodes = new Map(); // key → { version, node }
  #loadingOlder = false;
  #held = END; // what stays in view while things grow: the end, the line of this key, or the reader's own place (null)
  #placed = 0; // where the list was scrolled to for that

  /** `act(submission, origin)` sends a button or a menu entry; `edit(typed)` puts words back into the composer. */
  constructor(rooms, act, edit) {
    this.#rooms = rooms;
    this.#act = act;
    this.#edit = edit;
    this.frame = document.getElementById("timeline");
    this.list = document.getElementById("messages");
    this.jump = document.getElementById("jump");
    this.frame.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.jump.addEventListener("click", () => this.follow());
    this.list.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("focusin", (event) => this.#rove(event.target.closest(".message")));
    // Pictures and opened texts change heights; what is being read stays where it is.
    const observer = new ResizeObserver(() => this.#held && this.#place());
    observer.observe(this.list);
    observer.observe(this.frame);
  }

  /** Show another conversation; what is new since it was last read gets a line above it. */
  async open(conversation) {
    this.#conversation = conversation;
    const unread = this.#rooms.unread(conversation);
    this.#newAfter = unread.count ? this.#rooms.readUpTo(conversation) : null;
    // Opening is not news: the log speaks again once what was there before is on screen.
    this.frame.setAttribute("aria-live", "off");
    this.frame.setAttribute("aria-busy", "true");
    this.#nodes.clear();
    this.list.replaceChildren();
    try {
      await this.#rooms.fetch(conversation);
    } finally {
      if (conversation === this.#conversation) {
        this.show();
        this.follow();
        this.frame.removeAttribute("aria-busy");
        requestAnimationFrame(() => this.frame.setAttribute("aria-live", "polite"));
      }
    }
  }

  /** Bring the screen up to what is known, keeping the reader's place. */
  show() {
    const before = this.frame.scrollHeight - this.frame.scrollTop;
    const used = new Set();
    let focused = null;
    const nodes = this.#lines().map(({ key, version, build }) => {
      used.add(key);
      const known = this.#nodes.get(key);
      if (known?.version === version) return known.node;
      const node = build();
      if (known?.node.contains(document.activeElement)) focused = node;
      this.#nodes.set(key, { version, node });
      return node;
    });
    for (const key of this.#nodes.keys()) if (!used.has(key)) this.#nodes.delete(key);
    arrange(this.list, nodes);
    if (!this.list.querySelector('.message[tabindex="0"]')) this.#rove(this.list.querySelector(".message:last-of-type"));
    focused?.focus({ preventScroll: true });
    if (this.#loadingOlder && this.#held !== END) this.#moveTo(this.frame.scrollHeight - before);
    else if (this.#held) this.#place();
    else this.jump.hidden = this.#atEnd();
  }

  /** Go to the newest message and stay with what comes after it. */
  follow() {
    this.#held = END;
    this.#place();
  }

  /** Bring the line of `key` into view, its beginning where it is taller than the screen, and keep it there. */
  reveal(key, { focus = false } = {}) {
    const node = this.#nodes.get(key)?.node;
    if (!node) return;
    if (focus) node.focus({ preventScroll: true });
    const isLast = node === this.list.lastElementChild;
    this.#held = isLast && node.offsetHeight + NEAR < this.frame.clientHeight ? END : key;
    this.#place();
  }

  /**
   * Run `change`, which draws the card of `key` anew after `pressed` was pressed on it. Its reader stays at the item they
   * decided on, or at the one that takes its place; a card about something else is read from its beginning.
   */
  redraw(key, pressed, change) {
    const place = pressed && this.frame.contains(pressed) ? placeIn(pressed.closest(".card"), pressed) : null;
    change();
    const card = this.#nodes.get(key)?.node.querySelector(".card");
    const frame = this.frame.getBoundingClientRect();
    const on = card && place && goesOnAt(card, place, frame);
    if (!on) return this.reveal(key, { focus: true });
    on.quote.tabIndex = -1;
    on.quote.focus({ preventScroll: true }); // the words are read, and Tab goes on to their buttons
    this.#held = null;
    this.#moveTo(this.frame.scrollTop + on.by);
    if (on.said.length && card.getBoundingClientRect().top < frame.top) notify(on.said.join("\n"));
    return undefined;
  }

  get reading() {
    return this.#atEnd();
  }

  /** Move the focus to the newest message. */
  focus() {
    (this.list.querySelector('.message[tabindex="0"]') ?? this.frame).focus();
  }

  // --- what is shown, line by line ---

  #lines() {
    const lines = [];
    const messages = this.#rooms.messages(this.#conversation);
    const answers = this.#rooms.answers(this.#conversation);
    let day = null;
    let last = null;
    let newShown = false;
    const startDay = (posted) => {
      if (day && sameDay(day, posted)) return;
      day = posted;
      last = null;
      const label = dayLabel(posted);
      lines.push({ key: `day ${posted.toDateString()}`, version: label, build: () => el("li", { class: "day" }, el("span", {}, label)) });
    };
    const addAnswers = (before) => {
      while (answers.length && answers[0].after < before) {
        const answer = answers.shift();
        startDay(new Date(answer.posted));
        last = null;
        lines.push({ key: answer.key, version: JSON.stringify(answer.card), build: () => this.#answer(answer) });
      }
    };
    if (!this.#rooms.hasOlder(this.#conversation)) lines.push(this.#beginning());
    for (const message of messages) {
      addAnswers(Number(message.id));
      const posted = new Date(message.posted);
      startDay(posted);
      if (!newShown && this.#newAfter !== null && Number(message.id) > this.#newAfter && message.author !== this.#rooms.me) {
        newShown = true;
        last = null;
        lines.push({ key: "new", version: 1, build: () => el("li", { class: "day new" }, el("span", {}, t("newMessages"))) });
      }
      const follows = last?.author === message.author && posted - new Date(last.posted) < GROUP_WITHIN && !message.card && !last.card;
      const card = this.#rooms.standIn(message) ?? message.card;
      const version = `${message.revision} ${follows} ${JSON.stringify(card) ?? ""} ${this.#nameOf(message.author).name}`;
      lines.push({ key: message.id, version, build: () => this.#message(message, card, follows) });
      last = message;
    }
    addAnswers(Infinity);
    return lines;
  }

  #nameOf(account) {
    return this.#rooms.people.get(account) ?? { id: account, name: account };
  }

  #beginning() {
    const channel = this.#rooms.isChannel(this.#conversation);
    const name = this.#rooms.title(this.#conversation);
    const withBot = this.#conversation === this.#rooms.botDirect;
    const words = t(withBot ? "beginningBot" : channel ? "beginningChannel" : "beginningPerson", { name });
    const build = () => el("li", { class: "beginning" }, channel ? el("span", { class: "beginning-mark" }, icon("hash")) : avatar(this.#rooms.partner(this.#conversation) ?? { id: "", name: "?" }, "large"), el("h2", {}, name), el("p", {}, words));
    return { key: "beginning", version: words, build };
  }

  #frame(author, posted, follows, content, { className = "", label, note = null } = {}) {
    const time = el("time", { datetime: posted.toISOString(), title: full(posted) }, clock(posted));
    const head = follows
      ? null
      : el("div", { class: "message-head" }, el("span", { class: "author" }, author.name), author.bot && el("span", { class: "badge" }, t("botBadge")), time, note);
    return el(
      "li",
      { class: `message ${follows ? "follows" : ""} ${className}`, tabindex: "-1", "aria-label": label },
      el("div", { class: "message-side" }, follows ? time.cloneNode(true) : avatar(author)),
      el("div", { class: "message-body" }, head, content),
    );
  }

  #message(message, card, follows) {
    const author = this.#nameOf(message.author);
    const posted = new Date(message.posted);
    const content = [];
    if (message.text) content.push(this.#words(message));
    if (card) {
      const source = message.card === card && ((number, looks) => chartAddress(message, number, looks, this.#rooms.me));
      content.push(cardElement(card, { chartSource: source || null, press: (button, pressed) => this.#act(button, { message, pressed }) }));
    }
    if (message.edited && !card) content.push(el("span", { class: "edited" }, t("edited")));
    const label = `${author.name}, ${clock(posted)}: ${message.text || card?.summary || ""}`.slice(0, 300);
    const node = this.#frame(author, posted, follows, content, { label, className: message.mentions?.some((one) => one.user_id === this.#rooms.me) ? "for-me" : "" });
    if (message.text) node.append(this.#menuButton(message));
    return node;
  }

  #words(message) {
    const shown = pieces(message.text, fromWire(message.text, message.mentions)).map((piece) =>
      piece.id ? el("span", { class: piece.id === this.#rooms.me ? "mention me" : "mention" }, piece.text) : piece.text,
    );
    const words = el("p", { class: "words", dir: "auto" }, shown);
    if (message.text.length <= LONG_TEXT && message.text.split("\n").length <= 20) return words;
    words.classList.add("cut");
    const more = el("button", { type: "button", class: "link-button" }, t("showAll"));
    more.addEventListener("click", () => {
      words.classList.remove("cut");
      more.remove();
    });
    return el("div", {}, words, more);
  }

  #answer(answer) {
    const posted = new Date(answer.posted);
    const alone = answer.conversation === this.#rooms.botDirect;
    const note = alone ? null : el("span", { class: "only-you" }, icon("eye"), t("onlyYou"));
    const typed = answer.typed && !alone && this.#typed(answer.typed, answer.card.tone === "attention");
    const card = cardElement(answer.card, { chartSource: null, press: (button, pressed) => this.#act(button, { key: answer.key, pressed }) });
    const bot = this.#nameOf(setup.bot.id);
    const node = this.#frame(bot, posted, false, [typed, card], { label: `${bot.name}, ${t("onlyYou")}: ${answer.card.summary}`, className: "answer", note });
    const dismiss = () => {
      this.#rooms.replaceAnswer(answer.conversation, { key: answer.key }, null);
      this.focus();
    };
    node.append(el("button", { type: "button", class: "message-menu quiet-button round", "aria-label": t("dismiss"), title: t("dismiss"), onclick: dismiss }, icon("close")));
    return node;
  }

  /** What was typed to get an answer, as the channel never shows a command; if it was refused, to be taken up again. */
  #typed(typed, refused) {
    const edit = refused && el("button", { type: "button", class: "link-button", onclick: () => this.#edit(typed) }, icon("edit"), t("editAgain"));
    return el("p", { class: "typed" }, el("span", { class: "typed-words" }, typed.text), edit);
  }

  #menuButton(message) {
    const run = (item) => this.#act({ name: item.name, values: {} }, { quoted: message.id });
    const entries = setup.menu.map((item) => ({ label: item.label, icon: "send", run: () => run(item) }));
    if (navigator.clipboard) entries.push(...(entries.length ? [null] : []), { label: t("copyText"), icon: "copy", run: () => copy(message.text) });
    if (!entries.length) return "";
    const button = el("button", { type: "button", class: "message-menu quiet-button round", "aria-label": t("messageMenu"), title: t("messageMenu"), "aria-haspopup": "menu", "aria-expanded": "false" }, icon("more"));
    button.addEventListener("click", () => openMenu(button, t("messageMenu"), entries));
    return button;
  }

  // --- moving about ---

  #key(event) {
    const message = event.target.closest(".message");
    if (!message) return;
    const menu = message.querySelector(".message-menu");
    if (event.key === "ContextMenu" || (event.shiftKey && event.key === "F10")) {
      event.preventDefault();
      menu?.click();
    }
    if (event.target !== message) return;
    const all = [...this.list.querySelectorAll(".message")];
    const at = all.indexOf(message);
    const to = { ArrowUp: Math.max(0, at - 1), ArrowDown: Math.min(all.length - 1, at + 1), Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[to].focus();
    if (to === 0) this.#older();
  }

  #rove(message) {
    if (!message) return;
    this.list.querySelectorAll('.message[tabindex="0"]').forEach((one) => (one.tabIndex = -1));
    message.tabIndex = 0;
  }

  #atEnd() {
    return this.frame.scrollHeight - this.frame.scrollTop - this.frame.clientHeight < NEAR;
  }

  /** Scroll as little as it takes to have in view what is held. */
  #place() {
    if (this.#held === END) return this.#moveTo(this.frame.scrollHeight);
    const line = this.#nodes.get(this.#held)?.node.getBoundingClientRect();
    if (!line) return undefined;
    const frame = this.frame.getBoundingClientRect();
    let by = 0;
    if (line.top < frame.top || line.height > frame.height) by = line.top - frame.top;
    else if (line.bottom > frame.bottom) by = line.bottom - frame.bottom;
    return this.#moveTo(this.frame.scrollTop + by);
  }

  #moveTo(top) {
    this.frame.scrollTop = top;
    this.#placed = this.frame.scrollTop;
    this.jump.hidden = this.#atEnd();
  }

  #scrolled() {
    // Wherever the reader scrolls is where they want to be.
    if (Math.abs(this.frame.scrollTop - this.#placed) > 2) this.#held = this.#atEnd() ? END : null;
    if (this.#atEnd()) {
      this.jump.hidden = true;
      this.frame.dispatchEvent(new Event("readtoend"));
    }
    if (this.frame.scrollTop < NEAR) this.#older();
  }

  async #older() {
    if (this.#loadingOlder || !this.#rooms.hasOlder(this.#conversation) || !this.#rooms.messages(this.#conversation).length) return;
    this.#loadingOlder = true;
    this.frame.setAttribute("aria-live", "off");
    try {
      await this.#rooms.fetch(this.#conversation, { older: true });
    } catch (failure) {
      notify(failure.message);
    } finally {
      this.#loadingOlder = false;
      requestAnimationFrame(() => this.frame.setAttribute("aria-live", "polite"));
    }
  }
}

function chartAddress(message, number, { dark = false, wide = false }, account) {
  const looks = { ...(dark ? { theme: "dark" } : {}), ...(wide ? { size: "wide" } : {}) };
  const parameters = new URLSearchParams({ as: account, r: message.revision, ...looks });
  return `/chat/charts/${encodeURIComponent(message.id)}/${number}.png?${parameters}`;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    notify(t("copied"));
  } catch {
    notify(t("notCopied"));
  }
}
