"""What the Teams adapter needs kept. The product implements it on its own database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.chat import Address, Card, Person

PLATFORM = "teams"


@dataclass(frozen=True, slots=True)
class Route:
    """How a conversation is reached.

    ``conversation`` is what the service calls it: for a channel or a group chat the same as in its address, for a
    person the id of their chat with the bot. ``known_as`` is the person's id for this bot, ``29:…``; an address has
    the object id of their account in the directory, which every app and other Microsoft services know too.
    """

    to: Address
    service_url: str
    conversation: str
    known_as: str = ""


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads a message: in which language, how they are reached, and who of them sees it drawn for themselves, as
    the service knows them: those who decide.
    """

    locale: str
    route: Route | None
    viewers: tuple[str, ...] = ()


class Store(Protocol):
    """A workspace is a tenant, named by its id; an account by its object id in the directory."""

    async def connect(self, workspace: str, name: str, *, only: bool = False) -> None:
        """Let a workspace be an organisation's: of the ``only`` one there is, else a new one; unless it is already."""

    async def met(self, workspace: str, person: Person) -> None:
        """Keep a member as Teams describes them now."""

    async def locale(self, to: Address) -> str:
        """Return the language spoken with a person, or in a channel."""

    async def keep(self, route: Route) -> None:
        """Keep how a conversation is reached, in the place of what was known of it."""

    async def forget(self, to: Address) -> None:
        """Forget how a conversation is reached: it is gone, or the app was taken from it."""

    async def route(self, to: Address) -> Route | None:
        """Return how a conversation is reached."""

    async def routes(self, workspace: str) -> Sequence[Route]:
        """Return how some conversations of a workspace are reached, those kept last first."""

    async def account(self, workspace: str, known_as: str) -> str | None:
        """Return the account of whom the service calls ``known_as``."""

    async def names(self, workspace: str, account: str) -> Mapping[str, str]:
        """Return the names of accounts that ``account`` may want to choose from: their own team first."""

    async def readers(self, to: Address, key: str) -> Readers:
        """Return who reads the message ``key`` at ``to``."""

    async def view(self, key: str, account: str, workspace: str) -> Card | None:
        """Return the message ``key`` as it stands now for an account; None when there is nothing of its own to see."""
