"""Boards: sums over the kept totals of the days of a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, bindparam, func, select

from bot.storage.database import Tx
from bot.storage.tables import members, teams, totals


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member or a team has in a period, before ranking. ``id`` is the member's or the team's."""

    id: int
    name: str
    amount: int


_DAYS = and_(
    totals.c.organisation_id == bindparam("organisation"),
    totals.c.day >= bindparam("start"),
    totals.c.day < bindparam("end"),
)


def members_by(
    tx: Tx, organisation_id: int, start: date, end: date, measure: str, team_id: int | None = None
) -> tuple[Standing, ...]:
    """Return members with something in ``measure`` in [start, end), most first; who stays off boards is left out."""
    amount = func.sum(totals.c[measure])
    query = (
        select(totals.c.member_id, members.c.name, amount)
        .join(members, members.c.id == totals.c.member_id)
        .where(_DAYS, members.c.on_boards, members.c.active)
        .group_by(totals.c.member_id, members.c.name)
        .having(amount > 0)
        .order_by(amount.desc(), members.c.name, totals.c.member_id)
    )
    if team_id is not None:
        query = query.where(totals.c.team_id == team_id)
    values = {"organisation": organisation_id, "start": start, "end": end}
    return tuple(Standing(id_, name, int(total)) for id_, name, total in tx.execute(query, values))


def teams_by(tx: Tx, organisation_id: int, start: date, end: date, measure: str) -> tuple[Standing, ...]:
    """Return teams with something in ``measure`` in [start, end), most first; teams that stay off are left out."""
    amount = func.sum(totals.c[measure])
    query = (
        select(totals.c.team_id, teams.c.name, amount)
        .join(teams, teams.c.id == totals.c.team_id)
        .where(_DAYS, teams.c.on_boards)
        .group_by(totals.c.team_id, teams.c.name)
        .having(amount > 0)
        .order_by(amount.desc(), teams.c.name)
    )
    values = {"organisation": organisation_id, "start": start, "end": end}
    return tuple(Standing(id_, name, int(total)) for id_, name, total in tx.execute(query, values))


@dataclass(frozen=True, slots=True)
class Counts:
    """All measures of a member, a team or an organisation in a period."""

    points: int
    received: int
    given: int
    attitude: int
    solution: int
    value_added: int
    highlight: int


_SUMS = tuple(func.coalesce(func.sum(totals.c[name]), 0) for name in Counts.__dataclass_fields__)


def counts(
    tx: Tx, organisation_id: int, start: date, end: date, *, team_id: int | None = None, member_id: int | None = None
) -> Counts:
    """Return the measures of [start, end), of the whole organisation unless a team or a member is named."""
    query = select(*_SUMS).where(_DAYS)
    if team_id is not None:
        query = query.where(totals.c.team_id == team_id)
    if member_id is not None:
        query = query.where(totals.c.member_id == member_id)
    row = tx.execute(query, {"organisation": organisation_id, "start": start, "end": end}).one()
    return Counts(*(int(value) for value in row))
