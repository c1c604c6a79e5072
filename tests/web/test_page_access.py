"""The page without a mouse, on a phone, in the dark: what anybody needs to be able to use it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.chat import Button, Buttons, Card, Chart, Facts, Mention, Quote, Reply, Table, Text
from bot.web.conversations import direct_id
from bot.web.store import BOT

from .browser import CHROMIUM, window
from .conftest import ANN, LI, WEI, WORKSPACE, FakeStore, Handler, Running, minutes_ago, serving
from .test_page import praise_form

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"Chromium is not installed ({CHROMIUM})"),
]

CARD = Card(
    "Weekly board",
    (
        Text("This week"),
        Text("See the small print", "quiet"),
        Quote("She found the branch and calmed me down", ("found the branch",)),
        Facts((("Tag", "Solution"), ("A rather long label for a fact", "with a value"))),
        Table(tuple(f"Column {n}" for n in range(9)), (tuple("1234567890" for _ in range(9)), tuple("x" * 9)), own=1),
        Chart("Teams", ("A", "B"), (4, 2), "points"),
        Buttons(
            (Button("a", "Confirm", style="primary"), Button("b", "Retag"), Button("c", "Not praise", style="danger"))
        ),
    ),
    title="Waiting for confirmation",
    tone="attention",
)


@pytest_asyncio.fixture(loop_scope="module")
async def busy() -> AsyncIterator[Running]:
    """A chat with a bit of everything in it."""
    store = FakeStore()
    mention = (Mention(3, 6, LI),)
    await store.post(
        WORKSPACE, "general", WEI, key="a", text="谢谢 @李娜 !", mentions=mention, posted=minutes_ago(60 * 30)
    )
    await store.post(WORKSPACE, "general", ANN, key="b", text="Well done", mentions=(Mention(0, 4, WEI),))
    await store.post(WORKSPACE, "general", BOT, key="c", card=CARD)
    await store.post(WORKSPACE, direct_id(LI, BOT), BOT, key="d", card=CARD)
    async with serving(store, Handler(Reply(card=CARD))) as running:
        yield running


# --- keyboard --------------------------------------------------------------------------------------------------------


async def focused(page: Page) -> str:
    """Return what has the focus: its label, else its text."""
    text = await page.evaluate(
        """() => {
          const e = document.activeElement;
          return e.getAttribute("aria-label") || e.id || e.innerText || e.tagName;
        }"""
    )
    return str(text).strip()


async def test_everything_is_reached_with_the_tab_key_in_order(browser: Browser, busy: Running) -> None:
    async with window(browser, busy) as opened:
        page = await opened.enter(LI)
        await page.focus(".skip")
        reached = [await focused(page)]
        for _ in range(24):
            await page.keyboard.press("Tab")
            reached.append(await focused(page))
            if reached[-1] == "Send":
                break
        for wanted in (
            "Skip to writing a message",
            "You are 李娜",
            "客服一组",
            "Message someone",
            "中文",
            "English",
            "Let Monday come",
            "Messages",
            "Confirm",
            "Not praise",
            "Message #客服一组",
            "Mention someone",
            "Send",
        ):
            assert wanted in reached, (wanted, reached)
        assert reached == sorted(reached, key=reached.index)
        assert reached.index("You are 李娜") < reached.index("客服一组") < reached.index("Message #客服一组")
        # The list of conversations is one stop; the arrow keys move inside it.
        assert "Night shift" not in reached


async def test_every_focus_is_visible(browser: Browser, busy: Running) -> None:
    async with window(browser, busy) as opened:
        page = await opened.enter(LI)
        await page.focus(".skip")
        for _ in range(20):
            await page.keyboard.press("Tab")
            shown = await page.evaluate(
                """() => {
                  const e = document.activeElement, style = getComputedStyle(e);
                  if (e === document.body) return true;
                  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
                  const framed = e.id === "words" && getComputedStyle(e.closest("form")).boxShadow !== "none";
                  const menu = e.closest(".menu") !== null;
                  return outlined || framed || menu;
                }"""
            )
            assert shown, await focused(page)


async def test_conversations_are_walked_with_the_arrow_keys(browser: Browser, busy: Running) -> None:
    async with window(browser, busy) as opened:
        page = await opened.enter(LI)
        await page.get_by_role("button", name="客服一组").focus()
        await page.keyboard.press("ArrowDown")
        assert await focused(page) == "Night shift"
        await page.keyboard.press("End")
        assert (await focused(page)).startswith("Praisebot")
        await page.keyboard.press("Home")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1, name="Night shift")).to_be_visible()


async def test_messages_are_walked_and_their_menu_opened_without_a_mouse(browser: Browser, busy: Running) -> None:
    async with window(browser, busy) as opened:
        page = await opened.enter(LI)
        await page.locator(".message").last.focus()
        await page.keyboard.press("Home")
        assert (await focused(page)).startswith("王伟")
        await page.keyboard.press("ArrowDown")
        assert (await focused(page)).startswith("Ann Lee")
        await page.keyboard.press("Shift+F10")
        assert await focused(page) == "Pass on as a customer's words"
        await page.keyboard.press("Escape")
        assert await focused(page) == "More for this message"
        await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")
        await expect(page.locator(".answer")).to_have_count(1)
        assert busy.handler.incomings[-1].quoted is not None


async def test_a_dialog_keeps_the_focus_and_gives_it_back(browser: Browser, busy: Running) -> None:
    busy.handler.reply = Reply(form=praise_form())
    async with window(browser, busy) as opened:
        page = await opened.enter(LI)
        await page.get_by_role("button", name="Let Monday come").focus()
        await page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog")
        await expect(dialog).to_be_visible()
        for _ in range(14):
            await page.keyboard.press("Tab")
            inside = (
                "() => document.activeElement.closest('dialog') !== null || document.activeElement === document.body"
            )
            assert await page.evaluate(inside)
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
        assert await focused(page) == "Let Monday come"


async def test_escape_closes_a_list_before_it_closes_the_dialog_around_it(browser: Browser, busy: Running) -> None:
    busy.handler.reply = Reply(form=praise_form())
    async with window(browser, busy) as opened:
        page = await opened.enter(LI)
        await page.get_by_role("button", name="Let Monday come").click()
        await expect(page.get_by_role("dialog").get_by_role("combobox").first).to_be_focused()
        await page.keyboard.type("a")
        await expect(page.get_by_role("option").first).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("option")).to_have_count(0)
        await expect(page.get_by_role("dialog")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)


# --- screen readers --------------------------------------------------------------------------------------------------


async def test_new_messages_are_announced_and_old_ones_are_not(browser: Browser, busy: Running) -> None:
    async with window(browser, busy) as opened:
        page = await opened.enter(LI)
        log = page.get_by_role("log", name="Messages")
        await expect(log).to_have_attribute("aria-live", "polite")
        nodes = await page.locator(".message").element_handles()
        await busy.store.post(WORKSPACE, "general", WEI, key="new", text="new")
        await expect(page.locator(".message")).to_have_count(4)
        # What stood there is not made anew, or it would be read out again.
        assert all([await node.evaluate("node => node.isConnected") for node in nodes])


async def test_every_control_has_a_name_and_every_picture_a_description(browser: Browser, busy: Running) -> None:
    async with window(browser, busy) as opened:
        page = await opened.enter(LI)
        nameless = await page.evaluate(
            """() => {
              const named = (e) => e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || e.alt
                || e.labels?.length || e.innerText?.trim() || (e.tagName === "A" && e.querySelector("img")?.alt);
              const wanted = "button, input, textarea, select, a, img, [role=listbox], dialog, article";
              return [...document.querySelectorAll(wanted)].filter((e) => !named(e)).map((e) => e.outerHTML);
            }"""
        )
        assert nameless == []
        await expect(page.get_by_role("article", name="Weekly board")).to_be_visible()
        await expect(page.get_by_role("main")).to_have_count(1)
        await expect(page.get_by_role("navigation", name="Conversations")).to_have_count(1)


# --- light and dark --------------------------------------------------------------------------------------------------

CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a)];
  const ground = (element) => {
    if (!element) return [255, 255, 255];
    const colour = rgba(getComputedStyle(element).backgroundColor);
    return colour[3] === 1 ? colour.slice(0, 3) : over(colour, ground(element.parentElement));
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const weak = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("#mirror, script")) continue;
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    const behind = ground(element);
    const front = over(rgba(getComputedStyle(element).color), behind);
    const [low, high] = [light(front), light(behind)].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) weak.push(`${node.data.trim()} ${ratio.toFixed(2)}`);
  }
  return weak;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_all_text_stands_out_from_its_ground(browser: Browser, busy: Running, scheme: Any) -> None:
    async with window(browser, busy, color_scheme=scheme) as opened:
        page = await opened.enter(LI)
        assert await page.evaluate(CONTRAST) == []
        busy.handler.reply = Reply(form=praise_form(who="Say whom.", why="Add why.", other="More."))
        await page.get_by_role("button", name="Let Monday come").click()
        await page.get_by_role("dialog").wait_for()
        assert await page.evaluate(CONTRAST) == []
        await page.goto(opened.address + "/?as=nobody")
        await page.get_by_role("option").first.wait_for()
        assert await page.evaluate(CONTRAST) == []


async def test_dark_is_dark(browser: Browser, busy: Running) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        async with window(browser, busy, color_scheme=scheme) as opened:
            page = await opened.enter(LI)
            grounds.append(await page.evaluate("() => getComputedStyle(document.body).backgroundColor"))
            await expect(page.locator(".chart img")).to_have_js_property("naturalWidth", 1680)
            theme = await page.evaluate("() => document.querySelector('.chart img').currentSrc.includes('theme=dark')")
            assert theme is (scheme == "dark")
    assert grounds[0] == "rgb(255, 255, 255)"
    assert sum(int(part) for part in grounds[1][4:-1].split(",")) < 120


# --- phone -----------------------------------------------------------------------------------------------------------


async def sideways(page: Page) -> bool:
    """Whether the page scrolls sideways, or something reaches out of the window."""
    out = await page.evaluate(
        """() => {
          const reaches = (id) => document.getElementById(id).getBoundingClientRect().right > innerWidth + 1;
          return document.documentElement.scrollWidth > innerWidth || ["composer", "timeline", "demo"].some(reaches);
        }"""
    )
    return bool(out)


@pytest.mark.parametrize("width", [320, 375, 480])
async def test_nothing_reaches_out_of_a_phone_s_screen(browser: Browser, busy: Running, width: int) -> None:
    size = {"width": width, "height": 720}
    async with window(browser, busy, viewport=size, is_mobile=True, has_touch=True) as opened:
        page = await opened.enter(LI)
        assert not await sideways(page)
        await page.fill("#words", "@")
        assert not await sideways(page)
        busy.handler.reply = Reply(form=praise_form(who="Say whom.", why="Add why."))
        await page.get_by_role("button", name="Let Monday come").tap()
        await page.get_by_role("dialog").wait_for()
        assert not await sideways(page)
        box = await page.get_by_role("dialog").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


async def test_on_a_phone_the_conversations_are_a_drawer(browser: Browser, busy: Running) -> None:
    async with window(browser, busy, viewport={"width": 375, "height": 720}) as opened:
        page = await opened.enter(LI)
        column = page.locator("#sidebar")
        await expect(column).not_to_be_in_viewport()
        await page.get_by_role("button", name="Show conversations").click()
        await expect(column).to_be_in_viewport()
        await page.keyboard.press("Escape")
        await expect(column).not_to_be_in_viewport()
        assert await focused(page) == "Show conversations"
        await page.keyboard.press("Enter")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1, name="Night shift")).to_be_visible()
        await expect(column).not_to_be_in_viewport()


async def test_motion_is_left_out_for_those_who_ask(browser: Browser, busy: Running) -> None:
    async with window(browser, busy, viewport={"width": 375, "height": 720}, reduced_motion="reduce") as opened:
        page = await opened.enter(LI)
        duration = await page.evaluate("() => getComputedStyle(document.getElementById('sidebar')).transitionDuration")
        assert float(duration.split("s")[0]) < 0.001
