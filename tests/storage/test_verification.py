"""`verify` finds every kind of corruption, and `rebuild` mends what can be computed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Table, delete, func, insert, select, text, update

from bot.i18n import translator
from bot.reports import discrepancy
from bot.storage import ledger, rulebook, verification
from bot.storage.database import Database, Tx
from bot.storage.tables import balances, entries, postings, praises, seconds, totals
from tests.builders import (
    WEDNESDAY,
    Bank,
    Clock,
    give,
    new_bank,
    new_dispatch,
    praise_of,
    pressed,
    rows,
    rules,
    typed,
)

Corrupt = Callable[[Tx, Bank], object]


async def a_lively_bank(database: Database) -> Bank:
    """A bank with praise in every state: counted, seconded, retagged, confirmed, rejected, undone, waiting."""
    dispatch = new_dispatch(database, clock := Clock())
    bank = await database.write(new_bank, text=rules(amount="100"))
    for index, reason in enumerate(("stands: helped", "raised: helped", "rejected: helped", "undone: helped")):
        await give(dispatch, bank["Ann"], bank["Bo" if index % 2 else "Cai"], reason)
        clock.on(hours=9)
    await dispatch.receive(pressed(bank["Ann"], "praise.undo"))
    for action, reason in (("raise", "raised: helped"), ("reject", "rejected: helped")):
        praise = await database.read(praise_of, reason)
        await dispatch.receive(pressed(bank["Dan"], "praise.second", praise=praise.id))
        await dispatch.receive(pressed(bank["Sun"], f"confirm.{action}", praise=praise.id, reason="no"))
    await dispatch.receive(typed(bank["Eve"], "waits: he solved it", [bank["Bo"]], command="customer"))
    return bank


async def test_a_ledger_that_nobody_touched_verifies(database: Database) -> None:
    await a_lively_bank(database)
    found = await database.read(verification.verify)
    assert found.discrepancies == ()
    assert found.entries == len(await database.read(rows, entries)) == 11
    assert found.points == 2 + 5 + 1


def without_triggers(tx: Tx) -> None:
    """Do to the database what only somebody with its password could."""
    for table in ("entries", "postings"):
        if tx.dialect.name == "postgresql":
            tx.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        else:
            tx.execute(text(f"DROP TRIGGER {table}_no_update"))
            tx.execute(text(f"DROP TRIGGER {table}_no_delete"))


def latest(tx: Tx, *conditions: object) -> int:
    return int(tx.execute(select(func.max(entries.c.id)).where(*conditions)).scalar_one())  # type: ignore[arg-type]


def one_posting_is_changed(tx: Tx, bank: Bank) -> None:
    tx.execute(update(postings).where(postings.c.id == 1).values(amount=postings.c.amount + 1))


def one_posting_is_gone(tx: Tx, bank: Bank) -> None:
    tx.execute(delete(postings).where(postings.c.id == 1))


def both_postings_are_gone(tx: Tx, bank: Bank) -> None:
    tx.execute(delete(postings).where(postings.c.entry_id == 1))


def an_entry_is_worth_more(tx: Tx, bank: Bank) -> None:
    tx.execute(update(postings).where(postings.c.entry_id == 1).values(amount=postings.c.amount * 2))


def with_matching_sums(tx: Tx, member_id: int, points: int) -> None:
    """Make totals and balance agree with ``points`` slipped in for a member."""
    day = tx.execute(select(func.min(totals.c.day)).where(totals.c.member_id == member_id)).scalar_one()
    mine = (totals.c.member_id == member_id) & (totals.c.day == day)
    tx.execute(update(totals).where(mine).values(points=totals.c.points + points))
    tx.execute(update(balances).where(balances.c.member_id == member_id).values(amount=balances.c.amount + points))


def points_were_slipped_in(tx: Tx, bank: Bank) -> None:
    for account, owner, amount in (("personal", bank["Cai"].id, 500), ("issued", 0, -500)):
        tx.execute(insert(postings).values(entry_id=1, account=account, owner=owner, amount=amount))
    with_matching_sums(tx, bank["Cai"].id, 500)


def a_second_is_worth_more(tx: Tx, bank: Bank) -> None:
    reversed_ = select(entries.c.reverses_id).where(entries.c.reverses_id.is_not(None))
    second = latest(tx, entries.c.cause == "second", entries.c.sign == 1, entries.c.id.not_in(reversed_))
    row = next(row for row in rows(tx, entries) if row["id"] == second)
    for account, owner, amount in (("personal", row["recipient_id"], 1), ("issued", 0, -1)):
        tx.execute(insert(postings).values(entry_id=second, account=account, owner=owner, amount=amount))
    with_matching_sums(tx, row["recipient_id"], 1)


def a_praise_is_of_another_tag_than_was_booked(tx: Tx, bank: Bank) -> None:
    tx.execute(update(praises).where(praises.c.id == 1).values(primary_tag="value_added"))


def points_went_to_another(tx: Tx, bank: Bank) -> None:
    moved = (postings.c.entry_id == 1) & (postings.c.account == "personal")
    tx.execute(update(postings).where(moved).values(owner=bank["Dan"].id))


def a_reversal_took_too_little(tx: Tx, bank: Bank) -> None:
    reversal = latest(tx, entries.c.sign == -1, entries.c.cause == "praise")
    signs = func.sign(postings.c.amount)
    tx.execute(update(postings).where(postings.c.entry_id == reversal).values(amount=signs))


def a_reversal_names_another_praise(tx: Tx, bank: Bank) -> None:
    reversal = latest(tx, entries.c.sign == -1)
    tx.execute(update(entries).where(entries.c.id == reversal).values(praise_id=1))


def a_booking_became_a_reversal(tx: Tx, bank: Bank) -> None:
    tx.execute(update(entries).where(entries.c.id == 2).values(reverses_id=1))


def a_praise_was_counted_twice(tx: Tx, bank: Bank) -> None:
    (entry,) = (row for row in rows(tx, entries) if row["id"] == 1)
    booked = ledger.Entry(**{name: entry[name] for name in ledger.Entry.__dataclass_fields__})
    ledger.book(tx, booked, 2, WEDNESDAY)


def a_praise_was_rejected_without_taking_its_points(tx: Tx, bank: Bank) -> None:
    tx.execute(update(praises).where(praises.c.id == 1).values(status="rejected"))


def a_praise_counts_that_was_never_booked(tx: Tx, bank: Bank) -> None:
    waiting = select(praises.c.id).where(praises.c.status == "waiting").scalar_subquery()
    tx.execute(update(praises).where(praises.c.id == waiting).values(status="confirmed"))


def a_praise_changed_hands(tx: Tx, bank: Bank) -> None:
    tx.execute(update(praises).where(praises.c.id == 1).values(recipient_id=bank["Dan"].id))


def a_second_was_taken_out(tx: Tx, bank: Bank) -> None:
    raised = select(praises.c.id).where(praises.c.status == "confirmed").scalar_subquery()
    tx.execute(delete(seconds).where(seconds.c.praise_id == raised))


def a_total_is_off(tx: Tx, bank: Bank) -> None:
    tx.execute(update(totals).values(points=totals.c.points + 1).where(totals.c.member_id == bank["Cai"].id))


def a_count_is_off(tx: Tx, bank: Bank) -> None:
    tx.execute(update(totals).values(given=totals.c.given + 1).where(totals.c.member_id == bank["Ann"].id))


def a_total_lies_on_another_day(tx: Tx, bank: Bank) -> None:
    day = tx.execute(select(func.min(totals.c.day)).where(totals.c.member_id == bank["Cai"].id)).scalar_one()
    mine = (totals.c.member_id == bank["Cai"].id) & (totals.c.day == day)
    tx.execute(update(totals).where(mine).values(day=day - timedelta(days=1)))


def a_total_is_gone(tx: Tx, bank: Bank) -> None:
    tx.execute(delete(totals).where(totals.c.member_id == bank["Cai"].id))


def a_total_came_from_nowhere(tx: Tx, bank: Bank) -> None:
    day = tx.execute(select(func.max(totals.c.day))).scalar_one()
    row = {"organisation_id": bank.organisation.id, "day": day, "member_id": bank["Fay"].id, "team_id": 0}
    tx.execute(insert(totals).values(**row, points=7))


def a_balance_is_off(tx: Tx, bank: Bank) -> None:
    tx.execute(update(balances).values(amount=balances.c.amount - 1).where(balances.c.member_id == bank["Bo"].id))


def a_balance_is_gone(tx: Tx, bank: Bank) -> None:
    tx.execute(delete(balances).where(balances.c.member_id == bank["Bo"].id))


def a_balance_came_from_nowhere(tx: Tx, bank: Bank) -> None:
    tx.execute(insert(balances).values(member_id=bank["Fay"].id, amount=7))


BOOKED: dict[Corrupt, set[str]] = {
    one_posting_is_changed: {"unbalanced", "total", "balance", "worth"},
    one_posting_is_gone: {"unbalanced", "total", "balance", "worth"},
    both_postings_are_gone: {"total", "balance", "worth"},
    an_entry_is_worth_more: {"total", "balance", "worth"},
    points_went_to_another: {"balance", "worth"},
    points_were_slipped_in: {"worth"},
    a_second_is_worth_more: {"total", "worth"},
    a_praise_is_of_another_tag_than_was_booked: {"worth"},
    a_reversal_took_too_little: {"bad_reversal", "total", "balance"},
    a_reversal_names_another_praise: {"bad_reversal", "praise_bookings"},
    a_booking_became_a_reversal: {"bad_reversal"},
    a_praise_was_counted_twice: {"praise_bookings"},
    a_praise_was_rejected_without_taking_its_points: {"praise_bookings"},
    a_praise_counts_that_was_never_booked: {"praise_bookings"},
    a_praise_changed_hands: {"praise_bookings"},
    a_second_was_taken_out: {"praise_bookings"},
}
DERIVED: dict[Corrupt, set[str]] = {
    a_total_is_off: {"total"},
    a_count_is_off: {"total"},
    a_total_lies_on_another_day: {"total"},
    a_total_is_gone: {"total"},
    a_total_came_from_nowhere: {"total"},
    a_balance_is_off: {"balance"},
    a_balance_is_gone: {"balance"},
    a_balance_came_from_nowhere: {"balance"},
}


@contextmanager
def undone(database: Database) -> Iterator[Tx]:
    """A transaction that never happened."""
    with database.engine.connect() as tx:
        if database.sqlite:
            tx.exec_driver_sql("BEGIN")
        yield tx
        tx.rollback()


async def test_every_kind_of_corruption_is_found_and_called_by_its_name(database: Database) -> None:
    bank = await a_lively_bank(database)
    found = {}
    for corrupt in (*BOOKED, *DERIVED):
        with undone(database) as tx:
            without_triggers(tx)
            corrupt(tx, bank)
            found[corrupt] = {one.code for one in verification.verify(tx).discrepancies}
    assert found == {**BOOKED, **DERIVED}
    assert (await database.read(verification.verify)).discrepancies == ()


async def test_rebuilding_mends_totals_and_balances_exactly(database: Database) -> None:
    bank = await a_lively_bank(database)
    for corrupt in DERIVED:
        with undone(database) as tx:
            before = [derived(tx, table) for table in (totals, balances)]
            corrupt(tx, bank)
            verification.rebuild(tx)
            assert verification.verify(tx).discrepancies == (), corrupt
            assert [derived(tx, table) for table in (totals, balances)] == before, corrupt


def derived(tx: Tx, table: Table) -> list[tuple[object, ...]]:
    """Return the rows of a table that say anything; a row of zeros says nothing."""
    keys = len(table.primary_key)
    return sorted(tuple(row) for row in tx.execute(select(table)) if any(row[keys:]))


async def test_what_an_entry_should_be_worth_is_told_with_what_it_was_booked_at(database: Database) -> None:
    bank = await a_lively_bank(database)
    with undone(database) as tx:
        points_were_slipped_in(tx, bank)
        (found,) = verification.verify(tx).discrepancies
    assert (found.code, found.subject, found.expected, found.found) == ("worth", "1", 2, 502)
    assert discrepancy(found, translator("en")).startswith("entry 1: its points are not what its rules say")
    assert discrepancy(found, translator("zh_CN")) == "凭证 1：积分与所用规则不符（应为 2，实为 502）"


async def test_praise_is_worth_what_the_rules_it_was_given_under_said(database: Database) -> None:
    bank = await a_lively_bank(database)
    later = WEDNESDAY + timedelta(days=3)
    await database.write(
        rulebook.apply, bank.organisation.id, rules(amount="100", attitude="4", points="3"), later, later
    )
    dispatch = new_dispatch(database, Clock(later + timedelta(hours=1)))
    await give(dispatch, bank["Dan"], bank["Bo"], "under new rules: helped")
    for reason in ("stands: helped", "under new rules: helped"):
        praise = await database.read(praise_of, reason)
        await dispatch.receive(pressed(bank["Eve"], "praise.second", praise=praise.id))
    assert (await database.read(verification.verify)).discrepancies == ()


async def test_a_long_list_of_discrepancies_is_cut(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, clock := Clock())
    for _ in range(25):
        clock.on(days=1)
        await dispatch.receive(typed(bank["Ann"], f"helped at {clock.at}", [bank["Bo"]]))

    await database.write(lambda tx: tx.execute(delete(totals)))

    found = await database.read(verification.verify)
    assert len(found.discrepancies) == 20
    assert found.entries == 25
