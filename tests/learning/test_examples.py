from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.learning.examples import COLLEAGUE, CONFIRMED, CORRECTED, LEAST, MOST, MOST_TEXTS, examples
from bot.storage.decisions import Decided, Labels
from bot.tags import Tag, Tier
from tests.builders import WEDNESDAY

KIND = Labels(True, (Tag.ATTITUDE,), Tag.ATTITUDE, Tier.BASIC)
SOLVED = Labels(True, (Tag.SOLUTION,), Tag.SOLUTION, Tier.BASIC)
NONE = Labels(False)


def decided(
    text: str = "客服很耐心",
    labels: Labels = KIND,
    said: Labels | None = KIND,
    *,
    by: int = 1,
    at: int = 0,
    customer: bool = True,
) -> Decided:
    return Decided(at, by, customer, text, labels, said, WEDNESDAY + timedelta(minutes=at))


def weights(*decisions: Decided) -> list[float]:
    return [example.weight for example in examples(decisions)]


def test_a_confirmation_and_a_correction_both_teach_and_the_correction_more() -> None:
    confirmed, corrected = examples([decided("一", KIND, KIND, at=1), decided("二", SOLVED, KIND, at=2)])
    assert (confirmed.primary, confirmed.weight) == (Tag.ATTITUDE, CONFIRMED)
    assert (corrected.primary, corrected.weight) == (Tag.SOLUTION, CORRECTED)
    assert {confirmed.source, corrected.source} == {"decisions"}


def test_a_rejected_comment_is_an_example_of_what_is_no_praise() -> None:
    (example,) = examples([decided(labels=NONE)])
    assert (example.praise, example.tags, example.primary, example.tier) == (False, (), None, None)


def test_the_newest_decision_on_a_text_wins_in_whatever_order_they_are_read() -> None:
    told = [decided(labels=SOLVED, by=1, at=2), decided(labels=KIND, by=1, at=1)]
    for order in (told, told[::-1]):
        (example,) = examples(order)
        assert (example.primary, example.weight) == (Tag.SOLUTION, CORRECTED)


def test_agreement_of_several_raises_the_weight_and_disagreement_lowers_it() -> None:
    alone = weights(decided(by=1, at=1))
    assert weights(decided(by=1, at=1), decided("客服很耐心！", by=2, at=2)) > alone
    assert weights(decided(by=1, at=1, labels=SOLVED), decided(by=2, at=2)) < alone
    assert weights(decided(by=1, at=1), decided(by=1, at=2)) == alone  # nobody agrees with themselves


@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from([KIND, SOLVED, NONE])), min_size=1))
def test_no_weight_leaves_its_bounds(told: list[tuple[int, Labels]]) -> None:
    found = weights(*(decided(by=by, at=at, labels=labels) for at, (by, labels) in enumerate(told)))
    assert all(LEAST <= weight <= MOST for weight in found)


def test_colleagues_words_teach_only_where_the_classifier_chose_the_tags() -> None:
    assert weights(decided(customer=False)) == [CONFIRMED * COLLEAGUE]
    assert weights(decided(customer=False, said=None)) == []


def test_rejecting_a_colleagues_praise_says_nothing_of_its_words() -> None:
    assert weights(decided(customer=False, labels=NONE)) == []


def test_a_comment_whose_tags_the_forwarder_chose_still_teaches() -> None:
    assert weights(decided(said=None)) == [CONFIRMED]


def test_only_so_many_of_the_newest_texts_are_learnt_from() -> None:
    found = examples(decided(f"第{at}条很耐心", at=at) for at in range(MOST_TEXTS + 5))
    assert (len(found), found[-1].id) == (MOST_TEXTS, f"decision-{MOST_TEXTS + 4}")


def test_what_contradicts_the_guidelines_teaches_nothing() -> None:
    highlight = Labels(True, (Tag.ATTITUDE,), Tag.ATTITUDE, Tier.HIGHLIGHT)
    assert examples([decided(labels=highlight)]) == []


@pytest.mark.parametrize(
    ("text", "lang"), [("Ann was kind", "en"), ("客服很耐心", "zh"), ("app 很好用，客服也耐心", "zh")]
)
def test_the_language_is_that_of_most_letters(text: str, lang: str) -> None:
    assert [example.lang for example in examples([decided(text)])] == [lang]
