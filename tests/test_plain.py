from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Button, Buttons, Card, Chart, Divider, Facts, Quote, Table, Text
from bot.plain import as_text
from tests.test_wire import CARDS


def test_a_card_reads_from_top_to_bottom() -> None:
    card = Card(
        "not shown",
        (
            Text("谢谢", "strong"),
            Quote("第一行\n第二行", marks=("第一行",)),
            Facts((("Points", "+2"), ("Left", "9"))),
            Divider(),
            Table(("Rank", "Name"), (("1", "李雪"), ("2", "Leo")), own=1),
            Chart("Points", ("李雪", "Leo"), (12, 7), "points"),
            Buttons((Button("a", "Undo"), Button("b", "Second"))),
        ),
        title="You praised 李雪",
    )
    assert as_text(card).split("\n") == [
        "You praised 李雪",
        "谢谢",
        "> 第一行",
        "> 第二行",
        "Points: +2",
        "Left: 9",
        "—",
        "  Rank | Name",
        "  1 | 李雪",
        "* 2 | Leo",
        "Points",
        "  李雪: 12 points",
        "  Leo: 7 points",
        "[Undo] [Second]",
    ]


def test_a_card_without_a_title_begins_with_its_first_block() -> None:
    assert as_text(Card("s", (Text("a"), Quote("")))) == "a\n> "
    assert as_text(Card("s", ())) == ""


def test_a_chart_whose_bars_have_no_labels_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="longer"):
        as_text(Card("s", (Chart("t", ("a",), (1, 2), "u"),)))


@given(CARDS.filter(lambda card: all(not isinstance(b, Chart) or len(b.labels) == len(b.values) for b in card.blocks)))
def test_nothing_on_a_card_is_left_out(card: Card) -> None:
    text = as_text(card)
    assert (card.title or "") in text
    for block in card.blocks:
        match block:
            case Text(words):
                assert words in text
            case Facts(items):
                assert all(f"{label}: {value}" in text for label, value in items)
            case Buttons(buttons):
                assert all(f"[{button.label}]" in text for button in buttons)
            case Table(_, rows):
                assert all(" | ".join(row) in text for row in rows)


CELLS = st.lists(st.text("ab李 ", max_size=3), min_size=2, max_size=2).map(tuple)


@given(st.lists(CELLS, max_size=5).map(tuple), st.none() | st.integers(0, 4))
def test_only_the_own_row_is_marked(rows: tuple[tuple[str, ...], ...], own: int | None) -> None:
    _, *lines = as_text(Card("s", (Table(("a", "b"), rows, own),))).split("\n")
    assert [line[:2] for line in lines] == ["* " if index == own else "  " for index in range(len(rows))]
