"""The pieces of a comment that decided: its loudest clauses, in the customer's own words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bot.classifier.decision import HEADS, Decision
from bot.classifier.features import Clause, Reading
from bot.classifier.text import offsets

MOST_PIECES = 5

_PRAISE = HEADS.index("praise")


def evidence(
    text: str, folded: str, reading: Reading, clauses: NDArray[np.float64], decision: Decision
) -> tuple[str, ...]:
    """Return at most five pieces of ``text``, most telling first, each literally in it.

    ``clauses`` (clauses, heads) are the clauses' scores. For praise: the loudest clause of the primary tag, of the
    other tags, then of praise as such, as far as they speak for it. For not praise: the clauses that speak most
    against it.
    """
    chosen: list[int] = []
    for number in _telling(clauses, decision):
        if number not in chosen:
            chosen.append(number)
        if len(chosen) == MOST_PIECES:
            break
    origin = range(len(text)) if len(folded) == len(text) else offsets(text)  # as a rule every character stands for one
    pieces = (_piece(text, origin, reading.clauses[number]) for number in chosen)
    return tuple(piece for piece in dict.fromkeys(pieces) if piece)


def _telling(clauses: NDArray[np.float64], decision: Decision) -> Iterator[int]:
    scores = clauses.T.tolist()
    praise = scores[_PRAISE]
    loudest_first = sorted(range(len(praise)), key=praise.__getitem__, reverse=True)
    if decision.praise:
        for tag in sorted(decision.tags, key=lambda tag: tag is not decision.primary):
            of_tag = scores[HEADS.index(tag)]
            yield of_tag.index(max(of_tag))
        yield from (number for number in loudest_first if praise[number] > 0)
    else:
        yield loudest_first[-1]
        yield from (number for number in reversed(loudest_first) if praise[number] < 0)


def _piece(text: str, origin: range | list[int], clause: Clause) -> str:
    if not clause.text:
        return ""
    return text[origin[clause.start] : origin[clause.start + len(clause.text) - 1] + 1]
