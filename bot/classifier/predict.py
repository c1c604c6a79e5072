"""Tagging comments with a trained model: features looked up in a dictionary, their weights added up, a decision taken.

Needs numpy and a tokeniser, not scikit-learn; scores equal those of the pipeline it was trained in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.classifier import model as artefact
from bot.classifier.decision import HEADS, Decision, blend, decide, likelihoods
from bot.classifier.evidence import evidence
from bot.classifier.features import MARKER, WORD_END, Markers, Reading, read
from bot.classifier.runs import RunIndex
from bot.classifier.text import Cut, cutter, fold
from bot.tags import Tagging

_TOGETHER = 128  # comments scored in one go: enough to spare numpy's overhead, few enough to stay in the cache


@dataclass(frozen=True, slots=True)
class Scores:
    """What the heads say: ``comment`` (heads,) of the whole comment, ``clauses`` (clauses, heads) of each clause."""

    comment: NDArray[np.float64]
    clauses: NDArray[np.float64]

    def blended(self) -> list[float]:
        """Return one score per head, of the comment and its loudest clause together."""
        loudest = self.clauses.max(axis=0)
        return list(map(blend, self.comment.tolist(), loudest.tolist()))


class Tagger:
    """A loaded model. Not bound to a thread; each process loads its own."""

    def __init__(self, model: artefact.Model, name: str, cut: Cut | None = None) -> None:
        self.name = name
        self._policy = model.policy
        self._cut = cut or cutter()
        # Row 0 stands for every unknown feature, so that ids can be filtered by truth; the last column sums the norm.
        ids = {feature: number for number, feature in enumerate(model.vocabulary, start=1)}
        self._words = {name[:-1]: number for name, number in ids.items() if name.endswith(WORD_END)}
        self._markers = {name: number for name, number in ids.items() if name.startswith(MARKER)}
        self._runs = RunIndex(ids)
        self._marked = lru_cache(maxsize=16384)(self._rows_of)
        values = model.values.astype(np.float64)
        self._table = np.zeros((len(model.vocabulary) + 1, len(HEADS) + 1))
        self._table[1:, :-1] = values[:, None] * model.weights.astype(np.float64)
        self._table[1:, -1] = np.square(values) * [name not in self._markers for name in model.vocabulary]
        self._intercepts = model.intercepts
        self._typical_norm = model.typical_norm

    @classmethod
    def load(cls, path: Path) -> Tagger:
        """Load the model in the folder ``path``. Raises ``ModelError`` and leaves nothing half loaded."""
        loaded, card = artefact.load(path)
        return cls(loaded, str(card["model"]))

    def tag(self, text: str) -> Tagging:
        """Return what is said of one comment. Any string is answered, in bounded time."""
        folded = fold(text)
        reading = read(folded, self._cut)
        scores = self.scores([reading])[0]
        decision = self._decide(scores)
        return self._tagging(decision, evidence(text, folded, reading, scores.clauses, decision))

    def tag_many(self, texts: Iterable[str], *, explain: bool = True) -> Iterator[Tagging]:
        """Yield what is said of each comment, in order, reading ahead by no more than a few; without ``explain`` no
        evidence is looked for, which is faster.
        """
        texts = iter(texts)
        while batch := list(islice(texts, _TOGETHER)):
            folded = [fold(text) for text in batch]
            readings = [read(one, self._cut) for one in folded]
            for text, one, reading, scores in zip(batch, folded, readings, self.scores(readings), strict=True):
                decision = self._decide(scores)
                found = evidence(text, one, reading, scores.clauses, decision) if explain else ()
                yield self._tagging(decision, found)

    def scores(self, readings: Sequence[Reading]) -> list[Scores]:
        """Return the heads' scores of comments already read, equal to scikit-learn's ``decision_function``."""
        find, marked = self._words.get, self._marked
        rows: list[int] = []  # of the table, clause after clause, then shape after shape; each begins with row 0
        starts: list[int] = []
        firsts: list[int] = []  # the number of each comment's first clause
        for reading in readings:
            firsts.append(len(starts))
            for clause in reading.clauses:
                starts.append(len(rows))
                rows.append(0)
                rows += filter(None, map(find, clause.words))
                rows += marked(clause.markers)
        ends = [*firsts[1:], len(starts)]
        for reading in readings:
            starts.append(len(rows))
            rows.append(0)
            for markers in reading.shape:
                rows += marked(markers)
        sums = np.add.reduceat(self._table.take(rows, axis=0), starts, axis=0)
        runs = self._runs.find([clause.text for reading in readings for clause in reading.clauses])
        of_runs = self._table.take(runs.pairs, axis=0) + self._table.take(runs.triples, axis=0)
        clauses, shapes = sums[: ends[-1]], sums[ends[-1] :]
        clauses += np.add.reduceat(of_runs, runs.starts, axis=0)
        shapes += np.add.reduceat(clauses, firsts, axis=0)  # a comment's features are its clauses' and its shape's
        norms = sums[:, -1:]
        norms[norms == 0] = 1.0
        scores = sums[:, :-1] / np.sqrt(np.sqrt(norms) * self._typical_norm) + self._intercepts
        comments = scores[ends[-1] :]
        return [Scores(*of) for of in zip(comments, map(scores.__getitem__, map(slice, firsts, ends)), strict=True)]

    def _rows_of(self, markers: Markers) -> tuple[int, ...]:
        return tuple(filter(None, map(self._markers.get, markers)))

    def _decide(self, scores: Scores) -> Decision:
        return decide(self._policy, likelihoods(self._policy, scores.blended()))

    def _tagging(self, decision: Decision, found: tuple[str, ...]) -> Tagging:
        return Tagging(
            decision.praise,
            decision.tags,
            decision.primary,
            decision.tier,
            decision.confidence,
            found,
            self.name,
        )
