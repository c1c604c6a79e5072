"""What came in, with the answer it got: a retry or a replay finds it done and gets the same answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from bot.storage.database import Tx
from bot.storage.tables import events

_FIND = select(events.c.reply).where(
    events.c.platform == bindparam("platform"),
    events.c.workspace == bindparam("workspace"),
    events.c.event_id == bindparam("event_id"),
)
_ADD = insert(events)


def answer(tx: Tx, platform: str, workspace: str, event_id: str) -> str | None:
    """Return the answer an earlier delivery of this event got."""
    key = {"platform": platform, "workspace": workspace, "event_id": event_id}
    return tx.execute(_FIND, key).scalar()


def record(tx: Tx, platform: str, workspace: str, event_id: str, answer: str, now: datetime) -> None:
    """Keep the answer; a second delivery at the same instant fails here on the primary key and is undone."""
    row = {"platform": platform, "workspace": workspace, "event_id": event_id, "reply": answer, "created": now}
    tx.execute(_ADD, row)


def forget(tx: Tx, before: datetime) -> int:
    """Drop events older than any platform's retry; return how many."""
    return tx.execute(delete(events).where(events.c.created < before)).rowcount
