// Chinese names by the first letters of their pinyin: "wl" finds 王磊. The browser knows the order of characters, no more.

const LETTERS = "abcdefghjklmnopqrstwxyz";
const FIRST = [..."阿八嚓哒妸发旮哈讥咔垃妈拿噢妑七呥扨它穵夕丫帀"]; // the first character of each letter in that order
const SURNAMES = { 单: "s", 曾: "z", 解: "x", 仇: "q", 区: "o", 查: "z", 翟: "z", 覃: "q", 乐: "y", 盖: "g", 缪: "m" };
const HAN = /\p{Script=Han}/u;

const order = new Intl.Collator("zh-u-co-pinyin", { sensitivity: "base" });
const supported = Intl.Collator.supportedLocalesOf("zh").length > 0 && order.compare("王", "李") > 0;

/** Return whether the pinyin initials of a Chinese `name` begin as `letters`; a surname counts by each of its readings. */
export function pinyinBegins(name, letters) {
  const characters = [...name].filter((character) => HAN.test(character));
  if (!supported || !/^[a-z]+$/.test(letters) || letters.length > characters.length) return false;
  return [...letters].every((letter, at) => readings(characters[at], at).includes(letter));
}

function readings(character, at) {
  let index = FIRST.length - 1;
  while (index > 0 && order.compare(FIRST[index], character) > 0) index -= 1;
  return LETTERS[index] + ((at === 0 && SURNAMES[character]) || "");
}
