"""Praises recorded without a server: ours through `Dispatch.receive`, theirs as the rows that ours left behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, select

from benchmarks import company
from benchmarks.measure import percentile
from benchmarks.words import MEMBERS, text_of, who_praises_whom
from bot import handlers
from bot.chat import Address, Incoming, Mention
from bot.classifier.predict import Tagger
from bot.clock import now
from bot.dispatch import Dispatch
from bot.handlers import praise
from bot.learning.taggers import Taggers
from bot.localchat import PLATFORM, WORKSPACE, account
from bot.storage.database import Database, Tx
from bot.storage.tables import balances, entries, events, outbox, postings, praises, totals

WRITERS = 16
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Round:
    """What one round took: praises per second, and their 99th percentile in milliseconds."""

    rate: float
    p99: float


async def at_once(numbers: Iterator[int], write: Callable[[int], Awaitable[None]]) -> Round:
    """Let `WRITERS` tasks write praises, each its next one when the one before is durable."""
    latencies: list[float] = []

    async def writer() -> None:
        for number in numbers:
            began = time.perf_counter()
            await write(number)
            latencies.append(time.perf_counter() - began)

    began = time.perf_counter()
    await asyncio.gather(*(writer() for _ in range(WRITERS)))
    return Round(len(latencies) / (time.perf_counter() - began), 1000 * percentile(latencies, 0.99))


def dispatch(database: Database) -> Dispatch:
    """Return the product's dispatch on ``database``, with the shipped model."""
    return Dispatch(
        database,
        Taggers(database, Tagger.load(company.MODEL), now),
        now,
        commands=handlers.COMMANDS,
        actions=handlers.ACTIONS,
        give=praise.by_words,
        form=praise.form,
        platforms={},
    )


async def receive(product: Dispatch, number: int) -> None:
    """Give praise ``number`` as the local chat would hand it over; raise if it is refused."""
    giver, recipient = who_praises_whom(number)
    name = f"@{MEMBERS[recipient - 1]}"
    incoming = Incoming(
        event_id=f"bench-{number}",
        platform=PLATFORM,
        workspace=WORKSPACE,
        sender=account(giver),
        where=Address(PLATFORM, WORKSPACE, "team-1", "channel"),
        text=f"{name} {text_of(number)}",
        mentions=(Mention(0, len(name), account(recipient)),),
    )
    reply = await product.receive(incoming)
    if reply.card is None or reply.card.tone != "good":
        raise RuntimeError(f"praise {number} was not recorded: {reply}")


_TABLES = (praises, entries, postings, totals, balances, outbox, events)
NUMBERED = (praises.name, entries.name, postings.name, outbox.name)
"""Tables whose ``id`` the database gives."""


def rows_of_a_praise(tx: Tx) -> dict[str, list[dict[str, Any]]]:
    """Return by table the rows that one praise has left in a database that holds nothing else; ids are left out."""
    found = {}
    for table in _TABLES:
        rows = [dict(row) for row in tx.execute(select(table).order_by(*table.primary_key)).mappings()]
        if table.name in NUMBERED:
            rows = [{name: value for name, value in row.items() if name != "id"} for row in rows]
        found[table.name] = rows
    return found


def as_driver_takes(database: Database, rows: Mapping[str, Sequence[Row]]) -> dict[str, list[dict[str, Any]]]:
    """Return rows with every value as the driver takes it: moments as numbers, tags as words."""
    dialect = database.engine.dialect
    converted = {}
    for name, own in rows.items():
        into = {
            column.name: column.type.dialect_impl(dialect).bind_processor(dialect) for column in table(name).columns
        }
        converted[name] = [
            {key: convert(value) if (convert := into[key]) else value for key, value in row.items()} for row in own
        ]
    return converted


def renumbered(rows: Mapping[str, Sequence[Row]], number: int) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of a praise as those of praise ``number``, by who it is from and for; ids are put in later."""
    giver, recipient = who_praises_whom(number)
    people = {rows[praises.name][0]["giver_id"]: giver, rows[praises.name][0]["recipient_id"]: recipient}
    columns = {"giver_id", "recipient_id", "member_id", "owner"}

    def of(row: Row) -> dict[str, Any]:
        return {name: people.get(value, value) if name in columns else value for name, value in row.items()}

    made = {table: [of(row) for row in own] for table, own in rows.items()}
    made[events.name][0]["event_id"] = f"bench-{number}"
    for place, row in enumerate(made[outbox.name]):
        row["key"] = f"praise:{number}:{place}"
    return made


def table(name: str) -> Table:
    """Return the table called ``name``."""
    return next(one for one in _TABLES if one.name == name)
