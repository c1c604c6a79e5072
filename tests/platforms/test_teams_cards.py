"""Cards and forms as Adaptive Cards: whatever is in them, they fit, and nothing in them is more than text."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat import Button, Buttons, Card, Chart, Choice, Divider, Facts, Field, Form, Quote, Submission, Table, Text
from bot.platforms.teams_cards import Refresh, message_card
from bot.platforms.teams_elements import LARGEST, weight
from bot.platforms.teams_forms import form_card, is_form, origin_of, submission
from tests.dialogs.teams_view import actions_of, card_of, filled, form_of
from tests.platforms.arbitrary import CARDS, FORMS
from tests.platforms.teams_service import everywhere, words

# What stands where in a card of version 1.5: https://adaptivecards.io/explorer.
ELEMENTS = {
    "AdaptiveCard": {"$schema", "version", "msteams", "speak", "fallbackText", "body", "actions", "refresh"},
    "RichTextBlock": {"inlines", "spacing", "separator"},
    "TextRun": {"text", "weight", "isSubtle", "size", "color", "highlight"},
    "Container": {"style", "items", "separator", "spacing"},
    "Table": {"columns", "firstRowAsHeader", "showGridLines", "rows", "separator", "spacing"},
    "TableRow": {"cells", "style"},
    "TableCell": {"items"},
    "Image": {"url", "altText", "size", "separator", "spacing"},
    "ActionSet": {"actions", "separator", "spacing"},
    "Action.Execute": {"title", "verb", "data", "style", "associatedInputs"},
    "Action.Submit": {"title", "data"},
    "Action.ShowCard": {"title", "card"},
    "Input.Text": {"id", "label", "isMultiline", "maxLength", "value", "isRequired", "errorMessage"},
    "Input.Toggle": {"id", "label", "title", "valueOn", "valueOff", "value"},
    "Input.ChoiceSet": {
        "id", "label", "style", "choices", "choices.data", "isMultiSelect", "value", "wrap",
        "isRequired", "errorMessage",
    },
}  # fmt: skip
_ACTIVE = re.compile(r"\{\{|\$\{|</?at\b", re.IGNORECASE)


def check(card: Any) -> None:
    """Raise for anything Teams would refuse, or would do something with that is only to be shown."""
    assert weight(card) <= LARGEST
    json.dumps(card).encode()
    _check(card)
    ids = [one["id"] for kind in ELEMENTS if kind.startswith("Input") for one in everywhere(card, kind)]
    assert len(ids) == len(set(ids))


def _check(part: Any) -> None:
    if isinstance(part, list):
        for one in part:
            _check(one)
        return
    if not isinstance(part, dict):
        return
    kind = part.get("type")
    if kind in ELEMENTS:
        assert set(part) - {"type"} <= ELEMENTS[kind], (kind, part)
    if kind == "TextRun":
        assert part["text"]
        assert "\n" not in part["text"]
    if kind in ("RichTextBlock", "ActionSet", "Container"):
        assert part.get("inlines") or part.get("actions") or part.get("items")
    if kind == "ActionSet":
        assert len(part["actions"]) <= 6
    for name, value in part.items():
        if name in ("text", "title", "label") and isinstance(value, str):
            assert value
            assert not _ACTIVE.search(value), value
        if name not in ("data", "choices.data"):
            _check(value)


slow = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@slow
@given(CARDS, st.sampled_from(["en", "zh_CN"]))
def test_every_card_fits_and_is_only_text(card: Card, locale: str) -> None:
    charts = sum(isinstance(block, Chart) for block in card.blocks)
    pictures = ["data:image/png;base64," + "A" * 9000] * min(charts, 3)
    viewers = tuple(f"29:{number}" for number in range(70))
    made = message_card(card, locale, pictures, key="k" * 60, refresh=Refresh("k" * 60, viewers))
    check(made)
    assert made["body"]
    assert len(made["refresh"]["userIds"]) == 60


@slow
@given(FORMS, st.sampled_from(["en", "zh_CN"]), st.sampled_from(["message", "dialog"]))
def test_every_form_fits_and_comes_back_as_it_was_filled_in(form: Form, locale: str, shown: Any) -> None:
    try:
        made = form_card(form, locale, shown=shown)
    except ValueError as refused:
        assert "bytes" in str(refused) or "carry" in str(refused)  # noqa: PT017
        return
    check(made)
    send = next(iter(actions_of(made)))
    data = {**send["data"], **filled(made, {})}
    assert is_form(data)
    sent = submission(data)
    assert sent.name == form.name
    for field in form.fields:
        offered = {choice.value for choice in field.choices}
        if field.kind == "choice" and offered and all(value.isprintable() for value in offered):
            assert set(sent.several(field.name)) <= offered


CARD = Card(
    "A customer praised Li",
    (
        Quote("She was <at>all</at> so patient\nand {{DATE(2026-01-01)}} kind", ("so patient", "kind")),
        Facts((("Tag", "attitude"), ("Points", "+3"))),
        Text("**bold** [link](https://x) <https://y>"),
        Text("small", "quiet"),
        Divider(),
        Table(("#", "Name"), (("1", "Li"), ("2", "Tom")), own=1),
        Chart("Points", ("Li",), (3,), "points"),
        Buttons((Button("confirm.confirm", "Confirm", {"praise": "1"}, "primary", "Sure?"),)),
    ),
    title="A customer praised Li",
    tone="attention",
)


def test_a_card_reads_as_it_was_written() -> None:
    seen = card_of(message_card(CARD, "en", ["https://x/y.png"]))
    assert seen.title == CARD.title
    assert seen.blocks[1:4] == (Facts((("Tag", "attitude"),)), Facts((("Points", "+3"),)), CARD.blocks[2])
    quote = seen.blocks[0]
    assert isinstance(quote, Quote)
    assert quote.text.replace("\u2060", "") == CARD.blocks[0].text  # type: ignore[union-attr]
    assert quote.marks == ("so patient", "kind")
    assert seen.blocks[5] == CARD.blocks[5]
    assert seen.blocks[7] == CARD.blocks[7]


def test_what_waits_has_a_title_that_stands_out_but_not_in_the_red_of_an_error() -> None:
    title = message_card(CARD, "en")["body"][0]
    assert title["inlines"][0]["color"] == "Accent"


def test_markdown_is_nowhere_read() -> None:
    made = message_card(CARD, "en")
    assert everywhere(made, "TextBlock") == []
    assert everywhere(made, "FactSet") == []
    assert "**bold** [link](https://x) <https://y>" in words(made)


def test_a_chart_without_a_picture_is_left_out() -> None:
    assert everywhere(message_card(CARD, "en"), "Image") == []


def test_a_long_table_keeps_the_readers_own_row() -> None:
    rows = tuple((str(place), f"somebody whose name is long {place}", "12,345", "new") for place in range(400))
    made = message_card(Card("Board", (Table(("#", "Name", "Points", "Change"), rows, own=399),)), "en")
    check(made)
    (table,) = everywhere(made, "Table")
    assert table["rows"][-1]["style"] == "accent"
    assert "somebody whose name is long 399" in words(made)
    assert "…" in words(made)


def test_what_does_not_fit_is_said() -> None:
    card = Card("Long", tuple(Text(f"{place} " + "谢谢" * 300) for place in range(300)))
    made = message_card(card, "en")
    check(made)
    assert "Not shown for lack of room" in words(made)


def test_a_button_that_carries_too_much_is_an_error() -> None:
    card = Card("x", (Buttons((Button("b", "B", {"id": "1" * 7000}),)),))
    with pytest.raises(ValueError, match="to carry"):
        message_card(card, "en")


def test_a_question_is_put_before_its_button_sends_anything() -> None:
    made = message_card(CARD, "en")
    (asking,) = everywhere(made, "Action.ShowCard")
    assert words(asking["card"]) == "Sure?"
    (send,) = asking["card"]["actions"]
    assert submission(send["data"]) == Submission("confirm.confirm", {"praise": "1"})


PEOPLE = Field("to", "For", "people", several=True, value=("a1",))
FORM = Form(
    "praise.submit",
    "Praise",
    "Send",
    (
        PEOPLE,
        Field("reason", "Reason", "text", value="thank you", limit=2000, hint="a hint"),
        Field("tag", "Tag", "choice", choices=(Choice("", "none"), Choice("a,b", "Both")), value="a,b"),
        Field("private", "Private", "toggle", value="true"),
    ),
    carries={"praise": "7"},
    errors={"reason": "Say what they did", "other": "And this"},
    about="their words",
)


def test_a_form_shows_its_errors_and_what_it_is_about() -> None:
    seen = form_of(form_card(FORM, "en", names={"a1": "Li", "a2": "Tom"}))
    assert seen.errors == {"to": "And this", "reason": "Say what they did"}
    assert seen.about == "their words"
    assert [field.value for field in seen.fields] == [("a1",), "thank you", "a,b", "true"]


def test_people_can_be_searched_in_the_directory() -> None:
    (people, _) = everywhere(form_card(FORM, "en", names={"a1": "Li", "a2": "Tom"}), "Input.ChoiceSet")
    assert people["choices"] == [{"title": "Li", "value": "a1"}, {"title": "Tom", "value": "a2"}]
    assert people["choices.data"] == {"type": "Data.Query", "dataset": "graph.microsoft.com/users"}


def test_what_was_filled_in_comes_back() -> None:
    made = form_card(FORM, "en", origin={"channel": "19:x"})
    send = next(iter(actions_of(made)))
    data = {**send["data"], **filled(made, {"to": ("a1", "a2"), "tag": "", "private": ""})}
    assert submission(data) == Submission(
        "praise.submit",
        {"praise": "7", "to": ("a1", "a2"), "reason": "thank you", "tag": "", "private": ""},
    )
    assert origin_of(data) == {"channel": "19:x"}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"praisebot": None},
        {"praisebot": {}},
        {"praisebot": {"name": 7}},
        {"praisebot": {"name": "x", "values": {"a": 1}}},
        {"praisebot": {"name": "x", "values": []}},
    ],
)
def test_what_was_not_made_here_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match=r"not|without"):
        submission(data)
