"""A bank with two teams to hold conversations in, reached through the local chat, through Slack or through Teams."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from bot.app import Product
from bot.chat import Address
from bot.config import Settings
from bot.platforms.slack import Slack
from bot.platforms.teams import Teams
from bot.setup import COLUMNS, add_roster, new_organisation
from bot.storage import identities, members, organisations
from bot.storage.database import Tx
from tests.conftest import ROOT
from tests.dialogs.chat import Chat, Clock, chat_of
from tests.dialogs.slack_driver import SlackDriver
from tests.dialogs.teams_driver import TeamsDriver
from tests.dialogs.web_driver import WebDriver
from tests.platforms import teams_service
from tests.platforms.emulator import BOT_TOKEN, SIGNING_SECRET, TEAM, Emulator
from tests.platforms.relay import relay

WEDNESDAY = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai."""

# team, timezone, locale, name, other name, staff number, role, locale, active
PEOPLE = """\
信用卡一组,Asia/Shanghai,zh_CN,王敏,Min Wang,8001,supervisor,zh_CN,
信用卡一组,Asia/Shanghai,zh_CN,陈刚,,8002,supervisor,zh_CN,
信用卡一组,Asia/Shanghai,zh_CN,李娜,Nana,8021,agent,zh_CN,
信用卡一组,Asia/Shanghai,zh_CN,张伟,,8022,agent,zh_CN,
信用卡一组,Asia/Shanghai,zh_CN,赵磊,,8023,agent,zh_CN,
信用卡一组,Asia/Shanghai,zh_CN,孙丽,,8024,agent,zh_CN,no
International,Asia/Singapore,en,Grace Lim,,8050,supervisor,en,
International,Asia/Singapore,en,Tom O'Brien,Tom,8051,agent,en,
International,Asia/Singapore,en,Li Na,,8052,agent,en,
International,Asia/Singapore,en,Priya Nair,,8053,agent,en,
International,Asia/Singapore,en,Marcus Hale,,8054,agent,en,
,,,周主任,,9001,manager,zh_CN,
"""


def _fill(tx: Tx, now: datetime) -> None:
    organisation = new_organisation(tx, "滨江银行", "zh_CN", "Asia/Shanghai", now)
    rows = [dict(zip(COLUMNS, line.split(","), strict=True)) for line in PEOPLE.splitlines()]
    add_roster(tx, organisation, rows, now)


@asynccontextmanager
async def through_web(database_url: str, clock: Clock) -> AsyncIterator[Chat]:
    """Yield the bank's conversations in the local chat."""
    settings = Settings(database_url=database_url, model=ROOT / "models/tagger")
    async with _serving(settings, clock) as (product, client):
        yield await chat_of(product, WebDriver(client), clock)


@asynccontextmanager
async def through_slack(
    database_url: str, clock: Clock, emulator: Emulator, token: str = BOT_TOKEN, **settings: Any
) -> AsyncIterator[Chat]:
    """Yield the bank's conversations in an emulated Slack."""
    async with relay(emulator) as passing:
        chosen = Settings(
            database_url=database_url,
            model=ROOT / "models/tagger",
            slack_bot_token=token,
            slack_signing_secret=SIGNING_SECRET,
            slack_api_url=passing.api_url,
            **settings,
        )
        async with _serving(chosen, clock) as (product, client):
            await product.database.write(_move_to_slack, emulator)
            slack = product.platforms["slack"]
            assert isinstance(slack, Slack)
            slack.pace = 0.0  # the emulator does not throttle
            driver = SlackDriver(client, passing, slack.answers.settled)
            yield await chat_of(product, driver, clock, emulator.users, emulator.channels)


@asynccontextmanager
async def through_teams(database_url: str, clock: Clock) -> AsyncIterator[Chat]:
    """Yield the bank's conversations in Teams."""
    async with teams_service.running() as service:
        settings = Settings(
            database_url=database_url,
            model=ROOT / "models/tagger",
            teams_app_id=teams_service.APP_ID,
            teams_app_password=teams_service.SECRET,
            teams_tenant=teams_service.TENANT,
            teams_metadata_url=service.url + "metadata",
            teams_login_url=service.url + "login",
            teams_development=True,  # the service is on this machine
        )
        names = [line.split(",")[3] for line in PEOPLE.splitlines()]
        accounts = {name: service.add(number, name) for number, name in enumerate(names, 1)}
        numbers = {account: number for number, account in enumerate(accounts.values(), 1)}
        async with _serving(settings, clock) as (product, client):
            channels = await product.database.write(_move_to_teams, accounts)
            teams = product.platforms["teams"]
            assert isinstance(teams, Teams)
            teams.pace = 0.0  # nobody throttles
            for channel in channels.values():  # the app is installed in each team
                body = teams_service.activity(service, 1, "conversationUpdate", channel=channel)
                headers = {"Authorization": f"Bearer {service.token()}"}
                assert (await client.post("/api/messages", json=body, headers=headers)).status == 200
            driver = TeamsDriver(client, service, numbers, teams.answers.settled)
            yield await chat_of(product, driver, clock, accounts, channels)


@asynccontextmanager
async def _serving(settings: Settings, clock: Clock) -> AsyncIterator[tuple[Product, TestClient[Any, Any]]]:
    product = Product(settings, clock=clock)
    try:
        if not await product.database.read(organisations.every):
            await product.database.write(_fill, clock.at)
        async with TestClient(TestServer(product.web_application(work=False))) as client:
            yield product, client
    finally:
        product.close()


def _move_to_slack(tx: Tx, emulator: Emulator) -> None:
    """Let everybody have an account there, and every team its channel."""
    organisation = organisations.every(tx)[0]
    if organisations.of_workspace(tx, Slack.name, TEAM) is None:  # the app asks at its start whose its token is, too
        organisations.connect(tx, organisation.id, Slack.name, TEAM)
    for member in members.everyone(tx, organisation.id):
        identities.link(tx, member.id, Slack.name, TEAM, emulator.users[member.name])
    for team in organisations.teams_of(tx, organisation.id):
        organisations.set_channel(tx, team.id, Address(Slack.name, TEAM, emulator.channels[team.name], "channel"))


def _move_to_teams(tx: Tx, accounts: Mapping[str, str]) -> Mapping[str, str]:
    """Let everybody have an account there, and every team its channel; return the channels by the names of teams."""
    organisation = organisations.every(tx)[0]
    organisations.connect(tx, organisation.id, Teams.name, teams_service.TENANT)
    for member in members.everyone(tx, organisation.id):
        identities.link(tx, member.id, Teams.name, teams_service.TENANT, accounts[member.name])
    channels = {}
    for team in organisations.teams_of(tx, organisation.id):
        channels[team.name] = f"19:team{team.id}@thread.tacv2"
        organisations.set_channel(
            tx, team.id, Address(Teams.name, teams_service.TENANT, channels[team.name], "channel")
        )
    return channels
