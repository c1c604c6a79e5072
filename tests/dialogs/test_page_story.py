"""The story of a newcomer, in the real page on the demo organisation: praise, forward, confirm, let Monday come."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect

from bot import demo
from bot.app import Product
from bot.config import Settings
from bot.localchat import account
from bot.storage import members, organisations, verification
from bot.storage.database import Tx
from tests.conftest import ROOT
from tests.web.browser import CHROMIUM, chromium

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")

expect.set_options(timeout=20_000)  # the machine may be busy with the rest of the suite

ARTEFACTS = ROOT / "artefacts"
"""Screenshots of the last run, to be looked at."""


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[tuple[Product, str]]:
    product = Product(Settings(database_url=f"sqlite:///{tmp_path}/demo.db", model=ROOT / "models/tagger", demo=True))
    try:
        await demo.load(product.settings)
        async with TestServer(product.web_application(work=True)) as server:
            yield product, str(server.make_url("/")).rstrip("/")
    finally:
        product.close()


def _accounts(tx: Tx) -> dict[str, str]:
    organisation = organisations.every(tx)[0]
    return {member.staff_number or "": account(member.id) for member in members.everyone(tx, organisation.id)}


async def _open(browser: Browser, url: str, who: str, locale: str) -> Page:
    context = await browser.new_context(locale=locale, viewport={"width": 1200, "height": 900})
    context.set_default_timeout(15_000)
    page = await context.new_page()
    await page.goto(f"{url}/?as={who}")
    await page.wait_for_selector("#timeline:not([aria-busy])")
    return page


async def _go(page: Page, conversation: str) -> None:
    await page.locator("#conversations").get_by_text(conversation, exact=True).click()
    await page.wait_for_selector("#timeline:not([aria-busy])")


async def _type(page: Page, text: str) -> None:
    await page.locator("#words").fill(text)
    await page.keyboard.press("Escape")  # closes the list of names; the words stay
    await page.keyboard.press("Enter")


async def _shot(page: Page, name: str) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    await page.wait_for_timeout(400)
    await page.screenshot(path=ARTEFACTS / f"{name}.png")


STORIES = {
    "zh-CN": {
        "agent": "8021",
        "supervisor": "8011",
        "praised": "8022",
        "channel": "信用卡一组",
        "bot": "表扬机器人",
        "praise": "/表扬 @8022 谢谢你帮我接住那位着急的客户，处理得又快又好 #解决方案",
        "receipt": "你表扬了",
        "said": "刚接完电话，客户说：工号8022的小伙子特别耐心，还主动打电话提醒我还款，太感谢了！",
        "forward": "作为客户表扬转交",
        "submit": "转交",
        "queue": "待认定",
        "confirm": "认定",
        "monday": "快进到周一",
        "board": "一周亮点",
    },
    "en-GB": {
        "agent": "8051",
        "supervisor": "8014",
        "praised": "8052",
        "channel": "International Team",
        "bot": "Praisebot",
        "praise": "/praise @8052 thank you for taking over the angry caller and solving the transfer problem #solution",
        "receipt": "You praised",
        "said": "Customer just told me: agent 8052 was wonderfully patient and called me back on her own, thank you!",
        "forward": "Forward as customer praise",
        "submit": "Forward",
        "queue": "queue",
        "confirm": "Confirm",
        "monday": "Let Monday come",
        "board": "Highlight of the week",
    },
}


@pytest.mark.parametrize("locale", list(STORIES))
async def test_a_newcomer_lives_the_week_in_the_page(address: tuple[Product, str], locale: str) -> None:
    product, url = address
    words = STORIES[locale]
    accounts = await product.database.read(_accounts)
    async with chromium() as browser:
        agent = await _open(browser, url, accounts[words["agent"]], locale)
        await _go(agent, words["channel"])
        await _type(agent, words["praise"])
        await expect(agent.locator("#messages").get_by_text(words["receipt"]).last).to_be_visible()
        await _shot(agent, f"praise-{locale}")

        await _type(agent, words["said"])
        message = agent.locator("#messages li").filter(has_text=words["said"]).last
        await message.hover()
        await message.locator("button[aria-haspopup=menu]").click()
        await agent.get_by_role("menuitem", name=words["forward"]).click()
        await _shot(agent, f"form-{locale}")
        await agent.get_by_role("dialog").get_by_role("button", name=words["submit"], exact=True).click()
        await expect(agent.get_by_role("dialog")).to_have_count(0)
        await _shot(agent, f"forwarded-{locale}")

        supervisor = await _open(browser, url, accounts[words["supervisor"]], locale)
        await _go(supervisor, words["bot"])
        await _shot(supervisor, f"asked-{locale}")
        await _type(supervisor, words["queue"])
        await supervisor.wait_for_timeout(1000)
        await _shot(supervisor, f"queue-{locale}")
        await supervisor.get_by_role("button", name=words["confirm"], exact=True).first.click()
        await supervisor.wait_for_timeout(1000)

        await agent.get_by_role("button", name=words["monday"]).click()
        await _go(agent, words["channel"])
        await expect(agent.locator("#messages").get_by_text(words["board"]).last).to_be_visible(timeout=30_000)
        await agent.wait_for_timeout(2500)
        await _shot(agent, f"board-{locale}")

        praised = await _open(browser, url, accounts[words["praised"]], locale)
        await _go(praised, words["bot"])
        await _shot(praised, f"told-{locale}")
    result = await product.database.read(verification.verify)
    assert result.discrepancies == ()


if os.environ.get("PRAISEBOT_NOTHING_SKIPPED"):
    assert CHROMIUM.exists(), "nothing may be skipped, and Chromium is missing"
