from __future__ import annotations

import pytest

from tests.dialogs.chat import Chat, said, the_form

REASON = "thank you for staying late to calm the customer whose card was blocked"


async def test_mentions_and_tags_stand_anywhere_and_each_recipient_is_praised_once(chat: Chat) -> None:
    receipt = await chat.type("Priya Nair", f"#solution {REASON} ＠Tom O'Brien，@li na and @Tom O'Brien again")
    assert "Tom O'Brien, Li Na" in said(receipt)
    assert "basic praise (solution)" in said(receipt)
    assert "8 (resets" in said(receipt)
    assert "Priya Nair praised you" in (await chat.latest("Tom O'Brien")).words
    assert len(await chat.inbox("Tom O'Brien")) == 1
    lines = [seen for seen in await chat.in_channel("International") if seen.card]
    assert len(lines) == 1
    assert "Tom O'Brien, Li Na" in lines[0].words


async def test_everything_wrong_is_told_at_once_and_only_to_the_giver(chat: Chat) -> None:
    answer = said(await chat.type("Tom O'Brien", "@Tom O'Brien @Nobody @everyone #brave", channel="International"))
    for part in ("Nobody", "@everyone", "#brave", "Say what they did"):
        assert part in answer, answer
    assert await chat.in_channel("International") == []


async def test_praise_without_a_reason_is_refused(chat: Chat) -> None:
    assert "Say what they did" in said(await chat.type("Tom O'Brien", "@Li Na !!! 。"))
    assert await chat.inbox("Li Na") == []


async def test_oneself_is_left_out_while_others_remain(chat: Chat) -> None:
    receipt = said(await chat.type("Tom O'Brien", f"@Tom O'Brien @Li Na {REASON}"))
    assert "You praised Li Na" in receipt
    assert "9 (resets" in receipt
    assert "yourself" in said(await chat.type("Tom O'Brien", f"@Tom O'Brien {REASON}"))


async def test_a_leaver_cannot_be_praised(chat: Chat) -> None:
    answer = said(await chat.type("Tom O'Brien", f"@孙丽 {REASON}"))
    assert "孙丽" in answer
    assert "left" in answer


async def test_spending_more_than_the_allowance_grants_nothing(chat: Chat) -> None:
    for number in range(10):
        await chat.type("Tom O'Brien", f"@Li Na {REASON}, case {number}")
    answer = said(await chat.type("Tom O'Brien", f"@Priya Nair {REASON}"))
    assert "you have 0 until" in answer
    assert await chat.inbox("Priya Nair") == []
    await chat.later(days=7)
    assert "9 (resets" in said(await chat.type("Tom O'Brien", f"@Priya Nair {REASON}"))


async def test_customer_praise_costs_no_allowance(chat: Chat) -> None:
    await chat.type("Tom O'Brien", "customer @Li Na She was so patient and explained every fee, wonderful service!")
    assert "9 (resets" in said(await chat.type("Tom O'Brien", f"@Priya Nair {REASON}"))


async def test_the_same_praise_twice_is_asked_about_and_given_when_confirmed(chat: Chat) -> None:
    await chat.type("Tom O'Brien", f"@Li Na {REASON}")
    question = await chat.type("Tom O'Brien", f"@Li Na {REASON.upper()}!")
    assert "Praise again?" in said(question)
    assert len(await chat.inbox("Li Na")) == 1
    assert "8 (resets" in said(await chat.press("Tom O'Brien", "Praise again", question))
    assert len(await chat.inbox("Li Na")) == 2


async def test_after_ten_minutes_the_same_words_are_a_new_praise(chat: Chat) -> None:
    await chat.type("Tom O'Brien", f"@Li Na {REASON}")
    await chat.later(minutes=11)
    assert "You praised Li Na" in said(await chat.type("Tom O'Brien", f"@Li Na {REASON}"))


async def test_undo_takes_the_praise_back_and_restores_the_allowance(chat: Chat) -> None:
    receipt = await chat.type("Tom O'Brien", f"@Li Na @Priya Nair {REASON}")
    undone = said(await chat.press("Tom O'Brien", "Undo", receipt))
    assert "Allowance left: 10" in undone
    assert "Undone by the giver" in (await chat.latest("Li Na")).words
    assert "withdrawn" in (await chat.in_channel("International"))[-1].words
    assert "Balance: 0" in said(await chat.type("Li Na", "me"))
    assert "nothing to undo" in said(await chat.type("Tom O'Brien", "undo"))


