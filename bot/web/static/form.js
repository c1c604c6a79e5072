// Forms of the bot as dialogs. Whether the values are right is the server's word; its errors appear at the fields.

import { openDialog } from "./dialog.js";
import { el, freshId } from "./dom.js";
import { peopleField } from "./people_field.js";
import { t } from "./setup.js";

const RADIOS_AT_MOST = 6;
// A person chosen stands in for the field.
const INVALID = "[aria-invalid=true]:not([hidden]), .people-control:has(> [aria-invalid=true][hidden]) .chip";
const LONG_CHOICE = 24; // columns: longer ones get a line of their own

/**
 * Open a form. `submit(form, values)` sends it and resolves to a further form (the same with errors, or the next one), or to
 * what to do once the dialog is closed; it throws a Failure when nothing was taken.
 */
export function openForm(form, people, submit) {
  const place = el("div");
  const dialog = openDialog(form.title, place, { className: "form-dialog" });
  const show = (current) => {
    dialog.querySelector("h2").textContent = current.title;
    const about = aboutElement(current.about);
    if (about) dialog.setAttribute("aria-describedby", about.id);
    else dialog.removeAttribute("aria-describedby");
    const send = async (values) => {
      const next = await submit(current, values);
      if (typeof next !== "function") return show(next);
      dialog.close();
      return next();
    };
    place.replaceChildren(about ?? "", formElement(current, people, () => dialog.close(), send));
    if (about && about.scrollHeight > about.clientHeight) about.tabIndex = 0;
    (place.querySelector(INVALID) ?? place.querySelector(":is(input, textarea, select):not([hidden]), button"))?.focus();
  };
  show(form);
}

/** The words a form is about; long ones scroll in their place, which the keyboard can reach then. */
function aboutElement(words) {
  return words ? el("blockquote", { id: freshId("about"), class: "form-about", dir: "auto" }, words) : null;
}

function formElement(form, people, cancel, submit) {
  const errors = form.errors ?? {};
  const fields = (form.fields ?? []).map((field) => fieldParts(field, people, errors[field.name]));
  const names = new Set(fields.map((field) => field.name));
  const others = Object.keys(errors).filter((name) => !names.has(name));
  const problem = el("p", { class: "form-problem", role: "alert" }, others.map((name) => errors[name]).join("\n"));
  const button = el("button", { class: "button primary" }, form.submit);
  const element = el(
    "form",
    { novalidate: true },
    problem,
    fields.map((field) => field.element),
    el("div", { class: "dialog-actions" }, el("button", { type: "button", class: "button", onclick: cancel }, t("cancel")), button),
  );
  let sending = false;
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    button.classList.add("busy");
    problem.textContent = "";
    try {
      await submit(Object.fromEntries(fields.map((field) => [field.name, field.value()])));
    } catch (failure) {
      problem.textContent = failure.message;
    } finally {
      sending = false;
      button.classList.remove("busy");
    }
  });
  // Enter in a longer text starts a new line; with Ctrl or Command it sends, as in the composer.
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) element.requestSubmit();
  });
  return element;
}

/** Return about how wide a text is: a Chinese character takes two columns. */
function columns(text) {
  return text.length + (text.match(/[\u1100-\uffef]/g) ?? []).length;
}

/** Return { name, element, value() } of a field. */
function fieldParts(field, people, error) {
  const id = freshId("field");
  const described = [field.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || null;
  const states = { "aria-describedby": described, "aria-invalid": error ? "true" : null, "aria-required": field.required === false ? null : "true" };
  const { control, value, grouped = false } = CONTROLS[field.kind](field, id, states, people);
  const optional = field.required === false && field.kind !== "toggle" && el("span", { class: "optional" }, t("optional"));
  const parts = [
    error && el("p", { class: "field-error", id: `${id}-error` }, error),
    field.hint && el("p", { class: "field-hint", id: `${id}-hint` }, field.hint),
  ];
  const element = grouped
    ? el("fieldset", { class: "field", ...states, "aria-required": null }, el("legend", {}, field.label, optional), control, parts)
    : field.kind === "toggle"
      ? el("div", { class: "field" }, el("label", { class: "check" }, control, field.label), parts)
      : el("div", { class: "field" }, el("label", { for: id }, field.label, optional), control, parts);
  return { name: field.name, element, value };
}

const CONTROLS = {
  text(field, id, states) {
    const area = el("textarea", { id, rows: field.limit && field.limit <= 120 ? "1" : "3", ...states });
    area.value = field.value ?? "";
    const limit = field.limit ?? 3000;
    const count = el("span", { class: "count" });
    const measure = () => {
      const length = Array.from(area.value).length;
      count.textContent = length > limit * 0.8 ? `${length} / ${limit}` : "";
      count.classList.toggle("over", length > limit);
    };
    area.addEventListener("input", measure);
    measure();
    return { control: el("div", { class: "text-control" }, area, count), value: () => area.value };
  },

  people(field, id, states, people) {
    return peopleField(field, id, states, people);
  },

  choice(field, id, states) {
    const choices = field.choices ?? [];
    const chosen = [field.value ?? ""].flat();
    if (!field.several && choices.length > RADIOS_AT_MOST) {
      const empty = field.required === false || !chosen[0] ? [el("option", { value: "" }, "")] : [];
      const select = el("select", { id, ...states }, empty, choices.map(({ value, label }) => el("option", { value }, label)));
      select.value = chosen[0] ?? "";
      return { control: select, value: () => select.value };
    }
    const inputs = choices.map(({ value }) =>
      el("input", { type: field.several ? "checkbox" : "radio", name: id, value, checked: chosen.includes(value), "aria-invalid": states["aria-invalid"] }),
    );
    const long = choices.some(({ label }) => columns(label) > LONG_CHOICE);
    const control = el("div", { class: long ? "choices long" : "choices" }, choices.map(({ label }, index) => el("label", { class: "check" }, inputs[index], el("span", { dir: "auto" }, label))));
    const picked = () => inputs.filter((input) => input.checked).map((input) => input.value);
    return { control, grouped: true, value: () => (field.several ? picked() : (picked()[0] ?? "")) };
  },

  toggle(field, id, states) {
    const input = el("input", { type: "checkbox", id, ...states, "aria-required": null, checked: field.value === "true" });
    return { control: input, value: () => (input.checked ? "true" : "") };
  },
};
