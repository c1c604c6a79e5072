"""What more of a corpus is worth: figures on files never trained on. ``python -m benchmarks.corpus_size``.

Three in ten of the corpus's files are left out. Of the others' comments an eighth, a quarter, a half and all are
trained on: once some comments of every file, once all comments of some files, for the comments of a file resemble each
other. Smaller parts are contained in larger ones.

Deterministic: the same corpus and versions give the same figures. They are written to ``corpus_size.json`` beside this
file, and drawn. To be quicker than `praisebot train`, the files are held out in four groups.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import curves
from benchmarks.curves import LABELS, mean
from benchmarks.learning import ROOT, grouped
from bot.classifier.corpus import Example, read_corpus
from bot.classifier.evaluate import evaluate
from bot.classifier.predict import Tagger
from bot.classifier.train import train
from bot.privacy import mask

RESULTS = Path(__file__).parent / "corpus_size.json"
CHART = ROOT / "docs" / "images" / "corpus_size.png"
PARTS = (8, 4, 2, 1)
"""One in so many is trained on."""
_FILES, _LEFT_OUT = 10, 3
_DIVIDED: dict[str, Callable[[Example], str]] = {
    "some comments of every file": lambda row: row.text,
    "every comment of some files": lambda row: row.source,
}


def main() -> None:
    """Train, write the figures, draw the chart."""
    corpus = read_corpus(ROOT / "models" / "corpus")
    sources = sorted({row.source for row in corpus})
    left_out = {source for number, source in enumerate(sources) if number % _FILES < _LEFT_OUT}
    test = [replace(row, text=mask(row.text)) for row in corpus if row.source in left_out]
    rest = [row for row in corpus if row.source not in left_out]
    whole = _figures(rest, test)
    found: dict[str, Any] = {"judged on": len(test)}
    for name, key in _DIVIDED.items():
        smaller = [_figures([row for row in rest if _hash(key(row)) % part == 0], test) for part in PARTS[:-1]]
        found[name] = [*smaller, whole]
        print(name, json.dumps(found[name]), flush=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    draw(found, CHART)


def _figures(rows: Sequence[Example], test: Sequence[Example]) -> dict[str, Any]:
    figures = evaluate(Tagger(train(grouped(rows)).model, ""), test)
    return {
        "comments": len(rows),
        "files": len({row.source for row in rows}),
        **{label: round(getattr(figures, label).f1, 4) for label in LABELS},
        "decision": round(figures.decision, 4),
        "coverage": round(figures.coverage, 4),
    }


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


def draw(found: dict[str, Any], path: Path) -> None:
    """Draw the mean F1 of the five labels over the number of comments, a line for each way of dividing."""
    lines = {name: {one["comments"]: mean(one) for one in found[name]} for name in _DIVIDED}
    curves.draw(path, lines, "comments trained on", list(lines[next(iter(_DIVIDED))]), "log")


if __name__ == "__main__":
    main()
