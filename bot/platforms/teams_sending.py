"""Messages of the bot: posted and replaced, proactively, by the stored way to reach a conversation."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from bot.chat import Address, Card, Undeliverable
from bot.platforms.teams_cards import Refresh, message_card, summary
from bot.platforms.teams_charts import Pictures
from bot.platforms.teams_connector import Connector, NotAccepted
from bot.platforms.teams_elements import Json, attachment
from bot.platforms.teams_store import Route, Store

_REMEMBERED = 1000
_NOT_THERE = frozenset({"ActivityNotFoundInConversation", "MessageNotFound", "ActivityNotFound"})


class Sending:
    """Sends cards. What is throttled or fails for now is sent again by the outbox."""

    def __init__(self, connector: Connector, store: Store, pictures: Pictures) -> None:
        self._connector = connector
        self._store = store
        self._pictures = pictures
        self._opening: dict[Address, asyncio.Lock] = {}
        self._posted: OrderedDict[str, str] = OrderedDict()

    async def send(self, to: Address, card: Card, *, key: str, replacing: str | None, again: bool = False) -> str:
        """Post or replace a message; see `bot.chat.Platform`. Raises `Undeliverable` and `Throttled`.

        Teams lets a bot neither look for its own messages nor name them. What this process posted it remembers; what
        another one posted just before it died is posted again.
        """
        if again and (posted := self._posted.get(key)) is not None:
            return posted
        readers = await self._store.readers(to, key)
        refresh = Refresh(key, readers.viewers) if readers.viewers else None
        made = message_card(card, readers.locale, await self._pictures.of(card), key=key, refresh=refresh)
        route = readers.route if readers.route is not None and readers.route.conversation else None
        activity = activity_of(made, summary(card), alert=to.kind == "direct")
        message = self._posted[key] = await self.deliver(to, activity, replacing, route)
        if len(self._posted) > _REMEMBERED:
            self._posted.popitem(last=False)
        return message

    async def deliver(
        self, to: Address, activity: Json, replacing: str | None = None, route: Route | None = None
    ) -> str:
        """Post ``activity``, or put it in the place of a message; return its id. ``route`` says how ``to`` is reached,
        where that is known. Raises as `send` does.
        """
        try:
            route = route or await self.route(to)
            if replacing is None:
                posted = await self._connector.post(route.service_url, route.conversation, activity)
                return message_id(route.conversation, posted)
            conversation, _, message = replacing.rpartition("/")
            await self._replace(route.service_url, conversation or route.conversation, message, activity)
            return replacing
        except NotAccepted as refused:
            raise refused.meaning(f"{to.kind} {to.conversation}") from refused

    async def _replace(self, service_url: str, conversation: str, message: str, activity: Json) -> None:
        try:
            await self._connector.update(service_url, conversation, message, activity)
        except NotAccepted as refused:  # one that was deleted is not posted anew
            if refused.code not in _NOT_THERE:
                raise

    async def route(self, to: Address) -> Route:
        """Return how ``to`` is reached. A chat with a person is begun where there was none yet."""
        route = await self._store.route(to)
        if route is not None and route.conversation:
            return route
        others = await self._store.routes(to.workspace)
        if not others:
            raise Undeliverable(f"tenant {to.workspace}: the app is not installed", "revoked")
        if to.kind == "channel":
            return Route(to, others[0].service_url, to.conversation)
        async with self._opening.setdefault(to, asyncio.Lock()):
            known = await self._store.route(to)
            if known is not None and known.conversation:
                return known
            url, known_as = others[0].service_url, known.known_as if known else ""
            opened = await self._connector.open(url, to.workspace, known_as or to.conversation)
            begun = Route(to, url, opened, known_as)
            await self._store.keep(begun)
        self._opening.pop(to, None)
        return begun


def activity_of(card: Json, said: str, *, alert: bool = False) -> Json:
    """Return a message with a card; ``alert`` puts it into the reader's activity feed."""
    made: Json = {"type": "message", "summary": said, "attachments": [attachment(card)]}
    return made | ({"channelData": {"notification": {"alert": True}}} if alert else {})


def message_id(conversation: str, message: str) -> str:
    """Return the id of a message: the service's is unique only in its conversation."""
    return f"{conversation}/{message}"
