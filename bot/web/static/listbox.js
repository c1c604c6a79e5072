// A list of options steered from a text field, as the ARIA combobox pattern has it: focus stays where the typing is.

import { el, freshId } from "./dom.js";

const GAP = 4; // pixels between the field, its list and the edge of the window
const LEAST_ROOM = 220;
const MOST_ROOM = 320;

export class Listbox {
  #input;
  #render;
  #onPick;
  #floats;
  #following = null;
  #items = [];
  #options = [];
  #active = -1;

  /**
   * `render(item)` returns the content of an option, `onPick(item)` is called when one is chosen. A list that `floats`
   * lies at its field above everything, so that nothing around the field cuts it off.
   */
  constructor(input, { label, render, onPick, floats = false }) {
    this.#input = input;
    this.#render = render;
    this.#onPick = onPick;
    this.#floats = floats;
    this.element = el("div", { role: "listbox", id: freshId("list"), class: "options", "aria-label": label, hidden: true });
    if (floats) this.element.popover = "manual";
    // The field must keep the focus, or the list would close before the click arrives.
    this.element.addEventListener("mousedown", (event) => event.preventDefault());
    this.element.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#onPick(this.#items[this.#options.indexOf(option)]);
    });
    input.setAttribute("aria-controls", this.element.id);
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
  }

  get open() {
    return !this.element.hidden;
  }

  /** Show `items` with the first one active; nothing to show closes the list. */
  show(items, { active = 0 } = {}) {
    this.showGroups([{ items }], { active });
  }

  /** Show items under headings: [{ heading, items }]; those without a heading stand by themselves. */
  showGroups(groups, { active = 0 } = {}) {
    this.#items = groups.flatMap((group) => group.items);
    this.#options = this.#items.map((item) => el("div", { role: "option", id: freshId("option"), class: "option" }, this.#render(item)));
    const options = [...this.#options];
    this.element.replaceChildren(
      ...groups.flatMap(({ heading, items }) => {
        const own = options.splice(0, items.length);
        const name = heading && el("div", { class: "options-heading", "aria-hidden": "true" }, heading);
        return heading ? [el("div", { role: "group", "aria-label": heading }, name, own)] : own;
      }),
    );
    this.element.hidden = this.#items.length === 0;
    if (this.#floats) this.#float();
    this.#input.setAttribute("aria-expanded", String(this.open));
    this.#activate(this.#items.length ? active : -1);
  }

  close() {
    this.show([]);
  }

  /** Act on a key that belongs to the list; return whether it did. */
  handle(event) {
    if (!this.open || event.isComposing) return false;
    const last = this.#items.length - 1;
    if (event.key === "ArrowDown") this.#activate(this.#active >= last ? 0 : this.#active + 1);
    else if (event.key === "ArrowUp") this.#activate(this.#active <= 0 ? last : this.#active - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && this.#active >= 0 && !event.shiftKey)
      this.#onPick(this.#items[this.#active]);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #activate(index) {
    this.#active = index;
    this.#options.forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = this.#options[index];
    if (option) {
      this.#input.setAttribute("aria-activedescendant", option.id);
      if (index === 0) this.element.scrollTop = 0; // with the heading above it
      else option.scrollIntoView({ block: "nearest" });
    } else this.#input.removeAttribute("aria-activedescendant");
  }

  #float() {
    this.#following?.abort();
    if (!this.element.isConnected) return;
    this.element.togglePopover(this.open);
    if (!this.open) return;
    this.#following = new AbortController();
    const listening = { capture: true, passive: true, signal: this.#following.signal };
    window.addEventListener("scroll", () => this.#place(), listening);
    window.addEventListener("resize", () => this.#place(), listening);
    this.#place();
  }

  /** Lie under the field, or above it where there is more room. */
  #place() {
    if (!this.element.isConnected) return this.#following.abort();
    const field = this.#input.getBoundingClientRect();
    const below = innerHeight - field.bottom - 2 * GAP;
    const above = field.top - 2 * GAP;
    const upwards = below < Math.min(this.element.scrollHeight + GAP, LEAST_ROOM) && above > below;
    const style = this.element.style;
    style.left = `${field.left}px`;
    style.width = `${field.width}px`;
    style.maxHeight = `${Math.min(MOST_ROOM, upwards ? above : below)}px`;
    style.top = upwards ? "auto" : `${field.bottom + GAP}px`;
    style.bottom = upwards ? `${innerHeight - field.top + GAP}px` : "auto";
    return undefined;
  }
}
