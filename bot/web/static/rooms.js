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
  #conversations = new Map(); // id → what `#room` returns
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
      room.newest = Math.max(room.newest, newest);
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
    if (room.fetched !== "no" && !older) return;
    const parameters = { as: this.me, conversation, limit: PAGE };
    if (older && room.messages.size) parameters.before = this.messages(conversation)[0].id;
    else room.fetched = "soon";
    try {
      const page = await read("history", parameters);
      room.more = page.more;
      for (const message of page.messages) this.#keep(room, message);
      room.fetched = "yes";
    } catch (failure) {
      if (room.fetched === "soon") room.fetched = "no";
      throw failure;
    } finally {
      this.take(room.waiting.splice(0));
    }
    this.#tell("messages", { conversation });
  }

  /** Take in messages as they come; those known already are ignored. */
  take(messages) {
    const changed = new Set();
    for (const message of messages) {
      const room = this.#room(message.conversation);
      this.revision = Math.max(this.revision, message.revision);
      this.#noteDirect(message.conversation);
      this.#countUnread(room, message);
      changed.add(message.conversation);
      if (room.fetched === "soon") room.waiting.push(message);
      else if (room.fetched === "yes" && !this.#isFurtherBack(room, message)) this.#keep(room, message);
      if (!this.people.has(message.author) || !this.title(message.conversation)) this.load().catch(() => {});
    }
    for (const conversation of changed) this.#tell("messages", { conversation });
  }

  #keep(room, message) {
    const known = room.messages.get(message.id);
    if (!known || known.revision < message.revision) room.messages.set(message.id, message);
    room.newest = Math.max(room.newest, Number(message.id));
  }

  #countUnread(room, message) {
    const id = Number(message.id);
    if (id <= room.newest) return;
    room.newest = id;
    if (message.author !== this.me && id > this.readUpTo(message.conversation)) room.unread += 1;
  }

  /** Whether a message lies before the fetched part of the history: kept now, it would leave a gap nobody fills. */
  #isFurtherBack(room, message) {
    return room.more && !room.messages.has(message.id) && Number(message.id) < Math.min(...[...room.messages.keys()].map(Number));
  }

  /** Fetch everything anew: too much was missed to be told one by one. */
  async startAgain() {
    for (const room of this.#conversations.values()) {
      room.messages.clear();
      room.fetched = "no";
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

  /** Show `card` in this window only, after everything said so far; return its key. */
  addAnswer(conversation, card, typed = null) {
    const last = this.messages(conversation).at(-1);
    const key = crypto.getRandomValues(new Uint32Array(2)).join("-");
    // The server's clock may be ahead of this computer's; an answer never stands on a day before what it follows.
    const posted = new Date(Math.max(Date.now(), last ? new Date(last.posted) : 0)).toISOString();
    this.#setAnswers([...this.#answers, { key, conversation, after: Number(last?.id ?? 0), posted, card, typed }]);
    this.#tell("messages", { conversation });
    return key;
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
      this.#conversations.set(conversation, {
        messages: new Map(), // by id; without gaps from the oldest one on
        fetched: "no", // "soon" while the history is on its way, then "yes"
        waiting: [], // what came in meanwhile
        more: true, // whether the history goes further back
        newest: 0, // the largest id heard of
        unread: 0,
        certain: true, // whether `unread` is exact
      });
    }
    return this.#conversations.get(conversation);
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
