from __future__ import annotations

import pytest

from bot.importing import import_rows
from bot.intake import CommentRow
from bot.storage import organisations
from tests.dialogs.chat import Chat, buttons, labels, said, the_form

PRAISE = "customer @Li Na She was so patient and friendly, thank you for your lovely manner on the phone!"


async def test_customer_praise_waits_and_the_agent_hears_after_the_decision(chat: Chat) -> None:
    await chat.type("Tom O'Brien", PRAISE)
    assert await chat.inbox("Li Na") == []
    card = await chat.latest("Grace Lim")
    assert "A customer praised Li Na" in card.words
    assert "sure" in card.words
    decided = await chat.press("Grace Lim", "Confirm", card)
    assert "confirmed: Grace Lim" in said(decided)
    told = (await chat.latest("Li Na")).words
    assert "A customer praised you" in told
    assert "Forwarded by: Tom O'Brien" in told
    assert "A customer praised Li Na" in (await chat.in_channel("International"))[-1].words
    assert labels(await chat.latest("Grace Lim")) == []


async def test_a_late_click_says_who_decided(chat: Chat) -> None:
    await chat.type("Tom O'Brien", PRAISE)
    card = await chat.latest("Grace Lim")
    await chat.press("周主任", "认定", await chat.type("周主任", "待认定"))
    late = said(await chat.press("Grace Lim", "Confirm", card))
    assert "周主任" in late
    assert "confirmed" in late


async def test_nobody_decides_on_what_they_gave_received_or_forwarded(chat: Chat) -> None:
    await chat.type("Grace Lim", PRAISE)
    assert "Your queue is empty" in said(await chat.type("Grace Lim", "pending"))
    queue = await chat.type("周主任", "queue")
    confirm = next(button for button in buttons(queue) if button.name == "confirm.confirm")
    reply = await chat.driver.act("own", chat.accounts["Grace Lim"], confirm.name, dict(confirm.values))
    assert "somebody else" in said(reply)


async def test_another_teams_supervisor_cannot_decide(chat: Chat) -> None:
    await chat.type("Tom O'Brien", PRAISE)
    confirm = next(button for button in buttons(await chat.latest("Grace Lim")) if button.name == "confirm.confirm")
    reply = await chat.driver.act("other", chat.accounts["王敏"], confirm.name, dict(confirm.values))
    assert "班组" in said(reply)
    assert "只有" in said(await chat.type("李娜", "queue"))


async def test_retagging_books_the_difference_and_tells_the_agent(chat: Chat) -> None:
    await chat.type("Tom O'Brien", "@Li Na found the missing transfer in ten minutes #attitude")
    form = await chat.press("Grace Lim", "Change tags", await chat.type("Grace Lim", "queue"))
    assert "Waiting" not in said(
        await chat.fill("Grace Lim", form, primary="solution", tags=("solution",), tier="basic")
    )
    told = (await chat.latest("Li Na")).words
    assert "solution" in told
    assert "+3" in told
    assert "Balance: 3" in said(await chat.type("Li Na", "me"))


async def test_raising_makes_it_a_highlight_with_its_points(chat: Chat) -> None:
    await chat.type("Tom O'Brien", "@Li Na found the missing transfer in ten minutes #solution")
    await chat.press("Grace Lim", "Raise to highlight", await chat.type("Grace Lim", "queue"))
    assert "now a highlight" in (await chat.latest("Li Na")).words
    assert "Balance: 6" in said(await chat.type("Li Na", "me"))
    assert "★" in (await chat.in_channel("International"))[-1].words


async def test_rejecting_needs_a_reason_takes_points_back_and_tells_why(chat: Chat) -> None:
    await chat.type("Tom O'Brien", "@Li Na brought me a coffee with milk this morning #attitude")
    queue = await chat.type("Grace Lim", "queue")
    form = await chat.press("Grace Lim", "Not praise", queue)
    again = await chat.fill("Grace Lim", form, reason="  ")
    assert "why" in the_form(again).errors
    await chat.fill("Grace Lim", again, reason="Kind, but not about customers.")
    for who in ("Li Na", "Tom O'Brien"):
        assert "Kind, but not about customers." in (await chat.latest(who)).words
    assert "Balance: 0" in said(await chat.type("Li Na", "me"))
    assert "withdrawn" in (await chat.in_channel("International"))[-1].words


async def test_several_are_confirmed_at_once_and_what_was_decided_meanwhile_is_said(chat: Chat) -> None:
    await waiting(chat, 3)
    form = await chat.press("Grace Lim", "Choose several …", await chat.type("Grace Lim", "queue"))
    await chat.press("周主任", "认定", await chat.type("周主任", "待认定"))
    every = tuple(choice.value for choice in the_form(form).fields[0].choices)
    done = said(await chat.fill("Grace Lim", form, praises=every, outcome="confirm"))
    assert "Confirmed: 2, Li Na (2)." in done
    assert "Not decided: 1. 周主任 already decided on this: confirmed." in done
    assert "Your queue is empty" in done


