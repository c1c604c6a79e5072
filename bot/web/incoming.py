"""What the page sends: JSON checked field by field, and the words that are meant for the bot."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from bot.chat import Mention, Submission, Value
from bot.web.answers import Problem

_COMMAND = re.compile(r"\s*[/／](?:praise(?![A-Za-z0-9_-])|表扬)\s*", re.IGNORECASE)
_ID_LIMIT = 200
_MENTIONS_LIMIT = 1000
_VALUES_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Sent:
    """One request of the page, well formed; whether the account and the conversation exist is not checked yet."""

    event_id: str
    account: str
    conversation: str
    text: str = ""
    mentions: tuple[Mention, ...] = ()
    action: Submission | None = None
    quoted: str | None = None
    """The id of the message whose menu was used."""


def parse(body: bytes) -> Sent:
    """Return the request in ``body``; raise a `Problem` (400) for anything that is not one."""
    try:
        data = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise _malformed("not JSON") from None
    if not isinstance(data, dict):
        raise _malformed("not an object")
    action = data.get("action")
    text = _checked(data.get("text", ""))
    if action is None and not text.strip():
        raise Problem(400, "There is nothing to send.")
    return Sent(
        event_id=_id(data, "event_id"),
        account=_id(data, "as"),
        conversation=_id(data, "conversation"),
        text=text,
        mentions=_mentions(data.get("mentions"), len(text)),
        action=None if action is None else _submission(action),
        quoted=_id(data, "quoted") if data.get("quoted") is not None else None,
    )


def command_length(text: str) -> int | None:
    """Return how many characters of ``text`` the command word ``/praise`` or ``/表扬`` takes, None without one."""
    match = _COMMAND.match(text)
    return match.end() if match else None


def shifted(mentions: tuple[Mention, ...], by: int) -> tuple[Mention, ...]:
    """Return ``mentions`` for the text without its first ``by`` characters."""
    if not by:
        return mentions
    return tuple(Mention(m.start - by, m.end - by, m.user_id) for m in mentions if m.start >= by)


def _malformed(detail: str) -> Problem:
    return Problem(400, "The server did not understand this request. Please reload the page.", detail)


def _checked(value: Any, limit: int | None = None) -> str:
    """Return ``value`` if it is text every database can keep."""
    if not isinstance(value, str):
        raise _malformed("not text")
    if limit is not None and not 0 < len(value) <= limit:
        raise _malformed("wrong length")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:  # half of a surrogate pair, written as an escape
            raise Problem(400, "The text has characters that cannot be sent.") from None
    if "\0" in value:
        raise Problem(400, "The text has characters that cannot be sent.")
    return value


def _id(data: dict[str, Any], name: str) -> str:
    return _checked(data.get(name), _ID_LIMIT)


def _mentions(data: Any, length: int) -> tuple[Mention, ...]:
    if data is None:
        return ()
    if not isinstance(data, list) or len(data) > _MENTIONS_LIMIT:
        raise _malformed("mentions")
    return tuple(_mention(item, length) for item in data)


def _mention(data: Any, length: int) -> Mention:
    if not isinstance(data, dict):
        raise _malformed("mention")
    start, end = data.get("start"), data.get("end")
    # bool is an int to isinstance, and JSON's true is no offset.
    if type(start) is not int or type(end) is not int or not 0 <= start < end <= length:
        raise _malformed("mention")
    return Mention(start, end, _id(data, "user_id"))


def _submission(data: Any) -> Submission:
    if not isinstance(data, dict):
        raise _malformed("action")
    values = data.get("values")
    if values is None:
        values = {}
    if not isinstance(values, dict) or len(values) > _VALUES_LIMIT:
        raise _malformed("values")
    return Submission(_id(data, "name"), {_checked(key, _ID_LIMIT): _value(value) for key, value in values.items()})


def _value(data: Any) -> Value:
    if isinstance(data, list):
        if len(data) > _MENTIONS_LIMIT:
            raise _malformed("values")
        return tuple(_checked(item) for item in data)
    return _checked(data)
