"""What happens to an activity: understood, handed to the product, answered after its commit."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from bot.chat import Buttons, Incoming, Receive, Reply
from bot.i18n import translator
from bot.platforms import presses, teams_incoming
from bot.platforms.answering import Answered, refuses
from bot.platforms.requests import Refused
from bot.platforms.teams_answers import Answers, brief, shown, told, told_in_dialog, words_of
from bot.platforms.teams_cards import summary
from bot.platforms.teams_elements import OURS, REFRESH, Json
from bot.platforms.teams_forms import is_form, origin_of, submission
from bot.platforms.teams_incoming import Activity, Place, place_of
from bot.platforms.teams_people import People
from bot.platforms.teams_store import Route, Store

log = logging.getLogger(__name__)

_REMEMBERED = 5000
_GONE = frozenset({"channelDeleted", "teamDeleted", "teamHardDeleted"})


class Listeners:
    """Handles activities. ``tenant`` is the one the app belongs to, empty for any. ``only``: whether a tenant may
    become part of the only organisation there is.
    """

    def __init__(
        self,
        receive: Receive,
        *,
        answers: Answers,
        people: People,
        store: Store,
        tenant: str = "",
        only: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._receive = receive
        self._answers = answers
        self._people = people
        self._store = store
        self._tenant = tenant
        self._only = only
        self._clock = clock
        self._answered = Answered()
        self._routes: OrderedDict[object, Route] = OrderedDict()
        self._connected: set[str] = set()
        self._invokes: Mapping[str, Callable[[Activity, Place], Awaitable[Json]]] = {
            "adaptiveCard/action": self.press,
            "composeExtension/fetchTask": self.choose,
            "composeExtension/submitAction": self.submit,
        }

    async def handle(self, activity: Activity) -> Json | None:
        """Handle an activity; return the body of the answer to an invoke, None for one that is not understood."""
        kind = activity["type"]
        if kind not in ("message", "invoke", "conversationUpdate", "installationUpdate"):
            return None
        place = place_of(activity)
        if kind in ("conversationUpdate", "installationUpdate"):
            await self._changed(activity, place)
            return None
        if place.known_as.startswith("28:"):  # a bot, perhaps this one
            return None
        await self._seen(place)
        if kind == "invoke":
            handle = self._invokes.get(str(activity.get("name")))
            return await handle(activity, place) if handle is not None else None
        await self.message(activity, place)
        return None

    # --- words -------------------------------------------------------------------------------------------------------

    async def message(self, activity: Activity, place: Place) -> None:
        """Words written to the bot; or a button of a client that knows none but to submit."""
        value = activity.get("value")
        accounts = await self._people.accounts(place, teams_incoming.named(activity))
        if isinstance(value, Mapping) and OURS in value:
            incoming = teams_incoming.action(activity, place, self._events(activity, place), accounts)
        else:
            incoming = teams_incoming.message(activity, place, accounts)
        reply = await self._receive(incoming)
        if not self._answered.first(incoming, reply):
            return
        if reply.form is not None:
            self._answers.later(self._answers.ask(reply.form, place))
        elif reply.card is not None:
            self._answers.later(self._answers.say(reply.card, place))

    # --- presses -----------------------------------------------------------------------------------------------------

    async def press(self, activity: Activity, place: Place) -> Json:
        """A button of a card or a form in one, or a card that is seen again."""
        data = teams_incoming.data_of(activity)
        if submission(data).name == REFRESH:
            return await self._refreshed(data, place)
        accounts = await self._people.accounts(place, teams_incoming.named(activity))
        incoming = teams_incoming.action(activity, place, self._events(activity, place), accounts)
        reply = await self._receive(incoming)
        origin = origin_of(data)
        key, form = origin.get("key", ""), is_form(data)
        message = str(activity.get("replyToId") or "")
        if reply.form is not None:
            return await self._form(reply, incoming, place, origin, in_place=form or bool(key))
        if reply.card is None:
            return told("")
        if form and (reply.unsaved or refuses(reply.card)):
            return told(words_of(reply.card))  # what was filled in stays
        if form or reply.replaces:
            made = await self._answers.card(reply.card, place, key)
            if place.direct and not key and message and self._answered.first(incoming, reply):
                self._answers.later(self._answers.put(made, summary(reply.card), place, message))
            return shown(made)
        if brief(reply.card):
            return told(words_of(reply.card))
        if self._answered.first(incoming, reply):
            self._answers.later(self._answers.say(reply.card, place))
        return told(summary(reply.card))

    async def _form(
        self, reply: Reply, incoming: Incoming, place: Place, origin: Mapping[str, str], *, in_place: bool
    ) -> Json:
        assert reply.form is not None
        if in_place:
            return shown(await self._answers.form(reply.form, place, origin))
        if self._answered.first(incoming, reply):
            self._answers.later(self._answers.ask(reply.form, place))
        return told(translator(await self._store.locale(place.person))("There is a form to fill in."))

    async def _refreshed(self, data: Mapping[str, Any], place: Place) -> Json:
        key = origin_of(data).get("key", "")
        card = await self._store.view(key, place.account, place.workspace) if key else None
        if card is not None:
            return shown(await self._answers.card(card, place, key))
        return shown(await self._answers.cancelled(place)) if is_form(data) else told("")

    # --- message extensions ------------------------------------------------------------------------------------------

    async def choose(self, activity: Activity, place: Place) -> Json:
        """An item of a message's menu, or of the compose box."""
        accounts = await self._people.accounts(place, teams_incoming.named(activity))
        incoming = teams_incoming.chosen(activity, place, accounts)
        return await self._in_dialog(incoming, place)

    async def submit(self, activity: Activity, place: Place) -> Json:
        """A form in the dialog of such an item."""
        accounts = await self._people.accounts(place, teams_incoming.named(activity))
        incoming = teams_incoming.action(activity, place, self._events(activity, place), accounts)
        return await self._in_dialog(incoming, place)

    async def _in_dialog(self, incoming: Incoming, place: Place) -> Json:
        reply = await self._receive(incoming)
        if reply.form is not None:
            return await self._answers.dialog(reply.form, place)
        if reply.card is None:
            return {}
        if reply.unsaved:
            raise Refused(503, "nothing was saved")  # the dialog stays open, with what was filled in
        if any(isinstance(block, Buttons) for block in reply.card.blocks) and self._answered.first(incoming, reply):
            self._answers.later(self._answers.say(reply.card, place))  # a dialog's words have no buttons
        return told_in_dialog(reply.card)

    # --- installed, moved, removed -----------------------------------------------------------------------------------

    async def _changed(self, activity: Activity, place: Place) -> None:
        data = activity.get("channelData")
        event = data.get("eventType") if isinstance(data, Mapping) else None
        if event in _GONE or activity.get("action") in ("remove", "remove-upgrade") or _left(activity, place.bot):
            channel = data.get("channel") if isinstance(data, Mapping) else None
            gone = channel.get("id") if event == "channelDeleted" and isinstance(channel, Mapping) else None
            to = place.where if gone is None else teams_incoming.address(place.workspace, str(gone), "", False)
            self._routes.pop(to, None)
            await self._store.forget(to)
            return
        await self._seen(place)

    async def _seen(self, place: Place) -> None:
        """Let the tenant be an organisation's where it may, and keep how the conversation is reached."""
        if place.workspace not in self._connected and (not self._tenant or place.workspace == self._tenant):
            await self._store.connect(place.workspace, "", only=self._only)
            self._connected.add(place.workspace)
        if place.workspace not in self._connected:
            return
        self._people.seen(place)
        route = place.route
        if self._routes.get(route.to) != route:
            await self._store.keep(route)
            self._routes[route.to] = route
            if len(self._routes) > _REMEMBERED:
                self._routes.popitem(last=False)

    # --- pieces ------------------------------------------------------------------------------------------------------

    def _events(self, activity: Activity, place: Place) -> tuple[str, ...]:
        """Return the events of a press: two clicks at once share one, and so does what is sent again."""
        what = teams_incoming.pressed(activity, place)
        return (what,) if what.startswith("form:") else presses.events(what, self._moment(activity))

    def _moment(self, activity: Activity) -> float:
        """Return when the service says that it happened, the same for every retry."""
        try:
            return datetime.fromisoformat(str(activity.get("timestamp"))).timestamp()
        except ValueError:
            return self._clock()


def _left(activity: Activity, bot: str) -> bool:
    """Return whether the bot was taken from the conversation."""
    removed = activity.get("membersRemoved")
    return isinstance(removed, list) and any(isinstance(one, Mapping) and one.get("id") == bot for one in removed)
