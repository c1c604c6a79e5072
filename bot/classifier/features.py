"""What the classifier looks at: a comment, clause by clause, as features. This is what training learns from.

Comments mix the room, the price, the courier and then the agent, so a comment is read both as a whole and clause by
clause; the clause that speaks loudest is also the explanation. A feature is a string:

- ``"耐心 "`` a word, ``"frien- "`` the beginning of a long Latin word, ``"no one "`` two Latin words in a row,
  ``"fault _ staff "`` the first and the last of three;
- ``"耐心解"`` two or three Chinese characters in a row, which see past the borders jieba drew;
- ``"M:person+manner"`` markers: classes of ``lexicon`` that meet in a clause, turned round after a negator
  (``not-good``), and where in the comment they stand: ``M:first``, ``M:last``, ``M:before`` or ``M:after`` a contrast.

Serving divides comments by the same ``clauses``; ``scoring`` finds the features without writing them out.

Two Chinese words in a row and four characters were tried too: held-out sources were judged no better with them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

from bot.classifier.clauses import NAMES, PLACES, STEM_END, parts_of, shape, trimmed, words_of
from bot.classifier.cutting import Cut

MARKER = "M:"
"""What every marker starts with, and nothing else, for folded text has no capitals."""

WORD_END = " "
"""Last character of every word's feature, and of no other."""

GAP = "_"
"""What stands for the second of three Latin words in a feature of the other two."""

Markers = tuple[str, ...]
"""Markers that belong together."""

_HAN_RUN = re.compile(r"[\u4e00-\u9fff]{2,}")


class Clause(NamedTuple):
    """A stretch of the folded text from ``start``: its text, words (stems among them) and markers."""

    start: int
    text: str
    words: list[str]
    markers: Markers

    def features(self) -> list[str]:
        """Return the features of the clause, each as often as it occurs."""
        words = self.words
        latin = [f"{first} {second}{WORD_END}" for first, second in pairwise(words) if _follow(first, second)]
        latin += [
            f"{first} {GAP} {third}{WORD_END}"
            for first, second, third in zip(words, words[1:], words[2:], strict=False)
            if _follow(first, second) and _follow(second, third)
        ]
        runs = _HAN_RUN.findall(self.text)
        pairs = [run[at : at + 2] for run in runs for at in range(len(run) - 1)]
        triples = [run[at : at + 3] for run in runs for at in range(len(run) - 2)]
        return [*(word + WORD_END for word in words), *latin, *pairs, *triples, *self.markers]


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
    parts = parts_of(tokens)
    clauses = []
    for part in parts:
        begin, end = trimmed(folded, part)
        clauses.append(Clause(begin, folded[begin:end], words_of(tokens, part), _meeting(part[4])))
    return Reading(clauses, list(map(_placed, PLACES, shape(parts))))


def _follow(first: str, second: str) -> bool:
    """Return whether two words in a row are a feature: both Latin, and neither a stem."""
    return first.isascii() and second.isascii() and not first.endswith(STEM_END) and not second.endswith(STEM_END)


def marker(first: str, second: str = "") -> str:
    """Return the marker of a class in a clause, or of two classes that meet there, in the order of ``NAMES``."""
    return f"{MARKER}{first}+{second}" if second else MARKER + first


def placed(place: str, name: str) -> str:
    """Return the marker of a class at one of ``PLACES``."""
    return f"{MARKER}{place} {name}"


@lru_cache(maxsize=16384)
def _names(mask: int) -> tuple[str, ...]:
    return tuple(name for at, name in enumerate(NAMES) if mask >> at & 1)


@lru_cache(maxsize=16384)
def _meeting(mask: int) -> Markers:
    names = _names(mask)
    together = [marker(first, second) for at, first in enumerate(names) for second in names[at + 1 :]]
    return (*map(marker, names), *together)


@lru_cache(maxsize=16384)
def _placed(place: str, mask: int) -> Markers:
    return tuple(placed(place, name) for name in _names(mask))
