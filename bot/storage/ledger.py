"""The ledger: entries and their balanced postings, appended and never changed, with the totals kept beside them.

``totals`` (per member and day) and ``balances`` (per member) are written in the same transaction as the entry, so that
a board or a balance is a look-up. `bot.storage.verification` proves that they are what the postings say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.points import Account, AccountKind, Cause, Posting, award, balanced, reversal
from bot.praise import Kind
from bot.storage.database import Tx
from bot.storage.praises import Praise
from bot.storage.prepared import Prepared
from bot.storage.tables import balances, entries, postings, totals
from bot.tags import Tag, Tier

MEASURES = ("points", "received", "given", *(tag.value for tag in Tag), "highlight")
"""The columns of ``totals``."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A booking on ``day``: ``sign`` is 1, or -1 for a reversal. Teams are those of the moment."""

    organisation_id: int
    cause: Cause
    praise_id: int
    recipient_id: int
    team_id: int | None
    giver_id: int | None
    giver_team_id: int | None
    kind: Kind
    tags: tuple[Tag, ...]
    tier: Tier
    rules_id: int
    day: date
    sign: int = 1
    reverses_id: int | None = None


_FIELDS = tuple(Entry.__dataclass_fields__)
_INSERT_ENTRY = Prepared(insert(entries).returning(entries.c.id), columns=(*_FIELDS, "created"))
_INSERT_POSTINGS = Prepared(insert(postings).inline(), columns=("entry_id", "account", "owner", "amount"))


def entry_of(praise: Praise, cause: Cause, giver: tuple[int | None, int | None], day: date) -> Entry:
    """Return the entry that books ``praise``; ``giver`` is (member, team) of who is credited with giving it."""
    assert praise.recipient_id is not None, "nothing is booked before it is known whose praise it is"
    return Entry(
        organisation_id=praise.organisation_id,
        cause=cause,
        praise_id=praise.id,
        recipient_id=praise.recipient_id,
        team_id=praise.team_id,
        giver_id=giver[0],
        giver_team_id=giver[1],
        kind=praise.kind,
        tags=praise.tags,
        tier=praise.tier,
        rules_id=praise.rules_id,
        day=day,
    )


def book(tx: Tx, entry: Entry, points: int, now: datetime) -> int:
    """Append ``entry`` with ``points`` for its recipient; return the recipient's new balance."""
    return _append(tx, entry, award(entry.recipient_id, points), now)


def reverse(tx: Tx, praise_id: int, day: date, now: datetime, *, causes: tuple[Cause, ...] = tuple(Cause)) -> int:
    """Reverse what a praise has booked for ``causes`` and not yet reversed; return the points taken back."""
    taken = 0
    for entry_id, entry in standing(tx, praise_id):
        if entry.cause in causes:
            taken += reverse_one(tx, entry_id, entry, day, now)
    return taken


def reverse_one(tx: Tx, entry_id: int, entry: Entry, day: date, now: datetime) -> int:
    """Reverse an entry that stands; return the points taken back."""
    moved = tuple(
        Posting(Account(AccountKind(kind), owner), amount)
        for kind, owner, amount in tx.execute(_POSTINGS_OF, {"entry": entry_id})
    )
    _append(tx, replace(entry, sign=-1, reverses_id=entry_id, day=day), reversal(moved), now)
    return _personal(moved)


def correct(tx: Tx, entry_id: int, entry: Entry, instead: Entry, now: datetime) -> None:
    """Book ``instead`` with the points of an entry that stands, both on its day: it was another's all the time."""
    book(tx, instead, reverse_one(tx, entry_id, entry, entry.day, now), now)


def move(tx: Tx, praise: Praise, left: date, day: date, now: datetime) -> None:
    """Book what stands for ``praise``, seconds included, again for who its recipient is now.

    It leaves who had it on ``left``, their day, and counts on ``day``, the new recipient's.
    """
    stood = [(entry, _booked(tx, entry_id)) for entry_id, entry in standing(tx, praise.id)]
    reverse(tx, praise.id, left, now)
    assert praise.recipient_id is not None, "nothing is booked before it is known whose praise it is"
    for entry, points in stood:
        book(tx, replace(entry, recipient_id=praise.recipient_id, team_id=praise.team_id, day=day), points, now)


_reversal = entries.alias("reversal")
_STANDING = (
    select(entries.c.id, *(entries.c[name] for name in _FIELDS))
    .outerjoin(_reversal, _reversal.c.reverses_id == entries.c.id)
    .where(entries.c.praise_id == bindparam("praise"), entries.c.sign == 1, _reversal.c.id.is_(None))
    .order_by(entries.c.id)
)
_POSTINGS_OF = select(postings.c.account, postings.c.owner, postings.c.amount).where(
    postings.c.entry_id == bindparam("entry")
)


def standing(tx: Tx, praise_id: int) -> tuple[tuple[int, Entry], ...]:
    """Return (id, entry) of what a praise has booked and not reversed."""
    return tuple((id_, _entry(row)) for id_, *row in tx.execute(_STANDING, {"praise": praise_id}))


