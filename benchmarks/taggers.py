"""Both ways of tagging, each in a process of its own, so that neither carries the other's dictionary and garbage.

``python -m benchmarks.taggers WHAT …`` does one of `WHAT` and prints what it took as JSON; loading is never timed,
but for the little that `tag_file` itself loads.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from benchmarks import company
from benchmarks.comments import recombined
from benchmarks.measure import percentile

WARM_UP = 300  # comments
_BATCH = 1000  # comments that the loop hands to the pipeline together

Figures = dict[str, float]


def run(what: str, *arguments: object, folder: Path, core: int | None = None) -> Figures:
    """Do one of `WHAT` in a process of its own, bound to one core if one is named.

    jieba keeps its cache in ``folder``, not where every other process could have put another.
    """
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.taggers", what, *map(str, arguments)]
    environment = {**os.environ, "TMPDIR": str(folder)}
    bound = None if core is None else lambda: os.sched_setaffinity(0, {core})
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, preexec_fn=bound)
    figures: Figures = json.loads(done.stdout)
    return figures


def a_core() -> int | None:
    """Return a core to bind a process to, None where the system cannot."""
    return max(os.sched_getaffinity(0)) if sys.platform == "linux" else None


def _fit(folder: str) -> Figures:
    from benchmarks import pipeline

    pipeline.fit(Path(folder))
    return {}


def _one_by_ours(first: str, count: str) -> Figures:
    from bot.classifier import compiled
    from bot.classifier.predict import Tagger

    assert compiled.folders(), "the classifier is not compiled: make venv"

    return _each(Tagger.load(company.MODEL).tag, int(first), int(count))


def _one_by_pipeline(path: str, first: str, count: str) -> Figures:
    from benchmarks import pipeline

    found = pipeline.load(Path(path))
    return _each(lambda text: found.predict_proba([text]), int(first), int(count))


def _each(tag: Callable[[str], object], first: int, count: int) -> Figures:
    """Tag comments one at a time; return percentiles in microseconds."""
    texts = list(recombined(first, WARM_UP + count))
    for text in texts[:WARM_UP]:
        tag(text)
    taken = []
    for text in texts[WARM_UP:]:
        began = time.perf_counter()
        tag(text)
        taken.append(time.perf_counter() - began)
    return {"p50": 1e6 * percentile(taken, 0.5), "p99": 1e6 * percentile(taken, 0.99)}


def _file_by_ours(source: str, target: str, processes: str) -> Figures:
    from bot.classifier import compiled
    from bot.classifier.batch import tag_file
    from bot.classifier.cutting import cutter

    assert compiled.folders(), "the classifier is not compiled: make venv"
    cutter()  # builds its dictionary, as the other side has

    def tag() -> int:
        return tag_file(Path(source), Path(target), company.MODEL, processes=int(processes)).tagged

    return _timed(tag)


def _file_by_pipeline(path: str, source: str, target: str, most: str) -> Figures:
    from benchmarks import pipeline

    found = pipeline.load(Path(path))
    found.predict_proba(list(recombined(0, WARM_UP)))

    def tag() -> int:
        tagged = 0
        with Path(source).open(newline="") as reading, Path(target).open("w", newline="") as writing:
            rows, out = csv.reader(reading), csv.writer(writing)
            header = next(rows)
            text = header.index("text")
            out.writerow(header)
            while batch := list(islice(rows, min(_BATCH, int(most) - tagged))):
                scores = found.predict_proba([row[text] for row in batch]).tolist()
                out.writerows([*row, *own] for row, own in zip(batch, scores, strict=True))
                tagged += len(batch)
        return tagged

    return _timed(tag)


def _timed(tag: Callable[[], int]) -> Figures:
    """Return how many comments were tagged, in how many seconds, with how many of processor."""
    before, began = _processor(), time.perf_counter()
    tagged = tag()
    return {"tagged": tagged, "seconds": time.perf_counter() - began, "processor": _processor() - before}


def _processor() -> float:
    """Return the processor seconds of this process and of those it has started and seen end."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


WHAT: dict[str, Callable[..., Figures]] = {
    "fit": _fit,
    "one-by-ours": _one_by_ours,
    "one-by-pipeline": _one_by_pipeline,
    "file-by-ours": _file_by_ours,
    "file-by-pipeline": _file_by_pipeline,
}

if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    print(json.dumps(WHAT[what](*rest)))
