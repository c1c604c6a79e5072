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

from bot.classifier.clauses import BITS, BITS_OF, NAMES, PLACES, SILENT, STEM_END, Part, divide, look_up, shape, stem_of
from bot.classifier.features import GAP, WORD_END, marker, placed
from bot.classifier.judging import SCORED, Network, Numbers, evidence_of, numbers, zeros
from bot.classifier.model import Model
from bot.classifier.rows import COLUMNS, WEIGHTS, Rows, Runs, Table

_SCORED = len(SCORED)
_WEIGHTS = WEIGHTS
_COLUMNS = COLUMNS
_CLASSES = len(NAMES)
_PAIR = 32  # bits of a row
_OF_TOKEN = 4  # rows at most: the word, its stem, with the word before and with the one before that
_OF_CHARACTER = 2  # a run of two and one of three end with it
_MARKERS = _CLASSES * (_CLASSES + 1) // 2  # of a clause, at most
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
        self._pairs = {key: row for name, row in words.items() if (key := _key_of_pair(name, " ", self._words))}
        self._gaps = {key: row for name, row in words.items() if (key := _key_of_pair(name, f" {GAP} ", self._words))}
        self._known = dict(BITS_OF)  # what look_up has to know of a token, and above that its row as a word
        for word, row in self._words.items():
            if word not in SILENT:
                self._known[word] = BITS_OF.get(word, 0) | row << _BITS
        self._runs = Runs({name: row for name, row in ids.items() if len(name) in (2, 3) and _chinese(name)})
        self._markers = _rows_of_markers(ids)
        self._places = array("i", [ids.get(placed(place, name), 0) for place in PLACES for name in NAMES])
        self._table = Table(model.weights, model.values)
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
        rows = array("i", bytes(4 * (_OF_TOKEN * len(tokens) + _OF_CHARACTER * len(folded) + _MARKERS)))
        for number in range(count):
            at = _COLUMNS * number
            part = parts[number]
            found = self._find_runs(rows, self._find_words(rows, tokens, known, part), folded, part[2], part[3])
            self._table.add(sums, at, rows, 0, found, False)
            self._table.add(sums, at, rows, found, self._find_markers(rows, found, part[4]), True)
            for column in range(_COLUMNS):
                sums[whole + column] += sums[at + column]
        place = 0
        for mask in shape(parts):
            self._table.add(sums, whole, rows, 0, self._find_placed(rows, place, mask), True)
            place += _CLASSES
        scores = self._scaled(sums, count + 1)
        return Scored(parts, scores, self._network.scores(evidence_of(scores, count)))

    def _find_words(self, rows: Rows, tokens: list[str], known: list[int], part: Part) -> int:
        """Put the words of a clause, the stems of its longer Latin ones, and two Latin ones in a row, or with another
        between them, into ``rows``. Return how many these are.
        """
        found = 0
        earlier = before = 0  # rows of the two Latin words before, 0 where there is none that is known
        follows = False  # whether the word before is Latin
        for number in range(part[0], part[1]):
            row = known[number]
            row >>= _BITS
            token = tokens[number]
            if row:
                rows[found] = row
                found += 1
            if token not in _SILENT:
                latin = token.isascii() and not token.endswith(STEM_END)
                if not latin:
                    row = 0
                if before and row:
                    pair = self._pairs.get(before << _PAIR | row, 0)
                    if pair:
                        rows[found] = pair
                        found += 1
                if earlier and follows and row:
                    pair = self._gaps.get(earlier << _PAIR | row, 0)
                    if pair:
                        rows[found] = pair
                        found += 1
                earlier, before, follows = before, row, latin
            if len(token) > 1:
                stem = stem_of(token)
                if stem:
                    row = self._words.get(stem, 0)
                    if row:
                        rows[found] = row
                        found += 1
        return found

    def _find_runs(self, rows: Rows, found: int, folded: str, begin: int, end: int) -> int:
        """Put the runs of two and three Chinese characters between two places of the text behind the ``found`` rows.

        Return how many rows there are then.
        """
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
                    rows[found] = row
                    found += 1
            pair = self._runs.find(second, third, 0) if second else 0
            if pair >> 1:
                rows[found] = pair >> 1
                found += 1
            follows = pair & 1 != 0
            first, second = second, third
        return found

    def _find_markers(self, rows: Rows, found: int, mask: int) -> int:
        """Put the markers of the classes that meet in a clause, each by itself and two by two, behind the ``found``
        rows. Return how many rows there are then.
        """
        for one in range(_CLASSES):
            if mask >> one & 1:
                for other in range(one, _CLASSES):
                    if mask >> other & 1:
                        row = self._markers[_CLASSES * one + other]
                        if row:
                            rows[found] = row
                            found += 1
        return found

    def _find_placed(self, rows: Rows, place: int, mask: int) -> int:
        """Put the markers of the classes that stand somewhere in the comment into ``rows``; return their number."""
        found = 0
        for one in range(_CLASSES):
            if mask >> one & 1:
                row = self._places[place + one]
                if row:
                    rows[found] = row
                    found += 1
        return found

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


def _key_of_pair(name: str, between: str, words: Mapping[str, int]) -> int:
    """Return the rows of two words with ``between`` between them as one number, 0 where ``name`` is no such two."""
    first, _, second = name.partition(between)
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