def points_of(tx: Tx, praise_id: int) -> int:
    """Return the points that stand booked for a praise, seconds included."""
    return sum(_booked(tx, entry_id) for entry_id, _ in standing(tx, praise_id))


_original = entries.alias("original")


def _within(booked: FromClause) -> ColumnElement[bool]:
    return and_(booked.c.day >= bindparam("start"), booked.c.day < bindparam("end"))


_RECONSIDERED = select(*(entries.c[name] for name in _FIELDS)).where(
    entries.c.organisation_id == bindparam("organisation"),
    entries.c.cause == Cause.PRAISE.value,
    _within(entries),
    entries.c.praise_id.in_(
        select(_reversal.c.praise_id)
        .join(_original, _original.c.id == _reversal.c.reverses_id)
        .where(_reversal.c.organisation_id == bindparam("organisation"), _within(_reversal), ~_within(_original))
    ),
)


def reconsidered(tx: Tx, organisation_id: int, start: date, end: date) -> tuple[Entry, ...]:
    """Return what the days [start, end) booked and reversed of praises that counted before: raised, retagged, moved,
    rejected or undone late.
    """
    rows = tx.execute(_RECONSIDERED, {"organisation": organisation_id, "start": start, "end": end})
    return tuple(_entry(row) for row in rows)


def _entry(row: Iterable[Any]) -> Entry:
    entry = Entry(*row)
    return replace(entry, cause=Cause(entry.cause), kind=Kind(entry.kind), tier=Tier(entry.tier))


def _booked(tx: Tx, entry_id: int) -> int:
    rows = tx.execute(_POSTINGS_OF, {"entry": entry_id})
    return sum(amount for kind, _, amount in rows if kind == AccountKind.PERSONAL)


def balance(tx: Tx, member_id: int) -> int:
    """Return a member's points."""
    return tx.execute(_BALANCE, {"member": member_id}).scalar() or 0


_BALANCE = select(balances.c.amount).where(balances.c.member_id == bindparam("member"))


def _personal(moved: tuple[Posting, ...]) -> int:
    return sum(posting.amount for posting in moved if posting.account.kind is AccountKind.PERSONAL)


def _append(tx: Tx, entry: Entry, moved: tuple[Posting, ...], now: datetime) -> int:
    row = {name: getattr(entry, name) for name in _FIELDS}
    entry_id = _INSERT_ENTRY.value(tx, {**row, "created": now})
    if moved:
        rows = [
            {"entry_id": entry_id, "account": p.account.kind.value, "owner": p.account.owner, "amount": p.amount}
            for p in balanced(moved)
        ]
        _INSERT_POSTINGS.run_all(tx, rows)
    points = _personal(moved)
    add_to_totals(tx, entry.organisation_id, entry.day, deltas(entry, points))
    values = {"member_id": entry.recipient_id, "amount": points}
    return int(_ADD_BALANCE[tx.dialect.name].value(tx, values))


def deltas(entry: Entry, points: int) -> dict[tuple[int, int], dict[str, int]]:
    """Return what an entry adds to its day's totals, by (member, team). A second adds points only."""
    blank = dict.fromkeys(MEASURES, 0)
    received = {**blank, "points": points}
    if entry.cause is Cause.SECOND:
        return {(entry.recipient_id, entry.team_id or 0): received}
    received["received"] = entry.sign
    received["highlight"] = entry.sign * (entry.tier is Tier.HIGHLIGHT)
    for tag in entry.tags:
        received[tag.value] = entry.sign
    found = {(entry.recipient_id, entry.team_id or 0): received}
    if entry.giver_id is not None:
        found[entry.giver_id, entry.giver_team_id or 0] = {**blank, "given": entry.sign}
    return found


def add_to_totals(
    tx: Tx, organisation_id: int, day: date, changes: Mapping[tuple[int, int], Mapping[str, int]]
) -> None:
    """Add to a day's totals. Everybody takes the rows in one order, so that transactions do not deadlock."""
    rows = [
        {"organisation_id": organisation_id, "day": day, "member_id": member, "team_id": team, **values}
        for (member, team), values in sorted(changes.items())
    ]
    _ADD_TOTALS[tx.dialect.name].run_all(tx, rows)


def _inserts() -> tuple[tuple[str, sqlite.Insert | postgresql.Insert, sqlite.Insert | postgresql.Insert], ...]:
    return (
        ("sqlite", sqlite.insert(totals), sqlite.insert(balances)),
        ("postgresql", postgresql.insert(totals), postgresql.insert(balances)),
    )


_ADD_TOTALS = {
    dialect: Prepared(
        into_totals.on_conflict_do_update(
            index_elements=["organisation_id", "day", "member_id", "team_id"],
            set_={name: totals.c[name] + into_totals.excluded[name] for name in MEASURES},
        ),
        columns=totals.c.keys(),
    )
    for dialect, into_totals, _ in _inserts()
}
_ADD_BALANCE = {
    dialect: Prepared(
        into_balances.on_conflict_do_update(
            index_elements=["member_id"], set_={"amount": balances.c.amount + into_balances.excluded.amount}
        ).returning(balances.c.amount),
        columns=balances.c.keys(),
    )
    for dialect, _, into_balances in _inserts()
}
