from __future__ import annotations

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from bot.learning.order import IN_A_ROW, varied

Item = tuple[str, int]


def asked(items: list[Item]) -> list[Item]:
    return varied(items, kind=lambda item: item[0], words=lambda item: item[1])


def longest_run(items: list[Item]) -> int:
    return max((len(list(run)) for _, run in groupby(item[0] for item in items)), default=0)


def test_ten_of_a_kind_are_parted_by_what_else_there_is() -> None:
    items = [("attitude", number) for number in range(10)] + [("solution", number) for number in range(10, 15)]
    found = asked(items)
    assert found[:4] == [("attitude", 0), ("attitude", 1), ("solution", 10), ("attitude", 2)]
    assert longest_run(found) == IN_A_ROW


def test_what_varies_by_itself_is_left_as_it_is() -> None:
    items = [("attitude", 0), ("solution", 1), ("attitude", 2), ("attitude", 3), ("value_added", 4)]
    assert asked(items) == items


def test_the_same_words_are_asked_about_again_last() -> None:
    assert asked([("a", 1), ("a", 1), ("b", 2), ("a", 3)]) == [("a", 1), ("b", 2), ("a", 3), ("a", 1)]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 30))))
def test_everything_is_asked_once_and_a_kind_runs_on_only_when_it_is_all_that_is_left(items: list[Item]) -> None:
    found = asked(items)
    assert sorted(found) == sorted(items)
    fresh = found[: len({words for _, words in items})]
    last_change = max((at for at in range(1, len(fresh)) if fresh[at][0] != fresh[at - 1][0]), default=0)
    assert longest_run(fresh[:last_change]) <= IN_A_ROW


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 30))))
def test_within_a_kind_the_least_certain_stays_first(items: list[Item]) -> None:
    distinct = list({words: (kind, words) for kind, words in reversed(items)}.values())
    found = asked(distinct)
    for kind in "abc":
        assert [item for item in found if item[0] == kind] == [item for item in distinct if item[0] == kind]
