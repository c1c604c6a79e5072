"""The classifier: train, evaluate, tag."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.terminal import (
    LOCALE,
    _,
    err,
    fail,
    named_organisation,
    open_database,
    out,
    progress_bar,
    read_settings,
    run,
)
from bot.cli.usage import InputFile, existing_folder, no_file, no_folder
from bot.errors import ClusterUnusable, FileUnwritable, LabelsWrong, OptionsExclusive, WorkerLost
from bot.i18n import describe

if TYPE_CHECKING:  # importing it takes its time
    from bot.classifier.evaluate import Report
    from bot.classifier.model import Packed
    from bot.classifier.partial import Start
    from bot.classifier.piecework import Counts
    from bot.config import Settings

Whose = Annotated[str, typer.Option(help=_("Tag as for this organisation, with its own model and words."))]

app = typer.Typer()


@app.command(help=_("Train the classifier on a corpus and write the model with its card."))
def train(
    corpus: Annotated[Path, typer.Option(callback=existing_folder, help=_("The folder of labelled comments."))] = Path(
        "models/corpus"
    ),
    output: Annotated[
        Path, typer.Option("--output", "-o", callback=no_file, help=_("The folder the model goes to."))
    ] = Path("models/tagger"),
    seed: Annotated[int, typer.Option(help=_("Where chance begins; the same seed gives the same model."))] = 0,
    organisation: Annotated[
        str, typer.Option(help=_("Learn from this organisation’s decisions too; the model goes to the registry."))
    ] = "",
    shared: Annotated[
        bool, typer.Option("--shared", help=_("The same from all organisations that share their decisions."))
    ] = False,
    night: Annotated[str, typer.Option(hidden=True)] = "",
) -> None:
    """Train, print the cross-validated figures, save; from decisions: judge, keep, promote."""
    from bot.classifier.corpus import read_corpus

    with _every_bad_row():
        examples = read_corpus(corpus)
    if organisation or shared:
        from bot.cli.learning import train_from_decisions

        train_from_decisions(examples, "" if shared else organisation, night=night, seed=seed)
        return
    from bot.classifier.train import train as fit
    from bot.classifier.train import write

    stages = {"cross-validation": _("Cross-validating"), "fitting": _("Fitting the model")}
    with progress_bar(_("Training"), None) as progress:

        def step(stage: str, done: int, total: int) -> None:
            progress.update(progress.task_ids[0], description=stages[stage], completed=done, total=total)

        trained = fit(examples, seed=seed, progress=step)
    try:
        card = write(trained, output)
    except OSError as error:
        raise FileUnwritable(path=output, reason=error) from error
    _print_figures(trained.figures)
    out.print(_("Saved {name} in {folder}.", name=card["model"], folder=output))


@app.command(help=_("Measure the classifier on a labelled TSV file."))
def evaluate(
    file: InputFile,
    as_json: Annotated[bool, typer.Option("--json", help=_("Print the figures as JSON."))] = False,
    organisation: Whose = "",
) -> None:
    """Print precision, recall and F1 per tag, calibration and coverage."""
    from bot.classifier.evaluate import evaluate_file
    from bot.classifier.predict import Tagger

    settings = read_settings()
    packed = _packed(settings, organisation)
    with _every_bad_row():
        report = evaluate_file(Tagger.of(packed, settings.model), file)
    if as_json:
        out.print(json.dumps(report.as_json(), indent=1), markup=False)
    else:
        _print_figures(report)


@contextmanager
def _every_bad_row() -> Iterator[None]:
    """Leave with all rows of labelled comments that are bad, where there are any."""
    from bot.reports import mislabelled

    try:
        yield
    except LabelsWrong as error:
        fail(describe(error, LOCALE), *(mislabelled(row, _) for row in error.problems))


def _print_figures(report: Report) -> None:
    from rich.table import Table

    from bot.classifier.evaluate import PRECISION_WANTED

    labels = Table("", box=None)
    for heading in (_("precision"), _("recall"), "F1", _("labelled")):
        labels.add_column(heading, justify="right")
    for name, of in (
        (_("praise or not"), report.praise),
        (_("attitude"), report.attitude),
        (_("solution"), report.solution),
        (_("value added"), report.value_added),
        (_("highlight"), report.highlight),
    ):
        labels.add_row(name, f"{of.precision:.3f}", f"{of.recall:.3f}", f"{of.f1:.3f}", str(of.labelled))
    whole = Table("", "", box=None, show_header=False)
    for name, figure in (
        (_("primary tag right"), report.primary),
        (_("tier right"), report.tier),
        (_("praise or not, primary tag and tier right"), report.decision),
        (_("calibration error"), report.calibration_error),
        (_("share decided at a precision of {share}", share=f"{PRECISION_WANTED:.0%}"), report.coverage),
    ):
        whole.add_row(name, f"{figure:.3f}")
    whole.add_row(_("rows"), str(report.rows))
    out.print(labels, "", whole)


@app.command(help=_("Tag a CSV, TSV or JSONL file with a column “text”; run again after a stop, it goes on."))
def tag(
    file: InputFile,
    output: Annotated[Path, typer.Option("--output", "-o", callback=no_folder, help=_("The file to write."))],
    processes: Annotated[int | None, typer.Option(min=1, help=_("How many; all processors when left out."))] = None,
    dask: Annotated[str | None, typer.Option(help=_("Tag on the Dask cluster with this scheduler, tcp://…"))] = None,
    restart: Annotated[bool, typer.Option("--restart", help=_("Begin anew even where a run was stopped."))] = False,
    organisation: Whose = "",
) -> None:
    """Tag every row and list those that cannot be; the output appears when it is whole."""
    if processes is not None and dask is not None:
        raise OptionsExclusive(one="--processes", other="--dask")
    settings = read_settings()
    model = _packed(settings, organisation) if organisation else settings.model
    try:
        counts = _tag(file, output, model, processes=processes, cluster=dask, restart=restart)
    except KeyboardInterrupt:
        fail(_("Stopped."), *_kept(output), code=130)
    except OSError as error:
        fail(describe(FileUnwritable(path=output, reason=error), LOCALE), *_kept(output))
    except (ClusterUnusable, WorkerLost) as error:
        fail(describe(error, LOCALE), *_kept(output))
    from bot.reports import untaggable

    out.print(
        _("Rows: {rows}, praise: {praise}, bad rows: {bad}.", rows=counts.rows, praise=counts.praise, bad=counts.bad)
    )
    for row in counts.problems:
        err.print("  " + untaggable(row, _), markup=False, soft_wrap=True)
    if counts.bad > len(counts.problems):
        err.print(_("  … and {count} more", count=counts.bad - len(counts.problems)))


def _packed(settings: Settings, organisation: str) -> Packed:
    """Return the model in the settings' folder; of an organisation that is named what tags for it."""
    from bot.classifier.model import read
    from bot.learning.taggers import packed_for

    if not organisation:
        return read(settings.model)
    with open_database(settings) as database:
        of = named_organisation(database, organisation)
        return run(packed_for(database, of.id, settings.model))


def _tag(file: Path, output: Path, model: Path | Packed, **options: Any) -> Counts:
    from bot.classifier.batch import tag_file
    from bot.reports import start

    with progress_bar(_("Tagging"), None) as progress:

        def begun(where: Start) -> None:
            said = start(where, _)
            if said:
                err.print(said, markup=False, soft_wrap=True)
                progress.reset(progress.task_ids[0], completed=where.rows)

        def step(done: int, share: float) -> None:
            total = round(done / share) if share else None
            progress.update(progress.task_ids[0], completed=done, total=total)

        return tag_file(file, output, model, begun=begun, progress=step, **options)


def _kept(output: Path) -> list[str]:
    """Return that what was tagged is not lost, if anything was."""
    from bot.classifier.partial import kept_rows

    rows = kept_rows(output)
    return [_("{rows} rows are kept. The same command goes on from there.", rows=rows)] if rows else []
