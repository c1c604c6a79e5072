"""What the local chat keeps: people, conversations, messages. Slack keeps its own; this chat is given a place to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.chat import Card, Mention, Person

BOT = "praisebot"
"""The account the bot speaks as."""


@dataclass(frozen=True, slots=True)
class Colleague(Person):
    """Somebody as colleagues tell them from others: two of one name differ in staff number and team."""

    staff_number: str = ""
    team: str = ""
    role: str = ""
    """``agent``, ``supervisor``, ``manager`` or ``admin``; empty where none is known."""
    other_names: tuple[str, ...] = ()
    """What else they are found by, in small letters."""
    home: str = ""
    """The channel of their team, where the page starts; empty where they have none."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A channel everyone reads, or direct messages between exactly two accounts (`bot.web.conversations.direct_id`)."""

    id: str
    name: str
    kind: str
    """``channel`` or ``direct``."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the page shows it.

    ``id`` is a decimal number that grows with every post; ``revision`` grows with every post and replacement. Both run
    across conversations.
    """

    id: str
    revision: int
    conversation: str
    author: str
    posted: datetime
    text: str = ""
    mentions: tuple[Mention, ...] = ()
    card: Card | None = None
    edited: bool = False


class Store(Protocol):
    """Where the local chat keeps its messages; every call is scoped to one workspace."""

    async def people(self, workspace: str) -> Sequence[Colleague]:
        """Return everyone who can be chosen or mentioned, without the bot."""

    async def channels(self, workspace: str) -> Sequence[Conversation]:
        """Return the channels everyone sees."""

    async def post(
        self,
        workspace: str,
        conversation: str,
        author: str,
        *,
        key: str,
        text: str = "",
        mentions: tuple[Mention, ...] = (),
        card: Card | None = None,
    ) -> Message:
        """Keep a message. The same ``key`` again returns the first message and keeps nothing."""

    async def replace(self, workspace: str, message_id: str, card: Card) -> Message:
        """Put ``card`` in the place of a message's card; raises `KeyError` when there is none."""

    async def message(self, workspace: str, message_id: str) -> Message:
        """Return one message; raises `KeyError` when there is none."""

    async def history(
        self, workspace: str, conversation: str, *, before: int | None = None, limit: int = 50
    ) -> Sequence[Message]:
        """Return the newest ``limit`` messages posted before the message with id ``before``, oldest first."""

    async def since(self, workspace: str, revision: int, *, limit: int = 200) -> Sequence[Message]:
        """Return messages with a larger revision, in order of revision."""

    async def latest(self, workspace: str, conversations: Sequence[str]) -> Sequence[Message]:
        """Return the newest message of each of ``conversations`` that has any, in no particular order."""

    async def head(self, workspace: str) -> int:
        """Return the largest revision there is; 0 before the first message."""
