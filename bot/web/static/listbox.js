// A list of options steered from a text field, as the ARIA combobox pattern has it: focus stays where the typing is.

import { el, freshId } from "./dom.js";

export class Listbox {
  #input;
  #render;
  #onPick;
  #items = [];
  #active = -1;

  /** `render(item)` returns the content of an option, `onPick(item)` is called when one is chosen. */
  constructor(input, { label, render, onPick }) {
    this.#input = input;
    this.#render = render;
    this.#onPick = onPick;
    this.element = el("ul", { role: "listbox", id: freshId("list"), class: "options", "aria-label": label, hidden: true });
    // The field must keep the focus, or the list would close before the click arrives.
    this.element.addEventListener("mousedown", (event) => event.preventDefault());
    this.element.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#onPick(this.#items[[...this.element.children].indexOf(option)]);
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
    this.#items = items;
    this.element.replaceChildren(
      ...items.map((item) => el("li", { role: "option", id: freshId("option"), class: "option" }, this.#render(item))),
    );
    this.element.hidden = items.length === 0;
    this.#input.setAttribute("aria-expanded", String(this.open));
    this.#activate(items.length ? active : -1);
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
    [...this.element.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = this.element.children[index];
    if (option) {
      this.#input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else this.#input.removeAttribute("aria-activedescendant");
  }
}
