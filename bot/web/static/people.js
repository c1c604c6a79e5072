// How a person looks: initials on a colour that stays theirs.

import { el } from "./dom.js";
import { setup } from "./setup.js";

const HUES = 10;
const HAN = /\p{Script=Han}/u;

/** Return the letters on an avatar: the given name of a Chinese name, the initials of others. */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  const han = Array.from(words.find((word) => HAN.test(word)) ?? "").filter((letter) => HAN.test(letter));
  if (han.length) return han.slice(-2).join("");
  const letters = words.map((word) => Array.from(word)[0] ?? "");
  return (letters.length > 1 ? letters[0] + letters.at(-1) : (letters[0] ?? "?")).toUpperCase();
}

function hue(id) {
  let sum = 7;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return sum % HUES;
}

/** Return a person's avatar; the name stands beside it wherever it is used. */
export function avatar(person, size = "") {
  if (person.id === setup.bot.id) return el("span", { class: `avatar bot ${size}`, "aria-hidden": "true" });
  return el("span", { class: `avatar hue-${hue(person.id)} ${size}`, "aria-hidden": "true" }, initials(person.name));
}

/** Return the people whose name holds `words`, those whose name or a word of it begins with them first. */
export function matching(people, words) {
  const wanted = words.trim().toLowerCase();
  const rank = (person) => {
    const name = person.name.toLowerCase();
    if (name.startsWith(wanted)) return 0;
    if (name.split(/[\s·()（）]+/).some((word) => word.startsWith(wanted))) return 1;
    return name.includes(wanted) || person.id.toLowerCase() === wanted ? 2 : 3;
  };
  return people
    .map((person) => ({ person, rank: rank(person) }))
    .filter((entry) => entry.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map((entry) => entry.person);
}

/** Return whether one can be this person here: bots and those who have left cannot be. */
export const canBe = (person) => person.active && !person.bot;

/** Return what tells people of one name apart: the account, where a name occurs twice. */
export function distinction(person, people) {
  return people.some((other) => other.name === person.name && other.id !== person.id) ? person.id : "";
}
