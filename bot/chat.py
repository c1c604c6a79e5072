"""The vocabulary of every chat: who speaks, where, what they said or pressed, and what is shown to them.

Handlers and platforms meet here and nowhere else. Cards and forms are data: a platform renders what it can and leaves
out what it lacks. All text in them is plain text; a renderer escapes it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:  # the vocabulary itself needs no framework
    from aiohttp import web

# --- who and where ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """An account as its platform shows it. ``id`` is the platform's own; the name is never an identity."""

    id: str
    name: str
    locale: str = "zh_CN"
    timezone: str | None = None
    email: str | None = None
    bot: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True)
class Address:
    """A conversation messages can be sent to: a channel, or a person's direct messages with the bot."""

    platform: str
    workspace: str
    conversation: str
    kind: Literal["channel", "direct"]


# --- what comes in ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mention:
    """A mention picked in the chat: ``text[start:end]`` of the incoming text stands for the account ``user_id``."""

    start: int
    end: int
    user_id: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """The message whose menu was used."""

    text: str
    author: str | None
    """The account that wrote it, as the platform names it."""
    link: str | None = None


Value = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Submission:
    """A button pressed or a form sent: the action's name, what it carried and what was filled in."""

    name: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """Return the single value under ``key``, empty when absent."""
        value = self.values.get(key, "")
        return value if isinstance(value, str) else (value[0] if value else "")

    def several(self, key: str) -> tuple[str, ...]:
        """Return all values under ``key``."""
        value = self.values.get(key, ())
        return value if isinstance(value, tuple) else ((value,) if value else ())


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing a person did: words typed at the bot, or an action. ``event_id`` is the same in every retry of it.

    ``also`` are more ids it goes by, where a chat gives none: of several that share one, only the first counts.
    """

    event_id: str
    platform: str
    workspace: str
    sender: str
    where: Address
    text: str = ""
    mentions: tuple[Mention, ...] = ()
    action: Submission | None = None
    quoted: Quoted | None = None
    also: tuple[str, ...] = ()


# --- what is shown ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. ``quiet`` is the small grey print under it, ``strong`` a line that must be seen."""

    text: str
    style: Literal["normal", "quiet", "strong"] = "normal"


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's words, with the pieces that decided the tag, each literally part of ``text``."""

    text: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Label and value, side by side."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A small table; ``own`` is the index of the row that is the reader's."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    own: int | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Horizontal bars, largest first. Drawn by the platform that needs a picture."""

    title: str
    labels: tuple[str, ...]
    values: tuple[int, ...]
    unit: str


@dataclass(frozen=True, slots=True)
class Button:
    """Pressing it sends a `Submission` of ``name`` and ``values``. ``asks`` is put to the person first."""

    name: str
    label: str
    values: Mapping[str, str] = field(default_factory=dict)
    style: Literal["normal", "primary", "danger"] = "normal"
    asks: str | None = None


@dataclass(frozen=True, slots=True)
class Buttons:
    """A row of buttons."""

    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Divider:
    """A line between two parts."""


Block = Text | Quote | Facts | Table | Chart | Buttons | Divider


@dataclass(frozen=True, slots=True)
class Card:
    """A message of the bot. ``summary`` is what a notification or a screen reader says first."""

    summary: str
    blocks: tuple[Block, ...]
    title: str | None = None
    tone: Literal["neutral", "good", "attention"] = "neutral"


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a field."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """A form field. ``people`` fields take account ids, several when ``several``."""

    name: str
    label: str
    kind: Literal["text", "people", "choice", "toggle"]
    required: bool = True
    several: bool = False
    choices: tuple[Choice, ...] = ()
    value: Value = ""
    hint: str = ""
    limit: int = 3000


@dataclass(frozen=True, slots=True)
class Form:
    """A form; sending it makes a `Submission` of ``name`` with ``carries`` and the fields' values. ``about`` are the
    words it is about, shown above the fields.
    """

    name: str
    title: str
    submit: str
    fields: tuple[Field, ...]
    carries: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    about: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to an incoming, seen by its sender only. Whatever others see goes through the outbox."""

    card: Card | None = None
    form: Form | None = None
    below: tuple[Card, ...] = ()
    """More cards under it, of what fills a page of its own."""
    replaces: bool = False
    """Whether the card takes the place of the one whose button was pressed."""
    unsaved: bool = False
    """Nothing was kept: what was typed or filled in stays with the person, and the same event may be sent again."""


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry in the menu of any message; choosing it sends a `Submission` of ``name`` and the message as `Quoted`."""

    name: str
    labels: Mapping[str, str]
    """The label per locale."""


# --- the seam --------------------------------------------------------------------------------------------------------

Receive = Callable[[Incoming], Awaitable[Reply]]


Why = Literal["gone", "not_member", "archived", "revoked", "forbidden"]
"""What an administrator has to mend: the channel or account is gone; the bot is not in the channel; the channel is
archived; the workspace took the app away; the app may not post there.
"""


class Undeliverable(Exception):
    """The message can never arrive (channel gone, account closed); trying again is no use."""

    def __init__(self, what: str, why: Why = "gone") -> None:
        super().__init__(what)
        self.why = why


class Throttled(Exception):
    """The platform asks to wait ``seconds`` before the next message to this address."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"throttled for {seconds:g} s")
        self.seconds = seconds


class Platform(Protocol):
    """A chat. Adding one means implementing these four and one line in ``app.py``."""

    name: str
    pace: float
    """Seconds to leave between two messages to one address."""

    def bind(self, app: web.Application, receive: Receive) -> None:
        """Add the platform's routes to ``app``; every request is authenticated before it is parsed further."""

    async def send(
        self, to: Address, card: Card, *, key: str, replacing: str | None = None, again: bool = False
    ) -> str:
        """Post ``card`` or put it in the place of message ``replacing``; return the message's id.

        ``key`` is unique per message: sending the same key again must find the first and not post twice, as far as the
        platform can tell. ``again`` says that it may have been posted before: its sending was begun and not recorded
        as done. Raises `Undeliverable`, `Throttled`, or anything else for "try again later".
        """

    async def profile(self, workspace: str, user_id: str) -> Person:
        """Return the account, or raise `KeyError` when the platform knows none."""
