"""Identities: members' accounts on platforms. Who is behind one, who is met there for the first time, where they are
told things.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, insert, select, update

from bot.chat import Address, Person
from bot.i18n import nearest_locale
from bot.praise import clean, name_key
from bot.storage.database import Tx
from bot.storage.members import QUERY, Member, by_email, email_key, from_row, rename
from bot.storage.members import add as add_member
from bot.storage.organisations import Organisation
from bot.storage.prepared import Prepared
from bot.storage.tables import identities, members, organisations, teams, workspaces

_LONGEST_NAME = 100  # characters; platforms allow 80 or so


def link(tx: Tx, member_id: int, platform: str, workspace: str, user_id: str) -> None:
    """Make an account of a platform one of a member's."""
    row = {"platform": platform, "workspace": workspace, "user_id": user_id, "member_id": member_id}
    tx.execute(insert(identities).values(row))


def move(tx: Tx, member_id: int, platform: str, workspace: str, user_id: str) -> None:
    """Make an account a member's, whoever's it was. What was given and received with it stays with them; for who was
    never anybody else see `bot.storage.joining`.
    """
    of = identities.c.platform == platform, identities.c.workspace == workspace, identities.c.user_id == user_id
    tx.execute(delete(identities).where(*of))
    link(tx, member_id, platform, workspace, user_id)


def enrol(tx: Tx, organisation: Organisation, platform: str, workspace: str, person: Person, now: datetime) -> int:
    """Add somebody met for the first time on a platform as a member without a team; return who they are.

    Whose address a member has already, from the roster or another chat, is that member. Their name there can be
    anything: without what cannot be seen, and their account where nothing is left of it. Who is met in several places
    at the same instant is added once.
    """
    if tx.dialect.name == "postgresql":  # SQLite's one writer already takes turns
        _ENROLLING.rows(tx, {"platform": platform, "workspace": workspace})
    found = behind(tx, platform, workspace, [person.id])
    if found:
        return found[person.id].id
    known = by_email(tx, organisation.id, person.email)
    if known is not None:
        link(tx, known, platform, workspace, person.id)
        return known
    member_id = add_member(
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


_ENROLLING = Prepared(
    select(workspaces.c.workspace)
    .where(workspaces.c.platform == bindparam("platform"), workspaces.c.workspace == bindparam("workspace"))
    .with_for_update(key_share=True)
)
"""Holds a workspace, so that only one at a time looks whether somebody is there and adds them."""


def _shown_name(person: Person) -> str:
    name = " ".join(clean(person.name)[0].split())[:_LONGEST_NAME]
    return name if name_key(name) else person.id


def refresh(tx: Tx, organisation: Organisation, platform: str, workspace: str, person: Person, local: str) -> None:
    """Keep a member as their platform describes them now; who is no member yet stays none.

    Who has an account on another platform, apart from the one called ``local`` which everybody on the roster has, has
    not left with this one. The name and the language on the roster, which is known by a staff number, stay.
    """
    found = behind(tx, platform, workspace, [person.id]).get(person.id)
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
            rename(tx, found, name)
    if person.email and by_email(tx, organisation.id, person.email) is None:
        values["email"] = email_key(person.email)
    if values:
        tx.execute(update(members).where(members.c.id == found.id).values(**values))


_CALLER = Prepared(
    select(
        organisations.c.id,
        organisations.c.name,
        organisations.c.locale,
        organisations.c.timezone,
        *QUERY.selected_columns,
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
    return Organisation(*row[:4]), None if row[4] is None else from_row(row[4:])


_HOLDERS = QUERY.add_columns(identities.c.user_id).join(identities, identities.c.member_id == members.c.id)
_BEHIND = Prepared(
    _HOLDERS.where(
        identities.c.platform == bindparam("platform"),
        identities.c.workspace == bindparam("workspace"),
        identities.c.user_id.in_(bindparam("users", expanding=True)),
    )
)


def behind(tx: Tx, platform: str, workspace: str, users: Collection[str]) -> dict[str, Member]:
    """Return the members behind accounts of one workspace, by account id."""
    if not users:
        return {}
    rows = _BEHIND.rows(tx, {"platform": platform, "workspace": workspace, "users": list(users)})
    return {row[-1]: from_row(row[:-1]) for row in rows}


def in_workspace(tx: Tx, platform: str, workspace: str) -> dict[str, Member]:
    """Return every member with an account in a workspace, by account id."""
    query = _HOLDERS.where(identities.c.platform == platform, identities.c.workspace == workspace)
    found = tx.execute(query.order_by(members.c.name, members.c.id))
    return {row[-1]: from_row(row[:-1]) for row in found}


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
