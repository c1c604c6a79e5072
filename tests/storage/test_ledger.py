"""The ledger: append-only in the database itself, reversed once, and always what its postings say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import delete, exc, insert, text, update

from bot.localchat import account
from bot.periods import local_day
from bot.praise import Status
from bot.storage import ledger, tables, verification
from bot.storage.database import Database, Tx
from bot.wire import card_from_json
from tests.builders import (
    WEDNESDAY,
    Clock,
    give,
    new_bank,
    new_dispatch,
    praise_of,
    pressed,
    rows,
    rules,
    said,
    typed,
)

# --- the database refuses ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", [tables.entries, tables.postings], ids=lambda table: table.name)
@pytest.mark.parametrize(
    "change",
    [
        lambda table: update(table).values(id=table.c.id),
        lambda table: update(table).values(id=table.c.id + 100),
        delete,
    ],
    ids=["update to the same", "update", "delete"],
)
async def test_what_is_booked_cannot_be_changed_or_deleted(
    database: Database, table: tables.Table, change: Callable[[tables.Table], object]
) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    await give(dispatch, bank["Ann"], bank["Bo"], "you helped")
    before = await database.read(rows, table)

    with pytest.raises(exc.DBAPIError, match="append-only"), database.engine.begin() as tx:
        tx.execute(change(table))  # type: ignore[call-overload]

    assert before
    assert await database.read(rows, table) == before


REWRITTEN = {
    "entries": "id, organisation_id, cause, praise_id, recipient_id, team_id, giver_id, giver_team_id, kind, tags, "
    "'highlight', sign, reverses_id, rules_id, day, created",
    "postings": "id, entry_id, account, owner, amount * 50",
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE", "INSERT"])
@pytest.mark.parametrize("table", list(REWRITTEN))
async def test_what_is_booked_cannot_be_replaced(database: Database, table: str, verb: str) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    await give(dispatch, bank["Ann"], bank["Bo"], "you helped")
    before = await database.read(rows, tables.metadata.tables[table])

    with pytest.raises(exc.DBAPIError, match="append-only"), database.engine.begin() as tx:
        tx.execute(text(f"{verb} INTO {table} SELECT {REWRITTEN[table]} FROM {table}"))

    assert await database.read(rows, tables.metadata.tables[table]) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_reversal_cannot_be_replaced_by_another_of_the_same_entry(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    await give(dispatch, bank["Ann"], bank["Bo"], "you helped")
    await dispatch.receive(pressed(bank["Ann"], "praise.undo"))
    before = await database.read(rows, tables.entries)
    columns = REWRITTEN["entries"].removeprefix("id, ").replace("'highlight'", "tier")

    with pytest.raises(exc.DBAPIError, match="append-only"), database.engine.begin() as tx:
        tx.execute(text(f"INSERT OR REPLACE INTO entries SELECT 99, {columns} FROM entries WHERE sign = -1"))

    assert await database.read(rows, tables.entries) == before


@pytest.mark.parametrize("table", list(REWRITTEN))
async def test_what_is_booked_cannot_be_changed_by_inserting_it_again(database: Database, table: str) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    await give(dispatch, bank["Ann"], bank["Bo"], "you helped")
    before = await database.read(rows, tables.metadata.tables[table])
    again = f"INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT (id) DO UPDATE SET id = {table}.id + 100"

    with pytest.raises(exc.DBAPIError, match="append-only"), database.engine.begin() as tx:
        tx.execute(text(again))

    assert await database.read(rows, tables.metadata.tables[table]) == before


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite truncates by DELETE
@pytest.mark.parametrize("table", ["entries", "postings"])
def test_what_is_booked_cannot_be_truncated(database: Database, table: str) -> None:
    with pytest.raises(exc.DBAPIError, match="append-only"), database.engine.begin() as tx:
        tx.execute(text(f"TRUNCATE {table} CASCADE"))


async def test_an_entry_is_reversed_once_whoever_tries(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    await give(dispatch, bank["Ann"], bank["Bo"], "you helped")
    await dispatch.receive(pressed(bank["Ann"], "praise.undo"))
    (reversal,) = [row for row in await database.read(rows, tables.entries) if row["sign"] == -1]

    def reverse_again(tx: Tx) -> None:
        tx.execute(insert(tables.entries).values({**reversal, "id": None}))

    with pytest.raises(exc.IntegrityError):
        await database.write(reverse_again)


async def test_reversing_a_praise_twice_takes_its_points_back_once(database: Database) -> None:
    dispatch = new_dispatch(database, clock := Clock())
    bank = await database.write(new_bank)
    await give(dispatch, bank["Ann"], bank["Bo"], "you helped")
    praise = await database.read(praise_of, "you helped")

    taken = [await database.write(ledger.reverse, praise.id, praise.day, clock()) for _ in range(2)]

    assert taken == [2, 0]
    assert await database.read(ledger.balance, bank["Bo"].id) == 0


async def test_every_posting_names_the_rules_it_followed(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    await give(dispatch, bank["Ann"], bank["Bo"], "you helped")
    praise = await database.read(praise_of, "you helped")
    (entry,) = await database.read(rows, tables.entries)
    assert entry["rules_id"] == praise.rules_id
    assert entry["day"] == local_day(WEDNESDAY, "Asia/Shanghai")


# --- a praise that turns out to be somebody else's --------------------------------------------------------------------


async def test_what_counts_already_moves_with_its_seconds_to_whose_it_is(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank, text=rules(customer='"at_once"'))
    bo, cai = bank["Bo"], bank["Cai"]
    await dispatch.receive(typed(bank["Ann"], "he solved it", [bo], command="customer"))
    praise = await database.read(praise_of, "he solved it")
    await dispatch.receive(pressed(bank["Dan"], "praise.second", praise=praise.id))
    assert await database.read(ledger.balance, bo.id) == 6 + 1

    for _ in range(2):  # said twice, it moves once
        await dispatch.receive(pressed(bank["Sun"], "confirm.assign", praise=praise.id, to=account(cai.id)))

    assert await database.read(ledger.balance, bo.id) == 0
    assert await database.read(ledger.balance, cai.id) == 6 + 1
    assert len(await database.read(rows, tables.entries)) == 6
    assert (await database.read(verification.verify)).discrepancies == ()
    told = Counter(row["conversation"] for row in await database.read(rows, tables.outbox) if not row["replaces_id"])
    assert told[account(cai.id)] == 1


async def test_what_moves_leaves_on_the_day_of_who_had_it_and_counts_on_that_of_whose_it_is(database: Database) -> None:
    dispatch = new_dispatch(database, clock := Clock())
    zones = {"Cards": "Asia/Shanghai", "Loans": "America/Los_Angeles"}
    bank = await database.write(new_bank, text=rules(customer='"at_once"'), timezones=zones)
    await dispatch.receive(typed(bank["Ann"], "he solved it", [bank["Bo"]], command="customer"))
    praise = await database.read(praise_of, "he solved it")

    await dispatch.receive(pressed(bank["Mo"], "confirm.assign", praise=praise.id, to=account(bank["Eve"].id)))

    _, left, came = await database.read(rows, tables.entries)
    assert (left["sign"], left["day"]) == (-1, local_day(clock(), "Asia/Shanghai"))
    assert (came["sign"], came["day"]) == (1, local_day(clock(), "America/Los_Angeles"))
    assert left["day"] != came["day"]


async def test_who_lost_a_praise_that_was_not_theirs_sees_neither_it_nor_the_others_balance(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank, text=rules(customer='"at_once"'))
    await dispatch.receive(typed(bank["Ann"], "he solved it", [bank["Bo"]], command="customer"))
    praise = await database.read(praise_of, "he solved it")

    await dispatch.receive(pressed(bank["Sun"], "confirm.assign", praise=praise.id, to=account(bank["Cai"].id)))

    cards = [row for row in await database.read(rows, tables.outbox) if row["conversation"] == account(bank["Bo"].id)]
    shown = said(card_from_json(cards[-1]["card"]))
    assert "solved it" in said(card_from_json(cards[0]["card"]))
    assert shown
    assert "solved it" not in shown
    assert not any(character.isdigit() for character in shown)


async def test_what_a_colleague_said_of_somebody_cannot_be_given_to_another(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    await give(dispatch, bank["Ann"], bank["Bo"], "you helped")
    praise = await database.read(praise_of, "you helped")

    await dispatch.receive(pressed(bank["Sun"], "confirm.assign", praise=praise.id, to=account(bank["Cai"].id)))

    assert (await database.read(praise_of, "you helped")).recipient_id == bank["Bo"].id


async def test_undo_takes_the_praise_given_last_back_even_after_the_clock_was_set_back(database: Database) -> None:
    dispatch = new_dispatch(database, clock := Clock())
    bank = await database.write(new_bank)
    await give(dispatch, bank["Ann"], bank["Bo"], "the first: you helped")
    clock.on(hours=-1)
    await give(dispatch, bank["Ann"], bank["Bo"], "the last: you helped")

    await dispatch.receive(pressed(bank["Ann"], "praise.undo"))

    assert (await database.read(praise_of, "the first: you helped")).status is Status.COUNTED
    assert (await database.read(praise_of, "the last: you helped")).status is Status.UNDONE
