"""The weekly post: on time, once per team and week, whatever restarts, sleeps or sets its clock."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.config import Settings
from bot.handlers import leaderboard
from bot.localchat import PLATFORM, WORKSPACE, ChatStore
from bot.storage import organisations, rulebook, tables
from bot.storage.database import Database, Tx
from bot.web.platform import WebChat
from bot.wire import card_from_json
from bot.worker import Job, Worker
from tests.builders import (
    WEDNESDAY,
    Clock,
    give,
    new_bank,
    new_dispatch,
    new_team,
    rows,
    rules,
    said,
)
from tests.test_worker import Recorder

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""09:00 in Shanghai on the Monday after `WEDNESDAY`."""

Board = tuple[int, str]
NEW_YORK = ZoneInfo("America/New_York")


async def posted(database: Database) -> list[Board]:
    """Return (team, week) of every board there is, oldest first."""
    keys = [
        row["key"].split(":") for row in await database.read(rows, tables.outbox) if row["key"].startswith("board:")
    ]
    return [(int(key[1]), key[3]) for key in keys]


async def moments(database: Database, start: datetime, end: datetime, step: timedelta) -> dict[Board, datetime]:
    """Let a clock go from ``start`` to ``end``; return when each board was written."""
    found: dict[Board, datetime] = {}
    at = start
    while at <= end:
        await leaderboard.post_weekly_boards(database, at)
        for board in await posted(database):
            found.setdefault(board, at)
        at += step
    return found


def worker_on(database: Database, platform: Recorder, clock: Clock) -> Worker:
    return Worker(database, {PLATFORM: platform}, [Job("weekly boards", leaderboard.post_weekly_boards)], clock)


