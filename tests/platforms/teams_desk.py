"""A product connected to Teams, and the service it is connected to."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from bot.app import Product
from bot.chat import Address
from bot.config import Settings
from bot.platforms.teams import Teams
from bot.setup import add_roster, new_organisation, read_roster
from bot.storage import organisations
from bot.storage.database import Tx
from tests.builders import WordTagger
from tests.platforms import teams_service
from tests.platforms.teams_service import APP_ID, CHANNEL, SECRET, TENANT, Json, Service

WEDNESDAY = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
GRACE, TOM, PRIYA, ZHOU, GUEST = range(1, 6)
ROSTER = """\
team,team_timezone,team_locale,name,staff_number,role,locale,email
International,Asia/Singapore,en,Grace Lim,8050,supervisor,en,grace.lim@harbour.example
International,Asia/Singapore,en,Tom Sawyer,8051,agent,en,tom.sawyer@harbour.example
International,Asia/Singapore,en,Priya Nair,8053,agent,en,PRIYA.NAIR@harbour.example
,,,Zhou,9001,admin,en,zhou@harbour.example
"""


@dataclass
class TeamsDesk:
    """The product, its HTTP server and the service."""

    product: Product
    client: TestClient[Any, Any]
    service: Service
    teams: Teams

    async def post(self, activity: Json, token: str | None = None) -> ClientResponse:
        """Send an activity, signed; return the answer when all is answered and delivered."""
        answer = await self.client.post("/api/messages", json=activity, headers=self.headers(token))
        await self.settled()
        return answer

    def headers(self, token: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.service.token() if token is None else token}"}

    async def send(self, activity: Json) -> Any:
        """Send an activity that has to be taken; return the answer's body."""
        answer = await self.post(activity)
        assert answer.status == 200, (answer.status, await answer.text())
        return await answer.json() if answer.content_type == "application/json" else None

    async def settled(self) -> None:
        """Wait until everything is answered and delivered."""
        await self.teams.answers.settled()
        while await self.product.worker.deliver():
            pass

    def inbox(self, number: int) -> list[tuple[str, Json]]:
        """Return the id and the card of each message in a person's chat with the bot."""
        return self.cards(f"a:{teams_service.account(number)}")

    def cards(self, conversation: str) -> list[tuple[str, Json]]:
        """Return the id and the card of each message of a conversation."""
        return [
            (name, message["attachments"][0]["content"])
            for name, message in self.service.messages.items()
            if name.rpartition("/")[0] == conversation
        ]

    def button(self, card: Json, title: str) -> Json:
        """Return a button of a card."""
        return next(one for one in teams_service.everywhere(card, "Action.Execute") if one["title"] == title)


def fill(tx: Tx, roster: Path) -> None:
    organisation = new_organisation(tx, "Harbour Bank", "en", "Asia/Singapore", WEDNESDAY)
    add_roster(tx, organisation, read_roster(roster), WEDNESDAY)
    team = organisations.teams_of(tx, organisation.id)[0]
    organisations.set_channel(tx, team.id, Address("teams", TENANT, CHANNEL, "channel"))


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with teams_service.running() as found:
        found.add(GRACE, "Grace Lim")
        found.add(TOM, "Tom Sawyer")
        found.add(PRIYA, "Priya Nair")
        found.add(ZHOU, "Zhou")
        found.add(GUEST, "Gus Visitor", userPrincipalName="gus_elsewhere.example#EXT#@harbour.example")
        yield found


@pytest.fixture
def teams_settings(service: Service, sqlite_template: Path, tmp_path: Path) -> Settings:
    path = tmp_path / "praisebot.db"
    shutil.copy(sqlite_template, path)
    return Settings(
        database_url=f"sqlite:///{path}",
        teams_app_id=APP_ID,
        teams_app_password=SECRET,
        teams_tenant=TENANT,
        teams_metadata_url=service.url + "metadata",
        teams_login_url=service.url + "login",
        teams_development=True,  # the service is on this machine
    )


@pytest.fixture
async def teams_desk(teams_settings: Settings, service: Service, tmp_path: Path) -> AsyncIterator[TeamsDesk]:
    """Harbour Bank's team International, in one tenant."""
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER)
    with patch("bot.app.Tagger.load", lambda _: WordTagger()):
        product = Product(teams_settings, clock=lambda: WEDNESDAY)
    teams = product.platforms["teams"]
    assert isinstance(teams, Teams)
    teams.pace = 0.0
    try:
        await product.database.write(fill, roster)
        async with TestClient(TestServer(product.web_application(work=False))) as client:
            yield TeamsDesk(product, client, service, teams)
    finally:
        product.close()
