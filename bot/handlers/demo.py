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

_CLOCK = "demo.clock"  # the setting that keeps how many seconds the demo is ahead

CONTROLS = (MenuItem("demo.monday", {"en": "Let Monday come", "zh_CN": "快进到周一"}),)


async def monday(ctx: Context) -> Reply:
    """Move the demo's clock to the next weekly post of the last team to get it."""
    clock = ctx.clock
    if not isinstance(clock, DemoClock):
        raise NotFound
    reply = await ctx.write(_monday, clock.ahead)
    clock.follow(await ctx.read(lambda tx, _: ahead(tx)))
    return reply


def ahead(tx: Tx) -> timedelta:
    """Return how far ahead the demo is. Every process of it reads this again and again: the clock is common to all."""
    kept = (organisations.setting(tx, one.id, _CLOCK) for one in organisations.every(tx))
    return timedelta(seconds=max((int(seconds) for seconds in kept if seconds), default=0))


def _monday(tx: Tx, call: Call, before: timedelta) -> Reply:
    teams = organisations.teams_of(tx, call.organisation.id)
    rules = rulebook.at(tx, call.organisation.id, call.now).rules
    week = timedelta(days=7)
    # A post is due a week after the latest one; a margin keeps the moment on the far side of every team's hour.
    due = max((latest_due(schedule(rules, team), call.now) for team in teams), default=call.now) + week
    further = max(before + (due + timedelta(minutes=1) - call.now), ahead(tx))
    organisations.set_setting(tx, call.organisation.id, _CLOCK, str(int(further.total_seconds())))
    _ = translator(call.actor.locale)
    when = moment(due, call.actor.locale, call.actor.timezone)
    line = _("It is now {when}. The weekly boards are on their way to the channels.", when=when)
    return Reply(Card(line, (Text(line),), tone="good"))


ACTIONS = (Action("demo.monday", monday),)
