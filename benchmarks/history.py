"""A long past, written by SQL alone: a real praise's rows repeated for other people and other days."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from benchmarks import company
from benchmarks.recording import as_driver_takes, dispatch, receive, rows_of_a_praise
from benchmarks.words import MEMBERS
from bot.clock import now
from bot.periods import week_of
from bot.storage import verification

Rows = dict[str, list[dict[str, Any]]]

# Number i is from somebody to somebody else, and all pairs come once before any comes again, as in `words`.
_PEOPLE = len(MEMBERS)
_GIVER = f"1 + i % {_PEOPLE}"
_RECIPIENT = f"1 + (i % {_PEOPLE} + 1 + i / {_PEOPLE} % {_PEOPLE - 1}) % {_PEOPLE}"
_TEAM = f"1 + ({_RECIPIENT} - 1) % {company.TEAMS}"
_COMMON = {
    "giver_id": _GIVER,
    "giver_team_id": f"1 + ({_GIVER} - 1) % {company.TEAMS}",
    "recipient_id": _RECIPIENT,
    "team_id": _TEAM,
    "created": "moment",
    "day": "date",
}
_CHANGED: dict[str, dict[str, str]] = {
    "praises": {**_COMMON, "status": "'confirmed'", "words": "'words ' || i", "allowance_period": "week"},
    "entries": {**_COMMON, "praise_id": "i + 1"},
    "postings": {"entry_id": "i + 1", "owner": f"CASE WHEN :owner = 0 THEN 0 ELSE {_RECIPIENT} END"},
    "outbox": {
        "key": "'past:' || i || ':' || :place",
        "praise_id": "i + 1",
        "member_id": f"CASE WHEN :member_id IS NULL THEN NULL ELSE {_RECIPIENT} END",
        "state": "'sent'",
        "message_id": "i",
        "created": "moment",
        "due": "moment",
    },
}


def rows_of_one() -> Rows:
    """Return the rows of one praise as the driver takes them, made by the product in a database of its own."""
    with tempfile.TemporaryDirectory() as folder, company.opened(f"sqlite:///{folder}/one.db") as database:
        asyncio.run(receive(dispatch(database), 0))
        with database.engine.connect() as tx:
            return as_driver_takes(database, rows_of_a_praise(tx))


def fill(path: Path, rows: Rows, praises: int, days: int, tables: tuple[str, ...] = tuple(_CHANGED)) -> None:
    """Found the organisation in a new SQLite file and put ``praises`` praises of the last ``days`` days behind it."""
    with company.opened(f"sqlite:///{path}") as database, database.engine.connect() as tx:
        for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-1000000"):
            tx.exec_driver_sql(f"PRAGMA {pragma}")
        tx.exec_driver_sql("BEGIN IMMEDIATE")
        _calendar(tx, days)
        for name in tables:
            for place, row in enumerate(rows[name]):
                _repeat(tx, name, row, place, praises, days)
        verification.rebuild(tx)
        tx.exec_driver_sql("DROP TABLE calendar")
        tx.exec_driver_sql("COMMIT")
        tx.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _calendar(tx: Connection, days: int) -> None:
    tx.exec_driver_sql("CREATE TABLE calendar (number INTEGER PRIMARY KEY, date TEXT, week TEXT, moment INTEGER)")
    first = now().date() - timedelta(days=days)
    for number in range(days):
        day = first + timedelta(days=number)
        noon = datetime.combine(day, time(12), UTC)
        values = (number, day.isoformat(), week_of(day).key(), int(noon.timestamp() * 1000))
        tx.exec_driver_sql("INSERT INTO calendar VALUES (?, ?, ?, ?)", values)


def _repeat(tx: Connection, name: str, row: Mapping[str, Any], place: int, praises: int, days: int) -> None:
    changed = _CHANGED[name]
    columns = list(row)
    statement = text(
        "WITH RECURSIVE numbers(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i < :praises - 1) "
        f"INSERT INTO {name} ({', '.join(columns)}) "
        f"SELECT {', '.join(changed.get(column, ':' + column) for column in columns)} "
        "FROM numbers JOIN calendar ON calendar.number = i * :days / :praises"
    )
    used = {column: value for column, value in {**row, "place": place}.items() if f":{column}" in str(statement)}
    tx.execute(statement, {**used, "praises": praises, "days": days})
