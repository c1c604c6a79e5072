"""The page about Slack can be followed: its files are read, its settings accepted, its commands there."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from aiohttp import ClientSession
from typer.testing import CliRunner

from bot.cli import app
from bot.config import Settings, read_settings
from bot.setup import check_roster, read_roster
from tests.conftest import ROOT
from tests.platforms import signed
from tests.platforms.emulator import BOT_TOKEN, SIGNING_SECRET
from tests.platforms.processes import ENVIRONMENT, run, serving
from tests.platforms.relay import Relay

PAGE = (ROOT / "docs/slack.md").read_text("utf-8")
BLOCKS = [re.sub(r"^ +", "", block, flags=re.MULTILINE) for block in re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)]
ROSTER, SOCKET, HTTP, MANY = BLOCKS
MANIFESTS = re.findall(r"praisebot (slack manifest.*)", PAGE)


def settings_of(block: str, **more: str) -> Settings:
    values = dict(line.split("=", 1) for line in block.splitlines())
    filled = {name: value.replace("…", "0123456789abcdef") for name, value in values.items()}
    return read_settings(filled | more, dotenv=Path("no-such-file"))


def test_the_roster_of_the_page_is_read(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(ROSTER, "utf-8")
    rows = read_roster(tmp_path / "roster.csv")
    assert check_roster(rows) == ()
    assert all(row["email"] for row in rows)


def test_the_settings_of_each_way_are_accepted() -> None:
    assert settings_of(SOCKET).slack_app_token
    http, many = settings_of(HTTP), settings_of(MANY)
    assert http.slack_bot_token
    assert not http.slack_app_token
    assert many.slack_client_id
    assert many.secret_keys
    assert all(settings.slack for settings in (settings_of(SOCKET), http, many))


def test_a_key_is_changed_as_the_page_says() -> None:
    old = settings_of(MANY).secret_keys[0]
    new = "another key".replace(" ", "-") * 2
    assert settings_of(MANY, PRAISEBOT_SECRET_KEY=f"{new} {old}").secret_keys == (new, old)


@pytest.mark.parametrize("words", MANIFESTS)
def test_the_manifests_of_the_page_are_printed(words: str) -> None:
    result = CliRunner().invoke(app, words.split())
    assert (result.exit_code, result.stdout[:10]) == (0, "_metadata:")


async def test_from_an_empty_folder_to_a_praise(slack_relay: Relay, tmp_path: Path) -> None:
    """The way over HTTP, step by step, with the emulator in Slack's place."""
    (tmp_path / "roster.csv").write_text(ROSTER, "utf-8")
    environment = {
        **ENVIRONMENT,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_API_URL": slack_relay.api_url,
    }
    await run(tmp_path, environment, "setup", "Harbour Bank", "--timezone", "Asia/Shanghai")
    await run(tmp_path, environment, "roster", "roster.csv")
    nana, boss = (slack_relay.emulator.users[name] for name in ("Li Na", "王敏"))  # nana by li.na@example.com
    async with serving(tmp_path, environment) as address, ClientSession() as session:
        for request in (
            signed.command(nana, "help", response_url=slack_relay.response_url()),
            signed.command(nana, f"<@{boss}|wang.min> 谢谢你帮我接住那位着急的客户，处理得又快又好"),
        ):
            async with session.post(address + signed.PATH, data=request.body, headers=dict(request.headers)) as answer:
                assert answer.status == 200
                told = str(await answer.json())
        assert "你表扬了" in told
        assert "王敏" in told
        inbox = await slack_relay.direct(boss)
        async with asyncio.timeout(30):
            while not await slack_relay.messages(inbox):
                await asyncio.sleep(0.1)
    (message,) = await slack_relay.messages(inbox)
    assert "李娜" in str(message["blocks"])
