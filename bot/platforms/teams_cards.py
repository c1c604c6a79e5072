"""Cards as Adaptive Cards 1.5, within what a message may weigh.

What does not fit is shortened first, the longest texts most; if that is not enough, the end is left out and a line says
how much. A chart is shown where the caller has its picture.

Limits: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from bot.chat import Block, Button, Buttons, Card, Chart, Divider, Facts, Quote, Table, Text
from bot.i18n import translator
from bot.platforms.teams_elements import (
    LARGEST,
    REFRESH,
    SCHEMA,
    VERSION,
    Json,
    action_set,
    adaptive,
    execute,
    line,
    lines,
    run,
    weight,
)
from bot.platforms.teams_text import on_one_line, scrub, shorten

BLANK = "–"

_SUMMARY, _TITLE = 500, 200
_FACT_LABEL = 150
_CELL = 60
_BUTTONS = 6
_ALT = 1000
_MARKED_PIECES = 40
_VIEWERS = 60
_FRAME = 1500  # bytes of a card beside its body: the frame, and the line that says what is left out

# How long one text and how many rows of a table may be: tried in this order until the card fits.
_ROOM = ((12_000, 200), (6000, 100), (3000, 60), (1500, 40), (700, 25), (350, 15), (200, 8))


@dataclass(frozen=True, slots=True)
class Refresh:
    """By whom a card is asked for again when they see it: ``viewers`` as the service knows them, of message ``key``."""

    key: str
    viewers: tuple[str, ...]


def message_card(
    card: Card, locale: str, pictures: Sequence[str | None] = (), *, key: str = "", refresh: Refresh | None = None
) -> Json:
    """Return the Adaptive Card of ``card``, at most `LARGEST` bytes.

    ``pictures`` are the addresses of the card's charts in their order; a chart without one is left out. Buttons carry
    ``key``, by which the message is found when one of them opens a form in its place. Raises `ValueError` for a button
    that carries too much.
    """
    more: Json = {}
    if refresh is not None and refresh.viewers:
        again = execute("Refresh", {"name": REFRESH, "key": refresh.key})
        more["refresh"] = {"action": again, "userIds": list(refresh.viewers[:_VIEWERS])}
    said = summary(card)
    room = LARGEST - weight(adaptive([], said, **more)) - _FRAME
    body = _fitted(card, locale, pictures, key, room)
    return adaptive(body or [line([run(said)])], said, **more)


def summary(card: Card) -> str:
    """Return what a notification or a screen reader says first."""
    return on_one_line(card.summary, _SUMMARY) or on_one_line(card.title or "", _SUMMARY) or BLANK


def _fitted(card: Card, locale: str, pictures: Sequence[str | None], key: str, room: int) -> list[Json]:
    """Return the elements for the first of `_ROOM` that fit; else of the last, and a line that says what is missing."""
    for longest, rows in _ROOM:
        parts = list(_parts(card, pictures, key, longest, rows))
        weights = [sum(map(weight, part)) + len(part) * 2 for part in parts]
        if sum(weights) <= room:
            return [element for part in parts for element in part]
    shown = sum(total <= room for total in accumulate(weights))
    left_out = sum(part[0].get("type") != "Container" or bool(part[0]["items"]) for part in parts[shown:])
    notice = translator(locale)("Not shown for lack of room: {count}.", count=left_out)
    return [*(element for part in parts[:shown] for element in part), line([run(notice, quiet=True)])]


def _parts(card: Card, pictures: Sequence[str | None], key: str, longest: int, rows: int) -> Iterator[list[Json]]:
    """Yield the elements of the title and of each block that has any."""
    title = on_one_line(card.title or "", _TITLE)
    if title:
        color = {"good": "Good", "attention": "Accent", "neutral": ""}[card.tone]
        yield [line([run(title, bold=True, color=color) | {"size": "Medium"}])]
    remaining = iter(pictures)
    separate = False
    for block in card.blocks:
        if isinstance(block, Divider):
            separate = True
            continue
        picture = next(remaining, None) if isinstance(block, Chart) else None
        elements = _elements(block, picture, key, longest, rows)
        if elements:
            if separate:
                elements[0] = elements[0] | {"separator": True, "spacing": "Medium"}
            separate = False
            yield elements


def _elements(block: Block, picture: str | None, key: str, longest: int, rows: int) -> list[Json]:
    match block:
        case Text(text, style):
            shown = shorten(scrub(text).strip(), longest)
            return lines(shown, bold=style == "strong", quiet=style == "quiet")
        case Quote(text, marks):
            return quotation(text, marks, longest)
        case Facts(items):
            return _facts(items, longest)
        case Table():
            return _table(block, rows)
        case Chart():
            return _chart(block, picture)
        case Buttons(buttons):
            return _actions(buttons, key)
        case Divider():
            return []


def quotation(text: str, marks: Sequence[str] = (), longest: int = _ROOM[0][0]) -> list[Json]:
    """Return ``text`` as a quotation, with ``marks`` marked."""
    shown = shorten(scrub(text).strip(), longest)
    scrubbed = [scrub(mark) for mark in marks]
    found = [
        line(_marked(part, scrubbed), close=place > 0)
        for place, part in enumerate(part for part in shown.split("\n") if part.strip())
    ]
    return [{"type": "Container", "style": "emphasis", "items": found}] if found else []


def _marked(text: str, marks: Sequence[str]) -> list[Json]:
    covered = bytearray(len(text))
    for mark in filter(None, marks):
        at = text.find(mark)
        while at >= 0:
            covered[at : at + len(mark)] = b"\x01" * len(mark)
            at = text.find(mark, at + len(mark))
    groups = groupby(range(len(text)), covered.__getitem__)
    runs = [(bool(on), "".join(text[i] for i in group)) for on, group in groups]
    if len(runs) > _MARKED_PIECES:
        return [run(text)]
    return [run(words, bold=on, marked=on) for on, words in runs]


def _facts(items: Sequence[tuple[str, str]], longest: int) -> list[Json]:
    found: list[Json] = []
    for name, value in items:
        label, said = on_one_line(name, _FACT_LABEL), on_one_line(value, min(longest, 2000))
        between = "\u2003" if label and said else ""  # a wide blank; several ordinary ones may become one
        runs = [*([run(label, bold=True)] if label else []), *([run(between + said)] if said else [])]
        if runs:
            found.append(line(runs, close=bool(found)))
    return found


# --- tables and charts -----------------------------------------------------------------------------------------------


def _table(table: Table, most: int) -> list[Json]:
    count = max(map(len, (table.columns, *table.rows)), default=0)
    if not count:
        return []
    shown = list(enumerate(table.rows))[:most]
    rows = [_row(table.columns, count, bold=True)]
    rows += [_row(row, count, own=index == table.own) for index, row in shown]
    if len(table.rows) > most:
        if table.own is not None and most <= table.own < len(table.rows):
            rows += [_row(("…",), count), _row(table.rows[table.own], count, own=True)]
        else:
            rows.append(_row(("…",), count))
    return [
        {
            "type": "Table",
            "columns": [{"width": _width(table, place)} for place in range(count)],
            "firstRowAsHeader": True,
            "showGridLines": False,
            "rows": rows,
        }
    ]


def _width(table: Table, place: int) -> int:
    """Return how wide a column is beside the others: as wide as its longest cell, within bounds."""
    cells = [row[place] for row in (table.columns, *table.rows) if place < len(row)]
    return min(max((len(cell) for cell in cells), default=1), 12) + 2


def _row(cells: Sequence[str], count: int, *, bold: bool = False, own: bool = False) -> Json:
    texts = [on_one_line(cells[place], _CELL) if place < len(cells) else "" for place in range(count)]
    row: Json = {
        "type": "TableRow",
        "cells": [
            {"type": "TableCell", "items": [line([run(text or "\xa0", bold=bold or own)])] if text or own else []}
            for text in texts
        ],
    }
    return row | ({"style": "accent"} if own else {})


def _chart(chart: Chart, picture: str | None) -> list[Json]:
    if not picture:
        return []
    values = [f"{name} {value} {chart.unit}" for name, value in zip(chart.labels, chart.values, strict=False)]
    said = on_one_line(f"{chart.title}: {', '.join(values)}", _ALT)
    return [{"type": "Image", "url": picture, "altText": said, "size": "Stretch"}]


# --- buttons ---------------------------------------------------------------------------------------------------------


def _actions(buttons: Sequence[Button], key: str) -> list[Json]:
    return [
        action_set([_button(button, key) for button in buttons[start : start + _BUTTONS]])
        for start in range(0, len(buttons), _BUTTONS)
    ]


def _button(button: Button, key: str) -> Json:
    carried: Json = {"name": button.name, "values": dict(button.values), **({"key": key} if key else {})}
    pressed = execute(button.label, carried, button.style)
    if not button.asks or button.asks.isspace():
        return pressed
    # There is no question of its own in Adaptive Cards: the button shows it with the button that answers it.
    return {
        "type": "Action.ShowCard",
        "title": pressed["title"],
        "card": {
            "type": "AdaptiveCard",
            "$schema": SCHEMA,
            "version": VERSION,
            "body": lines(shorten(scrub(button.asks).strip(), 500)),
            "actions": [pressed],
        },
    }
