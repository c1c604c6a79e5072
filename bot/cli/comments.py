"""Customers’ comments from files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.terminal import _, err, fail, only_organisation, open_database, out, progress_bar, read_settings
from bot.clock import now

app = typer.Typer()


@app.command(
    name="import",
    help=_("Import customers’ comments from CSV, TSV, XLSX or JSONL; running it again imports nothing twice."),
)
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Read, mask, tag and match, but keep nothing."))] = False,
) -> None:
    """Import the good rows and list the bad ones."""
    from bot.classifier.model import ModelError
    from bot.classifier.predict import Tagger
    from bot.importing import import_rows
    from bot.intake import Problem, count_rows, read_file
    from bot.reports import file_problem, row_error

    settings = read_settings()
    with open_database(settings) as database:
        organisation = only_organisation(database)
        try:
            tagger = Tagger.load(settings.model)
            rows = read_file(file, timezone=organisation.timezone)
            with progress_bar(_("Importing"), count_rows(file)) as progress:

                def show(done: int) -> None:
                    progress.update(progress.task_ids[0], completed=done)

                summary = asyncio.run(
                    import_rows(
                        database,
                        tagger,
                        organisation,
                        rows,
                        source=file.name,
                        clock=now,
                        dry_run=dry_run,
                        progress=show,
                    )
                )
        except Problem as problem:
            fail(file_problem(problem, _))
            return
        except ModelError as error:
            fail(str(error))
            return
    if dry_run:
        out.print(_("Dry run: nothing was kept."), style="bold")
    out.print(
        _(
            "Praise: {praise} (unclear whose: {unclear}). Not praise: {other}. Known already: {known}. Bad rows: {bad}",
            praise=summary.praise,
            unclear=summary.unclear,
            other=summary.not_praise,
            known=summary.known,
            bad=len(summary.errors),
        )
    )
    for row in summary.errors[:50]:
        err.print("  " + row_error(row, _), markup=False)
    if len(summary.errors) > 50:
        err.print(_("  … and {count} more", count=len(summary.errors) - 50))
