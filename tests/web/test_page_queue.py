"""The page in a real browser: working through a queue without losing one's place, and where one starts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from bot.chat import Address, Button, Buttons, Card, Divider, Facts, Field, Form, Incoming, Quote, Reply, Text
from bot.web.conversations import direct_id
from bot.web.store import BOT

from .browser import CHROMIUM, Open, arrived, say
from .conftest import ANN, LI, WEI, WORKSPACE, Running

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"Chromium is not installed ({CHROMIUM})"),
]

WITH_BOT = direct_id(LI, BOT)
PHONE: dict[str, Any] = {"viewport": {"width": 375, "height": 640}}
SIZES = pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])


def queue(*numbers: int, said: str = "", tags: str = "attitude") -> Card:
    """A page of the queue with an item for each number."""
    blocks: list[Any] = [Text(said, "quiet")] if said else []
    for number in numbers:
        blocks += [Divider()] if blocks else []
        blocks += [
            Text(f"Customer praise {number}", "strong"),
            Quote(f"Comment {number}: " + "so patient with me, " * 9),
        ]
        blocks += [Facts((("Tag", tags),))]
        values = {"praise": str(number)}
        blocks += [
            Buttons((Button("confirm", f"Confirm {number}", values), Button("retag", f"Retag {number}", values)))
        ]
    blocks += [Divider(), Buttons((Button("page", "Next"),))]
    return Card(f"{len(numbers)} to decide", tuple(blocks), title=f"{len(numbers)} to decide")


async def opened_queue(chat: Running, windows: Open, **options: Any) -> Page:
    page = await (await windows(**options)).enter(LI, WITH_BOT)
    chat.handler.reply = Reply(queue(1, 2, 3, 4, 5))
    await say(page, "queue")
    await expect(page.get_by_role("heading", name="5 to decide")).to_be_in_viewport()
    return page


async def top(part: Locator) -> float:
    box = await part.bounding_box()
    assert box is not None
    return box["y"]


async def press_in_the_middle(page: Page, name: str) -> None:
    """Scroll so that the button stands in the middle of the screen, and press it."""
    button = page.get_by_role("button", name=name)
    await button.evaluate("button => button.scrollIntoView({ block: 'center' })")
    await page.wait_for_timeout(100)  # until the scrolling is noticed
    await button.click()


@SIZES
async def test_a_retagged_item_stays_where_it_was(chat: Running, windows: Open, options: dict[str, Any]) -> None:
    async def answer(incoming: Incoming) -> Reply:
        assert incoming.action is not None
        if incoming.action.name == "retag":
            return Reply(form=Form("retagged", "Retag", "Save", (Field("why", "Why", "text"),)))
        return Reply(queue(1, 2, 3, 4, 5, tags="solution"), replaces=True)

    page = await opened_queue(chat, windows, **options)
    chat.handler.answer = answer
    await press_in_the_middle(page, "Retag 4")
    await page.get_by_role("button", name="Save").wait_for()
    before = await top(page.get_by_text("Comment 4"))
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("solution")).to_have_count(5)
    assert abs(await top(page.get_by_text("Comment 4")) - before) <= 1
    await expect(page.get_by_text("Comment 4")).to_be_focused()
    await page.keyboard.press("Tab")  # and on to its buttons
    await expect(page.get_by_role("button", name="Confirm 4")).to_be_focused()


@SIZES
async def test_the_next_item_takes_the_place_of_the_one_decided(
    chat: Running, windows: Open, options: dict[str, Any]
) -> None:
    page = await opened_queue(chat, windows, **options)
    chat.handler.reply = Reply(queue(1, 2, 4, 5, 6), replaces=True)
    button = page.get_by_role("button", name="Confirm 3")
    await press_in_the_middle(page, "Confirm 3")
    await expect(button).to_have_count(0)
    await expect(page.get_by_text("Customer praise 4")).to_be_in_viewport(ratio=1)
    await expect(page.get_by_text("Comment 4")).to_be_focused()


@SIZES
async def test_the_last_item_decided_leaves_one_at_the_end_of_the_card(
    chat: Running, windows: Open, options: dict[str, Any]
) -> None:
    page = await opened_queue(chat, windows, **options)
    chat.handler.reply = Reply(queue(1, 2, 3, 4, said="Confirmed for Wei."), replaces=True)
    await press_in_the_middle(page, "Confirm 5")
    await expect(page.get_by_role("button", name="Confirm 5")).to_have_count(0)
    await expect(page.get_by_role("button", name="Confirm 4")).to_be_in_viewport(ratio=1)
    await expect(page.get_by_text("Comment 4")).to_be_focused()
    # What was decided stands at the card's beginning, out of sight here, so it is said in passing.
    await expect(page.get_by_role("status").filter(has_text="Confirmed for Wei.")).to_be_visible()


async def test_the_first_item_decided_leaves_one_at_the_next(chat: Running, windows: Open) -> None:
    page = await opened_queue(chat, windows)
    chat.handler.reply = Reply(queue(2, 3, 4, 5, 6, said="Confirmed for Wei."), replaces=True)
    await page.get_by_role("button", name="Confirm 1").click()
    await expect(page.get_by_role("button", name="Confirm 1")).to_have_count(0)
    await expect(page.get_by_text("Comment 2")).to_be_focused()
    await expect(page.get_by_text("Customer praise 2")).to_be_in_viewport(ratio=1)


async def test_an_item_that_fills_up_the_page_is_gone_on_with(chat: Running, windows: Open) -> None:
    page = await opened_queue(chat, windows)
    chat.handler.reply = Reply(queue(1, 2, 3, 4, 6), replaces=True)
    await press_in_the_middle(page, "Confirm 5")
    await expect(page.get_by_text("Comment 6")).to_be_focused()
    await expect(page.get_by_text("Customer praise 6")).to_be_in_viewport(ratio=1)


async def test_another_page_is_read_from_its_beginning(chat: Running, windows: Open) -> None:
    page = await opened_queue(chat, windows)
    chat.handler.reply = Reply(queue(6, 7, 8), replaces=True)
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_role("heading", name="3 to decide")).to_be_in_viewport(ratio=1)
    await expect(page.locator(".answer")).to_be_focused()


async def test_a_double_click_decides_one_item(chat: Running, windows: Open) -> None:
    page = await opened_queue(chat, windows)
    chat.handler.reply = Reply(queue(1, 2, 4, 5, 6), replaces=True)
    # The second half of the double click comes as soon as the next item is there.
    await page.evaluate(
        """() => new MutationObserver((_, observer) => {
          const buttons = [...document.querySelectorAll(".card-buttons button")];
          if (!buttons.some(button => button.textContent === "Confirm 6")) return;
          observer.disconnect();
          const next = buttons.find(button => button.textContent === "Confirm 4");
          next.dispatchEvent(new MouseEvent("click", { detail: 2, bubbles: true }));
          document.body.dataset.clicked = "twice";
        }).observe(document.getElementById("messages"), { childList: true, subtree: true })"""
    )
    await press_in_the_middle(page, "Confirm 3")
    await expect(page.locator("body")).to_have_attribute("data-clicked", "twice")
    await page.get_by_role("button", name="Next").click()  # what was pressed before has arrived before
    await arrived(chat.handler, 3)
    assert [one.action and one.action.name for one in chat.handler.incomings] == [None, "confirm", "page"]


@SIZES
async def test_the_way_to_the_newest_messages_covers_no_words(
    chat: Running, windows: Open, options: dict[str, Any]
) -> None:
    page = await opened_queue(chat, windows, **options)
    jump = page.get_by_role("button", name="Newest messages")
    await expect(jump).to_be_in_viewport(ratio=1)
    end = await page.locator("#timeline").evaluate("frame => frame.getBoundingClientRect().bottom")
    assert await top(jump) >= end
    height = await page.locator("#composer").evaluate("composer => composer.offsetHeight")
    await jump.click()
    await expect(jump).to_be_hidden()
    # It takes no room of its own either: nothing moves when it comes and goes.
    assert await page.locator("#composer").evaluate("composer => composer.offsetHeight") == height
    assert height < 130


# --- where one starts ------------------------------------------------------------------------------------------------


def team(chat: Running) -> None:
    chat.store.members = [replace(one, home={LI: "night", WEI: "gone"}.get(one.id, "")) for one in chat.store.members]


@pytest.mark.parametrize(
    ("account", "name"), [(LI, "Night shift"), (WEI, "Praisebot"), (ANN, "Praisebot")], ids=["team", "gone", "no team"]
)
async def test_one_starts_in_the_channel_of_one_s_team(chat: Running, windows: Open, account: str, name: str) -> None:
    team(chat)
    opened = await windows()
    await opened.page.goto(f"{opened.address}/?as={account}")
    await expect(opened.page.get_by_role("heading", level=1)).to_have_text(name)


async def test_one_starts_with_the_bot_while_something_waits_there(chat: Running, windows: Open) -> None:
    team(chat)
    waiting = Card("A comment waits", (Text("A comment waits."),))
    await chat.chat.send(Address("web", WORKSPACE, LI, "direct"), waiting, key="w")
    opened = await windows()
    await opened.page.goto(f"{opened.address}/?as={LI}")
    await expect(opened.page.get_by_role("heading", level=1)).to_have_text("Praisebot")
    await expect(opened.page.get_by_text("A comment waits.")).to_be_visible()
    await opened.page.goto(f"{opened.address}/?as={LI}")  # it is read now
    await expect(opened.page.get_by_role("heading", level=1)).to_have_text("Night shift")
