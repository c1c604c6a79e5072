"""What adapters of chats that are not ours keep alike, on the product's own database: whose a workspace is, and who."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from bot.chat import Address, Person
from bot.handlers import accounts
from bot.localchat import PLATFORM as LOCAL
from bot.setup import found
from bot.storage import identities, organisations
from bot.storage.database import Database, Tx


class WorkspaceStore:
    """What is kept of the workspaces of ``platform``. ``locale`` and ``timezone`` are those of a new organisation."""

    def __init__(
        self, platform: str, database: Database, clock: Callable[[], datetime], locale: str, timezone: str
    ) -> None:
        self._platform = platform
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

    async def met(self, workspace: str, person: Person) -> None:
        """Keep a member as their chat describes them now."""

        def write(tx: Tx) -> None:
            organisation = organisations.of_workspace(tx, self._platform, workspace)
            if organisation is not None:
                accounts.met_again(tx, organisation, self._platform, workspace, person, LOCAL, self._clock())

        await self._database.write(write)

    async def locale(self, to: Address) -> str:
        """Return the language spoken with a person, or in a channel."""
        return await self._database.read(self._spoken, to)

    def _spoken(self, tx: Tx, to: Address) -> str:
        organisation = organisations.of_workspace(tx, self._platform, to.workspace)
        if organisation is None:
            return self._locale
        if to.kind == "channel":
            team = organisations.by_channel(tx, organisation.id, to)
            return team.locale if team else organisation.locale
        member = identities.behind(tx, self._platform, to.workspace, [to.conversation]).get(to.conversation)
        return member.locale if member else organisation.locale

    def _connect(self, tx: Tx, workspace: str, name: str, only: bool) -> None:
        if organisations.of_workspace(tx, self._platform, workspace) is not None:
            return
        there = organisations.every(tx)
        if only and len(there) == 1:
            organisation = there[0]
        else:
            taken = {one.name for one in there}
            name = name.strip() or workspace
            free = name if name not in taken else f"{name} ({workspace})"
            organisation = found(tx, free, self._locale, self._timezone, self._clock())
        organisations.connect(tx, organisation.id, self._platform, workspace)
