"""Praises as they are kept, from said to decided."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, bindparam, case, func, insert, literal_column, or_, select, update

from bot.points import Cause
from bot.praise import Kind, Status
from bot.storage.database import Tx
from bot.storage.prepared import Prepared
from bot.storage.tables import entries, members, praises, seconds
from bot.tags import SURE, Tag, Tier


@dataclass(frozen=True, slots=True)
class NewPraise:
    """What is known when a praise is recorded."""

    organisation_id: int
    kind: Kind
    status: Status
    giver_id: int | None
    recipient_id: int | None
    team_id: int | None
    comment_id: int | None
    gift_id: int | None
    text: str
    words: str
    private: bool
    doubtful: bool
    tags: tuple[Tag, ...]
    primary: Tag
    tier: Tier
    suggested_tier: Tier
    tagged_by: str
    confidence: float
    evidence: tuple[str, ...]
    model: str
    rules_id: int
    cost: int
    allowance_period: str
    created: datetime
    day: date


@dataclass(frozen=True, slots=True)
class Praise(NewPraise):
    """A praise as it stands."""

    id: int
    decided_by: int | None
    decided: datetime | None

    @property
    def wants_reason(self) -> bool:
        """Whether it must be said why this is no praise: not where it is doubtful and nobody forwarded it."""
        return not self.doubtful or self.giver_id is not None


_FIELDS = tuple(NewPraise.__dataclass_fields__)
_values = attrgetter(*_FIELDS)
_INSERT = Prepared(
    insert(praises).returning(praises.c.id),
    columns=("primary_tag", *(name for name in _FIELDS if name != "primary")),
)


def add(tx: Tx, new: NewPraise) -> Praise:
    """Record a praise."""
    given = dict(zip(_FIELDS, _values(new), strict=True))
    row = {**given, "primary_tag": new.primary, "evidence": json.dumps(new.evidence, ensure_ascii=False)}
    return Praise(**given, id=_INSERT.value(tx, row), decided_by=None, decided=None)


_COLUMNS = {
    "primary": praises.c.primary_tag,
    **{name: praises.c[name] for name in Praise.__dataclass_fields__ if name != "primary"},
}
_NAMES = tuple(_COLUMNS)
_PRAISE = select(*_COLUMNS.values())


def _praise(row: Iterable[Any]) -> Praise:
    values: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
    values["kind"] = Kind(values["kind"])
    values["status"] = Status(values["status"])
    values["primary"] = Tag(values["primary"])
    values["tier"] = Tier(values["tier"])
    values["suggested_tier"] = Tier(values["suggested_tier"])
    values["evidence"] = tuple(json.loads(str(values["evidence"])))
    return Praise(**values)


_BY_ID = _PRAISE.where(praises.c.organisation_id == bindparam("organisation"), praises.c.id == bindparam("id"))
_FIND = Prepared(_BY_ID)
_HOLD = Prepared(_BY_ID.with_for_update())


def by_id(tx: Tx, organisation_id: int, praise_id: int, *, lock: bool = False) -> Praise | None:
    """Return a praise of the organisation; ``lock`` holds it until the transaction ends (PostgreSQL)."""
    row = (_HOLD if lock else _FIND).row(tx, {"organisation": organisation_id, "id": praise_id})
    return None if row is None else _praise(row)


def by_ids(tx: Tx, organisation_id: int, ids: Collection[int]) -> tuple[Praise, ...]:
    """Return those of the organisation's praises that have one of these ids."""
    query = _PRAISE.where(praises.c.organisation_id == organisation_id, praises.c.id.in_(ids))
    return tuple(_praise(row) for row in tx.execute(query))


def of_gift(tx: Tx, praise: Praise, *, lock: bool = False) -> tuple[Praise, ...]:
    """Return the praises given by the same words as ``praise``, itself included, in order; ``lock`` as in `by_id`."""
    first = praise.gift_id or praise.id
    query = _PRAISE.where(or_(praises.c.id == first, praises.c.gift_id == first)).order_by(praises.c.id)
    return tuple(_praise(row) for row in tx.execute(query.with_for_update() if lock else query))


