from __future__ import annotations

import json
from dataclasses import MISSING, fields
from dataclasses import Field as Attribute
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import chat
from bot.chat import (
    Button,
    Buttons,
    Card,
    Chart,
    Choice,
    Divider,
    Facts,
    Field,
    Form,
    Quote,
    Reply,
    Table,
    Text,
)
from bot.tags import Tag
from bot.wire import card_from_json, card_to_json, from_data, reply_from_json, reply_to_json, to_data

TEXT = st.text(max_size=12)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
MAPPINGS = st.dictionaries(st.sampled_from(["type", "praise", ""]) | TEXT, st.just("card") | TEXT, max_size=3)
BUTTON_STYLES = st.sampled_from(["normal", "primary", "danger"])
BUTTONS = st.builds(Button, TEXT, TEXT, MAPPINGS, BUTTON_STYLES, st.none() | TEXT)
BLOCKS = st.one_of(
    st.builds(Text, TEXT, st.sampled_from(["normal", "quiet", "strong"])),
    st.builds(Quote, TEXT, TEXTS),
    st.builds(Facts, st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple)),
    st.builds(Table, TEXTS, st.lists(TEXTS, max_size=3).map(tuple), st.none() | st.integers(0, 5)),
    st.builds(Chart, TEXT, TEXTS, st.lists(st.integers(), max_size=3).map(tuple), TEXT),
    st.builds(Buttons, st.lists(BUTTONS, max_size=3).map(tuple)),
    st.just(Divider()),
)
CARDS = st.builds(
    Card,
    TEXT,
    st.lists(BLOCKS, max_size=5).map(tuple),
    st.none() | TEXT,
    st.sampled_from(["neutral", "good", "attention"]),
)
FIELDS = st.builds(
    Field,
    TEXT,
    TEXT,
    st.sampled_from(["text", "people", "choice", "toggle"]),
    required=st.booleans(),
    several=st.booleans(),
    choices=st.lists(st.builds(Choice, TEXT, TEXT), max_size=3).map(tuple),
    value=TEXT | TEXTS,
    hint=TEXT,
    limit=st.integers(0, 5000),
)
FORMS = st.builds(Form, TEXT, TEXT, TEXT, st.lists(FIELDS, max_size=3).map(tuple), MAPPINGS, MAPPINGS)
REPLIES = st.builds(Reply, st.none() | CARDS, st.none() | FORMS, st.booleans(), st.booleans())


@given(CARDS)
def test_every_card_comes_back_as_it_was(card: Card) -> None:
    line = card_to_json(card)
    assert "\n" not in line
    assert card_from_json(line) == card


@given(REPLIES)
def test_every_reply_comes_back_as_it_was(reply: Reply) -> None:
    line = reply_to_json(reply)
    assert "\n" not in line
    assert reply_from_json(line) == reply


@given(REPLIES)
def test_data_is_plain_json(reply: Reply) -> None:
    data = to_data(reply)
    assert json.loads(json.dumps(data)) == data
    assert from_data(data) == reply


def test_defaults_are_left_out_and_everything_says_what_it_is() -> None:
    button = Button("praise.undo", "Undo")
    card = Card("done", (Text("谢谢"), Buttons((button,)), Table(("a",), (("1",),), own=0)))
    assert to_data(card) == {
        "type": "card",
        "summary": "done",
        "blocks": [
            {"type": "text", "text": "谢谢"},
            {"type": "buttons", "buttons": [{"type": "button", "name": "praise.undo", "label": "Undo"}]},
            {"type": "table", "columns": ["a"], "rows": [["1"]], "own": 0},
        ],
    }
    assert "谢谢" in card_to_json(card)


def test_what_a_button_carries_may_have_any_keys() -> None:
    button = Button("b", "B", {"type": "card", "praise": "1"})
    assert to_data(button)["values"] == {"type": "card", "praise": "1"}
    assert from_data(to_data(button)) == button


def test_an_enumerated_text_travels_as_text() -> None:
    assert json.loads(card_to_json(Card(Tag.ATTITUDE, ()))) == {"type": "card", "summary": "attitude", "blocks": []}


def test_what_is_no_part_of_the_chat_is_not_sent() -> None:
    with pytest.raises(TypeError, match="Mention has no form on the wire"):
        to_data(chat.Mention(0, 1, "m1"))
    with pytest.raises(TypeError, match="set has no form on the wire"):
        to_data([{"a"}])


def test_a_card_is_not_taken_for_a_reply_nor_a_reply_for_a_card() -> None:
    with pytest.raises(AssertionError):
        card_from_json(reply_to_json(Reply()))
    with pytest.raises(AssertionError):
        reply_from_json(card_to_json(Card("", ())))


def test_everything_that_is_shown_has_a_form_on_the_wire() -> None:
    shown = [Button, Buttons, Card, Chart, Choice, Divider, Facts, Field, Form, Quote, Reply, Table, Text]
    for cls in shown:
        example = cls(**{field.name: "" for field in fields(cls) if _is_needed(field)})
        assert to_data(example)["type"] == cls.__name__.lower()
        assert type(from_data(to_data(example))) is cls


def _is_needed(field: Attribute[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING
