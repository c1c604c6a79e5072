"""Praises recorded on SQLite by 16 writers, against the same statements through async SQLAlchemy on aiosqlite.

Ours is `Dispatch.receive`: it also parses, masks, tags, draws the cards and writes them as JSON. Theirs gets the
finished rows and runs the same look-ups and inserts, one transaction per praise, its 16 writers in turn on one
connection: with one each they wait for SQLite's lock in the dark, which takes longer. Both commit with
``synchronous=FULL``.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from itertools import count, islice
from statistics import median
from typing import Any

from sqlalchemy import CursorResult, event, func, insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from benchmarks import company
from benchmarks.measure import Finding, Outcome, Target, alternate, ratios
from benchmarks.recording import WRITERS, Round, at_once, dispatch, receive, renumbered, rows_of_a_praise
from bot.clock import now
from bot.storage.tables import (
    balances,
    entries,
    events,
    identities,
    members,
    organisations,
    outbox,
    postings,
    praises,
    rules_versions,
    seconds,
    teams,
    totals,
    workspaces,
)

ROUNDS = 5
PRAISES = 1500
_THEIRS = 400  # they are slower; a rate needs no equal count
_REPEATS = timedelta(minutes=10)


def _engine(path: str) -> AsyncEngine:
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", pool_size=1, max_overflow=0)

    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "cache_size=-65536"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _member(where: Any) -> Any:
    columns = (members.c.id, members.c.team_id, members.c.name, members.c.role, members.c.locale, members.c.active)
    return (
        select(*columns, func.coalesce(teams.c.timezone, organisations.c.timezone))
        .join(organisations, organisations.c.id == members.c.organisation_id)
        .outerjoin(teams, teams.c.id == members.c.team_id)
        .join(identities, identities.c.member_id == members.c.id)
        .where(identities.c.platform == "web", identities.c.workspace == "local", where)
    )


async def _look_up(tx: AsyncConnection, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Read what a praise is checked against, as the product does."""
    praise, came = rows["praises"][0], rows["events"][0]
    giver, recipient = praise["giver_id"], praise["recipient_id"]
    for query in (
        select(events.c.reply).where(events.c.platform == "web", events.c.event_id == came["event_id"]),
        select(organisations).join(workspaces).where(workspaces.c.platform == "web"),
        _member(identities.c.user_id == f"m{giver}"),
        _member(identities.c.user_id.in_([f"m{recipient}"])),
        select(rules_versions).where(rules_versions.c.effective <= now()).order_by(rules_versions.c.effective.desc()),
        select(
            select(func.coalesce(func.sum(praises.c.cost), 0))
            .where(praises.c.giver_id == giver, praises.c.allowance_period == praise["allowance_period"])
            .scalar_subquery()
            + select(func.coalesce(func.sum(seconds.c.cost), 0))
            .where(seconds.c.member_id == giver, seconds.c.allowance_period == praise["allowance_period"])
            .scalar_subquery()
        ),
        select(praises.c.recipient_id).where(
            praises.c.giver_id == giver,
            praises.c.recipient_id.in_([recipient]),
            praises.c.words == praise["words"],
            praises.c.created >= now() - _REPEATS,
        ),
        select(identities).where(identities.c.member_id.in_([recipient])),
        select(teams).where(teams.c.id == praise["team_id"]),
    ):
        (await tx.execute(query)).all()


_ADD_TOTALS = sqlite.insert(totals)
_ADD_TOTALS = _ADD_TOTALS.on_conflict_do_update(
    index_elements=list(totals.primary_key),
    set_={column.name: column + _ADD_TOTALS.excluded[column.name] for column in totals.c if not column.primary_key},
)
_ADD_BALANCE = sqlite.insert(balances)
_ADD_BALANCE = _ADD_BALANCE.on_conflict_do_update(
    index_elements=["member_id"], set_={"amount": balances.c.amount + _ADD_BALANCE.excluded.amount}
)


async def _record(tx: AsyncConnection, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Write the rows of a praise."""
    praise_id = _key(await tx.execute(insert(praises), rows["praises"][0]))
    entry = {**rows["entries"][0], "praise_id": praise_id}
    entry_id = _key(await tx.execute(insert(entries), entry))
    await tx.execute(insert(postings), [{**row, "entry_id": entry_id} for row in rows["postings"]])
    await tx.execute(_ADD_TOTALS, rows["totals"])
    await tx.execute(_ADD_BALANCE, rows["balances"])
    await tx.execute(insert(outbox), [{**row, "praise_id": praise_id} for row in rows["outbox"]])
    await tx.execute(insert(events), rows["events"][0])


def _key(result: CursorResult[Any]) -> int:
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def _through_aiosqlite(path: str, template: dict[str, list[dict[str, Any]]]) -> Callable[[int], Round]:
    numbers = count(1)

    async def run() -> Round:
        engine = _engine(path)

        async def write(number: int) -> None:
            rows = renumbered(template, number)
            async with engine.begin() as tx:
                await _look_up(tx, rows)
                await _record(tx, rows)

        try:
            await at_once(islice(numbers, WRITERS), write)  # opens the connection
            return await at_once(islice(numbers, _THEIRS), write)
        finally:
            await engine.dispose()

    return lambda _: asyncio.run(run())


def run(rounds: int = ROUNDS, number: int = PRAISES) -> list[Outcome]:
    """Measure; a round is ``number`` praises of ours."""
    with company.folder() as folder:
        other = folder / "other.db"
        with (
            company.opened(f"sqlite:///{folder / 'ours.db'}") as database,
            company.opened(f"sqlite:///{other}") as same,
        ):
            asyncio.run(receive(dispatch(same), 0))
            with same.engine.connect() as tx:
                template = rows_of_a_praise(tx)
            product = dispatch(database)
            numbers = count()

            def ours(_: int) -> Round:
                return asyncio.run(at_once(islice(numbers, number), lambda one: receive(product, one)))

            ours(0)
            theirs = _through_aiosqlite(str(other), template)
            a, b = alternate(rounds, ours, theirs)
        _check(other)
    against = "the same statements through async SQLAlchemy on aiosqlite"
    figures = {
        "praises per second": median(one.rate for one in a),
        "theirs per second": median(one.rate for one in b),
        "p99 ms": median(one.p99 for one in a),
        "their p99 ms": median(one.p99 for one in b),
    }
    what = "recorded only, SQLite, 16 writers"
    return [
        Finding(
            what=what,
            against=against,
            unit="× the rate",
            target=Target("at least", 6),
            values=ratios([one.rate for one in a], [one.rate for one in b]),
            figures=figures,
        ),
        Finding(
            what=f"{what}: p99",
            against="25 ms",
            unit="ms",
            target=Target("at most", 25),
            values=tuple(one.p99 for one in a),
        ),
    ]


def _check(path: Any) -> None:
    """Raise unless the other side has really written what ours writes."""
    connection = sqlite3.connect(path)
    try:
        counted = [connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("praises", "entries")]
        messages = connection.execute("SELECT count(*) FROM outbox").fetchone()[0]
        assert counted[0] == counted[1] == messages / 2, (counted, messages)
    finally:
        connection.close()
