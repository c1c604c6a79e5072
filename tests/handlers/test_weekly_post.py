"""What the weekly post tells: true of the week it is about, whatever supervisors decide in it on earlier praise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat import Card, Chart, Facts
from bot.handlers import leaderboard
from bot.localchat import account
from bot.periods import local_day, week_of
from bot.storage import members, organisations, rulebook, tables, verification
from bot.storage.database import Database, Tx
from bot.wire import card_from_json
from tests.builders import (
    WEDNESDAY,
    Bank,
    Clock,
    give,
    new_agents,
    new_bank,
    new_dispatch,
    praise_of,
    pressed,
    rows,
    rules,
    said,
    typed,
)

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""09:00 in Shanghai on the Monday after `WEDNESDAY`."""


async def post(database: Database, bank: Bank, at: datetime, team: str = "Cards", locale: str | None = None) -> Card:
    """Return the post about the week that ``at`` lies in."""

    def read(tx: Tx) -> Card:
        found = organisations.team(tx, bank.organisation.id, bank.teams[team].id)
        assert found is not None
        law = rulebook.at(tx, bank.organisation.id, at).rules
        spoken = replace(found, locale=locale or found.locale)
        return leaderboard.weekly_card(tx, spoken, week_of(local_day(at, found.timezone)), law)

    return await database.read(read)


def facts(card: Card) -> dict[str, str]:
    return dict(item for block in card.blocks if isinstance(block, Facts) for item in block.items)


def charts(card: Card) -> list[Chart]:
    return [block for block in card.blocks if isinstance(block, Chart)]


def line(card: Card, start: str) -> str:
    return next((text for text in said(card).splitlines() if text.startswith(start)), "")


# --- decisions on the praise of an earlier week -----------------------------------------------------------------------

Decision = dict[str, str | tuple[str, ...]]
RAISE: Decision = {"action": "confirm.raise"}
RETAG: Decision = {"action": "confirm.retag", "primary": "solution", "tags": ("solution",), "tier": "basic"}
REJECT: Decision = {"action": "confirm.reject", "reason": "a mistake"}
CONFIRM: Decision = {"action": "confirm.confirm"}


async def decided_late(database: Database, decision: Decision) -> tuple[Bank, Card, Card]:
    """Two praises of week 47, for attitude, are decided in week 48, in which a third one is given."""
    dispatch = new_dispatch(database, clock := Clock())
    bank = await database.write(new_bank)
    for name in ("Bo", "Cai"):
        await give(dispatch, bank["Ann"], bank[name], f"helped {name}")
    before = await post(database, bank, WEDNESDAY)
    clock.on(days=7)
    for name in ("Bo", "Cai"):
        praise = await database.read(praise_of, f"helped {name}")
        values = {name: value for name, value in decision.items() if name != "action"}
        await dispatch.receive(pressed(bank["Sun"], str(decision["action"]), praise=praise.id, **values))
    await give(dispatch, bank["Eve"], bank["Dan"], "helped in week two")
    assert (await database.read(verification.verify)).discrepancies == ()
    assert await post(database, bank, WEDNESDAY) == before  # a closed week never changes
    return bank, before, await post(database, bank, clock())


@pytest.mark.parametrize(
    ("decision", "points", "counted"),
    [
        (CONFIRM, 2, ("1", "0", "0", "1", "0")),
        (RAISE, 8, ("1", "0", "2", "1", "2, raised from earlier weeks: 2")),
        (RETAG, 4, ("1", "2", "0", "1", "0")),
        (REJECT, -2, ("1", "0", "0", "1", "0")),
    ],
    ids=["confirmed", "raised", "retagged", "rejected"],
)
async def test_a_decision_on_last_weeks_praise_takes_nothing_from_what_this_week_received(
    database: Database, decision: Decision, points: int, counted: tuple[str, ...]
) -> None:
    _bank, before, after = await decided_late(database, decision)
    assert line(before, "Praise received") == "Praise received: 2, points: 4 (week before: 0)."
    assert line(after, "Praise received") == f"Praise received: 1, points: {points} (week before: 2)."
    names = ("attitude", "solution", "value added", "basic praise", "highlights")
    assert facts(after) == dict(zip(names, counted, strict=True))


async def test_what_is_decided_in_its_own_week_counts_once_and_as_it_ended(database: Database) -> None:
    dispatch = new_dispatch(database, clock := Clock())
    bank = await database.write(new_bank)
    for name in ("Bo", "Cai", "Dan"):
        await give(dispatch, bank["Ann"], bank[name], f"helped {name}")
    clock.on(days=1)
    for name, action in (("Bo", "raise"), ("Cai", "reject")):
        praise = await database.read(praise_of, f"helped {name}")
        await dispatch.receive(pressed(bank["Sun"], f"confirm.{action}", praise=praise.id, reason="a mistake"))
    card = await post(database, bank, WEDNESDAY)
    assert line(card, "Praise received").startswith("Praise received: 2, points: 7")
    assert (facts(card)["basic praise"], facts(card)["highlights"]) == ("1", "1")


