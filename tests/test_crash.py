"""`kill -9` at any moment of a praise, a decision, a delivery or a weekly post: nothing is lost, nothing doubled."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.periods import local_day, week_of
from bot.storage import tables, verification
from bot.storage.database import Database, Tx
from tests.builders import WEDNESDAY, new_agents, new_bank, rows, rules
from tests.crashing import LANES, Event, Journal, fate, finish, mark, settled, team, work

LIVES = 200
"""How many processes are killed. On PostgreSQL it is the client that dies; its server sees a connection end."""

LONGEST = {"sqlite": 800, "postgresql": 400}
"""Bytes of journal that a life may write: some events of each lane, or of half of them where an event takes longer."""


def live_and_die(url: str, journal: Path, longest: int, chance: random.Random) -> bool:
    """Let a process work for a moment and kill it; return whether it was in the middle of something."""
    # Forked from a server that has imported everything: a life begins within milliseconds.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crashing", "bot.storage.postgresql"])
    process = context.Process(target=work, args=(url, str(journal)))
    process.start()
    if chance.random() < 0.9:  # else it dies while it starts
        goal = size_of(journal) + chance.randrange(longest)
        while size_of(journal) < goal:
            assert process.is_alive(), "the process ended by itself"
            time.sleep(0.002)
    time.sleep(chance.uniform(0.0, 0.01))
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    events = Journal(str(journal))
    return events.begun != events.answered.keys()


def size_of(journal: Path) -> int:
    return journal.stat().st_size if journal.exists() else 0


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "journal"


async def test_no_kill_at_any_moment_loses_or_doubles_anything(database: Database, journal: Path) -> None:
    longest = LONGEST["sqlite" if database.sqlite else "postgresql"]
    bank = await database.write(new_bank, text=rules(amount="10000"))
    await database.write(new_agents, bank, "Loans", LANES)
    url = database.url.render_as_string(hide_password=False)
    chance = random.Random()

    interrupted = sum(live_and_die(url, journal, longest, chance) for _ in range(LIVES))

    at_work = await team(database, Journal(str(journal)))
    await finish(at_work)
    assert interrupted > LIVES // 10
    events = at_work.journal
    assert events.refused == []
    assert events.begun == events.answered.keys()
    assert (await database.read(verification.verify)).discrepancies == ()
    await database.read(assert_each_event_happened_once, events)
    await database.read(assert_each_message_stands_once)
    await database.read(assert_each_board_was_posted_once, at_work.clock())
    for lane in range(LANES):
        last = Event(lane, events.done(lane) - 1)
        reply = await at_work.dispatch.receive(await at_work.incoming(last))
        assert mark(reply) == events.answered[last.id]


def assert_each_event_happened_once(tx: Tx, events: Journal) -> None:
    expected = Counter[tuple[str, str]]()
    for event in settled(events):
        forwarded, given = fate(event)
        expected[event.forwarded, forwarded] += 1
        expected[event.given, given] += 1
    assert len(expected) >= 2 * LANES
    assert Counter((row["text"], row["status"]) for row in rows(tx, tables.praises)) == expected
    assert len(rows(tx, tables.comments)) == len(rows(tx, tables.seconds)) == len(expected) // 2
    decided = Counter(row["praise_id"] for row in rows(tx, tables.decisions))
    assert set(decided.values()) == {1}
    assert len(decided) == sum(status != "undone" for _, status in expected)


def assert_each_message_stands_once(tx: Tx) -> None:
    sent = rows(tx, tables.outbox)
    assert {row["state"] for row in sent} == {"sent"}
    assert max(Counter(row["key"] for row in sent).values()) == 1
    newest: dict[int, dict[str, Any]] = {}
    for row in sent:
        newest[row["replaces_id"] or row["id"]] = row
    expected = {row["key"]: newest[row["id"]]["card"] for row in sent if row["replaces_id"] is None}
    standing = rows(tx, tables.chat_messages)
    assert len(standing) == len(expected)
    assert {row["key"]: row["card"] for row in standing} == expected


def assert_each_board_was_posted_once(tx: Tx, now: datetime) -> None:
    zone = "Asia/Shanghai"
    weeks = set()
    week = week_of(local_day(WEDNESDAY, zone))
    while local_day(now - timedelta(hours=9), zone) >= week.end:  # due at nine on the Monday after
        weeks.add(week.key())
        week = week_of(week.end)
    assert weeks
    teams = [row["id"] for row in rows(tx, tables.teams)]
    boards = [row["key"] for row in rows(tx, tables.outbox) if row["key"].startswith("board:")]
    assert sorted(boards) == sorted(f"board:{team}:week:{key}" for team in teams for key in weeks)
