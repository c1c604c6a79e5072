// The page from start to finish: who I am, then one conversation at a time.

import { Failure, send, sendPatiently } from "./api.js";
import { isRefusal, refuseAt } from "./cards.js";
import { Composer } from "./composer.js";
import { notify } from "./dialog.js";
import { el, icon } from "./dom.js";
import { openForm } from "./form.js";
import { perWindow } from "./keep.js";
import { Live } from "./live.js";
import { avatar } from "./people.js";
import { Rooms } from "./rooms.js";
import { setup, t } from "./setup.js";
import { Sidebar, addressAs } from "./sidebar.js";
import { Timeline } from "./timeline.js";
import { whoAmI } from "./welcome.js";

const troubles = { lost: null, stuck: null };
let current = "";

document.querySelectorAll("[data-icon]").forEach((place) => place.prepend(icon(place.dataset.icon)));

const address = new URLSearchParams(location.search);
const account = await whoAmI(address.get("as") ?? perWindow.get("as", ""));
perWindow.set("as", account);

const rooms = new Rooms(account);
await loaded();
const timeline = new Timeline(rooms, act, (typed) => composer.restore(typed));
const composer = new Composer(rooms, sendWords, (failure) => showBanner({ stuck: failure }));
const sidebar = new Sidebar(rooms, open);
const live = new Live(account, rooms, connection);

rooms.addEventListener("messages", (event) => {
  if (event.detail.conversation === current) {
    timeline.show();
    if (seen()) rooms.markRead(current);
  }
  marks();
});
rooms.addEventListener("unread", marks);
rooms.addEventListener("people", () => sidebar.show());
rooms.addEventListener("restarted", () => open(current));
timeline.frame.addEventListener("readtoend", () => seen() && rooms.markRead(current));
document.addEventListener("visibilitychange", () => seen() && rooms.markRead(current));

demoControls();
languages();
document.getElementById("app").hidden = false;
await open(wantedConversation());

// --- conversations ---

async function open(conversation) {
  current = conversation;
  history.replaceState(null, "", `${addressAs(account)}&${new URLSearchParams({ in: conversation })}`);
  heading(conversation);
  sidebar.select(conversation);
  composer.open(conversation);
  try {
    await timeline.open(conversation);
  } catch (failure) {
    notify(failure.message);
  }
  if (conversation !== current) return;
  if (seen()) rooms.markRead(conversation);
  marks();
  // On a touch screen the focus would bring up the keyboard and hide what was just opened.
  if (matchMedia("(hover: hover)").matches) composer.area.focus();
}

function wantedConversation() {
  const wanted = address.get("in") ?? "";
  if (wanted && rooms.title(wanted)) return wanted;
  const home = rooms.people.get(account)?.home;
  // The bot's answers to what this person did, and what it tells them, come before what is said in a channel.
  if (rooms.unread(rooms.botDirect).count || !home || !rooms.title(home)) return rooms.botDirect;
  return home;
}

function heading(conversation) {
  const channel = rooms.isChannel(conversation);
  document.getElementById("room-icon").replaceChildren(channel ? icon("hash") : avatar(rooms.partner(conversation), "tiny"));
  document.getElementById("room-name").textContent = rooms.title(conversation);
  const withBot = conversation === rooms.botDirect;
  document.getElementById("room-note").textContent = channel ? t("everyoneReads") : withBot ? t("onlyYouAndBot") : t("onlyYouTwo");
}

function seen() {
  return document.visibilityState === "visible" && timeline.reading;
}

function marks() {
  sidebar.show();
  const count = rooms.unreadConversations;
  document.title = `${count ? `(${count}) ` : ""}${rooms.title(current)} · ${t("product")}`;
}

