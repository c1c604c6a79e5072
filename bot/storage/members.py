"""Members: who they are, what they are called, what they may do. Their accounts are in `bot.storage.identities`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, delete, func, insert, select, update

from bot.praise import name_key
from bot.storage.database import Tx
from bot.storage.prepared import Prepared
from bot.storage.tables import member_names, members, organisations, supervisors, teams


class Role(StrEnum):
    """What a member may do, beyond giving and receiving."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    ADMIN = "admin"

    @property
    def sees_all(self) -> bool:
        """Whether the role reads and decides for every team."""
        return self in (Role.MANAGER, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Member:
    """A person of an organisation; ``timezone`` is that of the team, else of the organisation."""

    id: int
    organisation_id: int
    team_id: int | None
    name: str
    staff_number: str | None
    role: Role
    locale: str
    timezone: str
    bot: bool
    active: bool
    on_boards: bool


QUERY = (
    select(
        members.c.id,
        members.c.organisation_id,
        members.c.team_id,
        members.c.name,
        members.c.staff_number,
        members.c.role,
        members.c.locale,
        func.coalesce(teams.c.timezone, organisations.c.timezone),
        members.c.bot,
        members.c.active,
        members.c.on_boards,
    )
    .join(organisations, organisations.c.id == members.c.organisation_id)
    .outerjoin(teams, teams.c.id == members.c.team_id)
)
"""What a member is read with; see ``from_row``."""


def from_row(row: Iterable[object]) -> Member:
    """Return the member of a row of ``QUERY``."""
    id_, organisation_id, team_id, name, staff_number, role, *rest = row
    return Member(id_, organisation_id, team_id, name, staff_number, Role(role), *rest)  # type: ignore[arg-type]


def add(
    tx: Tx,
    organisation_id: int,
    name: str,
    *,
    now: datetime,
    member_id: int | None = None,
    team_id: int | None = None,
    staff_number: str | None = None,
    email: str | None = None,
    other_names: Collection[str] = (),
    role: Role = Role.AGENT,
    locale: str = "zh_CN",
    bot: bool = False,
    active: bool = True,
) -> int:
    """Add a member who can be named by ``name``, ``other_names`` and ``staff_number``; return the id. With
    ``member_id`` that is who a member of the organisation is from now on.
    """
    row = {
        "organisation_id": organisation_id,
        "team_id": team_id,
        "name": name,
        "staff_number": staff_number,
        "email": email_key(email),
        "role": role.value,
        "locale": locale,
        "bot": bot,
        "active": active,
    }
    if member_id is None:
        key = tx.execute(insert(members).values(on_boards=True, created=now, **row)).inserted_primary_key
        assert key is not None
        member_id = key[0]
    else:
        tx.execute(update(members).where(members.c.id == member_id).values(row))
        tx.execute(delete(member_names).where(member_names.c.member_id == member_id))
    keys = {name_key(known) for known in (name, *other_names, staff_number or "")} - {""}
    rows = [{"organisation_id": organisation_id, "key": known, "member_id": member_id} for known in sorted(keys)]
    if rows:  # of none SQLAlchemy makes one row of defaults
        tx.execute(insert(member_names), rows)
    return member_id


def email_key(email: str | None) -> str | None:
    """Return an address in the form addresses are compared in; None for none."""
    return (email or "").strip().casefold() or None


def by_staff_number(tx: Tx, organisation_id: int, staff_number: str) -> Member | None:
    """Return the member with a staff number."""
    query = QUERY.where(members.c.organisation_id == organisation_id, members.c.staff_number == staff_number)
    row = tx.execute(query).first()
    return None if row is None else from_row(row)


def by_email(tx: Tx, organisation_id: int, email: str | None) -> int | None:
    """Return the id of the member with an address."""
    key = email_key(email)
    if key is None:
        return None
    query = select(members.c.id).where(members.c.organisation_id == organisation_id, members.c.email == key)
    return tx.execute(query).scalar()


def rename(tx: Tx, member: Member, name: str) -> None:
    """Call a member ``name`` from now on: they are shown with it, and found by it in the place of their name so far."""
    of_member = member_names.c.organisation_id == member.organisation_id, member_names.c.member_id == member.id
    keys = {name_key(member.name), name_key(name)}
    tx.execute(delete(member_names).where(*of_member, member_names.c.key.in_(keys)))
    if key := name_key(name):
        row = {"organisation_id": member.organisation_id, "key": key, "member_id": member.id}
        tx.execute(insert(member_names).values(row))
    tx.execute(update(members).where(members.c.id == member.id).values(name=name))


_BY_KEYS = Prepared(
    QUERY.add_columns(member_names.c.key)
    .join(member_names, member_names.c.member_id == members.c.id)
    .where(
        member_names.c.organisation_id == bindparam("organisation"),
        member_names.c.key.in_(bindparam("keys", expanding=True)),
    )
    .order_by(members.c.id)
)


def by_keys(tx: Tx, organisation_id: int, keys: Collection[str]) -> dict[str, tuple[Member, ...]]:
    """Return who is called by each of ``keys`` (see `bot.praise.name_key`); several where a name is shared."""
    found: dict[str, tuple[Member, ...]] = {}
    every = list(keys)
    for start in range(0, len(every), 500):  # SQLite and PostgreSQL both bound the parameters of a statement
        chunk = every[start : start + 500]
        for row in _BY_KEYS.rows(tx, {"organisation": organisation_id, "keys": chunk}):
            found[row[-1]] = (*found.get(row[-1], ()), from_row(row[:-1]))
    return found


_BY_IDS = Prepared(
    QUERY.where(
        members.c.organisation_id == bindparam("organisation"), members.c.id.in_(bindparam("ids", expanding=True))
    )
)


def by_ids(tx: Tx, organisation_id: int, ids: Collection[int]) -> dict[int, Member]:
    """Return members of the organisation by id."""
    if not ids:
        return {}
    return {row[0]: from_row(row) for row in _BY_IDS.rows(tx, {"organisation": organisation_id, "ids": list(ids)})}


def everyone(tx: Tx, organisation_id: int) -> tuple[Member, ...]:
    """Return all members, by name."""
    query = QUERY.where(members.c.organisation_id == organisation_id).order_by(members.c.name, members.c.id)
    return tuple(from_row(row) for row in tx.execute(query))


def lock(tx: Tx, ids: Collection[int]) -> None:
    """Hold members' rows until the transaction ends: whose allowance is spent and whose points move.

    Two gifts then cannot spend the same allowance, and as everybody takes the rows in one order, bookings for the same
    people in another order do not deadlock. Who also locks praises locks them first. PostgreSQL only: SQLite's one
    writer already takes turns. ``key_share`` lets others refer to the members meanwhile.
    """
    if tx.dialect.name == "postgresql":
        _LOCK.rows(tx, {"ids": list(ids)})


_LOCK = Prepared(
    select(members.c.id)
    .where(members.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(members.c.id)
    .with_for_update(key_share=True)
)


_SUPERVISORS = Prepared(
    QUERY.join(supervisors, supervisors.c.member_id == members.c.id)
    .where(supervisors.c.team_id == bindparam("team"), members.c.active)
    .order_by(members.c.id)
)


def supervisors_of(tx: Tx, team_id: int) -> tuple[Member, ...]:
    """Return the active supervisors of a team."""
    return tuple(from_row(row) for row in _SUPERVISORS.rows(tx, {"team": team_id}))


def all_supervisors(tx: Tx, organisation_id: int) -> tuple[Member, ...]:
    """Return every active supervisor of the organisation, each once."""
    ids = select(supervisors.c.member_id).distinct()
    query = QUERY.where(members.c.organisation_id == organisation_id, members.c.active, members.c.id.in_(ids))
    return tuple(from_row(row) for row in tx.execute(query.order_by(members.c.id)))


def seeing_all(tx: Tx, organisation_id: int) -> tuple[Member, ...]:
    """Return the active managers and administrators of the organisation."""
    roles = [role.value for role in Role if role.sees_all]
    query = QUERY.where(members.c.organisation_id == organisation_id, members.c.active, members.c.role.in_(roles))
    return tuple(from_row(row) for row in tx.execute(query.order_by(members.c.id)))


def set_locale(tx: Tx, member_id: int, locale: str) -> None:
    """Speak ``locale`` with a member from now on."""
    tx.execute(update(members).where(members.c.id == member_id).values(locale=locale))


def set_team(tx: Tx, member_id: int, team_id: int) -> None:
    """Let a member be in a team; what they earned stays with the team they were in."""
    tx.execute(update(members).where(members.c.id == member_id).values(team_id=team_id))


def set_role(tx: Tx, member_id: int, role: Role) -> None:
    """Let a member do what a role may."""
    tx.execute(update(members).where(members.c.id == member_id).values(role=role.value))


def set_on_boards(tx: Tx, member_id: int, on: bool) -> None:
    """Let a member appear on boards, or keep them off."""
    tx.execute(update(members).where(members.c.id == member_id).values(on_boards=on))