async def test_an_unclear_comment_is_asked_about_and_then_decided(chat: Chat) -> None:
    await chat.type("Tom O'Brien", "customer The lady on the hotline was so kind and patient with me, great service!")
    card = await chat.latest("Grace Lim")
    assert "Whose praise is this?" in card.words
    assert "Confirm" not in labels(card)
    form = await chat.press("Grace Lim", "Assign agent", card)
    assert "to" in the_form(await chat.fill("Grace Lim", form, to="孙丽")).errors
    await chat.fill("Grace Lim", form, to="Priya Nair", confirm="")
    assert await chat.inbox("Priya Nair") == []
    await chat.press("Grace Lim", "Confirm", await chat.type("Grace Lim", "queue"))
    assert "A customer praised you" in (await chat.latest("Priya Nair")).words


async def test_an_agent_is_assigned_and_the_praise_confirmed_in_one_step(chat: Chat) -> None:
    await chat.type("Tom O'Brien", "customer The lady on the hotline was so kind and patient with me, great service!")
    form = await chat.press("Grace Lim", "Assign agent", await chat.latest("Grace Lim"))
    assert "so kind and patient" in the_form(form).about
    reply = await chat.fill("Grace Lim", form, to="Priya Nair", confirm="true")
    assert "confirmed: Grace Lim" in said(reply)
    assert "A customer praised you" in (await chat.latest("Priya Nair")).words


async def test_what_turns_out_to_be_anothers_teams_waits_for_their_supervisor(chat: Chat) -> None:
    await chat.type("Tom O'Brien", "customer The lady on the hotline was so kind and patient with me, great service!")
    form = await chat.press("Grace Lim", "Assign agent", await chat.latest("Grace Lim"))
    reply = await chat.fill("Grace Lim", form, to="李娜", confirm="true")
    assert "Assigned to 李娜 (信用卡一组), not confirmed: the supervisors there decide on it." in said(reply)
    assert labels(reply) == []  # none of it is hers to press
    assert await chat.inbox("李娜") == []
    assert "so kind and patient" in (await chat.latest("王敏")).words


@pytest.mark.parametrize("naming", ["agent 8052 was", "Agent Li Na was", "工号8052 was"])
async def test_the_agent_is_found_by_staff_number_or_name(chat: Chat, naming: str) -> None:
    reply = await chat.type("Tom O'Brien", f"customer {naming} so friendly and patient with me, thank you!")
    assert "For: Li Na" in said(reply)


async def test_not_praise_is_kept_and_never_posted_until_the_forwarder_asks(chat: Chat) -> None:
    words = "The agent was rude and hung up on me, this is a disgrace"
    reply = await chat.type("Tom O'Brien", f"customer @Li Na {words}")
    assert "doesn’t look like praise" in said(reply)
    assert await chat.inbox("Grace Lim") == []
    await chat.press("Tom O'Brien", labels(reply)[0], reply)
    assert words in (await chat.latest("Grace Lim")).words


async def test_where_the_classifier_is_unsure_the_supervisor_says_whether_it_is_praise(chat: Chat) -> None:
    reply = await chat.type("Tom O'Brien", "customer @Li Na The agent looked at it and the problem is gone.")
    assert "is it praise?" in said(reply)
    assert labels(reply) == []
    card = await chat.latest("Grace Lim")
    assert "Is this praise for Li Na?" in card.words
    assert "Is it praise: probably not (" in card.words
    assert "Tags if it is: basic praise (solution)" in card.words
    assert await chat.inbox("Li Na") == []
    done = said(await chat.press("Grace Lim", "It is praise", card))
    assert "confirmed: Grace Lim" in done
    assert "Is this praise" not in done
    assert "A customer praised you" in (await chat.latest("Li Na")).words
    assert "The customer praise you forwarded is confirmed" in (await chat.latest("Tom O'Brien")).words


async def test_a_doubtful_comment_that_nobody_forwarded_is_put_away_with_one_press(chat: Chat) -> None:
    product = chat.product
    (organisation,) = await product.database.read(organisations.every)
    row = CommentRow(1, "The agent looked at it and the problem is gone.", agent="Priya Nair")
    await import_rows(product.database, product.tagger, organisation, [row], source="survey", clock=chat.clock)
    queue = await chat.type("Grace Lim", "queue")
    assert "Perhaps praise for Priya Nair (International)" in said(queue)
    done = await chat.press("Grace Lim", "Not praise", queue)
    assert "Your queue is empty" in said(done)
    assert "Not praise, Priya Nair: “The agent looked at it" in said(done)
    assert await chat.inbox("Priya Nair") == []


async def test_in_chinese_a_doubtful_comment_is_asked_about_and_answered(chat: Chat) -> None:
    reply = await chat.type("张伟", "客户 @李娜 打了三次电话，最后一位把问题办好了。")
    assert "已转交班组长认定是否算表扬" in said(reply)
    queue = await chat.type("王敏", "待认定")
    assert "李娜（信用卡一组）：可能是表扬，张伟转交" in said(queue)
    assert "系统倾向于不算（把握 " in said(queue)
    form = await chat.press("王敏", "不算表扬", queue)
    await chat.fill("王敏", form, why="statement")
    assert "只是陈述或询问" in (await chat.latest("张伟")).words
    assert await chat.inbox("李娜") == []


