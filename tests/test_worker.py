"""The worker: delivers what is due, once, whatever platforms, jobs, other workers and the database do."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.chat import Address, Card, Platform, Throttled, Undeliverable
from bot.errors import StorageGone
from bot.localchat import PLATFORM, WORKSPACE, ChatStore
from bot.storage import outbox, tables
from bot.storage.database import Database, Tx
from bot.storage.outbox import Outgoing
from bot.web.store import BOT
from bot.worker import Job, Worker
from tests.builders import WEDNESDAY, Clock, Directory, new_organisation, rows, waiting

ANN, BO = (Address(PLATFORM, WORKSPACE, name, "direct") for name in ("ann", "bo"))


@dataclass(frozen=True)
class Recorder(Directory):
    """A platform that remembers what it was sent, and answers some keys with an error first."""

    people: dict[str, object] = field(default_factory=dict)  # type: ignore[assignment]
    sent: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    errors: dict[str, list[Exception]] = field(default_factory=lambda: defaultdict(list))

    async def send(
        self, to: Address, card: Card, *, key: str, replacing: str | None = None, again: bool = False
    ) -> str:
        self.tried.append(key)
        await asyncio.sleep(0)
        if self.errors[key]:
            raise self.errors[key].pop(0)
        self.sent.append(key)
        return f"id of {key}"


def message(key: str, to: Address = ANN) -> Outgoing:
    return Outgoing(key, to, Card(key, ()))


async def written(database: Database, *messages: Outgoing) -> None:
    def write(tx: Tx) -> None:
        outbox.add(tx, new_organisation(tx).id, messages, WEDNESDAY)

    await database.write(write)


def working(database: Database, platform: Platform, clock: Clock, jobs: Sequence[Job] = ()) -> Worker:
    return Worker(database, {PLATFORM: platform}, jobs, clock)


async def states(database: Database) -> dict[str, str]:
    return {row["key"]: row["state"] for row in await database.read(rows, tables.outbox)}


async def row_of(database: Database, key: str) -> dict[str, object]:
    return next(row for row in await database.read(rows, tables.outbox) if row["key"] == key)


# --- delivering -------------------------------------------------------------------------------------------------------


async def test_what_is_due_is_sent_once_and_its_message_remembered(database: Database) -> None:
    await written(database, message("one"), message("two", BO))
    platform = Recorder()
    worker = working(database, platform, Clock())

    assert [await worker.deliver() for _ in range(3)] == [2, 0, 0]

    assert sorted(platform.sent) == ["one", "two"]
    assert await states(database) == {"one": "sent", "two": "sent"}
    assert (await row_of(database, "one"))["message_id"] == "id of one"


async def test_a_platform_that_asks_to_wait_is_left_alone_at_that_address_only(database: Database) -> None:
    await written(database, *(message(f"ann {number}") for number in range(4)), message("bo", BO))
    platform, clock = Recorder(), Clock()
    platform.errors["ann 1"] = [Throttled(30.0)]
    worker = working(database, platform, clock)

    await worker.deliver()
    assert platform.sent == ["ann 0", "bo"] or platform.sent == ["bo", "ann 0"]
    assert "ann 2" not in platform.tried

    clock.on(seconds=29)
    assert await worker.deliver() == 0
    clock.on(seconds=11)  # asked for 30 s, and up to a third more so that not everybody comes back at once
    await worker.deliver()
    assert platform.sent[-3:] == ["ann 1", "ann 2", "ann 3"]


async def test_being_asked_to_wait_never_makes_a_message_given_up(database: Database) -> None:
    await written(database, message("one"))
    platform, clock = Recorder(), Clock()
    platform.errors["one"] = [Throttled(1.0) for _ in range(50)]
    worker = working(database, platform, clock)
    while "one" not in platform.sent:
        await worker.deliver()
        clock.on(seconds=2)
    assert len(platform.tried) == 51
    assert (await row_of(database, "one"))["attempts"] == 1


async def test_what_can_never_arrive_is_given_up_at_once_and_loudly(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await written(database, message("one"), message("two"))
    platform, clock = Recorder(), Clock()
    platform.errors["one"] = [Undeliverable("channel gone")]
    worker = working(database, platform, clock)

    await worker.deliver()
    clock.on(days=2)
    await worker.deliver()

    assert platform.tried == ["one", "two"]
    assert await states(database) == {"one": "failed", "two": "sent"}
    (loud,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "one" in loud.getMessage()
    assert "channel gone" in loud.getMessage()


async def test_a_message_to_a_platform_that_is_not_there_fails_and_keeps_no_other_back(database: Database) -> None:
    await written(database, message("lost", Address("teams", "t", "x", "channel")), message("one"))
    platform = Recorder()
    await working(database, platform, Clock()).deliver()
    assert await states(database) == {"lost": "failed", "one": "sent"}


async def test_a_failing_platform_is_tried_less_and_less_often_for_about_a_day_then_given_up_loudly(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await written(database, message("one"))
    platform, clock = Recorder(), Clock()
    platform.errors["one"] = [ConnectionError("no route") for _ in range(1000)]
    worker = working(database, platform, clock)

    waits = []
    while (await states(database))["one"] == "waiting":
        due = (await database.read(waiting))[0]
        waits.append(due - clock.at)
        clock.at = due
        await worker.deliver()

    for number, wait in enumerate(waits[1:], start=1):
        least = min(2.0**number, 3 * 3600)
        assert timedelta(seconds=least) <= wait + timedelta(milliseconds=1)
        assert wait <= timedelta(seconds=1.3 * least)
    assert timedelta(hours=20) < clock.at - WEDNESDAY < timedelta(hours=32)
    (loud,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "given up" in loud.getMessage()
    assert "ConnectionError at " in str((await row_of(database, "one"))["error"])


async def test_neither_the_log_nor_the_database_repeats_what_a_platform_says_of_a_message(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await written(database, message("one"), message("two", BO))
    platform, clock = Recorder(), Clock()
    for key in ("one", "two"):
        platform.errors[key] = [ValueError("cannot send 'Wang Lei had to cry'") for _ in range(30)]
    worker = working(database, platform, clock)
    for _ in range(30):
        await worker.deliver()
        clock.on(hours=4)
    assert "given up" in caplog.text
    assert "cry" not in caplog.text
    assert "cry" not in str(await database.read(rows, tables.outbox))


async def test_messages_to_one_address_keep_their_order_and_pace(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await written(database, *(message(f"ann {number}") for number in range(4)))
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def record(seconds: float) -> None:
        if seconds:
            pauses.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", record)
    platform = Recorder(pace=1.1)
    await working(database, platform, Clock()).deliver()
    assert platform.sent == [f"ann {number}" for number in range(4)]
    assert pauses == [1.1, 1.1, 1.1]


async def test_sending_stops_in_good_time_before_the_lease_ends(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await written(database, *(message(f"ann {number}") for number in range(3)))
    monkeypatch.setattr("bot.worker._ROUND", -1.0)  # the time is always up
    platform, clock = Recorder(), Clock()
    worker = working(database, platform, clock)
    await worker.deliver()
    assert platform.sent == []
    monkeypatch.undo()

    await worker.deliver()  # what was put back is due at once, and nothing counts as tried

    assert platform.sent == ["ann 0", "ann 1", "ann 2"]
    assert (await row_of(database, "ann 2"))["attempts"] == 1


async def test_a_platform_that_hangs_keeps_nobody_else_waiting(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hanging(Recorder):
        async def send(
            self, to: Address, card: Card, *, key: str, replacing: str | None = None, again: bool = False
        ) -> str:
            if to == ANN:
                await asyncio.Event().wait()
            return await super().send(to, card, key=key, replacing=replacing)

    monkeypatch.setattr("bot.worker._SENDING", 0.05)
    await written(database, message("ann"), message("bo", BO))
    platform, clock = Hanging(), Clock()

    await working(database, platform, clock).deliver()

    assert platform.sent == ["bo"]
    assert (await row_of(database, "ann"))["state"] == "waiting"
    due = (await database.read(waiting))[0]
    assert clock.at < due < clock.at + timedelta(seconds=5)


async def test_two_workers_never_send_the_same_message(database_url: str) -> None:
    """Each with a connection of its own, as two processes have."""
    databases = [Database(database_url) for _ in range(2)]
    try:
        await written(databases[0], *(message(f"m{number}", (ANN, BO)[number % 2]) for number in range(80)))
        platform, clock = Recorder(), Clock()
        workers = [working(database, platform, clock) for database in databases for _ in range(2)]
        while any(await asyncio.gather(*(worker.deliver() for worker in workers))):
            pass
        assert Counter(platform.tried) == {f"m{number}": 1 for number in range(80)}
        assert set((await states(databases[0])).values()) == {"sent"}
    finally:
        for database in databases:
            database.close()


async def test_what_a_dead_worker_had_claimed_is_sent_by_the_next_one(database: Database) -> None:
    await written(database, message("one"))
    clock, platform = Clock(), Recorder()
    await database.write(outbox.claim, clock(), timedelta(seconds=60))  # and it died
    worker = working(database, platform, clock)
    assert await worker.deliver() == 0
    clock.on(seconds=61)
    await worker.deliver()
    assert platform.sent == ["one"]


class FailingOnce:
    """Stands before a storage function and fails as a lost database does, once, at a given message."""

    def __init__(self, fn: Callable[..., object], at: int) -> None:
        self.fn = fn
        self.at: int | None = at

    def __call__(self, tx: Tx, outbox_id: int, *args: object) -> object:
        if outbox_id == self.at:
            self.at = None
            raise StorageGone
        return self.fn(tx, outbox_id, *args)


async def test_a_message_that_could_not_be_noted_as_sent_is_repeated_with_its_key_and_stands_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await written(database, message("one"), message("two", BO))
    clock = Clock()
    store = ChatStore(database, clock)

    class Local(Recorder):
        async def send(
            self, to: Address, card: Card, *, key: str, replacing: str | None = None, again: bool = False
        ) -> str:
            await super().send(to, card, key=key, replacing=replacing)
            return (await store.post(WORKSPACE, to.conversation, BOT, key=key, card=card)).id

    platform = Local()
    worker = working(database, platform, clock)
    one = await row_of(database, "one")
    monkeypatch.setattr(outbox, "sent", FailingOnce(outbox.sent, at=int(str(one["id"]))))

    with pytest.raises(StorageGone):
        await worker.deliver()
    assert await states(database) == {"one": "waiting", "two": "sent"}  # the other address was not left behind
    clock.on(seconds=61)
    await worker.deliver()

    assert Counter(platform.sent) == {"one": 2, "two": 1}
    assert await states(database) == {"one": "sent", "two": "sent"}
    assert sorted(row["key"] for row in await database.read(rows, tables.chat_messages)) == ["one", "two"]


# --- running ----------------------------------------------------------------------------------------------------------


async def until(condition: Callable[[], bool], worker: Worker) -> None:
    """Let the worker run until ``condition`` holds; no test waits for a time."""
    for _ in range(6000):
        if condition():
            return
        worker.wake()
        await asyncio.sleep(0.01)
    pytest.fail("the worker never got there")


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that rests briefly."""
    monkeypatch.setattr("bot.worker._IDLE", 0.01)


