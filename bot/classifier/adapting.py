"""How much the decisions of those whose comments are tagged weigh beside the corpus.

A few hundred decisions among ten thousand comments of a corpus change nothing. What differs between customers is less
which words they use than how much these words mean there, and that is what the second stage and the thresholds say. So
there, and only there, decisions may count for more: as much as cross-validation over them shows to be of use.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.classifier.decision import HEADS, Floats
from bot.classifier.estimators import fit_judge

SHARES = (0.1, 0.25, 0.4)
"""Shares of all weight that decisions may be given."""
FOLDS = 5
"""Parts the decisions are dealt into, each judged by what the others taught."""


def weights_with(own: NDArray[np.bool_], weights: Floats, share: float) -> Floats:
    """Return ``weights`` with those of ``own`` multiplied so that they are ``share`` of the whole; never made less."""
    mine, others = float(weights[own].sum()), float(weights[~own].sum())
    if not mine or not others:
        return weights
    return np.where(own, weights * max(1.0, share / (1 - share) * others / mine), weights)


def adapted(own: NDArray[np.bool_], evidence: Floats, truth: NDArray[np.bool_], weights: Floats, seed: int) -> Floats:
    """Return ``weights`` (comments,) with those of ``own`` at the share that judges the others of them best.

    ``evidence`` (comments, judging.EVIDENCE) is out of sample, ``truth`` (comments, heads). A greater share must lower
    the mean log loss over all heads by more than its standard error: what may be chance changes nothing.
    """
    numbers = np.flatnonzero(own)
    if len(numbers) < FOLDS:
        return weights
    before = _losses(numbers, evidence, truth, weights, seed)
    best, found = 0.0, weights
    for share in SHARES:
        tried = weights_with(own, weights, share)
        gains = before - _losses(numbers, evidence, truth, tried, seed)
        gain, noise = float(gains.mean()), float(gains.std()) / np.sqrt(len(gains))
        if gain - noise > best:
            best, found = gain - noise, tried
    return found


def _losses(
    numbers: NDArray[np.intp], evidence: Floats, truth: NDArray[np.bool_], weights: Floats, seed: int
) -> Floats:
    """Return the log loss of each of the comments ``numbers``, judged without those of its own fold."""
    found = np.zeros(len(numbers))
    for fold in range(FOLDS):
        unseen = np.arange(len(numbers)) % FOLDS == fold
        kept = np.ones(len(weights), dtype=bool)
        kept[numbers[unseen]] = False
        judge = fit_judge(evidence[kept], truth[kept], weights[kept], seed)
        scores = judge.scores(evidence[numbers[unseen]])
        signed = np.where(truth[numbers[unseen]], scores, -scores)
        found[unseen] = np.logaddexp(0.0, -signed).sum(axis=1) / len(HEADS)
    return found
