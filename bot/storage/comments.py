"""Customers' comments as they are kept: masked and tagged, praise or not."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from bot.praise import Status
from bot.storage.database import Tx
from bot.storage.tables import comments, praises
from bot.tags import Tag, Tagging, Tier


@dataclass(frozen=True, slots=True)
class NewComment:
    """A customer's words, masked and tagged. ``digest`` is what makes it the same comment again."""

    organisation_id: int
    digest: str
    source: str
    text: str
    agent: str | None
    channel: str | None
    brought_by: int | None
    occurred: datetime | None
    received: datetime
    praise: bool
    tags: tuple[Tag, ...]
    primary: Tag | None
    tier: Tier | None
    confidence: float
    model: str


_INSERT = insert(comments)
_SAME = select(comments.c.id, comments.c.brought_by).where(
    comments.c.organisation_id == bindparam("organisation"), comments.c.digest == bindparam("digest")
)


def same(tx: Tx, organisation_id: int, digest: str) -> tuple[int, int | None] | None:
    """Return (id, who brought it) of a comment already kept."""
    row = tx.execute(_SAME, {"organisation": organisation_id, "digest": digest}).first()
    return None if row is None else (row[0], row[1])


def add(tx: Tx, new: NewComment) -> int:
    """Keep a comment; return its id."""
    row = asdict(new)
    row["primary_tag"] = row.pop("primary")
    key = tx.execute(_INSERT, row).inserted_primary_key
    assert key is not None
    return int(key[0])


def release(tx: Tx, comment_id: int, digest: str) -> bool:
    """Let the same words be brought again, with ``digest`` left to what was taken back; return whether they may.

    They may when a comment made praise and all of it was undone.
    """
    made = select(praises.c.id).where(praises.c.comment_id == comments.c.id)
    standing = made.where(praises.c.status != Status.UNDONE.value).exists()
    free = update(comments).where(comments.c.id == comment_id, made.exists(), ~standing)
    return bool(tx.execute(free.values(digest=digest)).rowcount)


def occurred(tx: Tx, comment_ids: Collection[int]) -> dict[int, datetime]:
    """Return by comment when the customer said it, as far as the source told: `Praise.comment_id` to a UTC moment."""
    query = select(comments.c.id, comments.c.occurred).where(
        comments.c.id.in_(list(comment_ids)), comments.c.occurred.is_not(None)
    )
    return {row[0]: row[1] for row in tx.execute(query)}


@dataclass(frozen=True, slots=True)
class Comment:
    """A kept comment; ``is_praise`` once a praise was made of it."""

    id: int
    text: str
    brought_by: int | None
    tagging: Tagging
    is_praise: bool


def by_id(tx: Tx, organisation_id: int, comment_id: int) -> Comment | None:
    """Return a comment of the organisation."""
    made = select(praises.c.id).where(praises.c.comment_id == comments.c.id).exists()
    query = select(
        comments.c.text,
        comments.c.brought_by,
        comments.c.praise,
        comments.c.tags,
        comments.c.primary_tag,
        comments.c.tier,
        comments.c.confidence,
        comments.c.model,
        made,
    ).where(comments.c.organisation_id == organisation_id, comments.c.id == comment_id)
    row = tx.execute(query).first()
    if row is None:
        return None
    text, brought_by, praise, tags, primary, tier, confidence, model, is_praise = row
    tagging = Tagging(
        praise, tags, Tag(primary) if primary else None, Tier(tier) if tier else None, confidence, (), model
    )
    return Comment(comment_id, text, brought_by, tagging, is_praise)
