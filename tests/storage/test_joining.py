"""Two members who turn out to be one person: one account book, one history, nothing lost and nothing counted twice."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.dispatch import Dispatch
from bot.handlers import accounts
from bot.localchat import PLATFORM, WORKSPACE, account
from bot.periods import local_day, week_of
from bot.praise import Status
from bot.storage import boards, ledger, members, praises, tables, verification
from bot.storage.database import Database, Tx
from bot.storage.members import Member
from tests.builders import (
    Bank,
    Clock,
    give,
    new_bank,
    new_dispatch,
    new_member,
    praise_of,
    pressed,
    rows,
    rules,
    said,
    typed,
)
from tests.storage.test_ledger_walk import kept, recomputed, without_zeros

TEXT = rules(amount="500")


@dataclass
class Case:
    """Zoe of the roster, and the same Zoe as she was only met in a chat."""

    database: Database
    clock: Clock
    bank: Bank
    dispatch: Dispatch
    zoe: Member
    met: Member

    async def link(self) -> bool:
        return await self.database.write(
            accounts.link, self.zoe, PLATFORM, WORKSPACE, account(self.met.id), self.clock.at
        )

    async def second(self, who: Member, reason: str) -> None:
        praise = await self.database.read(praise_of, reason)
        await self.dispatch.receive(pressed(who, "praise.second", praise=praise.id))

    async def balance(self, who: Member) -> int:
        return await self.database.read(ledger.balance, who.id)

    async def adds_up(self) -> None:
        assert (await self.database.read(verification.verify)).discrepancies == ()
        totals, balances = await self.database.read(recomputed)
        found_totals, found_balances = await self.database.read(kept)
        assert without_zeros(found_totals) == without_zeros(totals)
        assert found_balances == balances


@pytest.fixture
async def case(database: Database) -> Case:
    clock = Clock()

    def made(tx: Tx) -> tuple[Bank, Member, Member]:
        bank = new_bank(tx, text=TEXT)
        zoe = new_member(tx, bank.organisation, "Zoe Chen", bank.teams["Cards"], staff_number="77")
        return bank, zoe, new_member(tx, bank.organisation, "zoe")

    bank, zoe, met = await database.write(made)
    return Case(database, clock, bank, new_dispatch(database, clock), zoe, met)


async def test_one_person_has_one_balance_and_one_history(case: Case) -> None:
    bank = case.bank
    await give(case.dispatch, bank["Ann"], case.met, "you helped")
    await give(case.dispatch, bank["Ann"], case.zoe, "you solved it")
    await give(case.dispatch, case.met, bank["Bo"], "you helped too")
    await case.second(bank["Dan"], "you helped")
    before = await case.balance(case.met) + await case.balance(case.zoe)
    assert await case.balance(case.met) > 0

    assert await case.link()

    assert (await case.balance(case.zoe), await case.balance(case.met)) == (before, 0)
    reply = await case.dispatch.receive(typed(case.met, "me"))  # with the account that was the other's
    assert f"Balance: {before}" in said(reply.card)
    assert "you helped" in said(reply.card)
    assert "you solved it" in said(reply.card)
    assert (await case.database.read(praise_of, "you helped too")).giver_id == case.zoe.id
    await case.adds_up()


async def test_boards_show_one_person_and_teams_and_weeks_stay_as_they_were(case: Case) -> None:
    bank = case.bank
    await give(case.dispatch, bank["Ann"], case.met, "last week you helped")
    await give(case.dispatch, bank["Ann"], case.zoe, "last week you solved it")
    last = week_of(local_day(case.clock.at, "Asia/Shanghai"))
    case.clock.on(days=7)
    await give(case.dispatch, bank["Ann"], case.met, "this week you helped")
    this = week_of(local_day(case.clock.at, "Asia/Shanghai"))

    def sums(tx: Tx) -> list[object]:
        return [
            (boards.teams_by(tx, bank.organisation.id, *days), boards.counts(tx, bank.organisation.id, *days))
            for days in ((last.start, last.end), (this.start, this.end))
        ]

    before = await case.database.read(sums)
    await case.link()
    assert await case.database.read(sums) == before

    def ranked(tx: Tx, measure: str) -> list[dict[int, int]]:
        return [
            {one.id: one.amount for one in boards.members_by(tx, bank.organisation.id, week.start, week.end, measure)}
            for week in (last, this)
        ]

    assert await case.database.read(ranked, "received") == [{case.zoe.id: 2}, {case.zoe.id: 1}]
    assert case.met.id not in (await case.database.read(ranked, "points"))[1]


async def test_what_one_gave_the_other_is_taken_back(case: Case) -> None:
    await give(case.dispatch, case.met, case.zoe, "well helped, me")
    await give(case.dispatch, case.zoe, case.met, "well solved, me")
    await case.second(case.bank["Ann"], "well helped, me")
    await case.link()
    assert await case.balance(case.zoe) == 0
    for reason in ("well helped, me", "well solved, me"):
        assert (await case.database.read(praise_of, reason)).status is Status.UNDONE
    await case.adds_up()


async def test_nobody_seconds_twice_or_their_own(case: Case) -> None:
    bank = case.bank
    await give(case.dispatch, bank["Ann"], bank["Bo"], "Bo helped")
    for who in (case.met, case.zoe, bank["Cai"]):
        await case.second(who, "Bo helped")
    await give(case.dispatch, bank["Ann"], case.zoe, "Zoe helped")
    await case.second(case.met, "Zoe helped")
    await give(case.dispatch, case.met, bank["Dan"], "Dan helped")
    await case.second(case.zoe, "Dan helped")
    assert len(await case.database.read(rows, tables.seconds)) == 5
    await case.link()
    found = await case.database.read(rows, tables.seconds)
    assert sorted(row["member_id"] for row in found) == sorted([case.zoe.id, bank["Cai"].id])
    await case.adds_up()


async def test_what_waits_is_put_before_the_supervisors_of_the_team(case: Case) -> None:
    bank = case.bank
    await case.dispatch.receive(typed(bank["Eve"], "she solved it", [case.met], command="customer"))
    await case.link()
    praise = await case.database.read(praise_of, "she solved it")
    assert (praise.recipient_id, praise.team_id) == (case.zoe.id, bank.teams["Cards"].id)
    asked = {row["member_id"] for row in await case.database.read(rows, tables.outbox) if row["praise_id"] == praise.id}
    assert {bank["Sun"].id, bank["Shen"].id} <= asked
    queue = await case.dispatch.receive(typed(bank["Sun"], "queue"))
    assert "she solved it" in said(queue.card)


async def test_what_both_gave_away_is_spent_and_names_duties_and_wishes_are_kept(case: Case) -> None:
    bank = case.bank
    await give(case.dispatch, case.met, bank["Ann"], "you helped")
    await give(case.dispatch, case.zoe, bank["Ann"], "you solved it")
    period = (await case.database.read(praise_of, "you helped")).allowance_period
    each = [await case.database.read(praises.spent, who.id, period) for who in (case.met, case.zoe)]
    await case.dispatch.receive(pressed(case.met, "me.boards", on="false"))
    await case.link()
    assert await case.database.read(praises.spent, case.zoe.id, period) == sum(each)
    found = await case.database.read(members.by_keys, bank.organisation.id, ["zoe", "zoechen", "zoe chen"])
    assert {member.id for named in found.values() for member in named} == {case.zoe.id}
    (zoe,) = (await case.database.read(members.by_ids, bank.organisation.id, [case.zoe.id])).values()
    assert not zoe.on_boards
    assert zoe.team_id == bank.teams["Cards"].id


async def test_an_account_of_somebody_else_on_the_roster_moves_alone(case: Case) -> None:
    other = await case.database.write(
        lambda tx: new_member(tx, case.bank.organisation, "Yan", case.bank.teams["Cards"], staff_number="78")
    )
    await give(case.dispatch, case.bank["Ann"], other, "you helped")
    linked = await case.database.write(accounts.link, case.zoe, PLATFORM, WORKSPACE, account(other.id), case.clock.at)
    assert not linked
    assert await case.balance(other) > 0
    assert await case.balance(case.zoe) == 0


async def test_after_anything_that_can_be_done_joining_adds_up(case: Case) -> None:
    chance = random.Random(7)
    people: Sequence[Member] = (case.met, case.zoe, case.bank["Ann"], case.bank["Bo"])
    for number in range(60):
        who, whom = chance.choice(people), chance.choice(people)
        known = await case.database.read(rows, tables.praises)
        praise = chance.choice(known)["id"] if known else 0
        incoming = chance.choice(
            [
                typed(who, f"{chance.choice(['helped', 'solved', 'extra'])} {number}", [whom]),
                typed(who, f"solved {number}", [whom], command="customer"),
                pressed(who, "praise.second", praise=praise),
                pressed(who, "praise.undo", praise=praise),
                pressed(case.bank["Mo"], chance.choice(["confirm.confirm", "confirm.raise"]), praise=praise),
                pressed(case.bank["Mo"], "confirm.reject", praise=praise, reason="not meant so"),
            ]
        )
        await case.dispatch.receive(incoming)
        case.clock.at += timedelta(hours=chance.randrange(12))
    before = await case.database.read(rows, tables.postings)
    await case.link()
    assert (await case.database.read(rows, tables.postings))[: len(before)] == before
    assert await case.balance(case.met) == 0
    await case.adds_up()