async def test_a_late_undo_takes_nothing_from_what_this_week_received_and_gave(database: Database) -> None:
    dispatch = new_dispatch(database, clock := Clock())
    bank = await database.write(new_bank)
    await give(dispatch, bank["Ann"], bank["Bo"], "helped last week")
    clock.on(days=7)
    await dispatch.receive(typed(bank["Ann"], "", command="undo"))
    for number in range(2):
        await give(dispatch, bank["Ann"], bank["Cai"], f"helped this week {number}")
    card = await post(database, bank, clock())
    assert line(card, "Praise received").startswith("Praise received: 2, points: 2")
    assert line(card, "Most generous") == "Most generous: Ann (2)"
    mine = said((await dispatch.receive(typed(bank["Bo"], "", command="me"))).card)
    assert "This week: Points: -2 · Praise: 0" in mine
    assert "This month: Points: 0 · Praise: 0" in mine


@pytest.mark.parametrize(("to", "here", "there"), [("Cai", 0, 0), ("Eve", 0, 1)])
async def test_what_turns_out_to_be_anothers_is_received_where_it_moves_to(
    database: Database, to: str, here: int, there: int
) -> None:
    dispatch = new_dispatch(database, clock := Clock())
    bank = await database.write(new_bank, text=rules(customer='"at_once"'))
    await dispatch.receive(typed(bank["Ann"], "he helped", [bank["Bo"]], command="customer"))
    clock.on(days=7)
    praise = await database.read(praise_of, "he helped")
    await dispatch.receive(pressed(bank["Mo"], "confirm.assign", praise=praise.id, to=account(bank[to].id)))
    await give(dispatch, bank["Ann"], bank["Dan"], "helped in week two")
    await give(dispatch, bank["Ann"], bank["Fay"], "helped in week two, too")
    for team, moved in (("Cards", here), ("Loans", there)):
        card = await post(database, bank, clock(), team)
        assert line(card, "Praise received").startswith(f"Praise received: {1 + moved},")
        assert facts(card)["attitude"] == str(1 + moved)


async def test_boards_of_tags_do_not_hold_last_weeks_retagging_against_anybody(database: Database) -> None:
    dispatch = new_dispatch(database, clock := Clock())
    bank = await database.write(new_bank)
    await give(dispatch, bank["Ann"], bank["Bo"], "helped last week")
    clock.on(days=7)
    praise = await database.read(praise_of, "helped last week")
    await dispatch.receive(
        pressed(bank["Sun"], "confirm.retag", praise=praise.id, primary="solution", tags=("solution",), tier="basic")
    )
    await give(dispatch, bank["Ann"], bank["Bo"], "helped this week")
    board = said((await dispatch.receive(typed(bank["Bo"], "attitude", command="top"))).card)
    assert "* 1 | Bo | 1" in board


@pytest.mark.parametrize(("basic", "points"), [(2, 3), (5, 0)])  # a highlight is worth 5
async def test_a_week_in_which_praise_was_only_raised_is_not_called_quiet(
    database: Database, basic: int, points: int
) -> None:
    dispatch = new_dispatch(database, clock := Clock())
    bank = await database.write(new_bank, text=rules(attitude=str(basic)))
    await give(dispatch, bank["Ann"], bank["Bo"], "helped last week")
    clock.on(days=7)
    praise = await database.read(praise_of, "helped last week")
    await dispatch.receive(pressed(bank["Sun"], "confirm.raise", praise=praise.id))
    card = await post(database, bank, clock())
    assert "quiet" not in said(card)
    assert line(card, "Praise received") == f"Praise received: 0, points: {points} (week before: 1)."
    assert facts(card)["highlights"] == "1, raised from earlier weeks: 1"
    assert "Highlight of the week: Bo" in said(card)


async def test_a_week_in_which_praise_was_only_seconded_is_not_called_quiet(database: Database) -> None:
    dispatch = new_dispatch(database, clock := Clock())
    bank = await database.write(new_bank)
    await give(dispatch, bank["Ann"], bank["Bo"], "helped last week")
    clock.on(days=7)
    praise = await database.read(praise_of, "helped last week")
    await dispatch.receive(pressed(bank["Cai"], "praise.second", praise=praise.id))
    card = await post(database, bank, clock())
    assert line(card, "Praise received") == "Praise received: 0, points: 1 (week before: 1)."


