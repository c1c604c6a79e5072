"""What an organisation's people are called, all of them at once: for masking and for finding people."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from bot.storage.database import Tx
from bot.storage.prepared import Prepared
from bot.storage.tables import member_names

_ALL = Prepared(select(member_names.c.key).where(member_names.c.organisation_id == bindparam("organisation")))


def in_use(tx: Tx, organisation_id: int) -> frozenset[str]:
    """Return every name, other name and staff number of the organisation's members, as `bot.praise.name_key` has it."""
    return frozenset(key for (key,) in _ALL.rows(tx, {"organisation": organisation_id}))


_BY_MEMBER = (
    select(member_names.c.member_id, member_names.c.key)
    .where(member_names.c.organisation_id == bindparam("organisation"))
    .order_by(member_names.c.key)
)


def by_member(tx: Tx, organisation_id: int) -> dict[int, tuple[str, ...]]:
    """Return all that each member of the organisation is called, as `bot.praise.name_key` has it."""
    found: dict[int, tuple[str, ...]] = {}
    for member_id, key in tx.execute(_BY_MEMBER, {"organisation": organisation_id}):
        found[member_id] = (*found.get(member_id, ()), key)
    return found
