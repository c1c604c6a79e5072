"""What the classifier looks at: a comment, clause by clause, as features. The same code trains and serves.

Comments mix the room, the price, the courier and then the agent, so a comment is read both as a whole and clause by
clause; the clause that speaks loudest is also the explanation. A feature is a string:

- ``"耐心 "`` a word, ``"frien- "`` the beginning of a long Latin word;
- ``"耐心解"`` two or three Chinese characters in a row, which see past the borders jieba drew;
- ``"M:person+manner"`` markers: classes of ``lexicon`` that meet in a clause, turned round after a negator
  (``not-good``), and where in the comment they stand: ``M:first``, ``M:last``, ``M:before`` or ``M:after`` a contrast.

Two words in a row and four characters were tried too: held-out sources were judged no better with them, or worse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache, reduce
from itertools import accumulate, chain, repeat
from operator import add, or_
from typing import NamedTuple

from bot.classifier.lexicon import CLASSES, NEGATORS
from bot.classifier.text import Cut

MARKER = "M:"
"""What every marker starts with, and nothing else, for folded text has no capitals."""

WORD_END = " "
"""Last character of every word's feature, and of no other."""

Markers = tuple[str, ...]
"""Markers that belong together; the same object every time, so what is found out about it can be kept."""

_HAN_RUN = re.compile(r"[\u4e00-\u9fff]{2,}")
_ENDS = " ,.!?;。~\n"  # of clauses
_SILENT = frozenset(_ENDS) - frozenset("!?") | {"#"}  # no words; "!" and "?" tell something
_SHORTEST_CLAUSE = 4  # characters; shorter ones ("另外，") go with what follows
_NEGATION_REACH = 3  # tokens after a negator that it turns round
_DEGREES = frozenset(("好", "太好", "特别", "非常", "十分", "超级", "absolute"))  # not good before what is bad
_STEM = 5  # letters of a longer Latin word that count as its stem

_NEGATABLE = ("manner", "outcome", "beyond", "help", "thanks", "good")
_BIT = {name: 1 << at for at, name in enumerate((*CLASSES, "negator", *(f"not-{name}" for name in _NEGATABLE)))}
_NEGATED = {_BIT[name]: _BIT[f"not-{name}"] for name in _NEGATABLE}
_NEGATOR = _BIT["negator"]
_CONTRAST = _BIT["contrast"]
_GOOD, _BAD = _BIT["good"], _BIT["bad"]
_STEERS = 1 << len(_BIT)  # no class: what ends a clause and belongs to none
_BORDER = _STEERS | _CONTRAST


def _bits_of_tokens() -> dict[str, int]:
    bits = dict.fromkeys(_ENDS, _STEERS)
    for name, words in CLASSES.items():
        for word in words.split():
            bits[word] = bits.get(word, 0) | _BIT[name]
    for word in NEGATORS:
        bits[word] = bits.get(word, 0) | _NEGATOR
    return bits


_BITS_OF = _bits_of_tokens()


class Clause(NamedTuple):
    """A stretch of the folded text from ``start``: its text, words (stems among them) and markers."""

    start: int
    text: str
    words: list[str]
    markers: Markers

    def features(self) -> list[str]:
        """Return the features of the clause, each as often as it occurs."""
        runs = _HAN_RUN.findall(self.text)
        pairs = [run[at : at + 2] for run in runs for at in range(len(run) - 1)]
        triples = [run[at : at + 3] for run in runs for at in range(len(run) - 2)]
        return [*(word + WORD_END for word in self.words), *pairs, *triples, *self.markers]


class Reading(NamedTuple):
    """A comment's clauses, at least one, and groups of markers of its shape."""

    clauses: list[Clause]
    shape: list[Markers]

    def features(self) -> list[str]:
        """Return the features of the comment as a whole: its clauses' and its shape's."""
        return [*chain.from_iterable(clause.features() for clause in self.clauses), *chain(*self.shape)]


