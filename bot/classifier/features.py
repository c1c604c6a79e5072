"""What the classifier looks at: a comment, clause by clause, as features. The same code trains and serves.

Comments mix the room, the price, the courier and then the agent, so a comment is read both as a whole and clause by
clause; the clause that speaks loudest is also the explanation. A feature is a string:

- ``"耐心 "`` a word, ``"frien- "`` the beginning of a long Latin word;
- ``"耐心解"`` two or three Chinese characters in a row, which see past the borders jieba drew;
- ``"*person+manner"`` markers: classes of ``lexicon`` that meet in a clause, turned round after a negator
  (``not-good``), and where in the comment they stand: ``*first``, ``*last``, ``*before`` or ``*after`` a contrast.

Two words in a row and four characters were tried too: held-out sources were judged no better with them, or worse.
"""

from __future__ import annotations

import re
from functools import lru_cache, reduce
from itertools import chain
from operator import add, or_
from typing import NamedTuple

from bot.classifier.lexicon import CLASSES, CONTRASTS, NEGATORS
from bot.classifier.text import Cut

MARKER = "*"
"""First character of every marker; no other feature starts with it."""

_HAN_RUN = re.compile(r"[\u4e00-\u9fff]{2,}")
_CLAUSE_ENDS = frozenset(",.!?;。~\n")
_TELLING_ENDS = frozenset("!?")
_SHORTEST_CLAUSE = 4  # characters; shorter ones ("另外，") go with what follows
_NEGATION_REACH = 3  # tokens after a negator that it turns round
_LONG_LATIN = 6  # letters from which a word's first five also count, a poor man's stem

_NEGATABLE = ("manner", "outcome", "beyond", "help", "thanks", "good")
_BITS = (*CLASSES, "negator", *(f"not-{name}" for name in _NEGATABLE))
_BIT = {name: 1 << number for number, name in enumerate(_BITS)}
_NEGATED = {_BIT[name]: _BIT[f"not-{name}"] for name in _NEGATABLE}


def _word_classes() -> dict[str, int]:
    classes: dict[str, int] = {}
    for name, words in CLASSES.items():
        for word in words.split():
            classes[word] = classes.get(word, 0) | _BIT[name]
    return classes


_CLASSES_OF = _word_classes()


Markers = tuple[str, ...]
"""Markers that belong together; the same object every time, so what is found out about it can be kept."""


class Clause(NamedTuple):
    """A stretch ``start:end`` of the folded text, its n-grams as often as they occur, its markers once."""

    start: int
    end: int
    grams: list[str]
    markers: Markers

    def features(self) -> list[str]:
        """Return the features of the clause by itself."""
        return [*self.grams, *self.markers]


class Reading(NamedTuple):
    """A comment's clauses, at least one, and groups of markers of its shape."""

    clauses: list[Clause]
    shape: list[Markers]

    def features(self) -> list[str]:
        """Return the features of the comment as a whole: all n-grams, and each marker once."""
        grams = chain.from_iterable(clause.grams for clause in self.clauses)
        markers = chain(*(clause.markers for clause in self.clauses), *self.shape)
        return [*grams, *dict.fromkeys(markers)]


def read(folded: str, cut: Cut) -> Reading:
    """Return the features of a comment already folded by ``text.fold``, cut into words by ``cut``."""
    clauses = []
    masks = []
    for start, end, words in _clauses(cut(folded)):
        mask = _classes_in(words)
        clauses.append(Clause(start, end, _grams(words, folded[start:end]), _meeting(mask)))
        masks.append(mask)
    return Reading(clauses, _shape(masks))


def _clauses(tokens: list[str]) -> list[tuple[int, int, list[str]]]:
    """Split tokens at punctuation, line ends, spaces between Chinese words, and before a word of contrast."""
    found: list[tuple[int, int, list[str]]] = []
    words: list[str] = []
    start = end = position = 0
    after_space = False
    for token in tokens:
        if token == " ":  # noqa: S105
            position += 1
            after_space = bool(words) and not words[-1].isascii()
            continue
        opens = token in CONTRASTS or (after_space and not token.isascii())
        after_space = False
        if opens and end - start >= _SHORTEST_CLAUSE:
            found.append((start, end, words))
            words, start = [], position
        if token in _CLAUSE_ENDS:
            if token in _TELLING_ENDS:
                words.append(token)
            if end - start >= _SHORTEST_CLAUSE:
                found.append((start, end, words))
                words = []
        else:
            if not words:
                start = position
            words.append(token)
            end = position + len(token)
        position += len(token)
    if words or not found:
        found.append((start, max(start, end), words))
    return found


def _grams(words: list[str], clause: str) -> list[str]:
    grams = [word + " " for word in words]
    grams += [word[:5] + "- " for word in words if len(word) >= _LONG_LATIN and word.isascii()]
    for run in _HAN_RUN.findall(clause):
        pairs = list(map(add, run, run[1:]))
        grams += pairs
        grams += map(add, pairs, run[2:])
    return grams


def _classes_in(words: list[str]) -> int:
    """Return the classes of the clause's words as bits, those within a negator's reach turned round."""
    alone = map(_CLASSES_OF.get, words)
    joined = map(_CLASSES_OF.get, map(add, words, words[1:]))
    if NEGATORS.isdisjoint(words):
        return reduce(or_, filter(None, chain(alone, joined)), 0)
    mask = _BIT["negator"]
    reach = 0
    for word, own, shared in zip(words, alone, chain((None,), joined), strict=True):
        bits = (own or 0) | (shared or 0)
        if bits and reach:
            bits = _turned_round(bits)
        mask |= bits
        reach = _NEGATION_REACH if word in NEGATORS else max(0, reach - 1)
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
    turn = next((at for at, mask in enumerate(masks) if at and mask & _BIT["contrast"]), None)
    if turn is not None:
        found += (_placed("before", reduce(or_, masks[:turn])), _placed("after", reduce(or_, masks[turn:])))
    return found
