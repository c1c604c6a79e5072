"""Training: scikit-learn fits one logistic regression per head, cross-validation over sources chooses all else.

No figure here comes from comments of a source that was trained on. Each source is held out in turn, the rest is fitted,
and the scores of the held-out comments are what thresholds, calibration and the reported figures are made of.
"""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from joblib import parallel_config
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from bot.classifier import card
from bot.classifier.corpus import CorpusError, Example, fingerprint
from bot.classifier.decision import HEADS, Decision, Floats, Policy, blend, decide, likelihoods
from bot.classifier.evaluate import Report, report
from bot.classifier.features import MARKER, Reading, read
from bot.classifier.mixing import mixed
from bot.classifier.model import Model, save
from bot.classifier.text import cutter, fold
from bot.classifier.tuning import fit_policy, labels

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many steps of it are done, and of how many."""

C = 6.0
"""Inverse regularisation strength of every head; this and what follows were chosen by cross-validation over sources."""

MARKER_VALUE = 0.8  # what a marker counts beside an n-gram
MIN_DF = 3  # comments a feature must occur in
MIXED_WEIGHT = 0.5  # what a comment strung together counts beside a written one
_HEAVIEST = 3.0  # weight that evening out may give, lest a few odd comments rule
_PARTS = 3  # into which a source is divided that alone carries a language
_FOLDS = 5  # where there are too few sources to hold one out
_FEWEST_SOURCES = 3


class Weighing(BaseEstimator, TransformerMixin):  # type: ignore[misc]
    """Lists of features → (texts, features) sparse values: counts, inverse document frequency, norm.

    See ``model.Model`` for the formula. Values are kept in 32 bits, as the model's file keeps them.
    """

    def __init__(self, min_df: int = MIN_DF, marker_value: float = MARKER_VALUE) -> None:
        self.min_df = min_df
        self.marker_value = marker_value

    def fit(self, texts: Sequence[list[str]], y: object = None) -> Weighing:
        """Learn the vocabulary, the values and the typical (median) norm."""
        counts: dict[str, int] = {}
        for text in texts:
            for feature in set(text):
                counts[feature] = counts.get(feature, 0) + 1
        self.vocabulary_ = tuple(sorted(feature for feature, count in counts.items() if count >= self.min_df))
        self.ids_ = {feature: number for number, feature in enumerate(self.vocabulary_)}
        idf = np.array([np.log((1 + len(texts)) / (1 + counts[feature])) + 1 for feature in self.vocabulary_])
        marker = np.array([feature.startswith(MARKER) for feature in self.vocabulary_], dtype=bool)
        self.values_ = np.where(marker, self.marker_value * idf, idf).astype(np.float32)
        self.squares_ = np.where(marker, 0.0, np.square(self.values_.astype(np.float64)))
        self.typical_norm_ = 1.0
        self.typical_norm_ = float(np.median(self._norms(self._counts(texts))))
        return self

    def transform(self, texts: Sequence[list[str]]) -> sparse.csr_matrix:
        """Return the weighed features, (texts, features)."""
        counts = self._counts(texts)
        scale = 1 / np.sqrt(self._norms(counts) * self.typical_norm_)
        return sparse.diags_array(scale) @ counts @ sparse.diags_array(self.values_.astype(np.float64))

    def _counts(self, texts: Sequence[list[str]]) -> sparse.csr_matrix:
        rows = [[self.ids_[feature] for feature in text if feature in self.ids_] for text in texts]
        ends = np.cumsum([0, *map(len, rows)])
        columns = list(chain.from_iterable(rows))
        counts = sparse.csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), len(self.ids_)))
        counts.sum_duplicates()
        return counts

    def _norms(self, counts: sparse.csr_matrix) -> Floats:
        norms: Floats = np.sqrt(counts @ self.squares_ + 1)
        return norms


class CommentClassifier(BaseEstimator, ClassifierMixin):  # type: ignore[misc]
    """Readings of comments → a score for each of ``decision.HEADS``: one logistic regression per head.

    A comment's score is that of the whole comment blended with that of its loudest clause; training looks at wholes.
    """

    def __init__(self, C: float = C, seed: int = 0) -> None:  # noqa: N803
        self.C = C
        self.seed = seed

    def fit(
        self, readings: Sequence[Reading], truth: NDArray[np.bool_], sample_weight: Floats, written: int
    ) -> CommentClassifier:
        """Fit on ``truth`` (readings, heads); only the first ``written`` readings make the vocabulary.

        Coefficients are rounded to 32 bits, as the model's file keeps them.
        """
        features = [reading.features() for reading in readings]
        self.weighing_ = Weighing().fit(features[:written])
        one = LogisticRegression(C=self.C, solver="liblinear", random_state=self.seed, max_iter=300)
        with config_context(enable_metadata_routing=True), parallel_config(backend="threading", n_jobs=os.cpu_count()):
            self.heads_ = OneVsRestClassifier(one.set_fit_request(sample_weight=True))
            self.heads_.fit(self.weighing_.transform(features), truth.astype(int), sample_weight=sample_weight)
        for head in self.heads_.estimators_:
            if hasattr(head, "coef_"):  # it has none where a fold has nothing to tell apart
                head.coef_ = head.coef_.astype(np.float32).astype(np.float64)
        return self

    def decision_function(self, readings: Sequence[Reading]) -> Floats:
        """Return the blended scores, (readings, heads)."""
        wholes = self._scores([reading.features() for reading in readings])
        clauses = self._scores([clause.features() for reading in readings for clause in reading.clauses])
        firsts = np.cumsum([0, *(len(reading.clauses) for reading in readings)])[:-1]
        return blend(wholes, np.maximum.reduceat(clauses, firsts, axis=0))

    def predict_proba(self, readings: Sequence[Reading]) -> Floats:
        """Return the logistic of the scores, (readings, heads)."""
        chances: Floats = expit(self.decision_function(readings))
        return chances

    def model(self, policy: Policy) -> Model:
        """Return what serving needs."""
        weights = np.array([head.coef_[0] for head in self.heads_.estimators_]).T.astype(np.float32)
        intercepts = np.array([head.intercept_[0] for head in self.heads_.estimators_], dtype=np.float64)
        weighing = self.weighing_
        return Model(weighing.vocabulary_, weighing.values_, weights, intercepts, weighing.typical_norm_, policy)

    def _scores(self, texts: Sequence[list[str]]) -> Floats:
        scores: Floats = self.heads_.decision_function(self.weighing_.transform(texts))
        return scores


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, what its card tells, its cross-validated figures, and the scikit-learn pipeline it was taken from.

    ``pipeline`` takes texts; its ``decision_function`` and ``predict_proba`` give (texts, heads).
    """

    model: Model
    facts: dict[str, Any]
    figures: Report
    pipeline: Pipeline


