"""Proof that the ledger holds: everything derived from it is recomputed from the postings and compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)

from bot.points import AccountKind, Cause
from bot.praise import Kind, Status
from bot.storage import rulebook
from bot.storage.database import Tx
from bot.storage.ledger import MEASURES
from bot.storage.tables import balances, entries, postings, praises, seconds, totals
from bot.tags import Tag, Tier


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Something that does not add up. ``code`` is translated by whoever shows it; at most 20 of a code are listed."""

    code: str
    subject: str
    expected: int
    found: int


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked and what is wrong."""

    entries: int
    postings: int
    points: int
    discrepancies: tuple[Discrepancy, ...]


_LISTED = 20


def verify(tx: Tx) -> Verification:
    """Recompute the ledger: balance of each entry, what it is worth, reversals, what each praise has booked, totals,
    balances.
    """
    found: list[Discrepancy] = []
    for code, query in (
        ("unbalanced", _unbalanced()),
        ("bad_reversal", _bad_reversals()),
        ("praise_bookings", _praise_bookings()),
        ("total", _wrong_totals()),
        ("balance", _wrong_balances()),
    ):
        for subject, expected, actual in tx.execute(query.limit(_LISTED)):
            found.append(Discrepancy(code, str(subject), int(expected or 0), int(actual or 0)))
    found.extend(islice(_wrongly_worth(tx), _LISTED))
    personal = case((postings.c.account == AccountKind.PERSONAL.value, postings.c.amount), else_=0)
    counted, points = tx.execute(select(func.count(), func.coalesce(func.sum(personal), 0)).select_from(postings)).one()
    booked = tx.execute(select(func.count()).select_from(entries)).scalar_one()
    return Verification(booked, counted, int(points), tuple(found))


def rebuild(tx: Tx) -> None:
    """Make totals and balances again from entries and postings."""
    tx.execute(delete(totals))
    computed = _computed_totals()
    columns = ["organisation_id", "day", "member_id", "team_id", *MEASURES]
    tx.execute(insert(totals).from_select(columns, computed))
    tx.execute(delete(balances))
    tx.execute(insert(balances).from_select(["member_id", "amount"], _computed_balances()))


Checks = Select[Any, Any, Any]


def _unbalanced() -> Checks:
    total = func.sum(postings.c.amount)
    return select(postings.c.entry_id, literal(0), total).group_by(postings.c.entry_id).having(total != 0)


def _points_of_entries() -> Select[Any, Any]:
    return (
        select(postings.c.entry_id, func.sum(postings.c.amount).label("points"))
        .where(postings.c.account == AccountKind.PERSONAL.value)
        .group_by(postings.c.entry_id)
    )


def _bad_reversals() -> Checks:
    reversed_, moved, moved_back = entries.alias(), _points_of_entries().subquery(), _points_of_entries().subquery()
    before, after = func.coalesce(moved.c.points, 0), func.coalesce(moved_back.c.points, 0)
    return (
        select(entries.c.id, -before, after)
        .join(reversed_, reversed_.c.id == entries.c.reverses_id)
        .outerjoin(moved, moved.c.entry_id == reversed_.c.id)
        .outerjoin(moved_back, moved_back.c.entry_id == entries.c.id)
        .where(
            (before + after != 0)
            | (entries.c.sign != -1)
            | (reversed_.c.sign != 1)
            | (entries.c.praise_id != reversed_.c.praise_id)
            | (entries.c.recipient_id != reversed_.c.recipient_id)
        )
    )


def _wrongly_worth(tx: Tx) -> Iterator[Discrepancy]:
    """Find standing entries that did not credit their recipient with what the rules they name say.

    Grouped by all that their worth depends on: there are few such groups, however many entries there are.
    """
    reversal, moved = entries.alias(), postings.alias()
    to_recipient = (
        (moved.c.entry_id == entries.c.id)
        & (moved.c.account == AccountKind.PERSONAL.value)
        & (moved.c.owner == entries.c.recipient_id)
    )
    group = (entries.c.rules_id, entries.c.cause, entries.c.kind, entries.c.tier, praises.c.primary_tag)
    booked = (
        select(entries.c.id, *group, func.coalesce(func.sum(moved.c.amount), 0).label("points"))
        .join(praises, praises.c.id == entries.c.praise_id)
        .outerjoin(reversal, reversal.c.reverses_id == entries.c.id)
        .outerjoin(moved, to_recipient)
        .where(entries.c.sign == 1, reversal.c.id.is_(None))
        .group_by(entries.c.id, *group)
        .subquery()
    )
    together = [column for column in booked.c if column is not booked.c.id]
    for values in tx.execute(select(*together).group_by(*together).order_by(*together)):
        rules_id, cause, kind, tier, primary, points = values
        rules = rulebook.by_id(tx, rules_id).rules
        worth = rules.second_points if cause == Cause.SECOND else rules.worth(Kind(kind), Tier(tier), Tag(primary))
        if points != worth:
            alike = [column == value for column, value in zip(together, values, strict=True)]
            for id_ in tx.execute(select(booked.c.id).where(*alike).order_by(booked.c.id).limit(_LISTED)).scalars():
                yield Discrepancy("worth", str(id_), worth, int(points))


def _praise_bookings() -> Checks:
    """A praise that counts has one standing booking of its own and one for each second, all of them its recipient's;
    any other has none.
    """
    own = entries.c.cause == Cause.PRAISE.value
    theirs = entries.c.recipient_id == praises.c.recipient_id
    booked = (
        select(
            entries.c.praise_id,
            func.sum(entries.c.sign).label("standing"),
            func.sum(case((own, entries.c.sign), else_=0)).label("own"),
            func.sum(case((theirs, entries.c.sign), else_=0)).label("theirs"),
        )
        .join(praises, praises.c.id == entries.c.praise_id)
        .group_by(entries.c.praise_id)
        .subquery()
    )
    seconded = select(func.count()).where(seconds.c.praise_id == praises.c.id).scalar_subquery()
    counts = praises.c.status.in_((Status.COUNTED.value, Status.CONFIRMED.value))
    expected = case((counts, 1 + seconded), else_=0)
    standing, of_itself, of_recipient = (func.coalesce(booked.c[name], 0) for name in ("standing", "own", "theirs"))
    return (
        select(praises.c.id, expected, case((expected != standing, standing), else_=of_recipient))
        .outerjoin(booked, booked.c.praise_id == praises.c.id)
        .where(or_(expected != standing, of_itself != case((counts, 1), else_=0), of_recipient != standing))
    )


def _computed_totals() -> Select[Any, Any, Any, Any]:
    moved = _points_of_entries().subquery()
    own = entries.c.cause == Cause.PRAISE.value
    words = type_coerce(entries.c.tags, Text)
    zero = literal(0)

    def counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return case((condition, entries.c.sign), else_=0)

    received = select(
        entries.c.organisation_id,
        entries.c.day,
        entries.c.recipient_id.label("member_id"),
        func.coalesce(entries.c.team_id, 0).label("team_id"),
        func.coalesce(moved.c.points, 0).label("points"),
        counted(own).label("received"),
        zero.label("given"),
        *(counted(own & words.contains(tag.value)).label(tag.value) for tag in Tag),
        counted(own & (entries.c.tier == Tier.HIGHLIGHT.value)).label("highlight"),
    ).outerjoin(moved, moved.c.entry_id == entries.c.id)
    given = select(
        entries.c.organisation_id,
        entries.c.day,
        entries.c.giver_id,
        func.coalesce(entries.c.giver_team_id, 0),
        zero,
        zero,
        entries.c.sign,
        *(zero for _ in Tag),
        zero,
    ).where(own, entries.c.giver_id.is_not(None))
    both = union_all(received, given).subquery()
    keys = (both.c.organisation_id, both.c.day, both.c.member_id, both.c.team_id)
    return select(*keys, *(func.sum(both.c[name]).label(name) for name in MEASURES)).group_by(*keys)


def _wrong_totals() -> Checks:
    """Compare every measure; a row of zeros may be kept where none is computed. Shows the points of the row."""
    computed = _computed_totals().subquery()
    rows = union_all(
        select(totals.c.day, totals.c.member_id, totals.c.team_id, *(totals.c[name] for name in MEASURES)),
        select(
            computed.c.day,
            computed.c.member_id,
            computed.c.team_id,
            *((-cast(computed.c[name], BigInteger)).label(name) for name in MEASURES),
        ),
    ).subquery()
    keys = (rows.c.day, rows.c.member_id, rows.c.team_id)
    differences = [func.sum(rows.c[name]) for name in MEASURES]
    should = func.sum(case((rows.c.points < 0, -rows.c.points), else_=0))
    kept = func.sum(case((rows.c.points > 0, rows.c.points), else_=0))
    wrong = or_(*(difference != 0 for difference in differences))
    return select(rows.c.member_id, should, kept).group_by(*keys).having(wrong)


def _computed_balances() -> Select[Any, Any]:
    return (
        select(postings.c.owner, func.sum(postings.c.amount).label("amount"))
        .where(postings.c.account == AccountKind.PERSONAL.value)
        .group_by(postings.c.owner)
    )


def _wrong_balances() -> Checks:
    computed = _computed_balances().subquery()
    rows = union_all(
        select(balances.c.member_id, balances.c.amount.label("kept"), literal(0).label("computed")),
        select(computed.c.owner, literal(0), computed.c.amount),
    ).subquery()
    kept, should = func.sum(rows.c.kept), func.sum(rows.c.computed)
    return select(rows.c.member_id, should, kept).group_by(rows.c.member_id).having(kept != should)
