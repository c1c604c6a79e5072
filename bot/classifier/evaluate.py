"""How good a tagger is on labelled comments: figures for people and for machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from bot.classifier.corpus import Example, read_file
from bot.classifier.predict import Tagger
from bot.errors import LabelsWrong, NothingLabelled
from bot.privacy import mask
from bot.tags import Tag, Tier

PRECISION_WANTED = 0.95
"""What a supervisor needs to confirm in a batch: so many of the decisions must be right."""

_BINS = 10


class Judged(Protocol):
    """What is compared with the labels: a tagging or a decision."""

    @property
    def praise(self) -> bool: ...  # noqa: D102
    @property
    def tags(self) -> tuple[Tag, ...]: ...  # noqa: D102
    @property
    def primary(self) -> Tag | None: ...  # noqa: D102
    @property
    def tier(self) -> Tier | None: ...  # noqa: D102
    @property
    def confidence(self) -> float: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Figures:
    """Precision, recall and their harmonic mean for one label; ``labelled`` is how many comments have it."""

    precision: float
    recall: float
    f1: float
    labelled: int


@dataclass(frozen=True, slots=True)
class Report:
    """Figures for ``rows`` comments, each 0 to 1.

    ``primary`` and ``tier`` are accuracies among comments that both the labels and the tagger call praise; ``decision``
    is the share of all comments whose praise-or-not, primary tag and tier are all right. ``calibration_error`` is the
    expected calibration error of the confidence in that decision (ten bins of equal width); ``coverage`` is the largest
    share of comments, most confident first, of which ``PRECISION_WANTED`` are decided rightly.
    """

    rows: int
    praise: Figures
    attitude: Figures
    solution: Figures
    value_added: Figures
    highlight: Figures
    primary: float
    tier: float
    decision: float
    calibration_error: float
    coverage: float

    def as_json(self) -> dict[str, Any]:
        """Return the figures as plain dicts and numbers rounded to four places."""
        return {name: _rounded(value) for name, value in asdict(self).items()}


def evaluate(tagger: Tagger, rows: Sequence[Example]) -> Report:
    """Tag ``rows`` and return how well that agrees with their labels. Raises ``NothingLabelled`` if there are none."""
    return report(rows, list(tagger.tag_many((row.text for row in rows), explain=False)))


def evaluate_file(tagger: Tagger, path: Path) -> Report:
    """Evaluate on a file with the columns of ``models/corpus/README.md``, its texts masked as the product masks them.

    Raises ``LabelsWrong`` with every bad row, and what ``read_file`` and ``evaluate`` raise.
    """
    rows, problems = read_file(path)
    if problems:
        raise LabelsWrong(path=path, problems=tuple(problems))
    return evaluate(tagger, [replace(row, text=mask(row.text)) for row in rows])


def report(rows: Sequence[Example], judged: Sequence[Judged]) -> Report:
    """Return the figures of ``judged``, one for each of ``rows`` in the same order."""
    if not rows:
        raise NothingLabelled
    pairs = list(zip(rows, judged, strict=True))
    both = [(row, said) for row, said in pairs if row.praise and said.praise]
    right = [right_decision(row, said) for row, said in pairs]
    sure = [said.confidence for said in judged]
    return Report(
        rows=len(rows),
        praise=_figures([(row.praise, said.praise) for row, said in pairs]),
        attitude=_tag_figures(pairs, Tag.ATTITUDE),
        solution=_tag_figures(pairs, Tag.SOLUTION),
        value_added=_tag_figures(pairs, Tag.VALUE_ADDED),
        highlight=_figures([(row.tier is Tier.HIGHLIGHT, said.tier is Tier.HIGHLIGHT) for row, said in pairs]),
        primary=_share([row.primary is said.primary for row, said in both]),
        tier=_share([row.tier is said.tier for row, said in both]),
        decision=_share(right),
        calibration_error=_calibration_error(sure, right),
        coverage=_coverage(sure, right),
    )


def right_decision(row: Example, said: Judged) -> bool:
    """Return whether praise-or-not, the primary tag and the tier are all right: what the confidence speaks of."""
    return row.praise == said.praise and row.primary is said.primary and row.tier is said.tier


def _figures(pairs: Sequence[tuple[bool, bool]]) -> Figures:
    labelled = sum(label for label, _ in pairs)
    called = sum(call for _, call in pairs)
    hits = sum(label and call for label, call in pairs)
    precision = hits / called if called else 0.0
    recall = hits / labelled if labelled else 0.0
    return Figures(precision, recall, 2 * hits / (labelled + called) if labelled + called else 0.0, labelled)


def _tag_figures(pairs: Sequence[tuple[Example, Judged]], tag: Tag) -> Figures:
    return _figures([(tag in row.tags, tag in said.tags) for row, said in pairs])


def _share(facts: Sequence[bool]) -> float:
    return sum(facts) / len(facts) if facts else 0.0


def _calibration_error(sure: Sequence[float], right: Sequence[bool]) -> float:
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for confidence, fact in zip(sure, right, strict=True):
        bins[min(_BINS - 1, int(confidence * _BINS))].append((confidence, fact))
    gaps = (abs(sum(confidence - fact for confidence, fact in filled)) for filled in bins)
    return sum(gaps) / len(sure)


def _coverage(sure: Sequence[float], right: Sequence[bool]) -> float:
    order = sorted(range(len(sure)), key=lambda number: -sure[number])
    hits = covered = 0
    for taken, number in enumerate(order, start=1):
        hits += right[number]
        ends = taken == len(order) or sure[order[taken]] < sure[number]  # equally sure ones stand or fall together
        if ends and hits >= PRECISION_WANTED * taken:
            covered = taken
    return covered / len(sure)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    return round(value, 4) if isinstance(value, float) else value
