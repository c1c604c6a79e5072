"""The command line: parses, calls the library, shows progress. Every message is in the operator's language."""

from __future__ import annotations

import sys
from itertools import chain

import typer

from bot.cli import classifier, comments, explain, ledger, model, people, rules, running, slack, teams, words
from bot.cli.terminal import LOCALE, _, fail
from bot.cli.usage import COMMAND, OPTIONS, Command, Group, hint_for, mistake_in
from bot.errors import PraisebotError, UsageWrong
from bot.i18n import describe

_MISUSED = 2  # the exit code of a command that is not written as it should be

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    options_metavar=OPTIONS,
    subcommand_metavar=COMMAND,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=_("Praise, tagged, confirmed and counted."),
)
for part in (running.app, people.app, comments.app, classifier.app, ledger.app):
    app.registered_commands.extend(part.registered_commands)
model.app.registered_commands.extend(explain.app.registered_commands)
app.add_typer(model.app, name="model")
app.add_typer(words.app, name="words")
app.add_typer(rules.app, name="rules")
app.add_typer(ledger.boards, name="board")
app.add_typer(slack.app, name="slack")
app.add_typer(teams.app, name="teams")
_PARTS = (app, model.app, words.app, rules.app, ledger.boards, slack.app, teams.app)
_COMMANDS = (part.registered_commands for part in _PARTS)
for one in chain.from_iterable(_COMMANDS):
    one.cls, one.options_metavar = Command, OPTIONS


def main() -> None:
    """Run the command line; what a person can cause ends in one sentence and exit code 1, never in a traceback.

    A command that is not written as it should be ends with exit code 2.
    """
    try:
        sys.exit(app(standalone_mode=False))
    except typer.TyperException as error:
        if not error.message and not isinstance(error, typer.BadParameter):  # without words: its help has been shown
            sys.exit(_MISUSED)
        fail(describe(mistake_in(error), LOCALE), hint_for(error), code=_MISUSED)
    except PraisebotError as error:
        fail(describe(error, LOCALE), code=_MISUSED if isinstance(error, UsageWrong) else 1)
    except KeyboardInterrupt:
        sys.exit(130)
