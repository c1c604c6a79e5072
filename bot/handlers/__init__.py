"""What people can do, once, for every platform. Each command, action, menu item and job is named here only."""

from __future__ import annotations

from datetime import datetime

from bot.chat import MenuItem
from bot.dispatch import Action, Command, Job
from bot.handlers import channels, comment, confirm, leaderboard, learning, points, praise, queue, teams
from bot.handlers.help import help_of
from bot.storage import events
from bot.storage.database import Database

_COMMANDS = (
    Command(
        "praise",
        ("表扬", "give"),
        praise.by_words,
        "/praise @colleague …",
        "praise one colleague or several",
        takes="people",
    ),
    Command(
        "customer",
        ("客户", "客户表扬"),
        comment.forward,
        "/praise customer @agent …",
        "forward a customer’s words",
        takes="people",
    ),
    Command("me", ("我的", "我"), points.me, "/praise me", "your points and what you may still give"),
    Command("undo", ("撤销", "撤回"), praise.undo, "/praise undo", "take back your last praise"),
    Command(
        "top",
        ("榜单", "排行", "排行榜"),
        leaderboard.top,
        "/praise top last week",
        "the leaderboard of a period",
        takes="words",
    ),
    Command("queue", ("待认定", "认定", "pending"), queue.show, "/praise queue", "what waits for your decision"),
    Command(
        "report",
        ("报告", "查看"),
        points.report,
        "/praise report @agent",
        "an agent’s praise, for supervisors",
        takes="people",
    ),
    Command(
        "preview", ("预览",), leaderboard.preview, "/praise preview", "your team’s next weekly post", takes="words"
    ),
    Command(
        "channel",
        ("频道",),
        channels.take,
        "/praise channel",
        "this channel gets your team’s weekly post",
        takes="words",
    ),
    Command("team", ("班组",), teams.form, "/praise team", "make a team, for managers"),
)
COMMANDS = (*_COMMANDS, help_of(_COMMANDS))

ACTIONS = (
    Action("home", queue.home),
    Action("praise.form", praise.form),
    Action("praise.submit", praise.submit),
    Action("praise.again", praise.again),
    Action("praise.second", praise.second),
    Action("praise.sign", praise.second_by_sign),
    Action("praise.undo", praise.undo),
    Action("comment.form", comment.form),
    Action("comment.submit", comment.submit),
    Action("comment.appeal", comment.appeal),
    Action("confirm.queue", queue.show),
    Action("confirm.page", queue.turn),
    Action("confirm.batch", confirm.batch),
    Action("confirm.several.form", confirm.several_form),
    Action("confirm.several", confirm.several),
    Action("confirm.confirm", confirm.confirm),
    Action("confirm.raise", confirm.raise_),
    Action("confirm.retag.form", confirm.retag_form),
    Action("confirm.retag", confirm.retag),
    Action("confirm.reject.form", confirm.reject_form),
    Action("confirm.reject", confirm.reject),
    Action("confirm.assign.form", confirm.assign_form),
    Action("confirm.assign", confirm.assigned),
    Action("team.form", teams.form),
    Action("team.submit", teams.submit),
    Action("me.boards", points.boards_choice),
    Action("me.locale", points.speak),
)

MENU = (
    MenuItem("praise.form", {"en": "Praise this", "zh_CN": "表扬发言人"}),
    MenuItem("comment.form", {"en": "Forward as customer praise", "zh_CN": "作为客户表扬转交"}),
)


async def _forget_events(database: Database, now: datetime) -> None:
    await database.write(events.forget, now)


JOBS = (
    Job("weekly boards", leaderboard.post_weekly_boards),
    Job("forget events", _forget_events),
    Job("watch agreement", learning.watch_agreement),
)
