from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from bot.config import Settings
from bot.handlers.learning import training_failed
from bot.learning import nightly
from bot.learning.nightly import ENOUGH, LONGEST, Nightly
from bot.storage import tables, trainings
from bot.storage.database import Database, Tx
from bot.wire import card_from_json
from tests.builders import WEDNESDAY, Bank, Clock, give, new_bank, new_dispatch, praise_of, rows, said

NIGHT = WEDNESDAY.replace(hour=19)
"""Three in the morning of Thursday in Shanghai."""

SLEEPS = (sys.executable, "-c", "import time; time.sleep(600)")
ENDS = (sys.executable, "-c", "pass")


async def bank_with_decisions(database: Database, count: int = ENOUGH) -> Bank:
    bank = await database.write(new_bank)
    await give(new_dispatch(database, Clock()), bank["Ann"], bank["Bo"], "helped a lot")
    praise = await database.read(praise_of, "helped a lot")

    def decide(tx: Tx) -> None:
        row = {
            "organisation_id": bank.organisation.id,
            "praise_id": praise.id,
            "decided_by": bank["Sun"].id,
            "outcome": "confirm",
            "tags": praise.tags,
            "primary_tag": praise.primary.value,
            "tier": praise.tier.value,
            "was_tags": praise.tags,
            "was_primary_tag": praise.primary.value,
            "was_tier": praise.tier.value,
            "confidence": 0.5,
            "model": "words",
            "reason": "",
            "created": WEDNESDAY,
        }
        tx.execute(insert(tables.decisions), [row] * count)

    await database.write(decide)
    return bank


def job(database: Database, command: tuple[str, ...] = SLEEPS) -> Nightly:
    url = database.url.render_as_string(hide_password=False)
    return Nightly(Settings(database_url=url), training_failed, command)


async def outcomes(database: Database) -> list[str | None]:
    return [row["outcome"] for row in await database.read(rows, tables.trainings)]


async def alerts(database: Database) -> list[str]:
    found = await database.read(rows, tables.outbox)
    return [said(card_from_json(row["card"])) for row in found if row["key"].startswith("training:")]


async def test_a_night_begins_once_however_many_workers_there_are(database: Database) -> None:
    await bank_with_decisions(database)
    workers = [job(database), job(database)]
    for worker in workers:
        await worker.run(database, NIGHT)
    running = [worker._running is not None for worker in workers]
    for worker in workers:
        await worker.stop()
    assert sorted(running) == [False, True]
    restarted = job(database)
    await restarted.run(database, NIGHT + timedelta(minutes=1))
    assert restarted._running is None
    assert len(await outcomes(database)) == 1


async def test_nothing_is_trained_by_day_or_for_a_few_decisions(database: Database) -> None:
    bank = await bank_with_decisions(database, ENOUGH - 1)
    assert await database.read(nightly.due, NIGHT) == []
    assert await database.read(nightly.due, WEDNESDAY) == []
    await database.write(trainings.claim, bank.organisation.id, NIGHT.date(), NIGHT)
    assert await database.read(nightly.due, NIGHT + timedelta(days=1)) == []


async def test_the_next_night_trains_again_when_enough_was_decided_since(database: Database) -> None:
    bank = await bank_with_decisions(database)
    assert [one.id for one, _ in await database.read(nightly.due, NIGHT)] == [bank.organisation.id]
    await database.write(trainings.claim, bank.organisation.id, WEDNESDAY.date(), WEDNESDAY - timedelta(days=1))
    assert [one.id for one, _ in await database.read(nightly.due, NIGHT)] == [bank.organisation.id]


async def test_a_training_that_is_killed_changes_nothing_and_is_told_of_once(database: Database) -> None:
    await bank_with_decisions(database)
    worker = job(database)
    await worker.run(database, NIGHT)
    assert worker._running is not None
    os.kill(worker._running.process.pid, signal.SIGKILL)
    await worker._running.process.wait()
    for minutes in range(3):
        await worker.run(database, NIGHT + timedelta(minutes=minutes))
    assert await outcomes(database) == ["failed"]
    assert await database.read(rows, tables.models) == []
    told = await alerts(database)
    assert len(told) == 1
    assert "could not be trained" in told[0]


async def test_a_training_whose_worker_died_too_is_noticed_by_another(database: Database) -> None:
    await bank_with_decisions(database)
    dead = job(database)
    await dead.run(database, NIGHT)
    await dead.stop()
    other = job(database)
    await other.run(database, NIGHT + timedelta(minutes=30))
    assert await outcomes(database) == [None]
    await other.run(database, NIGHT + LONGEST + timedelta(minutes=10))
    assert await outcomes(database) == ["failed"]
    assert len(await alerts(database)) == 1


async def test_a_training_that_takes_too_long_is_stopped(database: Database) -> None:
    await bank_with_decisions(database)
    worker = job(database)
    await worker.run(database, NIGHT)
    assert worker._running is not None
    process = worker._running.process
    await worker.run(database, NIGHT + timedelta(minutes=1))
    assert process.returncode is None
    await worker.run(database, NIGHT + LONGEST)
    assert process.returncode == -signal.SIGKILL
    assert await outcomes(database) == ["failed"]


async def test_what_a_training_noted_itself_stands(database: Database) -> None:
    bank = await bank_with_decisions(database)
    worker = job(database, ENDS)
    await worker.run(database, NIGHT)
    assert worker._running is not None
    await worker._running.process.wait()
    await database.write(trainings.finish, bank.organisation.id, worker._running.night, "promoted", NIGHT)
    await worker.run(database, NIGHT + timedelta(minutes=1))
    assert await outcomes(database) == ["promoted"]
    assert await alerts(database) == []


async def test_the_command_is_told_whose_night_it_is(database: Database, tmp_path: Path) -> None:
    bank = await bank_with_decisions(database)
    told = tmp_path / "told"
    writes = f"import os, sys; open({str(told)!r}, 'w').write(' '.join(sys.argv[1:]) + os.environ['DATABASE_URL'])"
    worker = job(database, (sys.executable, "-c", writes))
    await worker.run(database, NIGHT)
    assert worker._running is not None
    await asyncio.wait_for(worker._running.process.wait(), 30)
    said_to_it = told.read_text()
    assert f"--organisation={bank.organisation.name} --night=2026-11-19" in said_to_it
    assert database.url.render_as_string(hide_password=False) in said_to_it
