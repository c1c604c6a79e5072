"""Comments that may be praise: the classifier calls them none without being sure, and a supervisor is asked."""

from __future__ import annotations

import pytest

from bot.chat import Button, Buttons, Card
from bot.dispatch import Dispatch
from bot.errors import AlreadyForwardedByYou
from bot.importing import import_rows
from bot.intake import CommentRow
from bot.learning.examples import CORRECTED, examples
from bot.praise import Status
from bot.storage import decisions, praises, tables
from bot.storage.database import Database, Tx
from bot.storage.praises import Part
from bot.tags import Tag, Tagging
from bot.wire import card_from_json
from tests.builders import (
    Bank,
    Clock,
    WordTagger,
    new_bank,
    new_dispatch,
    praise_of,
    press,
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


def buttons(card: Card | None) -> list[Button]:
    assert card is not None
    return [button for block in card.blocks if isinstance(block, Buttons) for button in block.buttons]


def labels(card: Card | None) -> list[str]:
    return [button.label for button in buttons(card)]


async def sent_to(database: Database, bank: Bank, who: str) -> list[Card]:
    """What a member was sent, in order."""
    outbox = await database.read(rows, tables.outbox)
    return [card_from_json(str(row["card"])) for row in outbox if row["conversation"] == f"m{bank[who].id}"]


@pytest.mark.parametrize(
    ("praise", "confidence", "doubtful", "likely"),
    [(True, 0.4, False, 0.4), (False, 0.69, True, 0.31), (False, 0.7, False, 0.3)],
)
def test_what_is_called_none_without_being_fairly_sure_is_doubtful(
    praise: bool, confidence: float, doubtful: bool, likely: float
) -> None:
    found = Tagging(praise, (), None, None, confidence, (), "model")
    assert found.doubtful is doubtful
    assert found.likely_praise == pytest.approx(likely)


async def test_a_supervisor_is_asked_and_the_forwarder_told_so(
    database: Database, dispatch: Dispatch, bank: Bank
) -> None:
    answer = await forward(dispatch, bank, WORDS, "Bo")
    assert "Passed to the supervisor: is it praise?" in answer
    assert "The classifier is not sure that it is praise." in answer
    (comment,) = await database.read(rows, tables.comments)
    assert (comment["praise"], comment["tags"]) == (False, ())
    card = (await sent_to(database, bank, "Sun"))[0]
    assert card.title == "Is this praise?"
    assert "Praise?: rather not, unsure (60%)" in said(card)
    assert "If so, tagged: basic praise (solution)" in said(card)
    assert labels(card)[:2] == ["It is praise", "Change tags"]
    assert await sent_to(database, bank, "Bo") == []


async def test_confirmed_it_counts_as_it_would_be_tagged_and_corrects_the_model(
    database: Database, dispatch: Dispatch, bank: Bank
) -> None:
    await forward(dispatch, bank, WORDS, "Bo")
    done = (await press(dispatch, bank["Sun"], await queue_of(dispatch, bank), "It is praise")).card
    assert "Confirmed for Bo: basic praise (solution)." in said(done)
    assert "A customer praised you" in said((await sent_to(database, bank, "Bo"))[0])
    (taken,) = await database.read(decisions.decided, bank.organisation.id, 9)
    assert taken.said is not None
    assert not taken.said.praise
    (example,) = examples([taken])
    assert (example.praise, example.primary, example.weight) == (True, Tag.SOLUTION, CORRECTED)


async def test_who_forwarded_it_reads_why_it_is_none(database: Database, dispatch: Dispatch, bank: Bank) -> None:
    await forward(dispatch, bank, WORDS, "Bo")
    reply = await press(dispatch, bank["Sun"], await queue_of(dispatch, bank), "Not praise")
    assert reply.form is not None
    assert {field.name for field in reply.form.fields} == {"why", "reason"}


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


@pytest.mark.parametrize("words", [WORDS, "a complaint that she solved"])
async def test_it_never_counts_before_a_supervisor_says_so(database: Database, words: str) -> None:
    bank = await database.write(lambda tx: new_bank(tx, text=rules(customer='"at_once"')))
    dispatch = new_dispatch(database, Clock())
    kept = (await dispatch.receive(typed(bank["Fay"], words, [bank["Bo"]], command="customer"))).card
    if labels(kept):
        await press(dispatch, bank["Fay"], kept, "It is praise: send to the supervisor")
    praise = await database.read(praise_of, words)
    assert (praise.status, praise.doubtful, praise.primary) == (Status.WAITING, True, Tag.SOLUTION)
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
    await imported(database, bank, *(f"maybe helped {number}" for number in range(5)), "she solved it", "he helped")
    card = await queue_of(dispatch, bank)
    shown = said(card)
    order = sorted(("maybe helped 0", "maybe helped 1", "she solved it", "maybe helped 2"), key=shown.find)
    assert order == ["maybe helped 0", "maybe helped 1", "she solved it", "maybe helped 2"]
    assert "Perhaps praise for Bo (Cards), " in shown
    part = (await press(dispatch, bank["Sun"], card, "Perhaps praise: 5")).card
    assert "5 to decide" in said(part)
    assert "she solved it" not in said(part)
    assert [label for label in labels(part) if label.startswith("Confirm these")] == []
    for _ in range(5):
        part = (await press(dispatch, bank["Sun"], part, "Not praise")).card
    assert "Nothing doubtful waits any more" in said(part)
    assert labels(part) == ["All 2"]


async def test_an_appeal_against_what_is_very_surely_none_is_not_among_the_very_sure(
    database: Database, dispatch: Dispatch, bank: Bank
) -> None:
    kept = (await dispatch.receive(typed(bank["Fay"], "a complaint", [bank["Bo"]], command="customer"))).card
    await press(dispatch, bank["Fay"], kept, "It is praise: send to the supervisor")

    def of(tx: Tx) -> list[int]:
        who, teams = bank["Sun"].id, [bank.teams["Cards"].id]
        return [praises.queue_length(tx, bank.organisation.id, teams, who, part) for part in Part]

    assert await database.read(of) == [1, 0, 1, 0]
    assert "rather not, very sure (90%)" in said(await queue_of(dispatch, bank))


async def test_choosing_several_says_which_are_doubtful(database: Database, dispatch: Dispatch, bank: Bank) -> None:
    await imported(database, bank, "maybe helped", "she solved it")
    form = (await press(dispatch, bank["Sun"], await queue_of(dispatch, bank), "Choose several …")).form
    assert form is not None
    first, second = (choice.label for choice in form.fields[0].choices)
    assert "perhaps praise" in first
    assert "perhaps praise" not in second


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
    assert "Your queue is empty" in said(await queue_of(dispatch, bank))
