"""A long walk through everything people can do to a praise: what is kept stays what the postings say."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime

import pytest

from bot.chat import Incoming
from bot.localchat import account
from bot.periods import local_day, month_of, week_of
from bot.praise import Kind
from bot.rules import parse
from bot.storage import boards, ledger, praises, tables, verification
from bot.storage.database import Database, Tx
from bot.storage.praises import Praise
from bot.tags import Tag, Tier
from tests.builders import WEDNESDAY, Bank, Clock, new_bank, new_dispatch, pressed, rows, rules, typed

ACTIONS = ("praise.second", "confirm.confirm", "confirm.raise", "confirm.retag", "confirm.reject", "confirm.assign")

Totals = dict[tuple[object, ...], Counter[str]]


def recomputed(tx: Tx) -> tuple[Totals, Counter[int]]:
    """Add totals and balances up from entries and postings, in plain Python."""
    postings: dict[int, list[dict[str, int]]] = defaultdict(list)
    for posting in rows(tx, tables.postings):
        postings[posting["entry_id"]].append(posting)
    totals: Totals = defaultdict(Counter)
    balances: Counter[int] = Counter()
    for entry in rows(tx, tables.entries):
        assert sum(posting["amount"] for posting in postings[entry["id"]]) == 0
        points = sum(posting["amount"] for posting in postings[entry["id"]] if posting["account"] == "personal")
        balances[entry["recipient_id"]] += points
        day = totals[entry["organisation_id"], entry["day"], entry["recipient_id"], entry["team_id"] or 0]
        day["points"] += points
        if entry["cause"] == "praise":
            day["received"] += entry["sign"]
            for name in (*entry["tags"], *(["highlight"] if entry["tier"] == "highlight" else [])):
                day[name] += entry["sign"]
            if entry["giver_id"] is not None:
                key = (entry["organisation_id"], entry["day"], entry["giver_id"], entry["giver_team_id"] or 0)
                totals[key]["given"] += entry["sign"]
    return totals, balances


def kept(tx: Tx) -> tuple[Totals, Counter[int]]:
    """Return totals and balances as they are kept."""
    totals: Totals = defaultdict(Counter)
    for row in tx.execute(tables.totals.select()).mappings():
        key = (row["organisation_id"], row["day"], row["member_id"], row["team_id"])
        totals[key].update({name: row[name] for name in ledger.MEASURES})
    balances = Counter({row.member_id: row.amount for row in tx.execute(tables.balances.select())})
    return totals, balances


def without_zeros(totals: Totals) -> dict[tuple[object, ...], dict[str, int]]:
    shown = {key: {name: amount for name, amount in row.items() if amount} for key, row in totals.items()}
    return {key: row for key, row in shown.items() if row}


def counted_by_hand(tx: Tx, start: date, end: date, inside: Callable[[int, int], bool]) -> Counter[str]:
    """Count what stands at the end of [start, end) and did not stand at its start, praise by praise."""
    booked = [row for row in rows(tx, tables.entries) if row["cause"] == "praise"]
    ended = {row["reverses_id"]: row["day"] for row in booked if row["sign"] == -1}

    def standing(day: date) -> dict[int, Counter[str]]:
        found: dict[int, Counter[str]] = defaultdict(Counter)
        for row in booked:
            if row["sign"] == 1 and row["day"] < day and not ended.get(row["id"], day) < day:
                if inside(row["recipient_id"], row["team_id"] or 0):
                    found[row["praise_id"]].update(["received", row["tier"], *row["tags"]])
                if row["giver_id"] is not None and inside(row["giver_id"], row["giver_team_id"] or 0):
                    found[row["praise_id"]]["given"] += 1
        return found

    before = standing(start)
    return sum((now - before[praise] for praise, now in standing(end).items()), Counter())


def worth_of_what_counts(tx: Tx) -> Counter[int]:
    """Return the points each member should have by the rules, from the praises and seconds that stand."""
    rulebook = {row["id"]: parse(row["text"]) for row in rows(tx, tables.rules_versions)}
    seconds = Counter(row["praise_id"] for row in rows(tx, tables.seconds))
    points: Counter[int] = Counter()
    for row in rows(tx, tables.praises):
        praise = praises.by_id(tx, row["organisation_id"], row["id"])
        assert praise is not None
        if praise.status.counts and praise.recipient_id is not None:
            law = rulebook[praise.rules_id]
            points[praise.recipient_id] += law.worth(praise.kind, praise.tier, praise.primary)
            points[praise.recipient_id] += seconds[praise.id] * law.second_points
    return points


def step(chance: random.Random, bank: Bank, undecided: list[Praise], number: int) -> Incoming:
    """Return what somebody does next."""
    people = list(bank.people.values())
    words = " ".join(chance.sample(["you", "helped", "solved", "extra"], 3)) + f" {number}"
    chosen = chance.randrange(10)
    if chosen < 3:
        return typed(chance.choice(people), words, chance.sample(people, chance.randint(1, 3)))
    if chosen == 3:
        return typed(chance.choice(people), words, chance.sample(people, chance.randint(0, 2)), command="customer")
    if chosen == 4 or not undecided:
        return pressed(chance.choice(people), "praise.undo")
    if chosen == 5:
        return pressed(chance.choice(people), "praise.second", praise=chance.choice(undecided).id)
    action = chance.choice(ACTIONS[1:])
    unclear = [praise for praise in undecided if praise.kind is Kind.CUSTOMER]
    return pressed(
        bank[chance.choice(["Sun", "Shen", "Lu", "Mo"])],
        action,
        praise=chance.choice(unclear if action == "confirm.assign" and unclear else undecided).id,
        to=account(chance.choice(people).id),
        primary=chance.choice(list(Tag)),
        tags=tuple(chance.sample(list(Tag), 2)),
        tier=chance.choice(list(Tier)),
        reason="no praise",
    )


def undecided(tx: Tx, organisation_id: int) -> list[Praise]:
    found = [praises.by_id(tx, organisation_id, row["id"]) for row in rows(tx, tables.praises)]
    return [praise for praise in found if praise is not None and praise.status.open]


def late_raises(tx: Tx, bank: Bank, now: datetime) -> int:
    """See that counts and boards of every week are what counting by hand gives; return how often they tell of a praise
    raised in a later week.
    """
    weeks = [week_of(local_day(now, "Asia/Shanghai"))]
    while weeks[-1].start > local_day(WEDNESDAY, "UTC"):
        weeks.append(weeks[-1].previous())
    organisation, raised = bank.organisation.id, 0
    for week in (*weeks, month_of(weeks[0].start)):
        for team in bank.teams.values():
            by_hand = counted_by_hand(tx, week.start, week.end, lambda _, of, team=team: of == team.id)  # type: ignore[misc]
            counts = boards.counts(tx, organisation, week.start, week.end, team_id=team.id)
            names = ("received", "given", "basic", "highlight", *Tag)
            assert {name: getattr(counts, name) for name in names} == {name: by_hand[name] for name in names}
            raised += counts.raised
        for member in bank.people.values():
            by_hand = counted_by_hand(tx, week.start, week.end, lambda of, _, member=member: of == member.id)  # type: ignore[misc]
            counts = boards.counts(tx, organisation, week.start, week.end, member_id=member.id)
            assert (counts.received, counts.basic, counts.given) == tuple(
                by_hand[n] for n in ("received", "basic", "given")
            )
            for measure in ("received", "given", "attitude"):
                standings = boards.members_by(tx, organisation, week.start, week.end, measure)
                assert next((one.amount for one in standings if one.id == member.id), 0) == by_hand[measure]
    return raised


@pytest.mark.parametrize("seed", [1, 2])
async def test_totals_and_balances_are_what_the_postings_say_whatever_people_do(database: Database, seed: int) -> None:
    dispatch = new_dispatch(database, clock := Clock())
    policy = {"customer": '"at_once"'} if seed == 1 else {"peer": '"after_confirmation"'}
    bank = await database.write(new_bank, text=rules(amount="40", **policy), timezones={"Loans": "America/New_York"})
    chance = random.Random(seed)
    went_through: Counter[str] = Counter()
    for number in range(200):
        clock.on(hours=chance.choice([0, 0.2, 1, 7]))
        incoming = step(chance, bank, await database.read(undecided, bank.organisation.id), number)
        reply = await dispatch.receive(incoming)
        assert not reply.unsaved
        if reply.card is not None and reply.card.tone != "attention":
            went_through[incoming.action.name if incoming.action else "typed"] += 1
        if number % 40 == 39:
            assert (await database.read(verification.verify)).discrepancies == ()

    totals, balances = await database.read(recomputed)
    kept_totals, kept_balances = await database.read(kept)
    assert without_zeros(kept_totals) == without_zeros(totals)
    assert +kept_balances == +balances == +await database.read(worth_of_what_counts)
    assert min(kept_balances.values()) >= 0
    late = await database.read(late_raises, bank, clock())
    assert late or "peer" in policy  # what waits for a supervisor cannot be raised after it counted
    assert set(went_through) == {"typed", "praise.undo", *ACTIONS}  # the walk has been everywhere
