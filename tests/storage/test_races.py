"""What happens when several people, or one person's retries, meet at the same instant. On both databases."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.chat import Incoming, Person, Reply
from bot.dispatch import Dispatch
from bot.localchat import PLATFORM, account
from bot.praise import Status
from bot.storage import boards, ledger, members, praises, tables, verification
from bot.storage.database import Database, Tx
from bot.storage.members import Role
from tests.builders import (
    Bank,
    Clock,
    Directory,
    give,
    new_agents,
    new_bank,
    new_dispatch,
    new_member,
    praise_of,
    praises_of,
    pressed,
    rows,
    rules,
    said,
    typed,
)


async def at_once(dispatch: Dispatch, incomings: Sequence[Incoming]) -> list[Reply]:
    return await asyncio.gather(*(dispatch.receive(incoming) for incoming in incomings))


async def assert_ledger_holds(database: Database) -> None:
    assert (await database.read(verification.verify)).discrepancies == ()


async def test_64_gifts_raced_against_an_allowance_of_5_grant_exactly_5(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank, text=rules(amount="5"))
    agents = await database.write(new_agents, bank, "Loans", 64)
    ann = bank["Ann"]

    replies = await at_once(dispatch, [typed(ann, f"you helped me, {agent.name}", [agent]) for agent in agents])

    granted = [reply for reply in replies if said(reply.card).startswith("You praised Agent ")]
    refused = {said(reply.card) for reply in replies if reply not in granted}
    assert len(granted) == 5
    (told,) = refused
    assert told.startswith("Not enough allowance: this needs 1, you have 0 until it resets on ")
    given = await database.read(rows, tables.praises)
    assert len(given) == 5
    assert len({praise["recipient_id"] for praise in given}) == 5
    await assert_ledger_holds(database)


async def test_an_allowance_that_is_raced_leaves_room_for_undo_only(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank, text=rules(amount="3"))
    agents = await database.write(new_agents, bank, "Loans", 16)
    ann = bank["Ann"]

    await at_once(dispatch, [typed(ann, f"you helped, {agent.name}", [agent]) for agent in agents])
    await dispatch.receive(pressed(ann, "praise.undo"))
    await at_once(dispatch, [typed(ann, f"you solved it, {agent.name}", [agent]) for agent in agents])

    states = Counter(praise["status"] for praise in await database.read(rows, tables.praises))
    assert states["counted"] == 3
    assert states["undone"] >= 1
    await assert_ledger_holds(database)


async def test_64_seconds_of_one_praise_all_count_once(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    agents = await database.write(new_agents, bank, "Loans", 64)
    await give(dispatch, bank["Ann"], bank["Bo"], "you solved it")
    praise = await database.read(praise_of, "you solved it")

    replies = await at_once(dispatch, [pressed(agent, "praise.second", praise=praise.id) for agent in agents])

    assert all("You seconded the praise for Bo" in said(reply.card) for reply in replies)
    assert len(await database.read(rows, tables.seconds)) == 64
    assert await database.read(ledger.balance, bank["Bo"].id) == 3 + 64
    await assert_ledger_holds(database)


async def test_one_person_pressing_second_twice_at_once_counts_once(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    await give(dispatch, bank["Ann"], bank["Bo"], "you solved it")
    praise = await database.read(praise_of, "you solved it")

    replies = await at_once(dispatch, [pressed(bank["Cai"], "praise.second", praise=praise.id) for _ in range(8)])

    texts = Counter(said(reply.card) for reply in replies)
    assert texts["You have already seconded this praise."] == 7
    assert await database.read(ledger.balance, bank["Bo"].id) == 3 + 1
    await assert_ledger_holds(database)


def _more_supervisors(tx: Tx, bank: Bank) -> list[str]:
    names = [f"Chief {number}" for number in range(8)]
    for name in names:
        new_member(tx, bank.organisation, name, bank.teams["Cards"], role=Role.SUPERVISOR)
    return names


async def test_of_decisions_at_the_same_instant_one_stands_and_the_others_are_told_whose(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    await database.write(_more_supervisors, bank)
    supervisors = await database.read(members.supervisors_of, bank.teams["Cards"].id)
    actions = ("confirm.confirm", "confirm.raise", "confirm.reject")
    for number in range(5):
        await dispatch.receive(typed(bank["Eve"], f"call {number}: Bo helped", [bank["Bo"]], command="customer"))
        praise = await database.read(praise_of, f"call {number}: Bo helped")

        replies = await at_once(
            dispatch,
            [
                pressed(who, actions[index % 3], praise=praise.id, reason="a duplicate")
                for index, who in enumerate(supervisors)
            ],
        )

        decided = [row for row in await database.read(rows, tables.decisions) if row["praise_id"] == praise.id]
        assert len(decided) == 1
        winner = next(one for one in supervisors if one.id == decided[0]["decided_by"])
        outcome = {"confirm": "confirmed", "raise": "raised to highlight", "reject": "not praise"}
        sentence = f"{winner.name} already decided on this: {outcome[decided[0]['outcome']]}."
        told = Counter(said(reply.card) == sentence for reply in replies)
        assert told == {False: 1, True: len(supervisors) - 1}
    await assert_ledger_holds(database)


async def test_undo_raced_with_a_decision_leaves_one_of_them(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    agents = await database.write(new_agents, bank, "Loans", 12)
    for agent in agents:
        await give(dispatch, agent, bank["Bo"], f"{agent.name} says you helped")
    given = {agent: await database.read(praise_of, f"{agent.name} says you helped") for agent in agents}

    undone = [pressed(agent, "praise.undo") for agent in agents]
    decided = [pressed(bank["Sun"], "confirm.raise", praise=given[agent].id) for agent in agents]
    pairs = [incoming for pair in zip(undone, decided, strict=True) for incoming in pair]
    replies = await at_once(dispatch, pairs)

    for index, agent in enumerate(agents):
        undo, decision = said(replies[2 * index].card), said(replies[2 * index + 1].card)
        found = await database.read(praises.by_id, bank.organisation.id, given[agent].id)
        assert found is not None
        if found.status is Status.UNDONE:
            assert undo.startswith("Undone")
            assert decision == "That is no longer there."
            assert await database.read(ledger.points_of, found.id) == 0
        else:
            assert found.status is Status.CONFIRMED
            assert undo.startswith("There is nothing to undo")
            assert decision.startswith("Decided")
            assert await database.read(ledger.points_of, found.id) == 5
    await assert_ledger_holds(database)


async def test_a_second_raced_with_a_rejection_leaves_no_points_on_what_is_rejected(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank, text=rules(amount="100"))
    bo, cai, dan = bank["Bo"], bank["Cai"], bank["Dan"]
    for number in range(12):
        eve = bank["Eve" if number % 2 else "Fay"]
        await dispatch.receive(typed(eve, f"case {number}: you helped", [bo, cai]))
        first, other = [praise.id for praise in await database.read(praises_of, f"case {number}: you helped")]

        await at_once(
            dispatch,
            [
                pressed(dan, "praise.second", praise=first),
                pressed(bank["Sun"], "confirm.reject", praise=other, reason="not so"),
            ],
        )

        assert await database.read(ledger.points_of, other) == 0
    await assert_ledger_holds(database)


async def test_one_event_delivered_at_the_same_instant_is_one_praise_with_one_answer(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank, text=rules(amount="2"))
    for number in range(2):  # the second spends the allowance: a late delivery must not hear that it is spent
        incoming = typed(bank["Ann"], f"thing {number}: you helped", [bank["Bo"]], event=f"event-{number}")

        replies = await at_once(dispatch, [incoming] * 12)

        assert {said(reply.card) for reply in replies} == {said(replies[0].card)}
        assert said(replies[0].card).startswith("You praised Bo")
        assert await dispatch.receive(incoming) == replies[0]
    assert len(await database.read(rows, tables.praises)) == 2
    assert len(await database.read(rows, tables.events)) == 2


async def test_one_undo_delivered_at_the_same_instant_takes_one_praise_back(database: Database) -> None:
    dispatch = new_dispatch(database, clock := Clock())
    bank = await database.write(new_bank)
    for number in range(3):
        await give(dispatch, bank["Ann"], bank["Bo"], f"thing {number}: you helped")
        clock.on(minutes=1)

    replies = await at_once(dispatch, [pressed(bank["Ann"], "praise.undo", event="undo-1")] * 8)

    assert len({said(reply.card) for reply in replies}) == 1
    states = [row["status"] for row in await database.read(rows, tables.praises)]
    assert states == ["counted", "counted", "undone"]


async def test_one_decision_delivered_twice_at_the_same_instant_is_not_told_that_it_lost(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    await give(dispatch, bank["Ann"], bank["Bo"], "you solved it")
    praise = await database.read(praise_of, "you solved it")

    replies = await at_once(dispatch, [pressed(bank["Sun"], "confirm.raise", event="d", praise=praise.id)] * 8)

    assert {said(reply.card).split("\n")[0] for reply in replies} == {"Decided"}
    assert len(await database.read(rows, tables.decisions)) == 1


async def test_an_event_id_that_reads_like_a_database_error_is_still_answered_the_same(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    incoming = pressed(bank["Ann"], "me.locale", event="busy: database is locked", locale="en")

    replies = await at_once(dispatch, [incoming] * 12)

    assert {said(reply.card) for reply in replies} == {"I will speak English with you."}


async def test_one_comment_forwarded_by_many_at_once_is_kept_once_and_the_others_are_told(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    agents = await database.write(new_agents, bank, "Loans", 12)

    replies = await at_once(
        dispatch, [typed(agent, "he solved it", [bank["Bo"]], command="customer") for agent in agents]
    )

    (kept,) = await database.read(rows, tables.comments)
    bringer = next(agent for agent in agents if agent.id == kept["brought_by"])
    told = Counter(said(reply.card).split("\n")[0] for reply in replies)
    assert told[f"{bringer.name} has already forwarded this comment."] == 11
    assert len(await database.read(rows, tables.praises)) == 1


async def test_an_appeal_pressed_twice_at_once_asks_the_supervisor_once(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    await dispatch.receive(typed(bank["Eve"], "a complaint, or not", [bank["Bo"]], command="customer"))
    (comment,) = await database.read(rows, tables.comments)

    await at_once(dispatch, [pressed(bank["Eve"], "comment.appeal", comment=comment["id"], to="") for _ in range(8)])

    assert len(await database.read(rows, tables.praises)) == 1


async def test_people_met_for_the_first_time_many_times_at_once_become_one_member_each(database: Database) -> None:
    newcomer, colleague = Person("U-new", "Newcomer", "en"), Person("U-col", "Colleague", "en")
    platforms = {PLATFORM: Directory({person.id: person for person in (newcomer, colleague)})}
    dispatch = new_dispatch(database, Clock(), platforms)
    bank = await database.write(new_bank)
    template = typed(bank["Ann"], "you helped", [bank["Bo"]])

    def praise_from_stranger(number: int) -> Incoming:
        (mention,) = template.mentions
        return replace(
            template,
            event_id=f"e-{number}",
            sender=newcomer.id,
            text=f"{template.text} in case {number}",
            mentions=(replace(mention, user_id=colleague.id),),
        )

    replies = await at_once(dispatch, [praise_from_stranger(number) for number in range(8)])

    assert {said(reply.card).split("\n")[0] for reply in replies} == {"You praised Colleague"}
    accounts = Counter(row["user_id"] for row in await database.read(rows, tables.identities))
    assert accounts["U-new"] == accounts["U-col"] == 1
    names = Counter(row["name"] for row in await database.read(rows, tables.members))
    assert names["Newcomer"] == names["Colleague"] == 1


async def test_a_newcomers_first_questions_all_at_once_are_all_answered(database: Database) -> None:
    platforms = {PLATFORM: Directory({"U-new": Person("U-new", "Newcomer", "en")})}
    dispatch = new_dispatch(database, Clock(), platforms)
    bank = await database.write(new_bank)
    questions = [replace(typed(bank["Ann"], "", command="me"), sender="U-new") for _ in range(12)]

    replies = await at_once(dispatch, questions)

    assert not any(reply.unsaved for reply in replies)
    assert [row["name"] for row in await database.read(rows, tables.members)].count("Newcomer") == 1


@pytest.fixture
def no_second_try(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a deadlock be seen, instead of run again."""
    monkeypatch.setattr("bot.storage.database._RETRIES", 1)