async def test_the_same_comment_twice_is_told_who_forwarded_it(chat: Chat) -> None:
    await chat.type("Tom O'Brien", PRAISE)
    assert "You have already forwarded this comment." in said(await chat.type("Tom O'Brien", PRAISE))
    assert "Tom O'Brien has already forwarded" in said(await chat.type("Priya Nair", PRAISE))
    other = PRAISE.replace("lovely", "gentle and warm")
    assert "Passed to the supervisor" in said(await chat.type("Priya Nair", other))


async def test_the_queue_turns_pages_and_puts_the_least_certain_first(chat: Chat) -> None:
    for number in range(7):
        await chat.type("Tom O'Brien", f"@Li Na solved the dispute number {number} for an angry customer #solution")
    queue = await chat.type("Grace Lim", "queue")
    assert "7 to decide" in said(queue)
    second = await chat.press("Grace Lim", "Next", queue)
    assert second.replaces
    assert "Previous" in labels(second)
    assert sum(button.name == "confirm.confirm" for button in buttons(second)) == 2


async def waiting(chat: Chat, count: int) -> None:
    for number in range(count):
        words = f"customer @Li Na solved my problem number {number} with great patience, thank you!"
        await chat.type("Tom O'Brien", words)


async def test_a_decision_does_not_lead_away_from_its_page(chat: Chat) -> None:
    await waiting(chat, 12)
    second = await chat.press("Grace Lim", "Next", await chat.type("Grace Lim", "queue"))
    assert "12 to decide, page 2 of 3" in said(second)
    decided = await chat.press("Grace Lim", "Confirm", second)
    assert "11 to decide, page 2 of 3" in said(decided)
    form = await chat.press("Grace Lim", "Not praise", decided)
    assert "10 to decide, page 2 of 2" in said(await chat.fill("Grace Lim", form, why="complaint"))


async def test_a_part_of_the_queue_that_is_done_says_so_and_what_else_waits(chat: Chat) -> None:
    await waiting(chat, 5)
    await chat.type("Tom O'Brien", "customer The lady on the hotline was so kind and patient with me, great service!")
    part = await chat.press("Grace Lim", "Agent unknown: 1", await chat.type("Grace Lim", "queue"))
    assert "1 to decide" in said(part)
    form = await chat.press("Grace Lim", "Assign agent", part)
    done = await chat.fill("Grace Lim", form, to="Priya Nair", confirm="true")
    assert "Every praise has its agent now" in said(done)
    assert "Confirmed for Priya Nair: " in said(done)
    assert labels(done) == ["All 5"]
    assert "5 to decide" in said(await chat.press("Grace Lim", "All 5", done))


async def test_several_are_chosen_and_rejected_for_a_usual_reason(chat: Chat) -> None:
    await waiting(chat, 7)
    form = await chat.press("Grace Lim", "Choose several …", await chat.type("Grace Lim", "queue"))
    shown = next(field for field in the_form(form).fields if field.name == "praises")
    assert len(shown.choices) == 5  # what the page shows
    assert shown.value == ()
    assert "sure (" in shown.choices[0].label
    assert "basic praise" in shown.choices[0].label
    chosen = tuple(choice.value for choice in shown.choices[:3])
    assert "outcome" in the_form(await chat.fill("Grace Lim", form, praises=chosen)).errors
    again = await chat.fill("Grace Lim", form, praises=chosen, outcome="reject")
    assert "why" in the_form(again).errors
    assert "praises" in the_form(await chat.fill("Grace Lim", form, praises=())).errors
    done = said(await chat.fill("Grace Lim", again, praises=chosen, outcome="reject", why="not_service"))
    assert "Not praise: 3, Li Na (3)." in done
    assert "4 to decide" in done
    assert "About goods, price or place" in (await chat.latest("Tom O'Brien")).words


async def test_what_nobody_is_named_in_cannot_be_chosen_to_be_confirmed(chat: Chat) -> None:
    for number in range(2):
        words = f"customer The lady on the hotline was so kind and patient with me, call {number}, great service!"
        await chat.type("Tom O'Brien", words)
    form = await chat.press("Grace Lim", "Choose several …", await chat.type("Grace Lim", "queue"))
    fields = {field.name: field for field in the_form(form).fields}
    assert [choice.value for choice in fields["outcome"].choices] == ["reject"]
    await chat.type("Tom O'Brien", PRAISE)
    form = await chat.press("Grace Lim", "Choose several …", await chat.type("Grace Lim", "queue"))
    every = tuple(choice.value for choice in the_form(form).fields[0].choices)
    again = the_form(await chat.fill("Grace Lim", form, praises=every, outcome="confirm"))
    assert again.errors == {"praises": "Nobody is named yet in 2 of these: first say whose they are."}
    assert again.fields[0].value == every


async def test_a_customers_own_hashtags_stay_their_words(chat: Chat) -> None:
    words = "#MyBank She was so friendly and patient, thank you! #lovely"
    assert words in said(await chat.type("Tom O'Brien", f"customer @Li Na {words}"))