async def test_undo_ends_when_a_supervisor_has_confirmed(chat: Chat) -> None:
    await chat.type("Tom O'Brien", f"@Li Na {REASON}")
    await chat.press("Grace Lim", "Confirm", await chat.type("Grace Lim", "queue"))
    assert "nothing to undo" in said(await chat.type("Tom O'Brien", "undo"))


async def test_private_praise_is_not_posted_and_cannot_be_seconded(chat: Chat) -> None:
    receipt = await chat.type("Tom O'Brien", f"@Li Na {REASON} #private")
    assert "Private" in said(receipt)
    assert await chat.in_channel("International") == []
    assert REASON in (await chat.latest("Li Na")).words


async def test_a_second_adds_points_costs_allowance_and_counts_once(chat: Chat) -> None:
    await chat.type("Tom O'Brien", f"@Li Na {REASON} #attitude")
    line = (await chat.in_channel("International"))[-1]
    assert "Allowance left: 9" in said(await chat.press("Priya Nair", "Second", line))
    assert "already seconded" in said(await chat.press("Priya Nair", "Second", line))
    for party in ("Tom O'Brien", "Li Na"):
        assert "neither gave nor received" in said(await chat.press(party, "Second", line))
    assert "+3" in (await chat.latest("Li Na")).words
    assert "Priya Nair" in (await chat.latest("Li Na")).words


async def test_an_ambiguous_name_is_asked_about_with_staff_numbers(chat: Chat) -> None:
    def twin(tx: object) -> None:
        from bot.storage import members, organisations

        organisation = organisations.every(tx)[0]  # type: ignore[arg-type]
        members.add(tx, organisation.id, "Li Na", now=chat.clock.at, staff_number="8099")  # type: ignore[arg-type]

    await chat.product.database.write(twin)
    answer = said(await chat.type("Tom O'Brien", f"@Li Na {REASON}"))
    assert "8052" in answer
    assert "8099" in answer
    assert "You praised Li Na" in said(await chat.type("Tom O'Brien", f"@8052 {REASON}"))


async def test_code_and_quotations_never_praise(chat: Chat) -> None:
    answer = said(await chat.type("Tom O'Brien", f"```@Li Na {REASON}```\n> @Priya Nair {REASON}"))
    assert "Who is this for" in answer
    assert await chat.inbox("Li Na") == []
    assert await chat.inbox("Priya Nair") == []


async def test_the_bare_command_opens_a_form_that_keeps_what_was_typed(chat: Chat) -> None:
    form = await chat.type("Tom O'Brien", "", channel="International")
    again = await chat.fill("Tom O'Brien", form, to="Tom O'Brien", reason="!!")
    assert set(the_form(again).errors) == {"to", "reason"}
    values = {each.name: each.value for each in the_form(again).fields}
    assert values["reason"] == "!!"
    receipt = await chat.fill("Tom O'Brien", again, to=("Li Na", "Priya Nair"), reason=REASON, tag="solution")
    assert "Li Na, Priya Nair" in said(receipt)
    assert "solution" in said(receipt)


async def test_a_message_menu_opens_the_form_with_its_author(chat: Chat) -> None:
    message = await chat.say("Li Na", "International", "I stayed on the line until the courier had found the card")
    form = await chat.choose("Tom O'Brien", "praise.form", message)
    to = next(each for each in the_form(form).fields if each.name == "to")
    assert to.value == (chat.accounts["Li Na"],)


@pytest.mark.parametrize("word", ["help", "帮助", "HELP"])
async def test_help_lists_every_command(chat: Chat, word: str) -> None:
    answer = said(await chat.type("Tom O'Brien", word))
    for command in ("customer", "me", "undo", "top", "queue", "report"):
        assert f"/praise {command}" in answer


async def test_unknown_words_get_a_suggestion(chat: Chat) -> None:
    assert "/praise queue" in said(await chat.type("Tom O'Brien", "quue"))
    assert "help" in said(await chat.type("Tom O'Brien", "xyzzy"))


async def test_the_same_event_again_is_one_praise_and_the_same_answer(chat: Chat) -> None:
    first = await chat.type("Tom O'Brien", f"@Li Na {REASON}", event="the-event")
    second = await chat.type("Tom O'Brien", f"@Li Na {REASON}", event="the-event")
    assert first == second
    assert len(await chat.inbox("Li Na")) == 1


async def test_personal_data_in_a_reason_is_masked_before_anybody_sees_it(chat: Chat) -> None:
    await chat.type("Tom O'Brien", "@Li Na called the customer back on 13800138000 although her shift was over")
    seen = [*await chat.inbox("Li Na"), *await chat.in_channel("International")]
    assert seen
    assert all("13800138000" not in message.words for message in seen)
