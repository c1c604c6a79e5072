// A small menu at a button, steered with the arrow keys.

import { el, icon } from "./dom.js";

/** Open a menu at `anchor`. `entries` are { label, icon, run } or null for a line between two. */
export function openMenu(anchor, label, entries) {
  const items = entries.map((entry) =>
    entry === null
      ? el("li", { role: "separator" })
      : el(
          "li",
          { role: "none" },
          el("button", { type: "button", role: "menuitem", tabindex: "-1", onclick: () => choose(entry) }, icon(entry.icon), entry.label),
        ),
  );
  const menu = el("ul", { class: "menu", role: "menu", popover: "auto", "aria-label": label }, items);
  const buttons = [...menu.querySelectorAll("[role=menuitem]")];

  const choose = (entry) => {
    close();
    entry.run();
  };
  const close = () => {
    menu.hidePopover();
    anchor.focus();
  };
  menu.addEventListener("toggle", (event) => {
    if (event.newState === "closed") {
      anchor.setAttribute("aria-expanded", "false");
      menu.remove();
    }
  });
  menu.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) buttons.at(to % buttons.length).focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  document.body.append(menu);
  menu.showPopover();
  anchor.setAttribute("aria-expanded", "true");
  place(menu, anchor.getBoundingClientRect());
  buttons[0]?.focus();
}

function place(menu, anchor) {
  const { width, height } = menu.getBoundingClientRect();
  const left = anchor.left > innerWidth / 2 ? anchor.right - width : anchor.left;
  const below = anchor.bottom + 4;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  menu.style.top = `${below + height > innerHeight - 8 ? Math.max(8, anchor.top - height - 4) : below}px`;
}
