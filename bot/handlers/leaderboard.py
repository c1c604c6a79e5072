"""Leaderboards: on request for any period, and the weekly post in each team's channel, once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.chat import Block, Card, Chart, Divider, Facts, Quote, Reply, Table, Text
from bot.dispatch import Call, Context
from bot.errors import NoTeam, WindowNotUnderstood
from bot.handlers.deciding import scope
from bot.handlers.words import measure_name
from bot.i18n import Translate, day, listing, translator
from bot.periods import Period, PeriodError, Schedule, due_weeks, local_day, parse_window, week_of
from bot.ranking import Row, board
from bot.rules import Rules
from bot.storage import boards, members, organisations, outbox, praises, rulebook
from bot.storage.boards import Standing
from bot.storage.database import Database, Tx
from bot.storage.organisations import Team
from bot.storage.outbox import Outgoing

_CHART_BARS = 10
_KINDS = {
    "givers": ("givers", "giver", "giving", "送出", "表扬人", "给出"),
    "team": ("team", "teams", "班组", "团队", "小组"),
    "attitude": ("attitude", "#attitude", "态度", "#态度"),
    "solution": ("solution", "#solution", "解决方案", "#解决方案"),
    "value_added": ("value_added", "value-added", "#value_added", "增值服务", "#增值服务", "增值"),
    "highlight": ("highlight", "highlights", "亮点", "有亮点"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a board is asked about: its kind (a measure, ``team`` or individual points) and its period."""

    kind: str
    period: Period


async def top(ctx: Context) -> Reply:
    """`/praise top [window] [team | givers | tag]`."""
    return await ctx.read(_top)


def _top(tx: Tx, call: Call) -> Reply:
    actor = call.actor
    rules = rulebook.at(tx, call.organisation.id, call.now).rules
    asked = understood(call.incoming.text, local_day(call.now, actor.timezone))
    return Reply(board_card(tx, call, asked, rules))


def understood(text: str, today: date) -> Question:
    """Return what the words after ``top`` ask for; raises `WindowNotUnderstood`."""
    kind = "points"
    rest: list[str] = []
    for word in text.split():
        found = next((name for name, words in _KINDS.items() if word.casefold() in words), None)
        if found is None:
            rest.append(word)
        else:
            kind = found
    window = " ".join(rest)
    try:
        period = parse_window(window, today) if window else week_of(today)
    except PeriodError:
        period = None
    if period is None:
        raise WindowNotUnderstood(words=window)
    return Question(kind, period)


def board_card(tx: Tx, call: Call, asked: Question, rules: Rules) -> Card:
    """Return a board as ``call.actor`` sees it, their own row always on it."""
    actor = call.actor
    _ = translator(actor.locale)
    if asked.kind == "team":
        title = _("Teams, {period}", period=period_name(asked.period, actor.locale, _))
        own, measure = actor.team_id, "points"
    else:
        title = _(
            "{measure}, {period}", measure=_board_name(asked.kind, _), period=period_name(asked.period, actor.locale, _)
        )
        own, measure = actor.id, asked.kind if asked.kind != "givers" else "given"
    rows = ranked(
        tx, call.organisation.id, asked.period, "team" if asked.kind == "team" else measure, rules.board_top, own=own
    )
    if not rows:
        return Card(title, (Text(_("No praise in this period yet.")),), title=title)
    if asked.kind != "team" and actor.on_boards and all(row.id != own for row in rows):
        rows = (*rows, Row(0, actor.id, actor.name, 0, None))  # nothing yet, and still shown to its owner
    return Card(title, (table(rows, measure, own, _, teams=asked.kind == "team"),), title=title)


def _board_name(kind: str, _: Translate) -> str:
    return _("Top givers") if kind == "givers" else _("Ranking by {measure}", measure=measure_name(kind, _))


def ranked(
    tx: Tx,
    organisation_id: int,
    period: Period,
    measure: str,
    top: int,
    *,
    team_id: int | None = None,
    own: int | None = None,
) -> tuple[Row, ...]:
    """Return a board's rows with the change since the period before; ``measure`` "team" ranks teams by points."""

    def standings(of: Period) -> Sequence[Standing]:
        if measure == "team":
            return boards.teams_by(tx, organisation_id, of.start, of.end, "points")
        return boards.members_by(tx, organisation_id, of.start, of.end, measure, team_id)

    now, before = standings(period), standings(period.previous())
    return board([(one.id, one.name, one.amount) for one in now], [(one.id, one.amount) for one in before], top, own)


def table(rows: Sequence[Row], measure: str, own: int | None, _: Translate, *, teams: bool = False) -> Table:
    """Return rows as a table: rank, name, amount, change."""
    lines = tuple(
        (str(row.rank), row.name, str(row.amount), change(row.change, _)) if row.rank else ("–", row.name, "0", "–")
        for row in rows
    )
    mine = next((index for index, row in enumerate(rows) if row.id == own), None)
    return Table((_("Rank"), _("Team") if teams else _("Name"), measure_name(measure, _), _("Change")), lines, mine)


def change(climbed: int | None, _: Translate) -> str:
    """Return the change of a rank: ▲2, ▼1, – or new."""
    if climbed is None:
        return _("new")
    if climbed == 0:
        return "–"
    return f"▲{climbed}" if climbed > 0 else f"▼{-climbed}"