def read(folded: str, cut: Cut) -> Reading:
    """Return what is to be seen in a comment already folded by ``text.fold``, cut into words by ``cut``."""
    tokens = cut(folded)
    bits = _bits(tokens)
    starts = [0, *accumulate(map(len, tokens))]
    clauses = []
    masks = []
    for first, last in _clauses(tokens, bits, starts):
        text = folded[starts[first] : starts[last]]
        trimmed = text.lstrip(_ENDS)
        start = starts[first] + len(text) - len(trimmed)
        words = [token for token in tokens[first:last] if token not in _SILENT]
        words += [word[:_STEM] + "-" for word in words if len(word) > _STEM and word.isascii()]
        mask = _mask(bits[first:last])
        clauses.append(Clause(start, trimmed.rstrip(_ENDS), words, _meeting(mask)))
        masks.append(mask)
    return Reading(clauses, _shape(masks))


def _bits(tokens: list[str]) -> list[int]:
    """Return each token's classes as bits, those of the two-token word that it ends included."""
    nothing = repeat(0)
    joined = map(_BITS_OF.get, map(add, tokens, tokens[1:]), nothing)
    bits = list(map(or_, map(_BITS_OF.get, tokens, nothing), chain((0,), joined)))
    if not _DEGREES.isdisjoint(tokens):
        for at in range(len(tokens) - 1):
            if tokens[at] in _DEGREES and bits[at + 1] & _BAD:
                bits[at] &= ~_GOOD
    return bits


def _clauses(tokens: list[str], bits: list[int], starts: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first token of each clause and the one after its last, at least once.

    A clause ends after punctuation, a line's end or a space between Chinese words, and before a word of contrast.
    """
    first = closed = 0
    for at in [at for at, own in enumerate(bits) if own & _BORDER]:
        after = 1 if bits[at] & _STEERS else 0
        if at == first:
            first += after
        elif starts[at] - starts[first] >= _SHORTEST_CLAUSE and _parts(tokens, at):
            yield first, at + after
            first = closed = at + after
    if first < len(tokens) or not closed:
        yield first, len(tokens)


def _parts(tokens: list[str], at: int) -> bool:
    """Return whether a token that may end a clause does: not the space between two English words, nor half a word."""
    if tokens[at] == " ":
        return not tokens[at - 1].isascii() and not tokens[at + 1].isascii()
    return bool(_BITS_OF.get(tokens[at], 0) & _BORDER)


def _mask(bits: list[int]) -> int:
    """Return the classes that meet in a clause, those within a negator's reach turned round."""
    mask = reduce(or_, bits, 0) & ~_STEERS
    if not mask & _NEGATOR:
        return mask
    mask = reach = 0
    for own in bits:
        if own & _STEERS:
            continue
        mask |= _turned_round(own) if reach else own
        reach = _NEGATION_REACH if own & _NEGATOR else max(0, reach - 1)
    return mask


def _turned_round(bits: int) -> int:
    for plain, negated in _NEGATED.items():
        if bits & plain:
            bits = bits & ~plain | negated
    return bits


@lru_cache(maxsize=16384)
def _names(mask: int) -> tuple[str, ...]:
    return tuple(name for name, bit in _BIT.items() if mask & bit)


@lru_cache(maxsize=16384)
def _meeting(mask: int) -> Markers:
    names = _names(mask)
    alone = [MARKER + name for name in names]
    together = [f"{MARKER}{first}+{second}" for at, first in enumerate(names) for second in names[at + 1 :]]
    return (*alone, *together)


@lru_cache(maxsize=16384)
def _placed(place: str, mask: int) -> Markers:
    return tuple(f"{MARKER}{place} {name}" for name in _names(mask))


def _shape(masks: list[int]) -> list[Markers]:
    """Return markers of what stands first, last, before and after the first contrast."""
    found = [_placed("first", masks[0]), _placed("last", masks[-1])]
    turn = next((at for at, mask in enumerate(masks) if at and mask & _CONTRAST), None)
    if turn is not None:
        found += (_placed("before", reduce(or_, masks[:turn])), _placed("after", reduce(or_, masks[turn:])))
    return found
