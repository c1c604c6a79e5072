"""Finding the runs of two and three Chinese characters that a model knows, in many clauses at once.

There are some seventy such runs in a comment of ordinary length. Cutting each out as a string and looking it up took
half the time of tagging; here they are looked up as numbers, a whole batch in a dozen array operations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int32]

_FIRST, _LAST = 0x4E00, 0x9FFF  # the Chinese characters that features.py takes runs of
_SEPARATOR = "\n"  # in no clause, and no Chinese character, so no run reaches over it


class Found(NamedTuple):
    """Ids of the runs that begin at each character, 0 for unknown ones; ``starts`` says where each clause begins."""

    pairs: Numbers
    triples: Numbers
    starts: list[int]


class RunIndex:
    """The pairs and triples of Chinese characters among a model's features, in two tables.

    ``pairs`` is entered by the numbers of two characters, ``triples`` by the number of a pair and that of a third.
    """

    def __init__(self, ids: Mapping[str, int]) -> None:
        """Take features and their ids, all above 0; features that are not such runs are passed over."""
        runs = {feature: found for feature, found in ids.items() if len(feature) in (2, 3) and _chinese(feature)}
        characters = sorted(set("".join(runs)))
        number = {character: at for at, character in enumerate(characters, start=1)}
        begin = {pair: at for at, pair in enumerate(sorted({run[:2] for run in runs if len(run) == 3}), start=1)}
        self._base = base = len(characters) + 1
        self._numbers = np.zeros(_LAST + 2, dtype=np.int64)  # the last stands for all code points above
        self._numbers[[ord(character) for character in characters]] = range(1, base)
        self._pairs = np.zeros(base * base, dtype=np.int32)
        self._begins = np.zeros(base * base, dtype=np.int32)
        self._triples = np.zeros((len(begin) + 1) * base, dtype=np.int32)
        for pair, at in begin.items():
            self._begins[number[pair[0]] * base + number[pair[1]]] = at
        for run, found in runs.items():
            if len(run) == 2:
                self._pairs[number[run[0]] * base + number[run[1]]] = found
            else:
                self._triples[begin[run[:2]] * base + number[run[2]]] = found

    def find(self, clauses: Sequence[str]) -> Found:
        """Return the runs of ``clauses``, at least one; like folded text they hold no surrogates, and no line ends."""
        joined = _SEPARATOR.join([*clauses, _SEPARATOR * 2])
        codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32)
        numbers = self._numbers.take(codes, mode="clip")
        keys = numbers[:-2] * self._base + numbers[1:-1]
        triples = self._triples.take(self._begins.take(keys) * self._base + numbers[2:])
        starts = [0, *accumulate(len(clause) + 1 for clause in clauses)]
        return Found(self._pairs.take(keys), triples, starts[:-1])


def _chinese(text: str) -> bool:
    return all(_FIRST <= ord(character) <= _LAST for character in text)
