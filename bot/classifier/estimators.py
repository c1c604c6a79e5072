"""What is fitted: scikit-learn's estimators, arranged so that serving them takes a sparse product and two small ones.

The first stage scores comments and clauses, one logistic regression per head; the second judges a comment by these
scores, with a small network.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from itertools import chain
from warnings import catch_warnings, simplefilter

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from bot.classifier.decision import HEADS, Floats, Policy
from bot.classifier.features import MARKER, Reading
from bot.classifier.judging import EVIDENCE, SCORED, Judge, evidence_of, numbers
from bot.classifier.marking import Marked
from bot.classifier.model import Model

C = 10.0
"""Inverse regularisation strength of every head of the first stage; this and what follows were chosen by
cross-validation over sources, see ``docs/classifier.md``.
"""

C_OF_CLAUSES = 3.0
"""The same of what scores clauses: they are short, so each says less."""

MARKER_VALUE = 0.7  # what a marker counts beside an n-gram
MIN_DF = 4  # comments a feature must occur in
RATIO_SHARE = 0.4  # how much of a feature's stretch is its ratio's
UNITS = 16  # of a network of the second stage
NETWORKS = 3
HELD_BACK = 40.0  # of the second stage: the weight of its squared coefficients, at most
HELD_BACK_EACH = 0.02  # the same for each comment, where there are few
ITERATIONS = 80
NEVER = -6.0  # score of a head that nothing taught
_MOST_TELLING = 3.0  # logarithm of a ratio


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


class RatioRegression(BaseEstimator, ClassifierMixin):  # type: ignore[misc]
    """Logistic regression of one head that holds back telling features less (NB-SVM; Wang and Manning, 2012).

    A feature's values are first stretched by how unequally often it occurs with and without the label, the absolute
    logarithm of that ratio; then the coefficients by the same, so that what serves takes features as they are.
    """

    def __init__(self, C: float = C, seed: int = 0) -> None:  # noqa: N803
        self.C = C
        self.seed = seed

    def fit(self, values: sparse.csr_matrix, truth: NDArray[np.int_], sample_weight: Floats) -> RatioRegression:
        """Fit on (texts, features); coefficients are rounded to 32 bits, as the model's file keeps them."""
        stretch = _stretch(values, truth.astype(bool), sample_weight)
        fitted = LogisticRegression(C=self.C, solver="lbfgs", max_iter=ITERATIONS, random_state=self.seed)
        with catch_warnings():
            simplefilter("ignore", ConvergenceWarning)  # stopping early is meant: it costs nothing on other sources
            fitted.fit(values @ sparse.diags_array(stretch), truth, sample_weight=sample_weight)
        self.classes_ = fitted.classes_
        self.coef_ = (fitted.coef_ * stretch).astype(np.float32).astype(np.float64)
        self.intercept_ = fitted.intercept_
        return self

    def decision_function(self, values: sparse.csr_matrix) -> Floats:
        """Return the scores, (texts,)."""
        scores: Floats = values @ self.coef_[0] + self.intercept_[0]
        return scores


def _stretch(values: sparse.csr_matrix, truth: NDArray[np.bool_], weights: Floats) -> Floats:
    """Return what each feature's values are multiplied by, (features,); 1 where nothing is known."""
    occurs = values.copy()
    occurs.data = np.ones_like(occurs.data)
    ratio = np.log(_shares(occurs, weights * truth) / _shares(occurs, weights * ~truth))
    size = np.minimum(np.abs(ratio), _MOST_TELLING)
    typical = np.sqrt(np.mean(np.square(size))) or 1.0
    stretch: Floats = 1 - RATIO_SHARE + RATIO_SHARE * size / typical
    return stretch


def _shares(occurs: sparse.csr_matrix, weights: Floats) -> Floats:
    shares: Floats = (occurs.T @ weights + 1) / (weights.sum() + 1)
    return shares