async def test_a_week_with_nothing_new_is_quiet_even_when_points_were_taken_back(database: Database) -> None:
    dispatch = new_dispatch(database, clock := Clock())
    bank = await database.write(new_bank)
    await give(dispatch, bank["Ann"], bank["Bo"], "helped last week")
    clock.on(days=7)
    await dispatch.receive(typed(bank["Ann"], "", command="undo"))
    card = await post(database, bank, clock())
    assert "A quiet week" in said(card)
    assert facts(card) == {}
    assert charts(card) == []


# --- what still waits -------------------------------------------------------------------------------------------------


async def test_what_already_counts_is_not_said_to_wait(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    await give(dispatch, bank["Ann"], bank["Bo"], "helped")
    assert line(await post(database, bank, WEDNESDAY), "Still awaiting") == ""
    await dispatch.receive(typed(bank["Ann"], "he solved it", [bank["Bo"]], command="customer"))
    card = await post(database, bank, WEDNESDAY)
    assert line(card, "Still awaiting") == "Still awaiting a supervisor: 1."
    assert line(await post(database, bank, WEDNESDAY, "Loans"), "Still awaiting") == ""


async def test_praise_of_customers_for_nobody_knows_whom_is_no_teams_news(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    for number in range(2):
        await dispatch.receive(typed(bank["Ann"], f"the nice voice solved it {number}", command="customer"))
    for team in bank.teams:
        text = said(await post(database, bank, WEDNESDAY, team))
        assert "assigned" not in text
        assert "await" not in text


# --- what the counts are of -------------------------------------------------------------------------------------------


async def test_tags_and_tiers_are_counted_apart_each_under_its_name(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    await give(dispatch, bank["Ann"], bank["Bo"], "helped and solved it")
    lines = said(await post(database, bank, WEDNESDAY)).splitlines()
    tags = lines.index("By tag; one praise may have several")
    assert lines[tags + 1 :][:3] == ["attitude: 1", "solution: 1", "value added: 0"]
    tiers = lines.index("By tier")
    assert tiers == tags + 4
    assert lines[tiers + 1 :][:2] == ["basic praise: 1", "highlights: 0"]


# --- the chart --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("show", "title", "bars"),
    [
        ('["individual", "team"]', "Points this week", {"Bo": 3, "Cai": 2}),
        ('["team", "givers"]', "Points of the teams this week", {"Cards": 5, "Loans": 2}),
        ('["givers"]', "Praise this week by tag", {"attitude": 1, "solution": 1, "value added": 0}),
        ("[]", "Praise this week by tag", {"attitude": 1, "solution": 1, "value added": 0}),
    ],
)
async def test_there_is_a_chart_whatever_the_post_shows(
    database: Database, show: str, title: str, bars: dict[str, int]
) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank, text=rules(show=show))
    for name, words in (("Bo", "solved"), ("Cai", "helped"), ("Eve", "helped")):
        await give(dispatch, bank["Ann"], bank[name], f"{words} it")
    (chart,) = charts(await post(database, bank, WEDNESDAY))
    assert chart.title == title
    assert dict(zip(chart.labels, chart.values, strict=True)) == bars


# --- who gave most ----------------------------------------------------------------------------------------------------


async def givers(database: Database, given: list[int]) -> str:
    """Return the line after agents of one team gave so many praises each to Eve."""
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank, text=rules(repeat_minutes="0"))
    agents = await database.write(new_agents, bank, "Cards", len(given))
    for agent, count in zip(agents, given, strict=True):
        for number in range(count):
            await give(dispatch, agent, bank["Eve"], f"helped {number}")
    return line(await post(database, bank, WEDNESDAY), "Most generous")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([1, 1, 1, 1], ""),
        ([1, 2, 1], "Agent 1 (2)"),
        ([2, 4, 3, 1], "Agent 1 (4), Agent 2 (3), Agent 0 (2)"),
        ([2, 4, 2, 2, 2], "Agent 1 (4), Agent 0 (2), Agent 2 (2) and 2 more"),
    ],
)
async def test_at_most_three_are_named_who_gave_more_than_once(database: Database, given: list[int], told: str) -> None:
    assert await givers(database, given) == (told and f"Most generous: {told}")


# --- staying off boards -----------------------------------------------------------------------------------------------


async def test_who_stays_off_boards_is_nowhere_in_the_post(database: Database) -> None:
    dispatch = new_dispatch(database, Clock())
    bank = await database.write(new_bank)
    await give(dispatch, bank["Ann"], bank["Bo"], "helped a lot")
    praise = await database.read(praise_of, "helped a lot")
    await dispatch.receive(pressed(bank["Sun"], "confirm.raise", praise=praise.id))
    assert "Highlight of the week: Bo" in said(await post(database, bank, WEDNESDAY))
    await database.write(members.set_on_boards, bank["Bo"].id, False)
    assert "Bo" not in said(await post(database, bank, WEDNESDAY))


