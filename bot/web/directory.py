"""Who and what channels exist, as the local chat last read them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from bot.chat import Person
from bot.web.store import BOT, Colleague, Conversation, Store

BOT_PERSON = Person(id=BOT, name="Praisebot", bot=True)


class Directory:
    """People and channels of one workspace, read again when old or when something asked for is missing.

    Every request names an account and a conversation; reading them from the database each time would cost as much as
    the request itself.
    """

    def __init__(
        self, store: Store, workspace: str, *, fresh: float = 5.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._workspace = workspace
        self._fresh = fresh  # seconds
        self._clock = clock
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()
        self._people: dict[str, Colleague] = {}
        self._channels: dict[str, Conversation] = {}

    async def person(self, account: str) -> Person | None:
        """Return the person with this account, the bot included, or None."""
        if account == BOT:
            return BOT_PERSON
        await self._refresh(older_than=self._fresh)
        if account not in self._people:
            await self._refresh(older_than=0.2)  # somebody added a moment ago, without a read per bad request
        return self._people.get(account)

    async def channel(self, conversation: str) -> Conversation | None:
        """Return the channel, or None."""
        await self._refresh(older_than=self._fresh)
        if conversation not in self._channels:
            await self._refresh(older_than=0.2)
        return self._channels.get(conversation)

    async def people(self) -> list[Colleague]:
        """Return everyone but the bot, read just now."""
        await self._refresh(older_than=0.2)
        return list(self._people.values())

    async def channels(self) -> list[Conversation]:
        """Return all channels, read just now."""
        await self._refresh(older_than=0.2)
        return list(self._channels.values())

    async def _refresh(self, older_than: float) -> None:
        if self._clock() - self._read_at < older_than:
            return
        async with self._reading:
            if self._clock() - self._read_at < older_than:
                return  # another request has read it while this one waited
            people = await self._store.people(self._workspace)
            channels = await self._store.channels(self._workspace)
            self._people = {person.id: person for person in people}
            self._channels = {channel.id: channel for channel in channels}
            self._read_at = self._clock()
