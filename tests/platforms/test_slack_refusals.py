"""What is not Slack's, or not what Slack sends, is refused: never with 500, and never with its words in the log."""

from __future__ import annotations

import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.app import Product
from bot.config import Settings
from bot.storage import organisations, tables
from tests.builders import new_bank, rows
from tests.conftest import ROOT
from tests.platforms import signed
from tests.platforms.emulator import BOT_TOKEN, SIGNING_SECRET, TEAM
from tests.platforms.malformed import large, misshapen, unsigned
from tests.platforms.relay import Relay
from tests.platforms.signed import Request


@pytest.fixture
async def product(sqlite_template: Path, slack_relay: Relay, tmp_path: Path) -> AsyncIterator[Product]:
    shutil.copy(sqlite_template, tmp_path / "praisebot.db")
    made = Product(
        Settings(
            database_url=f"sqlite:///{tmp_path}/praisebot.db",
            model=ROOT / "models/tagger",
            slack_bot_token=BOT_TOKEN,
            slack_signing_secret=SIGNING_SECRET,
            slack_api_url=slack_relay.api_url,
        )
    )
    bank = await made.database.write(new_bank)
    await made.database.write(organisations.connect, bank.organisation.id, "slack", TEAM)
    yield made
    made.close()


@pytest.fixture
async def client(product: Product) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(product.web_application(work=False))) as opened:
        yield opened


def logged(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("name", unsigned())
async def test_what_slack_did_not_sign_is_refused(
    client: TestClient[Any, Any], name: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await unsigned()[name].to(client)
    assert answer.status in (400, 401)
    assert "/slack/events" in logged(caplog)
    assert "thank you" not in logged(caplog)


@pytest.mark.parametrize("name", misshapen())
async def test_what_slack_does_not_send_is_refused(client: TestClient[Any, Any], name: str) -> None:
    assert (await misshapen()[name].to(client)).status == 400


@pytest.mark.parametrize("name", large())
async def test_what_is_too_large_is_not_read(client: TestClient[Any, Any], name: str) -> None:
    assert (await large()[name].to(client)).status == 413


async def test_none_of_it_leaves_a_trace(client: TestClient[Any, Any], product: Product) -> None:
    for request in (*unsigned().values(), *misshapen().values(), *large().values()):
        await request.to(client)
    assert await product.database.read(rows, tables.events) == []


async def test_the_address_is_confirmed_to_slack(client: TestClient[Any, Any]) -> None:
    answer = await signed.url_verification("the challenge").to(client)
    assert answer.status == 200
    assert "the challenge" in await answer.text()


async def test_the_certificate_may_be_looked_at_unsigned(client: TestClient[Any, Any]) -> None:
    assert (await signed.ssl_check().to(client)).status == 200


async def test_a_check_of_the_certificate_is_no_way_around_the_signature(client: TestClient[Any, Any]) -> None:
    command = signed.command("U000000001", "top")
    smuggled = Request(command.body + b"&ssl_check=1", {"Content-Type": signed.FORM})
    assert await (await smuggled.to(client)).text() == ""


async def test_a_command_signed_five_minutes_ago_is_refused_and_one_of_now_is_not(
    client: TestClient[Any, Any], slack_relay: Relay
) -> None:
    user = slack_relay.emulator.users["Li Na"]
    body = signed.command(user, "help").body
    assert (await signed.signed(body, at=time.time() - 301).to(client)).status == 401
    assert (await signed.signed(body).to(client)).status == 200
