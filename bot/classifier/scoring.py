"""The first stage, one comment at a time: features found as numbers, their weights added up, clause by clause.

There are some seventy runs of characters and thirty words in a comment of ordinary length, and a few dozen markers.
None is written out as ``features`` does for training; a test holds the two to the same scores.

Compiled where there is a compiler (see ``compiled.py``); the types are in ``scoring.pxd``.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from itertools import combinations

import numpy as np

from bot.classifier.clauses import BITS, BITS_OF, NAMES, PLACES, SILENT, STEM_END, Part, divide, look_up, shape, stem_of
from bot.classifier.features import WORD_END, marker, placed
from bot.classifier.judging import SCORED, Network, Numbers, evidence_of, numbers, zeros
from bot.classifier.model import Model

_SCORED = len(SCORED)
_WEIGHTS = 2 * _SCORED  # of a feature: for the whole comment, then for a clause
_COLUMNS = _WEIGHTS + 1  # of the table: a feature's weights and its value; of sums: what they add up to, and the norm
_CLASSES = len(NAMES)
_PAIR = 32  # bits of a row
_SILENT = SILENT
_BITS = BITS
_FIRST, _LAST = 0x4E00, 0x9FFF  # the Chinese characters that features.py takes runs of


class Scored:
    """What the model makes of a comment: its clauses, their scores and the judge's.

    ``scores`` are ``judging.SCORED`` for clause after clause, then for the comment as a whole; ``judged`` is a score
    for each of ``decision.HEADS``.
    """

    def __init__(self, parts: list[Part], scores: Numbers, judged: list[float]) -> None:
        self.parts = parts
        self.scores = scores
        self.judged = judged


class Scorer:
    """A model's weights, arranged for looking them up. Row 0 of the table stands for every unknown feature."""

    def __init__(self, model: Model) -> None:
        ids = {feature: row for row, feature in enumerate(model.vocabulary, start=1)}
        words = {name.removesuffix(WORD_END): row for name, row in ids.items() if name.endswith(WORD_END)}
        self._words = {name: row for name, row in words.items() if " " not in name}
        self._pairs = {key: row for name, row in words.items() if (key := _key_of_pair(name, self._words))}
        self._known = dict(BITS_OF)  # what divide has to know of a token, and above that its row as a word
        for word, row in self._words.items():
            if word not in SILENT:
                self._known[word] = BITS_OF.get(word, 0) | row << _BITS
        self._runs = Runs({name: row for name, row in ids.items() if len(name) in (2, 3) and _chinese(name)})
        self._markers = _rows_of_markers(ids)
        self._places = array("i", [ids.get(placed(place, name), 0) for place in PLACES for name in NAMES])
        # 32 bits as in the model's file, so that half as much memory is visited; sums are of 64.
        table = np.zeros((len(model.vocabulary) + 1, _COLUMNS), dtype=np.float32)
        table[1:, :_WEIGHTS] = model.weights
        table[1:, _WEIGHTS] = model.values
        self._table = array("f", table.tobytes())
        self._scale = 1 / math.sqrt(model.typical_norm)
        self._intercepts = numbers(model.intercepts)
        self._network = Network(model.judge)

    def score(self, folded: str, tokens: list[str]) -> Scored:
        """Return what is made of a comment folded by ``text.fold`` and cut into ``tokens``."""
        known = look_up(tokens, self._known)
        parts = divide(tokens, known)
        count = len(parts)
        sums = zeros(_COLUMNS * (count + 1))
        whole = _COLUMNS * count
        for number in range(count):
            at = _COLUMNS * number
            part = parts[number]
            self._add_words(sums, at, tokens, known, part)
            self._add_runs(sums, at, folded, part[2], part[3])
            self._add_markers(sums, at, part[4])
            for column in range(_COLUMNS):
                sums[whole + column] += sums[at + column]
        place = 0
        for mask in shape(parts):
            self._add_placed(sums, whole, place, mask)
            place += _CLASSES
        scores = self._scaled(sums, count + 1)
        return Scored(parts, scores, self._network.scores(evidence_of(scores, count)))

    def _add(self, sums: Numbers, at: int, row: int, is_marker: bool) -> None:
        """Add a feature to the sums that begin ``at``; a marker adds nothing to the norm."""
        table = self._table
        start = _COLUMNS * row
        value = table[start + _WEIGHTS]
        for column in range(_WEIGHTS):
            sums[at + column] += value * table[start + column]
        if not is_marker:
            sums[at + _WEIGHTS] += value * value

    def _add_words(self, sums: Numbers, at: int, tokens: list[str], known: list[int], part: Part) -> None:
        """Add the words of a clause, the stems of its longer Latin ones, and two Latin ones in a row."""
        before = 0  # the row of the Latin word before, 0 where there is none that is known
        for number in range(part[0], part[1]):
            row = known[number]
            row >>= _BITS
            token = tokens[number]
            if row:
                self._add(sums, at, row, False)
            if token not in _SILENT:
                if not token.isascii() or token.endswith(STEM_END):
                    row = 0
                if before and row:
                    pair = self._pairs.get(before << _PAIR | row, 0)
                    if pair:
                        self._add(sums, at, pair, False)
                before = row
            if len(token) > 1:
                stem = stem_of(token)
                if stem:
                    row = self._words.get(stem, 0)
                    if row:
                        self._add(sums, at, row, False)

    def _add_runs(self, sums: Numbers, at: int, folded: str, begin: int, end: int) -> None:
        """Add the runs of two and three Chinese characters between two places of the text."""
        first = second = 0  # the two characters before, 0 where there is no Chinese one
        follows = False  # whether a known run of three may begin with them
        for position in range(begin, end):
            third = ord(folded[position])
            if not _FIRST <= third <= _LAST:
                first = second = 0
                follows = False
                continue
            if follows:
                row = self._runs.find(first, second, third) >> 1
                if row:
                    self._add(sums, at, row, False)
            found = self._runs.find(second, third, 0) if second else 0
            if found >> 1:
                self._add(sums, at, found >> 1, False)
            follows = found & 1 != 0
            first, second = second, third

    def _add_markers(self, sums: Numbers, at: int, mask: int) -> None:
        """Add the markers of the classes that meet in a clause: each by itself, and two by two."""
        for one in range(_CLASSES):
            if mask >> one & 1:
                for other in range(one, _CLASSES):
                    if mask >> other & 1:
                        row = self._markers[_CLASSES * one + other]
                        if row:
                            self._add(sums, at, row, True)

    def _add_placed(self, sums: Numbers, at: int, place: int, mask: int) -> None:
        """Add the markers of the classes that stand somewhere in the comment."""
        for one in range(_CLASSES):
            if mask >> one & 1:
                row = self._places[place + one]
                if row:
                    self._add(sums, at, row, True)

    def _scaled(self, sums: Numbers, count: int) -> Numbers:
        """Return the scores that so many sums make; see ``model.Model`` for the formula."""
        scores = zeros(_SCORED * count)
        for number in range(count):
            start = _COLUMNS * number
            scale = self._scale / math.sqrt(math.sqrt(sums[start + _WEIGHTS] + 1))
            first = 0 if number == count - 1 else _SCORED  # the last is the comment as a whole
            for at in range(_SCORED):
                scores[_SCORED * number + at] = sums[start + first + at] * scale + self._intercepts[first + at]
        return scores


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


def _key_of_pair(name: str, words: Mapping[str, int]) -> int:
    """Return the rows of two words in a row as one number, 0 where ``name`` is no such two."""
    first, _, second = name.partition(" ")
    return words.get(first, 0) << _PAIR | words[second] if words.get(first) and second in words else 0


def _chinese(text: str) -> bool:
    return all(_FIRST <= ord(character) <= _LAST for character in text)


def _rows_of_markers(ids: Mapping[str, int]) -> array[int]:
    """Return (classes, classes), row after row: the row of the marker of two classes, on the diagonal of one."""
    rows = array("i", bytes(4 * _CLASSES * _CLASSES))
    for at, name in enumerate(NAMES):
        rows[_CLASSES * at + at] = ids.get(marker(name), 0)
    for (one, first), (other, second) in combinations(enumerate(NAMES), 2):
        rows[_CLASSES * one + other] = ids.get(marker(first, second), 0)
    return rows
