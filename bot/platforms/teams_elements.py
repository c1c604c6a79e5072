"""The pieces of Adaptive Cards that messages and forms are made of, and what their buttons carry.

People's words stand in ``TextRun`` only, where Markdown is not read (https://adaptivecards.io/explorer/TextRun.html):
no mention, link or formatting can be smuggled in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bot.platforms.teams_text import inert, on_one_line

Json = dict[str, Any]

VERSION = "1.5"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
LARGEST = 80_000
"""Bytes of a card; Teams takes 100 KB of a message and counts in UTF-16."""

OURS = "praisebot"
"""Under which what a button or a form carries stands in its ``data``, apart from the inputs."""
REFRESH = "teams.refresh"
"""The button nobody presses: Teams sends it when a reader sees the card; and that of *Cancel* in a form."""

_TITLE = 100
_CARRIED = 6000


def run(text: str, *, bold: bool = False, quiet: bool = False, color: str = "", marked: bool = False) -> Json:
    """Return a piece of text as it is shown, which must not be empty."""
    made: Json = {"type": "TextRun", "text": inert(text)}
    if bold:
        made["weight"] = "Bolder"
    if quiet:
        made |= {"isSubtle": True, "size": "Small"}
    if color:
        made["color"] = color
    if marked:
        made["highlight"] = True
    return made


def line(runs: Iterable[Json], *, close: bool = False) -> Json:
    """Return one line of text, ``close`` under the one before."""
    made: Json = {"type": "RichTextBlock", "inlines": list(runs)}
    return made | ({"spacing": "None"} if close else {})


def lines(text: str, **style: Any) -> list[Json]:
    """Return a text, each of its lines one of its own: line ends within one are not shown."""
    shown = [part for part in text.split("\n") if part.strip()]
    return [line([run(part, **style)], close=place > 0) for place, part in enumerate(shown)]


def action_set(actions: list[Json]) -> Json:
    """Return a row of buttons."""
    return {"type": "ActionSet", "actions": actions}


def execute(title: str, carried: Mapping[str, Any], style: str = "normal", *, inputs: bool = False) -> Json:
    """Return a button that sends ``carried``, with what was filled in where ``inputs`` says so.

    Raises `ValueError` for one that carries more than fits beside others: with a part left out something else would
    happen than what the button says.
    """
    size = len(json.dumps(carried))
    if size > _CARRIED:
        raise ValueError(f"{size} characters to carry, where {_CARRIED} are possible")
    made: Json = {
        "type": "Action.Execute",
        "title": on_one_line(title, _TITLE) or "–",
        "verb": str(carried.get("name", "")),
        "data": {OURS: dict(carried)},
    }
    if not inputs:
        made["associatedInputs"] = "none"
    if style != "normal":
        made["style"] = {"primary": "positive", "danger": "destructive"}[style]
    return made


def adaptive(body: list[Json], said: str, **more: Any) -> Json:
    """Return a card; ``said`` is read aloud, and shown where the card cannot be."""
    return {
        "type": "AdaptiveCard",
        "$schema": SCHEMA,
        "version": VERSION,
        **({"msteams": {"width": "Full"}} if any(part["type"] == "Table" for part in body) else {}),
        "speak": said,
        "fallbackText": said,
        "body": body,
        **more,
    }


def attachment(card: Json) -> Json:
    """Return a card as a message has it."""
    return {"contentType": CONTENT_TYPE, "content": card}


def weight(content: Any) -> int:
    """Return the bytes of ``content`` however they are counted: as UTF-8 it is sent, as UTF-16 Teams may count."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return max(len(text.encode("utf-8", "surrogatepass")), len(text.encode("utf-16-le", "surrogatepass")))
