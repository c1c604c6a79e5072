// How a person looks and is told from others: initials on a colour that stays theirs, staff number, team, role.

import { el } from "./dom.js";
import { language, setup, t } from "./setup.js";
import { pinyinBegins } from "./pinyin.js";

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

/** Return the people whom `words` can mean, the likeliest first: names, other names, staff numbers, pinyin. */
export function matching(people, words) {
  const wanted = words.normalize("NFKC").trim().toLowerCase();
  const rank = (person) => {
    const name = person.name.toLowerCase();
    const names = [name, ...(person.otherNames ?? [])];
    const begins = (one) => one.split(/[\s·()（）]+/).some((word) => word.startsWith(wanted));
    if (name.startsWith(wanted) || person.staffNumber?.toLowerCase() === wanted) return 0;
    if (names.some((one) => one.startsWith(wanted) || begins(one)) || person.staffNumber?.toLowerCase().startsWith(wanted)) return 1;
    return names.some((one) => one.includes(wanted)) || pinyinBegins(name, wanted) || person.id.toLowerCase() === wanted ? 2 : 3;
  };
  return people
    .map((person) => ({ person, rank: rank(person) }))
    .filter((entry) => entry.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map((entry) => entry.person);
}

/** Return whether one can be this person here: bots and those who have left cannot be. */
export const canBe = (person) => person.active && !person.bot;

const ROLES = { agent: "roleAgent", supervisor: "roleSupervisor", manager: "roleManager", admin: "roleAdmin" };

const roleName = (person) => (Object.hasOwn(ROLES, person.role ?? "") ? t(ROLES[person.role]) : "");
const numberOf = (person) => (person.staffNumber ? t("staffNumber", { number: person.staffNumber }) : "");
const together = (...parts) => parts.filter(Boolean).join(" · ");

/** Return what stands beside a name: staff number and team; the account, where a name occurs twice and there is neither. */
export const note = (person, people) => together(numberOf(person), person.team) || distinction(person, people);

/** Return what stands beside a name under the heading of the team. */
export const noteInTeam = (person, people) => together(roleName(person), numberOf(person)) || distinction(person, people);

/** Return what tells people of one name apart, nothing where a name occurs once. */
export function distinction(person, people) {
  const alone = !people.some((other) => other.name === person.name && other.id !== person.id);
  return alone ? "" : numberOf(person) || person.team || person.id;
}

// Each language sorts the other's letters by shape or code: Chinese names go by pinyin whatever the page speaks.
const inLanguage = new Intl.Collator(language, { numeric: true });
const byPinyin = new Intl.Collator("zh-CN", { numeric: true });

/** Compare two names as the reader's language orders them. */
export function inOrder(one, other) {
  return (HAN.test(one.charAt(0)) && HAN.test(other.charAt(0)) ? byPinyin : inLanguage).compare(one, other);
}

export const byName = (one, other) => inOrder(one.name, other.name);

/** Return the people by team, each team's under its name, those of none last: [{ team, people }]. */
export function byTeam(people) {
  const teams = [...new Set(people.map((person) => person.team ?? ""))].sort((a, b) => !a - !b || inOrder(a, b));
  return teams.map((team) => ({ team, people: people.filter((person) => (person.team ?? "") === team) }));
}
