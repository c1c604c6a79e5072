"""The demo organisation: there as a whole or not at all, and with one clock for all its processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from bot import demo
from bot.app import Product
from bot.chat import Address, Incoming, Submission
from bot.clock import DemoClock, now
from bot.config import Settings
from bot.localchat import PLATFORM, WORKSPACE, account
from bot.storage import members, organisations, tables, verification
from bot.storage.database import Database
from tests.builders import WEDNESDAY, Bank, new_bank, rows
from tests.conftest import ROOT


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url, model=ROOT / "models/tagger", demo=True)


class Interrupted(Exception):
    pass


async def test_loading_that_is_interrupted_leaves_nothing_and_the_next_start_loads_it_all(
    settings: Settings, database: Database
) -> None:
    def interrupt(done: int, total: int) -> None:
        if done == 20:
            raise Interrupted

    with pytest.raises(Interrupted):
        await demo.load(settings, interrupt, present=lambda: WEDNESDAY)
    for table in (tables.organisations, tables.praises, tables.entries, tables.outbox, tables.events):
        assert await database.read(rows, table) == []
    assert not await database.read(demo.is_loaded)

    steps: list[tuple[int, int]] = []
    await demo.load(settings, lambda *step: steps.append(step), present=lambda: WEDNESDAY)

    assert steps[-1][0] == steps[-1][1] > 100
    assert await database.read(demo.is_loaded)
    assert (await database.read(verification.verify)).discrepancies == ()
    assert {row["state"] for row in await database.read(rows, tables.outbox)} == {"sent"}
    there = len(await database.read(rows, tables.praises))
    await demo.load(settings, present=lambda: WEDNESDAY)  # another process that was about to
    assert len(await database.read(rows, tables.praises)) == there


# --- the clock --------------------------------------------------------------------------------------------------------


@pytest.fixture
def processes(settings: Settings, database: Database) -> Iterator[list[Product]]:
    """Two processes of the demo."""
    opened = [Product(settings) for _ in range(2)]
    yield opened
    for product in opened:
        product.close()


def monday(bank: Bank, event: str) -> Incoming:
    sender = account(bank["Ann"].id)
    where = Address(PLATFORM, WORKSPACE, sender, "direct")
    return Incoming(event, PLATFORM, WORKSPACE, sender, where, action=Submission("demo.monday"))


def ahead(product: Product) -> timedelta:
    assert isinstance(product.clock, DemoClock)
    return product.clock.ahead


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(3000):
        if condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail("it never came")


async def test_when_monday_comes_in_one_process_it_comes_in_all(
    processes: list[Product], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app._FOLLOWING", 0.01)
    # Teams of yesterday: those made on a Monday before its boards have no week behind them that ends with this Monday.
    bank = await database.write(new_bank, now=now() - timedelta(days=1))
    web, worker = processes
    async with worker.following():
        await web.receive(monday(bank, "first"))
        moved = ahead(web)
        assert moved > timedelta()
        await until(lambda: ahead(worker) == moved)
        async with asyncio.timeout(60), worker.working():
            while not (boards := [row for row in await database.read(rows, tables.outbox) if "board:" in row["key"]]):
                await asyncio.sleep(0.01)
    assert boards

    await web.receive(monday(bank, "first"))  # sent again
    assert ahead(web) == moved
    await worker.receive(monday(bank, "second"))
    assert timedelta(days=6) < ahead(worker) - moved < timedelta(days=8)


async def test_a_process_that_starts_later_begins_at_the_demo_s_time(
    processes: list[Product], settings: Settings, database: Database
) -> None:
    bank = await database.write(new_bank, now=now())
    await processes[0].receive(monday(bank, "first"))
    late = Product(settings)
    assert ahead(late) == ahead(processes[0])
    late.close()


async def test_a_monday_that_was_not_saved_moves_no_clock(
    processes: list[Product], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = await database.write(new_bank, now=now())

    def failing(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("bot.storage.events.record", failing)
    reply = await processes[0].receive(monday(bank, "first"))
    assert reply.unsaved
    assert ahead(processes[0]) == timedelta()
    assert await database.read(organisations.setting, bank.organisation.id, "demo.clock") is None
    assert await database.read(members.everyone, bank.organisation.id)
