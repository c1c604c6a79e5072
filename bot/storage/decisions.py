"""Supervisors' decisions, kept beside what they were about, and the audit of everything else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select

from bot.praise import Kind
from bot.storage.database import Tx
from bot.storage.praises import Praise
from bot.storage.tables import audit, comments, decisions, praises
from bot.tags import Tag, Tier


def add(
    tx: Tx,
    praise: Praise,
    decided_by: int,
    outcome: str,
    tags: tuple[Tag, ...],
    primary: Tag | None,
    tier: Tier | None,
    reason: str,
    now: datetime,
) -> None:
    """Keep a decision beside what it was about: ``praise`` is how it stood before."""
    tx.execute(
        insert(decisions).values(
            organisation_id=praise.organisation_id,
            praise_id=praise.id,
            decided_by=decided_by,
            outcome=outcome,
            tags=tags,
            primary_tag=primary,
            tier=tier,
            was_tags=praise.tags,
            was_primary_tag=praise.primary.value,
            was_tier=praise.tier.value,
            was_tagged_by=praise.tagged_by,
            confidence=praise.confidence,
            model=praise.model,
            reason=reason,
            created=now,
        )
    )


def last_outcome(tx: Tx, praise_id: int) -> tuple[str, int] | None:
    """Return (outcome, who) of the newest decision on a praise."""
    query = (
        select(decisions.c.outcome, decisions.c.decided_by)
        .where(decisions.c.praise_id == praise_id)
        .order_by(decisions.c.id.desc())
        .limit(1)
    )
    row = tx.execute(query).first()
    return None if row is None else (row[0], row[1])


@dataclass(frozen=True, slots=True)
class Labels:
    """What is said of a text: by the classifier, or by a supervisor."""

    praise: bool
    tags: tuple[Tag, ...] = ()
    primary: Tag | None = None
    tier: Tier | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A supervisor's decision on a masked text, beside what the classifier had said of it.

    ``said`` is None where the classifier's tags were not at stake: the giver had chosen others.
    """

    id: int
    by: int
    customer: bool
    text: str
    labels: Labels
    said: Labels | None
    created: datetime


_DECIDED = (
    select(
        decisions.c.id,
        decisions.c.decided_by,
        decisions.c.outcome,
        decisions.c.tags,
        decisions.c.primary_tag,
        decisions.c.tier,
        decisions.c.was_tags,
        decisions.c.was_primary_tag,
        decisions.c.was_tagged_by,
        decisions.c.created,
        praises.c.kind,
        praises.c.text,
        praises.c.tagged_by,
        praises.c.suggested_tier,
        comments.c.praise,
        comments.c.tags.label("comment_tags"),
        comments.c.primary_tag.label("comment_primary"),
        comments.c.tier.label("comment_tier"),
    )
    .join(praises, praises.c.id == decisions.c.praise_id)
    .outerjoin(comments, comments.c.id == praises.c.comment_id)
)


def decided(
    tx: Tx, organisation_id: int, limit: int, *, since: datetime | None = None, until: datetime | None = None
) -> tuple[Decided, ...]:
    """Return the organisation's newest decisions in [since, until), at most ``limit``, oldest first."""
    query = _DECIDED.where(decisions.c.organisation_id == organisation_id, praises.c.organisation_id == organisation_id)
    if since is not None:
        query = query.where(decisions.c.created >= since)
    if until is not None:
        query = query.where(decisions.c.created < until)
    newest = tx.execute(query.order_by(decisions.c.created.desc(), decisions.c.id.desc()).limit(limit)).all()
    return tuple(_decided(row) for row in reversed(newest))


def count_since(tx: Tx, organisation_id: int, since: datetime | None) -> int:
    """Return how many decisions the organisation's supervisors took after ``since``; all for None."""
    query = select(func.count()).where(decisions.c.organisation_id == organisation_id)
    return int(tx.execute(query if since is None else query.where(decisions.c.created > since)).scalar_one())


def _decided(row: Row[Any]) -> Decided:
    kept = row.outcome != "reject"
    labels = Labels(kept, row.tags, *_named(row.primary_tag, row.tier)) if kept else Labels(False)
    return Decided(row.id, row.decided_by, row.kind == Kind.CUSTOMER, row.text, labels, _said(row), created=row.created)


def _said(row: Row[Any]) -> Labels | None:
    by = row.was_tagged_by or row.tagged_by
    if row.kind == Kind.CUSTOMER and row.praise is not None:
        if by == "giver":
            return None
        return Labels(row.praise, row.comment_tags, *_named(row.comment_primary, row.comment_tier))
    if by != "classifier":
        return None
    return Labels(True, row.was_tags, *_named(row.was_primary_tag, row.suggested_tier))


def _named(primary: str | None, tier: str | None) -> tuple[Tag | None, Tier | None]:
    return Tag(primary) if primary else None, Tier(tier) if tier else None


def note(
    tx: Tx,
    organisation_id: int,
    member_id: int | None,
    action: str,
    subject: str,
    details: Mapping[str, object],
    now: datetime,
) -> None:
    """Write a line of the audit log."""
    tx.execute(
        insert(audit).values(
            organisation_id=organisation_id,
            member_id=member_id,
            action=action,
            subject=subject,
            details=json.dumps(details, ensure_ascii=False, sort_keys=True),
            created=now,
        )
    )
