"""Boards and the ledger."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.terminal import LOCALE, _, fail, only_organisation, open_database, out, read_settings, run
from bot.clock import now

app = typer.Typer()
boards = typer.Typer(no_args_is_help=True, help=_("Leaderboards."))


@boards.command(help=_("Show a team’s next weekly post as it would look now."))
def preview(team: Annotated[str | None, typer.Argument(help=_("Its name; all when left out."))] = None) -> None:
    """Print the next post of each team."""
    from bot.handlers.leaderboard import weekly_card
    from bot.periods import local_day, week_of
    from bot.plain import as_text
    from bot.storage import organisations, rulebook

    with open_database(read_settings()) as database:
        organisation = only_organisation(database)
        teams = run(database.read(organisations.teams_of, organisation.id))
        chosen = [one for one in teams if team in (None, one.name)]
        if not chosen:
            fail(_("There is no team {name}. Teams: {teams}", name=team, teams=", ".join(one.name for one in teams)))
        rules = run(database.read(rulebook.at, organisation.id, now())).rules
        for one in chosen:
            week = week_of(local_day(now(), one.timezone))
            card = run(database.read(weekly_card, one, week, rules, LOCALE))
            out.print(as_text(card) + "\n", markup=False, soft_wrap=True)


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

    with open_database(read_settings()) as database:
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
