from array import array
from dataclasses import replace

import numpy as np
import pytest

from bot.classifier.corpus import Example
from bot.classifier.decision import HEADS, LONG
from bot.classifier.judging import AUXILIARY, EVIDENCE, SCORED, VIEWS, Judge, Network, evidence_of
from bot.classifier.tuning import auxiliary
from bot.tags import Tag, Tier

WIDTH = len(SCORED)


def evidence(*scores: float) -> list[float]:
    """The evidence where all heads score the same: clause after clause, then the whole."""
    return list(evidence_of(array("d", [score for score in scores for _ in SCORED]), len(scores) - 1))


def test_a_comment_is_seen_whole_and_by_its_loudest_quietest_mean_first_and_last_clause() -> None:
    found = evidence(1.0, 4.0, -2.0, 9.0)
    views = np.reshape(found[: VIEWS * WIDTH], (VIEWS, WIDTH))
    assert views[:, 0].tolist() == [9.0, 4.0, -2.0, 1.0, 1.0, -2.0]
    assert (views == views[:, :1]).all()
    assert found[VIEWS * WIDTH :] == pytest.approx([2 / 3, np.log(3), 0.0])


def test_a_comment_of_one_clause_is_seen_too() -> None:
    found = evidence(-1.0, -3.0)
    assert found == [-3.0] * WIDTH + [-1.0] * (VIEWS - 1) * WIDTH + [0.0, 0.0, 0.0]
    assert len(found) == EVIDENCE


def test_how_far_a_comment_exceeds_a_long_one_is_told() -> None:
    assert evidence(*[0.0] * (3 * LONG + 1))[-1] == pytest.approx(np.log(3))


def test_the_judge_is_a_network_of_one_hidden_layer() -> None:
    evidence = np.arange(EVIDENCE, dtype=float)[None] / EVIDENCE
    judge = Judge(
        np.full((EVIDENCE, 2), 0.01), np.array([0.0, 1.0]), np.ones((2, len(HEADS))), np.full(len(HEADS), 0.5)
    )
    inner = 0.01 * evidence.sum()
    told = judge.scores(np.vstack((evidence, -evidence)))
    assert told[0] == pytest.approx([np.tanh(inner) + np.tanh(inner + 1) + 0.5] * len(HEADS))
    assert told[1] == pytest.approx([np.tanh(-inner) + np.tanh(1 - inner) + 0.5] * len(HEADS))


def test_units_and_heads_are_not_mistaken_for_each_other() -> None:
    chance = np.random.default_rng(0)
    judge = Judge(*(chance.normal(size=shape) for shape in ((EVIDENCE, 3), 3, (3, len(HEADS)), len(HEADS))))
    evidence = chance.normal(size=(4, EVIDENCE))
    expected = np.tanh(evidence @ judge.inner + judge.inner_bias) @ judge.outer + judge.outer_bias
    assert judge.scores(evidence) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("hard", "sorts"),
    [
        ("-", {"complaint"}),
        ("other_party", {"goods"}),
        ("promo", {"goods", "idle"}),
        ("question", {"idle"}),
        ("mixed_drop", {"complaint", "turned"}),
    ],
)
def test_what_is_not_praise_is_sorted_by_what_the_corpus_says_of_it(hard: str, sorts: set[str]) -> None:
    (told,) = auxiliary([Example("某", False, domain="bank", hard=hard)])
    assert {name for name, is_so in zip(AUXILIARY, told, strict=True) if is_so} == sorts


def test_praise_and_undescribed_comments_are_of_no_sort() -> None:
    praise = Example("某", True, (Tag.ATTITUDE,), Tag.ATTITUDE, Tier.BASIC, domain="bank", hard="concession")
    assert not auxiliary([praise, Example("某", False)]).any()


def test_numbers_that_do_not_fit_are_refused_before_they_are_looked_at() -> None:
    with pytest.raises(ValueError, match="for 3 clauses"):
        evidence_of(array("d", [0.0] * (4 * WIDTH - 1)), 3)
    with pytest.raises(ValueError, match="for 0 clauses"):
        evidence_of(array("d", [0.0] * WIDTH), 0)
    judge = Judge(np.zeros((EVIDENCE, 2)), np.zeros(2), np.zeros((2, len(HEADS))), np.zeros(len(HEADS)))
    with pytest.raises(ValueError, match="numbers instead of"):
        Network(judge).scores(array("d", [0.0] * (EVIDENCE - 1)))
    with pytest.raises(ValueError, match="fit"):
        Network(replace(judge, inner=np.zeros((EVIDENCE, 1))))
