"""Members: who they are, what they are called, which accounts are theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from bot.chat import Address, Person
from bot.i18n import nearest_locale
from bot.praise import clean, name_key
from bot.storage.database import Tx
from bot.storage.organisations import Organisation
from bot.storage.prepared import Prepared
from bot.storage.tables import identities, member_names, members, organisations, supervisors, teams, workspaces

_LONGEST_NAME = 100  # characters; platforms allow 80 or so


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


_MEMBER = (
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


def _member(row: Iterable[object]) -> Member:
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


def link(tx: Tx, member_id: int, platform: str, workspace: str, user_id: str) -> None:
    """Make an account of a platform one of a member's."""
    row = {"platform": platform, "workspace": workspace, "user_id": user_id, "member_id": member_id}
    tx.execute(insert(identities).values(row))


def move_account(tx: Tx, member_id: int, platform: str, workspace: str, user_id: str) -> None:
    """Make an account a member's, whoever's it was. What was given and received with it stays with them; for who was
    never anybody else see `bot.storage.joining`.
    """
    of = identities.c.platform == platform, identities.c.workspace == workspace, identities.c.user_id == user_id
    tx.execute(delete(identities).where(*of))
    link(tx, member_id, platform, workspace, user_id)


def by_staff_number(tx: Tx, organisation_id: int, staff_number: str) -> Member | None:
    """Return the member with a staff number."""
    query = _MEMBER.where(members.c.organisation_id == organisation_id, members.c.staff_number == staff_number)
    row = tx.execute(query).first()
    return None if row is None else _member(row)


def enrol(tx: Tx, organisation: Organisation, platform: str, workspace: str, person: Person, now: datetime) -> int:
    """Add somebody met for the first time on a platform as a member without a team; return who they are.

    Whose address a member has already, from the roster or another chat, is that member. Their name there can be
    anything: without what cannot be seen, and their account where nothing is left of it. Who is met in several places
    at the same instant is added once.
    """
    if tx.dialect.name == "postgresql":  # SQLite's one writer already takes turns
        _ENROLLING.rows(tx, {"platform": platform, "workspace": workspace})
    found = by_accounts(tx, platform, workspace, [person.id])
    if found:
        return found[person.id].id
    known = by_email(tx, organisation.id, person.email)
    if known is not None:
        link(tx, known, platform, workspace, person.id)
        return known
    member_id = add(
        tx,
        organisation.id,
        _shown_name(person),
        now=now,
        email=person.email,
        locale=nearest_locale(person.locale, organisation.locale),
        bot=person.bot,
        active=person.active,
    )
    link(tx, member_id, platform, workspace, person.id)
    return member_id


def by_email(tx: Tx, organisation_id: int, email: str | None) -> int | None:
    """Return the id of the member with an address."""
    key = email_key(email)
    if key is None:
        return None
    query = select(members.c.id).where(members.c.organisation_id == organisation_id, members.c.email == key)
    return tx.execute(query).scalar()


def refresh(tx: Tx, organisation: Organisation, platform: str, workspace: str, person: Person, local: str) -> None:
    """Keep a member as their platform describes them now; who is no member yet stays none.

    Who has an account on another platform, apart from the one called ``local`` which everybody on the roster has, has
    not left with this one. The name and the language on the roster, which is known by a staff number, stay.
    """
    found = by_accounts(tx, platform, workspace, [person.id]).get(person.id)
    if found is None:
        return
    others = identities.c.member_id == found.id, identities.c.platform.not_in((platform, local))
    values: dict[str, object] = {}
    if tx.execute(select(identities.c.user_id).where(*others).limit(1)).first() is None:
        values["active"] = person.active
    name = _shown_name(person)
    if found.staff_number is None:
        values["locale"] = nearest_locale(person.locale, found.locale)
        if name != found.name:
            values["name"] = name
            _call(tx, found, name)
    if person.email and by_email(tx, organisation.id, person.email) is None:
        values["email"] = email_key(person.email)
    if values:
        tx.execute(update(members).where(members.c.id == found.id).values(**values))


def _call(tx: Tx, member: Member, name: str) -> None:
    """Let a member be found by ``name`` in the place of their name so far."""
    of_member = member_names.c.organisation_id == member.organisation_id, member_names.c.member_id == member.id
    keys = {name_key(member.name), name_key(name)}
    tx.execute(delete(member_names).where(*of_member, member_names.c.key.in_(keys)))
    row = {"organisation_id": member.organisation_id, "key": name_key(name), "member_id": member.id}
    tx.execute(insert(member_names).values(row))


_ENROLLING = Prepared(
    select(workspaces.c.workspace)
    .where(workspaces.c.platform == bindparam("platform"), workspaces.c.workspace == bindparam("workspace"))
    .with_for_update(key_share=True)
)
"""Holds a workspace, so that only one at a time looks whether somebody is there and adds them."""


def _shown_name(person: Person) -> str:
    name = " ".join(clean(person.name)[0].split())[:_LONGEST_NAME]
    return name if name_key(name) else person.id