def train(examples: Sequence[Example], *, seed: int = 0, progress: Progress | None = None) -> Trained:
    """Fit a model on ``examples``. Same examples, seed and versions: same model.

    Raises ``CorpusError`` if there is nothing to learn a head from.
    """
    missing = [head for head, column in zip(HEADS, labels(examples).T, strict=True) if column.all() or not column.any()]
    if missing:
        raise CorpusError(f"Training needs comments with and without each of these: {', '.join(missing)}.")
    tell = progress or (lambda stage, done, total: None)
    rows = _Rows.of(examples, seed)
    held = sorted(set(rows.groups))
    scores = np.zeros((len(rows.examples), len(HEADS)))
    for done, group in enumerate(held):
        tell("cross-validation", done, len(held))
        out = np.array([own == group for own in rows.groups])
        unseen = [rows.readings[number] for number in np.flatnonzero(out)]
        scores[out] = rows.fit(~out, seed).decision_function(unseen)
    tell("fitting", 0, 1)
    policy = rows.policy(np.arange(rows.written), scores)
    classifier = rows.fit(np.ones(len(rows.examples), dtype=bool), seed)
    decisions = _cross_fitted(rows, scores)
    facts = {
        "data": {"rows": len(examples), "sha256": fingerprint(examples), "seed": seed, "sources": _counts(examples)},
        "versions": _versions(),
        "figures": _figures(rows, decisions),
        "limits": list(card.LIMITS),
        "may_fail": list(card.MAY_FAIL),
    }
    tell("fitting", 1, 1)
    pipeline = Pipeline([("read", FunctionTransformer(read_all)), ("classify", classifier)])
    figures = report(rows.examples[: rows.written], decisions[: rows.written])
    return Trained(classifier.model(policy), facts, figures, pipeline)


def write(trained: Trained, folder: Path) -> dict[str, Any]:
    """Write model, card and README into ``folder`` and return the card."""
    told = save(trained.model, trained.facts, folder)
    (folder / "README.md").write_text(card.as_markdown(told), encoding="utf-8")
    return told


def read_all(texts: Iterable[str]) -> list[Reading]:
    """Return the readings of ``texts``: the first step of the pipeline."""
    cut = cutter()
    return [read(fold(text), cut) for text in texts]


