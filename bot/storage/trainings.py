"""The nights in which organisations' models were trained anew: each night once, whatever became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.database import Tx
from bot.storage.tables import trainings


@dataclass(frozen=True, slots=True)
class Night:
    """One training. ``outcome`` is promoted, kept or failed, None while it runs."""

    organisation_id: int
    night: date
    started: datetime
    outcome: str | None


_NIGHT = select(trainings.c.organisation_id, trainings.c.night, trainings.c.started, trainings.c.outcome)


def claim(tx: Tx, organisation_id: int, night: date, now: datetime) -> bool:
    """Begin an organisation's training of a night; return whether nobody has begun it before."""
    add = sqlite.insert(trainings) if tx.dialect.name == "sqlite" else postgresql.insert(trainings)
    values = {"organisation_id": organisation_id, "night": night, "started": now}
    begun = tx.execute(add.values(values).on_conflict_do_nothing().returning(trainings.c.night))
    return begun.first() is not None


def finish(tx: Tx, organisation_id: int, night: date, outcome: str, now: datetime) -> bool:
    """Note how a training ended; return whether it had not ended yet."""
    ended = update(trainings).where(
        trainings.c.organisation_id == organisation_id, trainings.c.night == night, trainings.c.outcome.is_(None)
    )
    return tx.execute(ended.values(outcome=outcome, finished=now)).rowcount == 1


def last(tx: Tx, organisation_id: int) -> Night | None:
    """Return the newest training of an organisation."""
    query = _NIGHT.where(trainings.c.organisation_id == organisation_id)
    row = tx.execute(query.order_by(trainings.c.night.desc()).limit(1)).first()
    return None if row is None else Night(*row)


def unfinished(tx: Tx, before: datetime) -> Sequence[Night]:
    """Return the trainings that began before a moment and have not ended."""
    query = _NIGHT.where(trainings.c.outcome.is_(None), trainings.c.started < before)
    return [Night(*row) for row in tx.execute(query.order_by(trainings.c.started))]
