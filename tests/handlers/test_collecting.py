"""One line in the channel for many praises that came from a file or a system, whatever becomes of them meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.chat import Card
from bot.dispatch import Dispatch
from bot.handlers.collecting import LONGEST, QUIET
from bot.handlers.comment import keep
from bot.handlers.giving import Origin, Words
from bot.localchat import account
from bot.storage import organisations, outbox, tables
from bot.storage.database import Database, Tx
from bot.storage.outbox import FURTHEST, Delivery
from tests.builders import (
    Bank,
    Clock,
    WordTagger,
    new_agents,
    new_bank,
    new_dispatch,
    pressed,
    rows,
    rules,
    said,
)

LEASE = timedelta(seconds=60)


@dataclass
class Centre:
    """A bank into which comments are imported."""

    database: Database
    bank: Bank
    clock: Clock
    dispatch: Dispatch
    messages: dict[str, Card] = field(default_factory=dict)

    async def imports(self, words: str, *names: str) -> int:
        """Import what a customer said of these people; return the first praise."""

        def write(tx: Tx) -> None:
            origin = Origin(self.bank.organisation, None, "", self.clock())
            agents = [self.bank[name] for name in names]
            keep(
                tx,
                origin,
                Words(words, WordTagger().tag(words), WordTagger().tag_as_praise(words)),
                agents,
                source="file",
                known=words,
                ask=False,
            )

        await self.database.write(write)
        query = tables.praises.select().where(tables.praises.c.text == words).order_by(tables.praises.c.id)
        return int(await self.database.read(lambda tx: tx.execute(query).first()[0]))  # type: ignore[index]

    async def decides(self, who: str, praise: int, outcome: str = "confirm", **values: str) -> str:
        reply = await self.dispatch.receive(pressed(self.bank[who], f"confirm.{outcome}", praise=praise, **values))
        return said(reply.card)

    async def confirmed(self, words: str, *names: str) -> int:
        praise = await self.imports(words, *names)
        await self.decides("Sun", praise)
        return praise

    async def taken(self) -> tuple[Delivery, ...]:
        """Let a worker take what is due, and not yet send it."""
        return await self.database.write(outbox.claim, self.clock(), LEASE, 500)

    async def delivered(self) -> None:
        """Let a worker send what is due, until nothing is."""
        while due := await self.taken():
            for one in due:
                self.messages[one.replacing or one.key] = one.card
                await self.database.write(outbox.sent, one.id, one.replacing or one.key)

    def channel(self, team: str = "Cards") -> list[str]:
        """Return the lines about imports that stand in a team's channel."""
        start = f"imported:{self.bank.teams[team].id}:"
        return [said(card) for key, card in self.messages.items() if key.startswith(start)]

    async def waiting(self) -> list[str]:
        """Return the keys of lines that wait."""
        found = await self.database.read(rows, tables.outbox)
        return [row["key"] for row in found if row["key"].startswith("imported:") and row["state"] == "waiting"]


@pytest.fixture
async def centre(database: Database) -> Centre:
    return await new_centre(database)


async def new_centre(database: Database, **changes: str) -> Centre:
    bank = await database.write(new_bank, text=rules(**changes))
    clock = Clock()
    return Centre(database, bank, clock, new_dispatch(database, clock))


async def test_forty_decisions_are_one_line_and_each_agent_is_told_of_each(centre: Centre) -> None:
    for number in range(40):
        await centre.confirmed(f"call {number}: helped", "Bo" if number % 4 else "Cai")
        centre.clock.on(seconds=30)
        await centre.delivered()
    assert centre.channel() == []
    centre.clock.on(minutes=10)
    await centre.delivered()
    assert centre.channel() == ["40 new customer praises: Bo (30), Cai (10)"]
    told = [row for row in await centre.database.read(rows, tables.outbox) if row["audience"] == "recipient"]
    assert len(told) == 40


