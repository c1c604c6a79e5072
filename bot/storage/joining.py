"""Two members who turn out to be one person, made one: accounts, praise, points, wishes.

Nothing booked is changed. What stands booked for the one is reversed and booked for the other on the days and for the
teams it was earned in, so that a member's history and balance are whole, and the sums of a team or of the organisation
stay what they were in every week.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete, insert, select, update

from bot.points import Cause
from bot.praise import Kind, Status
from bot.storage import ledger, members, praises
from bot.storage.database import Tx
from bot.storage.ledger import Entry
from bot.storage.members import Member, Role
from bot.storage.praises import Praise
from bot.storage.tables import comments, identities, member_names, outbox, seconds, supervisors
from bot.storage.tables import members as people


@dataclass(frozen=True, slots=True)
class Joined:
    """What became of the praise of both: ids that wait and are another team's now, and that were taken back."""

    waiting: tuple[int, ...]
    taken_back: tuple[int, ...]


def join(tx: Tx, one: Member, into: Member, today: date, now: datetime) -> Joined:
    """Let all that is ``one``'s be ``into``'s, another member of the organisation; ``one`` stays as who has left.

    What one of the two gave the other becomes praise of oneself and is taken back, on ``today``. Of two seconds of one
    praise one stays.
    """
    waiting, taken_back = [], []
    for praise in _held(tx, one, into):
        unseconded = _join_seconds(tx, praise, one, into)
        own = praise.kind is Kind.PEER and {praise.giver_id, praise.recipient_id} <= {one.id, into.id}
        if own and praise.status in (Status.COUNTED, Status.CONFIRMED, Status.WAITING):
            praises.set_status(tx, praise.id, Status.UNDONE, None, now)
            taken_back.append(praise.id)
        for entry_id, entry in ledger.standing(tx, praise.id):
            if own or (entry.cause is Cause.SECOND and entry.giver_id in unseconded):
                ledger.reverse_one(tx, entry_id, entry, today, now)
            elif (theirs := _of(entry, one.id, into.id)) != entry:
                ledger.correct(tx, entry_id, entry, theirs, now)
        moved = _of_praise(praise, one.id, into)
        praises.set_people(tx, praise.id, moved.giver_id, moved.recipient_id, moved.team_id)
        if moved.team_id != praise.team_id and praise.status is Status.WAITING:
            waiting.append(praise.id)
    _join_people(tx, one, into)
    return Joined(tuple(waiting), tuple(taken_back))


def _held(tx: Tx, one: Member, into: Member) -> tuple[Praise, ...]:
    """Return the praise ``one`` gave, received or seconded, held until the transaction ends; then all it concerns."""
    found = praises.involving(tx, one.organisation_id, one.id)
    concerned = {member_id for praise in found for member_id in (praise.giver_id, praise.recipient_id)}
    members.lock(tx, {one.id, into.id, *(member_id for member_id in concerned if member_id is not None)})
    return found


def _of(entry: Entry, one: int, into: int) -> Entry:
    return replace(
        entry,
        recipient_id=into if entry.recipient_id == one else entry.recipient_id,
        giver_id=into if entry.giver_id == one else entry.giver_id,
    )


def _of_praise(praise: Praise, one: int, into: Member) -> Praise:
    """Return a praise as ``into``'s. What is still open is decided in their team."""
    if praise.recipient_id == one:
        team = into.team_id if praise.team_id is None and praise.status.open else praise.team_id
        praise = replace(praise, recipient_id=into.id, team_id=team)
    return replace(praise, giver_id=into.id) if praise.giver_id == one else praise


def _join_seconds(tx: Tx, praise: Praise, one: Member, into: Member) -> Collection[int]:
    """Let seconds of ``one`` be ``into``'s; return whose seconds are none any more and were dropped."""
    both = {one.id, into.id}
    given = both.intersection(praises.seconders(tx, praise.id))
    dropped = given if both & {praise.giver_id, praise.recipient_id} else given - {into.id} if given == both else set()
    of_praise = seconds.c.praise_id == praise.id
    if dropped:
        tx.execute(delete(seconds).where(of_praise, seconds.c.member_id.in_(dropped)))
    tx.execute(update(seconds).where(of_praise, seconds.c.member_id == one.id).values(member_id=into.id))
    return dropped


def _join_people(tx: Tx, one: Member, into: Member) -> None:
    """Let accounts, names and duties of ``one`` be ``into``'s, and the wish to stay off boards."""
    for table, column in (
        (identities, identities.c.member_id),
        (comments, comments.c.brought_by),
        (outbox, outbox.c.member_id),
    ):
        tx.execute(update(table).where(column == one.id).values({column.name: into.id}))
    for table, kept in ((member_names, ("organisation_id", "key")), (supervisors, ("team_id",))):
        columns = [table.c[name] for name in kept]
        theirs = {tuple(row) for row in tx.execute(select(*columns).where(table.c.member_id == into.id))}
        rows = [tuple(row) for row in tx.execute(select(*columns).where(table.c.member_id == one.id))]
        tx.execute(delete(table).where(table.c.member_id == one.id))
        missing = [dict(zip(kept, row, strict=True)) | {"member_id": into.id} for row in rows if row not in theirs]
        if missing:
            tx.execute(insert(table), missing)
    email = tx.execute(select(people.c.email).where(people.c.id == one.id)).scalar()
    tx.execute(update(people).where(people.c.id == one.id).values(active=False, email=None))
    known = people.c.id == into.id
    if email is not None:
        tx.execute(update(people).where(known, people.c.email.is_(None)).values(email=email))
    tx.execute(
        update(people)
        .where(known)
        .values(
            team_id=into.team_id if into.team_id is not None else one.team_id,
            role=max(one.role, into.role, key=tuple(Role).index).value,
            on_boards=one.on_boards and into.on_boards,
        )
    )
