"""A customer comment as it came in, and the errors around it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from bot.intake.columns import Column, recognise
from bot.intake.times import read_time

MAX_TEXT = 10_000
"""Characters of one comment."""
MAX_FIELD = 200
"""Characters of every other field."""
MAX_SHOWN = 40
"""Characters of the value that a `RowError` repeats."""

RowCode = Literal[
    "text_missing",  # value: empty
    "text_too_long",  # its number of characters
    "field_too_long",  # the field's name: id, agent, channel, customer
    "bad_field",  # the field's name; a list, an object or true where words belong
    "bad_time",  # the time as written
    "bad_columns",  # "found/expected" number of columns
    "bad_json",  # the column where reading stopped, or empty
    "bad_encoding",  # the undecodable bytes in hexadecimal
    "line_too_long",  # the limit in bytes
    "too_large",  # webhook only: the body's bytes
    "too_many_rows",  # webhook only: the number of comments
]

ProblemCode = Literal[
    "not_readable",  # reason: the exception
    "empty_file",
    "unknown_format",
    "no_text_column",  # headers: those found
    "encrypted",
    "corrupt",
    "too_large",  # limit: in megabytes, or unit="rows"
]


@dataclass(frozen=True, slots=True)
class CommentRow:
    """One comment, cleaned of control characters but not masked."""

    line: int
    """Where it stood: the line of a text file, the row of a sheet, the place in a webhook body, from 1."""
    text: str
    external_id: str | None = None
    agent: str | None = None
    """As written: a name, a staff number or an @mention."""
    occurred_at: datetime | None = None
    """In UTC."""
    channel: str | None = None
    customer: str | None = None


@dataclass(frozen=True, slots=True)
class RowError:
    """Why one row was left out. ``value`` helps to find it; it holds no comment, but a ``bad_time`` is as written."""

    line: int
    code: RowCode
    value: str = ""


class Problem(Exception):
    """Why a whole file cannot be read: a code, and what its message is filled with."""

    def __init__(self, code: ProblemCode, **data: object) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


def to_comment(line: int, cells: Mapping[Column, object], zone: ZoneInfo) -> CommentRow | RowError:
    """Return the row of ``cells``, values as a file or JSON holds them; naive times are local in ``zone``."""
    fields = {column: to_text(cells.get(column)) for column in ("text", "id", "agent", "channel", "customer")}
    for column, value in fields.items():
        if value is None:
            return RowError(line, "bad_field", column)
    text = fields.pop("text")
    if not text:
        return RowError(line, "text_missing")
    if len(text) > MAX_TEXT:
        return RowError(line, "text_too_long", str(len(text)))
    for column, value in fields.items():
        if len(value or "") > MAX_FIELD:
            return RowError(line, "field_too_long", column)
    written = _written_time(cells)
    try:
        occurred_at = read_time(written, zone) if written != "" else None
    except ValueError:
        return RowError(line, "bad_time", shown(to_text(written) or ""))
    return CommentRow(
        line=line,
        text=text,
        external_id=fields["id"] or None,
        agent=fields["agent"] or None,
        occurred_at=occurred_at,
        channel=fields["channel"] or None,
        customer=fields["customer"] or None,
    )


def from_object(number: int, content: object, zone: ZoneInfo) -> CommentRow | RowError:
    """Return the comment of parsed JSON, an object whose keys are named as columns are."""
    if not isinstance(content, dict):
        return RowError(number, "bad_json", "1")
    keys = list(content)
    return to_comment(number, {column: content[keys[index]] for column, index in recognise(keys).items()}, zone)


def _written_time(cells: Mapping[Column, object]) -> object:
    """Return the time as written; a day in one column and the clock in another are joined."""
    moment, day = (_trimmed(cells.get(column)) for column in ("time", "date"))
    if moment == "" or day == "":
        return day if moment == "" else moment
    if isinstance(moment, time) or (isinstance(moment, str) and not re.search(r"\d{4}", moment)):
        return f"{str(day).removesuffix(' 00:00:00')} {moment}"
    return moment


def _trimmed(value: object) -> object:
    if value is None:
        return ""
    return clean(value) if isinstance(value, str) else value


def to_text(value: object) -> str | None:
    """Return a cell as words, empty for none; None for what cannot be words."""
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else repr(value)
    if isinstance(value, int | date | time):
        return str(value)
    return None


_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Return ``text`` without control characters, with ``\\n`` line ends, trimmed, and fit for every encoding.

    Halves of surrogate pairs, as some databases export emoji, are joined; a lonely half becomes ``\\ufffd``.
    """
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def shown(value: str) -> str:
    """Return ``value`` cut to what an error repeats."""
    return value if len(value) <= MAX_SHOWN else value[: MAX_SHOWN - 1] + "…"
