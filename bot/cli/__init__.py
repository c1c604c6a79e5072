"""The command line: parses, calls the library, shows progress. Every message is in the operator's language."""

from __future__ import annotations

import sys

import typer

from bot.cli import classifier, comments, ledger, people, rules, running
from bot.cli.terminal import LOCALE, _, fail
from bot.errors import PraisebotError
from bot.i18n import describe

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=_("Praise, tagged, confirmed and counted."),
)
for part in (running.app, people.app, comments.app, classifier.app, ledger.app):
    app.registered_commands.extend(part.registered_commands)
app.add_typer(rules.app, name="rules")
app.add_typer(ledger.boards, name="board")


def main() -> None:
    """Run the command line; what a person can cause ends in one sentence and exit code 1, never in a traceback."""
    try:
        app()
    except PraisebotError as error:
        fail(describe(error, LOCALE))
    except KeyboardInterrupt:
        sys.exit(130)
