"""What the Slack adapter needs kept. The product implements it on its own database."""

from __future__ import annotations

from typing import Protocol

from bot.chat import Address, Person

PLATFORM = "slack"


class Store(Protocol):
    """A workspace is named by its id, ``T…``; one where the app is installed for all of an Enterprise Grid, ``E…``."""

    async def connect(self, workspace: str, name: str, *, only: bool = False) -> None:
        """Let a workspace be an organisation's: of the ``only`` one there is, else a new one; unless it is already."""

    async def keep(self, workspace: str, name: str, sealed: str) -> None:
        """Keep what was given at an installation, and `connect` the workspace in the same transaction."""

    async def welcome(self, workspace: str, person: Person) -> None:
        """Tell whoever installed the app how to begin, as its administrator where there is none yet."""

    async def sealed(self, workspace: str) -> str | None:
        """Return what `keep` was given last."""

    async def forget(self, workspace: str) -> None:
        """Forget what was given; the organisation and its praise stay."""

    async def met(self, workspace: str, person: Person) -> None:
        """Keep a member as Slack describes them now."""

    async def locale(self, to: Address) -> str:
        """Return the language spoken with a person, or in a channel."""
