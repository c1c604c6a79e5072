"""The page in a real browser: how forms and cards are laid out."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.chat import Address, Card, Chart, Choice, Facts, Field, Form, Reply, Table, Text

from .browser import CHROMIUM, Open, arrived
from .conftest import LI, WORKSPACE, Running

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"Chromium is not installed ({CHROMIUM})"),
]

GENERAL = Address("web", WORKSPACE, "general", "channel")
PHONE: dict[str, Any] = {"viewport": {"width": 375, "height": 640}}


async def opened(chat: Running, windows: Open, form: Form, **options: Any) -> Page:
    chat.handler.reply = Reply(form=form)
    page = await (await windows(**options)).enter(LI)
    await page.get_by_role("button", name="Let Monday come").click()
    await page.get_by_role("dialog").wait_for()
    return page


# --- forms -----------------------------------------------------------------------------------------------------------


async def test_a_form_quotes_the_words_it_is_about(chat: Running, windows: Open) -> None:
    words = "<b>她帮我查到网点</b>\n还一直安慰我"
    page = await opened(chat, windows, Form("f", "Not praise", "Reject", (Field("why", "Why", "text"),), about=words))
    dialog = page.get_by_role("dialog", name="Not praise")
    await expect(dialog.locator("blockquote")).to_have_text(words)
    await expect(dialog).to_have_accessible_description(words.replace("\n", " "))
    await expect(dialog.get_by_label("Why")).to_be_focused()


async def test_long_words_scroll_and_leave_the_fields_in_sight(chat: Running, windows: Open) -> None:
    form = Form("f", "Not praise", "Reject", (Field("why", "Why", "text"),), about="很长的评论" * 400)
    page = await opened(chat, windows, form, **PHONE)
    quote = page.locator("blockquote")
    for part in (quote, page.get_by_label("Why"), page.get_by_role("button", name="Reject")):
        await expect(part).to_be_in_viewport(ratio=1)
    await quote.focus()  # by keyboard too
    await page.keyboard.press("End")
    await expect(quote).not_to_have_js_property("scrollTop", 0)


async def test_a_form_without_words_has_no_quotation(chat: Running, windows: Open) -> None:
    page = await opened(chat, windows, Form("f", "Praise", "Send", (Field("why", "Why", "text"),)))
    await expect(page.get_by_role("dialog").locator("blockquote")).to_have_count(0)
    assert await page.get_by_role("dialog").get_attribute("aria-describedby") is None


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
async def test_ten_long_choices_stand_in_lines_and_are_worked_by_keyboard(
    chat: Running, windows: Open, options: dict[str, Any]
) -> None:
    choices = tuple(Choice(str(n), f"李雪 {n}：" + "客户说她特别耐心，" * 12) for n in range(10))
    field = Field("praises", "Which ones?", "choice", several=True, choices=choices, value=tuple("0123456789"))
    page = await opened(chat, windows, Form("several", "Decide on several", "Decide", (field,)), **options)
    boxes = page.get_by_role("checkbox")
    lefts = set()
    bottom = 0.0
    for label in await page.locator(".choices label").all():
        box = await label.bounding_box()
        assert box is not None
        assert box["y"] >= bottom  # one below the other
        bottom = box["y"] + box["height"]
        lefts.add(round(box["x"]))
        text = await label.locator("span").bounding_box()
        tick = await label.locator("input").bounding_box()
        assert text is not None
        assert tick is not None
        assert text["x"] > tick["x"] + tick["width"]  # never wraps under its box
        assert text["height"] > 40  # wraps rather than being cut off
    assert len(lefts) == 1
    assert await page.evaluate(
        "document.querySelector('dialog').scrollWidth <= document.querySelector('dialog').clientWidth"
    )

    await expect(boxes.first).to_be_focused()
    send = page.get_by_role("button", name="Decide", exact=True)
    for index in range(10):
        await expect(boxes.nth(index)).to_be_focused()
        seen = await boxes.nth(index).evaluate(
            """box => {
              const { x, y } = box.getBoundingClientRect();
              return document.elementFromPoint(x + 8, y + 8) === box;
            }"""
        )
        assert seen, index  # not hidden behind the buttons
        if index in (3, 9):
            await page.keyboard.press("Space")
        await page.keyboard.press("Tab")
    await expect(send).to_be_in_viewport(ratio=1)
    await send.click()
    action = (await arrived(chat.handler, 2)).action
    assert action is not None
    assert action.several("praises") == tuple("01245678")


# --- facts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
async def test_facts_of_one_kind_look_alike_whatever_they_say(
    chat: Running, windows: Open, options: dict[str, Any]
) -> None:
    for number, tag in enumerate(("basic praise (attitude)", "highlight (value added + attitude + solution)")):
        card = Card("x", (Facts((("Tag", tag), ("Tagged by", "the classifier, unsure (56%)"))),), title=f"{number}")
        await chat.chat.send(GENERAL, card, key=str(number))
    page = await (await windows(**options)).enter(LI)
    await expect(page.locator("dl")).to_have_count(2)
    columns = await page.locator("dl").evaluate_all(
        """lists => lists.map(
          list => [...list.querySelectorAll("dt, dd")].map(part => part.getBoundingClientRect().left)
        )"""
    )
    assert columns[0] == columns[1]
    assert len({*columns[0]}) == 2  # labels below labels, values below values


async def test_figures_stand_side_by_side(chat: Running, windows: Open) -> None:
    await chat.chat.send(GENERAL, Card("x", (Facts((("attitude", "4"), ("solution", "+3"))),), title="Board"), key="k")
    page = await (await windows()).enter(LI)
    first, second = [await one.bounding_box() for one in await page.locator("dd").all()]
    assert first is not None
    assert second is not None
    assert first["y"] == second["y"]


# --- charts ----------------------------------------------------------------------------------------------------------

BOARD = Card("Board", (Chart("Teams", ("信用卡一组", "B"), (4, 2), "points"), Text("End.")), title="Board")


async def test_a_chart_fills_its_card(chat: Running, windows: Open) -> None:
    await chat.chat.send(GENERAL, BOARD, key="b")
    page = await (await windows()).enter(LI)
    picture = page.get_by_role("img", name="Teams: 信用卡一组 4 points, B 2 points")
    await expect(picture).to_have_js_property("naturalWidth", 1680)
    box, card = [await one.bounding_box() for one in (picture, page.get_by_role("article", name="Board"))]
    assert box is not None
    assert card is not None
    assert box["width"] > card["width"] - 50  # from edge to edge, but for the card's own
    # The place kept for it was right, so that nothing jumps.
    assert abs(box["height"] - float(await picture.get_attribute("height") or 0)) <= 3


async def test_a_chart_only_its_reader_sees_looks_like_the_picture(chat: Running, windows: Open) -> None:
    amounts = (2, 4, 0, 1)
    chart = Chart("Teams", ("B", "信用卡一组", "C", "Ops"), amounts, "points")
    await chat.chat.send(GENERAL, Card("Board", (chart,), title="Board"), key="b")
    chat.handler.reply = Reply(Card("Preview", (chart,), title="Preview"))
    page = await (await windows()).enter(LI)
    await expect(page.get_by_role("img")).to_have_js_property("naturalWidth", 1680)
    picture = await page.get_by_role("img").bounding_box()
    await page.get_by_role("button", name="Let Monday come").click()
    bars = page.locator(".bars")
    await expect(bars.locator("tr")).to_have_text(["信用卡一组4", "B2", "Ops1", "C0"])  # the largest first
    await expect(bars.locator("caption")).to_have_text("Teamspoints")
    widths = [(await bar.bounding_box() or {"width": 0})["width"] for bar in await bars.locator(".bar").all()]
    assert abs(widths[0] - 2 * widths[1]) <= 1
    drawn = await bars.bounding_box()
    assert picture is not None
    assert drawn is not None
    assert abs(drawn["width"] - picture["width"]) <= 1
    assert abs(drawn["height"] - picture["height"]) <= 6


async def test_more_bars_than_a_picture_has_are_counted(chat: Running, windows: Open) -> None:
    chart = Chart("Teams", tuple(f"T{n}" for n in range(23)), tuple(range(-2, 21)), "points")
    chat.handler.reply = Reply(Card("Preview", (chart,), title="Preview"))
    page = await (await windows()).enter(LI)
    await page.get_by_role("button", name="Let Monday come").click()
    await expect(page.locator(".bars tr")).to_have_count(21)
    await expect(page.locator(".bars tr").last).to_have_text("+3")


# --- tables ----------------------------------------------------------------------------------------------------------


async def test_a_board_of_teams_fits_a_phone_with_its_names_whole(chat: Running, windows: Open) -> None:
    rows = (
        ("1", "International Team", "134", "▲2"),
        ("2", "贷款与理财组", "29", "new"),
        ("3", "信用卡一组", "26", "▼2"),
    )
    table = Table(("Rank", "Team", "Points", "Change"), rows, own=0)
    await chat.chat.send(GENERAL, Card("Board", (table,), title="Board"), key="b")
    page = await (await windows(**PHONE)).enter(LI)
    frame = page.locator(".table-frame")
    await expect(frame.get_by_text("Change")).to_be_in_viewport(ratio=1)
    assert await frame.evaluate("frame => frame.scrollWidth <= frame.clientWidth")
    heights = {(await row.bounding_box() or {"height": 0})["height"] for row in await frame.locator("tbody tr").all()}
    assert max(heights) - min(heights) <= 2  # no name is broken in two
    await expect(frame).not_to_have_class("more-after")


async def test_a_table_too_wide_shows_on_which_side_it_goes_on(chat: Running, windows: Open) -> None:
    table = Table(tuple(f"Column {n}" for n in range(9)), (tuple("1234567890" for _ in range(9)),))
    await chat.chat.send(GENERAL, Card("Board", (table,), title="Board"), key="b")
    page = await (await windows(**PHONE)).enter(LI)
    frame = page.locator(".table-frame")
    await expect(frame).to_have_class("table-frame more-after")
    assert await frame.evaluate("frame => getComputedStyle(frame).maskImage") != "none"
    await frame.focus()  # by keyboard too
    await frame.evaluate("frame => frame.scrollLeft = 60")
    await expect(frame).to_have_class("table-frame more-after more-before")
    await frame.evaluate("frame => frame.scrollLeft = 9999")
    await expect(frame).to_have_class("table-frame more-before")


async def test_a_chart_opens_larger_by_mouse_and_keyboard(chat: Running, windows: Open) -> None:
    await chat.chat.send(GENERAL, BOARD, key="b")
    page = await (await windows(**PHONE)).enter(LI)
    small = page.get_by_role("link", name="Teams: 信用卡一组 4 points, B 2 points")
    await expect(small.get_by_role("img")).to_have_js_property("naturalWidth", 1200)
    inline = await small.get_by_role("img").bounding_box()
    assert inline is not None
    assert inline["width"] >= 280  # most of a phone: its letters stay readable
    for way in ("mouse", "keyboard"):
        if way == "mouse":
            await small.click()
        else:
            await small.focus()
            await page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="Teams")
        large = dialog.get_by_role("img", name="Teams: 信用卡一组 4 points, B 2 points")
        await expect(large).to_have_js_property("naturalWidth", 1200)
        box = await large.bounding_box()
        assert box is not None
        assert box["width"] > inline["width"] * 1.5
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
        await expect(small).to_be_focused()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
