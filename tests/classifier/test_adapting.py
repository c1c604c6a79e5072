from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.classifier.adapting import FOLDS, SHARES, adapted, weights_with
from bot.classifier.corpus import DECISIONS, Example
from bot.classifier.decision import HEADS
from bot.classifier.judging import EVIDENCE
from bot.classifier.predict import Tagger
from bot.classifier.train import train
from bot.tags import Tag, Tier
from tests.classifier.conftest import examples

Drawn = tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]]


def drawn(own: int, others: int, shift: float) -> Drawn:
    """Comments whose heads follow one number each; among those of one's own the same numbers lie lower by ``shift``."""
    chance = np.random.default_rng(7)
    mine = np.arange(own + others) < own
    evidence = chance.normal(size=(own + others, EVIDENCE))
    truth = evidence[:, : len(HEADS)] + chance.normal(scale=0.5, size=(own + others, len(HEADS))) > 0
    evidence[mine, : len(HEADS)] -= shift
    return mine, evidence, truth, np.ones(own + others)


def test_where_scores_mean_something_else_decisions_weigh_more() -> None:
    own, *told = drawn(own=120, others=1500, shift=1.0)
    weights = adapted(own, *told, seed=0)
    share = weights[own].sum() / weights.sum()
    assert any(share == pytest.approx(one) for one in SHARES)
    assert (weights[~own] == 1).all()


def test_where_scores_mean_the_same_nothing_changes() -> None:
    own, evidence, truth, weights = drawn(own=120, others=1500, shift=0.0)
    assert adapted(own, evidence, truth, weights, seed=0) is weights


@pytest.mark.parametrize("own", [0, FOLDS - 1])
def test_a_handful_of_decisions_changes_nothing(own: int) -> None:
    mine, evidence, truth, weights = drawn(own=own, others=50, shift=1.0)
    assert adapted(mine, evidence, truth, weights, seed=0) is weights


@given(
    st.lists(st.tuples(st.booleans(), st.floats(0.25, 4)), min_size=1, max_size=30),
    st.floats(0.05, 0.9),
)
def test_nothing_is_made_lighter_and_a_share_is_a_share(rows: list[tuple[bool, float]], share: float) -> None:
    own = np.array([mine for mine, _ in rows])
    weights = np.array([weight for _, weight in rows])
    found = weights_with(own, weights, share)
    assert (found >= weights).all()
    assert (found[~own] == weights[~own]).all()
    if own.any() and not own.all():
        before = weights[own].sum() / weights.sum()
        assert found[own].sum() / found.sum() == pytest.approx(max(before, share))


def test_only_decisions_are_made_heavier_in_training(monkeypatch: pytest.MonkeyPatch) -> None:
    thanks = [
        Example("好的谢谢" + "。" * at, True, (Tag.ATTITUDE,), Tag.ATTITUDE, Tier.BASIC, DECISIONS) for at in range(9)
    ]
    rows = [*examples(), *thanks]
    chosen = Tagger(train(rows).model, "some")
    asked: list[tuple[int, int]] = []

    def much(own: NDArray[np.bool_], *rest: Any) -> NDArray[np.float64]:
        asked.append((int(own.sum()), len(own)))
        return weights_with(own, rest[2], 0.9)

    monkeypatch.setattr("bot.classifier.train.adapted", much)
    heavy = Tagger(train(rows).model, "some")
    assert asked == [(len(thanks), len(rows))]
    assert heavy.scores("好的谢谢").judged[0] > chosen.scores("好的谢谢").judged[0]
