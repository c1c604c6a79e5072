"""Answers that come after the acknowledgement, each once."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable

from bot.chat import Buttons, Card, Incoming, Reply
from bot.errors import place_of

log = logging.getLogger(__name__)

_REMEMBERED = 5000


class Answering:
    """Does what may take a while after the chat was told that all is well, for at most ``within`` seconds each."""

    def __init__(self, within: float) -> None:
        self._within = within
        self._open: set[asyncio.Task[None]] = set()

    def later(self, answering: Awaitable[object]) -> None:
        """Answer after the acknowledgement."""

        async def answer() -> None:
            try:
                async with asyncio.timeout(self._within):
                    await answering
            except Exception as error:
                log.warning("an answer did not arrive: %s", place_of(error))

        task = asyncio.create_task(answer())
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def settled(self) -> None:
        """Return when every answer has arrived or failed."""
        while self._open:
            await asyncio.gather(*self._open, return_exceptions=True)


class Answered:
    """Remembers the latest events that were answered."""

    def __init__(self) -> None:
        self._events: OrderedDict[str, None] = OrderedDict()

    def first(self, incoming: Incoming, reply: Reply) -> bool:
        """Return whether this event was not answered before: a retry or a second click gets no second answer."""
        if reply.unsaved:
            return True
        keys = [f"{incoming.workspace} {incoming.sender} {event}" for event in (incoming.event_id, *incoming.also)]
        if any(key in self._events for key in keys):
            return False
        self._events |= dict.fromkeys(keys)
        while len(self._events) > _REMEMBERED:
            self._events.popitem(last=False)
        return True


def refuses(card: Card) -> bool:
    """Return whether a card only says what is wrong; a question has buttons."""
    return card.tone == "attention" and not any(isinstance(block, Buttons) for block in card.blocks)
