from __future__ import annotations

from datetime import UTC, date, datetime

from bot.storage import rulebook
from bot.storage.database import Database
from bot.storage.tables import entries
from tests.builders import Clock, give, new_bank, new_dispatch, praise_of, pressed, rows, rules

MONDAY_IN_SHANGHAI = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""10:00 there, after the board was posted; in New York it is still Sunday."""


async def booked_days(database: Database) -> list[tuple[int, date]]:
    return [(row["sign"], row["day"]) for row in await database.read(rows, entries)]


async def test_what_a_manager_elsewhere_rejects_counts_on_the_recipients_day(database: Database) -> None:
    clock = Clock()
    bank = await database.write(new_bank, timezones={"Loans": "America/New_York"})
    dispatch = new_dispatch(database, clock)
    await give(dispatch, bank["Ann"], bank["Eve"], "helped me on Wednesday")
    clock.at = MONDAY_IN_SHANGHAI
    praise = await database.read(praise_of, "helped me on Wednesday")
    await dispatch.receive(pressed(bank["Mo"], "confirm.reject", praise=praise.id, reason="a test"))
    assert await booked_days(database) == [(1, date(2026, 11, 17)), (-1, date(2026, 11, 22))]


async def test_what_is_undone_from_another_timezone_leaves_the_closed_week_alone(database: Database) -> None:
    clock = Clock()
    bank = await database.write(new_bank, timezones={"Loans": "America/New_York"})
    dispatch = new_dispatch(database, clock)
    await give(dispatch, bank["Eve"], bank["Ann"], "helped me on Wednesday")
    clock.at = MONDAY_IN_SHANGHAI
    await dispatch.receive(pressed(bank["Eve"], "praise.undo"))
    assert await booked_days(database) == [(1, date(2026, 11, 18)), (-1, date(2026, 11, 23))]


async def test_a_second_names_the_rules_that_gave_it_its_points(database: Database) -> None:
    clock = Clock()
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, clock)
    await give(dispatch, bank["Ann"], bank["Bo"], "helped me on Wednesday")
    later = clock.on(minutes=1)
    newer = await database.write(rulebook.apply, bank.organisation.id, rules(points="3"), later, later)
    praise = await database.read(praise_of, "helped me on Wednesday")
    await dispatch.receive(pressed(bank["Cai"], "praise.second", praise=praise.id))
    assert [row["rules_id"] for row in await database.read(rows, entries)] == [praise.rules_id, newer.id]
