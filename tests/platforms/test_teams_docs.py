"""The page about Teams can be followed: its files are read, its settings accepted, its commands there."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from aiohttp import ClientSession

from bot.config import read_settings
from bot.handlers import COMMANDS, MENU
from bot.platforms.teams_package import manifest
from bot.setup import check_roster, read_roster
from tests.conftest import ROOT
from tests.platforms.processes import ENVIRONMENT, run, serving
from tests.platforms.teams_service import APP_ID, SECRET, TENANT, Service, words, written

PAGE = (ROOT / "docs/teams.md").read_text("utf-8")
BLOCKS = [re.sub(r"^ +", "", block, flags=re.MULTILINE) for block in re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)]
ROSTER, SETTINGS = BLOCKS
MIN, NA = 1, 2


def test_the_roster_of_the_page_is_read(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(ROSTER, "utf-8")
    rows = read_roster(tmp_path / "roster.csv")
    assert check_roster(rows) == ()
    assert all(row["email"] for row in rows)


def test_the_settings_of_the_page_are_accepted() -> None:
    values = dict(line.split("=", 1) for line in SETTINGS.splitlines())
    filled = {name: value.replace("…", "0123456789abcdef") for name, value in values.items()}
    assert read_settings(filled, dotenv=Path("no-such-file")).teams


def test_the_permissions_of_the_page_are_those_of_the_package() -> None:
    made = manifest(APP_ID, "https://praise.example.com", commands=COMMANDS, menu=MENU, version="0.1.0")
    table = PAGE.partition("| permission | why |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == made["permissions"]


async def test_from_an_empty_folder_to_a_praise(service: Service, tmp_path: Path) -> None:
    """The way of the page, step by step, with the service of the tests in the place of Microsoft's."""
    (tmp_path / "roster.csv").write_text(ROSTER, "utf-8")
    service.people.clear()
    service.add(MIN, "Min W.", email="Wang.Min@example.com")
    service.add(NA, "Na L.", email="li.na@example.com")
    environment = {
        **ENVIRONMENT,
        "MicrosoftAppId": APP_ID,
        "MicrosoftAppPassword": SECRET,
        "MicrosoftAppTenantId": TENANT,
        "BotOpenIdMetadata": f"{service.url}metadata",
        "ToChannelFromBotLoginUrl": f"{service.url}login",
        "PRAISEBOT_TEAMS_DEVELOPMENT": "1",  # the service is on this machine
        "PRAISEBOT_PUBLIC_URL": "https://praise.example.com",
    }
    await run(tmp_path, environment, "setup", "Harbour Bank", "--timezone", "Asia/Shanghai")
    await run(tmp_path, environment, "roster", "roster.csv")
    await run(tmp_path, environment, "teams", "package")
    assert (tmp_path / "praisebot-teams.zip").exists()
    async with serving(tmp_path, environment) as address, ClientSession() as session:
        said = written(service, NA, "{0} 谢谢你帮我接住那位着急的客户，处理得又快又好", MIN)
        headers = {"Authorization": f"Bearer {service.token()}"}
        async with session.post(f"{address}/api/messages", json=said, headers=headers) as answer:
            assert answer.status == 200
        async with asyncio.timeout(30):
            while not (told := service.posted(service.chat_with(f"29:{MIN}"))):
                await asyncio.sleep(0.1)
    assert "李娜" in words(told[0]["attachments"][0]["content"])