class CommentClassifier(BaseEstimator, ClassifierMixin):  # type: ignore[misc]
    """Readings of comments → a score for each of ``decision.HEADS``.

    The first stage has two regressions for each of ``judging.SCORED``: one learns from whole comments and scores them,
    the other from clauses of which it is known what they carry, and scores clauses. The second stage judges a comment
    by these scores.
    """

    def __init__(self, C: float = C, of_clauses: float = C_OF_CLAUSES, seed: int = 0) -> None:  # noqa: N803
        self.C = C
        self.of_clauses = of_clauses
        self.seed = seed

    def fit(
        self, readings: Sequence[Reading], truth: NDArray[np.bool_], sample_weight: Floats, written: int
    ) -> CommentClassifier:
        """Fit on ``truth`` (readings, scored or heads); only the first ``written`` readings make the vocabulary.

        The second stage learns from the first's own scores, which are too sure; training fits both one by one.
        """
        self.fit_scorer(readings, truth, sample_weight, written)
        self.judge_ = fit_judge(self.evidence(readings), truth[:, : len(HEADS)], sample_weight, self.seed)
        return self

    def fit_scorer(
        self,
        readings: Sequence[Reading],
        truth: NDArray[np.bool_],
        sample_weight: Floats,
        written: int,
        marked: Marked | None = None,
    ) -> CommentClassifier:
        """Fit the first stage alone; see ``fit``. Where the auxiliary truth is missing it is taken for never.

        Clauses are learned from ``marked`` and from comments of one clause; without any marked, from whole comments.
        """
        features = [reading.features() for reading in readings]
        self.weighing_ = Weighing().fit(features[:written])
        truth = np.pad(truth, ((0, 0), (0, len(SCORED) - truth.shape[1])))
        values = self.weighing_.transform(features)
        with _one_thread():
            self.heads_ = [_head(self.C, self.seed, values, column, sample_weight) for column in truth.T]
            self.clause_heads_ = self.heads_
            if marked is not None and marked.clauses:
                short = np.array([len(reading.clauses) == 1 for reading in readings])
                told = self.weighing_.transform([clause.features() for clause in marked.clauses])
                values = sparse.vstack([values[short], told], format="csr")
                truth = np.vstack([truth[short], marked.truth])
                weights = np.concatenate([sample_weight[short], np.ones(len(marked.clauses))])
                self.clause_heads_ = [_head(self.of_clauses, self.seed, values, column, weights) for column in truth.T]
        return self

    def decision_function(self, readings: Sequence[Reading]) -> Floats:
        """Return the judged scores, (readings, heads)."""
        return self.judge_.scores(self.evidence(readings))

    def predict_proba(self, readings: Sequence[Reading]) -> Floats:
        """Return the logistic of the scores, (readings, heads)."""
        chances: Floats = expit(self.decision_function(readings))
        return chances

    def evidence(self, readings: Sequence[Reading]) -> Floats:
        """Return what the second stage judges by, (readings, judging.EVIDENCE)."""
        comments = self._scores([reading.features() for reading in readings], self.heads_)
        clauses = self._scores(
            [clause.features() for reading in readings for clause in reading.clauses], self.clause_heads_
        )
        found = np.zeros((len(readings), EVIDENCE))
        first = 0
        for number, reading in enumerate(readings):
            count = len(reading.clauses)
            scores = numbers(np.vstack((clauses[first : first + count], comments[number])))
            found[number] = evidence_of(scores, count)
            first += count
        return found

    def model(self, policy: Policy) -> Model:
        """Return what serving needs."""
        weighing = self.weighing_
        nothing = np.zeros(len(weighing.vocabulary_))
        heads = [*self.heads_, *self.clause_heads_]
        weights = [head.coef_[0] if head else nothing for head in heads]
        intercepts = [head.intercept_[0] if head else NEVER for head in heads]
        return Model(
            weighing.vocabulary_,
            weighing.values_,
            np.array(weights).T.astype(np.float32),
            np.array(intercepts, dtype=np.float64),
            weighing.typical_norm_,
            self.judge_,
            policy,
        )

    def _scores(self, texts: Sequence[list[str]], heads: Sequence[RatioRegression | None]) -> Floats:
        """Return scores of the first stage, (texts, scored); a head that nothing taught says never."""
        values = self.weighing_.transform(texts)
        never = np.full(len(texts), NEVER)
        return np.column_stack([head.decision_function(values) if head else never for head in heads])


def _head(
    C: float,  # noqa: N803
    seed: int,
    values: sparse.csr_matrix,
    truth: NDArray[np.bool_],
    weights: Floats,
) -> RatioRegression | None:
    """Return one head fitted, None where there is nothing to tell apart."""
    return None if truth.all() or not truth.any() else RatioRegression(C, seed).fit(values, truth.astype(int), weights)


def fit_judge(evidence: Floats, truth: NDArray[np.bool_], weights: Floats, seed: int) -> Judge:
    """Return the second stage fitted on (comments, EVIDENCE) and (comments, heads): the mean of a few small networks.

    Networks that differ only in where they began are averaged by laying them side by side.
    """
    mean, spread = evidence.mean(axis=0), evidence.std(axis=0) + 1e-9
    standard = (evidence - mean) / spread
    found = []
    with _one_thread(), catch_warnings():
        simplefilter("ignore", ConvergenceWarning)
        for number in range(NETWORKS):
            network = MLPClassifier(
                (UNITS,),
                activation="tanh",
                solver="lbfgs",
                alpha=min(HELD_BACK, HELD_BACK_EACH * len(evidence)),
                max_iter=ITERATIONS,
                random_state=seed + number,
            )
            found.append(network.fit(standard, truth.astype(int), sample_weight=weights))
    inner = np.hstack([network.coefs_[0] for network in found]) / spread[:, None]
    inner_bias = np.hstack([network.intercepts_[0] for network in found]) - mean @ inner
    outer = np.vstack([network.coefs_[1] for network in found]) / NETWORKS
    outer_bias = np.mean([network.intercepts_[1] for network in found], axis=0)
    return Judge(inner, inner_bias, outer, outer_bias)


def _one_thread() -> AbstractContextManager[object]:
    """Sums in another order differ in their last bits: with one thread the same data make the same model."""
    limits: AbstractContextManager[object] = threadpool_limits(1)
    return limits
