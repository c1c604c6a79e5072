"""Cards as Block Kit: a message or the App Home, within Slack's limits and never more than it takes.

What does not fit is shortened first, the longest texts most; if that is not enough, the end is left out and a line says
how much. A chart is shown where the caller has its picture. A card's tone is left out: Slack colours only attachments,
which it advises against. Tables are preformatted text: of Slack's own ``table`` a message takes one, a view none, and a
weekly board has two.

Limits: https://docs.slack.dev/reference/block-kit.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby
from typing import Any, TypeVar

from bot.chat import Block, Button, Buttons, Card, Chart, Divider, Facts, Quote, Submission, Table, Text
from bot.i18n import translator
from bot.platforms.slack_elements import (
    BLANK,
    PARAGRAPH,
    SMALL_PRINT,
    Json,
    context,
    divider,
    label,
    on_one_line,
    packed,
    rich,
    section,
    strong,
    texts,
    unpacked,
    written,
)
from bot.platforms.slack_manifest import COMMAND
from bot.platforms.slack_text import inert, length, scrub, shorten, split

_HEADER = 150
_FACT_LABEL, _FACT = 150, 2000
_BUTTONS = 25
_BUTTON_LABEL, _BUTTON_VALUE, _ID = 75, 2000, 255
_ASK_TITLE, _ASK, _ASK_BUTTON = 100, 300, 30
_ALT, _URL = 2000, 3000
_FALLBACK = 1000  # chat.update refuses 4,000 bytes, and a Chinese character takes three
_CELL_COLUMNS, _CELL, _ROW = 24, 100, 1000
_MARKED_PIECES = 40

# How long one text may be: tried in this order until the card fits.
_LONGEST = (12_000, 6000, 3000, 2000, 1400, 1000, 700, 500, 350, 250)
_TABLE_AT_LEAST = 1500
_NOTICE = 300
_BLOCK_ID = 30

_COMMAND = re.compile(r"(?<![\w/])/表扬(?!\w)")
_NUMBER = re.compile(r"[+\-−–—▲▼↑↓=±]?\s?[\d,.]*\s?[%％]?")
_Line = TypeVar("_Line")


@dataclass(frozen=True, slots=True)
class Room:
    """How many blocks a surface takes, and of what weight, see `weight`."""

    blocks: int
    weight: int


MESSAGE = Room(50, 12_000)
"""Slack refuses about 13,200 (``msg_blocks_too_long``) and does not say how it counts."""
VIEW = Room(100, 40_000)
"""A Home or a modal. A view may have 250 KB, and slack_sdk writes six bytes for a Chinese character."""


def message(card: Card, locale: str, pictures: Sequence[str | None] = ()) -> Json:
    """Return ``text`` and ``blocks`` of a message, an ephemeral one or an answer to a ``response_url``.

    ``pictures`` belong to the card's charts in their order: the address of each, or the id of an uploaded file; a chart
    without one is left out. Raises `ValueError` for a button that carries more than Slack does, see `button_value`.
    """
    card = _as_typed_here(card)
    blocks = _fitted(lambda longest: list(_parts(card, longest, locale, pictures)), MESSAGE, locale)
    return {"text": fallback(card), "blocks": blocks or [section(card.summary)]}


def home(cards: Sequence[Card], locale: str) -> Json:
    """Return the view of the App Home: ``cards`` one below the other. Raises as `message` does."""

    def parts(longest: int) -> list[list[Json]]:
        found = [[*_parts(_as_typed_here(card), longest, locale, ())] for card in cards]
        return [part for index, parts in enumerate(found) for part in ([[divider()]] if index else []) + parts]

    return {"type": "home", "blocks": _fitted(parts, VIEW, locale) or [section(BLANK)]}


def fallback(card: Card) -> str:
    """Return what a notification or a screen reader says first, as mrkdwn that mentions nobody."""
    return inert(on_one_line(card.summary, _FALLBACK) or on_one_line(card.title or "", _FALLBACK) or BLANK)


def pressed(action: Mapping[str, Any]) -> Submission:
    """Return what a button sends, from an item of ``actions`` in a ``block_actions`` payload.

    Raises `ValueError` when `message` or `home` made no such button.
    """
    name, sign, place = str(action.get("action_id", "")).rpartition("#")
    if not sign or not place.isdecimal():
        raise ValueError("not a button of a card")
    return Submission(name, texts(unpacked(action.get("value"))))


def _as_typed_here(card: Card) -> Card:
    """Return a card that names the command Slack knows where Chinese texts say ``/表扬``; what people wrote stays.

    It is the same word to the bot, but as a command Slack takes only what its manifest names.
    """
    blocks = tuple(
        replace(block, text=_COMMAND.sub(COMMAND, block.text))
        if isinstance(block, Text)
        else Facts(tuple((_COMMAND.sub(COMMAND, name), _COMMAND.sub(COMMAND, value)) for name, value in block.items))
        if isinstance(block, Facts)
        else block
        for block in card.blocks
    )
    return replace(card, summary=_COMMAND.sub(COMMAND, card.summary), blocks=blocks)


# --- parts of a card -------------------------------------------------------------------------------------------------


def _parts(card: Card, longest: int, locale: str, pictures: Sequence[str | None]) -> Iterator[list[Json]]:
    """Yield the blocks of the title and of each of the card's blocks, of those only that show anything."""
    of_charts = iter(pictures)
    if card.title and scrub(card.title).strip():
        yield [{"type": "header", "text": label(card.title, _HEADER)}]
    for block in card.blocks:
        picture = next(of_charts, None) if isinstance(block, Chart) else None
        if part := _part(block, longest, locale, picture):
            yield part


