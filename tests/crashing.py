"""A team at work in a process that is killed at any moment, for `tests.test_crash`.

Four lanes of people give, forward, decide, second and undo, one event after another, while the worker delivers and the
weekly boards fall due. Like a platform, a lane sends an event again until it was answered: a journal outside the
database holds what was begun and what was answered.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from bot import handlers
from bot.chat import Incoming, Reply
from bot.config import Settings
from bot.dispatch import Dispatch
from bot.localchat import PLATFORM, WORKSPACE, ChatStore
from bot.praise import Status
from bot.storage import members, organisations
from bot.storage.database import Database, Tx
from bot.storage.members import Member
from bot.web.platform import WebChat
from bot.wire import reply_to_json
from bot.worker import Worker
from tests.builders import WEDNESDAY, new_dispatch, praise_of, pressed, said, typed

LANES = 4
STEPS = ("forward", "decide", "praise", "second", "settle")
"""What a lane does, over and over."""

_PER_EVENT = timedelta(hours=2)
"""How far the clock moves with each event that was answered: a week passes in 84.

A post is due for four weeks: many more lives than may die one after another before they get to it, on however busy a
machine.
"""


@dataclass(frozen=True)
class Event:
    """An event of a lane. Everything about it follows from its number, so that it is the same when sent again."""

    lane: int
    number: int

    @property
    def id(self) -> str:
        return f"{self.lane}-{self.number}"

    @property
    def step(self) -> str:
        return STEPS[self.number % len(STEPS)]

    @property
    def unit(self) -> int:
        """Which time the lane goes through its steps."""
        return self.number // len(STEPS)

    @property
    def forwarded(self) -> str:
        return f"lane {self.lane}, time {self.unit}: a customer says it was solved"

    @property
    def given(self) -> str:
        return f"lane {self.lane}, time {self.unit}: a colleague says it helped"

    @property
    def decision(self) -> str:
        return ("confirm", "raise", "reject")[self.unit % 3]

    @property
    def undoes(self) -> bool:
        """Whether the giver takes the praise back in the end; else the supervisor raises it."""
        return bool(self.unit % 2)


def fate(event: Event) -> tuple[Status, Status]:
    """Return what has become of (the forwarded, the given) praise when its lane went through all steps."""
    forwarded = Status.REJECTED if event.decision == "reject" else Status.CONFIRMED
    return forwarded, Status.UNDONE if event.undoes else Status.CONFIRMED


class Journal:
    """What the lanes began and what was answered, in a file that no killed process can take back."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        self.begun: set[str] = set()
        self.answered: dict[str, str] = {}
        """Events with the mark of their answer."""
        self.refused: list[str] = []
        for line in Path(path).read_text().splitlines():
            self._read(*line.split(" ", 2))

    def note(self, what: str, event: Event, more: str = "") -> None:
        os.write(self._file, f"{what} {event.id} {more}\n".encode())
        self._read(what, event.id, more)

    def _read(self, what: str, event: str, more: str) -> None:
        if what == "begun":
            self.begun.add(event)
        elif what == "answered":
            self.answered[event] = more
        elif what == "refused":
            self.refused.append(f"{event}: {more}")

    def done(self, lane: int) -> int:
        """Return how many events of a lane were answered; they are the first ones."""
        return sum(event.startswith(f"{lane}-") for event in self.answered)

    def now(self) -> datetime:
        return WEDNESDAY + _PER_EVENT * len(self.answered)


def mark(reply: Reply) -> str:
    """Return what tells an answer from another."""
    return sha256(reply_to_json(reply).encode()).hexdigest()


@dataclass
class Team:
    """The product around one database, and the people of its lanes by name."""

    database: Database
    journal: Journal
    people: dict[str, Member]
    ahead: timedelta = timedelta()
    dispatch: Dispatch = field(init=False)
    worker: Worker = field(init=False)

    def __post_init__(self) -> None:
        store = ChatStore(self.database, self.clock)
        chat = WebChat(store, workspace=WORKSPACE, menu=handlers.MENU, settings=Settings())
        self.dispatch = new_dispatch(self.database, self.clock)  # type: ignore[arg-type]
        self.worker = Worker(self.database, {PLATFORM: chat}, handlers.JOBS, self.clock)

    def clock(self) -> datetime:
        return self.journal.now() + self.ahead

    async def incoming(self, event: Event) -> Incoming:
        """Return what comes in with an event."""
        giver = self.people[f"Agent {event.lane}"]
        recipient = self.people[("Ann", "Bo", "Cai", "Dan")[event.lane]]
        supervisor = self.people[("Sun", "Shen")[event.number % 2]]
        match event.step:
            case "forward":
                return typed(giver, event.forwarded, [recipient], command="customer", event=event.id)
            case "praise":
                return typed(giver, event.given, [recipient], event=event.id)
            case "decide":
                about = await self.database.read(praise_of, event.forwarded)
                action = f"confirm.{event.decision}"
                return pressed(supervisor, action, praise=about.id, reason="not so", event=event.id)
            case "second":
                about = await self.database.read(praise_of, event.given)
                return pressed(self.people["Fay"], "praise.second", praise=about.id, event=event.id)
            case _ if event.undoes:
                return pressed(giver, "praise.undo", event=event.id)
            case _:
                about = await self.database.read(praise_of, event.given)
                return pressed(supervisor, "confirm.raise", praise=about.id, event=event.id)

    async def lane(self, lane: int, *, until_settled: bool) -> None:
        """Send the events of a lane that were not answered yet, each until it is."""
        number = self.journal.done(lane)
        while True:
            event = Event(lane, number)
            if until_settled and number % len(STEPS) == 0 and event.id not in self.journal.begun:
                return
            incoming = await self.incoming(event)
            self.journal.note("begun", event)
            reply = await self.dispatch.receive(incoming)
            self.worker.wake()
            if reply.unsaved:
                continue
            if reply.card is None or reply.card.tone == "attention":
                self.journal.note("refused", event, said(reply.card).replace("\n", " "))
            self.journal.note("answered", event, mark(reply))
            number += 1


def _people(tx: Tx) -> dict[str, Member]:
    (organisation,) = organisations.every(tx)
    return {member.name: member for member in members.everyone(tx, organisation.id)}


async def team(database: Database, journal: Journal) -> Team:
    """Return the team that works on a database."""
    return Team(database, journal, await database.read(_people))


def work(url: str, path: str) -> None:
    """Work until killed."""
    asyncio.run(_work(url, path))


async def _work(url: str, path: str) -> None:
    at_work = await team(Database(url), Journal(path))
    lanes = (at_work.lane(lane, until_settled=False) for lane in range(LANES))
    await asyncio.gather(at_work.worker.run(asyncio.Event()), *lanes)


async def finish(at_work: Team) -> None:
    """Bring every lane to the end of its steps, and deliver all there is."""
    await asyncio.gather(*(at_work.lane(lane, until_settled=True) for lane in range(LANES)))
    at_work.ahead = timedelta(hours=1)  # what the last process had claimed is free again
    await at_work.worker.run_jobs()
    while await at_work.worker.deliver():
        pass


def settled(journal: Journal) -> Iterable[Event]:
    """Return the last event of every time a lane went through its steps."""
    for lane in range(LANES):
        for number in range(len(STEPS) - 1, journal.done(lane), len(STEPS)):
            yield Event(lane, number)