@pytest.mark.usefixtures("hurried")
async def test_a_worker_survives_a_failing_platform_a_failing_job_and_a_failing_database(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await written(database, message("one"), message("two"))
    platform, clock, stop = Recorder(), Clock(), asyncio.Event()
    platform.errors["one"] = [RuntimeError("a bug in the adapter")]
    ran: list[datetime] = []

    async def failing(_: Database, now: datetime) -> None:
        raise ValueError("a bug in the job")

    async def noting(_: Database, now: datetime) -> None:
        ran.append(now)

    claims = iter([StorageGone(), KeyError("a bug in the claim")])
    claim = outbox.claim

    def claiming(tx: Tx, now: datetime, lease: timedelta, *, busy: Sequence[Address]) -> object:
        for failure in claims:
            raise failure
        return claim(tx, now, lease, busy=busy)

    monkeypatch.setattr(outbox, "claim", claiming)
    worker = working(database, platform, clock, [Job("failing", failing), Job("noting", noting)])
    running = asyncio.create_task(worker.run(stop))

    await until(lambda: platform.sent == ["two"], worker)
    clock.on(seconds=20)
    await until(lambda: platform.sent == ["two", "one"], worker)
    await until(lambda: len(ran) == 2, worker)

    stop.set()
    worker.wake()
    await running


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("jump", [{"hours": -5}, {"days": 400}, {"seconds": 16}], ids=str)
async def test_jobs_go_on_after_the_clock_jumped(database: Database, jump: dict[str, float]) -> None:
    clock, stop = Clock(), asyncio.Event()
    ran: list[datetime] = []

    async def noting(_: Database, now: datetime) -> None:
        ran.append(now)

    worker = working(database, Recorder(), clock, [Job("noting", noting)])
    running = asyncio.create_task(worker.run(stop))
    await until(lambda: ran == [clock.at], worker)

    clock.on(**jump)
    await until(lambda: ran[1:] == [clock.at], worker)

    stop.set()
    worker.wake()
    await running


@pytest.mark.usefixtures("hurried")
async def test_jobs_do_not_run_at_every_message(database: Database) -> None:
    platform, clock, stop = Recorder(), Clock(), asyncio.Event()
    ran: list[datetime] = []

    async def noting(_: Database, now: datetime) -> None:
        ran.append(now)

    await written(database, *(message(f"m{number}") for number in range(120)))
    worker = working(database, platform, clock, [Job("noting", noting)])
    running = asyncio.create_task(worker.run(stop))
    await until(lambda: len(platform.sent) == 120, worker)
    stop.set()
    worker.wake()
    await running
    assert len(ran) == 1


async def test_stopping_finishes_what_is_being_sent(database: Database) -> None:
    await written(database, message("one"))
    platform, stop = Recorder(), asyncio.Event()
    worker = working(database, platform, Clock())
    running = asyncio.create_task(worker.run(stop))
    await until(lambda: bool(platform.tried), worker)
    stop.set()
    worker.wake()
    await running
    assert await states(database) == {"one": "sent"}


@dataclass(frozen=True)
class Gated(Recorder):
    """A platform that keeps messages to Ann waiting until it is let go."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(
        self, to: Address, card: Card, *, key: str, replacing: str | None = None, again: bool = False
    ) -> str:
        if to == ANN:
            self.tried.append(key)
            await self.gate.wait()
        return await super().send(to, card, key=key, replacing=replacing)


@pytest.mark.usefixtures("hurried")
async def test_one_slow_address_holds_up_neither_others_nor_jobs_and_keeps_its_order(database: Database) -> None:
    ran: list[datetime] = []

    async def noting(_: Database, now: datetime) -> None:
        ran.append(now)

    def more(tx: Tx, *messages: Outgoing) -> None:
        organisation_id = tx.execute(tables.organisations.select()).scalar_one()
        outbox.add(tx, organisation_id, messages, WEDNESDAY)

    await written(database, message("ann 0"), message("ann 1"))
    platform, clock, stop = Gated(), Clock(), asyncio.Event()
    worker = working(database, platform, clock, [Job("noting", noting)])
    running = asyncio.create_task(worker.run(stop))
    await until(lambda: platform.tried == ["ann 0"], worker)

    await database.write(more, message("ann 2"), message("bo 0", BO))
    await until(lambda: platform.sent == ["bo 0"], worker)
    await database.write(more, message("bo 1", BO), message("ann 3"))
    await until(lambda: platform.sent == ["bo 0", "bo 1"], worker)
    clock.on(seconds=20)
    await until(lambda: ran[1:] == [clock.at], worker)
    assert platform.tried == ["ann 0", "bo 0", "bo 1"]

    platform.gate.set()
    await until(lambda: len(platform.sent) == 6, worker)
    assert [key for key in platform.sent if key.startswith("ann")] == [f"ann {number}" for number in range(4)]
    stop.set()
    worker.wake()
    await running


@pytest.mark.usefixtures("hurried")
async def test_no_more_is_claimed_than_can_be_served_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.worker._ADDRESSES", 1)
    await written(database, message("ann"))
    platform = Gated()
    worker = working(database, platform, Clock())
    slow = asyncio.create_task(worker.deliver())
    await until(lambda: platform.tried == ["ann"], worker)
    await database.write(lambda tx: outbox.add(tx, 1, [message("bo", BO)], WEDNESDAY))
    assert await worker.deliver() == 0
    platform.gate.set()
    assert await slow == 1
    assert await worker.deliver() == 1


async def test_stopping_does_not_wait_for_ever_and_leaves_the_rest_to_the_next_worker(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.worker._STOPPING", 0.05)
    await written(database, message("ann 0"), message("ann 1"))
    platform, clock, stop = Gated(), Clock(), asyncio.Event()
    worker = working(database, platform, clock)
    running = asyncio.create_task(worker.run(stop))
    await until(lambda: platform.tried == ["ann 0"], worker)
    stop.set()
    worker.wake()
    await running
    assert platform.sent == []

    platform.gate.set()
    clock.on(seconds=61)
    await working(database, platform, clock).deliver()
    assert platform.sent == ["ann 0", "ann 1"]


async def test_stopping_puts_back_what_was_not_begun(database: Database) -> None:
    await written(database, message("ann 0"), message("ann 1"))
    platform, clock, stop = Gated(), Clock(), asyncio.Event()
    worker = working(database, platform, clock)
    running = asyncio.create_task(worker.run(stop))
    await until(lambda: platform.tried == ["ann 0"], worker)
    stop.set()
    worker.wake()
    await until(lambda: worker._stopping, worker)
    platform.gate.set()
    await running
    assert await states(database) == {"ann 0": "sent", "ann 1": "waiting"}
    await working(database, platform, clock).deliver()  # at once: its lease is not waited for
    assert await states(database) == {"ann 0": "sent", "ann 1": "sent"}
