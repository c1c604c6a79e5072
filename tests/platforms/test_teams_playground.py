"""A supervisor's week in Microsoft's own client: praise, a form, a message's menu, a decision, the board."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Locator, Page, expect

from bot.app import Product
from bot.chat import Address, Incoming, Mention
from bot.config import Settings
from bot.setup import add_roster, new_organisation, read_roster
from bot.storage import identities, members, organisations, tables
from bot.storage.database import Tx
from tests.builders import WordTagger, rows
from tests.conftest import ROOT
from tests.dialogs.chat import Clock
from tests.platforms.teams_playground import CHANNEL, node_or_skip, started
from tests.platforms.teams_service import TENANT, account
from tests.web.browser import CHROMIUM, chromium

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")

ARTEFACTS = ROOT / "artefacts"
GRACE, TOM, PRIYA = 1, 2, 3
ROSTER = """\
team,team_timezone,team_locale,name,staff_number,role,locale,email
International,Asia/Singapore,{locale},Grace Lim,8050,supervisor,{locale},grace.lim@harbour.example
International,Asia/Singapore,{locale},Tom Sawyer,8051,agent,{locale},tom.sawyer@harbour.example
International,Asia/Singapore,{locale},Priya Nair,8053,agent,{locale},priya.nair@harbour.example
"""


@dataclass(frozen=True)
class Words:
    """What is read and pressed, in one language."""

    praised: str
    send: str
    customer: str
    forward: str
    confirm: str
    confirmed: str
    board: str
    wrong: str
    receipt: str


WORDS = {
    "en": Words(
        "Grace Lim praised Priya Nair",
        "Praise",
        "A customer praised Priya Nair",
        "Forward",
        "Confirm",
        "confirmed: Grace Lim",
        "week 47",
        "Say what they did",
        "You praised Tom Sawyer",
    ),
    "zh_CN": Words(
        "Grace Lim 表扬了 Priya Nair",
        "表扬",
        "客户表扬了 Priya Nair",
        "转交",
        "认定",
        "Grace Lim",
        "第47周",
        "请写上原因",
        "你表扬了 Tom Sawyer",
    ),
}


@dataclass
class Playground:
    """The product, and Microsoft's client before it."""

    product: Product
    clock: Clock
    page: Page
    words: Words
    locale: str

    async def go(self, where: str) -> None:
        """Open a conversation."""
        await self.page.get_by_text(where, exact=True).first.click()

    async def write(self, text: str, *picking: str) -> None:
        """Type ``text`` with ``{}`` for each name that is picked from the list, and send it."""
        box = self.page.get_by_role("textbox").locator("visible=true").first
        await box.click()
        for part, name in zip(text.split("{}"), (*picking, ""), strict=True):
            await box.press_sequentially(part)
            if name:
                await box.press_sequentially(f"@{name.split()[0]}")
                await self.page.get_by_role("menuitem").filter(has_text=name).first.click()
        post = self.page.get_by_role("button", name="Post", exact=True).locator("visible=true")
        if await post.count():
            await post.first.click()
        else:
            await self.page.keyboard.press("Enter")

    def card(self, text: str) -> Locator:
        """Return the newest card that says ``text``."""
        return self.page.locator(".ac-adaptiveCard").filter(has_text=re.compile(text)).last

    async def shot(self, name: str) -> None:
        """Keep what is seen."""
        ARTEFACTS.mkdir(exist_ok=True)
        await self.page.screenshot(path=ARTEFACTS / f"teams-{name}-{self.locale}.png")


def fill(tx: Tx, roster: Path, locale: str, now: datetime) -> None:
    organisation = new_organisation(tx, "Harbour Bank", locale, "Asia/Singapore", now)
    add_roster(tx, organisation, read_roster(roster), now)
    organisations.connect(tx, organisation.id, "teams", TENANT)
    team = organisations.teams_of(tx, organisation.id)[0]
    organisations.set_channel(tx, team.id, Address("teams", TENANT, CHANNEL, "channel"))
    for member in members.everyone(tx, organisation.id):
        number = {"Grace Lim": GRACE, "Tom Sawyer": TOM, "Priya Nair": PRIYA}[member.name]
        identities.link(tx, member.id, "teams", TENANT, account(number))


