"""The classifier: train, evaluate, tag."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.terminal import _, fail, out, progress_bar, read_settings

app = typer.Typer()


@app.command(help=_("Train the classifier on a corpus and write the model with its card."))
def train(
    corpus: Annotated[Path, typer.Option(exists=True, file_okay=False)] = Path("models/corpus"),
    output: Annotated[Path, typer.Option("--output", "-o", file_okay=False)] = Path("models/tagger"),
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Train, print the cross-validated figures, save."""
    from bot.classifier import model
    from bot.classifier.card import LIMITS, MAY_FAIL, as_markdown
    from bot.classifier.corpus import CorpusError, read_corpus
    from bot.classifier.train import train as run

    try:
        examples = read_corpus(corpus)
        with progress_bar(_("Training"), None) as progress:

            def step(stage: str, done: int, total: int) -> None:
                progress.update(progress.task_ids[0], description=stage, completed=done, total=total)

            trained = run(examples, seed=seed, progress=step)
    except CorpusError as error:
        fail(str(error))
        return
    card = model.save(trained.model, {**trained.facts, "limits": LIMITS, "may_fail": MAY_FAIL}, output)
    (output / "README.md").write_text(as_markdown(card), encoding="utf-8")
    out.print(trained.figures.as_text(), markup=False)
    out.print(_("Saved {name} in {folder}.", name=card["model"], folder=output))


@app.command(help=_("Measure the classifier on a labelled TSV file."))
def evaluate(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    as_json: Annotated[bool, typer.Option("--json", help=_("Print the figures as JSON."))] = False,
) -> None:
    """Print precision, recall and F1 per tag, calibration and coverage."""
    from bot.classifier.corpus import CorpusError
    from bot.classifier.evaluate import evaluate_file
    from bot.classifier.model import ModelError
    from bot.classifier.predict import Tagger

    try:
        report = evaluate_file(Tagger.load(read_settings().model), file)
    except (CorpusError, ModelError) as error:
        fail(str(error))
        return
    out.print(json.dumps(report.as_json(), indent=1) if as_json else report.as_text(), markup=False)


@app.command(help=_("Tag a CSV, TSV or JSONL file with a column “text”; the other columns are kept."))
def tag(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    output: Annotated[Path, typer.Option("--output", "-o", dir_okay=False)],
    processes: Annotated[int | None, typer.Option(min=1, help=_("How many; all processors when left out."))] = None,
) -> None:
    """Tag every row; the output appears when it is whole."""
    from bot.classifier.batch import tag_file
    from bot.classifier.model import ModelError
    from bot.classifier.tables import TableError

    try:
        with progress_bar(_("Tagging"), None) as progress:

            def step(done: int, share: float) -> None:
                total = round(done / share) if share else None
                progress.update(progress.task_ids[0], completed=done, total=total)

            counts = tag_file(file, output, read_settings().model, processes=processes, progress=step)
    except (TableError, ModelError, OSError) as error:
        fail(str(error))
        return
    out.print(
        _("Rows: {rows}, praise: {praise}, bad rows: {bad}.", rows=counts.rows, praise=counts.praise, bad=counts.bad)
    )
