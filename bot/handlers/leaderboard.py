"""Leaderboards: on request for any period, and the weekly post in each team's channel, once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.chat import Block, Card, Chart, Divider, Facts, Quote, Reply, Table, Text
from bot.dispatch import Call, Context
from bot.errors import NoTeam, TeamUnknown, WindowNotUnderstood
from bot.handlers.deciding import scope
from bot.handlers.words import measure_name, tag_name
from bot.i18n import Translate, day, listing, translator
from bot.periods import Period, PeriodError, Schedule, due_weeks, local_day, next_week, parse_window, week_of
from bot.praise import name_key
from bot.ranking import Row, board
from bot.rules import Rules
from bot.storage import boards, members, organisations, outbox, praises, rulebook
from bot.storage.boards import Counts, Standing
from bot.storage.database import Database, Tx
from bot.storage.organisations import Team
from bot.storage.outbox import Outgoing
from bot.tags import Tag

_CHART_BARS = 10
_GIVEN_TO_BE_NAMED = 2
_NAMED_GIVERS = 3
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
    return _("Top givers") if kind == "givers" else _("Ranking: {measure}", measure=measure_name(kind, _))


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
            return boards.teams_by(tx, organisation_id, of.start, of.end)
        return boards.members_by(tx, organisation_id, of.start, of.end, measure, team_id)

    now, before = standings(period), standings(period.previous())
    return board(now, [(one.id, one.amount) for one in before], top, own)


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


def weekly_card(tx: Tx, team: Team, period: Period, rules: Rules) -> Card:
    """Return the post of a closed week for a team's channel. Names, never mentions: a board pings nobody."""
    _ = translator(team.locale)
    title = _("{team}: {period}", team=team.name, period=period_name(period, team.locale, _))
    organisation = team.organisation_id
    counts, before = (
        boards.counts(tx, organisation, week.start, week.end, team_id=team.id) for week in (period, period.previous())
    )
    people: Sequence[Row] = ()
    teams: Sequence[Row] = ()
    if "individual" in rules.boards:
        people = ranked(tx, organisation, period, "points", rules.board_top, team_id=team.id)
    if "team" in rules.boards:
        teams = ranked(tx, organisation, period, "team", rules.board_top, own=team.id)
    quiet = not (counts.received or counts.highlight or counts.points > 0)
    blocks: list[Block] = [Text(_summary(counts, before, _) if not quiet else _nothing(_), "strong")]
    if people:
        blocks.append(table(people, "points", None, _))
    blocks += _chart(people, teams, counts, _)
    blocks += _highlight(tx, team, period, _)
    if not quiet:
        blocks += _facts(counts, _)
    if len(teams) > 1:
        blocks += [Divider(), Text(_("Teams"), "strong"), table(teams, "points", team.id, _, teams=True)]
    if "givers" in rules.boards:
        blocks += _givers(boards.members_by(tx, organisation, period.start, period.end, "given", team.id), team.locale)
    blocks += _waiting(tx, team, _)
    return Card(title, tuple(blocks), title=title)


def _nothing(_: Translate) -> str:
    return _("A quiet week: no praise was counted. Who helped you? /praise @name …")


def _summary(counts: Counts, before: Counts, _: Translate) -> str:
    return _(
        "Praise received: {received}, points: {points} (week before: {before}).",
        received=counts.received,
        points=counts.points,
        before=before.received,
    )


def _chart(people: Sequence[Row], teams: Sequence[Row], counts: Counts, _: Translate) -> list[Block]:
    """Draw the team's members, else all teams, else what the praise was for."""
    rows = people or (teams if len(teams) > 1 else ())
    if rows:
        title = _("Points this week") if people else _("Points of the teams this week")
        bars = [(row.name, row.amount) for row in rows[:_CHART_BARS]]
        unit = _("points")
    else:
        title = _("Praise this week by tag")
        bars = [(tag_name(tag, _), getattr(counts, tag)) for tag in Tag]
        unit = _("praise")
    if not any(amount for _name, amount in bars):
        return []
    names, amounts = zip(*bars, strict=True)
    return [Chart(title, names, amounts, unit)]


