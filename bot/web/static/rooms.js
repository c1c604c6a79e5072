// What this window knows: people, conversations, messages, what is unread, and the answers only this person sees.

import { read } from "./api.js";
import { perBrowser, perWindow } from "./keep.js";
import { setup } from "./setup.js";

const PAGE = 50;
const ANSWERS_KEPT = 40;

export class Rooms extends EventTarget {
  people = new Map();
  channels = [];
  directs = [];
  revision = 0;
  me;
  botDirect = "";
  #conversations = new Map(); // id → { messages: Map, loaded, more, unread, certain }
  #read;
  #answers;

  constructor(account) {
    super();
    this.me = account;
    this.#read = perBrowser.get(`read.${account}`, null);
    this.#answers = perWindow.get(`answers.${account}`, []);
  }

  /** Fetch people, channels and the newest message of each conversation. */
  async load() {
    const state = await read("state", { as: this.me });
    this.people = new Map(state.people.map((person) => [person.id, person]));
    this.people.set(setup.bot.id, { ...setup.bot, bot: true, active: true, direct: state.botDirect });
    this.channels = state.channels;
    this.botDirect = state.botDirect;
    this.revision = Math.max(this.revision, state.revision);
    const firstVisit = this.#read === null;
    this.#read ??= {};
    for (const message of state.latest) {
      const newest = Number(message.id);
      if (firstVisit && this.isChannel(message.conversation)) this.#read[message.conversation] = newest;
      // A database started afresh counts from one again.
      if ((this.#read[message.conversation] ?? 0) > newest) this.#read[message.conversation] = 0;
      this.#noteDirect(message.conversation);
      const room = this.#room(message.conversation);
      if (room.unread === 0 && newest > this.readUpTo(message.conversation) && message.author !== this.me) {
        room.unread = 1;
        room.certain = false; // how many there are is known only once they are fetched
      }
    }
    this.#noteDirect(this.botDirect);
    this.#saveRead();
    this.#tell("people");
  }

  /** Return the conversation's messages, oldest first. */
  messages(conversation) {
    return [...this.#room(conversation).messages.values()].sort((a, b) => a.id - b.id);
  }

  /** Return whether older messages than those known can be fetched. */
  hasOlder(conversation) {
    return this.#room(conversation).more;
  }

  /** Fetch the newest messages once, or a page of older ones. */
  async fetch(conversation, { older = false } = {}) {
    const room = this.#room(conversation);
    if (room.loaded && !older) return;
    const parameters = { as: this.me, conversation, limit: PAGE };
    if (older && room.messages.size) parameters.before = this.messages(conversation)[0].id;
    const page = await read("history", parameters);
    room.loaded = true;
    room.more = page.more;
    this.take(page.messages, { quietly: true });
    this.#tell("messages", { conversation });
  }

  /** Keep messages that are new or newer than known; the rest are repeats and are ignored. */
  take(messages, { quietly = false } = {}) {
    const changed = new Set();
    for (const message of messages) {
      const room = this.#room(message.conversation);
      const known = room.messages.get(message.id);
      this.revision = Math.max(this.revision, message.revision);
      if (known && known.revision >= message.revision) continue;
      // Replacing something further back than what was fetched: it comes with its page of the history.
      if (!known && !quietly && message.edited && room.more && this.#isOlder(room, message)) continue;
      room.messages.set(message.id, message);
      changed.add(message.conversation);
      this.#noteDirect(message.conversation);
      if (quietly || known || message.author === this.me) continue;
      if (Number(message.id) > this.readUpTo(message.conversation)) room.unread += 1;
      if (!this.people.has(message.author) || !this.title(message.conversation)) this.load().catch(() => {});
    }
    for (const conversation of changed) this.#tell("messages", { conversation });
  }

  /** Fetch everything anew: too much was missed to be told one by one. */
  async startAgain() {
    for (const room of this.#conversations.values()) {
      room.messages.clear();
      room.loaded = false;
      room.more = true;
    }
    await this.load();
    this.#tell("restarted");
  }

  /** Return the number of unread messages and whether it is exact. */
  unread(conversation) {
    const { unread, certain } = this.#room(conversation);
    return { count: unread, certain };
  }

  get unreadConversations() {
    return [...this.#conversations.values()].filter((room) => room.unread > 0).length;
  }

  /** Return the id up to which this person has read. */
  readUpTo(conversation) {
    return this.#read?.[conversation] ?? 0;
  }

  /** Note that everything known in `conversation` has been read. */
  markRead(conversation) {
    const room = this.#room(conversation);
    const newest = Number(this.messages(conversation).at(-1)?.id ?? 0);
    if (newest > this.readUpTo(conversation)) {
      this.#read[conversation] = newest;
      this.#saveRead();
    }
    if (!room.unread && room.certain) return;
    room.unread = 0;
    room.certain = true;
    this.#tell("unread");
  }

  /** Return the answers only this person sees, oldest first: { key, conversation, after, posted, card, typed }. */
  answers(conversation) {
    return this.#answers.filter((answer) => answer.conversation === conversation);
  }

  /** Return the card shown here in the place of a message's own, if a button's answer took its place. */
  standIn(message) {
    return this.#answers.find((answer) => answer.instead === message.id && answer.revision >= message.revision)?.card;
  }

  /** Show `card` in this window only, after everything said so far. */
  addAnswer(conversation, card, typed = null) {
    const last = this.messages(conversation).at(-1);
    const key = crypto.getRandomValues(new Uint32Array(2)).join("-");
    // The server's clock may be ahead of this computer's; an answer never stands on a day before what it follows.
    const posted = new Date(Math.max(Date.now(), last ? new Date(last.posted) : 0)).toISOString();
    this.#setAnswers([...this.#answers, { key, conversation, after: Number(last?.id ?? 0), posted, card, typed }]);
    this.#tell("messages", { conversation });
  }

  /** Put `card` in the place of an answer (`key`) or of a message's card; without a card the answer goes away. */
  replaceAnswer(conversation, { key, message }, card) {
    if (message) {
      const others = this.#answers.filter((answer) => answer.instead !== message.id);
      const standIn = { key: `instead-${message.id}`, instead: message.id, revision: message.revision, card };
      this.#setAnswers(card ? [...others, standIn] : others);
    } else {
      this.#setAnswers(
        this.#answers.flatMap((answer) => (answer.key !== key ? [answer] : card ? [{ ...answer, card }] : [])),
      );
    }
    this.#tell("messages", { conversation });
  }

  #setAnswers(answers) {
    this.#answers = answers.slice(-ANSWERS_KEPT);
    perWindow.set(`answers.${this.me}`, this.#answers);
  }

  #room(conversation) {
    if (!this.#conversations.has(conversation)) {
      this.#conversations.set(conversation, { messages: new Map(), loaded: false, more: true, unread: 0, certain: true });
    }
    return this.#conversations.get(conversation);
  }

  #isOlder(room, message) {
    const known = [...room.messages.keys()].map(Number);
    return !room.loaded || (known.length > 0 && Number(message.id) < Math.min(...known));
  }

  /** List a direct conversation once something is said in it, or somebody opens it. */
  #noteDirect(conversation) {
    if (conversation.startsWith("dm:") && !this.directs.includes(conversation)) this.directs.push(conversation);
  }

  /** Open the direct messages with a person, listed from now on. */
  directWith(account) {
    const conversation = this.people.get(account).direct;
    this.#noteDirect(conversation);
    this.#tell("people");
    return conversation;
  }

  /** Return who is at the other end of direct messages. */
  partner(conversation) {
    return [...this.people.values()].find((person) => person.direct === conversation && person.id !== this.me);
  }

  /** Return the name of a conversation as it is listed. */
  title(conversation) {
    return this.channels.find((channel) => channel.id === conversation)?.name ?? this.partner(conversation)?.name ?? "";
  }

  isChannel(conversation) {
    return this.channels.some((channel) => channel.id === conversation);
  }

  #saveRead() {
    perBrowser.set(`read.${this.me}`, this.#read);
  }

  #tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
