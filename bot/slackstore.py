"""What the Slack adapter keeps, on the product's own database: tokens, and which organisation a workspace is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from bot.chat import Address, Person
from bot.handlers import accounts, teams
from bot.localchat import PLATFORM as LOCAL
from bot.platforms.slack_store import PLATFORM
from bot.setup import found
from bot.storage import credentials, members, organisations
from bot.storage.database import Database, Tx


class SlackStore:
    """Implements `bot.platforms.slack_store.Store`. ``locale`` and ``timezone`` are those of a new organisation."""

    def __init__(self, database: Database, clock: Callable[[], datetime], locale: str, timezone: str) -> None:
        self._database = database
        self._clock = clock
        self._locale = locale
        self._timezone = timezone

    async def connect(self, workspace: str, name: str, *, only: bool = False) -> None:
        """Let a workspace be an organisation's: of the ``only`` one there is, else a new one; unless it is already."""
        try:
            await self._database.write(self._connect, workspace, name, only)
        except IntegrityError:  # another process, started at the same moment, was first
            await self._database.write(self._connect, workspace, name, only)

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

    async def met(self, workspace: str, person: Person) -> None:
        """Keep a member as Slack describes them now."""

        def write(tx: Tx) -> None:
            organisation = organisations.of_workspace(tx, PLATFORM, workspace)
            if organisation is not None:
                accounts.met_again(tx, organisation, PLATFORM, workspace, person, LOCAL, self._clock())

        await self._database.write(write)

    async def locale(self, to: Address) -> str:
        """Return the language spoken with a person, or in a channel."""

        def find(tx: Tx) -> str | None:
            organisation = organisations.of_workspace(tx, PLATFORM, to.workspace)
            if organisation is None:
                return None
            if to.kind == "channel":
                team = organisations.by_channel(tx, organisation.id, to)
                return team.locale if team else organisation.locale
            member = members.by_accounts(tx, PLATFORM, to.workspace, [to.conversation]).get(to.conversation)
            return member.locale if member else organisation.locale

        return await self._database.read(find) or self._locale

    def _connect(self, tx: Tx, workspace: str, name: str, only: bool) -> None:
        if organisations.of_workspace(tx, PLATFORM, workspace) is not None:
            return
        there = organisations.every(tx)
        if only and len(there) == 1:
            organisation = there[0]
        else:
            taken = {one.name for one in there}
            name = name.strip() or workspace
            free = name if name not in taken else f"{name} ({workspace})"
            organisation = found(tx, free, self._locale, self._timezone, self._clock())
        organisations.connect(tx, organisation.id, PLATFORM, workspace)
