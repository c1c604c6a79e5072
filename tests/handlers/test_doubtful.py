"""Comments that may be praise: the classifier calls them none without being sure, and a supervisor is asked."""

from __future__ import annotations

import pytest

from bot.chat import Card, Quote, Reply
from bot.dispatch import Dispatch
from bot.errors import AlreadyForwardedByYou
from bot.importing import import_rows
from bot.intake import CommentRow
from bot.learning.examples import CORRECTED, examples
from bot.praise import Status
from bot.storage import decisions, praises, tables
from bot.storage.database import Database, Tx
from bot.storage.praises import Part
from bot.tags import Tag, Tagging, Tier
from bot.wire import card_from_json
from tests.builders import (
    Bank,
    Clock,
    WordTagger,
    labels,
    new_bank,
    new_dispatch,
    praise_of,
    press,
    pressed,
    rows,
    rules,
    said,
    told,
    typed,
)

WORDS = "maybe she solved it"
"""Of which the tagger is unsure, and of whose tag it would be sure."""


@pytest.fixture
async def bank(database: Database) -> Bank:
    return await database.write(new_bank)


@pytest.fixture
def dispatch(database: Database) -> Dispatch:
    return new_dispatch(database, Clock())


async def forward(dispatch: Dispatch, bank: Bank, words: str, *names: str) -> str:
    named = [bank[name] for name in names]
    return said((await dispatch.receive(typed(bank["Fay"], words, named, command="customer"))).card)


async def imported(database: Database, bank: Bank, *words: str, agent: str | None = "Bo") -> None:
    lines = [CommentRow(number, text, agent=agent) for number, text in enumerate(words, start=1)]
    await import_rows(database, WordTagger(), bank.organisation, lines, source="survey", clock=Clock())  # type: ignore[arg-type]


async def queue_of(dispatch: Dispatch, bank: Bank) -> Card | None:
    return (await dispatch.receive(typed(bank["Sun"], "", command="queue"))).card


async def sent_to(database: Database, bank: Bank, who: str) -> list[Card]:
    """What a member was sent, in order."""
    outbox = await database.read(rows, tables.outbox)
    return [card_from_json(str(row["card"])) for row in outbox if row["conversation"] == f"m{bank[who].id}"]


async def test_a_supervisor_is_asked_and_the_forwarder_told_so(
    database: Database, dispatch: Dispatch, bank: Bank
) -> None:
    answer = await forward(dispatch, bank, WORDS, "Bo")
    assert "Passed to the supervisor: is it praise?" in answer
    assert "The classifier is not sure this is praise." in answer
    (comment,) = await database.read(rows, tables.comments)
    assert (comment["praise"], comment["tags"]) == (False, ())
    card = (await sent_to(database, bank, "Sun"))[0]
    assert card.title == "Is this praise for Bo?"
    assert "Is it praise: probably not (60% sure)" in said(card)
    assert "Tags if it is: basic praise (solution)" in said(card)
    assert [block.marks for block in card.blocks if isinstance(block, Quote)] == [("solved",)]
    assert labels(card)[:2] == ["It is praise", "Change tags"]
    assert await sent_to(database, bank, "Bo") == []


async def test_confirmed_it_counts_as_it_would_be_tagged_and_corrects_the_model(
    database: Database, dispatch: Dispatch, bank: Bank
) -> None:
    await forward(dispatch, bank, WORDS, "Bo")
    done = (await press(dispatch, bank["Sun"], await queue_of(dispatch, bank), "It is praise")).card
    assert "Confirmed for Bo: basic praise (solution)." in said(done)
    assert "A customer praised you" in said((await sent_to(database, bank, "Bo"))[0])
    redrawn = (await sent_to(database, bank, "Sun"))[-1]
    assert redrawn.title == "A customer praised Bo"
    assert "Tagged by: the classifier\n" in said(redrawn)
    (taken,) = await database.read(decisions.decided, bank.organisation.id, 9)
    assert taken.said is not None
    assert not taken.said.praise
    (example,) = examples([taken])
    assert (example.praise, example.primary, example.weight) == (True, Tag.SOLUTION, CORRECTED)


async def test_of_two_agents_praised_at_once_each_has_a_card_that_says_whose(
    database: Database, dispatch: Dispatch, bank: Bank
) -> None:
    await forward(dispatch, bank, WORDS, "Bo", "Cai")
    titles = [card.title for card in await sent_to(database, bank, "Sun")]
    assert titles == ["Is this praise for Bo?", "Is this praise for Cai?"]


async def test_who_forwarded_it_reads_why_it_is_none(database: Database, dispatch: Dispatch, bank: Bank) -> None:
    await forward(dispatch, bank, WORDS, "Bo")
    reply = await press(dispatch, bank["Sun"], await queue_of(dispatch, bank), "Not praise")
    assert reply.form is not None
    assert {field.name for field in reply.form.fields} == {"why", "reason"}
    praise = await database.read(praise_of, WORDS)
    crafted = await dispatch.receive(pressed(bank["Sun"], "confirm.reject", praise=praise.id))
    assert crafted.form is not None
    assert (await database.read(praise_of, WORDS)).status is Status.WAITING


