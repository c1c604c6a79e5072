// Where messages are written: mentions while typing, hints for commands, and nothing lost when the network is.

import { el } from "./dom.js";
import { perWindow } from "./keep.js";
import { Listbox } from "./listbox.js";
import { adjust, askedFor, completed, pieces, toWire } from "./mentions.js";
import { byName, matching, note } from "./people.js";
import { personOption } from "./picker.js";
import { setup, t } from "./setup.js";

const SHOWN = 8;
const RETRY_SECONDS = [2, 4, 8, 15];
const EMPTY = { text: "", spans: [] };

export class Composer {
  #rooms;
  #send;
  #onStuck;
  #conversation = "";
  #spans = [];
  #before = "";
  #drafts = perWindow.get("drafts", {});
  #last = {};
  #sending = false;
  #stuck = null;
  #tries = 0;
  #timer = 0;

  /** `send(conversation, text, mentions)` throws a Failure; `onStuck(failure)` says that a message waits, null that none does. */
  constructor(rooms, send, onStuck) {
    this.#rooms = rooms;
    this.#send = send;
    this.#onStuck = onStuck;
    this.form = document.getElementById("composer");
    this.area = document.getElementById("words");
    this.mirror = document.getElementById("mirror");
    this.people = new Listbox(this.area, {
      label: t("people"),
      render: (person) => personOption(person, note(person, this.#candidates())),
      onPick: (person) => this.#mention(person),
    });
    this.commands = new Listbox(this.area, {
      label: t("commands"),
      render: (hint) => [el("code", {}, hint.insert), el("span", { class: "option-note" }, hint.meaning)],
      onPick: (hint) => this.#command(hint),
    });
    this.form.prepend(this.people.element, this.commands.element);
    this.#listen();
  }

  /** Show the composer of another conversation with what was left unsent there. */
  open(conversation) {
    this.#conversation = conversation;
    this.#show(this.#drafts[conversation] ?? EMPTY);
    const title = this.#rooms.title(conversation);
    const channel = this.#rooms.isChannel(conversation);
    this.area.placeholder = t(channel ? "messageChannel" : "messagePerson", { name: title });
    this.area.setAttribute("aria-label", this.area.placeholder);
  }

  /** Put words back to be changed and sent again. */
  restore({ text, spans }) {
    this.#show({ text, spans });
    this.#saveDraft();
    this.area.focus();
    this.area.setSelectionRange(text.length, text.length);
  }

  /** Try at once what waits for the network. */
  retry() {
    if (this.#stuck) this.#submit(this.#stuck);
  }

  #listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit({ conversation: this.#conversation, text: this.area.value, spans: this.#spans });
    });
    // Pressed with a mouse or a finger, it leaves the focus where the next words are written.
    this.form.querySelector(".send").addEventListener("mousedown", (event) => event.preventDefault());
    this.area.addEventListener("input", () => this.#edited());
    // While a Chinese word is being composed the letters are not the text yet.
    this.area.addEventListener("compositionend", () => this.#suggest());
    this.area.addEventListener("keydown", (event) => this.#key(event));
    this.area.addEventListener("keyup", (event) => event.key.startsWith("Arrow") && this.#suggest({ onlyClose: true }));
    this.area.addEventListener("click", () => this.#suggest({ onlyClose: true }));
    this.area.addEventListener("scroll", () => (this.mirror.scrollTop = this.area.scrollTop));
    this.area.addEventListener("blur", () => this.#closeLists());
    document.getElementById("insert-mention").addEventListener("click", () => this.#type("@"));
    document.getElementById("insert-command").addEventListener("click", () => {
      if (!this.area.value.trim()) this.#type("/");
      else this.area.focus();
    });
  }

  #key(event) {
    // 229 is what browsers send for keys an input method has taken, also right after it ends (Safari).
    if (event.isComposing || event.keyCode === 229) return;
    if (this.people.handle(event) || this.commands.handle(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.form.requestSubmit();
    } else if (event.key === "ArrowUp" && !this.area.value && this.#last[this.#conversation]) {
      event.preventDefault();
      this.restore(this.#last[this.#conversation]);
    }
  }

  #edited() {
    this.#spans = adjust(this.#spans, this.#before, this.area.value);
    this.#before = this.area.value;
    // Words that were changed are other words: they wait for Enter again.
    if (this.#stuck?.conversation === this.#conversation && this.#stuck.text !== this.area.value) this.#unstick();
    this.#reflect();
    this.#saveDraft();
    this.#suggest();
  }

  #type(letters) {
    this.area.focus();
    const at = this.area.selectionStart;
    const before = this.area.value.slice(0, at);
    this.area.setRangeText((letters === "@" && /[A-Za-z0-9]$/.test(before) ? " " : "") + letters, at, this.area.selectionEnd, "end");
    this.#edited();
  }

  // --- suggestions ---

  #candidates() {
    const people = [...this.#rooms.people.values()].filter((person) => person.active && person.id !== this.#rooms.me);
    return people.sort((a, b) => (a.bot ? 1 : 0) - (b.bot ? 1 : 0) || byName(a, b));
  }

  #suggest({ onlyClose = false } = {}) {
    if (this.area.selectionStart !== this.area.selectionEnd) return this.#closeLists();
    const caret = this.area.selectionStart;
    const asked = askedFor(this.area.value, caret);
    const inMention = asked && this.#spans.some((span) => asked.from >= span.start && asked.from < span.end);
    const found = asked && !inMention ? matching(this.#candidates(), asked.words).slice(0, SHOWN) : [];
    const typed = this.area.value.slice(0, caret).replace(/^\s*／/u, "/").trimStart();
    const hints = typed.startsWith("/") && caret === this.area.value.length ? this.#hints(typed) : [];
    if (onlyClose && !(this.people.open && found.length) && !(this.commands.open && hints.length)) return this.#closeLists();
    if (onlyClose) return undefined;
    this.commands.close();
    this.people.close();
    // Two lists share one field; what is shown last speaks for it.
    if (found.length) this.#open(this.people, found);
    else if (hints.length) this.#open(this.commands, hints, { active: hints.some((hint) => hint.exact) ? -1 : 0 });
    return undefined;
  }

  #open(list, items, options) {
    this.area.setAttribute("aria-controls", list.element.id);
    list.show(items, options);
  }

  /** Commands that begin as what was typed, in whichever language; `exact` where it is typed in full and Enter sends it. */
  #hints(typed) {
    const wanted = typed.toLowerCase();
    return setup.hints.flatMap(({ words, meaning }) => {
      const insert = words.find((one) => one.toLowerCase().startsWith(wanted.trimEnd()) && wanted.length <= one.length + 1);
      return insert ? [{ insert, meaning, exact: insert === wanted.trimEnd() }] : [];
    });
  }

  #closeLists() {
    this.people.close();
    this.commands.close();
  }

  #mention(person) {
    const { from } = askedFor(this.area.value, this.area.selectionStart);
    const name = `@${person.name}`;
    this.area.setRangeText(`${name} `, from, this.area.selectionStart, "end");
    this.#edited();
    this.#spans = [...this.#spans, { start: from, end: from + name.length, id: person.id }].sort((a, b) => a.start - b.start);
    this.#closeLists();
    this.#reflect();
    this.#saveDraft();
  }

  #command(hint) {
    this.area.setRangeText(hint.insert, 0, this.area.selectionStart, "end");
    this.#edited();
    if (!this.people.open) this.#closeLists();
  }

  // --- sending ---

  async #submit({ conversation, text, spans }) {
    if (this.#sending || !text.trim()) return;
    const complete = completed(text, spans, [...this.#rooms.people.values()]);
    this.#closeLists();
    this.#sending = true;
    this.form.classList.add("busy");
    try {
      await this.#send(conversation, text, toWire(text, complete), complete);
      this.#sent(conversation, { text, spans: complete });
    } catch (failure) {
      if (failure.offline) this.#wait({ conversation, text, spans }, failure);
      else this.#unstick(failure);
      return;
    } finally {
      this.#sending = false;
      this.form.classList.remove("busy");
    }
    this.retry(); // what waits in another conversation can go now, too
  }

  #sent(conversation, content) {
    if (!this.#stuck || this.#stuck.conversation === conversation) this.#unstick();
    this.#last[conversation] = content;
    // Somebody may have typed on while it was on its way: only what was sent is taken out.
    if (conversation === this.#conversation && this.area.value === content.text) this.#show(EMPTY);
    if (conversation === this.#conversation) this.#saveDraft();
    else if (this.#drafts[conversation]?.text === content.text) this.#setDraft(conversation, EMPTY);
  }

  #wait(content, failure) {
    this.#stuck = content;
    this.#onStuck(failure);
    clearTimeout(this.#timer);
    const seconds = RETRY_SECONDS[Math.min(this.#tries, RETRY_SECONDS.length - 1)];
    this.#tries += 1;
    this.#timer = setTimeout(() => this.retry(), seconds * 1000);
  }

  #unstick(failure = null) {
    clearTimeout(this.#timer);
    this.#stuck = null;
    this.#tries = 0;
    this.#onStuck(failure);
  }

  // --- what is shown ---

  #show({ text, spans }) {
    this.area.value = text;
    this.#before = text;
    this.#spans = spans;
    this.#closeLists();
    this.#reflect();
  }

  /** The mirror behind the text field gives it its height and colours the mentions. */
  #reflect() {
    const shown = pieces(this.area.value, this.#spans).map((piece) => (piece.id ? el("mark", {}, piece.text) : piece.text));
    this.mirror.replaceChildren(...shown, "\u200b");
    this.mirror.scrollTop = this.area.scrollTop;
    this.form.classList.toggle("filled", this.area.value.trim() !== "");
  }

  #saveDraft() {
    this.#setDraft(this.#conversation, { text: this.area.value, spans: this.#spans });
  }

  #setDraft(conversation, draft) {
    const { [conversation]: _, ...others } = this.#drafts;
    this.#drafts = draft.text ? { ...others, [conversation]: draft } : others;
    perWindow.set("drafts", this.#drafts);
  }
}
