"""Choosing what turns scores into decisions, from scores of comments that their model never saw.

Thresholds maximise F1, the confidence is Platt's calibration: a logistic curve fitted to what came out right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np
from numpy.typing import NDArray

from bot.classifier.corpus import Example
from bot.classifier.decision import (
    HEADS,
    Floats,
    Likelihoods,
    Policy,
    decide,
    evidence_of_none,
    evidence_of_praise,
    excess,
    likelihoods,
    primary_ranks,
)
from bot.classifier.evaluate import right_decision
from bot.tags import Tag, Tier

_TAGS = tuple(Tag)
_BONUSES = [round(0.05 * step, 2) for step in range(-6, 13)]
_RIDGE = 1.0  # pull of the calibration towards "the evidence says nothing", so that few examples cannot make it sure
_STEPS = 30
_AS_GOOD = 0.003  # F1; thresholds that lose no more than this are as good as the best


def labels(examples: Sequence[Example]) -> NDArray[np.bool_]:
    """Return (examples, heads): what each head should have said."""
    told = [
        (row.praise, *(tag in row.tags for tag in _TAGS), row.tier is Tier.HIGHLIGHT)  # in the order of HEADS
        for row in examples
    ]
    return np.array(told, dtype=bool).reshape(len(examples), len(HEADS))


_KINDS = (
    {"-", "unresolved", "sarcasm", "acts", "negation", "mixed_drop", "concession", "homophone", "thirdperson", "long"},
    {"other_party", "price", "promo"},
    {"question", "courtesy", "wish", "weak", "selffix", "promo", "ad", "neutral"},
    {"concession", "mixed_drop", "unresolved"},
)  # of ``Example.hard``; an unmarked row that is not praise is as a rule a complaint


def auxiliary(examples: Sequence[Example]) -> NDArray[np.bool_]:
    """Return (examples, ``judging.AUXILIARY``): what sort of "not praise" each is.

    Comments that nobody described, supervisors' decisions for one, are of no sort.
    """
    told = [[not row.praise and bool(row.domain) and row.hard in kinds for kinds in _KINDS] for row in examples]
    return np.array(told, dtype=bool).reshape(len(examples), len(_KINDS))


def fit_policy(examples: Sequence[Example], scores: Floats, clauses: Sequence[int], weights: Floats) -> Policy:
    """Return the policy that fits best.

    ``scores`` (examples, heads) are blended and out of sample, ``clauses`` the examples' numbers of clauses.
    """
    truth = labels(examples)
    lengths = np.array([excess(count) for count in clauses])
    curves = [
        _platt(np.column_stack([scores[:, head], lengths]), truth[:, head], weights) for head in range(len(HEADS))
    ]
    policy = Policy(
        slopes=tuple(max(curve[1], 1e-3) for curve in curves),  # a higher score never means less likely
        offsets=tuple(curve[0] for curve in curves),
        lengths=tuple(curve[2] for curve in curves),
        praise=0.5,
        tags=(0.5,) * len(_TAGS),
        highlight=0.5,
        primary=(0.0,) * len(_TAGS),
        sure_of_praise=(0.0, 0.0, 0.0, 0.0),
        sure_of_none=(0.0, 0.0),
    )
    likely = list(map(partial(likelihoods, policy), scores.tolist(), clauses))
    praise = np.array([one.praise for one in likely])
    policy = replace(policy, praise=_best_threshold(praise, truth[:, 0], weights))
    called = praise >= policy.praise
    parts = (
        np.array([(*one.tags, one.highlight) for one in likely]) * called[:, None]
    )  # what is not praise gets nothing
    least = [_best_threshold(parts[:, at], truth[:, at + 1], weights) for at in range(len(_TAGS) + 1)]
    policy = replace(policy, tags=tuple(least[:-1]), highlight=least[-1])
    policy = replace(policy, primary=_best_bonuses(examples, parts[:, :-1], policy, weights))
    return _with_confidence(policy, examples, likely, weights)


def _with_confidence(
    policy: Policy, examples: Sequence[Example], likely: Sequence[Likelihoods], weights: Floats
) -> Policy:
    seen: dict[bool, tuple[list[tuple[float, ...]], list[bool], list[float]]] = {
        True: ([], [], []),
        False: ([], [], []),
    }
    for row, of_row, weight in zip(examples, likely, weights.tolist(), strict=True):
        said = decide(policy, of_row)
        evidence, right, heavy = seen[said.praise]
        ranks = primary_ranks(policy, of_row)
        evidence.append(evidence_of_praise(policy, of_row, ranks) if said.praise else evidence_of_none(of_row))
        right.append(right_decision(row, said))
        heavy.append(weight)
    praise, none = (
        _platt(np.array(evidence).reshape(len(right), factors), np.array(right, dtype=bool), np.array(heavy))
        for (evidence, right, heavy), factors in ((seen[True], 3), (seen[False], 1))
    )
    return replace(policy, sure_of_praise=(praise[0], praise[1], praise[2], praise[3]), sure_of_none=(none[0], none[1]))


def _platt(evidence: Floats, truth: NDArray[np.bool_], weights: Floats) -> list[float]:
    """Return constant and factors of the logistic curve that fits best: Newton's method, lightly held back."""
    columns = np.column_stack([np.ones(len(evidence)), evidence])
    held = np.diag([1e-3, *[_RIDGE] * evidence.shape[1]])
    found = np.zeros(columns.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(columns @ found, -30, 30)))
        slope = columns.T @ (weights * (truth - chance)) - held @ found
        bend = (columns * (weights * chance * (1 - chance))[:, None]).T @ columns + held
        step = np.linalg.solve(bend, slope)
        found = found + np.clip(step, -5, 5)
        if float(np.abs(step).max()) < 1e-10:
            break
    return [float(value) for value in found]


