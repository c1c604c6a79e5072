// Dialogs, questions and short notices.

import { el, freshId, icon } from "./dom.js";
import { t } from "./setup.js";

/** Open a modal dialog; the browser keeps the focus inside, closes it on Escape and gives the focus back. */
export function openDialog(title, content, { className = "", onClose = () => {} } = {}) {
  const headingId = freshId("heading");
  const dialog = el(
    "dialog",
    { class: `dialog ${className}`, "aria-labelledby": headingId },
    el(
      "header",
      { class: "dialog-head" },
      el("h2", { id: headingId }, title),
      el("button", { type: "button", class: "quiet-button round", "aria-label": t("close"), onclick: () => dialog.close() }, icon("close")),
    ),
    content,
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    onClose();
  });
  dialog.addEventListener("mousedown", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Put a question before something is done; resolves to whether it was agreed to. */
export function ask(question, label, { danger = false } = {}) {
  return new Promise((resolve) => {
    let agreed = false;
    const agree = () => {
      agreed = true;
      dialog.close();
    };
    const buttons = el(
      "div",
      { class: "dialog-actions" },
      el("button", { type: "button", class: "button", onclick: () => dialog.close() }, t("cancel")),
      el("button", { type: "button", class: `button ${danger ? "danger" : "primary"}`, onclick: agree, autofocus: true }, label),
    );
    const dialog = openDialog(t("pleaseConfirm"), el("div", {}, el("p", { class: "question" }, question), buttons), {
      className: "small",
      onClose: () => resolve(agreed),
    });
  });
}

/** Say something in passing; it is read out and goes away by itself. */
export function notify(text) {
  const place = document.getElementById("notices");
  const notice = el("div", { class: "notice" }, text);
  place.append(notice);
  setTimeout(() => notice.remove(), 7000);
}