def period_name(period: Period, locale: str, _: Translate) -> str:
    """Return a period as people write it: its first and last day, and what it is."""
    last = period.end.fromordinal(period.end.toordinal() - 1)
    span = _("{first} to {last}", first=day(period.start, locale), last=day(last, locale))
    if period.kind == "week":
        return _("week {number} ({span})", number=period.start.isocalendar().week, span=span)
    if period.kind == "month":
        return _("{year}-{month:02d}", year=period.start.year, month=period.start.month)
    if period.kind == "quarter":
        return _("Q{quarter} {year}", quarter=(period.start.month + 2) // 3, year=period.start.year)
    return span


# --- the weekly post --------------------------------------------------------------------------------------------------


def weekly_card(tx: Tx, team: Team, period: Period, rules: Rules, locale: str | None = None) -> Card:
    """Return the post of a closed week for a team's channel. Names, never mentions: a board pings nobody."""
    locale = locale or team.locale
    _ = translator(locale)
    title = _("{team}: {period}", team=team.name, period=period_name(period, locale, _))
    counts = boards.counts(tx, team.organisation_id, period.start, period.end, team_id=team.id)
    before = period.previous()
    earlier = boards.counts(tx, team.organisation_id, before.start, before.end, team_id=team.id)
    blocks: list[Block] = []
    if counts.received:
        line = _(
            "Praise received: {received}, points: {points} (week before: {before}).",
            received=counts.received,
            points=counts.points,
            before=earlier.received,
        )
    else:
        line = _("A quiet week: no praise was counted. Who helped you? /praise @name …")
    blocks.append(Text(line, "strong"))
    if "individual" in rules.boards:
        rows = ranked(tx, team.organisation_id, period, "points", rules.board_top, team_id=team.id)
        if rows:
            blocks.append(table(rows, "points", None, _))
            bars = rows[:_CHART_BARS]
            chart = Chart(
                _("Points this week"), tuple(r.name for r in bars), tuple(r.amount for r in bars), _("points")
            )
            blocks.append(chart)
    best = praises.highlight_of(tx, team.organisation_id, team.id, period.start, period.end)
    if best is not None and best.recipient_id is not None:
        name = members.by_ids(tx, team.organisation_id, [best.recipient_id])[best.recipient_id].name
        blocks += [Divider(), Text(_("Highlight of the week: {name}", name=name), "strong"), Quote(best.text)]
    if counts.received:
        blocks.append(
            Facts(
                (
                    (_("attitude"), str(counts.attitude)),
                    (_("solution"), str(counts.solution)),
                    (_("value added"), str(counts.value_added)),
                    (_("basic praise"), str(counts.received - counts.highlight)),
                    (_("highlights"), str(counts.highlight)),
                )
            )
        )
    if "team" in rules.boards:
        blocks += _team_ranking(tx, team, period, rules, _)
    if "givers" in rules.boards:
        givers = ranked(tx, team.organisation_id, period, "given", 3, team_id=team.id)
        if givers:
            counted = [_("{name} ({number})", name=row.name, number=row.amount) for row in givers]
            who = listing(counted, locale)
            blocks.append(Text(_("Most generous: {who}", who=who), "quiet"))
    waiting = praises.open_in_team(tx, team.organisation_id, team.id)
    if waiting:
        blocks.append(Text(_("Still awaiting a supervisor: {count}.", count=waiting), "quiet"))
    return Card(title, tuple(blocks), title=title)


def _team_ranking(tx: Tx, team: Team, period: Period, rules: Rules, _: Translate) -> list[Block]:
    rows = ranked(tx, team.organisation_id, period, "team", rules.board_top, own=team.id)
    if len(rows) < 2:
        return []
    return [Divider(), Text(_("Teams"), "strong"), table(rows, "points", team.id, _, teams=True)]


def schedule(rules: Rules, team: Team) -> Schedule:
    """Return when a team's board is posted."""
    return Schedule(rules.board_weekday, rules.board_hour, rules.board_minute, team.timezone)


def board_key(team: Team, period: Period) -> str:
    """Return the outbox key of a weekly post: what keeps it from ever being posted twice."""
    return f"board:{team.id}:week:{period.key()}"


async def post_weekly_boards(database: Database, now: datetime) -> None:
    """Job: write the boards that are due to the outbox. A week missed while down is posted late, once."""
    for organisation in await database.read(organisations.every):
        for team in await database.read(organisations.teams_of, organisation.id):
            if team.channel is not None and team.on_boards:
                await _post_due(database, team, now)


async def _post_due(database: Database, team: Team, now: datetime) -> None:
    def due(tx: Tx) -> list[Period]:
        rules = rulebook.at(tx, team.organisation_id, now).rules
        weeks = due_weeks(schedule(rules, team), team.created, now)
        began = local_day(team.created, team.timezone)
        return [week for week in weeks if week.end > began and not outbox.has(tx, board_key(team, week))]

    for week in await database.read(due):
        await database.write(_post, team, week, now)


def _post(tx: Tx, team: Team, week: Period, now: datetime) -> None:
    assert team.channel is not None
    rules = rulebook.at(tx, team.organisation_id, now).rules
    card = weekly_card(tx, team, week, rules)
    outbox.add(tx, team.organisation_id, [Outgoing(board_key(team, week), team.channel, card)], now)


async def preview(ctx: Context) -> Reply:
    """`/praise preview`: the next post of the caller's team as it would look now, for supervisors and above."""
    return await ctx.read(_preview)


def _preview(tx: Tx, call: Call) -> Reply:
    scope(tx, call.actor)
    teams = organisations.teams_of(tx, call.organisation.id)
    wanted = re.sub(r"^[@＠#＃]", "", call.incoming.text.strip())
    team = next((t for t in teams if t.name == wanted or t.id == call.actor.team_id), teams[0] if teams else None)
    if team is None:
        raise NoTeam
    rules = rulebook.at(tx, call.organisation.id, call.now).rules
    week = week_of(local_day(call.now, team.timezone))
    return Reply(weekly_card(tx, team, week, rules, call.actor.locale))