async def test_the_board_is_posted_at_its_hour_and_tells_of_the_week_before(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    await give(dispatch, bank["Ann"], bank["Bo"], "you solved it")
    cards, loans = bank.teams["Cards"].id, bank.teams["Loans"].id

    await leaderboard.post_weekly_boards(database, MONDAY - timedelta(seconds=1))
    assert await posted(database) == []
    await leaderboard.post_weekly_boards(database, MONDAY)
    assert sorted(await posted(database)) == [(cards, "2026-W47"), (loans, "2026-W47")]

    board = next(
        row for row in await database.read(rows, tables.outbox) if row["key"] == f"board:{cards}:week:2026-W47"
    )
    assert (board["conversation"], board["conversation_kind"]) == (f"team-{cards}", "channel")
    text = said(card_from_json(board["card"]))
    assert "Bo | 3" in text


async def test_two_workers_and_any_number_of_restarts_post_each_board_once(database_url: str) -> None:
    platform, clock = Recorder(), Clock(MONDAY)
    keys: list[str] = []
    for restart in range(4):
        databases = [Database(database_url) for _ in range(2)]
        try:
            if not restart:
                await databases[0].write(new_bank)
            workers = [worker_on(database, platform, clock) for database in databases]
            await asyncio.gather(*(worker.run_jobs() for worker in workers for _ in range(2)))
            while any(await asyncio.gather(*(worker.deliver() for worker in workers))):
                pass
            keys = [row["key"] for row in await databases[0].read(rows, tables.outbox)]
        finally:
            for database in databases:
                database.close()
        clock.on(hours=30)
    assert len(keys) == 2
    assert Counter(platform.sent) == dict.fromkeys(keys, 1)


async def test_a_board_missed_while_down_is_posted_late_and_once(database: Database) -> None:
    bank = await database.write(new_bank)
    late = MONDAY + timedelta(days=3)
    for _ in range(3):
        await leaderboard.post_weekly_boards(database, late)
    assert sorted(await posted(database)) == sorted((team.id, "2026-W47") for team in bank.teams.values())


async def test_after_a_long_downtime_the_newest_four_are_posted(database: Database) -> None:
    bank = await database.write(new_bank)
    for _ in range(2):
        await leaderboard.post_weekly_boards(database, MONDAY + timedelta(weeks=9))
    cards = [week for team, week in await posted(database) if team == bank.teams["Cards"].id]
    assert cards == ["2026-W53", "2027-W01", "2027-W02", "2027-W03"]


async def test_a_team_gets_no_board_of_weeks_before_it_existed(database: Database) -> None:
    bank = await database.write(new_bank)
    team = await database.write(lambda tx: new_team(tx, bank.organisation, "New", now=MONDAY + timedelta(weeks=3)))
    await leaderboard.post_weekly_boards(database, MONDAY + timedelta(weeks=4))
    assert [week for team_id, week in await posted(database) if team_id == team.id] == ["2026-W51"]


async def test_teams_without_a_channel_or_that_stay_off_boards_get_none(database: Database) -> None:
    bank = await database.write(new_bank)

    def change(tx: Tx) -> None:
        organisations.set_on_boards(tx, bank.teams["Cards"].id, False, WEDNESDAY)
        organisations.add_team(tx, bank.organisation.id, "No room", "en", "Asia/Shanghai", WEDNESDAY)

    await database.write(change)
    await leaderboard.post_weekly_boards(database, MONDAY)
    assert await posted(database) == [(bank.teams["Loans"].id, "2026-W47")]


async def test_each_team_gets_its_board_at_its_own_hour(database: Database) -> None:
    bank = await database.write(new_bank, timezones={"Loans": "America/New_York"})
    found = await moments(database, MONDAY - timedelta(hours=2), MONDAY + timedelta(hours=20), timedelta(minutes=30))
    assert found == {
        (bank.teams["Cards"].id, "2026-W47"): MONDAY,
        (bank.teams["Loans"].id, "2026-W47"): datetime(2026, 11, 23, 9, tzinfo=NEW_YORK),
    }


@pytest.mark.parametrize("turn", [datetime(2026, 11, 1, tzinfo=NEW_YORK), datetime(2027, 3, 14, tzinfo=NEW_YORK)])
async def test_when_clocks_change_the_board_comes_at_the_same_local_hour_once(
    database: Database, turn: datetime
) -> None:
    start = (turn - timedelta(days=10)).astimezone(UTC)
    await database.write(
        lambda tx: new_bank(tx, timezones=dict.fromkeys(("Cards", "Loans"), "America/New_York"), now=start)
    )
    found = await moments(database, start, start + timedelta(days=21), timedelta(hours=1))
    assert len(found) == 6  # three Mondays, two teams
    assert {moment.astimezone(NEW_YORK).hour for moment in found.values()} == {9}
    assert {moment.astimezone(NEW_YORK).weekday() for moment in found.values()} == {0}
    assert len({moment.utcoffset() for moment in (m.astimezone(NEW_YORK) for m in found.values())}) == 2


@pytest.mark.parametrize(
    ("turn", "time", "due"),
    [
        # 02:30 is skipped: the board comes when the gap ends, at 03:00.
        (datetime(2027, 3, 14, 2, 30, tzinfo=NEW_YORK), "02:30", datetime(2027, 3, 14, 7, 0, tzinfo=UTC)),
        # 01:30 comes twice: the board comes the first time, and not again.
        (datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK), "01:30", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
    ],
    ids=["skipped", "repeated"],
)
async def test_an_hour_that_is_skipped_or_repeated_brings_one_board(
    database: Database, turn: datetime, time: str, due: datetime
) -> None:
    start = (turn - timedelta(days=13)).astimezone(UTC)
    text = rules(weekday='"sunday"', time=f'"{time}"')
    bank = await database.write(lambda tx: new_bank(tx, text=text, timezones={"Cards": "America/New_York"}, now=start))
    found = await moments(database, due - timedelta(hours=5), due + timedelta(hours=8), timedelta(minutes=15))
    assert {moment for (team, _), moment in found.items() if team == bank.teams["Cards"].id} == {due}


async def test_a_clock_that_jumps_forwards_and_backwards_doubles_nothing(database: Database) -> None:
    bank = await database.write(new_bank)
    clock, platform = Clock(MONDAY), Recorder()
    worker = worker_on(database, platform, clock)
    for jump in (timedelta(0), timedelta(weeks=2), timedelta(weeks=-2), timedelta(days=-5), timedelta(weeks=60)):
        clock.at = MONDAY + jump
        for _ in range(2):
            await worker.run_jobs()
    for week in range(8):
        clock.at = MONDAY + timedelta(weeks=week)
        await worker.run_jobs()
    clock.at = MONDAY + timedelta(weeks=61)
    while await worker.deliver():
        pass

    boards = Counter(await posted(database))
    assert set(boards.values()) == {1}
    for team in bank.teams.values():
        assert {(team.id, f"2026-W{week}") for week in range(47, 54)} <= set(boards)
    assert Counter(platform.sent) == {f"board:{team}:week:{week}": 1 for team, week in boards}


async def test_another_weekday_in_the_rules_does_not_post_a_week_again(database: Database) -> None:
    bank = await database.write(new_bank)
    await leaderboard.post_weekly_boards(database, MONDAY)
    changed = MONDAY + timedelta(hours=1)
    await database.write(rulebook.apply, bank.organisation.id, rules(weekday='"tuesday"'), changed, changed)
    await leaderboard.post_weekly_boards(database, MONDAY + timedelta(days=1, hours=1))
    assert Counter(week for _, week in await posted(database)) == {"2026-W47": 2}


async def test_the_board_arrives_in_the_channel_of_the_local_chat(database: Database) -> None:
    bank = await database.write(new_bank)
    clock = Clock(MONDAY)
    store = ChatStore(database, clock)
    chat = WebChat(store, workspace=WORKSPACE, menu=(), settings=Settings())
    worker = Worker(database, {PLATFORM: chat}, [Job("weekly boards", leaderboard.post_weekly_boards)], clock)
    for _ in range(3):
        await worker.run_jobs()
        await worker.deliver()
    (message,) = await store.history(WORKSPACE, f"team-{bank.teams['Cards'].id}")
    assert message.card is not None
    assert "Cards" in said(message.card)
