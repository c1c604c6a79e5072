from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat import Choice, Field, Form, Submission, Value
from bot.platforms.slack_forms import answer, modal, origin_of, submission
from bot.platforms.slack_text import scrub as scrubbed
from bot.storage.database import Database
from tests.builders import Clock, new_bank, new_dispatch, praise_of, pressed, typed
from tests.platforms.arbitrary import FORMS
from tests.platforms.block_kit import check_answer, check_view, words

MANY = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=80)

TAGS = (Choice("", "choose for me"), Choice("attitude", "态度"), Choice("solution", "解决方案"))
PRAISE = Form(
    name="praise.submit",
    title="Praise a colleague",
    submit="Praise",
    fields=(
        Field("to", "Who is it for?", "people", several=True, value=("U1",)),
        Field("reason", "What did they do?", "text", hint="Be specific.", limit=2000),
        Field("tag", "Tag", "choice", required=False, choices=TAGS),
        Field("private", "Private: only they and their supervisor see it", "toggle", required=False),
    ),
    carries={"from": "queue", "page": "<&>”"},
)


def view_of(form: Form, locale: str = "en") -> dict[str, Any]:
    """Return the view of a form, which keeps to every limit."""
    view = modal(form, locale)
    check_view(view)
    return view


def of(field: Field) -> dict[str, Any]:
    """Return the input block of a field."""
    (block,) = view_of(Form("f", "Title", "Send", (field,)))["blocks"]
    found: dict[str, Any] = block
    return found


