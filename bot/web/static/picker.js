// Choosing a person from a list with search.

import { openDialog } from "./dialog.js";
import { el, icon } from "./dom.js";
import { Listbox } from "./listbox.js";
import { avatar, distinction, matching } from "./people.js";
import { t } from "./setup.js";

/** Return a search field with the list of `people` under it. */
export function personPicker(people, onPick) {
  const input = el("input", {
    type: "search",
    role: "combobox",
    class: "search-input",
    placeholder: t("searchPeople"),
    "aria-label": t("searchPeople"),
    autocomplete: "off",
    autofocus: true,
  });
  const listbox = new Listbox(input, { label: t("people"), render: (person) => personOption(person, people), onPick });
  const none = el("p", { class: "none", role: "status" });
  const search = () => {
    const found = matching(people, input.value);
    listbox.show(found);
    none.textContent = found.length ? "" : t("nobodyFound");
  };
  input.addEventListener("input", search);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" && event.key !== "Tab") listbox.handle(event);
  });
  search();
  return el("div", { class: "picker" }, el("div", { class: "search" }, icon("search"), input), listbox.element, none);
}

/** Ask for a person in a dialog. */
export function choosePerson(title, people, onPick) {
  const dialog = openDialog(
    title,
    personPicker(people, (person) => {
      dialog.close();
      onPick(person);
    }),
  );
}

/** Return how a person looks in a list of options. */
export function personOption(person, people) {
  const other = distinction(person, people);
  return [avatar(person, "small"), el("span", { class: "option-name" }, person.name), other && el("span", { class: "option-note" }, other)];
}