def _part(block: Block, longest: int, locale: str, picture: str | None) -> list[Json]:
    match block:
        case Text():
            return _paragraphs(block, longest)
        case Quote(text, marks):
            return quotation(text, marks, longest)
        case Facts():
            return _facts(block, longest)
        case Table():
            return _table(block, max(longest, _TABLE_AT_LEAST))
        case Chart():
            return _chart(block, picture)
        case Buttons(buttons):
            return _actions(buttons, locale)
        case Divider():
            return [divider()]


def _paragraphs(block: Text, longest: int) -> list[Json]:
    if block.style == "quiet":
        return [context(piece) for piece in _pieces(block.text, longest, SMALL_PRINT)]
    make = section if block.style == "normal" else strong
    return [make(piece) for piece in _pieces(block.text, longest, PARAGRAPH)]


def quotation(text: str, marks: Sequence[str] = (), longest: int = _LONGEST[0]) -> list[Json]:
    """Return ``text`` as a quotation, ``marks`` in bold."""
    scrubbed = [scrub(mark) for mark in marks]
    pieces = _pieces(text, longest, PARAGRAPH)
    return [rich("rich_text_quote", _marked(piece, scrubbed)) for piece in pieces]


def _marked(text: str, marks: Sequence[str]) -> list[Json]:
    covered = bytearray(len(text))
    for mark in filter(None, marks):
        at = text.find(mark)
        while at >= 0:
            covered[at : at + len(mark)] = b"\x01" * len(mark)
            at = text.find(mark, at + len(mark))
    runs = [(bool(bold), "".join(text[i] for i in run)) for bold, run in groupby(range(len(text)), covered.__getitem__)]
    if len(runs) > _MARKED_PIECES:
        return [written(text)]
    return [written(words, bold=bold) for bold, words in runs]


def _facts(facts: Facts, longest: int) -> list[Json]:
    longest = min(longest, _FACT)
    lines: list[tuple[int, list[Json]]] = []
    for name, value in facts.items:
        bold, said = on_one_line(name, _FACT_LABEL), shorten(scrub(value).strip(), longest)
        between = "\u2003" if bold and said else ""  # a wide blank; several ordinary ones may become one
        elements = [*([written(bold, bold=True)] if bold else []), *([written(between + said)] if said else [])]
        if elements:
            lines.append((length(bold) + length(said) + 2, elements))
    return [rich("rich_text_section", _joined(group)) for group in _filled(lines, PARAGRAPH)]


def _joined(lines: Sequence[list[Json]]) -> list[Json]:
    elements: list[Json] = []
    for line in lines:
        elements += [*([written("\n")] if elements else []), *line]
    return elements


def _table(table: Table, longest: int) -> list[Json]:
    lines = _aligned(table)
    reached = accumulate(length(line) + 1 for line in lines)
    fitting = sum(total <= longest for total in reached)
    if fitting < len(lines):
        lines = [*lines[:fitting], "  …"]
    measured = [(length(line) + 1, line) for line in lines]
    return [
        rich("rich_text_preformatted", [written("\n".join(group))])
        for group in _filled(measured, PARAGRAPH)
        if any(line.strip() for line in group)
    ]


def _aligned(table: Table) -> list[str]:
    """Return the table's lines, columns in line where a Chinese character is twice as wide; the own row is marked."""
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    heads = [_cell(name) for name in table.columns]
    places = range(max(map(len, [heads, *rows]), default=0))
    all_rows = [[row[place] if place < len(row) else "" for place in places] for row in [heads, *rows]]
    widths = [max(_columns(row[place]) for row in all_rows) for place in places]
    # A word among numbers ("new") does not make them words.
    right = [sum(bool(_NUMBER.fullmatch(row[place])) for row in all_rows[1:]) * 2 > len(rows) for place in places]
    lines = []
    for index, row in enumerate(all_rows):
        cells = (
            " " * (width - _columns(cell)) + cell if to_the_right else cell + " " * (width - _columns(cell))
            for cell, width, to_the_right in zip(row, widths, right, strict=True)
        )
        mark = "▸ " if table.own is not None and index == table.own + 1 else "  "
        lines.append(shorten((mark + "  ".join(cells)).rstrip(), _ROW))
    return lines if places else []


