"""Training: scikit-learn fits both stages of ``estimators``, cross-validation over sources chooses all else.

No figure here comes from comments of a source that was trained on. Each source is held out in turn, the rest is fitted,
and the scores of the held-out comments are what thresholds, calibration and the reported figures are made of. Only
supervisors' decisions, made on comments like those to come, are dealt out: the second stage learns from the others.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from bot.classifier import card
from bot.classifier.adapting import FOLDS, adapted
from bot.classifier.corpus import DECISIONS, Example, fingerprint
from bot.classifier.cutting import cutter
from bot.classifier.decision import HEADS, Decision, Floats, Policy, decide, likelihoods
from bot.classifier.estimators import CommentClassifier, fit_judge
from bot.classifier.evaluate import Report, report
from bot.classifier.features import Reading, read
from bot.classifier.judging import EVIDENCE, Judge
from bot.classifier.marking import Marked, marked, together
from bot.classifier.mixing import mixed
from bot.classifier.model import Model, save
from bot.classifier.text import fold
from bot.classifier.tuning import auxiliary, fit_policy, labels
from bot.classifier.turning import turned
from bot.errors import LabelsOneSided
from bot.privacy import mask

__all__ = ["CommentClassifier", "Trained", "read_all", "train", "write"]

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many steps of it are done, and of how many."""

