from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.app import Product
from bot.chat import Address
from bot.config import Settings
from bot.platforms.slack import Slack
from bot.setup import add_roster, check_roster, new_organisation, read_roster
from bot.storage import organisations
from bot.storage.database import Tx
from tests.builders import WordTagger
from tests.platforms import slack_api
from tests.platforms.emulator import SIGNING_SECRET
from tests.platforms.signed import Request
from tests.platforms.slack_api import TEAM, SlackApi, look_at

WEDNESDAY = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
CHANNEL = "C000000001"
ROSTER = """\
team,team_timezone,team_locale,name,staff_number,role,locale,email
International,Asia/Singapore,en,Grace Lim,8050,supervisor,en,grace@harbour.example
International,Asia/Singapore,en,Tom Sawyer,8051,agent,en,tom@harbour.example
International,Asia/Singapore,en,Priya Nair,8053,agent,en,priya@harbour.example
,,,Zhou,9001,admin,en,zhou@harbour.example
"""
PEOPLE = {
    "UGRACE": ("Grace Lim", "grace@harbour.example"),
    "UTOM": ("Tom Sawyer", "tom@harbour.example"),
    "UPRIYA": ("Priya Nair", "PRIYA@harbour.example"),
    "UZHOU": ("Zhou", "zhou@harbour.example"),
}


@dataclass
class Desk:
    """A product connected to Slack, and the Slack it is connected to."""

    product: Product
    client: TestClient[Any, Any]
    api: SlackApi
    slack: Slack

    async def send(self, request: Request) -> Any:
        """Send a signed request; return the body of the acknowledgement, when all is answered and delivered."""
        answer = await request.to(self.client)
        assert answer.status == 200, (answer.status, await answer.text())
        await self.settled()
        said = await answer.json() if answer.content_type == "application/json" else await answer.text()
        look_at(said)
        return said

    async def status(self, request: Request) -> int:
        """Send a request; return the status of its answer."""
        return (await request.to(self.client)).status

    async def settled(self) -> None:
        """Wait until everything is answered and delivered."""
        await self.slack.answers.settled()
        while await self.product.worker.deliver():
            pass

    def response_url(self, name: str = "1") -> str:
        """Return a ``response_url`` that leads here."""
        return f"{self.api.url}response/{name}"

    def responses(self) -> list[dict[str, Any]]:
        """Return what was sent to any ``response_url``."""
        return [called.arguments for called in self.api.calls if called.method.startswith("response/")]


def fill(tx: Tx, roster: Path) -> None:
    organisation = new_organisation(tx, "Harbour Bank", "en", "Asia/Singapore", WEDNESDAY)
    rows = read_roster(roster)
    assert check_roster(rows) == ()
    add_roster(tx, organisation, rows, WEDNESDAY)
    team = organisations.teams_of(tx, organisation.id)[0]
    organisations.set_channel(tx, team.id, Address("slack", TEAM, CHANNEL, "channel"))


@pytest.fixture
async def api() -> AsyncIterator[SlackApi]:
    async with slack_api.running() as found:
        for user, (name, email) in PEOPLE.items():
            found.add(user, name, email=email, locale="en-GB")
        yield found


@pytest.fixture
def settings(api: SlackApi, sqlite_template: Path, tmp_path: Path) -> Settings:
    path = tmp_path / "praisebot.db"
    shutil.copy(sqlite_template, path)
    return Settings(
        database_url=f"sqlite:///{path}",
        slack_bot_token="xoxb-one",
        slack_signing_secret=SIGNING_SECRET,
        slack_api_url=api.url + "api/",
        slack_reaction="raised_hands",
    )


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """Harbour Bank's people."""
    path = tmp_path / "roster.csv"
    path.write_text(ROSTER)
    return path


@pytest.fixture
async def desk(settings: Settings, api: SlackApi, roster: Path) -> AsyncIterator[Desk]:
    """Harbour Bank's team International, in one workspace."""
    async with opened(settings, api, roster) as desk:
        yield desk


@asynccontextmanager
async def opened(settings: Settings, api: SlackApi, roster: Path | None = None) -> AsyncIterator[Desk]:
    """Serve meanwhile, as a process does; with a ``roster`` there is a bank first."""
    with patch("bot.app.Tagger.load", lambda _: WordTagger()):
        product = Product(settings, clock=lambda: WEDNESDAY)
    slack = product.platforms["slack"]
    assert isinstance(slack, Slack)
    slack.pace = 0.0
    try:
        if roster is not None:
            await product.database.write(fill, roster)
        async with TestClient(TestServer(product.web_application(work=False))) as client:
            yield Desk(product, client, api, slack)
    finally:
        product.close()
