"""Files of comments, row by row: CSV, TSV and JSONL, in the encodings that Chinese spreadsheets write.

A bad row never stops a file: it comes with the reason why it cannot be tagged, and is written back as far as it can be.
A file is divided into pieces of whole rows that can be read one by one, in any order and anywhere.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from bot.errors import TableKindUnknown, TableWithoutText

TEXT = "text"
"""The column that holds the comment."""

LARGEST_CELL = 1 << 24
"""Characters of a cell of a CSV file; an unclosed quotation mark must not swallow a whole file."""

_FORMATS = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BLOCK = 1 << 20  # bytes
_FEW = 0.05  # share of characters outside ASCII that may be broken in a file that is UTF-8 all the same


Added = Sequence[object] | None
"""What is added to a row, None where it cannot be tagged."""


class Problem(NamedTuple):
    """Why a row cannot be tagged: a code, and what was found and expected where that helps.

    ``line`` counts rows from 1, blank ones and the header too, as a spreadsheet does; in JSONL it is the line.
    """

    code: str
    line: int
    value: int = 0
    expected: int = 0


class Row(NamedTuple):
    """One row as it was read. ``text`` is None where it cannot be tagged, and ``problem`` says why.

    ``content`` is a list of cells, for JSONL an object, or None where there is nothing that could be written back.
    """

    line: int
    content: Any
    text: str | None
    problem: Problem | None = None


class Piece(NamedTuple):
    """Some whole rows of a file: their text, how many lines of the file it is, and where in the file it ends, in bytes.

    The end runs ahead by what the file's reader has buffered; it is for showing progress.
    """

    text: str
    lines: int
    end: int


def format_of(path: Path) -> str:
    """Return ``csv``, ``tsv`` or ``jsonl`` by the ending of the file's name. Raises ``TableKindUnknown``."""
    found = _FORMATS.get(path.suffix.lower())
    if found is None:
        raise TableKindUnknown(file=path.name, endings=tuple(_FORMATS))
    return found


def encoding_of(path: Path) -> str:
    """Return the encoding of a file: by its mark, else UTF-8 if it is (nearly) that, else GB18030."""
    with path.open("rb") as stream:
        start = stream.read(4)
        for mark, encoding in _BOMS:
            if start.startswith(mark):
                return encoding
        stream.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        block = b""
        try:
            while block := stream.read(_BLOCK):
                decoder.decode(block)
        except UnicodeDecodeError:
            told = [character for character in block.decode("utf-8", "replace") if character > "\x7f"]
            return "utf-8" if told.count("\ufffd") <= _FEW * len(told) else "gb18030"
    return "utf-8"


def open_text(path: Path) -> TextIO:
    """Open a file for reading in its encoding. Bytes that are not UTF-8 are kept as they are, to be written back."""
    encoding = encoding_of(path)
    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    return path.open(encoding=encoding, errors=errors, newline="")


class _Ended(Exception):
    """The lines are at an end."""


@dataclass(frozen=True, slots=True)
class Delimited:
    """How the rows of a CSV file look, or of a TSV file, which has no quoting.

    ``header`` are the names of its columns, ``kept`` the places of those that are written back.
    """

    quoted: bool
    header: tuple[str, ...]
    text: int
    kept: tuple[int, ...]

    @property
    def replaced(self) -> tuple[str, ...]:
        """The columns that are not written back, because tagging adds columns of these names."""
        return tuple(name for at, name in enumerate(self.header) if at not in self.kept)

    def whole(self, lines: list[str]) -> int:
        """Return how many of ``lines``, which begin with a row, are whole rows."""
        if not self.quoted:
            count = len(lines)
            while count and _open(lines[count - 1]):
                count -= 1
            return count
        if not any('"' in line for line in lines):
            return len(lines)
        count = 0
        reader = self._reader(_then_ended(lines))
        while True:
            try:
                next(reader)
            except csv.Error:
                pass  # a bad row, which ends here
            except _Ended:
                return count
            count = reader.line_num

    def rows(self, text: str) -> Iterator[Row]:
        """Yield the rows of a piece's ``text``, numbered from 1; blank ones are empty."""
        stream = io.StringIO(text, newline="")
        lines = self._reader(stream) if self.quoted else _unquoted(stream)
        width, at = len(self.header), self.text
        number = 0
        while True:
            number += 1
            try:
                cells = next(lines)
            except StopIteration:
                return
            except csv.Error:  # of all its reasons only one can be met: a cell beyond the limit
                yield Row(number, None, None, Problem("cell_too_long", number, LARGEST_CELL))
                continue
            if not cells or (cells == [""] and width > 1):
                yield Row(number, None, None)
            elif len(cells) == width:
                yield Row(number, cells, cells[at])
            else:
                yield Row(number, cells, None, Problem("cells", number, len(cells), width))

    def first_line(self, columns: Sequence[str]) -> str:
        """Return the header line with ``columns`` added."""
        return self._lines_of([[*(self.header[at] for at in self.kept), *columns]])

    def lines(self, rows: Iterable[tuple[Any, Added]], columns: Sequence[str]) -> str:
        """Return the lines of rows, told by their content, with what is added to each under ``columns``.

        Cells beyond the header's stay at the end.
        """
        nothing = [""] * len(columns)
        width, kept = len(self.header), self.kept
        told = []
        for content, added in rows:
            if len(content) == len(kept):  # as many as there are, and all stay
                told.append([*content, *(nothing if added is None else added)])
                continue
            cells = [*content, *[""] * (width - len(content))]
            told.append([*(cells[at] for at in kept), *(nothing if added is None else added), *cells[width:]])
        return self._lines_of(told)

    def _lines_of(self, rows: list[list[Any]]) -> str:
        if not self.quoted:
            return "".join(["\t".join(map(str, cells)) + "\n" for cells in rows])
        lines = io.StringIO()
        csv.writer(lines, lineterminator="\n").writerows(rows)
        return lines.getvalue()

    def _reader(self, lines: Iterable[str]) -> Any:
        csv.field_size_limit(max(csv.field_size_limit(), LARGEST_CELL))  # one for the whole process, only ever raised
        return csv.reader(lines)


