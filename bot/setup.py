"""Making an organisation and filling it with people, from the command line."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import available_timezones

from bot.config import LOCALES
from bot.errors import FileUnreadable, RosterBroken, RosterEncodingUnknown, RosterWithoutNames
from bot.localchat import PLATFORM, WORKSPACE, account, team_channel
from bot.praise import clean, name_key
from bot.rules import DEFAULT_RULES
from bot.storage import identities, members, organisations, rulebook
from bot.storage.database import Tx
from bot.storage.members import Role
from bot.storage.organisations import Organisation

_LONGEST_CELL = 1000  # characters; more is an open quotation mark that swallowed what follows
COLUMNS = ("team", "team_timezone", "team_locale", "name", "english_name", "staff_number", "role", "locale", "active")
MORE_COLUMNS = ("email",)
"""Of use only where chats are connected that know people's addresses."""


def new_organisation(
    tx: Tx, name: str, locale: str, timezone: str, now: datetime, rules: str = DEFAULT_RULES
) -> Organisation:
    """Make an organisation with its first rules, reachable in the local chat. Raises `ValueError` for a timezone that
    does not exist.
    """
    if timezone not in available_timezones():
        raise ValueError(f"no timezone: {timezone}")
    organisation = found(tx, name, locale, timezone, now, rules)
    organisations.connect(tx, organisation.id, PLATFORM, WORKSPACE)
    return organisation


def found(tx: Tx, name: str, locale: str, timezone: str, now: datetime, rules: str = DEFAULT_RULES) -> Organisation:
    """Make an organisation with its first rules, reachable nowhere yet."""
    organisation = organisations.add(tx, name, locale, timezone, now)
    rulebook.apply(tx, organisation.id, rules, now, now)
    return organisation


@dataclass(frozen=True, slots=True)
class RosterError:
    """A row of a roster that cannot be used. ``code``: name_missing, bad_role, bad_locale, bad_timezone,
    staff_number_taken, email_taken.
    """

    line: int
    code: str
    value: str


def read_roster(path: Path) -> tuple[dict[str, str], ...]:
    """Return the rows of a roster, each with the ``line`` it ends on; missing columns are empty, empty rows left out.

    UTF-8, and GB18030 as spreadsheets in China save it. Raises a `FileUnusable`, so `RosterWithoutNames`.
    """
    reader = csv.DictReader(io.StringIO(_text(path), newline=""))
    try:
        if "name" not in (reader.fieldnames or ()):
            raise RosterWithoutNames(found=", ".join(reader.fieldnames or ())[:_LONGEST_CELL] or "–")
        rows = [_roster_row(row, reader.line_num) for row in reader]
    except csv.Error as error:
        raise RosterBroken(line=reader.line_num + 1) from error
    return tuple(row for row in rows if any(row[column] for column in COLUMNS))


def _roster_row(row: Mapping[str, str | None], line: int) -> dict[str, str]:
    cells = {column: clean(row.get(column) or "")[0].strip() for column in (*COLUMNS, *MORE_COLUMNS)}
    if any(len(cell) > _LONGEST_CELL for cell in cells.values()):
        raise RosterBroken(line=line)
    return {**cells, "line": str(line)}


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileUnreadable(path=path, reason=error) from error
    for encoding in ("utf-8-sig", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            return content.decode(encoding)
    raise RosterEncodingUnknown


def check_roster(rows: Iterable[Mapping[str, str]], taken: Iterable[str] = ()) -> tuple[RosterError, ...]:
    """Return everything wrong with a roster. ``taken``: the staff numbers there are already."""
    errors = []
    seen = set(taken)
    addresses: set[str] = set()
    timezones = available_timezones()
    for row in rows:
        line = int(row["line"])
        if not name_key(row["name"]):
            errors.append(RosterError(line, "name_missing", ""))
        if row["role"] and row["role"] not in set(Role):
            errors.append(RosterError(line, "bad_role", row["role"]))
        errors += [
            RosterError(line, "bad_locale", row[column])
            for column in ("locale", "team_locale")
            if row[column] and row[column] not in LOCALES
        ]
        if row["team_timezone"] and row["team_timezone"] not in timezones:
            errors.append(RosterError(line, "bad_timezone", row["team_timezone"]))
        if row["staff_number"] and row["staff_number"] in seen:
            errors.append(RosterError(line, "staff_number_taken", row["staff_number"]))
        seen.add(row["staff_number"])
        email = members.email_key(row.get("email"))
        if email in addresses:
            errors.append(RosterError(line, "email_taken", row["email"]))
        addresses |= {email} if email else set()
    return tuple(errors)


def add_roster(tx: Tx, organisation: Organisation, rows: Iterable[Mapping[str, str]], now: datetime) -> int:
    """Add teams and members of a checked roster; return how many members. Supervisors supervise their own team.

    Who is met already, by the address, is the member of the row. The organisation of the local chat has everybody and
    a channel for each team there.
    """
    at_home = organisations.of_workspace(tx, PLATFORM, WORKSPACE)
    local = at_home is not None and at_home.id == organisation.id
    teams = {team.name: team for team in organisations.teams_of(tx, organisation.id)}
    added = 0
    for row in rows:
        name = row["team"]
        if name and name not in teams:
            locale = row["team_locale"] or organisation.locale
            timezone = row["team_timezone"] or organisation.timezone
            team = organisations.add_team(tx, organisation.id, name, locale, timezone, now)
            if local:
                organisations.set_channel(tx, team.id, team_channel(team.id))
            teams[name] = team
        role = Role(row["role"] or "agent")
        met = members.by_email(tx, organisation.id, row.get("email"))
        member_id = members.add(
            tx,
            organisation.id,
            row["name"],
            now=now,
            member_id=met,
            team_id=teams[name].id if name else None,
            staff_number=row["staff_number"] or None,
            email=row.get("email"),
            other_names=(row["english_name"],) if row["english_name"] else (),
            role=role,
            locale=row["locale"] or organisation.locale,
            active=row["active"].lower() not in ("0", "false", "no", "否"),
        )
        if local and met is None:
            identities.link(tx, member_id, PLATFORM, WORKSPACE, account(member_id))
        if role is Role.SUPERVISOR and name:
            organisations.supervise(tx, teams[name].id, member_id)
        added += 1
    return added
