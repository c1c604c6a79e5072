"""Versions of an organisation's points rules. A version binds from its effective moment on; none is ever changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import bindparam, func, insert, select

from bot.rules import Rules, parse
from bot.storage.database import Tx
from bot.storage.prepared import Prepared
from bot.storage.tables import rules_versions


@dataclass(frozen=True, slots=True)
class Version:
    """One version: its row, its number within the organisation, its source and since when it binds."""

    id: int
    version: int
    text: str
    effective: datetime

    @property
    def rules(self) -> Rules:
        """The validated rules."""
        return _parsed(self.text)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Rules:
    return parse(text)


_VERSION = select(rules_versions.c.id, rules_versions.c.version, rules_versions.c.text, rules_versions.c.effective)
_AT = Prepared(
    _VERSION.where(
        rules_versions.c.organisation_id == bindparam("organisation"),
        rules_versions.c.effective <= bindparam("moment"),
    )
    .order_by(rules_versions.c.effective.desc(), rules_versions.c.version.desc())
    .limit(1)
)
_FIRST = Prepared(
    _VERSION.where(rules_versions.c.organisation_id == bindparam("organisation"))
    .order_by(rules_versions.c.effective, rules_versions.c.version)
    .limit(1)
)
_BY_ID = _VERSION.where(rules_versions.c.id == bindparam("id"))


def at(tx: Tx, organisation_id: int, moment: datetime) -> Version:
    """Return the version that binds at ``moment``, the first one before any does: a clock may have been set back."""
    row = _AT.row(tx, {"organisation": organisation_id, "moment": moment})
    row = row or _FIRST.row(tx, {"organisation": organisation_id})
    assert row is not None, "every organisation has rules from its start"
    return Version(*row)


def by_id(tx: Tx, rules_id: int) -> Version:
    """Return the version a praise was booked under."""
    return Version(*tx.execute(_BY_ID, {"id": rules_id}).one())


def apply(tx: Tx, organisation_id: int, text: str, effective: datetime, now: datetime) -> Version:
    """Add a version that binds from ``effective``. Raises `bot.rules.RulesError` when ``text`` is not valid."""
    parse(text)
    newest = select(func.coalesce(func.max(rules_versions.c.version), 0)).where(
        rules_versions.c.organisation_id == organisation_id
    )
    row = {"version": tx.execute(newest).scalar_one() + 1, "text": text, "effective": effective}
    result = tx.execute(insert(rules_versions).values(organisation_id=organisation_id, created=now, **row))
    assert result.inserted_primary_key is not None
    return Version(id=result.inserted_primary_key[0], **row)


def history(tx: Tx, organisation_id: int) -> tuple[Version, ...]:
    """Return all versions, oldest first."""
    query = _VERSION.where(rules_versions.c.organisation_id == organisation_id).order_by(rules_versions.c.version)
    return tuple(Version(*row) for row in tx.execute(query))
