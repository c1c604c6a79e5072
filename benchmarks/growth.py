"""A praise with a million praises behind it, against one with a thousand: 16 writers on SQLite, nobody delivering."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count, islice
from pathlib import Path
from statistics import median

from benchmarks import company, history
from benchmarks.measure import Finding, Outcome, Target, alternate, ratios
from benchmarks.recording import Round, at_once, dispatch, receive
from bot.storage.database import Database

ROUNDS = 7
PRAISES = 800
LARGE, SMALL = 1_000_000, 1_000
DAYS = 730


def run(rounds: int = ROUNDS, number: int = PRAISES, large: int = LARGE) -> list[Outcome]:
    """Measure; a round is ``number`` praises on each side."""
    rows = history.rows_of_one()
    with company.folder() as folder:
        paths = {size: folder / f"{size}.db" for size in (large, SMALL)}
        for size, path in paths.items():
            history.fill(path, rows, size, DAYS)
        much, little = (Database(f"sqlite:///{path}") for path in paths.values())
        try:
            a, b = alternate(rounds, _giver(much, number), _giver(little, number))
        finally:
            much.close()
            little.close()
        sizes = {size: _megabytes(path) for size, path in paths.items()}
    return [
        Finding(
            what="a praise with 1 million praises behind it",
            against="with 1 thousand",
            unit="× the time",
            target=Target("at most", 1.3),
            values=ratios([one.rate for one in b], [one.rate for one in a]),
            figures={
                "per second, 1 million": median(one.rate for one in a),
                "per second, 1 thousand": median(one.rate for one in b),
                "p99 ms, 1 million": median(one.p99 for one in a),
                "p99 ms, 1 thousand": median(one.p99 for one in b),
                "MB, 1 million": sizes[large],
            },
        )
    ]


def _giver(database: Database, number: int) -> Callable[[int], Round]:
    product = dispatch(database)
    numbers = count()

    def give(_: int) -> Round:
        return asyncio.run(at_once(islice(numbers, number), lambda one: receive(product, one)))

    give(0)  # fills caches
    return give


def _megabytes(path: Path) -> float:
    return path.stat().st_size / 1e6
