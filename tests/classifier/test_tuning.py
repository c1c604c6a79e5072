import numpy as np
import pytest

from bot.classifier.corpus import Example
from bot.classifier.decision import HEADS, LONG, decide, likelihoods
from bot.classifier.tuning import fit_policy
from bot.tags import Tag, Tier

PRAISE = Example("客服很耐心", True, (Tag.ATTITUDE,), Tag.ATTITUDE, Tier.BASIC)
NONE = Example("菜很好吃", False)


def comments(score: float, clauses: int, praise: bool, count: int = 30) -> list[tuple[float, int, Example]]:
    return [(score + 0.01 * at, clauses, PRAISE if praise else NONE) for at in range(count)]


def fitted(rows: list[tuple[float, int, Example]]):
    scores = np.array([[score] * len(HEADS) for score, _, _ in rows])
    return fit_policy([row for *_, row in rows], scores, [clauses for _, clauses, _ in rows], np.ones(len(rows)))


def called(policy, score: float, clauses: int) -> bool:
    return decide(policy, likelihoods(policy, [score] * len(HEADS), clauses)).praise


def test_where_long_comments_score_higher_the_same_score_says_less_of_a_long_one() -> None:
    short = [*comments(0.5, 1, True), *comments(-1.5, 1, False)]
    long = [*comments(2.5, 5 * LONG, True), *comments(0.5, 5 * LONG, False)]
    policy = fitted([*short, *long])
    assert max(policy.lengths[:2]) < 0
    assert called(policy, 0.8, 1)
    assert not called(policy, 0.6, 5 * LONG)
    assert called(policy, 2.7, 5 * LONG)


def test_without_long_comments_length_says_nothing() -> None:
    policy = fitted([*comments(1.0, 2, True), *comments(-1.0, 3, False)])
    assert policy.lengths == pytest.approx((0.0,) * len(HEADS))


def test_a_threshold_is_midway_between_what_it_parts() -> None:
    policy = fitted([*comments(0.5, 1, True), *comments(-0.8, 1, False)])
    least, most = (likelihoods(policy, [score] * len(HEADS), 1).praise for score in (-0.8 + 0.29, 0.5))
    assert policy.praise == pytest.approx((least + most) / 2)


def test_of_thresholds_as_good_as_the_best_the_middle_is_taken() -> None:
    sure = [*comments(2.0, 1, True, 400), *comments(-6.0, 1, False, 400)]
    doubtful = [*comments(-0.5, 1, True, 3), *comments(-0.495, 1, False, 2)]  # praise or not: F1 differs by 0.001
    policy = fitted([*sure, *doubtful])
    most, least = (likelihoods(policy, [score] * len(HEADS), 1).praise for score in (2.0, -6.0 + 3.99))
    assert policy.praise == pytest.approx((most + least) / 2, abs=0.01)