async def test_a_team_that_was_off_boards_gets_no_post_of_those_weeks_afterwards(database: Database) -> None:
    bank = await database.write(new_bank)
    cards = bank.teams["Cards"].id
    await database.write(organisations.set_on_boards, cards, False, WEDNESDAY)
    back = MONDAY + timedelta(weeks=3, days=2)
    await database.write(organisations.set_on_boards, cards, True, back)
    await database.write(organisations.set_on_boards, cards, True, back + timedelta(weeks=2))  # it was on: no change
    await leaderboard.post_weekly_boards(database, back)
    await leaderboard.post_weekly_boards(database, back + timedelta(weeks=2))
    keys = [row["key"] for row in await database.read(rows, tables.outbox)]
    assert [key for key in keys if key.startswith(f"board:{cards}:")] == [
        f"board:{cards}:week:2026-W51",
        f"board:{cards}:week:2026-W52",
    ]


# --- the preview ------------------------------------------------------------------------------------------------------


async def previewed(database: Database, bank: Bank, who: str, at: datetime, words: str = "") -> str:
    reply = await new_dispatch(database, Clock(at)).receive(typed(bank[who], words, command="preview"))
    return said(reply.card)


@pytest.mark.parametrize(
    ("at", "week"),
    [
        (WEDNESDAY, 47),
        (MONDAY - timedelta(minutes=30), 47),
        (MONDAY, 48),
        (MONDAY + timedelta(days=6), 48),
        (MONDAY + timedelta(days=7, seconds=-1), 48),
    ],
)
async def test_a_preview_is_of_the_week_that_the_next_post_will_be_about(
    database: Database, at: datetime, week: int
) -> None:
    bank = await database.write(new_bank)
    assert (await previewed(database, bank, "Sun", at)).startswith(f"Cards: week {week} ")

    await leaderboard.post_weekly_boards(database, at)
    before = {row["key"] for row in await database.read(rows, tables.outbox)}
    await leaderboard.post_weekly_boards(database, at + timedelta(days=7))
    (posted,) = (
        said(card_from_json(row["card"]))
        for row in await database.read(rows, tables.outbox)
        if row["key"] not in before and row["key"].startswith(f"board:{bank.teams['Cards'].id}:")
    )
    assert posted.startswith(f"Cards: week {week} ")


async def test_a_new_team_previews_its_first_week_not_one_before_it_existed(database: Database) -> None:
    early = MONDAY - timedelta(hours=2)
    bank = await database.write(lambda tx: new_bank(tx, now=early))
    assert (await previewed(database, bank, "Sun", early)).startswith("Cards: week 48 ")


@pytest.mark.parametrize("words", ["Loans", "  loans ", "＃Loans"])
async def test_a_preview_of_a_named_team_is_of_that_team(database: Database, words: str) -> None:
    bank = await database.write(new_bank)
    assert (await previewed(database, bank, "Sun", WEDNESDAY, words)).startswith("Loans: week 47 ")
    assert (await previewed(database, bank, "Sun", WEDNESDAY)).startswith("Cards: week 47 ")


@pytest.mark.parametrize("who", ["Sun", "Mo"])
async def test_a_preview_of_a_team_nobody_knows_is_refused_with_the_teams_there_are(
    database: Database, who: str
) -> None:
    bank = await database.write(new_bank)
    told = await previewed(database, bank, who, WEDNESDAY, "Nonsense")
    assert told == "There is no team Nonsense. Teams: Cards, Loans"


async def test_a_preview_of_a_team_that_stays_off_boards_says_so(database: Database) -> None:
    bank = await database.write(new_bank)
    await database.write(organisations.set_on_boards, bank.teams["Cards"].id, False, WEDNESDAY)
    assert "Cards stays off boards" in await previewed(database, bank, "Sun", WEDNESDAY)


async def test_a_preview_is_in_the_teams_language_and_what_is_said_of_it_in_the_readers(database: Database) -> None:
    bank = await database.write(new_bank)
    await database.write(members.set_locale, bank["Sun"].id, "zh_CN")
    await database.write(organisations.set_on_boards, bank.teams["Cards"].id, False, WEDNESDAY)
    preview = await previewed(database, bank, "Sun", WEDNESDAY)
    assert preview.startswith("Cards: week 47")
    assert "Cards 不上榜" in preview


# --- Latin names in Chinese -------------------------------------------------------------------------------------------


async def test_a_latin_name_stands_apart_from_the_chinese_around_it(database: Database) -> None:
    bank = await database.write(new_bank)
    assert said(await post(database, bank, WEDNESDAY, locale="zh_CN")).startswith("Cards 周榜：第47周")
