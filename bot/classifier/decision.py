"""From a comment's scores to what is said of it: praise or not, tags, primary tag, tier, and how sure that is.

Pure arithmetic on a handful of numbers, used alike when thresholds are chosen in training and when a comment is tagged.
Compiled where there is a compiler (see ``compiled.py``); the types are in ``decision.pxd``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from operator import add
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.tags import Tag, Tier

Floats = NDArray[np.float64]

HEADS = ("praise", *Tag, "highlight")
"""What is decided on, one score each; the order of every list of such scores."""

LONG = 6
"""Clauses from which a comment is long: above them, the more there are the less a score says. Shorter ones need no
correction: one fitted to them too made short comments worse than none, by cross-validation over sources.
"""

_TAGS = tuple(Tag)
_HIGHLIGHT = HEADS.index("highlight")  # the heads between praise and this one are the tags
_LARGEST = 500.0  # keeps exp() in range
_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Policy:
    """The numbers chosen in training that turn scores into a decision.

    ``slopes``, ``offsets`` and ``lengths`` (one per head) make probabilities of scores and of a comment's ``excess`` of
    clauses: among many clauses one always sounds like praise, so much talk must not pass for it. ``praise`` and
    ``highlight`` are the least likelihoods of praise and of a highlight, ``tags`` those of the tags; ``primary`` is
    added to a tag's likelihood when the primary one is chosen. ``sure_of_praise`` and ``sure_of_none`` are the
    calibration of the confidence: constant, factor of the praise likelihood's logit and, for praise, factors of the
    primary tag's lead and of how clear the tier is.
    """

    slopes: tuple[float, ...]
    offsets: tuple[float, ...]
    lengths: tuple[float, ...]
    praise: float
    tags: tuple[float, ...]
    highlight: float
    primary: tuple[float, ...]
    sure_of_praise: tuple[float, float, float, float]
    sure_of_none: tuple[float, float]


class Likelihoods(NamedTuple):
    """What the scores make likely, each 0 to 1. ``tags`` in the order of ``Tag``."""

    praise: float
    tags: tuple[float, ...]
    highlight: float


class Decision(NamedTuple):
    """What is said of a comment. Not praise has no tags, a highlight has ``value_added``, the primary is a tag."""

    praise: bool
    tags: tuple[Tag, ...]
    primary: Tag | None
    tier: Tier | None
    confidence: float


def excess(clauses: int) -> float:
    """Return how much more than ``LONG`` so many clauses are: the ratio's logarithm, or 0 if they are no more."""
    return math.log(clauses / LONG) if clauses > LONG else 0.0


def likelihoods(policy: Policy, scores: Sequence[float], clauses: int) -> Likelihoods:
    """Return the likelihoods for ``scores``, one per head, of a comment of so many ``clauses``.

    Praise must both sound like praise and have something it is praised for: its likelihood is the geometric mean of the
    praise head's probability and the probability of any tag (noisy or).
    """
    slopes, offsets, lengths, longer = policy.slopes, policy.offsets, policy.lengths, excess(clauses)
    chances = []
    nothing = 1.0
    for head in range(_HIGHLIGHT + 1):
        chance = logistic(slopes[head] * scores[head] + offsets[head] + lengths[head] * longer)
        chances.append(chance)
        if 0 < head < _HIGHLIGHT:
            nothing *= 1 - chance
    return Likelihoods(math.sqrt(chances[0] * (1 - nothing)), tuple(chances[1:_HIGHLIGHT]), chances[_HIGHLIGHT])


def decide(policy: Policy, likely: Likelihoods) -> Decision:
    """Return the decision for ``likely``; its confidence is the calibrated probability of being right."""
    if likely.praise < policy.praise:
        return Decision(False, (), None, None, sureness(policy.sure_of_none, evidence_of_none(likely)))
    return as_praise(policy, likely)


def as_praise(policy: Policy, likely: Likelihoods) -> Decision:
    """Return the decision for ``likely`` where praise it is: `decide` or a person says so."""
    leads = [tag - least for tag, least in zip(likely.tags, policy.tags, strict=True)]
    least = min(0.0, max(leads))  # at least one tag
    highlight = likely.highlight >= policy.highlight
    has = [lead >= least or (highlight and tag is Tag.VALUE_ADDED) for lead, tag in zip(leads, _TAGS, strict=True)]
    ranks = primary_ranks(policy, likely)
    primary = max(compress(zip(ranks, _TAGS, strict=True), has))[1]
    confidence = sureness(policy.sure_of_praise, evidence_of_praise(policy, likely, ranks))
    return Decision(True, tuple(compress(_TAGS, has)), primary, Tier.HIGHLIGHT if highlight else Tier.BASIC, confidence)


def primary_ranks(policy: Policy, likely: Likelihoods) -> list[float]:
    """Return what the primary tag is chosen by, in the order of ``Tag``."""
    return list(map(add, likely.tags, policy.primary))


def evidence_of_none(likely: Likelihoods) -> tuple[float, ...]:
    """Return what the confidence in "not praise" is calibrated on."""
    return (logit(likely.praise),)


def evidence_of_praise(policy: Policy, likely: Likelihoods, ranks: Sequence[float]) -> tuple[float, ...]:
    """Return what the confidence in praise, its primary tag and its tier is calibrated on.

    The praise likelihood's logit, the first tag's lead, and how far the highlight's logit is from its threshold's.
    """
    first, second, *_ = sorted(ranks, reverse=True)
    return (logit(likely.praise), first - second, abs(logit(likely.highlight) - logit(policy.highlight)))


def sureness(calibration: Sequence[float], evidence: Sequence[float]) -> float:
    """Return the calibrated probability for ``evidence``: ``calibration`` is a constant, then a factor for each."""
    total = calibration[0]
    for at in range(len(evidence)):
        total += calibration[at + 1] * evidence[at]
    return logistic(total)


def logistic(value: float) -> float:
    """Return the probability of a logit."""
    if value < -_LARGEST:
        value = -_LARGEST
    return 1 / (1 + math.exp(-value))


def logit(probability: float) -> float:
    """Return the logit of a probability, finite for 0 and 1 too."""
    bounded = max(_LEAST, min(1 - _LEAST, probability))
    return math.log(bounded / (1 - bounded))
