"""CSV and TSV as they really come: with other delimiters, stray quotes and titles above the header."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import dropwhile, islice
from zoneinfo import ZoneInfo

from bot.intake.columns import HEADER_WITHIN, Column, header_merit, recognise
from bot.intake.lines import MAX_LINE, Line, Lines
from bot.intake.rows import CommentRow, Problem, RowError, clean, shown, to_comment

# The first occurs in no file and wins when a header is a single name: then every comma below is part of the words.
_DELIMITERS = ("\x1f", "\t", ",", ";", "|")

_MOST_LINES = 1000
"""Lines that a quoted field may go on for."""

# Quoted words may be as long as a line. The limit is one for the whole process; it is only ever raised.
csv.field_size_limit(max(csv.field_size_limit(), MAX_LINE))


@dataclass(frozen=True, slots=True)
class _Header:
    delimiter: str
    width: int
    columns: Mapping[Column, int]
    ends: int
    """Lines down to its end."""


@dataclass(frozen=True, slots=True)
class _Record:
    """The fields of a row and the lines they stood on; ``torn`` when its quotes did not close."""

    fields: tuple[str, ...]
    lines: tuple[Line, ...]
    torn: bool = False


def read_delimited(lines: Lines, zone: ZoneInfo) -> Iterator[CommentRow | RowError]:
    """Yield the rows below the header. Raises `Problem` when no header names a column of comments."""
    header = _find_header(lines)
    for line in lines:
        if line.error:
            yield line.error
        elif not _blank(line):
            row = _row(_record(line, lines, header.delimiter, header.width), header, zone)
            if row:
                yield row


def _row(record: _Record, header: _Header, zone: ZoneInfo) -> CommentRow | RowError | None:
    number = record.lines[0].number
    found = len(record.fields)
    if not any(map(clean, record.fields)):
        return None
    if found != header.width and (record.torn or found > header.width or found <= header.columns["text"]):
        return RowError(number, "bad_columns", f"{found}/{header.width}")
    cells = {column: record.fields[index] for column, index in header.columns.items() if index < found}
    return to_comment(number, cells, zone)


def _find_header(lines: Lines) -> _Header:
    """Find the delimiter and the line that name most columns, and go on to what is below it."""
    top = list(islice(dropwhile(_blank, lines), HEADER_WITHIN))
    if not top:
        raise Problem("empty_file")
    lines.give_back(top)
    candidates = [
        _candidate(line, lines, delimiter, above)
        for above, line in enumerate(islice(lines, len(top)))
        for delimiter in _DELIMITERS
    ]
    best = max(candidates, key=_merit)
    if "text" not in best.columns:
        raise _no_text_column(top)
    lines.give_back(top)
    for _ in range(best.ends):
        next(lines)
    return best


def _candidate(line: Line, lines: Lines, delimiter: str, above: int) -> _Header:
    record = _record(line, lines, delimiter, None)
    lines.give_back(record.lines[1:])
    return _Header(delimiter, len(record.fields), recognise(record.fields), above + len(record.lines))


def _merit(header: _Header) -> tuple[bool, int, int, int]:
    return *header_merit(header.columns), -header.ends, header.width


def _no_text_column(top: list[Line]) -> Problem:
    first = next((line for line in top if not line.error), None)
    if first is None:
        return Problem("unknown_format")
    names = max((first.text.split(delimiter) for delimiter in _DELIMITERS), key=len)
    return Problem("no_text_column", headers=tuple(shown(clean(name)) for name in names[:20]))


def _blank(line: Line) -> bool:
    return not line.error and not clean(line.text)


def _record(line: Line, lines: Lines, delimiter: str, width: int | None) -> _Record:
    """Read the row that begins with ``line``, and goes on in ``lines`` when a quoted field does.

    Where quoting leads nowhere, because a quote stands for itself, the line is taken as it is written.
    """
    written = _without_empty_tail(tuple(line.text.rstrip("\r\n").split(delimiter)), width)
    if '"' not in line.text:
        return _Record(written, (line,))
    taken = [line]
    reader = csv.reader(_texts(taken, lines), delimiter=delimiter, strict=True)
    try:
        fields = _without_empty_tail(tuple(next(reader)), width)
    except csv.Error:
        fields = None
    if fields is not None and (len(taken) == 1 or width in (None, len(fields))):
        return _Record(fields, tuple(taken))
    lines.give_back(taken[1:])
    return _Record(written, (line,), torn=True)


def _texts(taken: list[Line], lines: Lines) -> Iterator[str]:
    """Yield the text of the line taken and of as many more as are asked for, within reason."""
    yield taken[0].text
    length = len(taken[0].text)
    for line in islice(lines, _MOST_LINES):
        taken.append(line)
        length += len(line.text)
        if line.error or length > MAX_LINE:
            return
        yield line.text


def _without_empty_tail(fields: tuple[str, ...], width: int | None) -> tuple[str, ...]:
    """Return ``fields`` without the empty ones that some programs add beyond the last column."""
    if width is not None and len(fields) > width and not any(fields[width:]):
        return fields[:width]
    return fields