def lock(tx: Tx, organisation_id: int, ids: Collection[int]) -> tuple[int, ...]:
    """Hold several praises, in one order for everybody, until the transaction ends; return the members they concern.

    PostgreSQL only: SQLite's one writer already takes turns, and nothing is returned.
    """
    if tx.dialect.name != "postgresql":
        return ()
    query = select(praises.c.giver_id, praises.c.recipient_id).where(
        praises.c.organisation_id == organisation_id, praises.c.id.in_(ids)
    )
    found = tx.execute(query.order_by(praises.c.id).with_for_update())
    return tuple({member_id for row in found for member_id in row if member_id is not None})


_SPENT_PRAISES = (
    select(func.coalesce(func.sum(praises.c.cost), 0))
    .where(
        praises.c.giver_id == bindparam("member"),
        praises.c.allowance_period == bindparam("period"),
        praises.c.status != Status.UNDONE.value,
    )
    .scalar_subquery()
)
_SPENT_SECONDS = (
    select(func.coalesce(func.sum(seconds.c.cost), 0))
    .join_from(seconds, praises, praises.c.id == seconds.c.praise_id)
    .where(
        seconds.c.member_id == bindparam("member"),
        seconds.c.allowance_period == bindparam("period"),
        praises.c.status != Status.UNDONE.value,
    )
    .scalar_subquery()
)
_SPENT = Prepared(select(_SPENT_PRAISES + _SPENT_SECONDS))


def spent(tx: Tx, member_id: int, period: str) -> int:
    """Return how much of the allowance of ``period`` a member has given away. What is undone is not spent."""
    return int(_SPENT.value(tx, {"member": member_id, "period": period}))


_REPEATED = Prepared(
    select(praises.c.recipient_id).where(
        praises.c.giver_id == bindparam("giver"),
        praises.c.recipient_id.in_(bindparam("recipients", expanding=True)),
        praises.c.words == bindparam("words"),
        praises.c.created >= bindparam("since"),
        praises.c.status != Status.UNDONE.value,
    )
)


def repeated(tx: Tx, giver_id: int, recipients: Collection[int], words: str, since: datetime) -> tuple[int, ...]:
    """Return those of ``recipients`` whom the giver praised in the same words since then."""
    values = {"giver": giver_id, "recipients": list(recipients), "words": words, "since": since}
    return tuple(recipient_id for (recipient_id,) in _REPEATED.rows(tx, values))


def latest_to(tx: Tx, giver_id: int, recipient_id: int, words: str) -> int:
    """Return the giver's newest praise in these words to the recipient; there is one."""
    query = select(func.max(praises.c.id)).where(
        praises.c.giver_id == giver_id,
        praises.c.recipient_id == recipient_id,
        praises.c.words == words,
        praises.c.status != Status.UNDONE.value,
    )
    return int(tx.execute(query).scalar_one())


def undoable(tx: Tx, giver_id: int, praise_id: int | None = None) -> tuple[Praise, ...]:
    """Return a praise of the giver (for all its recipients), the last when none is named, as far as it is undecided,
    and hold it.
    """
    own = select(func.max(praises.c.id)).where(praises.c.giver_id == giver_id, praises.c.status != Status.UNDONE.value)
    # The last by id: a clock that was set back must not let an older one be taken back instead.
    last = own if praise_id is None else own.where(praises.c.id == praise_id)
    gift = select(func.coalesce(praises.c.gift_id, praises.c.id)).where(praises.c.id == last.scalar_subquery())
    first = gift.scalar_subquery()
    query = _PRAISE.where(or_(praises.c.id == first, praises.c.gift_id == first)).order_by(praises.c.id)
    rows = [_praise(row) for row in tx.execute(query.with_for_update())]
    return tuple(row for row in rows if row.status.open)