def element(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = of(field)["element"]
    return found


def as_sent(view: Mapping[str, Any], **filled: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``view`` as Slack sends it: what stands in its inputs at first, and what was ``filled`` in."""
    values = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            at_first = block["element"]
            state = {
                "plain_text_input": {"value": at_first.get("initial_value")},
                "users_select": {"selected_user": at_first.get("initial_user")},
                "multi_users_select": {"selected_users": at_first.get("initial_users", [])},
                "radio_buttons": {"selected_option": at_first.get("initial_option")},
                "static_select": {"selected_option": at_first.get("initial_option")},
                "checkboxes": {"selected_options": at_first.get("initial_options", [])},
                "multi_static_select": {"selected_options": at_first.get("initial_options", [])},
            }[at_first["type"]]
            name = block["block_id"].removeprefix("field:")
            values[block["block_id"]] = {
                at_first["action_id"]: {"type": at_first["type"], **state, **filled.get(name, {})}
            }
    sent = {
        "callback_id": view["callback_id"],
        "private_metadata": view["private_metadata"],
        "state": {"values": values},
    }
    found: dict[str, Any] = json.loads(json.dumps(sent))
    return found


# --- what forms become -----------------------------------------------------------------------------------------------


def test_the_praise_form() -> None:
    view = view_of(PRAISE)

    assert [view[name]["text"] for name in ("title", "submit", "close")] == ["Praise a colleague", "Praise", "Cancel"]
    assert [(block["element"]["type"], block["optional"]) for block in view["blocks"]] == [
        ("multi_users_select", False),
        ("plain_text_input", False),
        ("radio_buttons", True),
        ("checkboxes", True),
    ]
    people, reason, tag, private = view["blocks"]
    assert people["element"]["initial_users"] == ["U1"]
    assert (reason["hint"]["text"], reason["element"]["multiline"]) == ("Be specific.", True)
    assert tag["element"]["initial_option"]["text"]["text"] == "choose for me"
    assert words(private) == "Private: only they and their supervisor see it\nYes"


def test_a_short_text_is_one_line() -> None:
    assert not element(Field("a", "A", "text", limit=150))["multiline"]
    assert element(Field("a", "A", "text", limit=151))["multiline"]


def test_a_text_may_be_as_long_as_the_field_allows_and_slack() -> None:
    assert element(Field("a", "A", "text", limit=2000))["max_length"] == 2000
    assert element(Field("a", "A", "text", limit=9000))["max_length"] == 3000
    assert element(Field("a", "A", "text", limit=20, value="谢谢" * 20))["initial_value"] == "谢谢" * 9 + "谢…"


def test_one_person_is_chosen_from_a_menu_and_what_is_no_account_is_nobody() -> None:
    assert element(Field("a", "A", "people", value=("W2",)))["initial_user"] == "W2"
    assert element(Field("a", "A", "people", value="U2")) == {
        "type": "users_select",
        "action_id": "people",
        "initial_user": "U2",
    }
    assert element(Field("a", "A", "people", several=True, value=("a1", "U2", "U2", "Ü"))) == {
        "type": "multi_users_select",
        "action_id": "people",
        "initial_users": ["U2"],
    }


def choices(count: int) -> tuple[Choice, ...]:
    return tuple(Choice(str(number), f"choice {number}") for number in range(count))


@pytest.mark.parametrize(
    ("count", "several", "kind"),
    [
        (6, False, "radio_buttons"),
        (7, False, "static_select"),
        (10, True, "checkboxes"),
        (11, True, "multi_static_select"),
        (100, True, "multi_static_select"),
    ],
)
def test_many_choices_are_a_menu(count: int, several: bool, kind: str) -> None:
    made = element(Field("a", "A", "choice", several=several, choices=choices(count)))

    assert (made["type"], len(made["options"])) == (kind, count)


def test_of_too_many_choices_the_chosen_stay_and_the_rest_are_counted() -> None:
    block = of(Field("a", "A", "choice", several=True, choices=choices(200), value=("150", "3"), hint="Choose well."))

    assert [option["value"] for option in block["element"]["initial_options"]] == ["=3", "=150"]
    assert len(block["element"]["options"]) == 100
    assert block["hint"]["text"] == "Not shown for lack of room: 100.\nChoose well."


def test_a_long_choice_goes_on_in_a_second_line() -> None:
    long = "李雪：" + "客户说您非常耐心，" * 20
    (option,) = element(Field("a", "A", "choice", several=True, choices=(Choice("1", long),)))["options"]

    assert long.startswith(option["text"]["text"] + option["description"]["text"].removesuffix("…"))


def test_choices_without_any_are_left_out() -> None:
    form = Form("f", "Title", "Send", (Field("a", "A", "choice", several=True), Field("b", "B", "toggle")))

    assert [block["block_id"] for block in view_of(form)["blocks"]] == ["field:b"]
    assert submission(as_sent(modal(form, "en"))).several("a") == ()


def test_a_box_may_be_left_without_a_tick() -> None:
    assert of(Field("a", "A", "toggle", required=True))["optional"]
    assert "initial_options" not in element(Field("a", "A", "toggle", value=""))
    assert len(element(Field("a", "A", "toggle", value="true"))["initial_options"]) == 1


def test_what_a_form_is_about_stands_above_its_fields() -> None:
    view = view_of(Form("f", "Title", "Send", (Field("a", "A", "toggle"),), about="<!channel> 谢谢"))

    assert view["blocks"][0]["elements"][0]["type"] == "rich_text_quote"
    assert words(view["blocks"][0]) == "<!channel> 谢谢"


def test_titles_are_cut_at_24_characters() -> None:
    assert view_of(Form("f", "Why is this not praise at all?", "S", ()))["title"]["text"] == "Why is this not praise…"


@pytest.mark.parametrize(
    "form",
    [
        Form("f" * 256, "T", "S", ()),
        Form("f", "T", "S", (Field("a" * 250, "A", "text"),)),
        Form("f", "T", "S", (Field("a", "A", "text"), Field("a", "B", "text"))),
        Form("f", "T", "S", (Field("a", "A", "choice", choices=(Choice("v" * 150, "V"),)),)),
        Form("f", "T", "S", (), carries={"words": "w" * 3000}),
        Form("f", "T", "S", tuple(Field(str(number), "A", "text") for number in range(101))),
        Form("f", "T", "S", tuple(Field(str(n), "A" * 2000, "text", hint="h" * 2000) for n in range(70))),
    ],
)
def test_what_cannot_be_shortened_is_refused(form: Form) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        modal(form, "en")


# --- errors ----------------------------------------------------------------------------------------------------------


def again(errors: Mapping[str, str], form: Form = PRAISE) -> Form:
    return Form(form.name, form.title, form.submit, form.fields, form.carries, errors, form.about)


def test_errors_are_shown_at_their_fields_of_the_form_that_is_open() -> None:
    made = answer(again({"to": "Nobody is called that.", "reason": "Too long."}), "en", sent="praise.submit")

    check_answer(made, modal(PRAISE, "en"))
    assert made == {
        "response_action": "errors",
        "errors": {"field:to": "Nobody is called that.", "field:reason": "Too long."},
    }


def test_an_error_of_no_field_is_shown_at_the_first() -> None:
    made = answer(again({"to": "First.", "elsewhere": "Second."}), "en", sent="praise.submit")

    assert made["errors"] == {"field:to": "First.\nSecond."}


def test_another_form_takes_the_place_of_the_one_that_is_open() -> None:
    made = answer(again({"to": "Who?"}), "en", sent="comment.submit", origin={"channel": "C1"})

    check_answer(made, modal(PRAISE, "en"))
    assert made["response_action"] == "update"
    assert origin_of(made["view"]) == {"channel": "C1"}
    assert words(made["view"]["blocks"]).startswith("Who?\nWho is it for?")


def test_a_form_without_fields_shows_its_errors_above_all() -> None:
    form = Form("f", "Title", "Send", (Field("a", "A", "choice"),), errors={"a": "There is nothing left to choose."})
    made = answer(form, "en", sent="f")

    check_answer(made, modal(form, "en"))
    assert words(made["view"]["blocks"]) == "There is nothing left to choose."


# --- what comes back -------------------------------------------------------------------------------------------------


def test_what_was_filled_in_is_sent_as_the_local_chat_sends_it() -> None:
    view = view_of(PRAISE)
    tag = view["blocks"][2]["element"]["options"][2]
    sent = as_sent(
        view,
        to={"selected_users": ["U1", "U2"]},
        reason={"value": "stayed\nlate <!here> & smiled"},
        tag={"selected_option": tag},
        private={"selected_options": view["blocks"][3]["element"]["options"]},
    )

    assert submission(sent) == Submission(
        "praise.submit",
        {
            "from": "queue",
            "page": "<&>”",
            "to": ("U1", "U2"),
            "reason": "stayed\nlate <!here> & smiled",
            "tag": "solution",
            "private": "true",
        },
    )


def test_what_was_left_empty_is_empty() -> None:
    assert dict(submission(as_sent(view_of(PRAISE), to={"selected_users": []})).values) == {
        "from": "queue",
        "page": "<&>”",
        "to": (),
        "reason": "",
        "tag": "",
        "private": "",
    }


def test_one_person_is_one_id() -> None:
    view = view_of(Form("f", "T", "S", (Field("to", "To", "people"),)))

    assert submission(as_sent(view, to={"selected_user": "U7"})).values["to"] == "U7"
    assert submission(as_sent(view)).values["to"] == ""


def test_halves_of_characters_and_nulls_do_not_come_in() -> None:
    view = view_of(Form("f", "T", "S", (Field("words", "W", "text"),)))

    assert submission(as_sent(view, words={"value": "a\ud83d\0b"})).text("words") == "a\ufffdb"


def test_what_the_adapter_gave_a_view_comes_back() -> None:
    assert origin_of(as_sent(modal(PRAISE, "en", {"channel": "C1", "message": "1.2"}))) == {
        "channel": "C1",
        "message": "1.2",
    }


SENT = as_sent(modal(PRAISE, "en"))


@pytest.mark.parametrize(
    "view",
    [
        {},
        SENT | {"state": {}},
        SENT | {"state": {"values": []}},
        SENT | {"state": {"values": {"field:a": {"choice": {}}}}},
        SENT | {"state": {"values": {"field:a": {"other": {"value": "x"}}}}},
        SENT | {"state": {"values": {"field:a": {"text": {"value": 7}}}}},
        SENT | {"private_metadata": ""},
        SENT | {"private_metadata": None},
        SENT | {"private_metadata": "[]"},
        SENT | {"private_metadata": '{"carries": {"a": 1}}'},
    ],
)
def test_views_that_no_form_made_are_refused(view: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        submission(view)


def expected(field: Field) -> Value:
    """Return what the local chat would send for a field that nobody touches, within Slack's limits."""
    values = (field.value,) if isinstance(field.value, str) else field.value
    chosen = [choice.value for choice in field.choices if choice.value in values]
    if field.kind == "toggle":
        return "true" if "true" in values else ""
    assert field.kind == "choice"
    return tuple(dict.fromkeys(chosen)) if field.several else "".join(chosen[:1])


@MANY
@given(FORMS, st.sampled_from(["en", "zh_CN"]))
def test_whatever_a_form_asks_slack_takes_the_view_and_its_answer(form: Form, locale: str) -> None:
    view = modal(form, locale)

    check_view(view)
    check_answer(answer(form, locale, sent=form.name), view)
    json.dumps(view, ensure_ascii=False).encode()


@MANY
@given(FORMS)
def test_a_form_sent_as_it_is_has_every_field_under_its_name(form: Form) -> None:
    sent = submission(as_sent(modal(form, "en")))

    assert sent.name == form.name
    for name in form.carries.keys() - {field.name for field in form.fields}:
        assert sent.values[name] == form.carries[name]
    for field in form.fields:
        if field.kind == "toggle" or (field.kind == "choice" and field.choices):
            wanted = expected(field)
            kept = [*map(scrubbed, wanted)] if isinstance(wanted, tuple) else scrubbed(wanted)
            assert sent.values[field.name] == (tuple(kept) if isinstance(kept, list) else kept)


# --- the product's forms ---------------------------------------------------------------------------------------------


async def test_every_form_of_the_product_is_taken(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    for number in range(7):
        said = f"he solved my problem no. {number}, " + "thanks " * 250
        await dispatch.receive(typed(bank["Ann"], said, [bank["Bo"]], command="customer"))
    praise = await database.read(praise_of, f"he solved my problem no. 0, {'thanks ' * 250}".strip())
    asked = [
        typed(bank["Ann"], ""),
        typed(bank["Ann"], "", command="customer"),
        *(
            pressed(bank["Sun"], name, praise=praise.id)
            for name in ("confirm.retag.form", "confirm.reject.form", "confirm.assign.form")
        ),
        pressed(bank["Sun"], "confirm.several.form"),
    ]
    forms = [(await dispatch.receive(incoming)).form for incoming in asked]

    assert [form.name for form in forms if form] == [
        *("praise.submit", "comment.submit", "confirm.retag", "confirm.reject", "confirm.assign", "confirm.several")
    ]
    for form in filter(None, forms):
        sent = submission(as_sent(view_of(form)))
        assert set(sent.values) == {*form.carries, *(field.name for field in form.fields)}
