"""Tagging comments with a trained model: features looked up in a dictionary, their weights added up, a decision taken.

Needs numpy and a tokeniser, not scikit-learn; scores equal those of the pipeline it was trained in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bot.classifier import model as artefact
from bot.classifier.decision import Floats, decide, likelihoods
from bot.classifier.evidence import evidence
from bot.classifier.features import MARKER, WORD_END, Markers, Reading, read
from bot.classifier.judging import SCORED, evidence_of
from bot.classifier.runs import RunIndex
from bot.classifier.text import Cut, cutter, fold
from bot.tags import Tagging

_TOGETHER = 128  # comments scored in one go: enough to spare numpy's overhead, few enough to stay in the cache


class Scores(NamedTuple):
    """What the first stage says: ``comments`` (comments, scored) and ``clauses`` (clauses of all, scored).

    ``firsts`` is the number of each comment's first clause. The columns are ``judging.SCORED``.
    """

    comments: Floats
    clauses: Floats
    firsts: list[int]

    def evidence(self) -> Floats:
        """Return what the judge looks at, (comments, judging.EVIDENCE)."""
        return evidence_of(self.comments, self.clauses, self.firsts)

    def of_clauses(self, comment: int) -> Floats:
        """Return the scores of one comment's clauses, (clauses, scored)."""
        after = self.firsts[comment + 1] if comment + 1 < len(self.firsts) else len(self.clauses)
        return self.clauses[self.firsts[comment] : after]


class Tagger:
    """A loaded model. Not bound to a thread; each process loads its own."""

    def __init__(self, model: artefact.Model, name: str, cut: Cut | None = None) -> None:
        self.name = name
        self._judge = model.judge
        self._policy = model.policy
        self._cut = cut or cutter()
        # Row 0 stands for every unknown feature, so that ids can be filtered by truth; the last column sums the norm.
        ids = {feature: number for number, feature in enumerate(model.vocabulary, start=1)}
        self._words = {name[:-1]: number for name, number in ids.items() if name.endswith(WORD_END)}
        self._markers = {name: number for name, number in ids.items() if name.startswith(MARKER)}
        self._runs = RunIndex(ids)
        self._marked = lru_cache(maxsize=16384)(self._rows_of)
        values = model.values.astype(np.float64)
        self._table = np.zeros((len(model.vocabulary) + 1, len(SCORED) + 1))
        self._table[1:, :-1] = values[:, None] * model.weights.astype(np.float64) / np.sqrt(model.typical_norm)
        self._table[1:, -1] = np.square(values) * [name not in self._markers for name in model.vocabulary]
        self._intercepts = model.intercepts

    @classmethod
    def load(cls, path: Path) -> Tagger:
        """Load the model in the folder ``path``. Raises ``ModelUnusable`` and leaves nothing half loaded."""
        loaded, card = artefact.load(path)
        return cls(loaded, str(card["model"]))

    def tag(self, text: str) -> Tagging:
        """Return what is said of one comment. Any string is answered, in bounded time."""
        return next(self._tag_together([text], explain=True))

    def tag_many(self, texts: Iterable[str], *, explain: bool = True) -> Iterator[Tagging]:
        """Yield what is said of each comment, in order, reading ahead by no more than a few.

        Without ``explain`` no evidence is looked for, which is faster.
        """
        texts = iter(texts)
        while batch := list(islice(texts, _TOGETHER)):
            yield from self._tag_together(batch, explain=explain)

    def _tag_together(self, texts: Sequence[str], *, explain: bool) -> Iterator[Tagging]:
        folded = list(map(fold, texts))
        readings = [read(one, self._cut) for one in folded]
        scores = self.scores(readings)
        for at, judged in enumerate(self.judged(scores).tolist()):
            decision = decide(self._policy, likelihoods(self._policy, judged, len(readings[at].clauses)))
            found: tuple[str, ...] = ()
            if explain:
                found = evidence(texts[at], folded[at], readings[at], scores.of_clauses(at), decision)
            yield Tagging(*decision, found, self.name)

    def scores(self, readings: Sequence[Reading]) -> Scores:
        """Return the first stage's scores of comments already read, at least one."""
        find, marked = self._words.get, self._marked
        rows: list[int] = []  # of the table, clause after clause, then shape after shape; each begins with row 0
        starts: list[int] = []
        firsts: list[int] = []
        for reading in readings:
            firsts.append(len(starts))
            for clause in reading.clauses:
                starts.append(len(rows))
                rows.append(0)
                rows += filter(None, map(find, clause.words))
                rows += marked(clause.markers)
        count = len(starts)
        for reading in readings:
            starts.append(len(rows))
            rows.append(0)
            for markers in reading.shape:
                rows += marked(markers)
        sums = np.add.reduceat(self._table.take(rows, axis=0), starts)
        runs = self._runs.find([clause.text for reading in readings for clause in reading.clauses])
        of_runs = self._table.take(runs.pairs, axis=0) + self._table.take(runs.triples, axis=0)
        sums[:count] += np.add.reduceat(of_runs, runs.starts)
        sums[count:] += np.add.reduceat(sums[:count], firsts)  # a comment's features: its clauses' and its shape's
        scores = sums[:, :-1] / np.sqrt(np.sqrt(sums[:, -1:] + 1)) + self._intercepts
        return Scores(scores[count:], scores[:count], firsts)

    def judged(self, scores: Scores) -> Floats:
        """Return the second stage's scores, (comments, heads), equal to the pipeline's."""
        return self._judge.scores(scores.evidence())

    def _rows_of(self, markers: Markers) -> tuple[int, ...]:
        return tuple(filter(None, map(self._markers.get, markers)))
