"""What a supervisor sees and is asked: what is safe to press, what a form holds, and what is said afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat import Card, Field, Form, Reply, Text
from bot.dispatch import Dispatch
from bot.localchat import account
from bot.storage import decisions, praises, tables
from bot.storage.database import Database
from bot.tags import Tag, Tagging, Tier
from tests.builders import (
    Bank,
    Clock,
    WordTagger,
    buttons,
    labels,
    new_bank,
    new_dispatch,
    praise_of,
    press,
    pressed,
    rows,
    said,
    typed,
)

_CONFIDENCE = {"surely": 0.95, "perhaps": 0.3}


class Doubting(WordTagger):
    """Is very sure of what holds ``surely``, and unsure of what holds ``perhaps``."""

    def tag(self, text: str) -> Tagging:
        found = super().tag(text)
        return replace(found, confidence=next((c for word, c in _CONFIDENCE.items() if word in text), found.confidence))


@pytest.fixture
async def bank(database: Database) -> Bank:
    return await database.write(new_bank)


@pytest.fixture
def dispatch(database: Database) -> Dispatch:
    return new_dispatch(database, Clock(), tagger=Doubting())


async def forwarded(dispatch: Dispatch, bank: Bank, words: str, *names: str) -> None:
    await dispatch.receive(typed(bank["Fay"], words, [bank[name] for name in names], command="customer"))


async def queue_of(dispatch: Dispatch, bank: Bank, who: str = "Sun") -> Card:
    reply = await dispatch.receive(typed(bank[who], "", command="queue"))
    assert reply.card is not None
    return reply.card


def style_of(card: Card | None, start: str) -> str:
    assert card is not None
    return next(block.style for block in card.blocks if isinstance(block, Text) and block.text.startswith(start))


def form_of(reply: Reply) -> Form:
    assert reply.form is not None, said(reply.card)
    return reply.form


def fields(form: Form) -> dict[str, Field]:
    return {field.name: field for field in form.fields}


# --- confirming a page ------------------------------------------------------------------------------------------------


async def test_a_page_is_confirmed_at_once_only_where_all_of_it_is_very_sure(dispatch: Dispatch, bank: Bank) -> None:
    for number in range(2):
        await forwarded(dispatch, bank, f"he surely solved it {number}", "Bo")
    assert "Confirm these 2" in labels(await queue_of(dispatch, bank))
    await forwarded(dispatch, bank, "he helped", "Bo")
    card = await queue_of(dispatch, bank)
    assert [label for label in labels(card) if label.startswith("Confirm these")] == []
    await forwarded(dispatch, bank, "somebody surely helped")
    for number in range(3):
        await forwarded(dispatch, bank, f"she surely solved it {number}", "Cai")
    sure = (await press(dispatch, bank["Sun"], await queue_of(dispatch, bank), "Very sure: 5")).card
    assert "Confirm these 5" in labels(sure)


async def test_the_question_names_what_is_confirmed(dispatch: Dispatch, bank: Bank) -> None:
    await forwarded(dispatch, bank, "he surely solved it", "Bo")
    await forwarded(dispatch, bank, "she surely helped", "Cai")
    button = next(one for one in buttons(await queue_of(dispatch, bank)) if one.name == "confirm.batch")
    assert button.asks == ("Confirm 2 as they are tagged? Bo: basic praise (solution), Cai: basic praise (attitude)")


async def test_the_very_sure_when_done_lead_to_nothing_that_is_not(dispatch: Dispatch, bank: Bank) -> None:
    for number in range(2):
        await forwarded(dispatch, bank, f"he surely solved it {number}", "Bo")
        await forwarded(dispatch, bank, f"perhaps he helped {number}", "Cai")
    for number in range(2):
        await forwarded(dispatch, bank, f"somebody helped {number}")
    sure = (await press(dispatch, bank["Sun"], await queue_of(dispatch, bank), "Very sure: 2")).card
    done = (await press(dispatch, bank["Sun"], sure, "Confirm these 2")).card
    assert "All of the very sure are decided" in said(done)
    assert "Confirmed: 2, Bo (2)." in said(done)
    assert labels(done) == ["All 4", "Agent unknown: 2"]
    assert "4 to decide" in said((await press(dispatch, bank["Sun"], done, "All 4")).card)


async def test_a_small_part_has_a_way_back_to_the_rest(dispatch: Dispatch, bank: Bank) -> None:
    for number in range(5):
        await forwarded(dispatch, bank, f"he helped {number}", "Bo")
    await forwarded(dispatch, bank, "he surely helped", "Bo")
    part = (await press(dispatch, bank["Sun"], await queue_of(dispatch, bank), "Very sure: 1")).card
    praise = next(button for button in buttons(part) if button.name == "confirm.confirm")
    await forwarded(dispatch, bank, "she surely helped", "Cai")
    after = (await dispatch.receive(pressed(bank["Sun"], praise.name, **praise.values))).card
    assert "1 to decide" in said(after)
    assert "All 6" in labels(after)


async def test_what_the_classifier_takes_for_no_praise_is_not_among_the_very_sure(
    database: Database, dispatch: Dispatch, bank: Bank
) -> None:
    reply = await dispatch.receive(typed(bank["Fay"], "surely a complaint", [bank["Bo"]], command="customer"))
    await press(dispatch, bank["Fay"], reply.card, "It is praise: send to the supervisor")
    assert (await database.read(praise_of, "surely a complaint")).confidence == pytest.approx(0.05)


# --- what is said afterwards ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "values", "line"),
    [
        ("confirm", {}, "Confirmed for Bo: basic praise (solution)."),
        ("raise", {}, "Raised for Bo: highlight (solution + value added)."),
        (
            "retag",
            {"tags": ("attitude", "solution"), "primary": "attitude", "tier": "basic"},
            "Confirmed with other tags for Bo: basic praise (attitude + solution).",
        ),
        ("reject", {"why": "irony"}, "Not praise, Bo: “he solved it”"),
    ],
)
async def test_the_queue_says_quietly_what_was_decided_of_whom(
    database: Database,
    dispatch: Dispatch,
    bank: Bank,
    action: str,
    values: dict[str, str | tuple[str, ...]],
    line: str,
) -> None:
    await forwarded(dispatch, bank, "he solved it", "Bo")
    praise = await database.read(praise_of, "he solved it")
    carried = {"praise": praise.id, "from": "queue", **values}
    reply = await dispatch.receive(pressed(bank["Sun"], f"confirm.{action}", **carried))
    assert line in said(reply.card).splitlines()
    assert style_of(reply.card, line) == "quiet"


async def test_what_could_not_be_decided_is_not_said_as_if_done(
    database: Database, dispatch: Dispatch, bank: Bank
) -> None:
    await forwarded(dispatch, bank, "somebody helped")
    praise = await database.read(praise_of, "somebody helped")
    reply = await dispatch.receive(pressed(bank["Sun"], "confirm.batch", praises=str(praise.id)))
    assert "Confirmed" not in said(reply.card)
    assert "Not decided: 1. First say whose praise this is." in said(reply.card)
    assert style_of(reply.card, "Not decided") == "strong"


@pytest.mark.parametrize(
    ("who", "to", "line"),
    [
        ("Sun", "Cai", "Assigned to Cai, not confirmed yet."),
        ("Sun", "Eve", "Assigned to Eve (Loans), not confirmed: the supervisors there decide on it."),
        ("Sun", "Sun", "Assigned to you, not confirmed: somebody else decides on it."),
        ("Sun", "Mo", "Assigned to Mo, who is in no team; not confirmed: a manager decides on it."),
    ],
)
@pytest.mark.parametrize("place", ["queue", ""])
async def test_assigning_says_whose_it_is_now_and_who_decides(
    database: Database, dispatch: Dispatch, bank: Bank, who: str, to: str, line: str, place: str
) -> None:
    await forwarded(dispatch, bank, "somebody helped")
    praise = await database.read(praise_of, "somebody helped")
    confirm = "" if to == "Cai" else "true"
    values = {"praise": praise.id, "to": account(bank[to].id), "confirm": confirm, "from": place}
    reply = await dispatch.receive(pressed(bank[who], "confirm.assign", **values))
    assert line in said(reply.card)
    assert (await database.read(praise_of, "somebody helped")).status.open
    if not place:
        assert ("Confirm" in labels(reply.card)) is (to == "Cai")


# --- the forms --------------------------------------------------------------------------------------------------------


async def asked_whose(database: Database, dispatch: Dispatch, bank: Bank, words: str) -> tuple[int, Form]:
    await forwarded(dispatch, bank, words)
    praise = await database.read(praise_of, words)
    return praise.id, form_of(await dispatch.receive(pressed(bank["Sun"], "confirm.assign.form", praise=praise.id)))


@pytest.mark.parametrize(
    ("words", "prefilled"), [("perhaps it helped", ""), ("somebody helped", "true"), ("it surely helped", "true")]
)
async def test_to_confirm_at_once_is_suggested_only_when_the_classifier_is_at_least_fairly_sure(
    database: Database, dispatch: Dispatch, bank: Bank, words: str, prefilled: str
) -> None:
    _praise, form = await asked_whose(database, dispatch, bank, words)
    assert fields(form)["confirm"].value == prefilled


async def test_one_form_says_whose_it_is_corrects_the_tags_and_decides(
    database: Database, dispatch: Dispatch, bank: Bank
) -> None:
    praise, form = await asked_whose(database, dispatch, bank, "somebody solved it")
    filled = {name: field.value for name, field in fields(form).items()}
    assert (filled["tags"], filled["primary"], filled["tier"]) == (("solution",), "solution", "basic")
    filled |= {"praise": str(praise), "to": account(bank["Bo"].id), "tier": "highlight", "confirm": "true"}
    await dispatch.receive(pressed(bank["Sun"], "confirm.assign", **filled))
    decided = await database.read(praise_of, "somebody solved it")
    assert (decided.recipient_id, decided.tier, decided.tagged_by) == (bank["Bo"].id, Tier.HIGHLIGHT, "supervisor")
    assert decided.tags == (Tag.SOLUTION, Tag.VALUE_ADDED)
    assert await database.read(decisions.last_outcome, praise) == ("retag", bank["Sun"].id)


async def test_tags_left_as_they_were_are_a_plain_confirmation(
    database: Database, dispatch: Dispatch, bank: Bank
) -> None:
    praise, form = await asked_whose(database, dispatch, bank, "somebody solved it")
    filled = {name: field.value for name, field in fields(form).items()} | {"to": account(bank["Bo"].id)}
    await dispatch.receive(pressed(bank["Sun"], "confirm.assign", praise=praise, **filled))
    assert await database.read(decisions.last_outcome, praise) == ("confirm", bank["Sun"].id)
    assert (await database.read(praise_of, "somebody solved it")).tagged_by == "classifier"


async def test_tags_corrected_for_another_supervisor_wait_as_corrected(
    database: Database, dispatch: Dispatch, bank: Bank
) -> None:
    praise, form = await asked_whose(database, dispatch, bank, "somebody solved it")
    filled = {name: field.value for name, field in fields(form).items()}
    filled |= {"to": account(bank["Eve"].id), "tags": ("attitude",), "primary": "attitude"}
    await dispatch.receive(pressed(bank["Sun"], "confirm.assign", praise=praise, **filled))
    waits = await database.read(praises.by_id, bank.organisation.id, praise)
    assert waits is not None
    assert waits.status.open
    assert (waits.tags, waits.primary, waits.tagged_by) == ((Tag.ATTITUDE,), Tag.ATTITUDE, "supervisor")
    assert "Tag: basic praise (attitude)" in said(await queue_of(dispatch, bank, "Lu"))
    noted = [row["action"] for row in await database.read(rows, tables.audit)]
    assert noted[-2:] == ["assign", "suggest"]


async def test_a_form_shown_again_keeps_what_was_filled_in(database: Database, dispatch: Dispatch, bank: Bank) -> None:
    praise, form = await asked_whose(database, dispatch, bank, "somebody solved it")
    filled = {name: field.value for name, field in fields(form).items()}
    filled |= {"to": account(bank["Fay"].id), "tags": ("attitude", "solution"), "confirm": ""}
    again = form_of(await dispatch.receive(pressed(bank["Sun"], "confirm.assign", praise=praise, **filled)))
    assert list(again.errors) == ["to"]  # who forwarded it
    assert {name: field.value for name, field in fields(again).items() if name != "to"} == {
        name: value for name, value in filled.items() if name != "to"
    }


async def test_the_main_tag_is_one_of_the_tags_and_a_highlight_says_what_it_adds(
    database: Database, dispatch: Dispatch, bank: Bank
) -> None:
    await forwarded(dispatch, bank, "he helped and solved it", "Bo")
    praise = await database.read(praise_of, "he helped and solved it")
    asked = fields(form_of(await dispatch.receive(pressed(bank["Sun"], "confirm.retag.form", praise=praise.id))))
    assert list(asked) == ["tags", "primary", "tier"]
    assert asked["tags"].value == ("attitude", "solution")
    assert asked["primary"].value == "solution"
    assert "value added" in asked["tier"].hint
    nothing = form_of(await dispatch.receive(pressed(bank["Sun"], "confirm.retag", praise=praise.id)))
    assert set(nothing.errors) == {"primary", "tier"}


async def test_why_it_is_not_praise_is_asked_for_plainly(database: Database, dispatch: Dispatch, bank: Bank) -> None:
    await forwarded(dispatch, bank, "he helped", "Bo")
    praise = (await database.read(praise_of, "he helped")).id
    asked = fields(form_of(await dispatch.receive(pressed(bank["Sun"], "confirm.reject.form", praise=praise))))
    assert asked["why"].required
    assert asked["why"].value == ""
    assert {"statement", "other_company", "other"} <= {choice.value for choice in asked["why"].choices}
    assert all(choice.label[0].isupper() for choice in asked["why"].choices)
    for values, problem in (
        ({}, {"why": "Choose a reason."}),
        ({"why": "other", "reason": " "}, {"reason": "Write the reason here."}),
    ):
        again = form_of(await dispatch.receive(pressed(bank["Sun"], "confirm.reject", praise=praise, **values)))
        assert again.errors == problem
        assert all(error != fields(again)[name].hint for name, error in again.errors.items())
    await dispatch.receive(pressed(bank["Sun"], "confirm.reject", praise=praise, why="other", reason="spam"))
    (decision,) = await database.read(rows, tables.decisions)
    assert decision["reason"] == "spam"


async def test_ten_of_a_kind_are_parted_by_others_and_the_same_words_come_last(dispatch: Dispatch, bank: Bank) -> None:
    for number in range(6):
        await forwarded(dispatch, bank, f"helped {number}, perhaps", "Bo")
    await forwarded(dispatch, bank, "helped 0, perhaps!", "Cai")
    for number in range(2):
        await forwarded(dispatch, bank, f"solved {number}", "Bo")
    first = said(await queue_of(dispatch, bank))
    order = sorted(("helped 0", "helped 1", "helped 2", "solved 0", "helped 3"), key=first.find)
    assert order == ["helped 0", "helped 1", "solved 0", "helped 2", "helped 3"]
    assert "helped 0, perhaps!" not in first