@pytest.fixture(params=["en", "zh_CN"])
async def playground(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Playground]:
    node_or_skip()
    clock = Clock(datetime(2026, 11, 18, 2, 0, tzinfo=UTC))
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER.format(locale=request.param))
    settings = Settings(database_url=f"sqlite:///{tmp_path}/praisebot.db", teams_development=True)
    with patch("bot.app.Tagger.load", lambda _: WordTagger()):
        product = Product(settings, clock=clock)
    try:
        await product.database.write(fill, roster, request.param, clock.at)
        async with TestServer(product.web_application(work=True)) as server, chromium() as browser:
            folder = tmp_path / "playground"
            folder.mkdir()
            started_playground = started(str(server.make_url("/api/messages")), folder)
            url = await asyncio.to_thread(started_playground.__enter__)
            try:
                context = await browser.new_context(viewport={"width": 1400, "height": 1000})
                page = await context.new_page()
                await page.goto(url)
                await expect(page.get_by_text("Connected.")).to_be_visible()
                yield Playground(product, clock, page, WORDS[request.param], request.param)
            finally:
                await asyncio.to_thread(started_playground.__exit__, None, None, None)
    finally:
        product.close()


async def praises(product: Product) -> list[dict[str, Any]]:
    return await product.database.read(rows, tables.praises)


async def test_a_supervisors_week(playground: Playground) -> None:
    page, said = playground.page, playground.words

    # A colleague is praised in the channel, with names picked in the box.
    await playground.go("International")
    await playground.write("{} {} thank you for staying late with that caller", "Praisebot", "Priya Nair")
    await expect(playground.card(said.praised)).to_be_visible()
    assert len(await praises(playground.product)) == 1

    # A bare command answers with a form; what is wrong stands in it.
    await playground.go("Personal Chat")
    await playground.write("praise")
    form = page.locator(".ac-adaptiveCard").filter(has=page.locator("textarea")).last
    await expect(form).to_be_visible()
    await form.get_by_role("combobox").first.click()
    await form.get_by_role("combobox").first.press_sequentially("Tom")
    await page.get_by_text("Tom Sawyer", exact=True).locator("visible=true").last.click()
    await form.locator("textarea").first.fill("!!")
    await form.get_by_role("button", name=said.send, exact=True).click()
    await expect(form).to_contain_text(said.wrong)
    await expect(form).not_to_contain_text("29-")
    await expect(form.locator("textarea").first).to_have_value("!!")
    await playground.shot("form")
    await form.locator("textarea").first.fill("calmed a caller whose card was blocked")
    await form.get_by_role("button", name=said.send, exact=True).click()
    await expect(playground.card(said.receipt)).to_be_visible()
    assert len(await praises(playground.product)) == 2

    # A customer's words are forwarded from the menu of a message, through a dialog.
    await playground.go("International")
    await playground.write("A customer wrote: the lady was so patient and friendly, thank you!")
    post = page.get_by_role("group").filter(has_text="A customer wrote").last
    await post.get_by_label("Show more information").click()
    await page.get_by_role("menuitem").filter(has_text="Action Command").click()
    await page.get_by_placeholder("Input command id or leave blanks").fill("comment.form")
    await page.get_by_role("button", name="Create").click()
    dialog = page.get_by_role("dialog").filter(has=page.locator("textarea"))
    await expect(dialog).to_be_visible()
    await expect(dialog.locator("textarea").first).to_have_value(re.compile("so patient and friendly"))
    await dialog.get_by_role("combobox").first.click()
    await dialog.get_by_role("combobox").first.press_sequentially("Pri")
    await page.get_by_text("Priya Nair", exact=True).locator("visible=true").last.click()
    await playground.shot("dialog")
    await dialog.get_by_role("button", name=said.forward).click()
    await expect(page.get_by_role("dialog")).to_contain_text("Priya Nair")
    await expect(page.get_by_role("dialog").locator("textarea")).to_have_count(0)
    await page.get_by_role("dialog").get_by_role("button").first.click()
    assert [one["kind"] for one in await praises(playground.product)] == ["peer", "peer", "customer"]

    # Another agent forwards a customer's words: the supervisor decides, and the card is replaced.
    text = "customer @Priya Nair She was so patient and explained every fee, wonderful service"
    where = Address("teams", TENANT, account(TOM), "direct")
    mention = Mention(9, 20, account(PRIYA))
    await playground.product.receive(Incoming("e1", "teams", TENANT, account(TOM), where, text, (mention,)))
    await playground.go("Personal Chat")
    card = playground.card(said.customer)
    await expect(card).to_be_visible()
    await playground.shot("queue")
    await card.get_by_role("button", name=said.confirm, exact=True).click()
    await expect(card).to_contain_text(said.confirmed)
    await expect(card.get_by_role("button", name=said.confirm, exact=True)).to_have_count(0)
    await playground.shot("confirmed")

    # Monday comes: the board is in the channel, with its chart.
    playground.clock.at = datetime(2026, 11, 23, 1, 0, 30, tzinfo=UTC)
    await playground.product.worker.run_jobs()
    playground.product.worker.wake()
    await playground.go("International")
    board = playground.card(said.board)
    await expect(board).to_be_visible()
    await expect(board).to_contain_text("Priya Nair")
    await expect(board.locator("img")).to_be_visible()
    await board.scroll_into_view_if_needed()
    await playground.shot("board")
