"""What an organisation's people are called, all of them at once: what masking leaves standing."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from bot.storage.database import Tx
from bot.storage.prepared import Prepared
from bot.storage.tables import member_names

_ALL = Prepared(select(member_names.c.key).where(member_names.c.organisation_id == bindparam("organisation")))


def in_use(tx: Tx, organisation_id: int) -> frozenset[str]:
    """Return every name, other name and staff number of the organisation's members, as `bot.praise.name_key` has it."""
    return frozenset(key for (key,) in _ALL.rows(tx, {"organisation": organisation_id}))