async def test_a_pause_ends_the_line_and_what_comes_then_begins_another(centre: Centre) -> None:
    for words in ("Monday: helped", "Tuesday: helped"):
        await centre.confirmed(words, "Bo")
        centre.clock.on(minutes=9)
        await centre.delivered()
    assert centre.channel() == []
    centre.clock.on(minutes=1)
    await centre.delivered()
    await centre.confirmed("Wednesday: helped", "Cai")
    centre.clock.on(minutes=10)
    await centre.delivered()
    first, second = centre.channel()
    assert first == "2 new customer praises: Bo (2)"
    assert second.startswith("A customer praised Cai: “Wednesday: helped”")


async def test_who_never_pauses_does_not_keep_the_channel_waiting_for_more_than_an_hour(centre: Centre) -> None:
    for number in range(14):  # for 65 minutes
        await centre.confirmed(f"call {number}: helped", "Bo")
        centre.clock.on(minutes=5)
        await centre.delivered()
    assert centre.channel() == ["12 new customer praises: Bo (12)"]


def test_a_line_never_waits_so_long_that_it_is_taken_for_one_of_a_clock_set_back() -> None:
    assert QUIET < LONGEST < FURTHEST


async def test_one_praise_alone_is_the_line_it_always_was(centre: Centre) -> None:
    await centre.confirmed("she helped", "Bo")
    centre.clock.on(minutes=10)
    await centre.delivered()
    (line,) = centre.channel()
    assert line.startswith("A customer praised Bo: “she helped”")
    assert "[Second]" in line


async def test_of_a_highlight_the_words_are_told_and_of_many_people_the_first(centre: Centre) -> None:
    agents = await centre.database.write(new_agents, centre.bank, "Cards", 6)
    centre.bank = Bank(
        centre.bank.organisation,
        centre.bank.workspace,
        centre.bank.teams,
        {**centre.bank.people, **{agent.name: agent for agent in agents}},
    )
    for number, agent in enumerate(agents):
        await centre.confirmed(f"call {number}: {'went the extra mile' if number == 3 else 'helped'}", agent.name)
    await centre.confirmed("again: helped", "Agent 5")
    centre.clock.on(minutes=10)
    await centre.delivered()
    assert centre.channel() == [
        "7 new customer praises: Agent 5 (2), Agent 0, Agent 1, Agent 2, Agent 3 and others, 6 people in all\n"
        "★ Agent 3: “call 3: went the extra mile”"
    ]


async def test_the_same_words_about_two_of_the_team_are_one_line_naming_both(centre: Centre) -> None:
    first = await centre.imports("you both helped", "Bo", "Cai")
    await centre.decides("Sun", first)
    centre.clock.on(minutes=10)
    await centre.delivered()
    await centre.decides("Sun", first + 1)
    await centre.delivered()
    (line,) = centre.channel()
    assert line.startswith("A customer praised Bo, Cai: “you both helped”")
    assert await centre.waiting() == []


async def test_every_team_has_its_own_line(centre: Centre) -> None:
    for number in range(2):
        await centre.confirmed(f"call {number}: helped", "Bo")
        await centre.decides("Lu", await centre.imports(f"loan {number}: helped", "Eve"))
    centre.clock.on(minutes=10)
    await centre.delivered()
    assert centre.channel() == ["2 new customer praises: Bo (2)"]
    assert centre.channel("Loans") == ["2 new customer praises: Eve (2)"]


async def test_a_line_that_a_worker_has_just_taken_is_left_and_another_begins(centre: Centre) -> None:
    await centre.confirmed("call 1: helped", "Bo")
    centre.clock.on(minutes=10)
    taken = await centre.taken()
    await centre.confirmed("call 2: helped", "Cai")
    for one in taken:
        centre.messages[one.key] = one.card
        await centre.database.write(outbox.sent, one.id, one.key)
    centre.clock.on(minutes=10)
    await centre.delivered()
    assert [line.split(":")[0] for line in centre.channel()] == ["A customer praised Bo", "A customer praised Cai"]


