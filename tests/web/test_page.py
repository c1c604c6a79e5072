"""The page in a real browser: writing, cards, forms, and what a person sees of it."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, Route, expect

from bot.chat import (
    Address,
    Button,
    Buttons,
    Card,
    Chart,
    Choice,
    Facts,
    Field,
    Form,
    Incoming,
    Mention,
    Quote,
    Reply,
    Submission,
    Table,
    Text,
)
from bot.web.conversations import direct_id
from bot.web.store import BOT, Colleague, Conversation

from .browser import CHROMIUM, Open, arrived, say, window
from .conftest import ANN, LI, SECRET, WEI, WORKSPACE, FakeStore, Handler, Running, minutes_ago, serving

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"Chromium is not installed ({CHROMIUM})"),
]

GENERAL = Address("web", WORKSPACE, "general", "channel")
WITH_BOT = direct_id(LI, BOT)


# --- speaking --------------------------------------------------------------------------------------------------------


async def test_a_message_reaches_the_other_window_at_once(chat: Running, windows: Open, li: Page) -> None:
    wei = await (await windows()).enter(WEI)
    await say(li, "早上好")
    await expect(wei.locator(".message .words")).to_have_text("早上好")
    await expect(wei.locator(".message .author")).to_have_text("李娜")
    await expect(li.locator(".message .words")).to_have_text("早上好")
    await expect(li.locator("#words")).to_have_value("")


async def test_only_the_giver_sees_the_answer_to_a_command(chat: Running, windows: Open, li: Page) -> None:
    wei = await (await windows()).enter(WEI)
    await say(li, "/praise @王伟 谢谢")
    await expect(li.locator(".answer .card")).to_contain_text("Thanks sent.")
    await expect(li.locator(".answer")).to_contain_text("Only you can see this")
    await chat.chat.send(GENERAL, Card("Later", (Text("Later."),)), key="later")
    await expect(wei.locator(".card")).to_have_text("Later.")  # that alone


async def test_an_answer_survives_a_reload_and_can_be_dismissed(li: Page) -> None:
    await say(li, "/praise me")
    await expect(li.locator(".answer")).to_have_count(1)
    await li.reload()
    await expect(li.locator(".answer")).to_have_count(1)
    await li.hover(".answer")
    await li.get_by_role("button", name="Dismiss").click()
    await expect(li.locator(".answer")).to_have_count(0)


async def test_a_refused_command_can_be_taken_up_again(chat: Running, li: Page) -> None:
    chat.handler.reply = Reply(card=Card("Not yet", (Text("Add what they did."),), tone="attention"))
    await say(li, "/praise @王伟")
    await li.locator(".answer").get_by_role("button", name="Edit").click()
    await expect(li.locator("#words")).to_have_value("/praise @王伟")
    await expect(li.locator("#words")).to_be_focused()


async def test_an_answer_taller_than_the_screen_is_read_from_its_beginning(chat: Running, li: Page) -> None:
    for number in range(20):
        await chat.store.post(WORKSPACE, "general", WEI, key=str(number), text="m")
    chat.handler.reply = Reply(card=Card("Long", tuple(Text(f"line {number}") for number in range(60)), title="Top"))
    await expect(li.locator(".words")).to_have_count(20)
    await say(li, "/praise queue")
    await expect(li.get_by_role("heading", name="Top")).to_be_in_viewport()
    await li.get_by_role("button", name="Newest messages").click()
    await expect(li.get_by_text("line 59")).to_be_in_viewport()


async def test_words_to_the_bot_stand_above_its_answer(windows: Open) -> None:
    page = await (await windows()).enter(LI, WITH_BOT)
    await say(page, "help")
    await expect(page.locator(".message")).to_have_count(2)
    await expect(page.locator(".message").nth(0)).to_contain_text("help")
    await expect(page.locator(".message").nth(1)).to_contain_text("Thanks sent.")


async def test_shift_enter_starts_a_new_line(chat: Running, li: Page) -> None:
    await li.press("#words", "a")
    await li.press("#words", "Shift+Enter")
    await li.press("#words", "b")
    await li.press("#words", "Enter")
    await expect(li.locator(".message .words")).to_have_text("a\nb")


async def test_enter_that_ends_a_chinese_composition_does_not_send(chat: Running, li: Page) -> None:
    await li.focus("#words")
    protocol = await li.context.new_cdp_session(li)
    await protocol.send("Input.imeSetComposition", {"text": "nihao", "selectionStart": 5, "selectionEnd": 5})
    taken = {"type": "rawKeyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    await protocol.send("Input.dispatchKeyEvent", taken)
    await protocol.send("Input.insertText", {"text": "你好"})
    # Safari ends the composition first and then sends the key that ended it, as 229 still.
    await li.dispatch_event("#words", "keydown", {"key": "Enter", "keyCode": 229, "bubbles": True, "cancelable": True})
    await expect(li.locator("#words")).to_have_value("你好")
    await li.press("#words", "Enter")
    await expect(li.locator(".message .words")).to_have_text("你好")
    assert [message.text for message in chat.store.messages.values()] == ["你好"]


async def test_a_draft_is_kept_per_conversation(li: Page) -> None:
    await li.fill("#words", "half a thought")
    await li.get_by_role("button", name="Night shift").click()
    await expect(li.locator("#words")).to_have_value("")
    await li.reload()
    await li.get_by_role("button", name="客服一组").click()
    await expect(li.locator("#words")).to_have_value("half a thought")


# --- mentions and commands -------------------------------------------------------------------------------------------


async def test_a_mention_is_picked_while_typing_and_sent_as_a_span(chat: Running, li: Page) -> None:
    await li.focus("#words")
    await li.keyboard.type("/praise 👏👏谢谢@王")
    await expect(li.get_by_role("option")).to_have_text("王伟王伟")  # initials and name
    await li.keyboard.press("Enter")
    await expect(li.locator("#words")).to_have_value("/praise 👏👏谢谢@王伟 ")
    await li.keyboard.type("帮忙")
    await li.keyboard.press("Enter")
    incoming = await arrived(chat.handler)
    (mention,) = incoming.mentions
    assert (incoming.text[mention.start : mention.end], mention.user_id) == ("@王伟", WEI)


async def test_english_names_with_spaces_are_found_by_any_word(chat: Running, li: Page) -> None:
    await li.focus("#words")
    await li.keyboard.type("/praise @lee")
    await li.keyboard.press("Tab")
    await li.keyboard.type("thanks")
    await li.keyboard.press("Enter")
    incoming = await arrived(chat.handler)
    assert incoming.text == "@Ann Lee thanks"
    assert incoming.mentions == (Mention(0, 8, ANN),)


async def test_a_mention_moves_with_what_is_typed_before_it_and_ends_when_typed_into(chat: Running, li: Page) -> None:
    await li.focus("#words")
    await li.keyboard.type("@王")
    await li.keyboard.press("Enter")
    await li.keyboard.press("Home")
    await li.keyboard.type("/praise 你好 ")
    await expect(li.locator("#mirror mark")).to_have_text("@王伟")
    await li.keyboard.press("End")
    await li.keyboard.press("Backspace")
    await li.keyboard.press("Backspace")
    await expect(li.locator("#mirror mark")).to_have_count(0)
    await li.keyboard.press("Escape")
    await li.keyboard.press("Enter")
    incoming = await arrived(chat.handler)
    assert (incoming.text, incoming.mentions) == ("你好 @王", ())


async def test_a_name_typed_in_full_is_a_mention_unless_two_have_it(chat: Running, windows: Open) -> None:
    chat.store.members.append(Colleague("U-wei-2", "王伟"))
    chat.store.members.append(Colleague("U-an", "Ann Leeson"))
    page = await (await windows()).enter(LI)
    await say(page, "/praise ＠王伟 ＠ann lee @Ann Leeson ok")
    incoming = await arrived(chat.handler)
    assert [(incoming.text[m.start : m.end], m.user_id) for m in incoming.mentions] == [
        ("＠ann lee", ANN),
        ("@Ann Leeson", "U-an"),
    ]


async def test_an_address_is_no_mention(li: Page) -> None:
    await li.focus("#words")
    await li.keyboard.type("mail ann@lee")
    await expect(li.get_by_role("option")).to_have_count(0)


async def test_commands_are_offered_after_a_slash_and_enter_sends_one_typed_in_full(chat: Running, li: Page) -> None:
    await li.focus("#words")
    await li.keyboard.type("/pr")
    await expect(li.get_by_role("option").first).to_contain_text("/praise @")
    await li.keyboard.type("aise top")
    await expect(li.get_by_role("option")).to_have_count(1)
    await li.keyboard.press("Enter")
    assert (await arrived(chat.handler)).text == "top"


async def test_the_last_words_come_back_with_the_arrow_key(li: Page) -> None:
    await say(li, "早上好")
    await expect(li.locator("#words")).to_have_value("")
    await li.press("#words", "ArrowUp")
    await expect(li.locator("#words")).to_have_value("早上好")


# --- the network -----------------------------------------------------------------------------------------------------


async def test_an_unanswered_message_is_kept_and_goes_out_as_the_same_event(chat: Running, windows: Open) -> None:
    opened = await windows()
    page = await opened.enter(LI)
    lost = 0

    async def lose_the_answer(route: Route) -> None:
        nonlocal lost
        lost += 1
        await route.fetch()  # the server has it, the page never learns
        await route.abort()

    await page.route("**/chat/api/incoming", lose_the_answer)
    await say(page, "/praise @王伟 谢谢")
    await expect(page.locator("#banner")).to_contain_text("Your message is kept")
    await expect(page.locator("#words")).to_have_value("/praise @王伟 谢谢")
    await page.unroute("**/chat/api/incoming")
    await expect(page.locator(".answer")).to_have_count(1)  # by itself
    await expect(page.locator("#words")).to_have_value("")
    await expect(page.locator("#banner")).to_be_hidden()
    events = [incoming.event_id for incoming in chat.handler.incomings]
    assert lost >= 1
    assert len(events) == lost + 1
    assert len(set(events)) == 1
    assert all("ERR_FAILED" in error for error in opened.errors)
    opened.errors.clear()


async def test_the_same_words_said_twice_are_two_events(chat: Running, li: Page) -> None:
    for count in (1, 2):
        await say(li, "/praise me")
        await expect(li.locator(".answer")).to_have_count(count)
    first, second = chat.handler.incomings
    assert first.event_id != second.event_id


async def test_an_error_of_the_server_is_shown_as_it_came(chat: Running, windows: Open) -> None:
    opened = await windows()
    page = await opened.enter(LI)
    await say(page, "x" * 300_000)
    await expect(page.locator("#banner")).to_have_text("That is too long to send.")
    assert len(await page.input_value("#words")) == 300_000
    assert all("413" in error for error in opened.errors)
    opened.errors.clear()


async def test_what_was_missed_while_the_line_was_down_arrives(chat: Running, windows: Open) -> None:
    opened = await windows()
    page = await opened.enter(LI)
    await page.route("**/chat/api/missed*", lambda route: route.abort())
    for socket in list(chat.chat._live._sockets):
        await socket.close(code=1001)
    await expect(page.locator("#banner")).to_have_text("The chat is not connected.")
    await chat.store.post(WORKSPACE, "general", WEI, key="k", text="meanwhile")
    await page.unroute("**/chat/api/missed*")
    await expect(page.locator(".message .words")).to_have_text("meanwhile")
    await expect(page.locator("#banner")).to_be_hidden()
    assert all("ERR_FAILED" in error for error in opened.errors)
    opened.errors.clear()


# --- cards and forms -------------------------------------------------------------------------------------------------

QUEUE = Card(
    "A comment waits",
    (
        Text("Customer's words"),
        Quote("她帮我查到网点，还一直安慰我", ("帮我查到", "安慰")),
        Facts((("Tag", "Solution"), ("Points", "3"))),
        Table(("#", "Name", "Points"), (("1", "李娜", "46"), ("2", "王伟", "+3"))[:2], own=1),
        Chart("Teams", ("A", "B"), (4, 2), "points"),
        Buttons(
            (
                Button("confirm", "Confirm", {"id": "7"}, "primary"),
                Button("reject", "Not praise", {"id": "7"}, "danger", asks="Really not praise?"),
            )
        ),
    ),
    title="Waiting",
    tone="attention",
)


async def test_a_card_shows_all_its_parts(chat: Running, li: Page) -> None:
    await chat.chat.send(GENERAL, QUEUE, key="q")
    card = li.get_by_role("article", name="A comment waits")
    await expect(card.get_by_role("heading", name="Waiting")).to_be_visible()
    await expect(card.locator("mark")).to_have_text(["帮我查到", "安慰"])
    await expect(card.locator("blockquote")).to_have_text("她帮我查到网点，还一直安慰我")
    await expect(card.locator("dl")).to_contain_text("Solution")
    await expect(card.locator("tr[aria-current=true]")).to_contain_text("王伟")
    await expect(card.locator("td.number")).to_have_text(["1", "46", "2", "+3"])
    picture = card.get_by_role("img", name="Teams: A 4 points, B 2 points")
    await expect(picture).to_have_js_property("naturalWidth", 1680)


async def test_a_chart_in_a_private_answer_is_drawn_as_bars(chat: Running, li: Page) -> None:
    chat.handler.reply = Reply(card=QUEUE)
    await say(li, "/praise top")
    await expect(li.locator(".answer .bars tr").first).to_have_text("A4")


async def test_a_button_s_answer_takes_the_place_of_its_card(chat: Running, li: Page) -> None:
    chat.handler.reply = Reply(card=Card("Confirmed", (Text("Confirmed by you."),)), replaces=True)
    await chat.chat.send(GENERAL, QUEUE, key="q")
    await li.get_by_role("button", name="Confirm", exact=True).click()
    await expect(li.locator(".message .card")).to_have_text("Confirmed by you.")
    assert (await arrived(chat.handler)).action == Submission("confirm", {"id": "7"})


async def test_a_replacement_everyone_gets_wins_over_what_this_window_shows(chat: Running, li: Page) -> None:
    chat.handler.reply = Reply(card=Card("Confirmed", (Text("Confirmed by you."),)), replaces=True)
    posted = await chat.chat.send(GENERAL, QUEUE, key="q")
    await li.get_by_role("button", name="Confirm", exact=True).click()
    await expect(li.locator(".message .card")).to_have_text("Confirmed by you.")
    await chat.chat.send(GENERAL, Card("Final", (Text("Final."),)), key="q2", replacing=posted)
    await expect(li.locator(".message .card")).to_have_text("Final.")


async def test_a_button_that_asks_does_nothing_until_agreed(chat: Running, li: Page) -> None:
    await chat.chat.send(GENERAL, QUEUE, key="q")
    await li.get_by_role("button", name="Not praise").click()
    dialog = li.get_by_role("dialog")
    await expect(dialog).to_contain_text("Really not praise?")
    await li.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    assert chat.handler.incomings == []
    await li.get_by_role("button", name="Not praise").click()
    await dialog.get_by_role("button", name="Not praise").click()
    action = (await arrived(chat.handler)).action
    assert action is not None
    assert action.name == "reject"


def praise_form(**errors: str) -> Form:
    return Form(
        "praise.give",
        "Praise a colleague",
        "Send praise",
        (
            Field("who", "Whom", "people", several=True),
            Field("why", "Why", "text", hint="Something they did."),
            Field("tag", "Tag", "choice", required=False, choices=(Choice("a", "Attitude"), Choice("s", "Solution"))),
            Field("private", "Only for them", "toggle", required=False),
        ),
        carries={"from": "form"},
        errors=errors,
    )


async def form_answers(incoming: Incoming) -> Reply:
    """Open the form, refuse it empty, take it filled."""
    if incoming.action is None:
        return Reply(form=praise_form())
    if not incoming.action.text("why"):
        return Reply(
            form=praise_form(who="Say whom you praise.", why="Add what they did.", other="And one more thing.")
        )
    return Reply(card=Card("Sent", (Text("Praise sent."),)))


async def test_a_form_shows_errors_at_its_fields_and_sends_what_was_filled_in(chat: Running, li: Page) -> None:
    chat.handler.answer = form_answers
    await say(li, "/praise")
    dialog = li.get_by_role("dialog", name="Praise a colleague")
    await dialog.get_by_role("button", name="Send praise").click()
    whom, why = dialog.get_by_role("combobox", name="Whom"), dialog.get_by_label("Why")
    await expect(whom).to_have_attribute("aria-invalid", "true")
    await expect(whom).to_have_accessible_description("Say whom you praise.")
    await expect(whom).to_be_focused()
    await expect(why).to_have_accessible_description("Something they did. Add what they did.")
    await expect(dialog.get_by_role("alert")).to_have_text("And one more thing.")

    await li.keyboard.type("ann")
    await li.keyboard.press("Enter")
    await expect(dialog.locator(".chip")).to_contain_text("Ann Lee")
    await why.fill("Stayed on the line")
    await dialog.get_by_text("Solution").click()
    await dialog.get_by_text("Only for them").click()
    await dialog.get_by_role("button", name="Send praise").click()
    await expect(dialog).to_have_count(0)
    await expect(li.locator(".answer .card")).to_have_text("Praise sent.")
    action = chat.handler.incomings[-1].action
    assert action == Submission(
        "praise.give", {"from": "form", "who": (ANN,), "why": "Stayed on the line", "tag": "s", "private": "true"}
    )


async def test_a_menu_entry_is_sent_with_its_message(chat: Running, li: Page) -> None:
    message = await chat.store.post(WORKSPACE, "general", WEI, key="k", text="客户说谢谢你")
    await li.hover(".message")
    await li.get_by_role("button", name="More for this message").click()
    await li.get_by_role("menuitem", name="Pass on as a customer's words").click()
    incoming = await arrived(chat.handler)
    assert incoming.action == Submission("forward.comment")
    assert incoming.quoted is not None
    assert incoming.quoted.text == message.text


async def test_a_demo_control_is_sent_as_an_action(chat: Running, li: Page) -> None:
    await li.get_by_role("button", name="Let Monday come").click()
    assert (await arrived(chat.handler)).action == Submission("demo.monday")


# --- reading ---------------------------------------------------------------------------------------------------------


async def test_earlier_messages_come_when_scrolling_up(chat: Running, windows: Open) -> None:
    for number in range(120):
        await chat.store.post(WORKSPACE, "general", WEI, key=str(number), text=f"m{number}")
    page = await (await windows()).enter(LI)
    await expect(page.locator(".words").last).to_have_text("m119")
    await expect(page.locator(".words").last).to_be_in_viewport()
    assert await page.locator(".words").count() == 50
    for _ in range(2):
        await page.eval_on_selector("#timeline", "frame => frame.scrollTop = 0")
        await page.wait_for_timeout(50)
        await expect(page.locator(".words").last).to_have_text("m119")
    await expect(page.locator(".words").first).to_have_text("m0")
    assert await page.locator(".words").count() == 120


async def test_what_is_new_elsewhere_is_marked_until_it_is_read(chat: Running, li: Page) -> None:
    await chat.store.post(WORKSPACE, "night", WEI, key="k", text="anyone?")
    await expect(li.get_by_role("button", name="Night shift, 1 unread")).to_be_visible()
    await expect(li).to_have_title("(1) 客服一组 · Praisebot")
    await li.get_by_role("button", name="Night shift").click()
    await expect(li.locator(".day.new")).to_have_text("New")
    await expect(li.get_by_role("button", name="Night shift", exact=True)).to_be_visible()
    await expect(li).to_have_title("Night shift · Praisebot")


async def test_messages_of_one_author_are_grouped_and_days_divided(chat: Running, windows: Open) -> None:
    for key, author, minutes in (
        ("a", WEI, 60 * 50),
        ("b", WEI, 60 * 50 - 1),
        ("c", WEI, 2),
        ("d", WEI, 1),
        ("e", ANN, 0),
    ):
        await chat.store.post(WORKSPACE, "general", author, key=key, text=key, posted=minutes_ago(minutes))
    page = await (await windows()).enter(LI)
    await expect(page.locator(".day")).to_have_count(2)
    await expect(page.locator(".author")).to_have_text(["王伟", "王伟", "Ann Lee"])


async def test_a_direct_message_to_somebody_new_reaches_only_them(chat: Running, windows: Open, li: Page) -> None:
    wei, ann = await (await windows()).enter(WEI), await (await windows()).enter(ANN)
    await li.get_by_role("button", name="Message someone").click()
    await li.keyboard.type("王")
    await li.keyboard.press("Enter")
    await expect(li.get_by_role("heading", level=1, name="王伟", exact=True)).to_be_visible()
    await say(li, "just us")
    await wei.get_by_role("button", name="李娜, 1 unread").click()
    await expect(wei.locator(".words")).to_have_text("just us")
    await chat.chat.send(GENERAL, Card("x", (Text("x"),)), key="x")
    await expect(ann.locator(".message")).to_have_count(1)
    await expect(ann.locator(".conversation")).to_have_count(3)  # two channels and the bot


# --- who am I --------------------------------------------------------------------------------------------------------


async def test_a_person_is_chosen_with_the_keyboard_alone(windows: Open) -> None:
    opened = await windows()
    page = opened.page
    await page.goto(opened.address)
    await expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
    await expect(page.get_by_role("option")).to_have_count(3)  # not the one who has left
    await page.keyboard.type("ann")
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="You are Ann Lee")).to_be_visible()
    assert f"as={ANN}" in page.url


async def test_two_windows_of_one_browser_are_two_people(windows: Open) -> None:
    opened = await windows()
    page = await opened.enter(LI)
    await page.get_by_role("button", name="You are 李娜").click()
    await page.get_by_role("menuitem", name="Open a second window as …").click()
    async with page.context.expect_page() as opening:
        await page.get_by_role("option", name="王伟").click()
    second = await opening.value
    await expect(second.get_by_role("button", name="You are 王伟")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="You are 李娜")).to_be_visible()


async def test_an_empty_organisation_says_how_to_fill_it_and_notices_when_it_is(browser: Browser) -> None:
    store = FakeStore(members=[], rooms=[])
    async with serving(store) as running, window(browser, running) as opened:
        await opened.page.goto(opened.address)
        welcome = opened.page.locator("#welcome")
        for command in ("praisebot setup", "praisebot roster FILE", "make run"):
            await expect(welcome).to_contain_text(command)
        store.members.append(Colleague(LI, "李娜"))
        await expect(opened.page.get_by_role("option", name="李娜")).to_be_visible()


async def test_the_secret_is_asked_for_and_wrong_ones_are_told(browser: Browser) -> None:
    async with serving(web_secret=SECRET) as running, window(browser, running) as opened:
        page = opened.page
        await page.goto(opened.address)
        await page.fill("#secret", "wrong")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("alert")).to_have_text("That is not the access secret.")
        await page.fill("#secret", SECRET)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Who are you?")).to_be_visible()
        assert all("403" in error for error in opened.errors)
        opened.errors.clear()


async def test_the_page_speaks_the_browser_s_language_until_another_is_chosen(chat: Running, windows: Open) -> None:
    page = await (await windows(locale="zh-CN")).enter(LI)
    await expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    assert (await arrived(chat.handler)).action == Submission("me.locale", {"locale": "en"})
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("lang", "en")


# --- untrusted text --------------------------------------------------------------------------------------------------

EVIL = "</script><script>window.pwned=1</script><img src=x onerror='window.pwned=1'>&lt;b&gt;"


async def test_what_people_write_stays_text(browser: Browser) -> None:
    store = FakeStore(
        members=[Colleague(LI, EVIL), Colleague(WEI, "王伟")], rooms=[Conversation("general", EVIL, "channel")]
    )
    evil = Card(
        EVIL,
        (
            Text(EVIL),
            Quote(EVIL, ("<script>", EVIL)),
            Facts(((EVIL, EVIL),)),
            Table((EVIL,), ((EVIL,),)),
            Chart(EVIL, (EVIL,), (1,), EVIL),
            Buttons((Button(EVIL, EVIL, {EVIL: EVIL}, asks=EVIL),)),
        ),
        title=EVIL,
    )
    form = Form(EVIL, EVIL, EVIL, (Field("f", EVIL, "text", value=EVIL, hint=EVIL),), errors={"f": EVIL, "g": EVIL})
    async with serving(store, Handler(Reply(form=form))) as running, window(browser, running) as opened:
        await store.post(WORKSPACE, "general", LI, key="k", text=EVIL, mentions=(Mention(0, 9, LI),))
        await running.chat.send(GENERAL, evil, key="l")
        page = await opened.enter(WEI)
        await expect(page.locator(".message .words").first).to_have_text(EVIL)
        await expect(page.locator(".message .author").first).to_have_text(EVIL)
        await expect(page.locator(".card-title")).to_have_text(EVIL)
        await expect(page.get_by_role("heading", level=1)).to_have_text(EVIL)
        await page.locator(".card-buttons button").click()
        await page.locator(".question").wait_for()
        await page.locator("dialog .danger, dialog .primary").click()
        await expect(page.locator("dialog textarea")).to_have_value(EVIL)
        await expect(page.locator("dialog .field-error")).to_have_text(EVIL)
        await page.keyboard.press("Escape")
        await page.fill("#words", "@")
        await page.press("#words", "ArrowDown")
        assert await page.evaluate("window.pwned") is None
        assert await page.locator("img[src=x]").count() == 0


async def test_direction_marks_and_endless_words_keep_to_their_place(chat: Running, windows: Open) -> None:
    for key, text in (("a", "\u202eevil " * 20), ("b", "W" * 3000), ("c", "\u0301" * 500), ("d", "👩‍👩‍👧‍👦" * 300)):
        await chat.store.post(WORKSPACE, "general", WEI, key=key, text=text)
    page = await (await windows(viewport={"width": 375, "height": 700})).enter(LI)
    await expect(page.locator(".words")).to_have_count(4)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