def set_status(tx: Tx, praise_id: int, status: Status, member_id: int | None, now: datetime) -> None:
    """Move a praise on; ``member_id`` is who did it."""
    tx.execute(
        update(praises).where(praises.c.id == praise_id).values(status=status.value, decided_by=member_id, decided=now)
    )


def retag(tx: Tx, praise_id: int, tags: tuple[Tag, ...], primary: Tag, tier: Tier) -> None:
    """Give a praise the supervisor's tags."""
    values = {"tags": tags, "primary_tag": primary.value, "tier": tier.value, "tagged_by": "supervisor"}
    tx.execute(update(praises).where(praises.c.id == praise_id).values(values))


def assign(tx: Tx, praise_id: int, recipient_id: int, team_id: int | None) -> None:
    """Say whose praise it is."""
    tx.execute(update(praises).where(praises.c.id == praise_id).values(recipient_id=recipient_id, team_id=team_id))


def set_people(tx: Tx, praise_id: int, giver_id: int | None, recipient_id: int | None, team_id: int | None) -> None:
    """Say whose praise it was all the time, and who gave it."""
    values = {"giver_id": giver_id, "recipient_id": recipient_id, "team_id": team_id}
    tx.execute(update(praises).where(praises.c.id == praise_id).values(values))


def involving(tx: Tx, organisation_id: int, member_id: int) -> tuple[Praise, ...]:
    """Return what a member gave, received or seconded, oldest first, and hold it."""
    seconded = select(seconds.c.praise_id).where(seconds.c.member_id == member_id)
    query = _PRAISE.where(
        praises.c.organisation_id == organisation_id,
        or_(praises.c.giver_id == member_id, praises.c.recipient_id == member_id, praises.c.id.in_(seconded)),
    )
    return tuple(_praise(row) for row in tx.execute(query.order_by(praises.c.id).with_for_update()))


def add_second(tx: Tx, praise_id: int, member_id: int, cost: int, period: str, now: datetime) -> None:
    """Record that a member seconds a praise; the primary key refuses a second time."""
    row = {"praise_id": praise_id, "member_id": member_id, "cost": cost, "allowance_period": period, "created": now}
    tx.execute(insert(seconds).values(row))


def seconders(tx: Tx, praise_id: int) -> tuple[int, ...]:
    """Return who seconded a praise."""
    query = select(seconds.c.member_id).where(seconds.c.praise_id == praise_id).order_by(seconds.c.created)
    return tuple(tx.execute(query).scalars())


class Part(StrEnum):
    """A part of the queue: all of it, what is nobody's yet, what the classifier does not call praise, or what it is
    very sure of.
    """

    ALL = "all"
    UNASSIGNED = "unassigned"
    DOUBTFUL = "doubtful"
    SURE = "sure"


# --- the queue --------------------------------------------------------------------------------------------------------


# As the index that holds these says it: SQLite takes it for no other words.
_UNDECIDED = praises.c.status.in_((literal_column("'waiting'"), literal_column("'counted'")))


def _open_for(
    organisation_id: int, teams: Collection[int] | None, member_id: int, part: Part
) -> Select[tuple[object, ...]]:
    """Undecided praises of ``teams`` (None: all) that ``member_id`` may decide; unassigned ones go to everybody who
    decides, those of people without a team to who decides for all.
    """
    query = _PRAISE.where(
        praises.c.organisation_id == organisation_id,
        _UNDECIDED,
        or_(praises.c.giver_id.is_(None), praises.c.giver_id != member_id),
        or_(praises.c.recipient_id.is_(None), praises.c.recipient_id != member_id),
    )
    if teams is not None:
        query = query.where(or_(praises.c.team_id.in_(teams), praises.c.recipient_id.is_(None)))
    if part is Part.UNASSIGNED:
        query = query.where(praises.c.recipient_id.is_(None))
    elif part is Part.DOUBTFUL:
        query = query.where(praises.c.doubtful)
    elif part is Part.SURE:
        query = query.where(praises.c.recipient_id.is_not(None), ~praises.c.doubtful, praises.c.confidence >= SURE)
    return query


