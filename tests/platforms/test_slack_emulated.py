"""The adapter and a Slack that is not ours: what the conversations do not come across."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer

from bot.app import Product
from bot.config import Settings
from bot.platforms.slack import Slack
from bot.storage import organisations, tables, verification
from tests.builders import rows
from tests.conftest import ROOT
from tests.dialogs.bank import WEDNESDAY, through_slack
from tests.dialogs.chat import Chat, Clock, said
from tests.dialogs.slack_driver import SlackDriver
from tests.dialogs.slack_view import card_of
from tests.platforms import signed
from tests.platforms.emulator import (
    BOT_TOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    HISTORY_TOKEN,
    PUBLIC_URL,
    SIGNING_SECRET,
    TEAM,
    Emulator,
)
from tests.platforms.relay import Failure, Relay
from tests.platforms.signed import Request

REASON = "thank you for staying late to calm the customer whose card was blocked"
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TOM, LI_NA, PRIYA, GRACE = "Tom O'Brien", "Li Na", "Priya Nair", "Grace Lim"

Begun = Callable[..., AbstractAsyncContextManager[Chat]]


@pytest.fixture
def begun(sqlite_template: Path, slack_emulator: Emulator, tmp_path: Path) -> Begun:
    """Begin conversations with settings of one's own."""
    path = tmp_path / "praisebot.db"
    shutil.copy(sqlite_template, path)
    return partial(through_slack, f"sqlite:///{path}", Clock(WEDNESDAY), slack_emulator)


@pytest.fixture
async def chat(begun: Begun) -> AsyncIterator[Chat]:
    async with begun() as chat:
        yield chat


def driver_of(chat: Chat) -> SlackDriver:
    assert isinstance(chat.driver, SlackDriver)
    return chat.driver


def relay_of(chat: Chat) -> Relay:
    return driver_of(chat).relay


async def happens(chat: Chat, request: Request) -> None:
    """Let a request come in, and what it causes arrive."""
    answer = await request.to(driver_of(chat).client)
    assert answer.status == 200, await answer.text()
    await driver_of(chat).settled()
    await chat.later()


async def praises(chat: Chat) -> int:
    return len(await chat.product.database.read(rows, tables.praises))


# --- words ------------------------------------------------------------------------------------------------------------


async def test_what_is_written_to_the_bot_is_answered_there_and_an_event_sent_again_is_not(chat: Chat) -> None:
    tom = chat.accounts[TOM]
    channel = await relay_of(chat).direct(tom)
    written = signed.message_im(tom, f"@{LI_NA} {REASON}", channel=channel)
    await happens(chat, signed.event(written, event_id="Ev1"))
    for retry in (1, 2, 3):
        await happens(chat, signed.event(written, event_id="Ev1", retry=retry))
    cards = [card_of(message) for message in await relay_of(chat).messages(channel)]
    assert len(cards) == 1
    assert "You praised Li Na" in str(cards[0])
    assert await praises(chat) == 1
    assert REASON in (await chat.latest(LI_NA)).words


async def test_in_a_thread_the_bot_is_mentioned_and_only_the_giver_sees_the_receipt(chat: Chat) -> None:
    channel, tom = chat.channels["International"], chat.accounts[TOM]
    ts = await relay_of(chat).say(chat.accounts[PRIYA], channel, "Li Na was great today")
    named = f"praise <@{chat.accounts[LI_NA]}> {REASON}"
    await happens(chat, signed.event(signed.app_mention(tom, named, channel=channel, thread_ts=ts)))
    (receipt,) = relay_of(chat).called("chat.postEphemeral")
    assert (receipt.arguments["user"], receipt.arguments["thread_ts"]) == (tom, ts)
    assert "You praised Li Na" in str(card_of(receipt.arguments))
    assert await praises(chat) == 1