def _cell(text: str) -> str:
    line = on_one_line(text, _CELL)
    while (over := _columns(line) - _CELL_COLUMNS) > 0:
        line = shorten(line, length(line) - max(over // 2, 1))  # no character is wider than two
    return line


def _columns(text: str) -> int:
    """Return how wide ``text`` is in letters of a fixed width."""
    return sum(
        0
        if unicodedata.category(character) in ("Mn", "Me", "Cf")
        else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def _chart(chart: Chart, picture: str | None) -> list[Json]:
    if not picture or length(picture) > _URL:
        return []
    values = [f"{name} {value} {chart.unit}" for name, value in zip(chart.labels, chart.values, strict=False)]
    said = on_one_line(f"{chart.title}: {', '.join(values)}", _ALT)
    source: Json = {"image_url": picture} if "://" in picture else {"slack_file": {"id": picture}}
    return [{"type": "image", **source, "alt_text": said}]


# --- buttons ---------------------------------------------------------------------------------------------------------


def _actions(buttons: Sequence[Button], locale: str) -> list[Json]:
    rows = [buttons[start : start + _BUTTONS] for start in range(0, len(buttons), _BUTTONS)]
    return [
        {"type": "actions", "elements": [_button(one, place, locale) for place, one in enumerate(row)]} for row in rows
    ]


def _button(button: Button, place: int, locale: str) -> Json:
    action_id = f"{button.name}#{place}"  # two of a row may have one name: Previous and Next
    if length(action_id) > _ID:
        raise ValueError(f"{button.name[:40]}…: a button's name is at most {_ID - 3} characters")
    made: Json = {
        "type": "button",
        "action_id": action_id,
        "text": label(button.label, _BUTTON_LABEL),
        "value": button_value(button.values),
    }
    if button.style != "normal":
        made["style"] = button.style
    if button.asks and not button.asks.isspace():
        made["confirm"] = {
            "title": label(button.label, _ASK_TITLE),
            "text": label(button.asks, _ASK),
            "confirm": label(button.label, _ASK_BUTTON),
            "deny": label(translator(locale)("Cancel"), _ASK_BUTTON),
            "style": "danger" if button.style == "danger" else "primary",
        }
    return made


def button_value(values: Mapping[str, str]) -> str:
    """Return ``values`` as a button carries them; raises `ValueError` beyond 2,000 characters."""
    return packed(values, _BUTTON_VALUE)


def _pieces(text: str, longest: int, limit: int) -> list[str]:
    pieces = (piece.strip("\n") for piece in split(shorten(scrub(text), longest), limit))
    return [piece for piece in pieces if piece.strip()]


def _filled(measured: Sequence[tuple[int, _Line]], limit: int) -> list[list[_Line]]:
    """Return the lines in groups, each as long as ``limit`` allows."""
    groups: list[list[_Line]] = []
    room = 0
    for size, line in measured:
        if not groups or size > room:
            groups.append([])
            room = limit
        groups[-1].append(line)
        room -= size
    return groups


# --- fitting ---------------------------------------------------------------------------------------------------------


def weight(blocks: Sequence[Json]) -> int:
    """Return what Slack may count for ``blocks``: their JSON, and for each the id that it adds."""
    return sum(length(json.dumps(block, ensure_ascii=False, separators=(",", ":"))) + _BLOCK_ID for block in blocks)


def _fitted(parts_at: Callable[[int], list[list[Json]]], room: Room, locale: str) -> list[Json]:
    """Return the blocks of the first of `_LONGEST` that fits; else of the one that leaves out least, and a line that
    says how much.
    """
    fewest: tuple[int, list[Json]] | None = None
    for longest in _LONGEST:
        parts = parts_at(longest)
        shown = _fitting_parts(parts, room)
        left_out = sum(part != [divider()] for part in parts[shown:])
        if fewest is None or left_out < fewest[0]:
            fewest = left_out, [block for part in parts[:shown] for block in part]
        if not left_out:
            break
    left_out, blocks = fewest or (0, [])
    if left_out:
        while blocks and blocks[-1] == divider():
            blocks.pop()
        blocks.append(context(translator(locale)("Not shown for lack of room: {count}.", count=left_out)))
    return blocks


def _fitting_parts(parts: Sequence[Sequence[Json]], room: Room) -> int:
    """Return how many of ``parts`` fit; room is kept for the last line unless all do."""
    blocks = [0, *accumulate(map(len, parts))]
    weights = [0, *accumulate(map(weight, parts))]
    if blocks[-1] <= room.blocks and weights[-1] <= room.weight:
        return len(parts)
    return max(n for n in range(len(parts)) if blocks[n] < room.blocks and weights[n] <= room.weight - _NOTICE)
