from __future__ import annotations

import random

from bot.classifier.corpus import Example
from bot.classifier.decision import Decision
from bot.learning.comparison import Comparison, compare, comparison_from_json
from bot.learning.verdict import verdict, verdict_from_json
from bot.tags import Tag, Tier

PRAISE = Decision(True, (Tag.ATTITUDE,), Tag.ATTITUDE, Tier.BASIC, 0.9)
SOLVED = Decision(True, (Tag.SOLUTION,), Tag.SOLUTION, Tier.BASIC, 0.9)
NONE = Decision(False, (), None, None, 0.9)


def rows(count: int) -> list[Example]:
    """As many comments of each kind: attitude, solution, no praise."""
    made = (
        Example("a", True, (Tag.ATTITUDE,), Tag.ATTITUDE, Tier.BASIC),
        Example("b", True, (Tag.SOLUTION,), Tag.SOLUTION, Tier.BASIC),
        Example("c", False),
    )
    return [made[number % 3] for number in range(3 * count)]


def right(comments: list[Example]) -> list[Decision]:
    return [Decision(row.praise, row.tags, row.primary, row.tier, 0.9) for row in comments]


def spoilt(comments: list[Example], tag: Tag, share: float) -> list[Decision]:
    """Everything right, but a share of the comments with a tag called no praise."""
    chance = random.Random(1)
    return [
        NONE if row.primary is tag and chance.random() < share else said
        for row, said in zip(comments, right(comments), strict=True)
    ]


def label(comparison: Comparison, name: str) -> float:
    return next(one.after - one.before for one in comparison.differences if one.label == name)


def test_what_is_the_same_is_neither_worse_nor_better() -> None:
    comments = rows(40)
    found = compare(comments, right(comments), right(comments))
    assert not found.worse
    assert not any(one.better for one in found.differences)
    assert [one.label for one in found.differences] == ["decision", "praise", "attitude", "solution"]


def test_a_tag_that_got_clearly_worse_is_named_and_chance_is_not() -> None:
    comments = rows(60)
    clearly = compare(comments, right(comments), spoilt(comments, Tag.SOLUTION, 0.5))
    assert {one.label for one in clearly.worse} == {"decision", "praise", "solution"}
    slightly = compare(comments, right(comments), spoilt(comments, Tag.SOLUTION, 0.02))
    assert slightly.worse == ()
    assert label(slightly, "solution") <= 0


def test_better_on_the_whole_does_not_excuse_a_tag_that_got_worse() -> None:
    comments = rows(60)
    before, after = spoilt(comments, Tag.ATTITUDE, 0.9), spoilt(comments, Tag.SOLUTION, 0.5)
    same = compare(comments, right(comments), right(comments))
    found = verdict(compare(comments, before, after), same)
    assert found.frozen.whole.after > found.frozen.whole.before
    assert not found.promotes
    assert {reason.difference.label for reason in found.against} == {"solution"}


def test_fewer_of_the_recent_decisions_right_is_enough_to_stay() -> None:
    comments = rows(60)
    same = compare(comments, right(comments), right(comments))
    slightly = compare(comments, right(comments), spoilt(comments, Tag.SOLUTION, 0.02))
    assert verdict(slightly, same).promotes
    assert [reason.code for reason in verdict(same, slightly).against] == ["fewer_right"]


def test_the_same_arguments_give_the_same_figures_and_they_survive_being_kept() -> None:
    comments = rows(20)
    one, other = (compare(comments, right(comments), spoilt(comments, Tag.SOLUTION, 0.5)) for _ in range(2))
    assert one == other
    assert comparison_from_json(one.as_json()).as_json() == one.as_json()
    told = verdict(one, other)
    assert [reason.code for reason in verdict_from_json(told.as_json()).against] == [r.code for r in told.against]
