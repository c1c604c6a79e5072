"""The page in a real browser: an answer is where its reader looks, and the focus where they go on."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from bot.chat import Address, Button, Buttons, Card, Chart, Facts, Field, Form, Incoming, Reply, Text
from bot.web.conversations import direct_id
from bot.web.store import BOT

from .browser import CHROMIUM, Open, arrived, say
from .conftest import LI, WEI, WORKSPACE, Running

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"Chromium is not installed ({CHROMIUM})"),
]

GENERAL = Address("web", WORKSPACE, "general", "channel")
WITH_BOT = direct_id(LI, BOT)
REFUSED = Reply(Card("Wei was faster.", (Text("Wei was faster."),), tone="attention"))


def queue(title: str = "5 to decide", lines: int = 40) -> Card:
    """A card taller than any screen of these tests, with a button in the middle and one at its end."""
    blocks = tuple(Text(f"{title}, line {number}") for number in range(lines))
    middle = Buttons((Button("reject", "Not praise", {"praise": "7"}, "danger"),))
    end = Buttons((Button("confirm.page", "Next"),))
    return Card(title, (*blocks, middle, *blocks, end), title=title)


async def is_at_the_top(page: Page, text: str) -> bool:
    """Whether the message with this heading begins where the screen does."""
    return bool(
        await page.get_by_role("heading", name=text).evaluate(
            """heading => {
              const top = document.getElementById("timeline").getBoundingClientRect().top;
              return Math.abs(heading.closest(".message").getBoundingClientRect().top - top) < 3;
            }"""
        )
    )


# --- words typed -----------------------------------------------------------------------------------------------------


async def test_the_answer_after_a_tall_one_comes_into_view(chat: Running, windows: Open) -> None:
    page = await (await windows()).enter(LI, WITH_BOT)
    chat.handler.reply = Reply(queue())
    await say(page, "queue")
    await expect(page.get_by_role("heading", name="5 to decide")).to_be_in_viewport()
    chat.handler.reply = Reply(Card("Help", (Text("All I can do."),), title="Help"))
    await say(page, "help")
    await expect(page.get_by_text("All I can do.")).to_be_in_viewport(ratio=1)
    await expect(page.locator("#words")).to_be_focused()


@pytest.mark.parametrize("lines", [10, 40])
async def test_an_answer_is_read_from_its_beginning(chat: Running, windows: Open, lines: int) -> None:
    page = await (await windows()).enter(LI, WITH_BOT)
    for title in ("First", "Second"):
        chat.handler.reply = Reply(queue(title, lines))
        await say(page, "queue")
        await expect(page.get_by_role("heading", name=title)).to_be_in_viewport(ratio=1)
        assert await is_at_the_top(page, title)
        # The field shrinks once it is empty, and the answer stays.
        await expect(page.locator("#words")).to_have_value("")
        assert await is_at_the_top(page, title)


async def test_own_words_come_into_view_wherever_one_was_reading(chat: Running, windows: Open) -> None:
    for number in range(40):
        await chat.store.post(WORKSPACE, "general", WEI, key=str(number), text=f"m{number}")
    page = await (await windows()).enter(LI)
    await page.eval_on_selector("#timeline", "frame => frame.scrollTop = 300")
    await expect(page.get_by_text("m39")).not_to_be_in_viewport()
    await say(page, "me too")
    await expect(page.locator(".words", has_text="me too")).to_be_in_viewport(ratio=1)


async def test_what_others_say_does_not_move_what_is_being_read(chat: Running, windows: Open) -> None:
    page = await (await windows()).enter(LI)
    chat.handler.reply = Reply(queue())
    await say(page, "/praise queue")
    await expect(page.get_by_role("heading", name="5 to decide")).to_be_in_viewport()
    await chat.chat.send(GENERAL, Card("Later", (Text("Later."),)), key="later")
    await expect(page.get_by_text("Later.")).to_be_attached()
    assert await is_at_the_top(page, "5 to decide")
    await expect(page.get_by_role("button", name="Newest messages")).to_be_visible()
    await page.eval_on_selector("#timeline", "frame => frame.scrollTop += 300")
    await page.wait_for_timeout(50)
    place = await page.eval_on_selector("#timeline", "frame => frame.scrollTop")
    await chat.chat.send(GENERAL, Card("Last", (Text("Last."),)), key="last")
    await expect(page.get_by_text("Last.")).to_be_attached()
    assert await page.eval_on_selector("#timeline", "frame => frame.scrollTop") == place


# --- what is pressed -------------------------------------------------------------------------------------------------


async def test_a_card_replaced_by_one_s_press_is_read_from_its_beginning(chat: Running, windows: Open) -> None:
    page = await (await windows()).enter(LI, WITH_BOT)
    chat.handler.reply = Reply(queue())
    await say(page, "queue")
    chat.handler.reply = Reply(queue("Page 2"), replaces=True)
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_role("heading", name="Page 2")).to_be_in_viewport(ratio=1)
    assert await is_at_the_top(page, "Page 2")
    await expect(page.locator(".answer")).to_be_focused()  # its summary is read, and Tab goes on to its buttons


async def test_a_message_redrawn_for_everyone_stays_in_its_place(chat: Running, windows: Open) -> None:
    posted = await chat.chat.send(GENERAL, queue(), key="q")
    page = await (await windows()).enter(LI)
    await expect(page.get_by_role("button", name="Next")).to_be_in_viewport()
    await chat.chat.send(GENERAL, queue("Decided"), key="q2", replacing=posted)
    await expect(page.get_by_role("heading", name="Decided")).to_be_attached()
    await expect(page.get_by_role("button", name="Next")).to_be_in_viewport()


async def test_a_refusal_is_said_under_the_button_that_was_pressed(chat: Running, windows: Open) -> None:
    page = await (await windows()).enter(LI, WITH_BOT)
    chat.handler.reply = Reply(queue())
    await say(page, "queue")
    chat.handler.reply = REFUSED
    button = page.get_by_role("button", name="Not praise")
    await button.click()
    refusal = page.get_by_text("Wei was faster.")
    await expect(refusal).to_be_in_viewport(ratio=1)
    await expect(button).to_be_in_viewport(ratio=1)
    await expect(button).to_have_accessible_description("Wei was faster.")
    await expect(page.locator(".answer")).to_have_count(1)
    await button.click()
    await arrived(chat.handler, 3)
    await expect(refusal).to_have_count(1)  # not twice


async def test_a_refused_form_closes_and_says_so_under_its_button(chat: Running, windows: Open) -> None:
    async def answer(incoming: Incoming) -> Reply:
        if incoming.action is None:
            return Reply(queue())
        if incoming.action.name == "reject":
            return Reply(form=Form("rejected", "Not praise", "Reject", (Field("why", "Why", "text"),)))
        return REFUSED

    chat.handler.answer = answer
    page = await (await windows()).enter(LI, WITH_BOT)
    await say(page, "queue")
    await page.get_by_role("button", name="Not praise").click()
    await page.get_by_role("button", name="Reject").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_text("Wei was faster.")).to_be_in_viewport(ratio=1)
    await expect(page.get_by_role("button", name="Not praise")).to_be_focused()


async def test_other_answers_to_a_press_come_into_view_with_the_focus(chat: Running, windows: Open) -> None:
    page = await (await windows()).enter(LI, WITH_BOT)
    chat.handler.reply = Reply(queue())
    await say(page, "queue")
    chat.handler.reply = Reply(Card("Done", (Text("Done."), Facts((("Points", "3"),))), title="All done"))
    await page.get_by_role("button", name="Not praise").click()
    await expect(page.get_by_role("heading", name="All done")).to_be_in_viewport(ratio=1)
    await expect(page.locator(".answer").last).to_be_focused()


async def test_a_picture_that_arrives_late_does_not_push_the_newest_out_of_view(chat: Running, windows: Open) -> None:
    chart = Chart("Teams", tuple("ABCDEFGH"), (8, 7, 6, 5, 4, 3, 2, 1), "points")
    await chat.chat.send(GENERAL, Card("Board", (chart, Text("The end.")), title="Board"), key="b")
    page = await (await windows(viewport={"width": 900, "height": 420})).enter(LI)
    await expect(page.get_by_role("img")).to_have_js_property("naturalWidth", 1680)
    await expect(page.get_by_text("The end.")).to_be_in_viewport(ratio=1)
