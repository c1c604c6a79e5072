import numpy as np
import pytest
from numpy.typing import NDArray

from bot.classifier.corpus import Example
from bot.classifier.decision import HEADS, LONG
from bot.classifier.judging import AUXILIARY, EVIDENCE, SCORED, VIEWS, Judge, evidence_of
from bot.classifier.tuning import auxiliary
from bot.tags import Tag, Tier

WIDTH = len(SCORED)


def scores(*values: float) -> NDArray[np.float64]:
    return np.array([[value] * WIDTH for value in values])


def test_a_comment_is_seen_whole_and_by_its_loudest_quietest_mean_first_and_last_clause() -> None:
    (found,) = evidence_of(scores(9.0), scores(1.0, 4.0, -2.0), [0])
    views = found[: VIEWS * WIDTH].reshape(VIEWS, WIDTH)
    assert views[:, 0].tolist() == [9.0, 4.0, -2.0, 1.0, 1.0, -2.0]
    assert found[VIEWS * WIDTH :] == pytest.approx([2 / 3, np.log(3), 0.0])


def test_comments_seen_together_are_seen_as_one_by_one() -> None:
    clauses = scores(1.0, 4.0, -2.0, 0.5, -1.0)
    together = evidence_of(scores(9.0, 8.0), clauses, [0, 3])
    assert together.shape == (2, EVIDENCE)
    assert together[0] == pytest.approx(evidence_of(scores(9.0), clauses[:3], [0])[0])
    assert together[1] == pytest.approx(evidence_of(scores(8.0), clauses[3:], [0])[0])


def test_how_far_a_comment_exceeds_a_long_one_is_told() -> None:
    (found,) = evidence_of(scores(0.0), scores(*[0.0] * (3 * LONG)), [0])
    assert found[-1] == pytest.approx(np.log(3))


def test_the_judge_is_a_network_of_one_hidden_layer() -> None:
    evidence = np.arange(EVIDENCE, dtype=float)[None] / EVIDENCE
    judge = Judge(
        np.full((EVIDENCE, 2), 0.01), np.array([0.0, 1.0]), np.ones((2, len(HEADS))), np.full(len(HEADS), 0.5)
    )
    inner = 0.01 * evidence.sum()
    assert judge.scores(evidence)[0] == pytest.approx([np.tanh(inner) + np.tanh(inner + 1) + 0.5] * len(HEADS))


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
