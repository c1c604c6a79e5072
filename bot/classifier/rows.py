# cython: boundscheck=False
"""Features as rows: which row a run of characters has, and what the weights of rows add up to.

Most of the time that a comment takes goes here. Compiled where there is a compiler (see ``compiled.py``); the types are
in ``rows.pxd``. Indexes are not looked at one by one: a run's place cannot be beyond the table, and ``Table.add`` looks
at its arguments before it begins and at every row before it reads it.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, MutableSequence

import numpy as np
from numpy.typing import NDArray

from bot.classifier.judging import SCORED, Numbers

Rows = MutableSequence[int]
"""Rows of features one after the other; row 0 stands for every unknown feature."""

WEIGHTS = 2 * len(SCORED)
"""Of a feature: for the whole comment, then for a clause."""

COLUMNS = WEIGHTS + 1
"""Of a sum: what the weights add up to, and the square of the norm."""

_WEIGHTS = WEIGHTS
_COLUMNS = COLUMNS


class Table:
    """The features' weights and values."""

    def __init__(self, weights: NDArray[np.float32], values: NDArray[np.float32]) -> None:
        """``weights`` (features, WEIGHTS) and ``values`` (features,) of rows 1 and up."""
        # 32 bits as in the model's file, so that half as much memory is visited; sums are of 64.
        table = np.zeros((len(values) + 1, COLUMNS), dtype=np.float32)
        table[1:, :WEIGHTS] = weights
        table[1:, WEIGHTS] = values
        self._table = array("f", table.tobytes())
        self._rows = len(table)

    def add(self, sums: Numbers, at: int, rows: Rows, begin: int, end: int, are_markers: bool) -> None:
        """Add ``rows[begin:end]`` to the ``COLUMNS`` sums from ``at`` on; markers add nothing to the norm."""
        if not (0 <= begin <= end <= len(rows) and 0 <= at <= len(sums) - _COLUMNS):
            raise IndexError(f"rows {begin} to {end} of {len(rows)}, sums from {at} of {len(sums)}")
        table = self._table
        for number in range(begin, end):
            row = rows[number]
            if not 0 <= row < self._rows:
                raise IndexError(f"row {row} of {self._rows}")
            start = _COLUMNS * row
            value = table[start + _WEIGHTS]
            for column in range(_WEIGHTS):
                sums[at + column] += value * table[start + column]
            if not are_markers:
                sums[at + _WEIGHTS] += value * value


class Runs:
    """Runs of two and three Chinese characters → their rows: an open hash table that a run never has to be cut out for.

    A place holds the run as a number and twice its row, and one more where it is two characters with which a run of
    three begins.
    """

    def __init__(self, rows: Mapping[str, int]) -> None:
        known = {run: row << 1 for run, row in rows.items()}
        for run in rows:
            if len(run) == 3:
                known[run[:2]] = known.get(run[:2], 0) | 1
        self._last = (1 << (4 * len(known) + 3).bit_length()) - 1  # a quarter full at most, so that any search ends
        self._keys = array("q", bytes(8 * (self._last + 1)))
        self._found = array("i", bytes(4 * (self._last + 1)))
        for run, found in known.items():
            first, second, third = (*map(ord, run), 0)[:3]
            at = self._place(first, second, third)
            self._keys[at] = (first << 16 | second) << 16 | third
            self._found[at] = found

    def find(self, first: int, second: int, third: int) -> int:
        """Return what is held of a run, 0 if it is unknown; ``third`` is 0 for a run of two."""
        return self._found[self._place(first, second, third)]

    def _place(self, first: int, second: int, third: int) -> int:
        """Return the place of a run, or the empty one where it would be."""
        key = (first << 16 | second) << 16 | third
        at = (first * 0x9E3B1 ^ second * 0x85EBC5 ^ third * 0xC2B2AF) & self._last
        while self._keys[at] and self._keys[at] != key:
            at = at + 1 & self._last
        return at
