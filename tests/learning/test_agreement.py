from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from bot.handlers import learning
from bot.learning.agreement import ALL, DOUBTFUL, Agreement, falls, weekly
from bot.storage import decisions, tables
from bot.storage.database import Database, Tx
from bot.storage.decisions import Decided, Labels
from bot.tags import Tag, Tier
from bot.wire import card_from_json
from tests.builders import WEDNESDAY, new_bank, rows, said

KIND = Labels(True, (Tag.ATTITUDE,), Tag.ATTITUDE, Tier.BASIC)
SOLVED = Labels(True, (Tag.SOLUTION,), Tag.SOLUTION, Tier.BASIC)
MONDAY = date(2026, 11, 16)


def decided(week: int, count: int, stood: int) -> list[Decided]:
    """Decisions ``week`` weeks before the last one, of which the first ``stood``."""
    return [
        Decided(at, 1, True, "x", KIND if at < stood else SOLVED, KIND, WEDNESDAY - timedelta(weeks=week))
        for at in range(count)
    ]


def test_agreement_is_counted_by_week_and_by_what_the_classifier_said_first() -> None:
    told = [*decided(1, 4, 3), *decided(0, 2, 2)]
    found = weekly([*told, Decided(9, 1, False, "y", KIND, None, WEDNESDAY)], "Asia/Shanghai")
    before = MONDAY - timedelta(weeks=1)
    assert found == [
        Agreement(before, ALL, 3, 4),
        Agreement(before, "attitude", 3, 4),
        Agreement(MONDAY, ALL, 2, 2),
        Agreement(MONDAY, "attitude", 2, 2),
    ]


def test_what_was_asked_about_in_doubt_is_counted_by_itself() -> None:
    none = Labels(False)
    told = [Decided(at, 1, True, "x", labels, none, WEDNESDAY) for at, labels in enumerate((none, none, KIND))]
    assert weekly([*told, *decided(0, 2, 2)], "UTC") == [
        Agreement(MONDAY, ALL, 2, 2),
        Agreement(MONDAY, "attitude", 2, 2),
        Agreement(MONDAY, DOUBTFUL, 2, 3),
    ]


async def test_a_fall_among_the_doubtful_hides_none_of_what_is_called_praise(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await database.write(new_bank)
    none = Labels(False)

    def doubted(week: int, count: int, praise: int) -> list[Decided]:
        at = WEDNESDAY - timedelta(weeks=week)
        return [Decided(n, 1, True, "x", KIND if n < praise else none, none, at) for n in range(count)]

    def called(week: int, stood: int) -> list[Decided]:
        at = WEDNESDAY - timedelta(weeks=week)
        said = [Labels(True, (tag,), tag, Tier.BASIC) for tag in Tag]
        return [Decided(n, 1, True, "x", said[n % 3] if n < stood else none, said[n % 3], at) for n in range(57)]

    told = [one for week in range(1, 5) for one in (*called(week, 55), *doubted(week, 30, 6))]
    told += [*called(0, 45), *doubted(0, 30, 24)]
    monkeypatch.setattr(decisions, "decided", lambda *_, **__: tuple(told))
    await learning.watch_agreement(database, WEDNESDAY + timedelta(weeks=1))
    words = [said(card_from_json(str(row["card"]))) for row in await database.read(rows, tables.outbox)]
    assert len(words) == 2
    assert any("Supervisors correct the classifier more often" in one for one in words)
    assert any("80% of 30 comments that it called none were praise, in the weeks before 20%" in one for one in words)


def test_a_decision_belongs_to_the_week_it_is_where_the_organisation_is() -> None:
    sunday_in_london = WEDNESDAY.replace(day=15, hour=20)
    (found,) = {one.week for one in weekly([Decided(1, 1, True, "x", KIND, KIND, sunday_in_london)], "Asia/Shanghai")}
    assert found == MONDAY


@pytest.mark.parametrize(("stood", "of", "low", "high"), [(8, 10, 0.490, 0.943), (0, 10, 0.0, 0.278)])
def test_the_interval_is_wilsons(stood: int, of: int, low: float, high: float) -> None:
    assert Agreement(MONDAY, ALL, stood, of).interval == pytest.approx((low, high), abs=0.001)


def test_a_fall_beyond_noise_is_found_and_noise_is_not() -> None:
    before = [one for week in range(1, 5) for one in decided(week, 30, 27)]
    labels = lambda stood: [f.now.label for f in falls(weekly([*before, *decided(0, 30, stood)], "UTC"), MONDAY)]  # noqa: E731
    assert labels(15) == [ALL, "attitude"]
    assert labels(25) == []


def test_a_few_decisions_are_no_fall() -> None:
    before = [one for week in range(1, 5) for one in decided(week, 30, 30)]
    assert falls(weekly([*before, *decided(0, 5, 0)], "UTC"), MONDAY) == []


async def test_a_fall_is_told_once_to_who_sees_all(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await database.write(new_bank)
    told = [one for week in range(1, 5) for one in decided(week, 30, 28)] + decided(0, 30, 10)
    monkeypatch.setattr(decisions, "decided", lambda *_, **__: tuple(told))
    for hours in range(3):
        await learning.watch_agreement(database, WEDNESDAY + timedelta(weeks=1, hours=hours))
    found = await database.read(rows, tables.outbox)
    assert [row["member_id"] for row in found] == [None]
    assert "attitude" in said(card_from_json(found[0]["card"]))
    assert "33%" in said(card_from_json(found[0]["card"]))


async def test_no_fall_tells_nobody(database: Database) -> None:
    await database.write(new_bank)
    await learning.watch_agreement(database, WEDNESDAY)

    def count(tx: Tx) -> int:
        return tx.execute(select(func.count()).select_from(tables.outbox)).scalar_one()

    assert await database.read(count) == 0
