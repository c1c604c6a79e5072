"""Supervisors' decisions, kept beside what they were about, and the audit of everything else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, select

from bot.storage.database import Tx
from bot.storage.praises import Praise
from bot.storage.tables import audit, decisions
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
