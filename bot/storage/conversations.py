"""How conversations of a chat are reached, where an address alone does not say it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update

from bot.chat import Address
from bot.storage.database import Tx
from bot.storage.prepared import Prepared
from bot.storage.tables import conversations

_COLUMNS = (
    conversations.c.workspace,
    conversations.c.conversation,
    conversations.c.kind,
    conversations.c.service,
    conversations.c.place,
    conversations.c.known_as,
)

Reached = tuple[Address, str, str, str]
"""The address, the service that reaches it, what the conversation is called there, and what the person is."""


def keep(tx: Tx, reached: Reached, now: datetime) -> None:
    """Keep how a conversation is reached in the place of what was kept of it."""
    to, service, place, known_as = reached
    values = {"service": service, "place": place, "known_as": known_as or None, "updated": now}
    if not tx.execute(update(conversations).where(*_of(to)).values(**values)).rowcount:
        row = {"platform": to.platform, "workspace": to.workspace, "conversation": to.conversation, "kind": to.kind}
        tx.execute(insert(conversations).values(**row, **values))


def forget(tx: Tx, to: Address) -> None:
    """Forget how a conversation is reached."""
    tx.execute(delete(conversations).where(*_of(to)))


_REACHED = Prepared(
    select(*_COLUMNS).where(
        conversations.c.platform == bindparam("platform"),
        conversations.c.workspace == bindparam("workspace"),
        conversations.c.conversation == bindparam("conversation"),
        conversations.c.kind == bindparam("kind"),
    )
)


def reached(tx: Tx, to: Address) -> Reached | None:
    """Return how a conversation is reached."""
    row = _REACHED.row(
        tx,
        {"platform": to.platform, "workspace": to.workspace, "conversation": to.conversation, "kind": to.kind},
    )
    return None if row is None else _reached(to.platform, row)


def latest(tx: Tx, platform: str, workspace: str, limit: int) -> tuple[Reached, ...]:
    """Return how the conversations kept last are reached, shared ones first: somebody can be asked for there."""
    here = conversations.c.platform == platform, conversations.c.workspace == workspace
    query = select(*_COLUMNS).where(*here).order_by(conversations.c.kind, conversations.c.updated.desc())
    return tuple(_reached(platform, row) for row in tx.execute(query.limit(limit)))


def account(tx: Tx, platform: str, workspace: str, known_as: str) -> str | None:
    """Return the account of whom the service knows as ``known_as``."""
    query = select(conversations.c.conversation).where(
        conversations.c.platform == platform,
        conversations.c.workspace == workspace,
        conversations.c.known_as == known_as,
    )
    return tx.execute(query.limit(1)).scalar()


def _of(to: Address) -> tuple[ColumnElement[bool], ...]:
    return (
        conversations.c.platform == to.platform,
        conversations.c.workspace == to.workspace,
        conversations.c.conversation == to.conversation,
        conversations.c.kind == to.kind,
    )


def _reached(platform: str, row: Iterable[str | None]) -> Reached:
    workspace, conversation, kind, service, place, known_as = row
    to = Address(platform, workspace, conversation, kind)  # type: ignore[arg-type]
    return to, service or "", place or "", known_as or ""
