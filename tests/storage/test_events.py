"""What came in is remembered as long as anything could send it again, whatever the clock does meanwhile."""

from __future__ import annotations

from datetime import timedelta

from bot.storage import events, tables
from bot.storage.database import Database
from tests.builders import WEDNESDAY, Clock, new_bank, new_dispatch, praises_of, rows, typed

DAY = timedelta(days=1)


async def came(database: Database, *days: float) -> None:
    """Let something come in so many days after Wednesday, each named after its day."""
    for day in days:
        await database.write(events.record, "web", "local", f"{day:g}", "{}", WEDNESDAY + day * DAY)


async def remembered(database: Database, *, at: float) -> list[str]:
    await database.write(events.forget, WEDNESDAY + at * DAY)
    found = await database.read(rows, tables.events)
    return sorted((row["event_id"] for row in found), key=float)


async def test_what_is_older_than_a_week_of_days_is_forgotten(database: Database) -> None:
    await came(database, *range(20))
    assert await remembered(database, at=19) == [f"{day}" for day in range(13, 20)]


async def test_everything_of_the_last_week_is_remembered_when_something_comes_in_all_the_time(
    database: Database,
) -> None:
    hours = [number / 24 for number in range(24 * 16)]
    await came(database, *hours)
    kept = await remembered(database, at=hours[-1])
    assert float(kept[0]) <= hours[-1] - 7 + 0.1
    assert float(kept[0]) >= hours[-1] - 8


async def test_a_clock_that_jumps_ahead_makes_nothing_old(database: Database) -> None:
    await came(database, 0, 0.1)
    assert await remembered(database, at=400) == ["0", "0.1"]
    await came(database, 400)
    assert await remembered(database, at=400.1) == ["0", "0.1", "400"]


async def test_what_was_written_in_the_future_is_kept_and_counts_for_nothing(database: Database) -> None:
    await came(database, 0, *range(100, 120))
    assert await remembered(database, at=1) == ["0", *(f"{day}" for day in range(100, 120))]


async def test_an_event_sent_again_after_the_clock_jumped_ahead_and_back_is_one_praise(database: Database) -> None:
    bank = await database.write(new_bank)
    clock = Clock()
    dispatch = new_dispatch(database, clock)
    incoming = typed(bank["Ann"], "you helped", [bank["Bo"]])
    await dispatch.receive(incoming)

    clock.on(days=8)
    await dispatch.receive(typed(bank["Ann"], "you solved it", [bank["Cai"]]))
    await database.write(events.forget, clock())
    clock.on(days=-8, minutes=11)
    await dispatch.receive(incoming)

    assert len(await database.read(praises_of, "you helped")) == 1