def _highlight(tx: Tx, team: Team, period: Period, _: Translate) -> list[Block]:
    best = praises.highlight_of(tx, team.organisation_id, team.id, period.start, period.end)
    if best is None or best.recipient_id is None:
        return []
    name = members.by_ids(tx, team.organisation_id, [best.recipient_id])[best.recipient_id].name
    return [Divider(), Text(_("Highlight of the week: {name}", name=name), "strong"), Quote(best.text)]


def _facts(counts: Counts, _: Translate) -> list[Block]:
    """Count the praise once by tag and once by tier; who adds the tags up finds more than there was praise."""
    highlights = str(counts.highlight)
    if counts.raised:
        highlights = _("{count}, raised from earlier weeks: {raised}", count=counts.highlight, raised=counts.raised)
    by_tag = ((tag_name(tag, _), str(getattr(counts, tag))) for tag in Tag)
    by_tier = ((_("basic praise"), str(counts.basic)), (_("highlights"), highlights))
    return [
        Text(_("By tag; one praise may have several"), "quiet"),
        Facts(tuple(by_tag)),
        Text(_("By tier"), "quiet"),
        Facts(by_tier),
    ]


def _givers(givers: Sequence[Standing], locale: str) -> list[Block]:
    """Name who gave most: nobody for a single praise, and at most three; who ties with the third is counted."""
    _ = translator(locale)
    most = [one for one in givers if one.amount >= _GIVEN_TO_BE_NAMED]
    named = most[:_NAMED_GIVERS]
    if not named:
        return []
    tied = sum(one.amount == named[-1].amount for one in most[_NAMED_GIVERS:])
    who = listing([_("{name} ({number})", name=one.name, number=one.amount) for one in named], locale)
    if tied:
        who = _("{who} and {count} more", who=who, count=tied)
    return [Text(_("Most generous: {who}", who=who), "quiet")]


def _waiting(tx: Tx, team: Team, _: Translate) -> list[Block]:
    """Tell what waits in the team; what nobody is named in is the supervisors' concern, not every team's."""
    waiting = praises.open_in_team(tx, team.organisation_id, team.id)
    return [Text(_("Still awaiting a supervisor: {count}.", count=waiting), "quiet")] if waiting else []


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
        weeks = due_weeks(schedule(rules, team), team.boards_since, now)
        began = local_day(team.boards_since, team.timezone)
        return [week for week in weeks if week.end > began and not outbox.has(tx, board_key(team, week))]

    for week in await database.read(due):
        await database.write(_post, team, week, now)


def _post(tx: Tx, team: Team, week: Period, now: datetime) -> None:
    assert team.channel is not None
    rules = rulebook.at(tx, team.organisation_id, now).rules
    card = weekly_card(tx, team, week, rules)
    outbox.add(tx, team.organisation_id, [Outgoing(board_key(team, week), team.channel, card)], now)


def next_post(tx: Tx, team: Team, now: datetime, locale: str) -> Card:
    """Return the post that ``team`` gets next, as it would look now, in the team's language; what is said of it besides
    is in the reader's, ``locale``.
    """
    rules = rulebook.at(tx, team.organisation_id, now).rules
    week = next_week(schedule(rules, team), now)
    began = local_day(team.boards_since, team.timezone)
    card = weekly_card(tx, team, week if week.end > began else week_of(began), rules)
    if team.on_boards:
        return card
    line = translator(locale)("{team} stays off boards: this is posted nowhere.", team=team.name)
    return replace(card, blocks=(Text(line, "quiet"), *card.blocks))


async def preview(ctx: Context) -> Reply:
    """`/praise preview [team]`: the next post of a team, the caller's own unless named, for supervisors and above."""
    return await ctx.read(_preview)


def _preview(tx: Tx, call: Call) -> Reply:
    scope(tx, call.actor)
    teams = organisations.teams_of(tx, call.organisation.id)
    wanted = re.sub(r"^[@＠#＃]+", "", call.incoming.text.strip())
    if wanted:
        team = next((one for one in teams if name_key(one.name) == name_key(wanted)), None)
        if team is None:
            raise TeamUnknown(name=wanted, teams=listing([one.name for one in teams], call.actor.locale))
    else:
        team = next((one for one in teams if one.id == call.actor.team_id), teams[0] if teams else None)
    if team is None:
        raise NoTeam
    return Reply(next_post(tx, team, call.now, call.actor.locale))
