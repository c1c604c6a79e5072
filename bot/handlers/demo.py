"""Only in the demo: let Monday come, so that the weekly board can be seen without waiting for it."""

from __future__ import annotations

from datetime import timedelta

from bot.chat import Card, MenuItem, Reply, Text
from bot.clock import DemoClock
from bot.dispatch import Action, Call, Context
from bot.errors import NotFound
from bot.handlers.leaderboard import schedule
from bot.i18n import moment, translator
from bot.periods import latest_due
from bot.storage import organisations, rulebook
from bot.storage.database import Tx

CLOCK = "demo.clock"
"""The setting that keeps how many seconds the demo is ahead."""

CONTROLS = (MenuItem("demo.monday", {"en": "Let Monday come", "zh_CN": "快进到周一"}),)


async def monday(ctx: Context) -> Reply:
    """Move the demo's clock to the next weekly post of the last team to get it."""
    clock = ctx.clock
    if not isinstance(clock, DemoClock):
        raise NotFound
    reply = await ctx.write(_monday, clock)
    return reply


def _monday(tx: Tx, call: Call, clock: DemoClock) -> Reply:
    teams = organisations.teams_of(tx, call.organisation.id)
    rules = rulebook.at(tx, call.organisation.id, call.now).rules
    week = timedelta(days=7)
    # A post is due a week after the latest one; a margin keeps the moment on the far side of every team's hour.
    due = max((latest_due(schedule(rules, team), call.now) for team in teams), default=call.now) + week
    clock.move_to(due + timedelta(minutes=1))
    organisations.set_setting(tx, call.organisation.id, CLOCK, str(int(clock.ahead.total_seconds())))
    _ = translator(call.actor.locale)
    when = moment(due, call.actor.locale, call.actor.timezone)
    line = _("It is now {when}. The weekly boards are on their way to the channels.", when=when)
    return Reply(Card(line, (Text(line),), tone="good"))


ACTIONS = (Action("demo.monday", monday),)