@dataclass(frozen=True, slots=True)
class _Rows:
    """What is trained on: the written comments first, then those strung together of them, in the same groups."""

    examples: list[Example]
    groups: list[str]
    weights: Floats
    readings: list[Reading]
    clauses: list[int]
    written: int

    @classmethod
    def of(cls, examples: Sequence[Example], seed: int) -> _Rows:
        groups = _groups(examples)
        rows = list(examples)
        for group in sorted(set(groups)):
            made = mixed([row for row, own in zip(examples, groups, strict=False) if own == group], seed=seed)
            rows += made
            groups += [group] * len(made)
        shares = [1.0] * len(examples) + [MIXED_WEIGHT] * (len(rows) - len(examples))
        weights = np.array([row.weight for row in rows]) * shares * _evened_out(rows)
        readings = read_all(row.text for row in rows)
        return cls(rows, groups, weights, readings, [len(reading.clauses) for reading in readings], len(examples))

    def fit(self, kept: NDArray[np.bool_], seed: int) -> CommentClassifier:
        numbers = np.flatnonzero(kept)
        readings = [self.readings[number] for number in numbers]
        truth = labels([self.examples[number] for number in numbers])
        written = int(kept[: self.written].sum())
        return CommentClassifier(seed=seed).fit(readings, truth, self.weights[kept], written)

    def policy(self, kept: NDArray[np.intp], scores: Floats) -> Policy:
        """Return the policy that fits the ``scores`` of the written comments with the numbers ``kept``.

        Comments strung together teach the heads what to pass over; how likely praise is, they cannot tell.
        """
        examples = [self.examples[number] for number in kept]
        return fit_policy(examples, scores[kept], [self.clauses[number] for number in kept], self.weights[kept])


def _evened_out(examples: Sequence[Example]) -> Floats:
    """Return weights that make praise as heavy as not praise at every length.

    Whoever writes a corpus tells more of what was good: its praise is longer than the rest, real customers' is not.
    Left alone, a model learns that much talk is praise.
    """
    kinds = [(len(example.text).bit_length(), example.praise) for example in examples]
    counts = Counter(kinds)
    evened = [(counts[size, True] + counts[size, False]) / (2 * counts[size, praise]) for size, praise in kinds]
    return np.minimum(evened, _HEAVIEST)


def _groups(examples: Sequence[Example]) -> list[str]:
    """Return for each example what it is held out with: its source.

    A source that alone carries a language is divided by its domains, for holding it out would ask a model about a
    language it never saw. Where there are too few sources, comments are dealt out in turn.
    """
    sources = sorted({example.source for example in examples})
    if len(sources) < _FEWEST_SOURCES:
        return [f"fold {number % _FOLDS}" for number in range(len(examples))]
    alone = [_sole_source(examples, lang) for lang in {example.lang for example in examples} if lang]
    divided = {source for source in alone if source}
    domains = {source: sorted({row.domain for row in examples if row.source == source}) for source in divided}
    return [
        f"{row.source}/{domains[row.source].index(row.domain) % _PARTS}" if row.source in divided else row.source
        for row in examples
    ]


def _sole_source(examples: Sequence[Example], lang: str) -> str | None:
    sources = {example.source for example in examples if example.lang == lang}
    return sources.pop() if len(sources) == 1 else None


def _cross_fitted(rows: _Rows, scores: Floats) -> list[Decision]:
    """Return a decision for each row, by a policy that saw no comment of its source either."""
    groups = np.array(rows.groups)
    decisions: dict[int, Decision] = {}
    for group in sorted(set(rows.groups)):
        policy = rows.policy(np.flatnonzero(groups[: rows.written] != group), scores)
        for number in np.flatnonzero(groups == group).tolist():
            likely = likelihoods(policy, scores[number].tolist(), rows.clauses[number])
            decisions[number] = decide(policy, likely)
    return [decisions[number] for number in range(len(rows.examples))]


def _figures(rows: _Rows, decisions: Sequence[Decision]) -> dict[str, Any]:
    """Return the cross-validated figures: of the written comments, also by facet, and of those strung together."""
    written = list(zip(rows.examples, decisions, strict=True))[: rows.written]
    strung = list(zip(rows.examples, decisions, strict=True))[rows.written :]
    found: dict[str, Any] = {"overall": _report(written)}
    for facet in ("source", "domain", "lang", "channel", "hard"):
        values = sorted({getattr(row, facet) for row, _ in written} - {""})
        found[facet] = {
            value: _report([(row, said) for row, said in written if getattr(row, facet) == value]) for value in values
        }
    return {**found, "strung": _report(strung)} if strung else found


def _report(pairs: Sequence[tuple[Example, Decision]]) -> dict[str, Any]:
    return report([row for row, _ in pairs], [said for _, said in pairs]).as_json()


def _counts(examples: Sequence[Example]) -> dict[str, int]:
    sources = [example.source for example in examples]
    return {source: sources.count(source) for source in sorted(set(sources))}


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in ("numpy", "scipy", "scikit-learn", "jieba", "rjieba"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found
