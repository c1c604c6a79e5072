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


@cache
def _defaults(cls: type[Any]) -> Mapping[str, object]:
    """Return each field with its default, `MISSING` where it has none; the only factories make empty mappings."""
    return {field.name: {} if field.default_factory is not MISSING else field.default for field in fields(cls)}


def _one_level(value: object) -> dict[str, Any]:
    name = _NAMES.get(type(value))
    if name is None:
        if isinstance(value, Mapping):
            return {str(key): item for key, item in value.items()}
        raise TypeError(f"{type(value).__name__} has no form on the wire")
    data: dict[str, Any] = {"type": name}
    for field, default in _defaults(_TYPES[name]).items():
        content = getattr(value, field)
        if content != default:
            data[field] = content
    return data


# Walks lists and mappings in C and asks only for what it does not know; nothing frozen holds itself.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_one_level, check_circular=False).encode


def to_data(value: object) -> Any:
    """Return ``value`` as JSON data; what equals its default is left out, a dataclass carries its ``type``."""
    if isinstance(value, str | int | float | bool | None):
        return value
    if isinstance(value, list | tuple):
        return [to_data(item) for item in value]
    return {name: to_data(item) for name, item in _one_level(value).items()}


def from_data(data: Any) -> Any:
    """Return what `to_data` was given: a dataclass of `bot.chat` or anything in one; lists come back as tuples."""
    if type(data) is list:
        return tuple(map(from_data, data))
    if type(data) is dict:
        cls = _TYPES[data["type"]]
        defaults = _defaults(cls)
        # A mapping holds text under any keys, "type" too, and is taken as it is.
        content = {
            name: from_data(item) if type(item) in (list, dict) and defaults[name] != {} else item
            for name, item in data.items()
            if name != "type"
        }
        return cls(**content)
    return data


def card_to_json(card: Card) -> str:
    """Return ``card`` as one line of JSON."""
    return _encode(card)


def card_from_json(text: str) -> Card:
    """Return the card of `card_to_json`."""
    card = from_data(json.loads(text))
    assert isinstance(card, Card)
    return card


def reply_to_json(reply: Reply) -> str:
    """Return ``reply`` as one line of JSON."""
    return _encode(reply)


def reply_from_json(text: str) -> Reply:
    """Return the reply of `reply_to_json`."""
    reply = from_data(json.loads(text))
    assert isinstance(reply, Reply)
    return reply
