# cython: boundscheck=False
"""The second look: what a comment's scores, clause by clause, say together.

A kind clause counts for less when a complaint follows it, a complaint for less when it is about the room. The first
stage scores the whole comment and every clause; the second, a small network of one hidden layer, is trained on scores
of comments that the first stage had not seen, and so learns how far to trust each of them.

Compiled where there is a compiler (see ``compiled.py``); the types are in ``judging.pxd``. Indexes
are not looked at one by one, unlike in most other modules: lengths are, before the loops.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import MutableSequence
from dataclasses import dataclass

import numpy as np

from bot.classifier.decision import HEADS, LONG, Floats

AUXILIARY = ("complaint", "goods", "idle", "turned")
"""What the first stage scores beside ``HEADS``, learned from what the corpus says of its rows: a complaint; praise of
goods, prices, places; idle words (courtesy, questions, wishes, advertising); kind words taken back.
"""

SCORED = (*HEADS, *AUXILIARY)
"""What the first stage scores, in this order."""

VIEWS = 6
"""Ways a comment's scores are looked at: the whole comment; of its clauses the loudest, the quietest, the mean, the
first, the last.
"""

EVIDENCE = VIEWS * len(SCORED) + 3
"""Numbers that tell of a comment: the views of its scores, then the share of its clauses that sound like praise, the
logarithm of their number and how far it exceeds ``decision.LONG``.
"""

Numbers = MutableSequence[float]
"""Doubles in a row."""

_SCORED = len(SCORED)
_EVIDENCE = EVIDENCE
_LONG = LONG


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """The second stage: ``tanh(evidence @ inner + inner_bias) @ outer + outer_bias`` is a score for each of ``HEADS``.

    ``inner`` (EVIDENCE, units), ``inner_bias`` (units,), ``outer`` (units, heads), ``outer_bias`` (heads,).
    """

    inner: Floats
    inner_bias: Floats
    outer: Floats
    outer_bias: Floats

    def scores(self, evidence: Floats) -> Floats:
        """Return (comments, heads) for ``evidence`` (comments, EVIDENCE)."""
        network = Network(self)
        found = [network.scores(array("d", row)) for row in evidence.tolist()]
        return np.array(found, dtype=np.float64).reshape(len(found), len(self.outer_bias))


class Network:
    """A judge made ready to judge comments one by one."""

    def __init__(self, judge: Judge) -> None:
        self._units = len(judge.inner_bias)
        self._heads = len(judge.outer_bias)
        self._inner = numbers(judge.inner)
        self._inner_bias = numbers(judge.inner_bias)
        self._outer = numbers(judge.outer)
        self._outer_bias = numbers(judge.outer_bias)
        if (len(self._inner), len(self._outer)) != (_EVIDENCE * self._units, self._units * self._heads):
            raise ValueError("the judge's arrays do not fit each other")

    def scores(self, evidence: Numbers) -> list[float]:
        """Return a score for each head for the ``EVIDENCE`` of a comment."""
        if len(evidence) != _EVIDENCE:  # all other lengths were checked when the network was made
            raise ValueError(f"{len(evidence)} numbers instead of {_EVIDENCE}")
        units, heads = self._units, self._heads
        inner, outer = self._inner, self._outer
        hidden = zeros(units)
        for unit in range(units):
            hidden[unit] = self._inner_bias[unit]
        for row in range(_EVIDENCE):
            value = evidence[row]
            start = row * units
            for unit in range(units):
                hidden[unit] += value * inner[start + unit]
        for unit in range(units):
            hidden[unit] = math.tanh(hidden[unit])
        found = []
        for head in range(heads):
            value = self._outer_bias[head]
            for unit in range(units):
                value += hidden[unit] * outer[unit * heads + head]
            found.append(value)
        return found


def evidence_of(scores: Numbers, clauses: int) -> Numbers:
    """Return the ``EVIDENCE`` of a comment: ``scores`` are those of its clauses, at least one, then those of the whole,
    ``SCORED`` each.
    """
    if clauses < 1 or len(scores) < (clauses + 1) * _SCORED:
        raise ValueError(f"{len(scores)} numbers for {clauses} clauses")
    found = zeros(_EVIDENCE)
    for at in range(_SCORED):
        loudest = quietest = total = scores[at]
        for number in range(1, clauses):
            score = scores[number * _SCORED + at]
            loudest = max(loudest, score)
            quietest = min(quietest, score)
            total += score
        found[at] = scores[clauses * _SCORED + at]
        found[_SCORED + at] = loudest
        found[2 * _SCORED + at] = quietest
        found[3 * _SCORED + at] = total / clauses
        found[4 * _SCORED + at] = scores[at]
        found[5 * _SCORED + at] = scores[(clauses - 1) * _SCORED + at]
    praising = 0
    for number in range(clauses):
        praising += scores[number * _SCORED] > 0
    found[_EVIDENCE - 3] = praising / clauses
    found[_EVIDENCE - 2] = math.log(clauses)
    found[_EVIDENCE - 1] = math.log(max(clauses / _LONG, 1.0))
    return found


def zeros(count: int) -> Numbers:
    """Return so many doubles, all 0."""
    return array("d", bytes(8 * count))


def numbers(values: Floats) -> Numbers:
    """Return an array's doubles, row after row."""
    return array("d", np.ascontiguousarray(values, dtype=np.float64).tobytes())
