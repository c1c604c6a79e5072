// A form field that takes people: those chosen as chips, the others found by typing.

import { el, icon } from "./dom.js";
import { Listbox } from "./listbox.js";
import { avatar, byName, distinction, matching, note } from "./people.js";
import { personOption } from "./picker.js";
import { t } from "./setup.js";

const SHOWN = 50;

export function peopleField(field, id, states, people) {
  const all = people.filter((person) => person.active).sort(byName);
  let chosen = [field.value ?? []].flat().filter(Boolean);
  const input = el("input", { type: "text", id, role: "combobox", autocomplete: "off", placeholder: t("searchPeople"), ...states });
  const chips = el("ul", { class: "chips" });
  const listbox = new Listbox(input, {
    label: field.label,
    floats: true,
    render: (person) => personOption(person, note(person, people)),
    onPick: (person) => {
      chosen = field.several ? [...chosen, person.id] : [person.id];
      input.value = "";
      listbox.close();
      show();
      if (!field.several) chips.querySelector(".chip").focus(); // on the person, not on what takes them away again
    },
  });

  const remove = (account) => {
    chosen = chosen.filter((other) => other !== account);
    show();
    input.focus();
  };
  const show = () => {
    chips.replaceChildren(
      ...chosen.map((account) => {
        const person = people.find((one) => one.id === account) ?? { id: account, name: account };
        const told = distinction(person, people);
        const label = t("removePerson", { name: told ? `${person.name} ${told}` : person.name });
        return el(
          "li",
          { class: "chip", ...(field.several ? {} : alone(account)) },
          avatar(person, "tiny"),
          el("span", {}, person.name, told && el("span", { class: "option-note" }, ` ${told}`)),
          el("button", { type: "button", "aria-label": label, onclick: () => remove(account) }, icon("close")),
        );
      }),
    );
    chips.hidden = chosen.length === 0;
    input.hidden = !field.several && chosen.length > 0; // there is nothing more to search for
  };
  /** What a chip takes over from the field it stands in for. */
  const alone = (account) => ({
    tabindex: "-1",
    "aria-describedby": states["aria-describedby"],
    onkeydown: (event) => {
      if (event.key !== "Backspace" && event.key !== "Delete") return;
      event.preventDefault();
      remove(account);
    },
  });
  const search = () => {
    const free = all.filter((person) => !chosen.includes(person.id));
    listbox.show(matching(free, input.value.replace(/^[@＠]/u, "")).slice(0, SHOWN));
  };

  input.addEventListener("input", (event) => event.isComposing || search());
  input.addEventListener("compositionend", search);
  input.addEventListener("click", search);
  input.addEventListener("blur", () => listbox.close());
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (listbox.handle(event)) return;
    if (event.key === "ArrowDown") search();
    else if (event.key === "Backspace" && !input.value && chosen.length) remove(chosen.at(-1));
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) event.preventDefault();
  });
  show();
  const control = el("div", { class: "people-control" }, chips, input, listbox.element);
  return { control, value: () => (field.several ? chosen : (chosen[0] ?? "")) };
}