async def test_a_channel_that_changes_meanwhile_gets_the_next_line(centre: Centre) -> None:
    await centre.confirmed("call 1: helped", "Bo")
    team = centre.bank.teams["Cards"]
    assert team.channel is not None
    moved = replace(team.channel, conversation="elsewhere")
    await centre.database.write(organisations.set_channel, team.id, moved)
    await centre.confirmed("call 2: helped", "Bo")
    found = await centre.database.read(rows, tables.outbox)
    places = [row["conversation"] for row in found if row["key"].startswith("imported:")]
    assert places == [team.channel.conversation, "elsewhere"]


# --- what becomes of praise that is told of already (by the rules it counts before it is decided) ---------------------


@pytest.fixture
async def counting(database: Database) -> Centre:
    """A bank whose rules let customers' praise count at once."""
    return await new_centre(database, customer='"at_once"')


async def test_what_is_rejected_before_the_line_goes_out_is_not_in_it(counting: Centre) -> None:
    await counting.imports("call 1: helped", "Bo")
    await counting.imports("call 2: helped", "Cai")
    wrong = await counting.imports("call 3: helped", "Bo")
    await counting.decides("Sun", wrong, "reject", reason="an advertisement")
    counting.clock.on(minutes=10)
    await counting.delivered()
    assert counting.channel() == ["2 new customer praises: Bo, Cai"]


async def test_a_line_of_which_nothing_is_left_is_never_seen(counting: Centre) -> None:
    only = await counting.imports("call 1: helped", "Bo")
    await counting.decides("Sun", only, "reject", reason="an advertisement")
    counting.clock.on(minutes=10)
    await counting.delivered()
    assert counting.channel() == []
    await counting.imports("call 2: helped", "Bo")
    counting.clock.on(minutes=10)
    await counting.delivered()
    assert len(counting.channel()) == 1


async def test_a_rejection_afterwards_draws_the_line_again_down_to_nothing(counting: Centre) -> None:
    praises = [await counting.imports(f"call {number}: helped", "Bo") for number in range(3)]
    counting.clock.on(minutes=10)
    await counting.delivered()
    seen = []
    for praise in praises:
        await counting.decides("Sun", praise, "reject", reason="an advertisement")
        await counting.delivered()
        (line,) = counting.channel()
        seen.append(line.split(":")[0])
    assert seen == ["2 new customer praises", "A customer praised Bo", "A praise was withdrawn."]


async def test_a_rejection_while_the_line_is_being_sent_is_drawn_after_it(counting: Centre) -> None:
    for number in range(2):
        wrong = await counting.imports(f"call {number}: helped", "Bo")
    counting.clock.on(minutes=10)
    taken = await counting.taken()
    await counting.decides("Sun", wrong, "reject", reason="an advertisement")
    for one in taken:
        counting.messages[one.key] = one.card
        await counting.database.write(outbox.sent, one.id, one.key)
    assert counting.channel() == ["2 new customer praises: Bo (2)"]
    await counting.delivered()
    assert [line.split(":")[0] for line in counting.channel()] == ["A customer praised Bo"]


async def test_many_decisions_after_the_line_went_out_replace_it_once_and_not_when_it_says_the_same(
    counting: Centre,
) -> None:
    praises = [await counting.imports(f"call {number}: helped", "Bo") for number in range(5)]
    counting.clock.on(minutes=10)
    await counting.delivered()
    before = len(await counting.database.read(rows, tables.outbox))
    for praise in praises[:2]:
        await counting.decides("Sun", praise)  # as tagged: nothing in the line changes
    found = (await counting.database.read(rows, tables.outbox))[before:]
    assert [row["key"] for row in found if row["conversation"].startswith("team-")] == []
    for praise in praises[2:4]:
        await counting.decides("Sun", praise, "reject", reason="an advertisement")
    found = (await counting.database.read(rows, tables.outbox))[before:]
    assert len([row for row in found if row["conversation"].startswith("team-")]) == 1
    await counting.delivered()
    assert counting.channel() == ["3 new customer praises: Bo (3)"]