MADE_WEIGHT = 0.5  # what a comment made of others counts beside a written one
_HEAVIEST = 3.0  # weight that evening out may give, lest a few odd comments rule
_PARTS = 3  # into which a source is divided that alone carries a language
_FOLDS = 5  # where there are too few sources to hold one out
_FEWEST_SOURCES = 3
_MOST_GROUPS = 10  # each costs a fit of everything


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

    Raises ``LabelsOneSided`` if there is nothing to learn a head from.
    """
    missing = [head for head, column in zip(HEADS, labels(examples).T, strict=True) if column.all() or not column.any()]
    if missing:
        raise LabelsOneSided(labels=tuple(missing))
    tell = progress or (lambda stage, done, total: None)
    rows = _Rows.of(examples, seed)
    held = sorted(set(rows.groups))
    groups = np.array(rows.groups)
    evidence = np.zeros((len(rows.examples), EVIDENCE))
    for done, group in enumerate(held):
        tell("cross-validation", done, len(held))
        unseen = [rows.readings[number] for number in np.flatnonzero(groups == group)]
        evidence[groups == group] = rows.scorer(groups != group, seed).evidence(unseen)
    rows = rows.adapted(evidence, seed)
    scores = np.zeros((len(rows.examples), len(HEADS)))
    written = np.arange(len(groups)) < rows.written
    parts = np.array(rows.parts)
    for part in sorted(set(rows.parts)):
        unseen = parts == part
        scores[unseen] = rows.judge(written & ~unseen, evidence, seed).scores(evidence[unseen])
    tell("fitting", 0, 1)
    policy = rows.policy(np.arange(rows.written), scores)
    classifier = rows.scorer(np.ones(len(groups), dtype=bool), seed)
    classifier.judge_ = rows.judge(written, evidence, seed)
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
    """What is trained on: the written comments first, then those made of them, in the same groups."""

    examples: list[Example]
    groups: list[str]
    parts: list[str]
    """What each is held out with when the second stage is judged: its group, or its share of the decisions."""
    weights: Floats
    judging: Floats
    """Weights in the second stage and the policy."""
    readings: list[Reading]
    truth: NDArray[np.bool_]
    clauses: list[int]
    written: int
    marked: list[Marked | None]
    """For each written comment its clauses with what they carry, where that is known."""

    @classmethod
    def of(cls, examples: Sequence[Example], seed: int) -> _Rows:
        groups = _groups(examples)
        rows = list(examples)
        cut = cutter()
        for group in sorted(set(groups)):
            own = [row for row, of_row in zip(examples, groups, strict=False) if of_row == group]
            made = mixed(own, seed=seed)
            made += turned(own, cut, seed=seed)
            rows += made
            groups += [group] * len(made)
        shares = [1.0] * len(examples) + [MADE_WEIGHT] * (len(rows) - len(examples))
        weights = np.array([row.weight for row in rows]) * shares * _evened_out(rows)
        texts = [mask(row.text) for row in rows]  # as the product does before anything is tagged
        readings = read_all(texts)
        truth = np.hstack([labels(rows), auxiliary(rows)])
        lengths = [len(reading.clauses) for reading in readings]
        known = [marked(*of_row) for of_row in zip(examples, texts, readings, strict=False)]
        return cls(rows, groups, _dealt(rows, groups), weights, weights, readings, truth, lengths, len(examples), known)

    def adapted(self, evidence: Floats, seed: int) -> _Rows:
        """Return the same with decisions made as heavy in the second stage as it is of use to them."""
        written = slice(self.written)
        own = np.array([row.source == DECISIONS for row in self.examples[written]], dtype=bool)
        judging = self.weights.copy()
        judging[written] = adapted(
            own, evidence[written], self.truth[written, : len(HEADS)], self.weights[written], seed
        )
        return replace(self, judging=judging)

    def scorer(self, kept: NDArray[np.bool_], seed: int) -> CommentClassifier:
        """Return a classifier whose first stage is fitted on the rows ``kept``."""
        readings = [self.readings[number] for number in np.flatnonzero(kept)]
        written = int(kept[: self.written].sum())
        known = together(one for one, keep in zip(self.marked, kept, strict=False) if keep and one)
        return CommentClassifier(seed=seed).fit_scorer(readings, self.truth[kept], self.weights[kept], written, known)

    def judge(self, kept: NDArray[np.bool_], evidence: Floats, seed: int) -> Judge:
        """Return a second stage fitted on the rows ``kept``: written ones, for it weighs clauses as people put them."""
        return fit_judge(evidence[kept], self.truth[kept][:, : len(HEADS)], self.judging[kept], seed)

    def policy(self, kept: NDArray[np.intp], scores: Floats) -> Policy:
        """Return the policy that fits the ``scores`` of the written comments with the numbers ``kept``.

        Comments strung together teach the heads what to pass over; how likely praise is, they cannot tell.
        """
        examples = [self.examples[number] for number in kept]
        return fit_policy(examples, scores[kept], [self.clauses[number] for number in kept], self.judging[kept])


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

    Many sources are held out a few at a time, decisions always by themselves. Of few, one that alone carries a language
    is divided by its domains, for holding it out would ask a model about a language it never saw. Where there are too
    few sources, comments are dealt out in turn.
    """
    sources = sorted({example.source for example in examples})
    if len(sources) < _FEWEST_SOURCES:
        return [f"fold {number % _FOLDS}" for number in range(len(examples))]
    if len(sources) > _MOST_GROUPS:
        others = [source for source in sources if source != DECISIONS]
        dealt = {source: f"sources {number % _MOST_GROUPS}" for number, source in enumerate(others)}
        return [dealt.get(example.source, DECISIONS) for example in examples]
    alone = [_sole_source(examples, lang) for lang in {example.lang for example in examples} if lang]
    divided = {source for source in alone if source}
    domains = {source: sorted({row.domain for row in examples if row.source == source}) for source in divided}
    return [
        f"{row.source}/{domains[row.source].index(row.domain) % _PARTS}" if row.source in divided else row.source
        for row in examples
    ]


def _dealt(examples: Sequence[Example], groups: Sequence[str]) -> list[str]:
    """Return ``groups`` with the decisions dealt out in turn."""
    turns = count()
    return [
        f"{group}/{next(turns) % FOLDS}" if row.source == DECISIONS else group
        for row, group in zip(examples, groups, strict=True)
    ]


def _sole_source(examples: Sequence[Example], lang: str) -> str | None:
    sources = {example.source for example in examples if example.lang == lang}
    return sources.pop() if len(sources) == 1 else None


def _cross_fitted(rows: _Rows, scores: Floats) -> list[Decision]:
    """Return a decision for each row, by a policy that saw no comment of its part either."""
    parts = np.array(rows.parts)
    decisions: dict[int, Decision] = {}
    for part in sorted(set(rows.parts)):
        policy = rows.policy(np.flatnonzero(parts[: rows.written] != part), scores)
        for number in np.flatnonzero(parts == part).tolist():
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
