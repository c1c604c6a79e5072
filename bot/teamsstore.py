"""What the Teams adapter keeps, on the product's own database: how conversations are reached."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.chat import Address, Card
from bot.handlers import posting
from bot.platforms.teams_store import PLATFORM, Readers, Route
from bot.storage import conversations, identities
from bot.storage.conversations import Reached
from bot.storage.database import Database, Tx
from bot.workspacestore import WorkspaceStore

_ROUTES = 20
_NAMES = 100


class TeamsStore(WorkspaceStore):
    """Implements `bot.platforms.teams_store.Store`. ``locale`` and ``timezone`` are those of a new organisation."""

    def __init__(self, database: Database, clock: Callable[[], datetime], locale: str, timezone: str) -> None:
        super().__init__(PLATFORM, database, clock, locale, timezone)

    async def keep(self, route: Route) -> None:
        """Keep how a conversation is reached, in the place of what was known of it."""
        reached = (route.to, route.service_url, route.conversation, route.known_as)
        await self._database.write(lambda tx: conversations.keep(tx, reached, self._clock()))

    async def forget(self, to: Address) -> None:
        """Forget how a conversation is reached: it is gone, or the app was taken from it."""
        await self._database.write(conversations.forget, to)

    async def route(self, to: Address) -> Route | None:
        """Return how a conversation is reached."""
        found = await self._database.read(conversations.reached, to)
        return None if found is None else _route(found)

    async def routes(self, workspace: str) -> Sequence[Route]:
        """Return how some conversations of a workspace are reached, shared ones and those kept last first."""
        found = await self._database.read(conversations.latest, PLATFORM, workspace, _ROUTES)
        return tuple(_route(one) for one in found)

    async def account(self, workspace: str, known_as: str) -> str | None:
        """Return the account of whom the service calls ``known_as``."""
        return await self._database.read(conversations.account, PLATFORM, workspace, known_as)

    async def names(self, workspace: str, account: str) -> Mapping[str, str]:
        """Return the names of accounts that ``account`` may want to choose from: their own team first."""

        def find(tx: Tx) -> Mapping[str, str]:
            found = identities.in_workspace(tx, PLATFORM, workspace)
            own = found.get(account)
            team = own.team_id if own is not None else None
            those = [(user, one) for user, one in found.items() if one.active and not one.bot]
            those.sort(key=lambda item: item[1].team_id != team)
            return {user: one.name for user, one in those[:_NAMES]}

        return await self._database.read(find)

    async def readers(self, to: Address, key: str) -> Readers:
        """Return who reads the message ``key`` at ``to``."""

        def find(tx: Tx) -> Readers:
            deciding = (conversations.reached(tx, one) for one in posting.readers(tx, key, PLATFORM))
            viewers = tuple(found[3] for found in deciding if found is not None and found[3])
            reached = conversations.reached(tx, to)
            return Readers(self._spoken(tx, to), None if reached is None else _route(reached), viewers)

        return await self._database.read(find)

    async def view(self, key: str, account: str, workspace: str) -> Card | None:
        """Return the message ``key`` as it stands now for an account; None when there is nothing of its own to see."""

        def find(tx: Tx) -> Card | None:
            reader = identities.behind(tx, PLATFORM, workspace, [account]).get(account)
            return posting.for_reader(tx, key, reader) if reader is not None and reader.active else None

        return await self._database.read(find)


def _route(reached: Reached) -> Route:
    return Route(*reached)