async def test_a_line_that_went_out_and_waits_to_be_drawn_again_takes_nothing_more_on(counting: Centre) -> None:
    wrong = [await counting.imports(f"call {number}: helped", "Bo") for number in range(3)][-1]
    counting.clock.on(minutes=10)
    await counting.delivered()
    await counting.decides("Sun", wrong, "reject", reason="an advertisement")
    await counting.imports("call 3: helped", "Cai")
    counting.clock.on(minutes=10)
    await counting.delivered()
    first, second = counting.channel()
    assert first == "2 new customer praises: Bo (2)"
    assert second.startswith("A customer praised Cai")


async def test_what_is_raised_is_told_as_a_highlight(counting: Centre) -> None:
    await counting.imports("call 1: helped", "Bo")
    await counting.decides("Sun", await counting.imports("call 2: helped", "Bo"), "raise")
    counting.clock.on(minutes=10)
    await counting.delivered()
    assert counting.channel() == ["2 new customer praises: Bo (2)\n★ Bo: “call 2: helped”"]


async def test_what_turns_out_to_be_anothers_moves_to_their_teams_line_and_back(counting: Centre) -> None:
    await counting.imports("call 1: helped", "Bo")
    await counting.imports("loan 1: helped", "Eve")
    moved = await counting.imports("call 2: helped", "Bo")

    async def is_of(name: str) -> None:
        await counting.decides("Mo", moved, "assign", to=account(counting.bank[name].id))
        await counting.delivered()

    await is_of("Eve")
    counting.clock.on(minutes=10)
    await counting.delivered()
    assert [line.split(":")[0] for line in counting.channel()] == ["A customer praised Bo"]
    assert counting.channel("Loans") == ["2 new customer praises: Eve (2)"]
    for _time in range(2):
        await is_of("Bo")
        assert counting.channel() == ["2 new customer praises: Bo (2)"]
        assert [line.split(":")[0] for line in counting.channel("Loans")] == ["A customer praised Eve"]
        await is_of("Eve")
        assert counting.channel("Loans") == ["2 new customer praises: Eve (2)"]


# --- at the same instant ----------------------------------------------------------------------------------------------


async def test_supervisors_who_decide_at_once_begin_one_line_and_lose_nothing(centre: Centre) -> None:
    names = ("Ann", "Bo", "Cai", "Dan")
    praises = [await centre.imports(f"call {number}: helped", names[number % 4]) for number in range(16)]
    for first in range(0, 16, 8):  # when there is no line yet, and when there is one
        await asyncio.gather(
            *(centre.decides("Sun" if praise % 2 else "Shen", praise) for praise in praises[first : first + 8])
        )
    assert len(await centre.waiting()) == 1
    centre.clock.on(minutes=10)
    await centre.delivered()
    (line,) = centre.channel()
    assert line.startswith("16 new customer praises: ")
    assert all(f"{name} (4)" in line for name in names)


async def test_managers_who_confirm_for_two_teams_in_opposite_order_do_not_wait_for_each_other(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.database._RETRIES", 1)  # let a deadlock be seen
    for turn in range(4):
        batches = []
        for names in (("Bo", "Eve"), ("Fay", "Cai")):
            words = [f"turn {turn}, {names} {number}: helped" for number in range(6)]
            ids = [await centre.imports(text, name) for text, name in zip(words, names * 3, strict=True)]
            batches.append(",".join(map(str, ids)))
        replies = await asyncio.gather(
            *(centre.dispatch.receive(pressed(centre.bank["Mo"], "confirm.batch", praises=ids)) for ids in batches)
        )
        assert all("Confirmed: 6" in said(reply.card) for reply in replies)


async def test_decisions_raced_with_the_worker_are_each_told_once(centre: Centre) -> None:
    praises = [await centre.imports(f"call {number}: helped", "Bo") for number in range(24)]
    for number in range(0, 24, 6):
        centre.clock.on(minutes=11)
        await asyncio.gather(*(centre.decides("Sun", one) for one in praises[number : number + 6]), centre.delivered())
    centre.clock.on(minutes=11)
    await centre.delivered()
    told = await centre.database.read(rows, tables.collected)
    assert sorted(row["praise_id"] for row in told) == praises
    counts = [int(line.split(" ")[0]) if line[0].isdigit() else 1 for line in centre.channel()]
    assert sum(counts) == 24
