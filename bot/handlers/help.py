"""`/praise help`: what can be typed, with an example each."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat import Button, Buttons, Card, Facts, Reply, Text
from bot.dispatch import Call, Command, Context
from bot.i18n import translator
from bot.storage.database import Tx


def help_of(commands: Sequence[Command]) -> Command:
    """Return the help command for ``commands``, itself included."""

    async def show(ctx: Context) -> Reply:
        return await ctx.read(_help, (*commands, command))

    command = Command("help", ("帮助", "?", "？"), show, "/praise help", "this list")
    return command


def _help(tx: Tx, call: Call, commands: Sequence[Command]) -> Reply:
    _ = translator(call.actor.locale)
    title = _("What I can do")
    lines = tuple((_(command.usage), _(command.help)) for command in commands)
    buttons = Buttons(
        (
            Button("praise.form", _("Praise a colleague"), style="primary"),
            Button("comment.form", _("A customer’s words")),
        )
    )
    note = Text(
        _("#attitude, #solution or #value_added chooses the tag; #private keeps it out of the channel."),
        "quiet",
    )
    return Reply(Card(title, (Facts(lines), note, buttons), title=title))
