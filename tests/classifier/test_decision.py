from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.classifier.decision import (
    HEADS,
    LONG,
    Likelihoods,
    Policy,
    as_praise,
    decide,
    excess,
    likelihoods,
    logistic,
    logit,
)
from bot.tags import Tag, Tier, in_order

POLICY = Policy(
    slopes=(1.0,) * len(HEADS),
    offsets=(0.0,) * len(HEADS),
    lengths=(-1.0, -0.5, 0.0, 0.5, 1.0),
    praise=0.5,
    tags=(0.5, 0.5, 0.5),
    highlight=0.5,
    primary=(0.0, 0.1, 0.2),
    sure_of_praise=(0.0, 1.0, 1.0, 0.0),
    sure_of_none=(0.0, -1.0),
)
CHANCE = st.floats(0, 1)
LIKELY = st.builds(Likelihoods, CHANCE, st.tuples(CHANCE, CHANCE, CHANCE), CHANCE)


@given(LIKELY, st.tuples(CHANCE, CHANCE, CHANCE))
def test_a_decision_never_contradicts_itself(likely: Likelihoods, tags: tuple[float, float, float]) -> None:
    decision = decide(replace(POLICY, tags=tags), likely)
    assert 0 <= decision.confidence <= 1
    assert decision.praise == (likely.praise >= POLICY.praise)
    if not decision.praise:
        assert decision[1:4] == ((), None, None)
        return
    assert decision.tags
    assert decision.tags == in_order(decision.tags)
    assert decision.primary in decision.tags
    assert decision.tier in Tier
    assert decision.tier is Tier.BASIC or Tag.VALUE_ADDED in decision.tags


@given(LIKELY)
def test_as_praise_it_is_decided_as_if_it_were_likely_enough(likely: Likelihoods) -> None:
    decision = as_praise(POLICY, likely)
    assert decision == decide(replace(POLICY, praise=0.0), likely)


def test_tags_above_their_threshold_are_given() -> None:
    decision = decide(POLICY, Likelihoods(0.9, (0.6, 0.5, 0.4), 0.1))
    assert decision.tags == (Tag.ATTITUDE, Tag.SOLUTION)
    assert decision.tier is Tier.BASIC


def test_praise_without_a_likely_tag_gets_the_nearest() -> None:
    assert decide(POLICY, Likelihoods(0.9, (0.2, 0.4, 0.3), 0.1)).tags == (Tag.SOLUTION,)


def test_a_highlight_brings_its_tag() -> None:
    decision = decide(POLICY, Likelihoods(0.9, (0.9, 0.1, 0.4), 0.8))
    assert decision.tags == (Tag.ATTITUDE, Tag.VALUE_ADDED)
    assert decision.tier is Tier.HIGHLIGHT


def test_the_primary_tag_is_the_likeliest_after_the_bonuses() -> None:
    assert decide(POLICY, Likelihoods(0.9, (0.70, 0.55, 0.60), 0.1)).primary is Tag.VALUE_ADDED
    assert decide(POLICY, Likelihoods(0.9, (0.90, 0.55, 0.60), 0.1)).primary is Tag.ATTITUDE


def test_praise_needs_something_it_is_praised_for() -> None:
    nothing = likelihoods(POLICY, [9.0, -9.0, -9.0, -9.0, -9.0], 1)
    something = likelihoods(POLICY, [9.0, -9.0, 9.0, -9.0, -9.0], 1)
    assert nothing.praise < 0.05
    assert something.praise > 0.95


@given(st.integers(1, LONG))
def test_the_length_of_a_comment_that_is_not_long_changes_nothing(clauses: int) -> None:
    scores = [0.3, 0.2, -0.1, -0.4, 0.0]
    assert likelihoods(POLICY, scores, clauses) == likelihoods(POLICY, scores, 1)


@given(st.integers(LONG + 1, 4000))
def test_a_long_comment_shifts_each_logit_by_its_own_factor_of_the_excess(clauses: int) -> None:
    scores = [0.3, 0.2, -0.1, -0.4, 0.0]
    shifted = [score + factor * excess(clauses) for score, factor in zip(scores, POLICY.lengths, strict=True)]
    assert excess(clauses) > 0
    assert likelihoods(POLICY, scores, clauses) == likelihoods(POLICY, shifted, 1)


def test_a_clearer_case_is_surer() -> None:
    unsure, sure = (decide(POLICY, Likelihoods(praise, (0.9, 0.1, 0.1), 0.1)) for praise in (0.6, 0.9))
    assert sure.confidence > unsure.confidence
    unsure, sure = (decide(POLICY, Likelihoods(praise, (0.9, 0.1, 0.1), 0.1)) for praise in (0.4, 0.1))
    assert sure.confidence > unsure.confidence


@given(st.floats(allow_nan=False))
def test_a_logit_always_has_a_probability(value: float) -> None:
    assert 0 <= logistic(value) <= 1


@given(st.floats(0.001, 0.999))
def test_the_logit_is_the_inverse_of_the_logistic(probability: float) -> None:
    assert logistic(logit(probability)) == pytest.approx(probability)
