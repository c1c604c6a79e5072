"""What came in, with the answer it got: a retry or a replay finds it done and gets the same answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, insert, select

from bot.storage.database import Tx
from bot.storage.prepared import Prepared
from bot.storage.tables import events

DAYS = 7
"""Longer than any platform sends an event again."""

_FIND = Prepared(
    select(events.c.reply).where(
        events.c.platform == bindparam("platform"),
        events.c.workspace == bindparam("workspace"),
        events.c.event_id == bindparam("event_id"),
    )
)
_ADD = Prepared(insert(events), columns=events.c.keys())


def answer(tx: Tx, platform: str, workspace: str, event_id: str) -> str | None:
    """Return the answer an earlier delivery of this event got."""
    key = {"platform": platform, "workspace": workspace, "event_id": event_id}
    found: str | None = _FIND.value(tx, key)
    return found


def record(tx: Tx, platform: str, workspace: str, event_id: str, answer: str, now: datetime) -> None:
    """Keep the answer; a second delivery at the same instant fails here on the primary key and is undone."""
    row = {"platform": platform, "workspace": workspace, "event_id": event_id, "reply": answer, "created": now}
    _ADD.run(tx, row)


def forget(tx: Tx, now: datetime) -> int:
    """Drop what came in before the last `DAYS` days on which anything did; return how many.

    Days without anything do not count, so a clock that jumped ahead makes nothing old. What it wrote there is left
    alone and counts for nothing after it was set back, until that time comes.
    """
    newest = select(func.max(events.c.created))
    edge = now
    for _ in range(DAYS):
        last = tx.execute(newest.where(events.c.created <= edge)).scalar()
        if last is None:
            return 0
        edge = last - timedelta(days=1)
    return tx.execute(delete(events).where(events.c.created <= edge)).rowcount
