// New messages as they come, over a WebSocket; after every gap the page asks for what it missed.

import { read } from "./api.js";

const FIRST_PAUSE = 500; // milliseconds
const LONGEST_PAUSE = 10000;

export class Live {
  #account;
  #rooms;
  #onState;
  #socket = null;
  #pause = FIRST_PAUSE;
  #timer = 0;

  /** `onState("open" | "lost", failure)` is called whenever the connection comes or goes. */
  constructor(account, rooms, onState) {
    this.#account = account;
    this.#rooms = rooms;
    this.#onState = onState;
    window.addEventListener("online", () => (this.open ? this.#ready() : this.#open()));
    window.addEventListener("offline", () => this.#onState("lost"));
    this.#open();
  }

  get open() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Fetch what was posted since the newest revision known here. */
  async catchUp() {
    const missed = await read("missed", { as: this.#account, since: this.#rooms.revision });
    if (missed.complete) this.#rooms.take(missed.messages);
    else await this.#rooms.startAgain();
  }

  #open() {
    if (this.#socket && this.#socket.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.#timer);
    const address = new URL(`/chat/ws?${new URLSearchParams({ as: this.#account })}`, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.addEventListener("message", (event) => this.#rooms.take([JSON.parse(event.data)]));
    socket.addEventListener("open", () => this.#ready());
    socket.addEventListener("close", () => this.#again());
  }

  async #ready() {
    try {
      await this.catchUp();
      this.#pause = FIRST_PAUSE;
      this.#onState("open");
    } catch {
      this.#socket.close();
    }
  }

  async #again() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#open(), this.#pause * (0.75 + Math.random() / 2));
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    try {
      // The answer tells a lost network from a session that ended; and where only WebSockets are blocked, messages still come.
      await this.catchUp();
    } catch (failure) {
      this.#onState("lost", failure);
    }
  }
}
