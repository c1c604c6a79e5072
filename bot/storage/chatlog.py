"""Messages of the local chat. The chat itself knows this only as its `bot.web.store.Store`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.chat import Card, Mention
from bot.storage.database import Tx
from bot.storage.prepared import Prepared
from bot.storage.tables import chat_messages, chat_revision
from bot.wire import card_from_json, card_to_json


@dataclass(frozen=True, slots=True)
class Logged:
    """A message as kept; ``revision`` grows with every post and replacement."""

    id: int
    revision: int
    conversation: str
    author: str
    posted: datetime
    text: str
    mentions: tuple[Mention, ...]
    card: Card | None
    edited: bool


_NAMES = tuple(Logged.__dataclass_fields__)
_MESSAGE = select(*(chat_messages.c[name] for name in _NAMES))


def _logged(row: Iterable[object]) -> Logged:
    values = dict(zip(_NAMES, row, strict=True))
    values["mentions"] = tuple(Mention(*mention) for mention in json.loads(str(values["mentions"])))
    values["card"] = None if values["card"] is None else card_from_json(str(values["card"]))
    return Logged(**values)  # type: ignore[arg-type]


def post(
    tx: Tx,
    workspace: str,
    conversation: str,
    author: str,
    key: str,
    text: str,
    mentions: Sequence[Mention],
    card: Card | None,
    now: datetime,
) -> Logged:
    """Keep a message; the same ``key`` again returns the first and keeps nothing."""
    row = {
        "workspace": workspace,
        "conversation": conversation,
        "author": author,
        "key": key,
        "text": text,
        "mentions": json.dumps([[m.start, m.end, m.user_id] for m in mentions]),
        "card": None if card is None else card_to_json(card),
        "edited": False,
        "posted": now,
    }
    kept = _POST[tx.dialect.name].row(tx, {**row, "chat": workspace})
    if kept is None:
        first = _MESSAGE.where(chat_messages.c.workspace == workspace, chat_messages.c.key == key)
        return _logged(tx.execute(first).one())
    id_, revision, posted = kept
    return Logged(id_, revision, conversation, author, posted, text, tuple(mentions), card, False)


def _next_revision(dialect: str, workspace: str | BindParameter[str]) -> ColumnElement[int]:
    if dialect == "postgresql":
        return chat_revision.next_value()
    # SQLite has one writer at a time: nobody else can take the same number. The newest is the end of an index.
    newest = func.coalesce(func.max(chat_messages.c.revision), 0)
    return select(newest + 1).where(chat_messages.c.workspace == workspace).scalar_subquery()


_POST = {
    dialect: Prepared(
        into.values(revision=_next_revision(dialect, bindparam("chat")))
        .on_conflict_do_nothing(index_elements=["workspace", "key"])
        .returning(chat_messages.c.id, chat_messages.c.revision, chat_messages.c.posted),
        columns=[column.name for column in chat_messages.c if column.name not in ("id", "revision")],
    )
    for dialect, into in (
        ("sqlite", sqlite.insert(chat_messages)),
        ("postgresql", postgresql.insert(chat_messages)),
    )
}


def replace(tx: Tx, workspace: str, message_id: int, card: Card) -> Logged | None:
    """Put ``card`` in the place of a message's; None when there is no such message."""
    mine = (chat_messages.c.workspace == workspace) & (chat_messages.c.id == message_id)
    values = {"card": card_to_json(card), "edited": True, "revision": _next_revision(tx.dialect.name, workspace)}
    tx.execute(update(chat_messages).where(mine).values(values))
    return message(tx, workspace, message_id)


def message(tx: Tx, workspace: str, message_id: int) -> Logged | None:
    """Return one message."""
    row = tx.execute(_MESSAGE.where(chat_messages.c.workspace == workspace, chat_messages.c.id == message_id)).first()
    return None if row is None else _logged(row)


def history(tx: Tx, workspace: str, conversation: str, before: int | None, limit: int) -> tuple[Logged, ...]:
    """Return the newest ``limit`` messages with an id below ``before``, oldest first."""
    query = _MESSAGE.where(chat_messages.c.workspace == workspace, chat_messages.c.conversation == conversation)
    if before is not None:
        query = query.where(chat_messages.c.id < before)
    rows = tx.execute(query.order_by(chat_messages.c.id.desc()).limit(limit)).all()
    return tuple(_logged(row) for row in reversed(rows))


def since(tx: Tx, workspace: str, revision: int, limit: int) -> tuple[Logged, ...]:
    """Return messages with a larger revision, in order of revision."""
    query = _MESSAGE.where(chat_messages.c.workspace == workspace, chat_messages.c.revision > revision)
    return tuple(_logged(row) for row in tx.execute(query.order_by(chat_messages.c.revision).limit(limit)))


def latest(tx: Tx, workspace: str, conversations: Sequence[str]) -> tuple[Logged, ...]:
    """Return the newest message of each of ``conversations`` that has any."""
    newest = (
        select(func.max(chat_messages.c.id))
        .where(chat_messages.c.workspace == workspace, chat_messages.c.conversation.in_(conversations))
        .group_by(chat_messages.c.conversation)
    )
    return tuple(_logged(row) for row in tx.execute(_MESSAGE.where(chat_messages.c.id.in_(newest))))


def head(tx: Tx, workspace: str) -> int:
    """Return the largest revision there is; 0 before the first message."""
    query = select(func.coalesce(func.max(chat_messages.c.revision), 0)).where(chat_messages.c.workspace == workspace)
    return int(tx.execute(query).scalar_one())
