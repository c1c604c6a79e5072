from __future__ import annotations

from bot.errors import NothingToUndo
from bot.handlers.giving import allowance
from bot.periods import local_day
from bot.praise import Status
from bot.rules import Rules
from bot.storage import rulebook
from bot.storage.database import Database, Tx
from bot.storage.members import Member
from bot.tags import Tag
from tests.builders import (
    Bank,
    Clock,
    give,
    new_bank,
    new_dispatch,
    praise_of,
    praises_of,
    press,
    pressed,
    said,
    told,
    typed,
)


def left(tx: Tx, bank: Bank, member: Member, clock: Clock) -> int:
    rules: Rules = rulebook.at(tx, bank.organisation.id, clock()).rules
    return allowance(tx, member, rules, local_day(clock(), member.timezone)).left


async def test_undo_on_a_receipt_takes_back_that_praise_and_no_other(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    first = await dispatch.receive(typed(bank["Ann"], "the first: you helped", [bank["Bo"], bank["Eve"]]))
    await give(dispatch, bank["Ann"], bank["Cai"], "the second: you helped")
    await press(dispatch, bank["Ann"], first.card, "Undo")
    assert {one.status for one in await database.read(praises_of, "the first: you helped")} == {Status.UNDONE}
    assert (await database.read(praise_of, "the second: you helped")).status is Status.COUNTED
    again = await press(dispatch, bank["Ann"], first.card, "Undo")
    assert said(again.card) == told(NothingToUndo())


async def test_nobody_undoes_what_somebody_else_gave(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    receipt = await dispatch.receive(typed(bank["Ann"], "you helped", [bank["Bo"]]))
    await press(dispatch, bank["Cai"], receipt.card, "Undo")
    assert (await database.read(praise_of, "you helped")).status is Status.COUNTED


async def test_what_is_undone_is_restored_to_who_seconded_it_too(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, clock := Clock())
    before = await database.read(left, bank, bank["Cai"], clock)
    receipt = await dispatch.receive(typed(bank["Ann"], "you helped", [bank["Bo"]]))
    praise = await database.read(praise_of, "you helped")
    await dispatch.receive(pressed(bank["Cai"], "praise.second", praise=praise.id))
    assert await database.read(left, bank, bank["Cai"], clock) < before
    await press(dispatch, bank["Ann"], receipt.card, "Undo")
    assert await database.read(left, bank, bank["Cai"], clock) == before


async def test_praised_again_it_is_as_private_and_as_tagged_as_it_is_said_now(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    await give(dispatch, bank["Ann"], bank["Bo"], "you helped")
    asked = await dispatch.receive(typed(bank["Ann"], "you helped #private #solution", [bank["Bo"]]))
    await press(dispatch, bank["Ann"], asked.card, "Praise again")
    first, second = await database.read(praises_of, "you helped")
    assert (first.private, second.private) == (False, True)
    assert (second.tags, second.primary, second.tagged_by) == ((Tag.SOLUTION,), Tag.SOLUTION, "giver")


async def test_what_was_undone_is_not_what_is_praised_again(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    await give(dispatch, bank["Ann"], bank["Bo"], "you helped")
    asked = await dispatch.receive(typed(bank["Ann"], "you helped", [bank["Bo"]]))
    await dispatch.receive(typed(bank["Ann"], "", command="undo"))
    await press(dispatch, bank["Ann"], asked.card, "Praise again")
    assert [one.status for one in await database.read(praises_of, "you helped")] == [Status.UNDONE, Status.COUNTED]
