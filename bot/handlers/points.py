"""Own points and, for who may see them, a colleague's: `/praise me`, `/praise report @x`."""

from __future__ import annotations

from bot.chat import Block, Button, Buttons, Card, Divider, Facts, Quote, Reply, Text
from bot.dispatch import Call, Context
from bot.errors import NobodyNamed, NotAllowed, Refused
from bot.handlers.giving import allowance, people_named
from bot.handlers.leaderboard import ranked
from bot.handlers.praise import understood
from bot.handlers.words import tagged
from bot.i18n import Translate, day, moment, translator
from bot.periods import local_day, month_of, week_of
from bot.praise import Draft, Kind
from bot.storage import boards, ledger, members, organisations, praises, rulebook
from bot.storage.database import Tx
from bot.storage.members import Member

_RECENT = 5


async def me(ctx: Context) -> Reply:
    """`/praise me`: balance, rank, what is left to give, the latest praise."""
    return await ctx.read(lambda tx, call: Reply(own(tx, call)))


def own(tx: Tx, call: Call) -> Card:
    """Return the caller's own figures."""
    actor = call.actor
    _ = translator(actor.locale)
    rules = rulebook.at(tx, call.organisation.id, call.now).rules
    left = allowance(tx, actor, rules, local_day(call.now, actor.timezone))
    facts = ((_("Allowance left"), _("{left} (resets {day})", left=left.left, day=day(left.until, actor.locale))),)
    label = _("Hide me from leaderboards") if actor.on_boards else _("Show me on leaderboards")
    choice = Button("me.boards", label, {"on": "false" if actor.on_boards else "true"})
    title = _("Your praise")
    blocks = [*_figures(tx, call, actor, facts), Buttons((choice,))]
    return Card(title, tuple(blocks), title=title)


async def report(ctx: Context) -> Reply:
    """`/praise report @x`: a colleague's figures, for their supervisor and above."""
    return await ctx.read(_report, await understood(ctx))


def _report(tx: Tx, call: Call, draft: Draft) -> Reply:
    named, problems = people_named(tx, call, draft)
    if problems or not named:
        raise Refused(tuple(problems) or (NobodyNamed(),))
    actor, member = call.actor, named[0]
    _ = translator(actor.locale)
    supervises = member.team_id in organisations.supervised(tx, actor.id)
    if not (member.id == actor.id or actor.role.sees_all or supervises):
        raise NotAllowed(who=_("their supervisor"))
    title = _("Praise for {name}", name=member.name)
    return Reply(Card(title, tuple(_figures(tx, call, member)), title=title))


def _figures(tx: Tx, call: Call, member: Member, more: tuple[tuple[str, str], ...] = ()) -> list[Block]:
    reader = call.actor
    _ = translator(reader.locale)
    today = local_day(call.now, member.timezone)
    week, month = week_of(today), month_of(today)
    this_week = boards.counts(tx, member.organisation_id, week.start, week.end, member_id=member.id)
    this_month = boards.counts(tx, member.organisation_id, month.start, month.end, member_id=member.id)
    rows = ranked(tx, member.organisation_id, week, "points", 1, own=member.id)
    own = next((row for row in rows if row.id == member.id), None)
    blocks: list[Block] = [
        Facts(
            (
                (_("Balance"), str(ledger.balance(tx, member.id))),
                (
                    _("This week"),
                    _("Points: {points} · Praise: {received}", points=this_week.points, received=this_week.received),
                ),
                (
                    _("This month"),
                    _("Points: {points} · Praise: {received}", points=this_month.points, received=this_month.received),
                ),
                (_("Rank this week"), str(own.rank) if own else "–"),
                (_("This month by tag"), _by_tag(this_month, _)),
                (_("Highlights this month"), str(this_month.highlight)),
                *more,
            )
        )
    ]
    recent = praises.recent(tx, member.organisation_id, member.id, _RECENT, private=True)
    people = members.by_ids(tx, member.organisation_id, {p.giver_id for p in recent if p.giver_id is not None})
    for praise in recent:
        who = _("A customer") if praise.kind is Kind.CUSTOMER else people[praise.giver_id or 0].name
        when = moment(praise.created, reader.locale, member.timezone)
        tags = tagged(praise.primary, praise.tags, praise.tier, _)
        blocks += [
            Divider(),
            Text(_("{who}, {when}: {tags}", who=who, when=when, tags=tags), "quiet"),
            Quote(praise.text),
        ]
    if not recent:
        blocks.append(Text(_("No praise yet. It will come."), "quiet"))
    return blocks


def _by_tag(counts: boards.Counts, _: Translate) -> str:
    return _(
        "attitude {attitude}, solution {solution}, value added {value_added}",
        attitude=counts.attitude,
        solution=counts.solution,
        value_added=counts.value_added,
    )


async def boards_choice(ctx: Context) -> Reply:
    """Hide me from leaderboards, or appear on them again."""
    return await ctx.write(_boards_choice)


def _boards_choice(tx: Tx, call: Call) -> Reply:
    on = call.action.text("on") == "true"
    members.set_on_boards(tx, call.actor.id, on)
    _ = translator(call.actor.locale)
    line = (
        _("You are on leaderboards again.")
        if on
        else _("You are off all leaderboards from now on. You keep earning points.")
    )
    return Reply(Card(line, (Text(line),), tone="good"))


async def speak(ctx: Context) -> Reply:
    """Choose the language the bot speaks with one."""
    return await ctx.write(_speak)


def _speak(tx: Tx, call: Call) -> Reply:
    locale = "en" if call.action.text("locale") == "en" else "zh_CN"
    members.set_locale(tx, call.actor.id, locale)
    line = translator(locale)("I will speak English with you.")
    return Reply(Card(line, (Text(line),)))
