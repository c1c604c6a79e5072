"""What each clause of a comment carries, as truth for training: the marks of the corpus laid over the clauses as read.

Comments mix: the room, the price, the courier, then the agent. From comments labelled as a whole alone a model has to
guess which of their clauses the label is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.classifier.corpus import Example, Mark
from bot.classifier.features import Clause, Reading
from bot.classifier.judging import SCORED
from bot.classifier.text import offsets
from bot.tags import Tier

_SHARED = 0.3  # of the shorter of a mark and a clause: so much in common, and the clause carries what the mark says


class Marked(NamedTuple):
    """Clauses, and (clauses, ``judging.SCORED``) what each carries."""

    clauses: list[Clause]
    truth: NDArray[np.bool_]


def marked(example: Example, masked: str, reading: Reading) -> Marked | None:
    """Return the clauses of a comment, ``reading`` of its ``masked`` text, with what they carry.

    None where nobody looked, where there is but one clause, which is the comment, and where personal data are masked:
    the marks are of the text as it was.
    """
    clauses = reading.clauses
    if example.marks is None or masked != example.text or len(clauses) < 2:
        return None
    origin = offsets(masked)
    return Marked(clauses, np.array([_truth(_carried(clause, origin, example.marks), example) for clause in clauses]))


def together(every: Iterable[Marked]) -> Marked:
    """Return all clauses of several comments."""
    found = list(every)
    none = np.zeros((0, len(SCORED)), dtype=bool)
    return Marked([clause for one in found for clause in one.clauses], np.vstack([none, *(one.truth for one in found)]))


def _carried(clause: Clause, origin: Sequence[int], marks: Sequence[Mark]) -> set[str]:
    if not clause.text:
        return set()
    start, end = origin[clause.start], origin[clause.start + len(clause.text) - 1] + 1
    found: set[str] = set()
    for one in marks:
        common = min(end, one.end) - max(start, one.start)
        if common > _SHARED * min(one.end - one.start, end - start):
            found.update(one.carried)
    return found


def _truth(carried: set[str], example: Example) -> list[bool]:
    """Return what a clause carries in the order of ``judging.SCORED``."""
    manner, solution, beyond = (letter in carried for letter in "asv")
    credit = manner or solution or beyond
    taken_back = "x" in carried and not credit
    return [
        *(credit, manner, solution, beyond, beyond and example.tier is Tier.HIGHLIGHT),
        *("c" in carried, "g" in carried, taken_back, taken_back and "c" in carried),
    ]