@pytest.mark.usefixtures("no_second_try")
async def test_gifts_to_the_same_people_in_opposite_order_do_not_wait_for_each_other(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    agents = await database.write(new_agents, bank, "Loans", 8)
    bo, cai = bank["Bo"], bank["Cai"]

    replies = await at_once(
        dispatch,
        [
            typed(agent, f"{agent.name} says you helped", [bo, cai] if index % 2 else [cai, bo])
            for index, agent in enumerate(agents)
        ],
    )

    assert all(said(reply.card).startswith("You praised") for reply in replies)
    assert await database.read(ledger.balance, bo.id) == await database.read(ledger.balance, cai.id) == 8 * 2
    await assert_ledger_holds(database)


@pytest.mark.usefixtures("no_second_try")
async def test_everything_at_once_among_the_same_people_is_all_answered(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank, text=rules(amount="100", customer='"at_once"'))
    givers = [bank[name] for name in ("Ann", "Bo", "Cai", "Dan")]
    for giver in givers:
        others = [one for one in givers if one is not giver]
        await dispatch.receive(typed(giver, f"{giver.name} says you helped", others))
        await dispatch.receive(typed(bank["Eve"], f"he helped {giver.name}", [giver], command="customer"))
    before = await database.read(rows, tables.praises)
    ids = [row["id"] for row in before]
    gifts = [row["id"] for row in before if row["gift_id"] is None and row["kind"] == "peer"]
    customers = [row["id"] for row in before if row["kind"] == "customer"]

    wanted = [
        *(pressed(bank["Fay"], "praise.second", praise=gift) for gift in gifts),
        pressed(bank["Sun"], "confirm.batch", praises=",".join(map(str, ids))),
        pressed(bank["Shen"], "confirm.batch", praises=",".join(map(str, reversed(ids)))),
        *(
            pressed(bank["Sun"], "confirm.assign", praise=praise, to=account(givers[index - 1].id))
            for index, praise in enumerate(customers)
        ),
        *(typed(giver, "you solved it", [one for one in givers if one is not giver][::-1]) for giver in givers),
        *(pressed(giver, "praise.undo") for giver in givers),
        *(pressed(bank["Shen"], "confirm.raise", praise=praise) for praise in ids),
    ]
    replies = await at_once(dispatch, wanted)

    assert [said(reply.card) for reply in replies if said(reply.card).startswith("Nothing was saved")] == []
    await assert_ledger_holds(database)


async def test_what_is_raced_is_what_the_boards_show(database: Database) -> None:
    dispatch = new_dispatch(database, clock := Clock())
    bank = await database.write(new_bank)
    people = [bank[name] for name in ("Ann", "Bo", "Cai", "Dan")]
    incomings = [
        typed(giver, f"{giver.name} to {other.name}: helped", [other])
        for giver in people
        for other in people
        if giver is not other
    ]

    await at_once(dispatch, incomings)

    today = clock.at.date()
    counts = await database.read(boards.counts, bank.organisation.id, today, today.fromordinal(today.toordinal() + 1))
    assert (counts.points, counts.received, counts.given, counts.attitude) == (24, 12, 12, 12)
    assert [await database.read(ledger.balance, person.id) for person in people] == [6, 6, 6, 6]
    assert {account(person.id) for person in people} <= {
        row["conversation"] for row in await database.read(rows, tables.outbox)
    }
    await assert_ledger_holds(database)
