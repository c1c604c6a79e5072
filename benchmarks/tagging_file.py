"""Tagging a CSV file of 100,000 comments: `tag_file` on one core against a plain loop over a pipeline on that core.

And `tag_file` on all cores against itself on one. All read the file and write it with their columns added.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path
from statistics import median

from benchmarks import company, taggers
from benchmarks.comments import recombined
from benchmarks.measure import Finding, Outcome, Target, alternate, ratios
from benchmarks.taggers import Figures

ROUNDS = 3
COMMENTS = 100_000
_SLOWER = 5  # the pipeline that the model is taken from gets this part of the file; a rate needs no equal count
_SHARE_OF_CORES = 0.75
"""How much of each core must come of it to say that all are used: 1.5 times as fast on two."""


def run(rounds: int = ROUNDS, number: int = COMMENTS) -> list[Outcome]:
    """Measure; a round is the file once for each: ours on one core and on all, theirs on one."""
    cores, core = os.cpu_count() or 1, taggers.a_core()
    with company.folder() as folder:
        source = folder / "comments.csv"
        taggers.run("fit", folder, folder=folder)
        _write(source, number)

        def ours(_: int) -> tuple[Figures, Figures]:
            one = taggers.run("file-by-ours", source, folder / "one.csv", 1, folder=folder, core=core)
            every = taggers.run("file-by-ours", source, folder / "all.csv", cores, folder=folder)
            assert one["tagged"] == every["tagged"] == number, (one, every)
            assert (folder / "one.csv").read_bytes() == (folder / "all.csv").read_bytes()
            return one, every

        def theirs(_: int) -> tuple[Figures, Figures]:
            return through("lean", number), through("twin", number // _SLOWER)

        def through(name: str, most: int) -> Figures:
            path, target = Path(folder, name), folder / f"{name}.csv"
            found = taggers.run("file-by-pipeline", path, source, target, most, folder=folder, core=core)
            assert found["tagged"] == most, found
            return found

        a, b = alternate(rounds, ours, theirs)
    one, every = zip(*a, strict=True)
    lean, twin = zip(*b, strict=True)
    what = f"tagging a file of {number:,} comments"
    four = Target("at least", 4)
    loop = "a plain loop in batches of 1,000 over"
    return [
        _finding(f"{what} on one core", one, f"{loop} jieba's words, TF-IDF, logistic regressions", lean, four),
        _finding(f"{what} on one core", one, f"{loop} the pipeline that the model is taken from", twin, four),
        _finding(f"{what} on {cores} cores", every, "on one core", one, Target("at least", _SHARE_OF_CORES * cores)),
    ]


def _finding(
    what: str, ours: tuple[Figures, ...], against: str, theirs: tuple[Figures, ...], target: Target
) -> Finding:
    rates, others = ([one["tagged"] / one["seconds"] for one in side] for side in (ours, theirs))
    return Finding(
        what=what,
        against=against,
        unit="× faster",
        target=target,
        values=ratios(rates, others),
        figures={
            "per second": median(rates),
            "theirs per second": median(others),
            "cores in use": median(one["processor"] / one["seconds"] for one in ours),
        },
    )


def _write(path: Path, number: int) -> None:
    with path.open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(("id", "text"))
        out.writerows(enumerate(recombined(0, number), start=1))
