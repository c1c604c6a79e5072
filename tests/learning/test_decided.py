"""What is read of decisions that were taken as people take them."""

from __future__ import annotations

from bot.dispatch import Dispatch
from bot.learning.keeping import own_examples
from bot.storage import decisions
from bot.storage.database import Database
from bot.storage.decisions import Decided
from bot.tags import Tag, Tier
from tests.builders import Bank, Clock, give, new_bank, new_dispatch, praise_of, pressed, typed
from tests.builders import press as press_button

RETAG = {"tags": ("solution",), "primary": "solution", "tier": "basic"}


async def decided(database: Database, bank: Bank) -> list[Decided]:
    return list(await database.read(decisions.decided, bank.organisation.id, 100))


async def decide(database: Database, dispatch: Dispatch, bank: Bank, text: str, outcome: str, **values: object) -> None:
    praise = await database.read(praise_of, text)
    await dispatch.receive(pressed(bank["Sun"], f"confirm.{outcome}", praise=praise.id, **values))  # type: ignore[arg-type]


async def test_a_retagged_comment_is_read_with_what_the_classifier_had_said(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    await dispatch.receive(typed(bank["Ann"], "they helped", [bank["Bo"]], command="customer"))
    await decide(database, dispatch, bank, "they helped", "retag", **RETAG)
    (one,) = await decided(database, bank)
    assert one.said is not None
    assert (one.said.primary, one.labels.primary, one.labels.tier) == (Tag.ATTITUDE, Tag.SOLUTION, Tier.BASIC)
    assert one.customer


async def test_an_appeal_that_was_right_teaches_that_it_is_praise(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    reply = await dispatch.receive(typed(bank["Ann"], "complaint? no, thanks", [bank["Bo"]], command="customer"))
    await press_button(dispatch, bank["Ann"], reply.card, "It is praise: send to the supervisor")
    await decide(database, dispatch, bank, "complaint? no, thanks", "confirm")
    (one,) = await decided(database, bank)
    assert one.said is not None
    assert (one.said.praise, one.labels.praise) == (False, True)


async def test_tags_that_a_colleague_chose_are_not_the_classifiers_also_when_a_supervisor_changes_them(
    database: Database,
) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    await give(dispatch, bank["Ann"], bank["Bo"], "was there for me #attitude")
    await decide(database, dispatch, bank, "was there for me", "retag", **RETAG)
    assert [one.said for one in await decided(database, bank)] == [None]
    assert await database.read(own_examples, bank.organisation.id) == []


async def test_a_highlight_that_the_supervisor_raised_as_the_classifier_read_it_stands(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    await give(dispatch, bank["Ann"], bank["Bo"], "went the extra mile")
    await decide(database, dispatch, bank, "went the extra mile", "raise")
    (one,) = await decided(database, bank)
    assert one.said == one.labels
