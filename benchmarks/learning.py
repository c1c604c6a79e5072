"""What 200 decisions are worth in a field the model has never seen: a simulation. ``python -m benchmarks.learning``.

A field, a trade or a way in which customers are heard, is left out of the corpus. Two thirds of its comments come in
and are asked about in the order of the queue, each decided as it is labelled; the model is trained again after 50, 100
and 200 decisions. The other third, never asked about, shows what that brought. The order is that of the first model, as
in the product, where a comment keeps the confidence it came in with: what it calls praise and what it is unsure of take
turns, the least certain first and the kinds alternating; then, as forwarders would insist, what is surely no praise.

Deterministic: the same corpus and versions give the same figures. They are written to ``learning.json`` beside this
file, and drawn. Fields may be named: ``python -m benchmarks.learning banking hospitality``; the others' figures stay.
To be quicker than `praisebot train`, the corpus's files are held out in four groups.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any

from benchmarks import curves
from benchmarks.curves import LABELS, mean
from bot.classifier.corpus import Example, read_corpus
from bot.classifier.evaluate import report
from bot.classifier.predict import Tagger
from bot.classifier.train import train
from bot.learning.comparison import compare
from bot.learning.examples import examples
from bot.learning.order import varied
from bot.privacy import mask
from bot.storage.decisions import Decided, Labels
from bot.tags import Tagging

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "learning.json"
CHART = ROOT / "docs" / "images" / "learning.png"
FIELDS = {
    "call transcripts": ("channel", ("asr",)),
    "work orders": ("channel", ("workorder",)),
    "public reviews": ("channel", ("review",)),
    "banking": ("domain", ("bank", "card", "loan", "securities", "insurance", "fund")),
    "hospitality": ("domain", ("hotel", "homestay", "travel", "scenic")),
}
"""What is left out: comments with one of these values in this column of the corpus."""
_GROUPS = 4
STEPS = (0, 50, 100, 200)
_FIRST = datetime(2026, 1, 5, tzinfo=UTC)


def main(fields: Sequence[str]) -> None:
    """Simulate, write the figures, draw the chart."""
    corpus = grouped(read_corpus(ROOT / "models" / "corpus"))
    for field in fields:
        curve = simulate(corpus, field)
        print(field, json.dumps(curve), flush=True)
        found = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
        found = {name: found[name] for name in FIELDS if name in found} | {field: curve}
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        draw(found, CHART)


def grouped(corpus: Sequence[Example]) -> list[Example]:
    """Return the corpus with its files put together in ``_GROUPS``."""
    sources = sorted({row.source for row in corpus})
    return [replace(row, source=f"group {sources.index(row.source) % _GROUPS}") for row in corpus]


def simulate(corpus: Sequence[Example], field: str) -> dict[str, Any]:
    """Return a field's figures after each of ``STEPS`` decisions, and how the last model compares with the first."""
    facet, values = FIELDS[field]
    others = [row for row in corpus if getattr(row, facet) not in values]
    own = [replace(row, text=mask(row.text)) for row in corpus if getattr(row, facet) in values]
    test = [row for row in own if _third(row) == 0]
    queue: list[Decided] = []
    curve: dict[str, Any] = {"asked from": len(own) - len(test), "judged on": len(test)}
    said: list[list[Tagging]] = []
    for step in STEPS:
        model = train([*others, *examples(queue[:step])]).model
        tagger = Tagger(model, field)
        if not queue:
            queue = _asked([row for row in own if _third(row) != 0], tagger)
        said.append(list(tagger.tag_many((row.text for row in test), explain=False)))
        figures = report(test, said[-1])
        curve[str(step)] = {
            **{label: round(getattr(figures, label).f1, 4) for label in LABELS},
            "decision": round(figures.decision, 4),
        }
    return curve | {"first and last": compare(test, said[0], said[-1]).as_json()}


def _third(row: Example) -> int:
    return hashlib.sha256(row.text.encode()).digest()[0] % 3


def _asked(rows: Sequence[Example], tagger: Tagger) -> list[Decided]:
    """Return the decisions on ``rows`` as labelled, in the order in which they are asked about."""
    told = [(row, tagger.tag(row.text, explain=False)) for row in rows]
    order: list[tuple[Example, Tagging]] = []
    for asked in (True, False):
        waiting = [one for one in told if (one[1].praise or one[1].doubtful) is asked]
        waiting.sort(key=lambda one: one[1].likely_praise)
        praise = [one for one in waiting if one[1].praise]
        doubtful = [one for one in waiting if not one[1].praise]
        turns = [one for pair in zip_longest(praise, doubtful) for one in pair if one is not None]
        order += varied(turns, kind=lambda one: (one[1].primary, one[1].tier), words=lambda one: one[0].text)
    return [
        Decided(
            number,
            1,
            True,
            row.text,
            Labels(row.praise, row.tags, row.primary, row.tier),
            Labels(said.praise, said.tags, said.primary, said.tier),
            _FIRST + timedelta(minutes=number),
        )
        for number, (row, said) in enumerate(order)
    ]


def draw(found: dict[str, Any], path: Path) -> None:
    """Draw the mean F1 of the five labels over the number of decisions, a line for each field."""
    lines = {
        field: {int(step): mean(figures) for step, figures in curve.items() if step.isdigit()}
        for field, curve in found.items()
    }
    curves.draw(path, lines, "decisions in the field", STEPS, "linear")


if __name__ == "__main__":
    main(sys.argv[1:] or tuple(FIELDS))