async function loaded() {
  for (;;) {
    try {
      return await rooms.load();
    } catch (failure) {
      showBanner({ lost: failure });
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

// --- speaking ---

async function sendWords(conversation, text, mentions, spans) {
  const reply = await send({ as: account, conversation, text, ...(mentions.length ? { mentions } : {}) });
  const withBot = conversation === rooms.botDirect;
  // Own words come back like everyone's. In direct messages with the bot they must stand above its answer.
  if (withBot || !live.open) await live.catchUp().catch(() => {});
  if (conversation === current) timeline.follow();
  takeReply(reply, { conversation, typed: { text, spans } });
}

/**
 * Send a button, a menu entry or a form. `origin` names the answer (`key`) or message whose card it was on, and the button
 * that was `pressed` there.
 */
async function act({ name, values = {} }, origin = {}) {
  const conversation = origin.conversation ?? current;
  const content = { as: account, conversation, action: { name, values }, ...(origin.quoted ? { quoted: origin.quoted } : {}) };
  try {
    takeReply(await sendPatiently(content), { ...origin, conversation });
  } catch (failure) {
    notify(failure.message);
  }
}

function takeReply(reply, origin) {
  if (reply.form) showForm(reply.form, origin);
  else takeCard(reply, origin);
}

/** Show an answer where its reader looks: what was pressed is where the eyes and the focus are. */
function takeCard(reply, origin) {
  const onCard = origin.key || origin.message;
  if (reply.replaces && onCard) {
    const redraw = () => rooms.replaceAnswer(origin.conversation, origin, reply.card ?? null);
    timeline.redraw(origin.key ?? origin.message.id, origin.pressed, redraw);
  } else if (reply.card && !(isRefusal(reply.card) && origin.pressed && refuseAt(origin.pressed, reply.card))) {
    timeline.reveal(rooms.addAnswer(origin.conversation, reply.card, origin.typed ?? null), { focus: !origin.typed });
  }
}

function showForm(form, origin) {
  const people = [...rooms.people.values()].filter((person) => !person.bot);
  openForm(form, people, async (sent, filled) => {
    const action = { name: sent.name, values: { ...sent.carries, ...filled } };
    const quoted = origin.quoted ? { quoted: origin.quoted } : {};
    const reply = await sendPatiently({ as: account, conversation: origin.conversation, action, ...quoted });
    return reply.form ?? (() => takeCard(reply, origin));
  });
}

// --- around the conversation ---

function demoControls() {
  const strip = document.getElementById("demo");
  const buttons = setup.demoControls.map((item) => {
    const button = el("button", { type: "button", class: "button small" }, item.label);
    button.addEventListener("click", async () => {
      button.classList.add("busy");
      await act({ name: item.name });
      button.classList.remove("busy");
    });
    return button;
  });
  strip.hidden = buttons.length === 0;
  strip.append(...buttons);
}

function languages() {
  document.querySelectorAll("[data-locale]").forEach((button) =>
    button.addEventListener("click", async () => {
      const locale = button.dataset.locale;
      document.cookie = `praisebot_locale=${locale}; path=/; max-age=31536000; samesite=strict`;
      // The bot's cards follow the member's own language, so it is told; the page changes even when it cannot be.
      await send({ as: account, conversation: rooms.botDirect, action: { name: "me.locale", values: { locale } } }).catch(() => {});
      location.reload();
    }),
  );
}

function connection(state, failure) {
  showBanner({ lost: state === "open" ? null : (failure ?? new Failure(t("offline"))) });
  if (state === "open") composer.retry();
}

function showBanner(change) {
  Object.assign(troubles, change);
  const banner = document.getElementById("banner");
  const signedOut = [troubles.lost, troubles.stuck].some((failure) => failure?.status === 401);
  const words = troubles.stuck
    ? troubles.stuck.offline ? `${troubles.stuck.message} ${t("keptUnsent")}` : troubles.stuck.message
    : troubles.lost?.message;
  banner.replaceChildren(words ?? "", signedOut ? el("a", { href: "/chat/login" }, t("signIn")) : "");
  banner.hidden = !words;
}