@dataclass(frozen=True, slots=True)
class JsonLines:
    """How the rows of a JSONL file look: one object a line. What it says under the name of a column is replaced."""

    replaced: tuple[str, ...] = ()

    def whole(self, lines: list[str]) -> int:
        """Return how many of ``lines`` are whole rows: all."""
        return len(lines)

    def rows(self, text: str) -> Iterator[Row]:
        """Yield the rows of a piece's ``text``, numbered from 1; blank ones are empty."""
        for number, line in enumerate(io.StringIO(text, newline=""), start=1):
            if not line.strip():
                yield Row(number, None, None)
                continue
            try:
                content = json.loads(line)
            except json.JSONDecodeError as error:
                yield Row(number, None, None, Problem("not_json", number, error.pos + 1))
                continue
            except (ValueError, RecursionError):  # a number of thousands of digits, thousands of brackets
                yield Row(number, None, None, Problem("extreme_json", number))
                continue
            told = content.get(TEXT) if isinstance(content, dict) else None
            if isinstance(told, str):
                yield Row(number, content, told)
            else:
                yield Row(number, content, None, Problem("no_text", number))

    def first_line(self, columns: Sequence[str]) -> str:
        """Return nothing: JSONL has no header."""
        return ""

    def lines(self, rows: Iterable[tuple[Any, Added]], columns: Sequence[str]) -> str:
        """Return the lines of rows, told by their content, with what is added to each under ``columns``."""
        return "".join([self._line(content, added, columns) for content, added in rows])

    def _line(self, content: Any, added: Added, columns: Sequence[str]) -> str:
        if added is not None:
            content = {**content, **dict(zip(columns, added, strict=True))}
        line = json.dumps(content, ensure_ascii=False)
        try:
            line.encode()
        except UnicodeEncodeError:  # half a surrogate pair, which only an escape can write
            line = json.dumps(content)
        return line + "\n"


Table = Delimited | JsonLines


def table(stream: TextIO, kind: str, columns: Sequence[str]) -> Table:
    """Return how the rows of an open file look, of the kind that ``format_of`` told, and read its header if it has one.

    ``columns`` are going to be added. Raises ``TableWithoutText``.
    """
    if kind == "jsonl":
        return JsonLines()
    quoted = kind == "csv"
    try:
        header = next(csv.reader(stream) if quoted else _unquoted(stream), [])
    except csv.Error:  # an unclosed quotation mark
        header = []
    names = [name.strip().lower() for name in header]
    if TEXT not in names:
        raise TableWithoutText(column=TEXT)
    kept = tuple(at for at, name in enumerate(header) if name.strip() not in columns)
    return Delimited(quoted, tuple(header), names.index(TEXT), kept)


def pieces(stream: TextIO, rows: Table, size: int) -> Iterator[Piece]:
    """Yield the rest of an open file in pieces of whole rows, of about ``size`` characters or one longer row."""
    lines: list[str] = []
    while more := stream.readlines(max(size, sum(map(len, lines)))):  # twice as much each time a row does not end
        lines += more
        count = rows.whole(lines)
        if count:
            yield _piece(stream, lines[:count])
            del lines[:count]
    if lines:
        yield _piece(stream, lines)


def _piece(stream: TextIO, lines: list[str]) -> Piece:
    return Piece("".join(lines), len(lines), stream.buffer.tell())


def _then_ended(lines: Iterable[str]) -> Iterator[str]:
    yield from lines
    raise _Ended


def _unquoted(stream: Iterable[str]) -> Iterator[list[str]]:
    pending = ""
    for line in stream:
        if _open(line):
            pending += line
            continue
        yield (pending + line).rstrip("\r\n").split("\t")
        pending = ""
    if pending:
        yield pending.rstrip("\r\n").split("\t")


def _open(line: str) -> bool:
    """Return whether a line without quoting goes on: a carriage return by itself belongs to its cell."""
    return line.endswith("\r")