_BY_ACCOUNTS = Prepared(
    _MEMBER.add_columns(identities.c.user_id)
    .join(identities, identities.c.member_id == members.c.id)
    .where(
        identities.c.platform == bindparam("platform"),
        identities.c.workspace == bindparam("workspace"),
        identities.c.user_id.in_(bindparam("users", expanding=True)),
    )
)


_CALLER = Prepared(
    select(
        organisations.c.id,
        organisations.c.name,
        organisations.c.locale,
        organisations.c.timezone,
        *_MEMBER.selected_columns,
    )
    .select_from(workspaces)
    .join(organisations, organisations.c.id == workspaces.c.organisation_id)
    .outerjoin(
        identities,
        and_(
            identities.c.platform == workspaces.c.platform,
            identities.c.workspace == workspaces.c.workspace,
            identities.c.user_id == bindparam("user"),
        ),
    )
    .outerjoin(members, members.c.id == identities.c.member_id)
    .outerjoin(teams, teams.c.id == members.c.team_id)
    .where(workspaces.c.platform == bindparam("platform"), workspaces.c.workspace == bindparam("workspace"))
)


def caller(tx: Tx, platform: str, workspace: str, user: str) -> tuple[Organisation, Member | None] | None:
    """Return the organisation of a workspace and the member behind one of its accounts, in one look-up."""
    row = _CALLER.row(tx, {"platform": platform, "workspace": workspace, "user": user})
    if row is None:
        return None
    return Organisation(*row[:4]), None if row[4] is None else _member(row[4:])


def by_accounts(tx: Tx, platform: str, workspace: str, users: Collection[str]) -> dict[str, Member]:
    """Return the members behind accounts of one workspace, by account id."""
    if not users:
        return {}
    rows = _BY_ACCOUNTS.rows(tx, {"platform": platform, "workspace": workspace, "users": list(users)})
    return {row[-1]: _member(row[:-1]) for row in rows}


_BY_KEYS = Prepared(
    _MEMBER.add_columns(member_names.c.key)
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
            found[row[-1]] = (*found.get(row[-1], ()), _member(row[:-1]))
    return found


_BY_IDS = Prepared(
    _MEMBER.where(
        members.c.organisation_id == bindparam("organisation"), members.c.id.in_(bindparam("ids", expanding=True))
    )
)


def by_ids(tx: Tx, organisation_id: int, ids: Collection[int]) -> dict[int, Member]:
    """Return members of the organisation by id."""
    if not ids:
        return {}
    return {row[0]: _member(row) for row in _BY_IDS.rows(tx, {"organisation": organisation_id, "ids": list(ids)})}


def everyone(tx: Tx, organisation_id: int) -> tuple[Member, ...]:
    """Return all members, by name."""
    query = _MEMBER.where(members.c.organisation_id == organisation_id).order_by(members.c.name, members.c.id)
    return tuple(_member(row) for row in tx.execute(query))


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


_ADDRESSES = Prepared(
    select(identities.c.member_id, identities.c.platform, identities.c.workspace, identities.c.user_id).where(
        identities.c.member_id.in_(bindparam("ids", expanding=True))
    )
)


def addresses(tx: Tx, ids: Collection[int], prefer: str = "") -> dict[int, Address]:
    """Return where each member is told things: on the platform ``prefer`` when they are there, else on any other."""
    found: dict[int, Address] = {}
    if ids:
        for member_id, platform, workspace, user_id in _ADDRESSES.rows(tx, {"ids": list(ids)}):
            if member_id not in found or platform == prefer:
                found[member_id] = Address(platform, workspace, user_id, "direct")
    return found


_SUPERVISORS = Prepared(
    _MEMBER.join(supervisors, supervisors.c.member_id == members.c.id)
    .where(supervisors.c.team_id == bindparam("team"), members.c.active)
    .order_by(members.c.id)
)


def supervisors_of(tx: Tx, team_id: int) -> tuple[Member, ...]:
    """Return the active supervisors of a team."""
    return tuple(_member(row) for row in _SUPERVISORS.rows(tx, {"team": team_id}))


def all_supervisors(tx: Tx, organisation_id: int) -> tuple[Member, ...]:
    """Return every active supervisor of the organisation, each once."""
    ids = select(supervisors.c.member_id).distinct()
    query = _MEMBER.where(members.c.organisation_id == organisation_id, members.c.active, members.c.id.in_(ids))
    return tuple(_member(row) for row in tx.execute(query.order_by(members.c.id)))


def seeing_all(tx: Tx, organisation_id: int) -> tuple[Member, ...]:
    """Return the active managers and administrators of the organisation."""
    roles = [role.value for role in Role if role.sees_all]
    query = _MEMBER.where(members.c.organisation_id == organisation_id, members.c.active, members.c.role.in_(roles))
    return tuple(_member(row) for row in tx.execute(query.order_by(members.c.id)))


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


def accounts_of(tx: Tx, platform: str, workspace: str) -> dict[str, Member]:
    """Return every member with an account in a workspace, by account id."""
    query = (
        _MEMBER.add_columns(identities.c.user_id)
        .join(identities, identities.c.member_id == members.c.id)
        .where(identities.c.platform == platform, identities.c.workspace == workspace)
        .order_by(members.c.name, members.c.id)
    )
    return {row[-1]: _member(row[:-1]) for row in tx.execute(query)}
