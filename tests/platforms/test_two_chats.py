"""One member in Slack and in Teams, known by one address: one product serves both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.app import Product
from bot.config import Settings
from bot.platforms.slack import Slack
from bot.platforms.teams import Teams
from bot.storage import ledger, tables
from tests.builders import WordTagger, rows
from tests.platforms import block_kit, signed
from tests.platforms.conftest import ROSTER, WEDNESDAY, Desk, fill
from tests.platforms.slack_api import SlackApi
from tests.platforms.teams_desk import PRIYA, TOM, TeamsDesk
from tests.platforms.teams_service import APP_ID, SECRET, TENANT, Service, words, written


@pytest.fixture
async def both(
    settings: Settings, api: SlackApi, service: Service, tmp_path: Path
) -> AsyncIterator[tuple[Desk, TeamsDesk]]:
    """Harbour Bank, in a workspace of Slack and in a tenant of Teams."""
    service.people.clear()
    service.add(TOM, "Tom Sawyer", email="Tom@harbour.example")
    service.add(PRIYA, "Priya N.", email="priya@harbour.example")
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER)
    joined = replace(
        settings,
        teams_app_id=APP_ID,
        teams_app_password=SECRET,
        teams_tenant=TENANT,
        teams_metadata_url=service.url + "metadata",
        teams_login_url=service.url + "login",
        teams_development=True,  # the service is on this machine
    )
    with patch("bot.app.Tagger.load", lambda _: WordTagger()):
        product = Product(joined, clock=lambda: WEDNESDAY)
    slack, teams = product.platforms["slack"], product.platforms["teams"]
    assert isinstance(slack, Slack)
    assert isinstance(teams, Teams)
    slack.pace = teams.pace = 0.0
    try:
        await product.database.write(fill, roster)
        async with TestClient(TestServer(product.web_application(work=False))) as client:
            yield Desk(product, client, api, slack), TeamsDesk(product, client, service, teams)
    finally:
        product.close()


async def test_slack_in_the_morning_and_teams_in_the_afternoon_are_one_balance(both: tuple[Desk, TeamsDesk]) -> None:
    slack, teams = both
    before = len(await slack.product.database.read(rows, tables.members))
    reason = "thank you for staying late with the customer whose card was blocked"
    await slack.send(signed.command("UTOM", f"<@UPRIYA|priya> {reason}"))
    await teams.send(written(teams.service, TOM, "{0} that call about the lost transfer, so calm", PRIYA))

    kept = await slack.product.database.read(rows, tables.praises)
    assert len(kept) == 2
    assert len({praise["recipient_id"] for praise in kept}) == 1
    assert len({praise["giver_id"] for praise in kept}) == 1
    assert len(await slack.product.database.read(rows, tables.members)) == before
    balance = await slack.product.database.read(ledger.balance, kept[0]["recipient_id"])
    assert balance > 0
    in_slack = block_kit.words((await slack.send(signed.command("UPRIYA", "me")))["blocks"])
    await teams.send(written(teams.service, PRIYA, "me"))
    in_teams = words(teams.inbox(PRIYA)[-1][1])
    for said in (in_slack, in_teams):
        assert f"Balance {balance}" in " ".join(said.split())
