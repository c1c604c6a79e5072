"""The organisation every benchmark works for: 400 members in 20 teams, and rules that let them give without end."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from benchmarks.load import SLACK_TEAM, TEAMS_TENANT, slack_account, teams_account
from benchmarks.words import MEMBERS
from bot.chat import Address
from bot.clock import now
from bot.rules import DEFAULT_RULES
from bot.setup import add_roster, new_organisation
from bot.storage import conversations, identities, members, organisations, schema
from bot.storage.database import Database, Tx

TEAMS = 20
RULES = DEFAULT_RULES.replace("amount = 10\n", "amount = 10000\n")
MODEL = Path(__file__).parent.parent / "models" / "tagger"


@contextmanager
def folder() -> Iterator[Path]:
    """Yield a folder on the disk that databases would use, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="praisebot-bench-") as name:
        yield Path(name)


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """Yield a migrated database in which the organisation has been founded."""
    database = Database(url)
    try:
        schema.migrate(database)
        with database.engine.begin() as tx:
            found(tx, now())
        yield database
    finally:
        database.close()


def move_to_slack(tx: Tx) -> None:
    """Let everybody have an account in a workspace of Slack, and every team its channel there."""
    organisation = organisations.every(tx)[0]
    organisations.connect(tx, organisation.id, "slack", SLACK_TEAM)
    for member in members.everyone(tx, organisation.id):
        identities.link(tx, member.id, "slack", SLACK_TEAM, slack_account(member.id))
    for team in organisations.teams_of(tx, organisation.id):
        organisations.set_channel(tx, team.id, Address("slack", SLACK_TEAM, f"C{team.id:08d}", "channel"))


def move_to_teams(tx: Tx, url: str) -> None:
    """Let everybody have an account in a tenant of Teams and a chat with the bot, and every team its channel there."""
    organisation = organisations.every(tx)[0]
    organisations.connect(tx, organisation.id, "teams", TEAMS_TENANT)
    for member in members.everyone(tx, organisation.id):
        to = Address("teams", TEAMS_TENANT, teams_account(member.id), "direct")
        identities.link(tx, member.id, "teams", TEAMS_TENANT, to.conversation)
        conversations.keep(tx, (to, url, f"a:{member.id}", f"29:{member.id}"), now())
    for team in organisations.teams_of(tx, organisation.id):
        to = Address("teams", TEAMS_TENANT, f"19:{team.id}@thread.tacv2", "channel")
        organisations.set_channel(tx, team.id, to)
        conversations.keep(tx, (to, url, to.conversation, ""), now())


def found(tx: Tx, moment: datetime) -> int:
    """Make the organisation and its people, member ids counting from 1; return its id."""
    organisation = new_organisation(tx, "基准测试客服中心", "zh_CN", "Asia/Shanghai", moment, RULES)
    rows = [
        {
            "team": f"{1 + number % TEAMS}组",
            "team_timezone": "",
            "team_locale": "",
            "name": name,
            "english_name": "",
            "staff_number": str(8001 + number),
            "role": "supervisor" if number < TEAMS else "agent",
            "locale": "zh_CN",
            "active": "",
        }
        for number, name in enumerate(MEMBERS)
    ]
    add_roster(tx, organisation, rows, moment)
    return organisation.id
