// The left column: who I am, channels, direct messages, what is unread. On a phone it is a drawer.

import { el, icon } from "./dom.js";
import { openMenu } from "./menu.js";
import { avatar, canBe, inOrder } from "./people.js";
import { choosePerson } from "./picker.js";
import { t } from "./setup.js";

const narrow = matchMedia("(max-width: 760px)");

export class Sidebar {
  #rooms;
  #open;
  #current = "";
  #list = document.getElementById("conversations");
  #column = document.getElementById("sidebar");
  #toggle = document.getElementById("open-sidebar");

  /** `open(conversation)` is called when one is chosen. */
  constructor(rooms, open) {
    this.#rooms = rooms;
    this.#open = open;
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    this.#toggle.addEventListener("click", () => this.#drawer(true));
    document.getElementById("close-sidebar").addEventListener("click", () => this.#drawer(false));
    document.getElementById("veil").addEventListener("click", () => this.#drawer(false));
    document.addEventListener("keydown", (event) => {
      const open = document.body.classList.contains("drawer-open");
      if (event.key === "Escape" && open && !document.querySelector("dialog[open]")) this.#drawer(false);
    });
    narrow.addEventListener("change", () => this.#drawer(false, { quietly: true }));
    this.#drawer(false, { quietly: true });
    this.#account();
  }

  select(conversation) {
    this.#current = conversation;
    this.show();
    this.#drawer(false, { quietly: true });
  }

  /** Draw the list anew, leaving the focus where it is. */
  show() {
    const focused = this.#list.contains(document.activeElement) && document.activeElement.dataset.id;
    const add = el("button", { type: "button", class: "quiet-button round", "aria-label": t("newDirect"), title: t("newDirect"), onclick: () => this.#newDirect() }, icon("plus"));
    this.#list.replaceChildren(
      this.#section(t("channels"), null, this.#rooms.channels.map((channel) => channel.id)),
      this.#section(t("directMessages"), add, this.#directs()),
    );
    const rows = [...this.#list.querySelectorAll(".conversation")];
    const reachable = rows.find((row) => row.dataset.id === this.#current) ?? rows[0];
    if (reachable) reachable.tabIndex = 0;
    if (focused) rows.find((row) => row.dataset.id === focused)?.focus();
  }

  #directs() {
    const others = this.#rooms.directs.filter((id) => id !== this.#rooms.botDirect && this.#rooms.partner(id));
    others.sort((a, b) => inOrder(this.#rooms.title(a), this.#rooms.title(b)));
    return [this.#rooms.botDirect, ...others];
  }

  #section(title, extra, ids) {
    return el("section", {}, el("div", { class: "section-head" }, el("h2", {}, title), extra), el("ul", {}, ids.map((id) => el("li", {}, this.#row(id)))));
  }

  #row(id) {
    const title = this.#rooms.title(id);
    const { count, certain } = this.#rooms.unread(id);
    const unread = count > 0;
    const number = certain ? (count > 99 ? "99+" : String(count)) : "";
    const label = unread ? `${title}, ${certain ? t("unreadCount", { count }) : t("unread")}` : title;
    const current = id === this.#current;
    return el(
      "button",
      { type: "button", class: `conversation ${unread ? "unread" : ""}`, "data-id": id, tabindex: "-1", "aria-label": label, "aria-current": current ? "page" : null, onclick: () => this.#open(id) },
      this.#rooms.isChannel(id) ? icon("hash") : avatar(this.#rooms.partner(id), "tiny"),
      el("span", { class: "conversation-name" }, title),
      unread && el("span", { class: `unread-mark ${number ? "" : "dot"}` }, number),
    );
  }

  #key(event) {
    const rows = [...this.#list.querySelectorAll(".conversation")];
    const at = rows.indexOf(event.target);
    if (at < 0) return;
    const to = { ArrowDown: Math.min(at + 1, rows.length - 1), ArrowUp: Math.max(at - 1, 0), Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    rows[at].tabIndex = -1;
    rows[to].tabIndex = 0;
    rows[to].focus();
  }

  #others() {
    return [...this.#rooms.people.values()].filter((person) => canBe(person) && person.id !== this.#rooms.me);
  }

  #newDirect() {
    choosePerson(t("newDirect"), this.#others(), (person) => this.#open(this.#rooms.directWith(person.id)));
  }

  #account() {
    const me = this.#rooms.people.get(this.#rooms.me);
    const button = document.getElementById("account");
    button.replaceChildren(avatar(me), el("span", { class: "account-words" }, el("span", { class: "account-name" }, me.name), el("span", { class: "account-note" }, t("thatIsYou"))), icon("chevron"));
    button.setAttribute("aria-label", t("youAre", { name: me.name }));
    button.addEventListener("click", () =>
      openMenu(button, t("youAre", { name: me.name }), [
        { label: t("secondWindow"), icon: "window", run: () => choosePerson(t("secondWindow"), this.#others(), (person) => window.open(addressAs(person.id), "_blank", "noopener")) },
        { label: t("beSomeoneElse"), icon: "people", run: () => choosePerson(t("beSomeoneElse"), this.#others(), (person) => location.assign(addressAs(person.id))) },
      ]),
    );
  }

  #drawer(open, { quietly = false } = {}) {
    document.body.classList.toggle("drawer-open", open && narrow.matches);
    // Out of sight is out of reach, for the keyboard and for a screen reader.
    this.#column.inert = narrow.matches && !open;
    document.getElementById("main").inert = narrow.matches && open;
    this.#toggle.setAttribute("aria-expanded", String(open && narrow.matches));
    if (quietly || !narrow.matches) return;
    if (open) (this.#list.querySelector('[tabindex="0"]') ?? this.#column).focus();
    else this.#toggle.focus();
  }
}

/** Return the address of this chat as another person. */
export function addressAs(account) {
  return `/?${new URLSearchParams({ as: account })}`;
}