async def test_a_reaction_seconds_a_praise(begun: Begun) -> None:
    async with begun(slack_reaction="raised_hands") as chat:
        await chat.type(TOM, f"@{LI_NA} {REASON} #attitude", channel="International")
        line = (await chat.in_channel("International"))[-1]
        channel, _, ts = line.id.partition("/")
        for reaction in ("heart", "raised_hands", "raised_hands"):
            event = signed.reaction_added(chat.accounts[PRIYA], reaction, channel=channel, ts=ts)
            await happens(chat, signed.event(event))
        assert "Priya Nair" in (await chat.latest(LI_NA)).words
        assert "Balance: 3" in said(await chat.type(LI_NA, "me"))


async def test_the_home_shows_own_figures_and_the_queue_of_a_supervisor(chat: Chat) -> None:
    await chat.type(TOM, f"@{LI_NA} {REASON} #attitude")
    for who in (LI_NA, GRACE):
        user = chat.accounts[who]
        opened = signed.app_home_opened(user, channel=await relay_of(chat).direct(user))
        await happens(chat, signed.event(opened))
    homes = {call.arguments["user_id"]: str(call.answer["view"]) for call in relay_of(chat).called("views.publish")}
    assert "Balance" in homes[chat.accounts[LI_NA]]
    assert REASON in homes[chat.accounts[GRACE]]
    assert "confirm.confirm#" in homes[chat.accounts[GRACE]]


# --- what goes wrong on the way ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("token", "times"), [(HISTORY_TOKEN, 1), (BOT_TOKEN, 2)])
async def test_a_board_whose_answer_was_lost_is_found_in_the_channel_where_that_may_be_read(
    begun: Begun, token: str, times: int
) -> None:
    async with begun(token) as chat:
        await chat.type(TOM, f"@{LI_NA} solved the dispute of the day #solution")
        await chat.later()
        lost = Failure(503, after=True)
        relay_of(chat).fail("chat.postMessage", lost, lost)  # of both teams
        await chat.until(MONDAY)
        for _ in range(3):
            await chat.later(minutes=1)
        boards = [seen for seen in await chat.in_channel("International") if "International: week" in seen.words]
        assert len(boards) == times


@pytest.mark.parametrize(("token", "times"), [(HISTORY_TOKEN, 1), (BOT_TOKEN, 2)])
async def test_a_direct_message_whose_answer_was_lost_is_found_where_the_conversation_may_be_opened(
    begun: Begun, token: str, times: int
) -> None:
    async with begun(token) as chat:
        relay_of(chat).fail("chat.postMessage", Failure(503, after=True))
        await chat.type(TOM, f"@{LI_NA} {REASON} #private")
        for _ in range(3):
            await chat.later(minutes=1)
        assert len([seen for seen in await chat.inbox(LI_NA) if REASON in seen.words]) == times


@pytest.mark.parametrize("failure", [Failure(429, "ratelimited", {"Retry-After": "30"}), Failure(503), Failure(502)])
async def test_what_slack_cannot_take_now_arrives_later_once(chat: Chat, failure: Failure) -> None:
    relay_of(chat).fail("chat.postMessage", failure, failure)
    await chat.type(TOM, f"@{LI_NA} {REASON} #private")
    assert await chat.inbox(LI_NA) == []
    for _ in range(3):
        await chat.later(minutes=2)
    assert len(await chat.inbox(LI_NA)) == 1


async def test_a_channel_the_bot_is_not_in_is_told_to_who_can_mend_it(chat: Chat) -> None:
    await _move(chat, "International", relay_of(chat).emulator.private)
    await chat.type(TOM, f"@{LI_NA} {REASON}")
    await chat.later(days=1)
    assert "/invite @praisebot" in (await chat.latest("周主任")).words
    assert len(await chat.inbox(LI_NA)) == 1
    assert [row for row in await chat.product.database.read(rows, tables.outbox) if row["state"] == "waiting"] == []


async def test_an_archived_channel_is_told_too(chat: Chat) -> None:
    made = await relay_of(chat).ask("conversations.create", name=f"old-{datetime.now(UTC):%H%M%S%f}")
    archived = made["channel"]["id"]
    await relay_of(chat).ask("conversations.archive", channel=archived)
    await _move(chat, "International", archived)
    await chat.type(TOM, f"@{LI_NA} {REASON}")
    await chat.later(days=1)
    told = (await chat.latest("周主任")).words
    assert "归档" in told
    assert "/invite" not in told


