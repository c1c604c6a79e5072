"""What the Slack adapter keeps, on the product's own database: tokens, and which organisation a workspace is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.chat import Person
from bot.handlers import teams
from bot.platforms.slack_store import PLATFORM
from bot.storage import credentials, organisations
from bot.storage.database import Database, Tx
from bot.workspacestore import WorkspaceStore


class SlackStore(WorkspaceStore):
    """Implements `bot.platforms.slack_store.Store`. ``locale`` and ``timezone`` are those of a new organisation."""

    def __init__(self, database: Database, clock: Callable[[], datetime], locale: str, timezone: str) -> None:
        super().__init__(PLATFORM, database, clock, locale, timezone)

    async def keep(self, workspace: str, name: str, sealed: str) -> None:
        """Keep what was given at an installation, and `connect` the workspace in the same transaction."""

        def write(tx: Tx) -> None:
            self._connect(tx, workspace, name, False)
            credentials.keep(tx, PLATFORM, workspace, sealed, self._clock())

        await self._database.write(write)

    async def welcome(self, workspace: str, person: Person) -> None:
        """Tell whoever installed the app how to begin, as its administrator where there is none yet."""

        def write(tx: Tx) -> None:
            organisation = organisations.of_workspace(tx, PLATFORM, workspace)
            if organisation is not None:
                teams.welcome(tx, organisation, PLATFORM, workspace, person, self._clock())

        await self._database.write(write)

    async def sealed(self, workspace: str) -> str | None:
        """Return what `keep` was given last."""
        return await self._database.read(credentials.sealed, PLATFORM, workspace)

    async def forget(self, workspace: str) -> None:
        """Forget what was given; the organisation and its praise stay."""
        await self._database.write(credentials.forget, PLATFORM, workspace)
