// Choosing a person from a list with search.

import { openDialog } from "./dialog.js";
import { el, icon } from "./dom.js";
import { Listbox } from "./listbox.js";
import { avatar, byName, byTeam, matching, note, noteInTeam } from "./people.js";
import { t } from "./setup.js";

/** Return a search field with the list of `people` under it, by team until something is searched for. */
export function personPicker(people, onPick) {
  const all = [...people].sort(byName);
  const teams = byTeam(all).map(({ team, people: items }) => ({ heading: team || t("noTeam"), items }));
  let grouped = false;
  const input = el("input", {
    type: "search",
    role: "combobox",
    class: "search-input",
    placeholder: t("searchPeople"),
    "aria-label": t("searchPeople"),
    autocomplete: "off",
    autofocus: true,
  });
  const render = (person) => personOption(person, (grouped ? noteInTeam : note)(person, all));
  const listbox = new Listbox(input, { label: t("people"), render, onPick });
  const none = el("p", { class: "none", role: "status" });
  const search = () => {
    const found = matching(all, input.value);
    grouped = !input.value.trim() && teams.length > 1;
    if (grouped) listbox.showGroups(teams);
    else listbox.show(found);
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

/** Return how a person looks in a list of options, with what tells them from others. */
export function personOption(person, told) {
  return [avatar(person, "small"), el("span", { class: "option-words" }, el("span", { class: "option-name" }, person.name), told && el("span", { class: "option-note" }, told))];
}