async def _move(chat: Chat, team: str, channel: str) -> None:
    def move(tx: Any) -> None:
        organisation = organisations.every(tx)[0]
        found = next(one for one in organisations.teams_of(tx, organisation.id) if one.name == team)
        assert found.channel is not None
        address = type(found.channel)(Slack.name, TEAM, channel, "channel")
        organisations.set_channel(tx, found.id, address)

    await chat.product.database.write(move)


async def test_the_chart_of_the_board_is_uploaded_and_shown(chat: Chat) -> None:
    for name in (LI_NA, PRIYA):
        await chat.type(TOM, f"@{name} solved the dispute of the day #solution")
    await chat.until(MONDAY)
    await chat.later(minutes=1)
    (uploaded,) = relay_of(chat).called("files.completeUploadExternal")
    file_id = uploaded.arguments["files"][0]["id"]
    board = (await relay_of(chat).messages(chat.channels["International"]))[-1]
    (image,) = [block for block in board["blocks"] if block["type"] == "image"]
    assert image["slack_file"] == {"id": file_id}
    kept = await relay_of(chat).ask("files.info", file=file_id)
    assert kept["file"]["mimetype"] == "image/png"
    assert kept["file"]["size"] > 1000


# --- installing -------------------------------------------------------------------------------------------------------


async def test_a_workspace_installs_the_app_and_is_answered(
    sqlite_template: Path, slack_relay: Relay, tmp_path: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "praisebot.db")
    product = Product(
        Settings(
            database_url=f"sqlite:///{tmp_path}/praisebot.db",
            model=ROOT / "models/tagger",
            public_url=PUBLIC_URL,
            secret_key="a key of sixteen characters and more",
            slack_signing_secret=SIGNING_SECRET,
            slack_client_id=CLIENT_ID,
            slack_client_secret=CLIENT_SECRET,
            slack_api_url=slack_relay.api_url,
        )
    )
    tom = slack_relay.emulator.users[TOM]
    try:
        async with TestClient(TestServer(product.web_application(work=False))) as client:
            url = slack_relay.response_url()
            await signed.command(tom, "help", response_url=url).to(client)
            assert "工作区" in slack_relay.responses[url][0]["text"]
            assert await _installed(client, slack_relay, tom) == 200
            helped = await (await signed.command(tom, "help").to(client)).json()
            assert "/praise 待认定" in str(helped["blocks"])
            (call,) = slack_relay.called("users.info")
            assert call.token not in (BOT_TOKEN, "")  # its own token, that of the installation
    finally:
        product.close()


async def _installed(client: TestClient[Any, Any], relay: Relay, user: str) -> int:
    """Walk through the installation as a browser does; return what it ends with."""
    page = await client.get("/slack/install", allow_redirects=False)
    cookie = page.cookies["slack-app-oauth-state"].value
    (link,) = re.findall(r"https://slack\.com/oauth/v2/authorize\?([^\"']+)", await page.text())
    asked = {name: values[0] for name, values in parse_qs(unescape(link)).items()}
    assert set(asked["scope"].split(",")) >= {"chat:write", "commands"}
    allowed = asked | {"user_id": user}
    async with ClientSession() as browser:
        url = f"{relay.emulator.url}/oauth/v2/authorize/callback"
        async with browser.post(url, data=allowed, allow_redirects=False) as agreed:
            back = urlsplit(agreed.headers["Location"])
    assert f"{back.scheme}://{back.netloc}" == PUBLIC_URL
    headers = {"Cookie": f"slack-app-oauth-state={cookie}"}
    return (await client.get(f"{back.path}?{back.query}", headers=headers)).status


async def test_after_all_of_it_the_ledger_adds_up(chat: Chat) -> None:
    line = f"@{LI_NA} {REASON} #attitude"
    await chat.type(TOM, line, channel="International")
    await chat.press(PRIYA, "Second", (await chat.in_channel("International"))[-1])
    await chat.press(GRACE, "Raise to highlight", await chat.type(GRACE, "queue"))
    result = await chat.product.database.read(verification.verify)
    assert result.discrepancies == ()
    assert result.points > 0
