"""Lines in teams' channels that tell of several praises together: rows of the outbox that take more praises on while
nobody has begun to send them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, join, or_, select, update

from bot.chat import Address, Card
from bot.praise import Status
from bot.storage import outbox as messages
from bot.storage.database import Tx
from bot.storage.outbox import Outgoing
from bot.storage.prepared import Prepared
from bot.storage.tables import collected, outbox, praises, teams
from bot.tags import Tier
from bot.wire import card_to_json


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its row of the outbox, whose channel it is in, and when its first praise was collected."""

    id: int
    team_id: int
    to: Address
    created: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """The newest card written for a line, as JSON: of the line itself or of what replaces it.

    ``held`` says that it waits and no worker has ever taken it, so that it can still be changed.
    """

    id: int
    card: str
    held: bool


_LOCK = Prepared(
    select(teams.c.id)
    .where(teams.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(teams.c.id)
    .with_for_update(key_share=True)
)


def hold(tx: Tx, team_ids: Collection[int]) -> None:
    """Let nobody else change the lines of these teams until the transaction ends, so that two do not begin one each.

    Who also locks members locks them first. PostgreSQL only: SQLite's one writer already takes turns.
    """
    if tx.dialect.name == "postgresql":
        _LOCK.rows(tx, {"ids": list(team_ids)})


def teams_of(tx: Tx, organisation_id: int, praise_ids: Collection[int]) -> tuple[int, ...]:
    """Return the teams whose lines decisions on these praises of customers may change."""
    query = select(praises.c.team_id).distinct()
    found = query.where(
        praises.c.organisation_id == organisation_id,
        praises.c.id.in_(praise_ids),
        praises.c.giver_id.is_(None),
        praises.c.team_id.is_not(None),
    )
    return tuple(tx.execute(found).scalars())


_LINE = select(
    outbox.c.id,
    outbox.c.platform,
    outbox.c.workspace,
    outbox.c.conversation,
    outbox.c.conversation_kind,
    outbox.c.created,
)


def newest_of(tx: Tx, team_id: int) -> Line | None:
    """Return the line of a team that was begun last, unless a worker has taken it already."""
    last = select(func.max(collected.c.outbox_id)).where(collected.c.team_id == team_id).scalar_subquery()
    row = tx.execute(_LINE.where(outbox.c.id == last)).first()
    if row is None:
        return None
    id_, *to, created = row
    version = newest_version(tx, id_)
    if version.id != id_ or not version.held:
        return None
    return Line(id_, team_id, Address(*to), created)


def telling_of(tx: Tx, gift_id: int) -> tuple[Line, ...]:
    """Return the lines that tell of any praise given by the same words, by team; not those that were given up."""
    of_gift = or_(praises.c.id == gift_id, praises.c.gift_id == gift_id)
    query = (
        _LINE.add_columns(collected.c.team_id)
        .join_from(outbox, collected, collected.c.outbox_id == outbox.c.id)
        .join(praises, praises.c.id == collected.c.praise_id)
        .where(of_gift, outbox.c.state != "failed")
        .order_by(collected.c.team_id, outbox.c.id)
        .distinct()
    )
    return tuple(Line(id_, team_id, Address(*to), created) for id_, *to, created, team_id in tx.execute(query))


def begin(tx: Tx, organisation_id: int, team_id: int, message: Outgoing, now: datetime, due: datetime) -> Line:
    """Write a new line of a team that is ``due`` then."""
    messages.add(tx, organisation_id, [message], now, due=due)
    line_id = tx.execute(select(outbox.c.id).where(outbox.c.key == message.key)).scalar_one()
    return Line(line_id, team_id, message.to, now)


def add_to(tx: Tx, line: Line, praise_id: int) -> None:
    """Let a line tell of one more praise, where it or another line of the team does not yet."""
    known = select(collected.c.praise_id).where(collected.c.praise_id == praise_id, collected.c.team_id == line.team_id)
    if tx.execute(known).first() is None:
        row = {"praise_id": praise_id, "team_id": line.team_id, "outbox_id": line.id}
        tx.execute(insert(collected).values(row))


def newest_version(tx: Tx, line_id: int) -> Version:
    """Return the newest card written for a line and keep workers from taking it until the transaction ends."""
    query = select(outbox.c.id, outbox.c.card, outbox.c.state, outbox.c.attempts)
    found = query.where(or_(outbox.c.id == line_id, outbox.c.replaces_id == line_id))
    id_, card, state, attempts = tx.execute(found.order_by(outbox.c.id.desc()).limit(1).with_for_update()).one()
    return Version(id_, card, state == "waiting" and attempts == 0)


def change(tx: Tx, version: Version, card: Card) -> None:
    """Give a version that is still held another card."""
    tx.execute(update(outbox).where(outbox.c.id == version.id).values(card=card_to_json(card)))


def put_off(tx: Tx, line: Line, now: datetime, quiet: timedelta, longest: timedelta) -> None:
    """Let a line that is still held go out after ``quiet`` time from now, at most ``longest`` after it was begun."""
    due = min(now + quiet, line.created + longest)
    tx.execute(update(outbox).where(outbox.c.id == line.id).values(due=due))


def withdraw(tx: Tx, line: Line) -> None:
    """Take back a line that is still held: it was never there."""
    tx.execute(delete(collected).where(collected.c.outbox_id == line.id, collected.c.team_id == line.team_id))
    tx.execute(delete(outbox).where(outbox.c.id == line.id))


# --- what a line tells of ---------------------------------------------------------------------------------------------

_PRAISES = join(collected, praises, praises.c.id == collected.c.praise_id)


def _standing(line: Line) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of what a line tells: praises collected in it that count and are still the team's."""
    return (
        collected.c.team_id == line.team_id,
        collected.c.outbox_id == line.id,
        praises.c.team_id == line.team_id,
        praises.c.status.in_((Status.COUNTED.value, Status.CONFIRMED.value)),
    )


def tally(tx: Tx, line: Line) -> dict[int, int]:
    """Return how many praises of a line each recipient has, most first."""
    count = func.count()
    query = select(praises.c.recipient_id, count).select_from(_PRAISES).where(*_standing(line))
    ranked = query.group_by(praises.c.recipient_id).order_by(count.desc(), func.min(praises.c.id))
    return dict(tx.execute(ranked).all())


def only_words(tx: Tx, line: Line) -> int | None:
    """Return one praise of a line when all of them were given by the same words, else None."""
    gift = func.coalesce(praises.c.gift_id, praises.c.id)
    query = select(func.min(praises.c.id)).select_from(_PRAISES).where(*_standing(line)).group_by(gift).limit(2)
    found = tx.execute(query).scalars().all()
    return found[0] if len(found) == 1 else None


def highlight(tx: Tx, line: Line) -> int | None:
    """Return the surest highlight of a line."""
    query = select(praises.c.id).select_from(_PRAISES).where(*_standing(line), praises.c.tier == Tier.HIGHLIGHT.value)
    return tx.execute(query.order_by(praises.c.confidence.desc(), praises.c.id).limit(1)).scalar()