def _best_threshold(likely: Floats, truth: NDArray[np.bool_], weights: Floats) -> float:
    """Return the least likelihood at which the weighted F1 is highest or nearly so.

    The curve is flat on top, and where on it the very highest point lies is chance. Of those as good as the best it is
    the middle: other customers' scores may lie a little higher or lower.
    """
    if not truth.any():
        return 1.0
    order = np.argsort(-likely, kind="stable")
    sorted_likely = likely[order]
    hits = np.cumsum((weights * truth)[order])
    f1 = 2 * hits / (np.cumsum(weights[order]) + (weights * truth).sum())
    ends = np.append(sorted_likely[1:] < sorted_likely[:-1], True)  # equal likelihoods cannot be told apart
    good = np.flatnonzero(ends & (f1 >= f1[ends].max() - _AS_GOOD))
    below = np.append(sorted_likely, 0.0)[good[-1] + 1]  # the last one called, and the first that is not
    return float((sorted_likely[good[0]] + below) / 2)


def _best_bonuses(examples: Sequence[Example], tags: Floats, policy: Policy, weights: Floats) -> tuple[float, ...]:
    """Return what to add to each tag's likelihood so that the primary tag is right most often; the first tag's is 0."""
    rows = np.array([number for number, row in enumerate(examples) if row.primary and tags[number].any()], dtype=int)
    if not len(rows):
        return (0.0,) * len(_TAGS)
    shares = tags[rows]
    truth = np.array([_TAGS.index(examples[number].primary or _TAGS[0]) for number in rows])
    leads = shares - np.array(policy.tags)
    chosen = (leads >= 0) | (leads == leads.max(axis=1, keepdims=True))
    best, found = -1.0, (0.0,) * len(_TAGS)
    for pair in sorted(product(_BONUSES, repeat=2), key=lambda pair: abs(pair[0]) + abs(pair[1])):  # the gentlest first
        bonuses = (0.0, *pair)
        ranks = np.where(chosen, shares + np.array(bonuses), -np.inf)
        right = float(weights[rows][ranks.argmax(axis=1) == truth].sum())
        if right > best + 1e-9:
            best, found = right, bonuses
    return found
