"""Points rules."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.terminal import _, err, fail, only_organisation, open_database, out, read_settings, run
from bot.cli.usage import COMMAND, OPTIONS, Group, InputFile
from bot.clock import now
from bot.errors import FileNotText, FileUnreadable

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    options_metavar=OPTIONS,
    subcommand_metavar=COMMAND,
    help=_("Points rules: check a file, apply it, show the current ones."),
)


def _read_rules(file: Path) -> str:
    from bot.reports import mistake
    from bot.rules import RulesError, parse

    try:
        text = file.read_text(encoding="utf-8-sig")
        parse(text)
    except RulesError as error:
        fail(*(mistake(found, _) for found in error.mistakes))
    except UnicodeDecodeError as error:
        raise FileNotText(path=file) from error
    except OSError as error:
        raise FileUnreadable(path=file, reason=error) from error
    return text


@app.command(help=_("Check a rules file and list everything wrong with it, with line and fix."))
def check(file: InputFile) -> None:
    """Validate only."""
    _read_rules(file)
    out.print(_("The rules are valid."))


@app.command(help=_("Make a new version of the rules out of a file; it takes effect now, or at --effective."))
def apply(
    file: InputFile,
    effective: Annotated[datetime | None, typer.Option(help=_("Local time from which it takes effect."))] = None,
) -> None:
    """Apply a rules file."""
    from zoneinfo import ZoneInfo

    from bot.storage import rulebook

    text = _read_rules(file)
    with open_database(read_settings()) as database:
        organisation = only_organisation(database)
        moment = effective.replace(tzinfo=ZoneInfo(organisation.timezone)).astimezone(UTC) if effective else now()
        if moment < now() and effective is not None:
            fail(_("Rules cannot take effect in the past: what is booked stays booked."))
        version = run(database.write(rulebook.apply, organisation.id, text, moment, now()))
    out.print(
        _(
            "Version {version} takes effect at {moment}.",
            version=version.version,
            moment=moment.isoformat(timespec="minutes"),
        )
    )


@app.command(help=_("Show the current rules, or a version."))
def show(version: Annotated[int | None, typer.Option(help=_("Its number."))] = None) -> None:
    """Print a rules file."""
    from bot.storage import rulebook

    with open_database(read_settings()) as database:
        organisation = only_organisation(database)
        history = run(database.read(rulebook.history, organisation.id))
        binding = run(database.read(rulebook.at, organisation.id, now()))
    found = next((one for one in history if one.version == (version or binding.version)), None)
    if found is None:
        fail(_("There is no version {version}.", version=version))
        return
    for one in history:
        mark = "*" if one.id == binding.id else " "
        err.print(f"{mark} {one.version}  {one.effective.isoformat(timespec='minutes')}")
    out.print(found.text, markup=False, soft_wrap=True, end="")  # as it is: it may become a file again
