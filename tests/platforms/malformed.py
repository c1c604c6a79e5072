"""Requests that Slack does not send, and what each may be answered with: never 500.

They are made when they are asked for: what was signed more than five minutes ago would be refused for that alone.
"""

from __future__ import annotations

import json
import time
from urllib.parse import urlencode

from tests.platforms import signed
from tests.platforms.signed import FORM, JSON, Request

_DAY = 86_400
_LARGE = 2_000_000  # bytes


def unsigned() -> dict[str, Request]:
    """Return by name what is answered with 401, or with 400 where nothing can be checked."""
    command = signed.command("U000000001", "@Li Na thank you for staying late")
    event = signed.event(signed.app_home_opened("U000000001", channel="D000000001"))

    def stamped(timestamp: str) -> Request:
        return command.but(X_Slack_Request_Timestamp=timestamp)

    def bare(request: Request) -> Request:
        return request.but(X_Slack_Signature=None, X_Slack_Request_Timestamp=None)

    return {
        "a wrong signature": command.but(X_Slack_Signature="v0=" + "0" * 64),
        "a signature by another secret": signed.signed(command.body, secret="another secret"),
        "the signature of other words": Request(command.body + b"!", command.headers),
        "an empty signature": command.but(X_Slack_Signature=""),
        "no signature": command.but(X_Slack_Signature=None),
        "no timestamp": command.but(X_Slack_Request_Timestamp=None),
        "an old timestamp": signed.signed(command.body, at=time.time() - _DAY),
        "a timestamp of tomorrow": signed.signed(command.body, at=time.time() + _DAY),
        "a timestamp that is no integer": stamped("now"),
        "a timestamp with a fraction": stamped("1531420618.5"),
        "an empty timestamp": stamped(""),
        "a timestamp of 5000 digits": stamped("9" * 5000),
        "a timestamp that is not a number": stamped("nan"),
        "a timestamp in other digits": stamped("１５３１４２０６１８"),
        "a signature outside ASCII": command.but(X_Slack_Signature="v0=表扬"),
        "a timestamp outside ASCII": stamped("明天"),
        "unsigned bytes that are no UTF-8": Request(b"\xff\xfe=\x80", {"Content-Type": FORM}),
        "unsigned JSON that is none": Request(b"{", {"Content-Type": JSON}),
        "an unsigned payload that is no JSON": Request(b"payload=%7B", {"Content-Type": FORM}),
        "an unsigned command": bare(command),
        "an unsigned event": bare(event),
        "an unsigned url verification": bare(signed.url_verification()),
        "nothing at all": Request(b"", {}),
    }


def misshapen() -> dict[str, Request]:
    """Return by name what is signed and still not understood: answered with 400."""
    return {
        "bytes that are no UTF-8": signed.signed(b"team_id=T1&text=\xff\xfe&payload=\x80"),
        "escapes that are no UTF-8": signed.signed(b"payload=%FF%FE"),
        "JSON that is none": signed.signed(b'{"type": "event_callback", ', JSON),
        "a payload that is no JSON": signed.signed(b"payload=%7B%22type%22"),
        "JSON in bytes that are no UTF-8": signed.signed(b'{"type": "event_callback", "event": "\xff"}', JSON),
        "JSON nested too deep": signed.signed(b"[" * 100_000, JSON),
        "a list": signed.signed(b"[]", JSON),
        "null": signed.signed(b"null", JSON),
        "a payload that is a number": signed.signed(b"payload=1"),
        "a payload that is null": signed.signed(b"payload=null"),
        "a body without anything": signed.signed(b""),
        "a payload of an unknown type": signed.interaction({"type": "telepathy", "team": {"id": signed.TEAM}}),
        "a payload without a type": signed.interaction({"team": {"id": signed.TEAM}}),
        "a payload whose type is no text": signed.interaction({"type": {"a": 1}, "team": {"id": signed.TEAM}}),
        "an event without its inside": signed.signed(
            json.dumps({"type": "event_callback", "team_id": "T1"}).encode(), JSON
        ),
        "an event whose inside is a text": signed.signed(
            json.dumps({"type": "event_callback", "team_id": signed.TEAM, "event": "message"}).encode(), JSON
        ),
        "a press of nothing": signed.interaction(
            {"type": "block_actions", "team": {"id": signed.TEAM}, "user": {"id": "U000000001"}, "actions": []}
        ),
        "a press that is a text": signed.interaction(
            {"type": "block_actions", "team": {"id": signed.TEAM}, "user": {"id": "U000000001"}, "actions": ["confirm"]}
        ),
        "a press by a text": signed.interaction(
            {
                "type": "block_actions",
                "team": {"id": signed.TEAM},
                "user": "U000000001",
                "actions": [{"action_id": "a#0"}],
            }
        ),
        "a press in a list of teams": signed.interaction(
            {"type": "block_actions", "team": [signed.TEAM], "user": {"id": "U1"}, "actions": [{"action_id": "a#0"}]}
        ),
        "a modal without its view": signed.interaction(
            {"type": "view_submission", "team": {"id": signed.TEAM}, "user": {"id": "U000000001"}}
        ),
        "a modal whose view is a text": signed.interaction(
            {"type": "view_submission", "team": {"id": signed.TEAM}, "user": {"id": "U000000001"}, "view": "V1"}
        ),
        "a shortcut without its name": signed.interaction(
            {"type": "shortcut", "team": {"id": signed.TEAM}, "user": {"id": "U000000001"}, "trigger_id": "1.1"}
        ),
        "a message's menu without the message": signed.interaction(
            {
                "type": "message_action",
                "team": {"id": signed.TEAM},
                "user": {"id": "U000000001"},
                "callback_id": "praise.form",
                "trigger_id": "1.1",
            }
        ),
        "a press of somebody else's button": signed.pressed_in_message(
            "U000000001", {"type": "button", "action_id": "x", "value": "1"}, {"ts": "1.1"}, channel="C000000001"
        ),
        "a modal of somebody else": signed.view_submission(
            "U000000001", {"id": "V1", "type": "modal", "callback_id": "x", "private_metadata": "{"}, {}
        ),
        "a command without its sender": signed.signed(urlencode({"command": "/praise", "text": "x"}).encode()),
    }


def large() -> dict[str, Request]:
    """Return by name what is answered with 413."""
    return {
        "a signed body of 2 MB": signed.signed(b"payload=" + b"x" * _LARGE),
        "an unsigned body of 2 MB": Request(b"x" * _LARGE, {"Content-Type": FORM}),
    }
