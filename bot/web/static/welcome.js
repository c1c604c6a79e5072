// Before anyone is chosen: who are you? And where nobody is there yet: how to fill the organisation.

import { read } from "./api.js";
import { el } from "./dom.js";
import { canBe } from "./people.js";
import { personPicker } from "./picker.js";
import { t } from "./setup.js";

const LOOK_AGAIN = 3000; // milliseconds

/** Resolve to the account chosen; `wanted` is taken without asking when there is such a person. */
export async function whoAmI(wanted) {
  const place = document.getElementById("welcome");
  for (;;) {
    let people = [];
    try {
      people = (await read("state")).people;
    } catch (failure) {
      if (failure.status === 401) location.assign("/chat/login");
      show(place, t("cannotReach"), [el("p", { role: "alert" }, failure.message)]);
      await pause();
      continue;
    }
    if (people.some((person) => person.id === wanted && canBe(person))) {
      place.hidden = true;
      return wanted;
    }
    if (people.some(canBe)) return choice(place, people);
    show(place, t("emptyTitle"), emptyWords());
    await pause();
  }
}

function choice(place, people) {
  return new Promise((resolve) => {
    const picked = (person) => {
      place.hidden = true;
      resolve(person.id);
    };
    show(place, t("whoAreYou"), [el("p", {}, t("whoAreYouWhy")), personPicker(people.filter(canBe), picked)]);
    place.querySelector("input").focus();
  });
}

function emptyWords() {
  const way = (command, meaning) => el("li", {}, el("code", {}, command), el("span", {}, meaning));
  return [
    el("p", {}, t("emptyWhy")),
    el("ul", { class: "ways" }, way("praisebot setup", t("emptySetup")), way("praisebot roster FILE", t("emptyRoster")), way("make run", t("emptyDemo"))),
    el("p", { class: "quiet", role: "status" }, t("emptyWaiting")),
  ];
}

function show(place, title, content) {
  place.hidden = false;
  const heading = place.querySelector("h1");
  // Looking again finds the same: nothing moves, and nothing is read out twice.
  if (heading?.textContent === title) return;
  place.replaceChildren(el("div", { class: "welcome-card" }, el("span", { class: "avatar bot large", "aria-hidden": "true" }), el("h1", {}, title), content));
}

function pause() {
  return new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
}
