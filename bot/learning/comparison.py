"""Is a candidate worse than what serves, beyond noise? Both judge the same comments; the bootstrap tells.

Paired bootstrap: comments are drawn with replacement, the same ones for both, again and again, and each time the
figures of both are compared (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 16).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.classifier.corpus import Example
from bot.classifier.evaluate import Judged, right_decision
from bot.tags import Tag, Tier

DECISION = "decision"
"""The figure for the whole: praise or not, primary tag and tier all right."""
_DRAWS = 2000
_SURE = 0.99
"""Share of the draws in which a candidate must be worse to be called worse: 95 %, shared out over the six figures, lest
one of them be called worse by chance every few nights.
"""
_FEWEST = 10  # comments that have a label, or are called so, below which its F1 says nothing

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure, 0 to 1, of what serves and of the candidate; ``low`` and ``high`` bound the true difference.

    ``of`` is how many comments have the label; the bounds are those of the middle 98 % of the draws.
    """

    label: str
    of: int
    before: float
    after: float
    low: float
    high: float

    @property
    def worse(self) -> bool:
        """Whether the candidate is worse beyond noise."""
        return self.high < 0

    @property
    def better(self) -> bool:
        """Whether the candidate is better beyond noise."""
        return self.low > 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What serves and a candidate on the same comments: the whole decision first, then F1 by label."""

    rows: int
    differences: tuple[Difference, ...]

    @property
    def worse(self) -> tuple[Difference, ...]:
        """What the candidate does worse beyond noise."""
        return tuple(difference for difference in self.differences if difference.worse)

    @property
    def whole(self) -> Difference:
        """The figure for the whole decision."""
        return self.differences[0]

    def as_json(self) -> dict[str, Any]:
        """Return plain dicts and numbers rounded to four places."""
        rounded = [
            {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(one).items()}
            for one in self.differences
        ]
        return {"rows": self.rows, "differences": rounded}


def comparison_from_json(told: Mapping[str, Any]) -> Comparison:
    """Return what `Comparison.as_json` wrote."""
    return Comparison(int(told["rows"]), tuple(Difference(**one) for one in told["differences"]))


def compare(rows: Sequence[Example], before: Sequence[Judged], after: Sequence[Judged], *, seed: int = 0) -> Comparison:
    """Compare two judgements of each of ``rows``, at least one. Same arguments, same figures.

    A label that hardly any comment has is left out.
    """
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=_DRAWS)
    differences = [_difference(DECISION, len(rows), drawn, _right(rows, before), _right(rows, after), _share)]
    for label, has in _LABELS.items():
        of_before, of_after = _hits(rows, before, has), _hits(rows, after, has)
        labelled = int(of_before[:, 1].sum())
        if labelled >= _FEWEST:
            differences.append(_difference(label, labelled, drawn, of_before, of_after, _f1))
    return Comparison(len(rows), tuple(differences))


def _right(rows: Sequence[Example], judged: Sequence[Judged]) -> Counts:
    """Return (rows, 2): whether the whole decision is right, and 1."""
    return np.array([[right_decision(row, said), 1] for row, said in zip(rows, judged, strict=True)], dtype=np.int64)


def _hits(rows: Sequence[Example], judged: Sequence[Judged], has: Any) -> Counts:
    """Return (rows, 3): whether the label was found rightly, is there, and was called."""
    pairs = [(has(row), has(said)) for row, said in zip(rows, judged, strict=True)]
    return np.array([[label and call, label, call] for label, call in pairs], dtype=np.int64)


def _has(tag: Tag) -> Any:
    return lambda told: tag in told.tags


_LABELS = {
    "praise": lambda told: told.praise,
    **{tag.value: _has(tag) for tag in Tag},
    "highlight": lambda told: told.tier is Tier.HIGHLIGHT,
}


def _share(sums: Counts) -> NDArray[np.float64]:
    return np.asarray(sums[..., 0] / np.maximum(sums[..., 1], 1))


def _f1(sums: Counts) -> NDArray[np.float64]:
    return np.asarray(2 * sums[..., 0] / np.maximum(sums[..., 1] + sums[..., 2], 1))


def _difference(label: str, of: int, drawn: Counts, before: Counts, after: Counts, figure: Any) -> Difference:
    spread = figure(drawn @ after) - figure(drawn @ before)
    low, high = np.quantile(spread, [1 - _SURE, _SURE])
    was, is_now = (float(figure(told.sum(axis=0))) for told in (before, after))
    return Difference(label, of, was, is_now, float(low), float(high))