def queue(
    tx: Tx,
    organisation_id: int,
    teams: Collection[int] | None,
    member_id: int,
    limit: int,
    offset: int = 0,
    part: Part = Part.ALL,
) -> tuple[Praise, ...]:
    """Return what waits for a decision by ``member_id``: customers' words first, then least certain first.

    Praise and what may be none take turns, so that neither keeps the other waiting.
    """
    uncertain = (praises.c.confidence, praises.c.created, praises.c.id)
    turn = func.row_number().over(partition_by=(praises.c.status, praises.c.doubtful), order_by=uncertain)
    query = (
        _open_for(organisation_id, teams, member_id, part)
        .order_by(case((praises.c.status == Status.WAITING.value, 0), else_=1), turn, praises.c.doubtful)
        .limit(limit)
        .offset(offset)
    )
    return tuple(_praise(row) for row in tx.execute(query))


def queue_length(
    tx: Tx, organisation_id: int, teams: Collection[int] | None, member_id: int, part: Part = Part.ALL
) -> int:
    """Return how many praises wait for a decision by ``member_id``."""
    waiting = _open_for(organisation_id, teams, member_id, part).subquery()
    return int(tx.execute(select(func.count()).select_from(waiting)).scalar_one())


def open_in_team(tx: Tx, organisation_id: int, team_id: int) -> int:
    """Return how many praises of a team earn nothing before a supervisor confirms them; what may be none is not one."""
    query = select(func.count()).where(
        praises.c.organisation_id == organisation_id,
        _UNDECIDED,
        praises.c.status == Status.WAITING.value,
        praises.c.team_id == team_id,
        ~praises.c.doubtful,
    )
    return tx.execute(query).scalar_one()


# --- looking back -----------------------------------------------------------------------------------------------------


def recent(tx: Tx, organisation_id: int, recipient_id: int, limit: int, *, private: bool) -> tuple[Praise, ...]:
    """Return the newest praises that count for a member; ``private`` ones only when asked for."""
    query = _PRAISE.where(
        praises.c.organisation_id == organisation_id,
        praises.c.recipient_id == recipient_id,
        praises.c.status.in_((Status.COUNTED.value, Status.CONFIRMED.value)),
    )
    if not private:
        query = query.where(~praises.c.private)
    return tuple(_praise(row) for row in tx.execute(query.order_by(praises.c.created.desc()).limit(limit)))


def highlight_of(tx: Tx, organisation_id: int, team_id: int, start: date, end: date) -> Praise | None:
    """Return the praise to show on a team's board: a public, confirmed highlight booked on the days [start, end), of a
    member who does not stay off boards.

    Customers' words before colleagues', then the surest.
    """
    booked = select(entries.c.praise_id).where(
        entries.c.team_id == team_id,
        entries.c.day >= start,
        entries.c.day < end,
        entries.c.cause == Cause.PRAISE.value,
        entries.c.tier == Tier.HIGHLIGHT.value,
    )
    query = (
        _PRAISE.join(members, members.c.id == praises.c.recipient_id)
        .where(
            praises.c.organisation_id == organisation_id,
            praises.c.id.in_(booked),
            members.c.on_boards,
            praises.c.status == Status.CONFIRMED.value,
            praises.c.tier == Tier.HIGHLIGHT.value,
            ~praises.c.private,
        )
        .order_by(praises.c.kind, praises.c.confidence.desc(), praises.c.id)
        .limit(1)
    )
    row = tx.execute(query).first()
    return None if row is None else _praise(row)


def newest(tx: Tx) -> int:
    """Return the largest id of a praise; 0 before the first."""
    return int(tx.execute(select(func.coalesce(func.max(praises.c.id), 0))).scalar_one())


def after(tx: Tx, praise_id: int) -> tuple[int, ...]:
    """Return the ids of praises with a larger id, in order."""
    return tuple(tx.execute(select(praises.c.id).where(praises.c.id > praise_id).order_by(praises.c.id)).scalars())