async def test_where_nobody_forwarded_it_one_press_says_that_it_is_none(
    database: Database, dispatch: Dispatch, bank: Bank
) -> None:
    await imported(database, bank, WORDS)
    messages = len(await database.read(rows, tables.outbox))
    done = (await press(dispatch, bank["Sun"], await queue_of(dispatch, bank), "Not praise")).card
    assert f"Not praise, Bo: “{WORDS}”" in said(done)
    assert len(await database.read(rows, tables.outbox)) == messages
    (taken,) = await database.read(decisions.decided, bank.organisation.id, 9)
    (example,) = examples([taken])
    assert not example.praise
    await imported(database, bank, "she helped")
    assert (await press(dispatch, bank["Sun"], await queue_of(dispatch, bank), "Not praise")).form is not None
    praise = await database.read(praise_of, "she helped")
    assert (await dispatch.receive(pressed(bank["Sun"], "confirm.reject", praise=praise.id))).form is not None
    assert (await database.read(praise_of, "she helped")).status is Status.WAITING


async def test_several_need_no_reason_where_none_of_them_alone_would(
    database: Database, dispatch: Dispatch, bank: Bank
) -> None:
    await imported(database, bank, "maybe one", "maybe two", "she helped")
    ids = {text: str((await database.read(praise_of, text)).id) for text in ("maybe one", "maybe two", "she helped")}

    async def reject(*texts: str) -> Reply:
        chosen = tuple(ids[text] for text in texts)
        return await dispatch.receive(pressed(bank["Sun"], "confirm.several", praises=chosen, outcome="reject"))

    refused = await reject("maybe one", "she helped")
    assert refused.form is not None
    assert refused.form.errors == {"why": "Choose a reason."}
    assert "Not praise: 2, Bo (2)." in said((await reject("maybe one", "maybe two")).card)


@pytest.mark.parametrize("words", [WORDS, "a complaint that she solved", "a complaint #solution"])
async def test_it_never_counts_before_a_supervisor_says_so(database: Database, words: str) -> None:
    bank = await database.write(lambda tx: new_bank(tx, text=rules(customer='"at_once"')))
    dispatch = new_dispatch(database, Clock())
    kept = (await dispatch.receive(typed(bank["Fay"], words, [bank["Bo"]], command="customer"))).card
    if labels(kept):
        await press(dispatch, bank["Fay"], kept, "It is praise: send to the supervisor")
    praise = await database.read(praise_of, words.removesuffix(" #solution"))
    assert (praise.status, praise.primary, praise.tier) == (Status.WAITING, Tag.SOLUTION, Tier.BASIC)
    assert await database.read(rows, tables.entries) == []


async def test_what_a_person_tagged_is_praise(database: Database, dispatch: Dispatch, bank: Bank) -> None:
    await forward(dispatch, bank, f"{WORDS} #attitude", "Bo")
    praise = await database.read(praise_of, WORDS)
    assert (praise.doubtful, praise.tagged_by, praise.primary) == (False, "giver", Tag.ATTITUDE)


async def test_a_colleagues_praise_is_never_doubtful(database: Database, dispatch: Dispatch, bank: Bank) -> None:
    await dispatch.receive(typed(bank["Fay"], WORDS, [bank["Bo"]]))
    praise = await database.read(praise_of, WORDS)
    assert (praise.doubtful, praise.status, praise.primary) == (False, Status.COUNTED, Tag.SOLUTION)


async def test_the_queue_has_them_as_a_part_and_parts_them_by_praise(
    database: Database, dispatch: Dispatch, bank: Bank
) -> None:
    await imported(database, bank, "maybe helped", "maybe solved", "maybe helped again", "maybe, maybe")
    await imported(database, bank, "she solved it", "he helped")
    card = await queue_of(dispatch, bank)
    shown = said(card)
    order = sorted(("maybe helped", "maybe solved", "she solved it", "he helped", "maybe helped again"), key=shown.find)
    assert order == ["she solved it", "maybe helped", "he helped", "maybe solved", "maybe helped again"]
    assert "Perhaps praise for Bo (Cards), " in shown
    part = (await press(dispatch, bank["Sun"], card, "Perhaps praise: 4")).card
    assert "4 to decide" in said(part)
    assert "she solved it" not in said(part)
    for _ in range(4):
        part = (await press(dispatch, bank["Sun"], part, "Not praise")).card
    assert "No more comments of this kind" in said(part)
    assert labels(part) == ["All 2"]


async def test_many_of_them_do_not_keep_praise_waiting(database: Database, bank: Bank) -> None:
    await imported(database, bank, *(f"maybe {number}" for number in range(60)), "she solved it", "he helped")
    who, teams = bank["Sun"].id, [bank.teams["Cards"].id]
    waiting = await database.read(praises.queue, bank.organisation.id, teams, who, 5)
    assert [praise.doubtful for praise in waiting] == [False, True, False, True, True]


