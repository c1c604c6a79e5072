"""What came in, with the answer it got: a retry or a replay finds it done and gets the same answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from bot.storage.database import Tx
from bot.storage.prepared import Prepared
from bot.storage.tables import events

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


def forget(tx: Tx, before: datetime) -> int:
    """Drop events older than any platform's retry; return how many."""
    return tx.execute(delete(events).where(events.c.created < before)).rowcount
