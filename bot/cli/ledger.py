"""Boards and the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.terminal import LOCALE, PATIENT, _, fail, only_organisation, open_database, out, read_settings, run
from bot.cli.usage import COMMAND, OPTIONS, Group
from bot.clock import now

if TYPE_CHECKING:  # importing these takes its time; each command imports what it needs
    from bot.storage.database import Database
    from bot.storage.organisations import Team

app = typer.Typer()
boards = typer.Typer(
    cls=Group, no_args_is_help=True, options_metavar=OPTIONS, subcommand_metavar=COMMAND, help=_("Leaderboards.")
)


@boards.command(help=_("Show a team’s next weekly post as it would look now."))
def preview(team: Annotated[str | None, typer.Argument(help=_("Its name; all when left out."))] = None) -> None:
    """Print the next post of each team."""
    from bot.handlers.leaderboard import next_post
    from bot.plain import as_text

    with open_database(read_settings()) as database:
        for one in _teams(database) if team is None else (_team(database, team),):
            card = run(database.read(next_post, one, now(), LOCALE))
            out.print(as_text(card) + "\n", markup=False, soft_wrap=True)


@boards.command(help=_("Keep a team off all boards: no weekly post, no place among the teams."))
def off(team: Annotated[str, typer.Argument(help=_("Its name."))]) -> None:
    """Keep a team off; its members keep their points and their own places."""
    one = _switch(team, on=False)
    out.print(_("{team} is off all boards from now on. Its members keep earning points.", team=one.name), markup=False)


@boards.command(help=_("Put a team on boards again."))
def on(team: Annotated[str, typer.Argument(help=_("Its name."))]) -> None:
    """Put a team back on; the weeks it was off are not posted."""
    one = _switch(team, on=True)
    out.print(_("{team} is on boards again, from this week’s post on.", team=one.name), markup=False)


def _switch(name: str, *, on: bool) -> Team:
    from bot.storage import organisations

    with open_database(read_settings()) as database:
        one = _team(database, name)
        run(database.write(organisations.set_on_boards, one.id, on, now()))
    return one


def _team(database: Database, name: str) -> Team:
    from bot.errors import TeamUnknown
    from bot.i18n import listing

    teams = _teams(database)
    found = next((one for one in teams if one.name == name), None)
    if found is None:
        raise TeamUnknown(name=name, teams=listing([one.name for one in teams], LOCALE))
    return found


def _teams(database: Database) -> tuple[Team, ...]:
    from bot.storage import organisations

    return run(database.read(organisations.teams_of, only_organisation(database).id))


@app.command(
    name="verify-ledger", help=_("Recompute the whole ledger and compare: postings, reversals, totals, balances.")
)
def verify_ledger(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help=_("Make totals and balances again from the postings first."))
    ] = False,
) -> None:
    """Verify; exit code 1 when anything does not add up."""
    from bot.reports import discrepancy
    from bot.storage import verification

    with open_database(read_settings(), patience=PATIENT) as database:
        if rebuild:
            run(database.write(verification.rebuild))
        result = run(database.read(verification.verify))
    out.print(
        _(
            "Entries: {entries}, postings: {postings}, points issued: {points}.",
            entries=result.entries,
            postings=result.postings,
            points=result.points,
        )
    )
    if result.discrepancies:
        fail(*(discrepancy(found, _) for found in result.discrepancies))
    out.print(_("Everything adds up."), style="green")
