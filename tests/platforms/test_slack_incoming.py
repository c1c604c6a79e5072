"""Payloads of Slack as what every chat sends, in the shapes of its documentation; and any other shape is refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import Address, Mention, Submission
from bot.platforms import slack_incoming
from bot.platforms.presses import Presses
from bot.platforms.slack_answers import place_of_body, place_of_form
from bot.platforms.slack_incoming import command, form, message, place_of, press, reaction, shortcut, workspace_of

WORKSPACE = "T0001"
COMMAND = {
    "token": "gIkuvaNzQIHg97ATvDxqgjtO",
    "team_id": "T0001",
    "team_domain": "example",
    "channel_id": "C2147483705",
    "channel_name": "test",
    "user_id": "U2147483697",
    "user_name": "Steve",
    "command": "/praise",
    "text": "<@U012ABCDEF|li.xue> &amp; <@U345GHIJKL> helped",
    "response_url": "https://hooks.slack.com/commands/1234/5678",
    "trigger_id": "13345224609.738474920.8088930838d88f008e0",
    "api_app_id": "A123456",
}
SHORTCUT = {
    "type": "message_action",
    "callback_id": "comment.form",
    "trigger_id": "13345224609.8534564800.6f8ab1f53e13d0cd15f96106292d5536",
    "response_url": "https://hooks.slack.com/app-actions/T0MJR11A4/21974584944/yk1S9ndf35Q1flupVG5JbpM6",
    "team": {"id": "T0001", "domain": "cats"},
    "channel": {"id": "D0LFFBKLZ", "name": "cats"},
    "user": {"id": "U0D15K92L", "name": "dr_maomao"},
    "message": {"type": "message", "user": "U0MJRG1AL", "ts": "1516229207.000133", "text": "You &lt;3 <@U1|li>"},
}
PRESS = {
    "type": "block_actions",
    "team": {"id": "T9TK3CUKW", "domain": "example"},
    "user": {"id": "UA8RXUSPL", "username": "jtorrance", "team_id": "T9TK3CUKW"},
    "container": {
        "type": "message",
        "message_ts": "1548261231.000200",
        "channel_id": "CBR2V3XEX",
        "is_ephemeral": True,
    },
    "trigger_id": "12321423423.333649436676.d8c1bb837935619ccad0f624c448ffb3",
    "channel": {"id": "CBR2V3XEX", "name": "review-updates"},
    "response_url": "https://hooks.slack.com/actions/AABA1ABCD/1232321423432/D09sSasdasdAS9091209",
    "actions": [
        {
            "action_id": "confirm.confirm#0",
            "block_id": "=qXel",
            "text": {"type": "plain_text", "text": "Confirm"},
            "value": '{"praise":"7"}',
            "type": "button",
            "action_ts": "1548426417.840180",
        }
    ],
}
VIEW = {
    "type": "view_submission",
    "team": {"id": "T0001", "domain": "example"},
    "user": {"id": "U0001", "name": "somebody"},
    "trigger_id": "12.34.56",
    "view": {
        "id": "VNHU13V36",
        "type": "modal",
        "callback_id": "praise.submit",
        "private_metadata": '{"carries":{},"origin":{"channel":"C1","url":"https://hooks.slack.com/x"}}',
        "state": {"values": {"field:reason": {"text": {"type": "plain_text_input", "value": "thanks"}}}},
    },
}
REACTION = {
    "type": "reaction_added",
    "user": "U024BE7LH",
    "reaction": "thumbsup",
    "item_user": "UBOT",
    "item": {"type": "message", "channel": "C0G9QF9GZ", "ts": "1360782400.498405"},
    "event_ts": "1360782804.083113",
}
MESSAGE = {
    "type": "app_mention",
    "user": "U061F7AUR",
    "text": "<@UBOT>: praise <@U2> for it",
    "ts": "1515449522.000016",
    "channel": "C123ABC456",
    "event_ts": "1515449522000016",
}


def test_a_slash_command_with_its_mentions() -> None:
    found = command(COMMAND, WORKSPACE, {"U345GHIJKL": "Tom"})
    assert found.text == "@li.xue & @Tom helped"
    assert found.mentions == (Mention(0, 7, "U012ABCDEF"), Mention(10, 14, "U345GHIJKL"))
    assert found.where == Address("slack", WORKSPACE, "C2147483705", "channel")
    assert found.event_id == command(dict(COMMAND), WORKSPACE).event_id
    assert found.event_id != command(COMMAND | {"trigger_id": "1.2.3"}, WORKSPACE).event_id


def test_direct_messages_go_by_the_person() -> None:
    found = command(COMMAND | {"channel_id": "D1", "channel_name": "directmessage"}, WORKSPACE)
    assert found.where == Address("slack", WORKSPACE, "U2147483697", "direct")


def test_a_messages_menu_brings_author_words_and_link() -> None:
    found = shortcut(SHORTCUT, WORKSPACE)
    assert found.action == Submission("comment.form")
    assert found.quoted is not None
    assert (found.quoted.author, found.quoted.text) == ("U0MJRG1AL", "You <3 @li")
    assert found.quoted.link == "https://cats.slack.com/archives/D0LFFBKLZ/p1516229207000133"


def test_what_a_bot_wrote_has_no_author() -> None:
    found = shortcut(SHORTCUT | {"message": {"bot_id": "B1", "ts": "1.2", "text": "x", "user": "UBOT"}}, WORKSPACE)
    assert found.quoted is not None
    assert found.quoted.author is None


def test_a_global_shortcut_is_about_no_message() -> None:
    body = {name: SHORTCUT[name] for name in ("callback_id", "trigger_id", "user")}
    found = shortcut(body | {"type": "shortcut"}, WORKSPACE)
    assert found.quoted is None
    assert found.where.kind == "direct"


def test_a_press_carries_what_the_button_does() -> None:
    found = press(PRESS, WORKSPACE, "e")
    assert found.action == Submission("confirm.confirm", {"praise": "7"})
    assert (found.sender, found.where.conversation) == ("UA8RXUSPL", "CBR2V3XEX")
    place = place_of_body(PRESS, WORKSPACE, "UA8RXUSPL")
    assert (place.surface, place.channel, place.url) == ("message", "CBR2V3XEX", PRESS["response_url"])


def test_a_form_remembers_where_it_was_opened() -> None:
    found = form(VIEW, WORKSPACE)
    assert found.action == Submission("praise.submit", {"reason": "thanks"})
    assert found.where == Address("slack", WORKSPACE, "C1", "channel")
    view: Any = VIEW["view"]
    assert place_of_form(view, WORKSPACE, "U0001", "t").url == "https://hooks.slack.com/x"


def test_a_form_sent_again_is_the_same_event_and_with_other_words_another() -> None:
    view: Any = VIEW["view"]
    other = view | {"state": {"values": {"field:reason": {"text": {"type": "plain_text_input", "value": "more"}}}}}
    again = VIEW | {"trigger_id": "99.99.99", "view": view | {"hash": "changed"}}
    assert form(VIEW, WORKSPACE).event_id == form(again, WORKSPACE).event_id
    assert form(VIEW, WORKSPACE).event_id != form(VIEW | {"view": other}, WORKSPACE).event_id


def test_the_bots_name_and_the_word_before_are_not_part_of_what_is_said() -> None:
    found = message(MESSAGE, WORKSPACE, "UBOT")
    assert found is not None
    assert found.text == "@U2 for it"
    assert found.mentions == (Mention(0, 3, "U2"),)


def test_a_message_is_one_event_however_often_it_is_told_of() -> None:
    found, direct = message(MESSAGE, WORKSPACE, "UBOT"), message(MESSAGE | {"type": "message"}, WORKSPACE, "UBOT")
    assert found is not None
    assert direct is not None
    assert found.event_id == direct.event_id


def test_a_reaction_names_the_message() -> None:
    found = reaction(REACTION, WORKSPACE, "UBOT")
    assert found is not None
    assert found.action == Submission(slack_incoming.SIGN, {"message": "C0G9QF9GZ/1360782400.498405"})


@pytest.mark.parametrize(
    ("enterprise", "team", "everywhere", "expected"),
    [(None, "T1", False, "T1"), ("E1", "T1", False, "T1"), ("E1", "T1", True, "E1"), ("E1", None, True, "E1")],
)
def test_a_grid_on_which_the_app_is_installed_as_a_whole_is_one_workspace(
    enterprise: str | None, team: str | None, everywhere: bool, expected: str
) -> None:
    assert workspace_of(enterprise, team, everywhere) == expected


# --- presses ----------------------------------------------------------------------------------------------------------


def test_clicks_in_a_moment_are_one_press_and_later_ones_others() -> None:
    presses = Presses()
    first = presses.event_id("b", 100.0)
    assert presses.event_id("b", 100.0) == presses.event_id("b", 101.9) == first
    assert presses.event_id("other", 100.1) != first
    assert presses.event_id("b", 102.1) != first


def test_a_button_is_the_same_wherever_it_is_clicked_twice_and_another_with_another_value() -> None:
    again = PRESS | {"trigger_id": "other"}
    assert place_of(PRESS) == place_of(again)
    action: Any = PRESS["actions"]
    other = PRESS | {"actions": [action[0] | {"value": '{"praise":"8"}'}]}
    assert place_of(PRESS)[0] != place_of(other)[0]
    somebody = PRESS | {"user": {"id": "U2"}}
    assert place_of(PRESS)[0] != place_of(somebody)[0]


# --- any other shape --------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


def paths(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to every part of ``data``."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [found for key, part in items for found in [(*path, key), *paths(part, (*path, key))]]


def changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return ``data`` with another part at the end of ``path``; without it for `...`."""
    copied: Any = dict(data) if isinstance(data, dict) else list(data)
    if len(path) > 1:
        copied[path[0]] = changed(data[path[0]], path[1:], value)
    elif value is ...:
        del copied[path[0]]
    else:
        copied[path[0]] = value
    return copied


READERS: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "command": (COMMAND, lambda body: command(body, "T1")),
    "shortcut": (SHORTCUT, lambda body: shortcut(body, "T1")),
    "press": (PRESS, lambda body: (press(body, "T1", "e"), place_of(body))),
    "form": (VIEW, lambda body: form(body, "T1")),
    "reaction": (REACTION, lambda body: reaction(body, "T1", "UBOT")),
    "message": (MESSAGE, lambda body: message(body, "T1", "UBOT")),
}


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=120)
@given(data=st.data())
def test_a_payload_of_another_shape_is_refused_and_nothing_else(kind: str, data: st.DataObject) -> None:
    payload, read = READERS[kind]
    path = data.draw(st.sampled_from(paths(payload)))
    odd = changed(payload, path, data.draw(JSON | st.just(...)))
    with suppress(ValueError):
        read(odd)
