"""Where an answer is seen: in the place of the card that was pressed, in a dialog, or by its reader only."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace

from bot.chat import Address, Buttons, Card, Form, Text, Throttled, Undeliverable
from bot.i18n import translator
from bot.plain import as_text
from bot.platforms.answering import Answering
from bot.platforms.teams_cards import message_card, summary
from bot.platforms.teams_charts import Pictures
from bot.platforms.teams_elements import CONTENT_TYPE, Json, adaptive, attachment, lines
from bot.platforms.teams_forms import form_card, title_of
from bot.platforms.teams_incoming import Place
from bot.platforms.teams_sending import Sending, activity_of, message_id
from bot.platforms.teams_store import Route, Store
from bot.platforms.teams_text import scrub, shorten

log = logging.getLogger(__name__)

_ANSWERED_WITHIN = 30.0  # seconds
_TRIES = 3
_LONGEST_WAIT = 5.0
_TOLD = 1000
_TOAST = 300


class Answers(Answering):
    """Shows replies. What may take a while is done after Teams was told that all is well: `later`."""

    def __init__(self, sending: Sending, store: Store, pictures: Pictures) -> None:
        super().__init__(_ANSWERED_WITHIN)
        self._sending = sending
        self._store = store
        self._pictures = pictures

    # --- messages ----------------------------------------------------------------------------------------------------

    async def say(self, card: Card, place: Place) -> None:
        """Show a card to its reader only: in their chat with the bot."""
        locale = await self._store.locale(place.person)
        made = message_card(card, locale, await self._pictures.of(card))
        await self._privately(activity_of(made, summary(card)), place)

    async def ask(self, form: Form, place: Place) -> None:
        """Show a form in its reader's chat with the bot; what is sent belongs to where it was asked for."""
        origin = {} if place.direct else {"channel": place.where.conversation}
        made = await self.form(form, place, origin)
        await self._privately(activity_of(made, title_of(form)), place)

    async def _privately(self, activity: Json, place: Place) -> None:
        try:
            await self._deliver(place.person, activity, route=place.route if place.direct else None)
        except Undeliverable as refused:
            if place.direct:
                raise
            log.info("no message to the person: %s", refused)
            _ = translator(await self._store.locale(place.where))
            line = _("I can’t write to you yet: add Praisebot to your own apps in Teams, then ask me again.")
            await self._deliver(place.where, activity_of(adaptive(lines(line), line), line))

    async def _deliver(
        self, to: Address, activity: Json, replacing: str | None = None, route: Route | None = None
    ) -> None:
        for tried in range(1, _TRIES + 1):
            try:
                await self._sending.deliver(to, activity, replacing, route)
            except Throttled as asked:
                if tried == _TRIES or asked.seconds > _LONGEST_WAIT:
                    raise
                await asyncio.sleep(asked.seconds)
            else:
                return

    async def put(self, made: Json, said: str, place: Place, message: str) -> None:
        """Put a card in the place of a message for good: the answer to a press is only shown to who pressed."""
        replacing = message_id(place.conversation, message)
        await self._deliver(place.where, activity_of(made, said), replacing)

    # --- answers to presses ------------------------------------------------------------------------------------------

    async def card(self, card: Card, place: Place, key: str = "") -> Json:
        """Return the Adaptive Card of ``card`` for its reader, as it stands in the place of message ``key``."""
        locale = await self._store.locale(place.person)
        return message_card(card, locale, await self._pictures.of(card), key=key)

    async def form(self, form: Form, place: Place, origin: Mapping[str, str]) -> Json:
        """Return the card of a form for its reader."""
        names = await self._names(form, place)
        return form_card(form, await self._store.locale(place.person), names=names, origin=origin)

    async def _names(self, form: Form, place: Place) -> Mapping[str, str]:
        if not any(field.kind == "people" for field in form.fields):
            return {}
        return await self._store.names(place.workspace, place.account)

    async def dialog(self, form: Form, place: Place) -> Json:
        """Return the answer to a message extension that opens a form, or shows it again."""
        locale = await self._store.locale(place.person)
        names = await self._names(form, place)
        card = form_card(form, locale, names=names, shown="dialog")
        size = {"height": "medium", "width": "medium"}
        return {"task": {"type": "continue", "value": {"title": title_of(form), **size, "card": attachment(card)}}}

    async def cancelled(self, place: Place) -> Json:
        """Return what stands where a form was that is not filled in."""
        line = translator(await self._store.locale(place.person))("Nothing was sent.")
        return adaptive(lines(line, quiet=True), line)


def shown(card: Json) -> Json:
    """Return the answer to a press that puts a card in the place of the one pressed."""
    return {"statusCode": 200, "type": CONTENT_TYPE, "value": card}


def told(text: str) -> Json:
    """Return the answer to a press that says something and leaves the card as it is."""
    value = shorten(scrub(text).strip(), _TOLD)
    return {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": value}


def told_in_dialog(card: Card) -> Json:
    """Return the answer to a message extension that closes its dialog with a few words."""
    return {"task": {"type": "message", "value": shorten(scrub(words_of(card)), _TOLD)}}


def words_of(card: Card) -> str:
    """Return what a card says, without its buttons."""
    return as_text(replace(card, blocks=tuple(block for block in card.blocks if not isinstance(block, Buttons))))


def brief(card: Card) -> bool:
    """Return whether a card is a few words that can be said without one."""
    return all(isinstance(block, Text) for block in card.blocks) and len(words_of(card)) <= _TOAST
