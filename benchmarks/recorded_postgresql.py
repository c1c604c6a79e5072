"""Praises recorded on PostgreSQL by 16 writers, against raw psycopg inserting the same rows, one statement each.

Ours is `Dispatch.receive`, look-ups, tagging and cards included. Theirs is 16 threads, each with its connection, that
insert the finished rows and look nothing up: the least that any program in Python could do.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice
from statistics import median
from typing import Any

import psycopg
from sqlalchemy import make_url

from benchmarks import company
from benchmarks.measure import Finding, Outcome, Skipped, Target, alternate, percentile, ratios
from benchmarks.postgresql import databases
from benchmarks.recording import (
    NUMBERED,
    WRITERS,
    Round,
    as_driver_takes,
    at_once,
    dispatch,
    receive,
    renumbered,
    rows_of_a_praise,
    table,
)

ROUNDS = 5
PRAISES = 1500
WHAT = "recorded only, PostgreSQL, 16 writers"


def _insert(name: str) -> str:
    """Return the statement that inserts one row of a table, adding to what is there where the product adds."""
    columns = [column.name for column in table(name).columns if not (name in NUMBERED and column.name == "id")]
    statement = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join(f'%({one})s' for one in columns)})"
    if name in ("totals", "balances"):
        keys = [column.name for column in table(name).primary_key]
        sums = ", ".join(f"{one} = {name}.{one} + excluded.{one}" for one in columns if one not in keys)
        return f"{statement} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sums}"
    return f"{statement} RETURNING id" if name in NUMBERED else statement


def _through_psycopg(
    url: str, template: dict[str, list[dict[str, Any]]], number: int
) -> tuple[Callable[[int], Round], Callable[[], None]]:
    """Return what runs one round of 16 threads, and what closes their connections."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connections = [psycopg.connect(plain) for _ in range(WRITERS)]
    statements = {name: _insert(name) for name in template}
    numbers = count(1)

    def write(connection: psycopg.Connection[Any], rows: dict[str, list[dict[str, Any]]]) -> None:
        ids: dict[str, int] = {}
        with connection.transaction():
            for name, own in rows.items():
                for row in own:
                    given = row if name == "praises" else row | {key: ids[key] for key in ids if key in row}
                    cursor = connection.execute(statements[name], given)
                    if name == "praises":
                        ids["praise_id"] = cursor.fetchone()[0]  # type: ignore[index]
                    elif name == "entries":
                        ids["entry_id"] = cursor.fetchone()[0]  # type: ignore[index]

    def writer(connection: psycopg.Connection[Any], own: Iterator[int]) -> list[float]:
        latencies = []
        for one in own:
            rows = renumbered(template, one)
            began = time.perf_counter()
            write(connection, rows)
            latencies.append(time.perf_counter() - began)
        return latencies

    def run(_: int) -> Round:
        shares = [list(islice(numbers, number // WRITERS)) for _ in range(WRITERS)]
        began = time.perf_counter()
        with ThreadPoolExecutor(WRITERS) as threads:
            latencies = [one for own in threads.map(writer, connections, map(iter, shares)) for one in own]
        return Round(len(latencies) / (time.perf_counter() - began), 1000 * percentile(latencies, 0.99))

    def close() -> None:
        for connection in connections:
            connection.close()

    return run, close


def run(rounds: int = ROUNDS, number: int = PRAISES) -> list[Outcome]:
    """Measure; a round is ``number`` praises on each side."""
    try:
        with databases(2) as (mine, other):
            return [_measure(mine, other, rounds, number)]
    except ImportError as error:
        return [Skipped(WHAT, f"no PostgreSQL: {error}")]


def _measure(mine: str, other: str, rounds: int, number: int) -> Finding:
    with company.opened(mine) as database, company.opened(other) as same:
        asyncio.run(receive(dispatch(same), 0))
        with same.engine.connect() as tx:
            template = rows_of_a_praise(tx)
        theirs, close = _through_psycopg(other, as_driver_takes(same, template), number)
        product = dispatch(database)
        numbers = count()

        def ours(_: int) -> Round:
            return asyncio.run(at_once(islice(numbers, number), lambda one: receive(product, one)))

        try:
            ours(0)
            theirs(0)
            a, b = alternate(rounds, ours, theirs)
        finally:
            close()
    return Finding(
        what=WHAT,
        against="raw psycopg, one statement per row",
        unit="× the rate",
        target=Target("at least", 0.55),
        values=ratios([one.rate for one in a], [one.rate for one in b]),
        figures={
            "praises per second": median(one.rate for one in a),
            "theirs per second": median(one.rate for one in b),
            "p99 ms": median(one.p99 for one in a),
            "their p99 ms": median(one.p99 for one in b),
        },
    )
