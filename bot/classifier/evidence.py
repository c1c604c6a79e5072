"""The pieces of a comment that decided: its loudest clauses, in the customer's own words.

Compiled where there is a compiler (see ``compiled.py``); the types are in ``evidence.pxd``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import sub

from bot.classifier.clauses import Part, trimmed
from bot.classifier.decision import Decision
from bot.classifier.judging import SCORED
from bot.classifier.text import offsets

MOST_PIECES = 3
MOST_CHARACTERS = 60  # of all pieces together, unless the first alone is longer

_SCORED = len(SCORED)
_PRAISE, _COMPLAINT, _GOODS = map(SCORED.index, ("praise", "complaint", "goods"))


def evidence(
    text: str, folded: str, parts: Sequence[Part], scores: Sequence[float], decision: Decision
) -> tuple[str, ...]:
    """Return at most ``MOST_PIECES`` pieces of ``text``, most telling first, each literally in it.

    ``parts`` are the clauses of ``folded``, ``scores`` theirs, ``judging.SCORED`` each; what follows is not looked at.
    For praise: of the clauses that speak for it and are neither complaint nor about goods, the loudest of the primary
    tag, of the other tags, then of praise as such; if there is none, the one that comes nearest. For not praise: the
    clauses that speak most against it. After the first piece, only what keeps the whole short is added.
    """
    origin = range(len(text)) if len(folded) == len(text) else offsets(text)  # as a rule every character stands for one
    found: list[str] = []
    for number in dict.fromkeys(_telling(scores, len(parts), decision)):
        begin, end = trimmed(folded, parts[number])
        piece = text[origin[begin] : origin[end - 1] + 1] if begin < end else ""
        if not piece or piece in found:
            continue
        if found and sum(map(len, found)) + len(piece) > MOST_CHARACTERS:
            continue
        found.append(piece)
        if len(found) == MOST_PIECES:
            break
    return tuple(found)


def _telling(scores: Sequence[float], clauses: int, decision: Decision) -> Iterator[int]:
    def of(column: int) -> list[float]:
        return [scores[number * _SCORED + column] for number in range(clauses)]

    praise = of(_PRAISE)
    if not decision.praise:
        quietest_first = sorted(range(clauses), key=praise.__getitem__)
        yield quietest_first[0]
        yield from (number for number in quietest_first if praise[number] < 0)
        return
    leads = list(map(sub, praise, map(max, of(_COMPLAINT), of(_GOODS))))
    telling = [number for number, lead in enumerate(leads) if lead > 0 and praise[number] > 0]
    if not telling:
        yield leads.index(max(leads))
        return
    for tag in sorted(decision.tags, key=lambda tag: tag is not decision.primary):
        yield max(telling, key=of(SCORED.index(tag)).__getitem__)
    yield from sorted(telling, key=praise.__getitem__, reverse=True)
