"""The registry of models trained from decisions: candidates, what serves, and what served before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, insert, or_, select, update

from bot.storage.database import Tx
from bot.storage.prepared import Prepared
from bot.storage.tables import models, organisations

KEPT = 10
"""Models of an organisation that are kept beside the one that serves, newest first."""


class State(StrEnum):
    """Where a model stands."""

    CANDIDATE = "candidate"
    SERVING = "serving"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Files:
    """A model as it is kept: its card (JSON) and its weights (npz)."""

    card: str
    weights: bytes

    @property
    def sha256(self) -> str:
        """The digest of both."""
        return hashlib.sha256(self.card.encode() + b"\0" + self.weights).hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """A model of the registry without its files. ``organisation_id`` is None for one that is shared.

    ``why`` tells how it came to its state (``code``), and the comparison it was judged by.
    """

    id: int
    organisation_id: int | None
    name: str
    sha256: str
    state: State
    why: Mapping[str, Any]
    created: datetime
    promoted: datetime | None


_KEPT = select(
    models.c.id,
    models.c.organisation_id,
    models.c.name,
    models.c.sha256,
    models.c.state,
    models.c.why,
    models.c.created,
    models.c.promoted,
)


def add(tx: Tx, organisation_id: int | None, name: str, files: Files, why: Mapping[str, Any], now: datetime) -> int:
    """Keep a candidate and return its id; the oldest of those that do not serve are let go."""
    row = {
        "organisation_id": organisation_id,
        "name": name,
        "sha256": files.sha256,
        "card": files.card,
        "weights": files.weights,
        "state": State.CANDIDATE.value,
        "why": json.dumps(why, ensure_ascii=False, sort_keys=True),
        "created": now,
    }
    key = tx.execute(insert(models).values(row)).inserted_primary_key
    assert key is not None
    old = [one.id for one in own(tx, organisation_id) if one.state is not State.SERVING][KEPT:]
    tx.execute(delete(models).where(models.c.id.in_(old)))
    return int(key[0])


def own(tx: Tx, organisation_id: int | None) -> tuple[Kept, ...]:
    """Return the models of an organisation, or the shared ones for None, newest first."""
    return _all(tx, _KEPT.where(_of(organisation_id)))


def known(tx: Tx, organisation_id: int) -> tuple[Kept, ...]:
    """Return the models an organisation may use: its own and the shared ones, newest first."""
    return _all(tx, _KEPT.where(or_(_of(organisation_id), _of(None))))


def by_id(tx: Tx, model_id: int) -> Kept | None:
    """Return a model."""
    row = tx.execute(_KEPT.where(models.c.id == model_id)).first()
    return None if row is None else _kept(row)


_SERVING = Prepared(select(models.c.organisation_id, models.c.id).where(models.c.state == "serving"))


def serving(tx: Tx) -> dict[int | None, int]:
    """Return the ids of the models that serve, by organisation; None is the shared one."""
    return dict(_SERVING.rows(tx, {}))


def line(tx: Tx, organisation_id: int | None) -> tuple[int, ...]:
    """Return the ids of what serves an organisation and what served it before, newest first."""
    served = [one for one in own(tx, organisation_id) if one.promoted is not None]
    served.sort(key=lambda one: (one.state is State.SERVING, one.promoted, one.id), reverse=True)
    return tuple(one.id for one in served if one.state is State.SERVING or one.why.get("code") != "rolled_back")


def files(tx: Tx, model_id: int) -> tuple[Files, str] | None:
    """Return a model's files and the digest they should have."""
    row = tx.execute(select(models.c.card, models.c.weights, models.c.sha256).where(models.c.id == model_id)).first()
    return None if row is None else (Files(row.card, bytes(row.weights)), row.sha256)


def promote(tx: Tx, model_id: int, why: Mapping[str, Any], now: datetime) -> Kept | None:
    """Let a model serve in the place of what served its organisation; return what that was."""
    chosen = by_id(tx, model_id)
    assert chosen is not None
    before = _hold(tx, chosen.organisation_id)
    if before is not None and before.id != model_id:
        _move(tx, before.id, State.RETIRED, before.why, before.promoted)
    _move(tx, model_id, State.SERVING, {**chosen.why, **why}, now)
    return before


def roll_back(tx: Tx, organisation_id: int | None, why: Mapping[str, Any], now: datetime) -> tuple[Kept, Kept | None]:
    """Retire what serves and let serve again what served before it; None is what all have without a model of theirs.

    Raises `LookupError` when nothing of theirs serves.
    """
    current = _hold(tx, organisation_id)
    if current is None:
        raise LookupError(organisation_id)
    earlier = [model_id for model_id in line(tx, organisation_id) if model_id != current.id]
    _move(tx, current.id, State.RETIRED, {**current.why, **why, "code": "rolled_back"}, current.promoted)
    if not earlier:
        return current, None
    before = by_id(tx, earlier[0])
    assert before is not None
    _move(tx, before.id, State.SERVING, {**before.why, "code": "rolled_back_to"}, now)
    return current, before


def _hold(tx: Tx, organisation_id: int | None) -> Kept | None:
    """Return what serves; until the transaction ends nobody else changes that (PostgreSQL)."""
    if tx.dialect.name == "postgresql":
        owner = select(organisations.c.id).order_by(organisations.c.id)
        if organisation_id is not None:
            owner = owner.where(organisations.c.id == organisation_id)
        tx.execute(owner.with_for_update(key_share=True))
    row = tx.execute(_KEPT.where(_of(organisation_id), models.c.state == State.SERVING.value)).first()
    return None if row is None else _kept(row)


def _move(tx: Tx, model_id: int, state: State, why: Mapping[str, Any], promoted: datetime | None) -> None:
    told = json.dumps(why, ensure_ascii=False, sort_keys=True)
    tx.execute(update(models).where(models.c.id == model_id).values(state=state.value, why=told, promoted=promoted))


def _of(organisation_id: int | None) -> ColumnElement[bool]:
    if organisation_id is None:
        return models.c.organisation_id.is_(None)
    return models.c.organisation_id == organisation_id


def _all(tx: Tx, query: Select[Any]) -> tuple[Kept, ...]:
    return tuple(_kept(row) for row in tx.execute(query.order_by(models.c.id.desc())))


def _kept(row: Any) -> Kept:
    return Kept(
        row.id,
        row.organisation_id,
        row.name,
        row.sha256,
        State(row.state),
        json.loads(row.why),
        row.created,
        row.promoted,
    )
