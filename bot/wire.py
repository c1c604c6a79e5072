"""Cards, forms and replies as JSON: for the outbox, for recorded answers and for the local chat's page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields
from functools import cache
from typing import Any

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

_TYPES: dict[str, type] = {
    cls.__name__.lower(): cls
    for cls in (Button, Buttons, Card, Chart, Choice, Divider, Facts, Field, Form, Quote, Reply, Table, Text)
}
_NAMES = {cls: name for name, cls in _TYPES.items()}
_PLAIN = frozenset({str, int, float, bool, type(None)})
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@cache
def _defaults(cls: type[Any]) -> Mapping[str, object]:
    """Return each field with its default, `MISSING` where it has none; the only factories make empty mappings."""
    return {field.name: {} if field.default_factory is not MISSING else field.default for field in fields(cls)}


def to_data(value: object) -> Any:
    """Return ``value`` as JSON data; what equals its default is left out, a dataclass carries its ``type``."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    name = _NAMES.get(kind)
    if name is not None:
        data: dict[str, Any] = {"type": name}
        for field, default in _defaults(_TYPES[name]).items():
            content = getattr(value, field)
            if content != default:
                data[field] = content if type(content) in _PLAIN else to_data(content)
        return data
    if isinstance(value, Mapping):
        return {str(key): to_data(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_data(item) for item in value]
    if isinstance(value, str):  # a member of a StrEnum
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form on the wire")


def from_data(data: Any) -> Any:
    """Return what `to_data` was given: a dataclass of `bot.chat` or anything in one; lists come back as tuples."""
    if isinstance(data, list):
        return tuple(from_data(item) for item in data)
    if isinstance(data, dict):
        cls = _TYPES[data["type"]]
        defaults = _defaults(cls)
        # A mapping holds text under any keys, "type" too, and is taken as it is.
        content = {
            name: item if defaults[name] == {} else from_data(item) for name, item in data.items() if name != "type"
        }
        return cls(**content)
    return data


def card_to_json(card: Card) -> str:
    """Return ``card`` as one line of JSON."""
    return _encode(to_data(card))


def card_from_json(text: str) -> Card:
    """Return the card of `card_to_json`."""
    card = from_data(json.loads(text))
    assert isinstance(card, Card)
    return card


def reply_to_json(reply: Reply) -> str:
    """Return ``reply`` as one line of JSON."""
    return _encode(to_data(reply))


def reply_from_json(text: str) -> Reply:
    """Return the reply of `reply_to_json`."""
    reply = from_data(json.loads(text))
    assert isinstance(reply, Reply)
    return reply
