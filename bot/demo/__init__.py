"""The demo organisation: a bank's customer-service centre with three teams and three weeks behind it.

Its history is lived, not inserted: every praise, comment and decision goes through the same handlers as a person's
would, at its own time, and the worker posts the boards of the past weeks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import Product
from bot.chat import Address, Incoming, Mention, Submission
from bot.clock import now
from bot.config import Settings
from bot.dispatch import Call, Clock
from bot.handlers.deciding import decide
from bot.localchat import PLATFORM, WORKSPACE, account, team_channel
from bot.setup import add_roster, new_organisation, read_roster
from bot.storage import members, organisations, praises
from bot.storage.database import OneTransaction, Tx
from bot.storage.members import Member
from bot.storage.organisations import Organisation
from bot.tags import Tag

FOLDER = Path(__file__).parent
NAME = "滨江银行客户服务中心"
TIMEZONE = "Asia/Shanghai"
_WEEKS = 3

Event = Mapping[str, Any]


def is_loaded(tx: Tx) -> bool:
    """Return whether the database holds any organisation."""
    return bool(organisations.every(tx))


async def load(
    settings: Settings, progress: Callable[[int, int], None] = lambda done, total: None, *, present: Clock = now
) -> None:
    """Make the organisation and live its past weeks up to the present: as a whole, or not at all.

    A start that is interrupted leaves nothing behind, and the next one begins anew.
    """
    clock = _PastClock(present())
    with OneTransaction(settings.database_url) as database:
        if not await database.read(is_loaded):  # another process may have been first
            await _live(Product(settings, clock=clock, database=database), clock, progress)


class _PastClock:
    """A clock that stands where the story is."""

    def __init__(self, end: datetime) -> None:
        self.end = end
        self.at = end

    def __call__(self) -> datetime:
        return self.at


async def _live(past: Product, clock: _PastClock, progress: Callable[[int, int], None]) -> None:
    end = clock.end
    today = end.astimezone(ZoneInfo(TIMEZONE)).date()
    monday = today - timedelta(days=today.weekday())
    clock.at = _moment(monday - timedelta(weeks=_WEEKS), "00:00")
    organisation = await past.database.write(_people, clock.at)
    staff = await past.database.read(_by_staff_number, organisation.id)
    channels = await past.database.read(_channels, organisation.id)
    events = [(moment, event) for moment, event in _story(monday) if moment <= end]
    story = _Story(past, organisation, staff, channels)
    for done, (moment, event) in enumerate(events, start=1):
        await _boards_until(past, clock, moment)
        clock.at = moment
        await story.play(event)
        while await past.worker.deliver():
            pass
        progress(done, len(events))
    await _boards_until(past, clock, end)


def _people(tx: Tx, now: datetime) -> Organisation:
    organisation = new_organisation(tx, NAME, "zh_CN", TIMEZONE, now)
    add_roster(tx, organisation, read_roster(FOLDER / "roster.csv"), now)
    return organisation


def _by_staff_number(tx: Tx, organisation_id: int) -> dict[str, Member]:
    return {member.staff_number or "": member for member in members.everyone(tx, organisation_id)}


def _channels(tx: Tx, organisation_id: int) -> dict[str, Address]:
    return {team.name: team_channel(team.id) for team in organisations.teams_of(tx, organisation_id)}


def _moment(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(TIMEZONE))


def _story(monday: date) -> Iterator[tuple[datetime, Event]]:
    with (FOLDER / "history.jsonl").open(encoding="utf-8") as file:
        for line in file:
            event = json.loads(line)
            yield _moment(monday + timedelta(days=event["day"]), event["time"]), event


async def _boards_until(past: Product, clock: _PastClock, moment: datetime) -> None:
    """Let every Monday morning between the clock and ``moment`` come, so that boards carry their own date."""
    step = clock.at.astimezone(ZoneInfo(TIMEZONE)).date()
    while (step := step + timedelta(days=1)) <= moment.astimezone(ZoneInfo(TIMEZONE)).date():
        nine = _moment(step, "09:01")
        if step.weekday() == 0 and clock.at < nine <= moment:
            clock.at = nine
            await past.worker.run_jobs()
            while await past.worker.deliver():
                pass
    clock.at = max(clock.at, moment)


class _Story:
    """Plays the events of ``history.jsonl`` through the product."""

    def __init__(
        self, product: Product, organisation: Organisation, staff: dict[str, Member], channels: dict[str, Address]
    ) -> None:
        self.product = product
        self.organisation = organisation
        self.staff = staff
        self.channels = channels
        self.praises: dict[str, tuple[int, ...]] = {}
        self.count = 0

    async def play(self, event: Event) -> None:
        """Let one event happen."""
        await getattr(self, f"_{event['kind']}")(event)

    async def _peer(self, event: Event) -> None:
        tag = f" #{event['tag']}" if event.get("tag") else ""
        private = " #private" if event.get("private") else ""
        await self._say(event, "", event["text"] + tag + private)

    async def _customer(self, event: Event) -> None:
        await self._say(event, "customer ", event["text"])

    async def _say(self, event: Event, command: str, text: str) -> None:
        mentions = []
        words = command
        for number in event["to"]:
            name = "@" + self.staff[number].name
            mentions.append(Mention(len(words), len(words) + len(name), account(self.staff[number].id)))
            words += name + " "
        before = await self.product.database.read(praises.newest)
        await self._receive(event, text=words + text, mentions=tuple(mentions))
        self.praises[event["id"]] = await self.product.database.read(praises.after, before)

    async def _second(self, event: Event) -> None:
        for praise_id in self.praises[event["of"]][:1]:
            await self._receive(event, action=Submission("praise.second", {"praise": str(praise_id)}))

    async def _decide(self, event: Event) -> None:
        for praise_id in self.praises[event["of"]]:
            incoming = self._incoming({**event, "from": event["by"]})
            await self.product.database.write(self._decision, incoming, praise_id, event)

    def _decision(self, tx: Tx, incoming: Incoming, praise_id: int, event: Event) -> None:
        call = Call(incoming, self.organisation, self.staff[event["by"]], self.product.clock())
        tags = tuple(Tag(tag) for tag in event["tags"])
        praise = praises.by_id(tx, self.organisation.id, praise_id)
        assert praise is not None
        outcome = event["outcome"]
        if outcome == "confirm" and event["primary"] != praise.primary:
            outcome = "retag"  # the story's supervisor confirms with the tags a person would choose
        primary = Tag(event["primary"]) if event["primary"] else None
        decide(tx, call, praise_id, outcome, tags=tags, primary=primary, tier=praise.tier, reason=event["reason"])

    async def _chat(self, event: Event) -> None:
        where = self.channels[event["channel"]]
        self.count += 1
        store = self.product.chat_store
        author = account(self.staff[event["from"]].id)
        await store.post(WORKSPACE, where.conversation, author, key=f"demo-chat-{self.count}", text=event["text"])

    async def _receive(
        self, event: Event, *, text: str = "", mentions: tuple[Mention, ...] = (), action: Submission | None = None
    ) -> None:
        incoming = self._incoming(event, text=text, mentions=mentions, action=action)
        await self.product.dispatch.receive(incoming)

    def _incoming(
        self, event: Event, *, text: str = "", mentions: tuple[Mention, ...] = (), action: Submission | None = None
    ) -> Incoming:
        self.count += 1
        sender = account(self.staff[event["from"]].id)
        where = Address(PLATFORM, WORKSPACE, sender, "direct")
        return Incoming(f"demo-{self.count}", PLATFORM, WORKSPACE, sender, where, text, mentions, action)
