from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import update

from bot.errors import OwnPraise
from bot.localchat import account
from bot.praise import Status
from bot.storage import ledger, praises, tables
from bot.storage.database import Database
from bot.wire import card_from_json
from tests.builders import (
    Bank,
    Clock,
    give,
    new_bank,
    new_dispatch,
    new_member,
    praise_of,
    praises_of,
    pressed,
    rows,
    rules,
    said,
    told,
    typed,
)


async def shown(database: Database, conversation: str) -> str:
    """Return what stands in a conversation in the end, as far as it was sent or will be."""
    found = [row for row in await database.read(rows, tables.outbox) if row["conversation"] == conversation]
    replaced = {row["replaces_id"] for row in found}
    return "\n".join(said(card_from_json(row["card"])) for row in found if row["id"] not in replaced)


def channel(bank: Bank, team: str) -> str:
    address = bank.teams[team].channel
    assert address is not None
    return address.conversation


async def test_nobody_credits_themselves_with_what_counts_already(database: Database) -> None:
    bank = await database.write(new_bank, text=rules(customer='"at_once"'))
    dispatch = new_dispatch(database, Clock())
    await dispatch.receive(typed(bank["Ann"], "he solved it", [bank["Bo"]], command="customer"))
    praise = await database.read(praise_of, "he solved it")
    reply = await dispatch.receive(pressed(bank["Sun"], "confirm.assign", praise=praise.id, to=account(bank["Sun"].id)))
    assert reply.form is not None
    assert reply.form.errors == {"to": told(OwnPraise())}
    assert await database.read(ledger.balance, bank["Sun"].id) == 0


async def test_a_forwarder_hears_that_it_was_confirmed(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    await dispatch.receive(typed(bank["Ann"], "he solved it", [bank["Bo"]], command="customer"))
    praise = await database.read(praise_of, "he solved it")
    await dispatch.receive(pressed(bank["Sun"], "confirm.confirm", praise=praise.id))
    assert "The customer praise you forwarded is confirmed" in await shown(database, account(bank["Ann"].id))


async def test_the_star_of_one_stays_when_another_of_the_same_words_is_confirmed_without(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    await dispatch.receive(typed(bank["Ann"], "you both helped", [bank["Bo"], bank["Cai"]]))
    first, second = await database.read(praises_of, "you both helped")
    await dispatch.receive(pressed(bank["Sun"], "confirm.raise", praise=first.id))
    await dispatch.receive(pressed(bank["Sun"], "confirm.confirm", praise=second.id))
    assert "★" in await shown(database, channel(bank, "Cards"))


async def test_a_praise_that_moves_to_another_team_leaves_the_first_ones_channel(database: Database) -> None:
    bank = await database.write(new_bank, text=rules(customer='"at_once"'))
    dispatch = new_dispatch(database, Clock())
    await dispatch.receive(typed(bank["Ann"], "he solved it", [bank["Bo"]], command="customer"))
    praise = await database.read(praise_of, "he solved it")
    await dispatch.receive(pressed(bank["Mo"], "confirm.assign", praise=praise.id, to=account(bank["Eve"].id)))
    assert "solved it" not in await shown(database, channel(bank, "Cards"))
    assert "solved it" in await shown(database, channel(bank, "Loans"))


async def test_a_private_praise_of_somebody_without_a_team_waits_for_who_sees_all(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    await give(dispatch, bank["Ann"], bank["Mo"], "you helped #private")
    praise = await database.read(praise_of, "you helped")
    teams = (bank.teams["Cards"].id,)
    assert await database.read(praises.queue_length, bank.organisation.id, teams, bank["Sun"].id) == 0
    await dispatch.receive(pressed(bank["Sun"], "confirm.confirm", praise=praise.id))
    assert (await database.read(praise_of, "you helped")).status.open


async def test_what_somebody_forwards_for_themselves_waits_whatever_the_rules(database: Database) -> None:
    bank = await database.write(new_bank, text=rules(customer='"at_once"'))
    dispatch = new_dispatch(database, Clock())
    await dispatch.receive(typed(bank["Bo"], "he solved it", [bank["Bo"]], command="customer"))
    assert (await database.read(praise_of, "he solved it")).status is Status.WAITING
    assert await database.read(ledger.balance, bank["Bo"].id) == 0


async def test_a_members_name_in_a_reason_is_not_masked_and_a_customers_is(database: Database) -> None:
    bank = await database.write(new_bank)
    await database.write(lambda tx: new_member(tx, bank.organisation, "张伟", bank.teams["Cards"]))
    dispatch = new_dispatch(database, Clock())
    await give(dispatch, bank["Ann"], bank["Bo"], "you helped")
    praise = await database.read(praise_of, "you helped")
    reason = "客户张伟说过，客户邓少华没说，13812345678"
    await dispatch.receive(pressed(bank["Sun"], "confirm.reject", praise=praise.id, reason=reason))
    (decision,) = await database.read(rows, tables.decisions)
    assert decision["reason"] == "客户张伟说过，客户[姓名]没说，[手机号]"


async def test_the_queue_says_when_the_customer_said_it(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    await dispatch.receive(typed(bank["Ann"], "he solved it", [bank["Bo"]], command="customer"))
    said_on = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
    await database.write(lambda tx: tx.execute(update(tables.comments).values(occurred=said_on)))
    queue = await dispatch.receive(typed(bank["Sun"], "", command="queue"))
    assert "2 Nov, 12:00" in said(queue.card)