async def test_they_are_another_kind_than_praise_of_the_same_tag(
    database: Database, dispatch: Dispatch, bank: Bank
) -> None:
    await imported(database, bank, "maybe helped 1", "maybe helped 2", "he helped 1", "he helped 2", "she solved it")
    shown = said(await queue_of(dispatch, bank))
    order = ["he helped 1", "maybe helped 1", "he helped 2", "maybe helped 2", "she solved it"]
    assert sorted(order, key=shown.find) == order


async def test_an_appeal_against_what_is_very_surely_none_is_not_among_the_very_sure(
    database: Database, dispatch: Dispatch, bank: Bank
) -> None:
    kept = (await dispatch.receive(typed(bank["Fay"], "a complaint", [bank["Bo"]], command="customer"))).card
    await press(dispatch, bank["Fay"], kept, "It is praise: send to the supervisor")

    def of(tx: Tx) -> list[int]:
        who, teams = bank["Sun"].id, [bank.teams["Cards"].id]
        return [praises.queue_length(tx, bank.organisation.id, teams, who, part) for part in Part]

    assert await database.read(of) == [1, 0, 1, 0]
    assert "the classifier says no (90% sure), Fay says yes" in said(await queue_of(dispatch, bank))


async def test_none_of_them_is_confirmed_among_the_very_sure_however_sure_a_model_may_be(
    database: Database, bank: Bank
) -> None:
    class Topsy(WordTagger):
        """A model so badly calibrated that it is sure of praise where it calls it none."""

        def tag(self, text: str) -> Tagging:
            return Tagging(False, (), None, None, 0.05, (), "topsy")

    lines = [CommentRow(number, f"she solved it {number}", agent="Bo") for number in (1, 2)]
    await import_rows(database, Topsy(), bank.organisation, lines, source="survey", clock=Clock())  # type: ignore[arg-type]
    dispatch = new_dispatch(database, Clock())
    card = await queue_of(dispatch, bank)
    assert "2 to decide" in said(card)
    assert [label for label in labels(card) if label.startswith("Confirm these")] == []
    who, teams = bank["Sun"].id, [bank.teams["Cards"].id]
    assert await database.read(praises.queue_length, bank.organisation.id, teams, who, Part.SURE) == 0
    form = (await press(dispatch, bank["Sun"], card, "Change agent")).form
    assert form is not None
    assert {field.name: field.value for field in form.fields}["confirm"] == ""


async def test_choosing_several_says_which_are_doubtful(database: Database, dispatch: Dispatch, bank: Bank) -> None:
    await imported(database, bank, "maybe helped", "she solved it")
    form = (await press(dispatch, bank["Sun"], await queue_of(dispatch, bank), "Choose several …")).form
    assert form is not None
    first, second = (choice.label for choice in form.fields[0].choices)
    assert "perhaps praise" not in first
    assert "perhaps praise" in second


async def test_an_import_tells_how_many_there_are(database: Database, bank: Bank) -> None:
    await imported(database, bank, WORDS, "she solved it", "a complaint")
    await imported(database, bank, "maybe", "a complaint about it", agent=None)
    first, second = map(said, await sent_to(database, bank, "Sun"))
    assert "New customer comments: 3, of which 1 are praise." in first
    assert "Perhaps praise: 1. The classifier is not sure and asks you." in first
    assert "For you to decide: 2." in first
    assert "New customer comments: 2, of which 0 are praise." in second
    assert "No agent named: 1." in second


async def test_a_board_does_not_call_it_praise_that_waits(database: Database, dispatch: Dispatch, bank: Bank) -> None:
    await forward(dispatch, bank, WORDS, "Bo")
    cards = bank.teams["Cards"].id
    assert await database.read(praises.open_in_team, bank.organisation.id, cards) == 0
    await forward(dispatch, bank, "she solved it", "Bo")
    assert await database.read(praises.open_in_team, bank.organisation.id, cards) == 1


async def test_it_is_forwarded_once_and_may_be_taken_back(database: Database, dispatch: Dispatch, bank: Bank) -> None:
    await forward(dispatch, bank, WORDS, "Bo")
    assert await forward(dispatch, bank, WORDS, "Bo") == told(AlreadyForwardedByYou())
    await dispatch.receive(typed(bank["Fay"], "undo"))
    assert (await database.read(praise_of, WORDS)).status is Status.UNDONE
    await forward(dispatch, bank, "a complaint", "Bo")
    kept = (await dispatch.receive(typed(bank["Fay"], "a complaint", [bank["Bo"]], command="customer"))).card
    assert labels(kept) == ["It is praise: send to the supervisor"]
    await press(dispatch, bank["Fay"], kept, "It is praise: send to the supervisor")
    assert await forward(dispatch, bank, "a complaint", "Bo") == told(AlreadyForwardedByYou())
    await dispatch.receive(typed(bank["Fay"], "undo"))
    assert "Your queue is empty" in said(await queue_of(dispatch, bank))
