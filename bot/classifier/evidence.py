"""The pieces of a comment that decided: its loudest clauses, in the customer's own words."""

from __future__ import annotations

from collections.abc import Iterator
from operator import sub

import numpy as np
from numpy.typing import NDArray

from bot.classifier.decision import Decision
from bot.classifier.features import Clause, Reading
from bot.classifier.judging import SCORED
from bot.classifier.text import offsets

MOST_PIECES = 3
MOST_CHARACTERS = 60  # of all pieces together, unless the first alone is longer

_PRAISE, _COMPLAINT, _GOODS = map(SCORED.index, ("praise", "complaint", "goods"))


def evidence(
    text: str, folded: str, reading: Reading, clauses: NDArray[np.float64], decision: Decision
) -> tuple[str, ...]:
    """Return at most ``MOST_PIECES`` pieces of ``text``, most telling first, each literally in it.

    ``clauses`` (clauses, judging.SCORED) are the clauses' scores. For praise: of the clauses that speak for it and are
    neither complaint nor about goods, the loudest of the primary tag, of the other tags, then of praise as such; if
    there is none, the one that comes nearest. For not praise: the clauses that speak most against it. After the first
    piece, only what keeps the whole short is added.
    """
    origin = range(len(text)) if len(folded) == len(text) else offsets(text)  # as a rule every character stands for one
    found: list[str] = []
    for number in dict.fromkeys(_telling(clauses, decision)):
        piece = _piece(text, origin, reading.clauses[number])
        if not piece or piece in found:
            continue
        if found and sum(map(len, found)) + len(piece) > MOST_CHARACTERS:
            continue
        found.append(piece)
        if len(found) == MOST_PIECES:
            break
    return tuple(found)


def _telling(clauses: NDArray[np.float64], decision: Decision) -> Iterator[int]:
    scores = clauses.T.tolist()
    praise = scores[_PRAISE]
    against = list(map(max, scores[_COMPLAINT], scores[_GOODS]))
    leads = list(map(sub, praise, against))
    if not decision.praise:
        quietest_first = sorted(range(len(praise)), key=praise.__getitem__)
        yield quietest_first[0]
        yield from (number for number in quietest_first if praise[number] < 0)
        return
    telling = [number for number, lead in enumerate(leads) if lead > 0 and praise[number] > 0]
    if not telling:
        yield leads.index(max(leads))
        return
    for tag in sorted(decision.tags, key=lambda tag: tag is not decision.primary):
        yield max(telling, key=scores[SCORED.index(tag)].__getitem__)
    yield from sorted(telling, key=praise.__getitem__, reverse=True)


def _piece(text: str, origin: range | list[int], clause: Clause) -> str:
    if not clause.text:
        return ""
    return text[origin[clause.start] : origin[clause.start + len(clause.text) - 1] + 1]
