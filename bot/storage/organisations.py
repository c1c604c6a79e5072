"""Organisations, the workspaces that belong to them, and their teams."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from bot.chat import Address
from bot.storage.database import Tx
from bot.storage.prepared import Prepared
from bot.storage.tables import organisations, settings, supervisors, teams, workspaces


@dataclass(frozen=True, slots=True)
class Organisation:
    """A customer: everything else belongs to exactly one."""

    id: int
    name: str
    locale: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Team:
    """A team with the channel its board and quiet lines go to."""

    id: int
    organisation_id: int
    name: str
    locale: str
    timezone: str
    channel: Address | None
    on_boards: bool
    boards_since: datetime


def add(tx: Tx, name: str, locale: str, timezone: str, now: datetime) -> Organisation:
    """Add an organisation."""
    row = {"name": name, "locale": locale, "timezone": timezone}
    key = tx.execute(insert(organisations).values(created=now, **row)).inserted_primary_key
    assert key is not None
    return Organisation(id=key[0], **row)


def describe(tx: Tx, organisation_id: int, locale: str, timezone: str) -> None:
    """Let an organisation speak ``locale`` and keep the time of ``timezone``."""
    values = {"locale": locale, "timezone": timezone}
    tx.execute(update(organisations).where(organisations.c.id == organisation_id).values(values))


def connect(tx: Tx, organisation_id: int, platform: str, workspace: str) -> None:
    """Make ``workspace`` of ``platform`` part of an organisation."""
    tx.execute(insert(workspaces).values(platform=platform, workspace=workspace, organisation_id=organisation_id))


_BY_WORKSPACE = Prepared(
    select(organisations.c.id, organisations.c.name, organisations.c.locale, organisations.c.timezone)
    .join(workspaces, workspaces.c.organisation_id == organisations.c.id)
    .where(workspaces.c.platform == bindparam("platform"), workspaces.c.workspace == bindparam("workspace"))
)


def of_workspace(tx: Tx, platform: str, workspace: str) -> Organisation | None:
    """Return the organisation a workspace belongs to."""
    row = _BY_WORKSPACE.row(tx, {"platform": platform, "workspace": workspace})
    return None if row is None else Organisation(*row)


def every(tx: Tx) -> tuple[Organisation, ...]:
    """Return all organisations; for jobs and the command line, never for a request."""
    query = select(organisations.c.id, organisations.c.name, organisations.c.locale, organisations.c.timezone)
    return tuple(Organisation(*row) for row in tx.execute(query.order_by(organisations.c.id)))


def add_team(
    tx: Tx,
    organisation_id: int,
    name: str,
    locale: str,
    timezone: str,
    now: datetime,
    channel: Address | None = None,
) -> Team:
    """Add a team; weeks that closed before ``now`` are never posted for it."""
    row = {"organisation_id": organisation_id, "name": name, "locale": locale, "timezone": timezone}
    values = {**row, **_columns(channel), "on_boards": True, "boards_since": now, "created": now}
    key = tx.execute(insert(teams).values(values)).inserted_primary_key
    assert key is not None
    return Team(id=key[0], channel=channel, on_boards=True, boards_since=now, **row)  # type: ignore[arg-type]


def set_channel(tx: Tx, team_id: int, channel: Address) -> None:
    """Send a team's board and quiet lines to ``channel`` from now on."""
    tx.execute(update(teams).where(teams.c.id == team_id).values(**_columns(channel)))


def set_on_boards(tx: Tx, team_id: int, on: bool, now: datetime) -> None:
    """Let a team appear in rankings and get its weekly post, or keep it off; the weeks it was off are never posted."""
    tx.execute(
        update(teams).where(teams.c.id == team_id, teams.c.on_boards != on).values(on_boards=on, boards_since=now)
    )


_TEAM = select(
    teams.c.id,
    teams.c.organisation_id,
    teams.c.name,
    teams.c.locale,
    teams.c.timezone,
    teams.c.platform,
    teams.c.workspace,
    teams.c.channel,
    teams.c.on_boards,
    teams.c.boards_since,
)
_TEAM_BY_ID = Prepared(
    _TEAM.where(teams.c.organisation_id == bindparam("organisation"), teams.c.id == bindparam("team"))
)


def team(tx: Tx, organisation_id: int, team_id: int) -> Team | None:
    """Return a team of the organisation."""
    row = _TEAM_BY_ID.row(tx, {"organisation": organisation_id, "team": team_id})
    return None if row is None else _team(row)


_TEAM_BY_CHANNEL = Prepared(
    _TEAM.where(
        teams.c.organisation_id == bindparam("organisation"),
        teams.c.platform == bindparam("platform"),
        teams.c.workspace == bindparam("workspace"),
        teams.c.channel == bindparam("channel"),
    )
    .order_by(teams.c.id)
    .limit(1)
)


def by_channel(tx: Tx, organisation_id: int, channel: Address) -> Team | None:
    """Return the team of the organisation whose channel this is."""
    row = _TEAM_BY_CHANNEL.row(
        tx,
        {
            "organisation": organisation_id,
            "platform": channel.platform,
            "workspace": channel.workspace,
            "channel": channel.conversation,
        },
    )
    return None if row is None else _team(row)


def teams_of(tx: Tx, organisation_id: int) -> tuple[Team, ...]:
    """Return the organisation's teams by name."""
    rows = tx.execute(_TEAM.where(teams.c.organisation_id == organisation_id).order_by(teams.c.name))
    return tuple(_team(row) for row in rows)


def supervise(tx: Tx, team_id: int, member_id: int) -> None:
    """Make a member a supervisor of a team."""
    tx.execute(insert(supervisors).values(team_id=team_id, member_id=member_id))


def supervised(tx: Tx, member_id: int) -> tuple[int, ...]:
    """Return the ids of the teams a member supervises."""
    rows = tx.execute(select(supervisors.c.team_id).where(supervisors.c.member_id == member_id))
    return tuple(sorted(rows.scalars()))


def setting(tx: Tx, organisation_id: int, name: str) -> str | None:
    """Return a setting of the organisation."""
    query = select(settings.c.value).where(settings.c.organisation_id == organisation_id, settings.c.name == name)
    return tx.execute(query).scalar()


def settings_called(tx: Tx, name: str) -> dict[int, str]:
    """Return a setting of every organisation that has it, by organisation."""
    query = select(settings.c.organisation_id, settings.c.value).where(settings.c.name == name)
    return {row.organisation_id: row.value for row in tx.execute(query)}


def set_setting(tx: Tx, organisation_id: int, name: str, value: str) -> None:
    """Keep a setting of the organisation."""
    tx.execute(delete(settings).where(settings.c.organisation_id == organisation_id, settings.c.name == name))
    tx.execute(insert(settings).values(organisation_id=organisation_id, name=name, value=value))


def _columns(channel: Address | None) -> dict[str, str | None]:
    if channel is None:
        return {"platform": None, "workspace": None, "channel": None}
    return {"platform": channel.platform, "workspace": channel.workspace, "channel": channel.conversation}


def _team(row: Iterable[Any]) -> Team:
    id_, organisation_id, name, locale, timezone, platform, workspace, channel, on_boards, boards_since = row
    address = None if channel is None else Address(platform, workspace, channel, "channel")
    return Team(id_, organisation_id, name, locale, timezone, address, on_boards, boards_since)


def names(found: Sequence[Team]) -> dict[int, str]:
    """Return team names by id."""
    return {team.id: team.name for team in found}
