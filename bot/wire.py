"""Cards, forms and replies as JSON: for the outbox, for recorded answers and for the local chat's page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
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
def _defaults(cls: type[Any]) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, field.default) for field in fields(cls))


def to_data(value: object) -> Any:
    """Return ``value`` as JSON data; what equals its default is left out, a dataclass carries its ``type``."""
    if isinstance(value, str | int | float | bool | None):
        return value
    name = _NAMES.get(type(value))
    if name is not None:
        data: dict[str, Any] = {"type": name}
        for field, default in _defaults(_TYPES[name]):
            content = getattr(value, field)
            if content != default and content != {}:
                data[field] = to_data(content)
        return data
    if isinstance(value, Mapping):
        return {str(key): to_data(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_data(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no form on the wire")


def from_data(data: Any) -> Any:
    """Return what `to_data` was given; lists come back as tuples."""
    if isinstance(data, list):
        return tuple(from_data(item) for item in data)
    if isinstance(data, dict):
        content = {key: from_data(item) for key, item in data.items() if key != "type"}
        name = data.get("type")
        return _TYPES[name](**content) if name in _TYPES else content
    return data


def _dumps() -> Callable[[object], str]:
    encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
    return encoder.encode


_encode = _dumps()


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
