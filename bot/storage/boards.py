"""Boards: sums over the kept totals of the days of a period.

Points are the net of what was booked. Counts say what is new: what counted at the period's end and had not counted when
it began, so that what is raised, retagged or taken back late never counts against what a later week received.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple, TypeVar

from sqlalchemy import and_, bindparam, func, select

from bot.storage import ledger
from bot.storage.database import Tx
from bot.storage.prepared import Prepared
from bot.storage.tables import members, teams, totals

K = TypeVar("K")


class Standing(NamedTuple):
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
    lost: dict[int | None, Counter[str]] = {}
    if measure != "points":
        lost = _lost(tx, organisation_id, start, end, lambda member, team: member if team_id in (None, team) else None)
    values = {"organisation": organisation_id, "start": start, "end": end, "team": team_id}
    found = _sums_of_members(measure, team_id is not None).rows(tx, values)
    if lost:
        found = [(id_, name, net + lost.get(id_, _NOTHING)[measure]) for id_, name, net in found]
    ordered = sorted((-int(net), name, id_) for id_, name, net in found if net > 0)
    return tuple([Standing(id_, name, -negative) for negative, name, id_ in ordered])


@cache
def _sums_of_members(measure: str, of_a_team: bool) -> Prepared:
    sums = select(totals.c.member_id, func.sum(totals.c[measure]).label("net")).where(_DAYS)
    if of_a_team:
        sums = sums.where(totals.c.team_id == bindparam("team"))
    # Summed before it is joined: a join of every day's row takes twice the time.
    summed = sums.group_by(totals.c.member_id).subquery()
    return Prepared(
        select(summed.c.member_id, members.c.name, summed.c.net)
        .join(members, members.c.id == summed.c.member_id)
        .where(members.c.on_boards, members.c.active)
    )


def teams_by(tx: Tx, organisation_id: int, start: date, end: date) -> tuple[Standing, ...]:
    """Return teams with points in [start, end), most first; teams that stay off are left out."""
    amount = func.sum(totals.c.points)
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
    """All measures of a member, a team or an organisation in a period: net ``points``, and how many praises are new.

    ``basic`` and ``highlight`` are those that are new as such, so a praise of an earlier period that was raised is a
    highlight and not ``received``.
    """

    points: int
    received: int
    given: int
    attitude: int
    solution: int
    value_added: int
    highlight: int
    basic: int

    @property
    def raised(self) -> int:
        """Praises that had counted before the period and became highlights in it."""
        return self.basic + self.highlight - self.received


_SUMS = tuple(func.coalesce(func.sum(totals.c[name]), 0) for name in ledger.MEASURES)


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
    net = Counter({name: int(amount) for name, amount in zip(ledger.MEASURES, row, strict=True)})
    net["basic"] = net["received"] - net["highlight"]

    def concerned(member: int, team: int) -> bool:
        return member_id in (None, member) and team_id in (None, team)

    net.update(_lost(tx, organisation_id, start, end, concerned).get(True, _NOTHING))
    return Counts(**{name: net[name] for name in Counts.__dataclass_fields__})


_NOTHING: Counter[str] = Counter()


def _lost(
    tx: Tx, organisation_id: int, start: date, end: date, whose: Callable[[int, int], K]
) -> dict[K, Counter[str]]:
    """Return how much of what counted before [start, end) no longer did at its end: the totals have it as negative.

    ``whose`` tells from (member, team) to whom it is lost; what moves between two of the same is not.
    """
    changes: dict[tuple[int, K], Counter[str]] = defaultdict(Counter)
    for entry in ledger.reconsidered(tx, organisation_id, start, end):
        for (member, team), change in ledger.deltas(entry, 0).items():
            of_praise = changes[entry.praise_id, whose(member, team)]
            of_praise.update(change)
            of_praise["basic"] += change["received"] - change["highlight"]
    lost: dict[K, Counter[str]] = defaultdict(Counter)
    for (_, who), change in changes.items():
        lost[who].update(-change)  # unary minus keeps only what was negative
    return lost
