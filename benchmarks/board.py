"""The board of a week, its top 10 and one's own row, with 10 million postings behind it.

Against the same with 1 million postings of the same members and days, and against what one would write without kept
totals: GROUP BY over an index that covers organisation, day, member and amount of every posting.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import Connection

from benchmarks import company, history
from benchmarks.measure import Finding, Outcome, Target, alternate, ratios
from benchmarks.words import MEMBERS
from bot.clock import now
from bot.handlers.leaderboard import ranked
from bot.periods import Period, week_of
from bot.storage.database import Database

ROUNDS = 9
LARGE, SMALL = 10_000_000, 1_000_000
DAYS = 91
"""A quarter: how many postings there are to a day is what kept totals spare."""

_BOARDS = 20  # in a round
_GROUPS = 2
_OWN = len(MEMBERS) // 2


def run(rounds: int = ROUNDS, large: int = LARGE, small: int = SMALL) -> list[Outcome]:
    """Measure; a round is 20 boards on each side, and two GROUP BYs."""
    rows = history.rows_of_one()
    week = week_of(now().date() - timedelta(days=14))
    with company.folder() as folder:
        much, little = (_filled(folder / f"{size}.db", rows, size) for size in (large, small))
        try:
            with much.engine.connect() as large_tx, little.engine.connect() as small_tx:
                _covering_index(large_tx)
                _same(large_tx, week)
                ours = _timed(lambda: _board(large_tx, week), _BOARDS)
                less = _timed(lambda: _board(small_tx, week), _BOARDS)
                grouped = _timed(lambda: _group_by(large_tx, week), _GROUPS)
                a, b = alternate(rounds, ours, less)
                again, c = alternate(rounds, ours, grouped)
        finally:
            much.close()
            little.close()
    what = "board, top 10 and own row, 10 million postings"
    return [
        Finding(
            what=what,
            against="1 million postings",
            unit="× the time",
            target=Target("at most", 1.5),
            values=ratios(a, b),
            figures={"ms, 10 million": 1000 * median(a), "ms, 1 million": 1000 * median(b)},
        ),
        Finding(
            what=what,
            against="GROUP BY over a covering index",
            unit="× faster",
            target=Target("at least", 50),
            values=ratios(c, again),
            figures={"ms": 1000 * median(again), "ms, GROUP BY": 1000 * median(c)},
        ),
    ]


def _filled(path: Path, rows: history.Rows, postings: int) -> Database:
    history.fill(path, rows, postings // 2, DAYS, ("entries", "postings"))
    return Database(f"sqlite:///{path}")


def _board(tx: Connection, week: Period) -> object:
    return ranked(tx, 1, week, "points", 10, own=_OWN)


def _group_by(tx: Connection, week: Period) -> tuple[list[tuple[int, int]], ...]:
    """Return the points of the week and, for the change, those of the week before."""
    return tuple(_grouped(tx, one) for one in (week, week_of(week.start - timedelta(days=1))))


def _grouped(tx: Connection, week: Period) -> list[tuple[int, int]]:
    rows = tx.exec_driver_sql(
        "SELECT member_id, sum(amount) FROM flat WHERE organisation_id = 1 AND day >= ? AND day < ? "
        "GROUP BY member_id ORDER BY 2 DESC",
        (week.start.isoformat(), week.end.isoformat()),
    )
    return [(row[0], row[1]) for row in rows]


def _covering_index(tx: Connection) -> None:
    tx.exec_driver_sql("CREATE TABLE flat (organisation_id, day, member_id, amount)")
    tx.exec_driver_sql(
        "INSERT INTO flat SELECT organisation_id, day, owner, amount FROM entries "
        "JOIN postings ON postings.entry_id = entries.id AND postings.account = 'personal'"
    )
    tx.exec_driver_sql("CREATE INDEX flat_covering ON flat (organisation_id, day, member_id, amount)")


def _same(tx: Connection, week: Period) -> None:
    """Raise unless both sides find the same points."""
    assert max(row.amount for row in ranked(tx, 1, week, "points", 10)) == _group_by(tx, week)[0][0][1]


def _timed(do: Callable[[], object], times: int) -> Callable[[int], float]:
    """Return what does something ``times`` times and says how many seconds one took."""

    def round_(_: int) -> float:
        began = time.perf_counter()
        for _number in range(times):
            do()
        return (time.perf_counter() - began) / times

    return round_
