"""The page in a real browser: people are told from each other, found by what one knows of them, and in order."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, Page, expect

from bot.chat import Field, Form, Reply
from bot.web.store import Colleague

from .browser import CHROMIUM, Open, arrived
from .conftest import LI, Running

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"Chromium is not installed ({CHROMIUM})"),
]


def centre() -> list[Colleague]:
    """A call centre with two of one name."""
    cards, loans = "信用卡一组", "贷款组"
    return [
        Colleague(LI, "李娜", staff_number="8011", team=cards, role="supervisor", other_names=("nana li",)),
        Colleague("m6", "张伟", staff_number="8024", team=cards, role="agent", other_names=("david zhang",)),
        Colleague("m12", "张伟", staff_number="8036", team=loans, role="agent"),
        Colleague("m7", "王磊", staff_number="8022", team=cards, role="agent", other_names=("leo wang",)),
        Colleague("m8", "欧阳静", staff_number="8025", team=cards, role="agent"),
        Colleague("m9", "曾敏", staff_number="8031", team=loans, role="agent"),
        Colleague("m10", "Tom O'Brien", staff_number="8051", team=loans, role="agent"),
        Colleague("m11", "沈若兰", staff_number="9001", role="manager"),
    ]


async def opened_form(chat: Running, windows: Open, *also: Colleague, **options: object) -> tuple[Page, Locator]:
    """Open a form that asks for an agent, one of the centre or ``also``; return the page and the field."""
    chat.store.members = [*centre(), *also]
    chat.handler.reply = Reply(
        form=Form("assign", "Whose praise is this?", "Assign", (Field("to", "Agent", "people"),))
    )
    page = await (await windows(**options)).enter(LI)
    await page.get_by_role("button", name="Let Monday come").click()
    return page, page.get_by_role("combobox", name="Agent")


async def test_two_of_one_name_differ_in_staff_number_and_team(chat: Running, windows: Open) -> None:
    page, field = await opened_form(chat, windows)
    await field.fill("张伟")
    options = page.get_by_role("option")
    await expect(options.locator(".option-note")).to_have_text(
        ["staff no. 8024 · 信用卡一组", "staff no. 8036 · 贷款组"]
    )
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator(".chip")).to_contain_text("staff no. 8036")
    await page.get_by_role("button", name="Assign").click()
    incoming = await arrived(chat.handler, 2)
    assert incoming.action is not None
    assert incoming.action.text("to") == "m12"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("8022", ["王磊"]),
        ("803", ["曾敏", "张伟"]),
        ("Leo", ["王磊"]),
        ("ｗａｎｇ", ["王磊"]),
        ("阳", ["欧阳静"]),
        ("wl", ["王磊"]),
        ("oyj", ["欧阳静"]),
        ("zm", ["曾敏"]),
        ("wanglei", ["王磊"]),
        ("zhang", ["张伟", "张伟"]),
        ("zhangw", ["张伟", "张伟"]),
        ("ruolan", ["沈若兰"]),
        ("Shen Ruo", ["沈若兰"]),
        ("ouyangjing", ["欧阳静"]),
        ("zengmin", ["曾敏"]),
        ("lyuan", ["吕安"]),
        ("lv'an", ["吕安"]),
        ("o'b", ["Tom O'Brien"]),
    ],
)
async def test_people_are_found_by_what_one_knows_of_them(
    chat: Running, windows: Open, typed: str, found: list[str]
) -> None:
    page, field = await opened_form(chat, windows, Colleague("m13", "吕安", staff_number="9002"))
    await field.fill(typed)
    await expect(page.get_by_role("option").locator(".option-name")).to_have_text([*found])


async def test_a_mention_is_told_and_found_the_same_way(chat: Running, windows: Open) -> None:
    chat.store.members = centre()
    page = await (await windows()).enter(LI)
    await page.focus("#words")
    await page.keyboard.type("/praise @8036")
    await expect(page.get_by_role("option")).to_have_text(["张伟张伟staff no. 8036 · 贷款组"])
    await page.keyboard.press("Enter")
    await page.keyboard.type("谢谢")
    await page.keyboard.press("Enter")
    (mention,) = (await arrived(chat.handler)).mentions
    assert mention.user_id == "m12"


@pytest.mark.parametrize("size", [{"width": 1200, "height": 800}, {"width": 375, "height": 640}])
async def test_the_list_of_people_is_not_cut_off_by_its_dialog(
    chat: Running, windows: Open, size: dict[str, int]
) -> None:
    page, field = await opened_form(chat, windows, viewport=size)
    await field.click()
    shown = page.get_by_role("option")
    await expect(shown).to_have_count(8)
    await expect(shown.first).to_be_in_viewport(ratio=1)
    # What is seen at an option's place is the option: no edge of the dialog and nothing else lies over it.
    seen = """option => {
      const box = option.getBoundingClientRect();
      return option.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2));
    }"""
    for index in range(5):
        assert await shown.nth(index).evaluate(seen), index
    box = await page.get_by_role("listbox").bounding_box()
    assert box is not None
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= size["height"]
    await shown.nth(3).click()
    await expect(page.locator(".chip")).to_have_count(1)
    await expect(page.locator(".chip")).to_be_focused()


async def test_one_person_chosen_takes_the_place_of_the_search(chat: Running, windows: Open) -> None:
    page, field = await opened_form(chat, windows)
    await field.fill("王磊")
    await page.keyboard.press("Enter")
    await expect(page.locator(".chip")).to_contain_text("王磊")
    await expect(field).to_be_hidden()  # nothing more to search for
    await page.keyboard.press("Enter")  # pressed once too often: the person stays, and the form too
    await expect(page.locator(".chip")).to_have_count(1)
    await page.keyboard.press("Backspace")
    await expect(page.locator(".chip")).to_have_count(0)
    await expect(field).to_be_focused()
    await field.fill("曾敏")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Remove 曾敏").click()
    await expect(field).to_be_focused()
    await field.fill("欧阳静")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Assign").click()
    action = (await arrived(chat.handler, 2)).action
    assert action is not None
    assert action.text("to") == "m8"


async def test_a_refused_person_is_where_the_focus_goes(chat: Running, windows: Open) -> None:
    chat.store.members = centre()
    agent = Field("to", "Agent", "people", value="m7")
    chat.handler.reply = Reply(form=Form("assign", "Whose?", "Assign", (agent,), errors={"to": "Not in your team."}))
    page = await (await windows()).enter(LI)
    await page.get_by_role("button", name="Let Monday come").click()
    await expect(page.locator(".chip")).to_be_focused()
    await expect(page.locator(".chip")).to_have_accessible_description("Not in your team.")


async def test_several_people_are_searched_for_one_after_the_other(chat: Running, windows: Open) -> None:
    chat.store.members = centre()
    chat.handler.reply = Reply(form=Form("f", "Praise", "Send", (Field("to", "Who", "people", several=True),)))
    page = await (await windows()).enter(LI)
    await page.get_by_role("button", name="Let Monday come").click()
    field = page.get_by_role("combobox", name="Who")
    for name in ("王磊", "曾敏"):
        await field.fill(name)
        await page.keyboard.press("Enter")
        await expect(field).to_be_focused()
    await expect(page.locator(".chip")).to_have_count(2)


@pytest.mark.parametrize(
    ("locale", "order"),
    [
        ("en-GB", ["Tom O'Brien", "曾敏", "张伟", "李娜", "欧阳静", "王磊", "张伟", "沈若兰"]),
        ("zh-CN", ["曾敏", "张伟", "Tom O'Brien", "李娜", "欧阳静", "王磊", "张伟", "沈若兰"]),
    ],
)
async def test_the_welcome_lists_people_by_team_in_the_reader_s_order(
    chat: Running, windows: Open, locale: str, order: list[str]
) -> None:
    chat.store.members = centre()[::-1]
    opened = await windows(locale=locale)
    await opened.page.goto(opened.address)
    await expect(opened.page.locator(".option-name")).to_have_text(order)
    last = "未分班组" if locale == "zh-CN" else "No team"
    await expect(opened.page.get_by_role("group")).to_have_count(3)
    await expect(opened.page.get_by_role("group").last).to_have_accessible_name(last)
    team = opened.page.get_by_role("group", name="信用卡一组")
    first = "班组长 · 工号 8011" if locale == "zh-CN" else "Supervisor · staff no. 8011"
    await expect(team.get_by_role("option").first).to_contain_text(first)
    await opened.page.keyboard.press("ArrowUp")
    await opened.page.keyboard.press("Enter")
    assert await opened.page.wait_for_selector("#timeline:not([aria-busy])")
    assert "as=m11" in opened.page.url
