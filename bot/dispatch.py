"""From what came in to what is answered: finds the handler, gives it a transaction, turns errors into replies.

Nothing else maps errors to replies, and nothing else commits for a handler. A handler's `Context.write` records the
event in the same transaction as its effects, so a retry or a replay finds it done and gets the same answer.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Concatenate, Literal, ParamSpec, Protocol, TypeVar

from sqlalchemy.exc import IntegrityError

from bot.chat import Card, Incoming, Mention, Person, Platform, Quoted, Reply, Submission, Text
from bot.classifier.predict import Tagger
from bot.errors import (
    NotUnderstood,
    NotUnderstoodSuggest,
    PraisebotError,
    Refusal,
    Stranger,
    Unavailable,
    WorkspaceUnknown,
    place_of,
)
from bot.i18n import describe
from bot.praise import clean, name_key, suggestion
from bot.storage import events, identities, organisations
from bot.storage.database import Database, Tx
from bot.storage.members import Member
from bot.storage.organisations import Organisation
from bot.wire import reply_from_json, reply_to_json

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")
Clock = Callable[[], datetime]

_MEETINGS = 3  # the sender, then those they name, and once more when somebody else was enrolling one of them
TEXT_LIMIT = 20_000  # characters of one message that are looked at; what is longer is refused by its handler


@dataclass(frozen=True, slots=True)
class Call:
    """What every function inside a transaction knows: who does what, where, when."""

    incoming: Incoming
    organisation: Organisation
    actor: Member
    now: datetime
    strangers: frozenset[str] = frozenset()
    """Accounts named that not even their platform knows."""

    @property
    def action(self) -> Submission:
        """The button pressed or form sent."""
        return self.incoming.action or Submission("")


class UnknownAccounts(Exception):
    """Accounts of the platform that no member has yet; dispatch asks the platform who they are and runs again."""

    def __init__(self, accounts: Sequence[str]) -> None:
        super().__init__(", ".join(accounts))
        self.accounts = tuple(accounts)


class Taggers(Protocol):
    """Knows whose comments are tagged by which model."""

    async def at(self, platform: str, workspace: str) -> Tagger:
        """Return the tagger of the organisation that a workspace belongs to."""
        ...


class Context:
    """What a handler may use: the words, the classifier, and the database through `read` and `write`."""

    def __init__(
        self, incoming: Incoming, database: Database, taggers: Taggers, clock: Clock, profiles: Mapping[str, Platform]
    ) -> None:
        self.incoming = incoming
        self.clock = clock
        self._taggers = taggers
        self._database = database
        self._profiles = profiles
        self._strangers: set[str] = set()

    @property
    def action(self) -> Submission:
        """The button pressed or form sent."""
        return self.incoming.action or Submission("")

    async def tagger(self) -> Tagger:
        """Return the model that tags for the sender's organisation."""
        return await self._taggers.at(self.incoming.platform, self.incoming.workspace)

    async def read(self, fn: Callable[Concatenate[Tx, Call, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``fn(tx, call, …)`` on a snapshot."""
        return await self._met(lambda: self._database.read(self._within, fn, args, kwargs))

    async def write(self, fn: Callable[Concatenate[Tx, Call, P], Reply], *args: P.args, **kwargs: P.kwargs) -> Reply:
        """Run ``fn(tx, call, …)`` in the transaction that also records the event; return its reply after the commit.

        An event that is already recorded is not run again: its reply is returned. One write per incoming.
        """
        try:
            return await self._met(lambda: self._database.write(self._once, fn, args, kwargs))
        except (IntegrityError, Refusal) as failure:
            # Of two deliveries of one event at the same instant the other may have committed by now: then this one
            # found the event recorded, or was refused what the other had just been given.
            earlier = await self._database.read(_answer, self.incoming)
            if earlier is not None:
                return earlier
            if isinstance(failure, Refusal):
                raise
        # Somebody else was first with a row that there can be only one of; now it is there to be seen.
        return await self._met(lambda: self._database.write(self._once, fn, args, kwargs))

    def _once(self, tx: Tx, fn: Callable[..., Reply], args: tuple[object, ...], kwargs: dict[str, object]) -> Reply:
        reply = _answer(tx, self.incoming)
        if reply is None:
            call = self._call(tx)
            reply = fn(tx, call, *args, **kwargs)
            for event in _events(self.incoming):
                events.record(tx, *event, reply_to_json(reply), call.now)
        return reply

    def _within(self, tx: Tx, fn: Callable[..., T], args: tuple[object, ...], kwargs: dict[str, object]) -> T:
        return fn(tx, self._call(tx), *args, **kwargs)

    def _call(self, tx: Tx) -> Call:
        incoming = self.incoming
        found = identities.caller(tx, incoming.platform, incoming.workspace, incoming.sender)
        if found is None:
            raise WorkspaceUnknown
        organisation, actor = found
        if actor is None:
            raise UnknownAccounts([incoming.sender])
        if not actor.active or actor.bot:
            raise Stranger
        return Call(incoming, organisation, actor, self.clock(), frozenset(self._strangers))

    async def _met(self, run: Callable[[], Awaitable[T]]) -> T:
        """Run; when accounts turn up that nobody knows yet, enrol them as their platform describes them."""
        for _ in range(_MEETINGS):
            try:
                return await run()
            except UnknownAccounts as unknown:
                await self._meet(unknown.accounts)
        return await run()

    async def _meet(self, accounts: Sequence[str]) -> None:
        found = await asyncio.gather(*map(self._profile, accounts))
        if self.incoming.sender in self._strangers:
            raise Stranger
        people = [person for person in found if person is not None]
        await self._database.write(_enrol, self.incoming, people, self.clock())

    async def _profile(self, account: str) -> Person | None:
        try:
            return await self._profiles[self.incoming.platform].profile(self.incoming.workspace, account)
        except KeyError:
            self._strangers.add(account)
            return None


def _answer(tx: Tx, incoming: Incoming) -> Reply | None:
    """Return the reply an earlier delivery of the same event got."""
    found = (events.answer(tx, *event) for event in _events(incoming))
    text = next((text for text in found if text is not None), None)
    return None if text is None else reply_from_json(text)


def _events(incoming: Incoming) -> tuple[tuple[str, str, str], ...]:
    """Return what makes an incoming the same one again. An answer is for its sender only, whoever else sends its id."""
    ids = (incoming.event_id, *incoming.also)
    return tuple((incoming.platform, incoming.workspace, f"{incoming.sender} {event_id}") for event_id in ids)


def _enrol(tx: Tx, incoming: Incoming, people: Sequence[Person], now: datetime) -> None:
    organisation = organisations.of_workspace(tx, incoming.platform, incoming.workspace)
    if organisation is None:
        raise WorkspaceUnknown
    for person in people:
        identities.enrol(tx, organisation, incoming.platform, incoming.workspace, person, now)


def _cleaned(incoming: Incoming) -> Incoming:
    """Return ``incoming`` without what no database takes, such as NUL and lone surrogates, wherever it stands."""
    text, mentions = clean(incoming.text[: TEXT_LIMIT + 1], incoming.mentions)
    action, quoted = incoming.action, incoming.quoted
    if action is not None:
        values = {
            name: _plain(value) if isinstance(value, str) else tuple(map(_plain, value))
            for name, value in action.values.items()
        }
        action = Submission(_plain(action.name), values)
    if quoted is not None:
        author, link = (None if part is None else _plain(part) for part in (quoted.author, quoted.link))
        quoted = Quoted(_plain(quoted.text), author, link)
    return replace(
        incoming,
        event_id=_plain(incoming.event_id),
        also=tuple(map(_plain, incoming.also)),
        sender=_plain(incoming.sender),
        text=text,
        mentions=tuple(replace(mention, user_id=_plain(mention.user_id)) for mention in mentions),
        action=action,
        quoted=quoted,
    )


def _plain(text: str) -> str:
    return clean(text[: TEXT_LIMIT + 1])[0]


Handler = Callable[[Context], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be typed after ``/praise``. ``help`` is its line in the help, in English.

    What goes on otherwise than the command ``takes`` is no command but a praise that begins with the same word.
    """

    name: str
    aliases: tuple[str, ...]
    handle: Handler
    usage: str
    help: str
    takes: Literal["nothing", "words", "people"] = "nothing"

    def understands(self, rest: str) -> bool:
        """Return whether ``rest``, typed after the command's word, can be meant for it."""
        return self.takes == "people" or not (rest if self.takes == "nothing" else re.search("[@＠]", rest))


@dataclass(frozen=True, slots=True)
class Action:
    """Something a button, a form or a message menu sends."""

    name: str
    handle: Handler


@dataclass(frozen=True, slots=True)
class Job:
    """Something due now and then. It must be safe to run at any time, twice, and by several workers."""

    name: str
    run: Callable[[Database, datetime], Awaitable[None]]


class Dispatch:
    """Knows every command and action; `receive` is what platforms are given."""

    def __init__(
        self,
        database: Database,
        taggers: Taggers,
        clock: Clock,
        *,
        commands: Sequence[Command],
        actions: Sequence[Action],
        give: Handler,
        form: Handler,
        platforms: Mapping[str, Platform],
    ) -> None:
        self._database = database
        self._taggers = taggers
        self._clock = clock
        self._give = give
        self._form = form
        self._platforms = platforms
        self._actions = {action.name: action.handle for action in actions}
        self._commands = {alias: command for command in commands for alias in (command.name, *command.aliases)}
        self._aliases = tuple(self._commands)

    async def receive(self, incoming: Incoming) -> Reply:
        """Handle one incoming and return the answer for its sender; never raises for anything a person can cause."""
        try:
            handler, incoming = self._route(_cleaned(incoming))
            context = Context(incoming, self._database, self._taggers, self._clock, self._platforms)
            return await handler(context)
        except Refusal as refusal:
            return await self._reply(refusal, incoming)
        except Unavailable as failure:
            # The driver's own text may quote parameters, and they are people's words: only its kind is logged.
            cause = getattr(failure.__cause__, "orig", failure.__cause__)
            kinds = (type(failure).__name__, type(cause).__name__)
            log.warning("event %r could not be answered: %s (%s)", incoming.event_id, *kinds)
            return await self._reply(failure, incoming)
        except Exception as error:
            log.error("event %r failed: %s", incoming.event_id, place_of(error))
            return await self._reply(Unavailable(), incoming)

    def _route(self, incoming: Incoming) -> tuple[Handler, Incoming]:
        """Return the handler and the incoming without the command word it was found by."""
        if incoming.action is not None:
            handler = self._actions.get(incoming.action.name)
            if handler is None:
                raise NotUnderstood(words=incoming.action.name[:40])
            return handler, incoming
        text, mentions = incoming.text, incoming.mentions
        if not text.strip():
            return self._form, incoming
        start = len(text) - len(text.lstrip())
        end = start + len(text[start:].split(maxsplit=1)[0])
        command = self._commands.get(name_key(text[start:end]))
        rest = text[end:].lstrip()
        if command is not None and command.understands(rest):
            shift = len(text) - len(rest)
            moved = tuple(Mention(m.start - shift, m.end - shift, m.user_id) for m in mentions if m.start >= shift)
            return command.handle, replace(incoming, text=rest, mentions=moved)
        if mentions or any(mark in text for mark in "@＠#＃") or len(text.split()) > 2 or len(text) > 12:
            return self._give, incoming
        meant = suggestion(text, self._aliases)
        if meant is None:
            raise NotUnderstood(words=text.strip())
        raise NotUnderstoodSuggest(words=text.strip(), suggestion=meant)

    async def _reply(self, error: PraisebotError, incoming: Incoming) -> Reply:
        text = describe(error, await self._locale(incoming))
        summary, *lines = text.split("\n")
        card = Card(summary, (Text(summary), *(Text(line) for line in lines)), tone="attention")
        return Reply(card, unsaved=isinstance(error, Unavailable))

    async def _locale(self, incoming: Incoming) -> str:
        def find(tx: Tx) -> str | None:
            found = identities.caller(tx, incoming.platform, incoming.workspace, incoming.sender)
            if found is None:
                return None
            organisation, member = found
            return member.locale if member else organisation.locale

        try:
            return await self._database.read(find) or "zh_CN"
        except Exception:  # the database is what failed: say so in the first users' language
            return "zh_CN"
