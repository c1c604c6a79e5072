"""Customers’ comments from files."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.terminal import _, err, fail, only_organisation, open_database, out, progress_bar, read_settings, run
from bot.cli.usage import InputFile
from bot.clock import now
from bot.errors import StorageFull, Unavailable
from bot.i18n import cause

if TYPE_CHECKING:
    from bot.importing import Summary

app = typer.Typer()

_LISTED = 200
"""Bad rows shown; of more than these all are written to a file."""


@app.command(
    name="import",
    help=_("Import customers’ comments from CSV, TSV, XLSX or JSONL; running it again imports nothing twice."),
)
def import_(
    file: InputFile,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Read, mask, tag and match, but keep nothing."))] = False,
) -> None:
    """Import the good rows and list the bad ones; an import that breaks off says how far it came."""
    from bot.importing import Summary
    from bot.intake import Problem
    from bot.reports import file_problem

    summary = Summary()
    stopped = ""
    try:
        _import(file, summary, dry_run=dry_run)
    except Problem as problem:
        stopped = file_problem(problem, _)
    except Unavailable as error:
        if not summary.done:
            raise
        stopped = _("The disk is full.") if isinstance(error, StorageFull) else _("The database does not answer.")
    except KeyboardInterrupt:
        stopped = _("Stopped.")
    if summary.done or not stopped:
        _report(summary, file, dry_run=dry_run)
    if stopped and summary.done and not dry_run:
        fail(stopped, _("What is counted above is kept. Put it right and import the file again: nothing comes twice."))
    if stopped:
        fail(stopped)


def _import(file: Path, summary: Summary, *, dry_run: bool) -> None:
    from bot.classifier.predict import Tagger
    from bot.importing import import_rows
    from bot.intake import count_rows, read_file
    from bot.learning.taggers import Taggers

    settings = read_settings()
    with open_database(settings) as database:
        organisation = only_organisation(database)
        tagger = run(Taggers(database, Tagger.load(settings.model), now).of(organisation.id))
        rows = read_file(file, timezone=organisation.timezone)
        with progress_bar(_("Importing"), count_rows(file)) as progress:
            run(
                import_rows(
                    database,
                    tagger,
                    organisation,
                    rows,
                    source=file.name,
                    clock=now,
                    summary=summary,
                    dry_run=dry_run,
                    progress=lambda done: progress.update(progress.task_ids[0], completed=done),
                )
            )


def _report(summary: Summary, file: Path, *, dry_run: bool) -> None:
    from bot.reports import row_error

    if dry_run:
        out.print(_("Dry run: nothing was kept."), style="bold")
    out.print(
        _(
            "Praise: {praise} (unclear whose: {unclear}). Perhaps praise: {doubtful}. Not praise: {other}."
            " Known already: {known}. Bad rows: {bad}",
            praise=summary.praise,
            unclear=summary.unclear,
            doubtful=summary.doubtful,
            other=summary.not_praise,
            known=summary.known,
            bad=len(summary.errors),
        )
    )
    for row in summary.errors[:_LISTED]:
        err.print("  " + row_error(row, _), markup=False, soft_wrap=True)
    if len(summary.errors) > _LISTED:
        err.print(_("  … and {count} more", count=len(summary.errors) - _LISTED))
        _write_errors(summary, file.with_name(f"{file.name}.errors.csv"))


def _write_errors(summary: Summary, path: Path) -> None:
    """Write every bad row to ``path``, in a form that spreadsheets open: line, code, what is wrong."""
    from bot.reports import row_error

    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file)
            table.writerow(("line", "code", "reason"))
            table.writerows((row.line, row.code, row_error(row, _)) for row in summary.errors)
    except OSError as error:
        text = _("They could not be written to {path}: {reason}", path=path, reason=cause(error, _))
        err.print(text, markup=False, soft_wrap=True)
    else:
        err.print(_("All of them are in {path}", path=path), markup=False, soft_wrap=True)
