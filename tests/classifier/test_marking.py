import numpy as np
import pytest

from bot.classifier.corpus import Example, Mark
from bot.classifier.cutting import cutter
from bot.classifier.features import read
from bot.classifier.judging import SCORED
from bot.classifier.marking import Marked, marked, together
from bot.classifier.text import fold
from bot.privacy import mask
from bot.tags import Tag, Tier

TEXT = "房间很旧，前台小姐特别热情，下雨还把伞借给我，就是电梯慢"


def example(*marks: tuple[str, str], text: str = TEXT, tier: Tier = Tier.HIGHLIGHT) -> Example:
    """A praise of manner and of an act, with what each of the named stretches carries."""
    found = tuple(
        Mark(text.index(words), text.index(words) + len(words), carried)
        for words, carried in sorted(marks, key=lambda mark: text.index(mark[0]))
    )
    return Example(text, True, (Tag.ATTITUDE, Tag.VALUE_ADDED), Tag.VALUE_ADDED, tier, marks=found)


def looked_at(one: Example) -> Marked | None:
    """A comment's clauses with what they carry, as training has them."""
    masked = mask(one.text)
    return marked(one, masked, read(fold(masked), cutter()))


def carried(one: Example) -> dict[str, set[str]]:
    """What each clause of a comment is said to carry, by its text."""
    found = looked_at(one)
    assert found is not None
    names = np.array(SCORED)
    return {clause.text: set(names[truth].tolist()) for clause, truth in zip(found.clauses, found.truth, strict=True)}


def test_a_clause_carries_what_it_is_marked_with() -> None:
    assert carried(example(("房间很旧", "b"), ("前台小姐特别热情", "a"), ("下雨还把伞借给我", "v"))) == {
        "房间很旧": set(),
        "前台小姐特别热情": {"praise", "attitude"},
        "下雨还把伞借给我": {"praise", "value_added", "highlight"},
        "就是电梯慢": set(),
    }


def test_an_act_in_a_basic_praise_is_no_highlight() -> None:
    told = carried(example(("下雨还把伞借给我", "v"), tier=Tier.BASIC))
    assert told["下雨还把伞借给我"] == {"praise", "value_added"}


def test_a_mark_that_only_touches_a_clause_says_nothing_of_it() -> None:
    told = carried(example(("旧，前台小姐特别热情", "a")))
    assert told["前台小姐特别热情"] == {"praise", "attitude"}
    assert told["房间很旧"] == set()


def test_a_mark_over_several_clauses_is_carried_by_each() -> None:
    told = carried(example(("前台小姐特别热情，下雨还把伞借给我", "av")))
    assert told["前台小姐特别热情"] == told["下雨还把伞借给我"] == {"praise", "attitude", "value_added", "highlight"}


@pytest.mark.parametrize(
    ("carries", "expected"),
    [
        ("c", {"complaint"}),
        ("g", {"goods"}),
        ("x", {"idle"}),
        ("cx", {"complaint", "idle", "turned"}),
        ("ax", {"praise", "attitude"}),
        ("bg", {"goods"}),
    ],
)
def test_what_is_no_praise_is_told_apart(carries: str, expected: set[str]) -> None:
    assert carried(example(("房间很旧", carries)))["房间很旧"] == expected


def test_nothing_is_said_where_nobody_looked_or_personal_data_moved_the_words() -> None:
    assert looked_at(Example(TEXT, praise=False)) is None
    assert looked_at(example(("热情", "a"), text="客服13812345678很热情，打了电话")) is None


def test_a_comment_of_one_clause_is_told_as_a_whole() -> None:
    assert looked_at(example(("很热情", "a"), text="客服很热情")) is None


def test_clauses_of_several_comments_are_put_together() -> None:
    one = looked_at(example(("房间很旧", "c")))
    assert one is not None
    both = together([one, one])
    assert len(both.clauses) == len(both.truth) == 2 * len(one.clauses)
    assert together([]).truth.shape == (0, len(SCORED))
    assert isinstance(both, Marked)
