// What the server sent along with the page: texts in the reader's language, menus, the bot.

export const setup = JSON.parse(document.getElementById("setup").textContent);
export const language = document.documentElement.lang;

/** Return a text of the page, its {placeholders} filled from `values`. */
export function t(name, values = {}) {
  const text = setup.texts[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}
