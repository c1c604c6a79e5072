"""Customers' words forwarded in the chat: each once, unless taken back, and nobody in the way of others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.errors import AlreadyForwarded, PraisingBot, PraisingLeaver
from bot.storage import tables
from bot.storage.database import Database, Tx
from tests.builders import (
    Bank,
    Clock,
    new_bank,
    new_dispatch,
    new_member,
    press,
    pressed,
    rows,
    said,
    told,
    typed,
    went_through,
)


def _two_more(tx: Tx) -> Bank:
    bank = new_bank(tx)
    cards = bank.teams["Cards"]
    people: dict[str, Any] = dict(bank.people)
    people["Gus"] = new_member(tx, bank.organisation, "Gus", cards, active=False)
    people["Robo"] = new_member(tx, bank.organisation, "Robo", bot=True)
    people["张路"] = new_member(tx, bank.organisation, "张路", cards, other_names=("小庄",))
    return Bank(bank.organisation, bank.workspace, bank.teams, people)


@pytest.fixture
async def bank(database: Database) -> Bank:
    return await database.write(_two_more)


@pytest.mark.parametrize("again", ["Dan", "Fay"])
async def test_what_was_taken_back_may_be_forwarded_again(database: Database, bank: Bank, again: str) -> None:
    dispatch = new_dispatch(database, Clock())
    words = typed(bank["Dan"], "she solved it", [bank["Bo"]], command="customer")
    assert went_through(await dispatch.receive(words))
    await dispatch.receive(typed(bank["Dan"], "undo"))
    repeated = typed(bank[again], "she solved it", [bank["Bo"]], command="customer")
    assert went_through(await dispatch.receive(repeated))
    third = typed(bank["Cai"], "she solved it", [bank["Bo"]], command="customer")
    assert said((await dispatch.receive(third)).card) == told(AlreadyForwarded(name=again))


async def test_what_still_stands_for_one_agent_is_not_forwarded_again(database: Database, bank: Bank) -> None:
    dispatch = new_dispatch(database, Clock())
    words = typed(bank["Dan"], "they solved it", [bank["Bo"], bank["Eve"]], command="customer")
    await dispatch.receive(words)
    first = (await database.read(rows, tables.praises))[0]
    assert went_through(await dispatch.receive(pressed(bank["Sun"], "confirm.confirm", praise=first["id"])))
    await dispatch.receive(typed(bank["Dan"], "undo"))
    again = typed(bank["Fay"], "they solved it", [bank["Bo"], bank["Eve"]], command="customer")
    assert said((await dispatch.receive(again)).card) == told(AlreadyForwarded(name="Dan"))


async def test_the_day_of_a_comment_is_that_of_the_organisation(database: Database, bank: Bank) -> None:
    dispatch = new_dispatch(database, clock := Clock(datetime(2026, 11, 18, 23, 59, tzinfo=UTC)))  # 07:59 in Shanghai
    await dispatch.receive(typed(bank["Dan"], "she solved it", [bank["Bo"]], command="customer"))
    clock.on(minutes=2)
    again = typed(bank["Fay"], "she solved it", [bank["Bo"]], command="customer")
    assert said((await dispatch.receive(again)).card) == told(AlreadyForwarded(name="Dan"))
    clock.at = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)  # the next midnight there
    again = typed(bank["Fay"], "she solved it", [bank["Bo"]], command="customer")
    assert went_through(await dispatch.receive(again))


async def test_a_link_made_up_by_one_does_not_stand_in_anothers_way(database: Database, bank: Bank) -> None:
    dispatch = new_dispatch(database, Clock())

    def sent(who: str, words: str) -> Any:
        to = typed(bank[who], "", [bank["Bo"]]).mentions[0].user_id
        return pressed(bank[who], "comment.submit", to=(to,), words=words, link="/c/team-1#7")

    assert went_through(await dispatch.receive(sent("Dan", "anything: helped")))
    assert went_through(await dispatch.receive(sent("Fay", "she solved it")))
    again = (await dispatch.receive(sent("Cai", "she solved it"))).card
    assert said(again) == told(AlreadyForwarded(name="Fay"))


@pytest.mark.parametrize(("who", "refusal"), [("Gus", PraisingLeaver), ("Robo", PraisingBot)])
async def test_an_appeal_names_nobody_who_cannot_be_praised(
    database: Database, bank: Bank, who: str, refusal: Any
) -> None:
    dispatch = new_dispatch(database, Clock())
    kept = await dispatch.receive(typed(bank["Dan"], "a complaint", [bank["Bo"]], command="customer"))
    (comment,) = await database.read(rows, tables.comments)
    crafted = pressed(bank["Dan"], "comment.appeal", comment=comment["id"], to=f"{bank['Bo'].id},{bank[who].id}")
    assert said((await dispatch.receive(crafted)).card) == told(refusal(name=who))
    assert await database.read(rows, tables.praises) == []
    await press(dispatch, bank["Dan"], kept.card, "It is praise: send to the supervisor")
    (made,) = await database.read(rows, tables.praises)
    assert made["recipient_id"] == bank["Bo"].id


@pytest.mark.parametrize("command", ["", "customer"])
@pytest.mark.parametrize("words", ["感谢张路5号，helped，电话", "客户小庄，小庄3号helped，电话"])
async def test_what_the_organisation_calls_its_people_stays(
    database: Database, bank: Bank, command: str, words: str
) -> None:
    dispatch = new_dispatch(database, Clock())
    sent = typed(bank["Dan"], f"{words}13800138000", [bank["张路"]], command=command)
    assert went_through(await dispatch.receive(sent))
    (made,) = await database.read(rows, tables.praises)
    assert made["text"] == f"{words}[手机号]"
