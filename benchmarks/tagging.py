"""Tagging one comment, against `predict_proba` of two jieba and scikit-learn pipelines for the same heads.

Ours is `Tagger.tag` as the server calls it: it also says which tags, which one first, which tier, how sure it is, and
finds the words that decided. Theirs return five probabilities. No comment comes twice.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median

from benchmarks import company, taggers
from benchmarks.measure import Finding, Outcome, Target, alternate, ratios
from benchmarks.taggers import WARM_UP, Figures

ROUNDS = 9
COMMENTS = 1000


def run(rounds: int = ROUNDS, number: int = COMMENTS) -> list[Outcome]:
    """Measure; a round is ``number`` comments on each side, the same ones."""
    core = taggers.a_core()
    with company.folder() as folder:
        taggers.run("fit", folder, folder=folder)

        def ours(round_: int) -> Figures:
            return taggers.run("one-by-ours", round_ * (WARM_UP + number), number, folder=folder, core=core)

        def theirs(round_: int) -> tuple[Figures, Figures]:
            return through("lean", round_), through("twin", round_)

        def through(name: str, round_: int) -> Figures:
            first = round_ * (WARM_UP + number)
            return taggers.run("one-by-pipeline", Path(folder, name), first, number, folder=folder, core=core)

        a, b = alternate(rounds, ours, theirs)
    lean, twin = zip(*b, strict=True)
    return [
        _finding(a, lean, "predict_proba of jieba's words, TF-IDF, logistic regressions"),
        _finding(a, twin, "predict_proba of the pipeline that the model is taken from"),
    ]


def _finding(ours: list[Figures], theirs: tuple[Figures, ...], against: str) -> Finding:
    return Finding(
        what="tagging one comment, p50",
        against=against,
        unit="× faster",
        target=Target("at least", 20),
        values=ratios([one["p50"] for one in theirs], [one["p50"] for one in ours]),
        figures={
            "p50 µs": median(one["p50"] for one in ours),
            "p99 µs": median(one["p99"] for one in ours),
            "their p50 µs": median(one["p50"] for one in theirs),
            "their p99 µs": median(one["p99"] for one in theirs),
        },
    )
