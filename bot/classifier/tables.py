"""Files of comments, row by row: CSV, TSV and JSONL, in the encodings that Chinese spreadsheets write.

A bad row never stops a file: it comes with the reason why it cannot be tagged, and is written back as far as it can be.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from bot.errors import TableKindUnknown, TableWithoutText

TEXT = "text"
"""The column that holds the comment."""

_FORMATS = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BLOCK = 1 << 20  # bytes
_LARGEST_CELL = 1 << 24  # characters; an unclosed quotation mark must not swallow a whole file
_FEW = 0.05  # share of characters outside ASCII that may be broken in a file that is UTF-8 all the same


Added = Sequence[object] | None
"""What is added to a row, None where it cannot be tagged."""


class Row(NamedTuple):
    """One row as it was read. ``text`` is None where it cannot be tagged, and ``reason`` says why.

    ``content`` is a list of cells, for JSONL an object, or None where there is nothing that could be written back.
    """

    line: int
    content: Any
    text: str | None
    reason: str = ""


class Problem(NamedTuple):
    """A row that could not be tagged: where it stands and why, for the log."""

    file: str
    line: int
    reason: str


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


class Delimited:
    """Rows of a CSV file, or of a TSV file, which has no quoting."""

    def __init__(self, stream: TextIO, *, quoted: bool) -> None:
        """Read the header line. Raises ``TableWithoutText`` if there is no ``text`` column."""
        self._quoted = quoted
        csv.field_size_limit(max(csv.field_size_limit(), _LARGEST_CELL))  # one for the whole process, only ever raised
        self._lines = csv.reader(stream) if quoted else _unquoted(stream)
        self._header = next(self._lines, [])
        names = [name.strip().lower() for name in self._header]
        if TEXT not in names:
            raise TableWithoutText(column=TEXT)
        self._text = names.index(TEXT)
        self._width = len(names)
        self._kept: list[int] = list(range(self._width))

    def replaces(self, columns: Sequence[str]) -> list[str]:
        """Leave out the columns that ``columns`` replace, and return their names."""
        self._kept = [at for at, name in enumerate(self._header) if name.strip() not in columns]
        return [name for at, name in enumerate(self._header) if at not in self._kept]

    def rows(self) -> Iterator[Row]:
        """Yield the rows; blank lines are passed over."""
        number = 1
        while True:
            number += 1
            try:
                cells = next(self._lines)
            except StopIteration:
                return
            except csv.Error as error:
                yield Row(number, None, None, f"not a row of the file ({error})")
                continue
            if not cells or (cells == [""] and self._width > 1):
                continue
            if len(cells) == self._width:
                yield Row(number, cells, cells[self._text])
            else:
                yield Row(number, cells, None, f"{len(cells)} cells instead of {self._width}")

    def header(self, columns: Sequence[str]) -> str:
        """Return the header line with ``columns`` added."""
        return self._lines_of([[*(self._header[at] for at in self._kept), *columns]])

    def lines(self, rows: Iterable[tuple[Any, Added]], columns: Sequence[str]) -> str:
        """Return the lines of rows, told by their content, with what is added to each under ``columns``.

        Cells beyond the header's stay at the end.
        """
        nothing = [""] * len(columns)
        width, kept = self._width, self._kept
        told = []
        for content, added in rows:
            if len(content) == len(kept):  # as many as there are, and all stay
                told.append([*content, *(nothing if added is None else added)])
                continue
            cells = [*content, *[""] * (width - len(content))]
            told.append([*(cells[at] for at in kept), *(nothing if added is None else added), *cells[width:]])
        return self._lines_of(told)

    def _lines_of(self, rows: list[list[Any]]) -> str:
        if not self._quoted:
            return "".join(["\t".join(map(str, cells)) + "\n" for cells in rows])
        lines = io.StringIO()
        csv.writer(lines, lineterminator="\n").writerows(rows)
        return lines.getvalue()


class JsonLines:
    """Rows of a JSONL file: one object a line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def replaces(self, columns: Sequence[str]) -> list[str]:
        """Return nothing: what an object already says under a name in ``columns`` is replaced, row by row."""
        return []

    def rows(self) -> Iterator[Row]:
        """Yield the rows; blank lines are passed over."""
        for number, line in enumerate(self._stream, start=1):
            if not line.strip():
                continue
            try:
                content = json.loads(line)
            except (ValueError, RecursionError) as error:
                yield Row(number, None, None, f"not JSON ({error})")
                continue
            text = content.get(TEXT) if isinstance(content, dict) else None
            if isinstance(text, str):
                yield Row(number, content, text)
            else:
                yield Row(number, content, None, f"no object with a {TEXT}")

    def header(self, columns: Sequence[str]) -> str:
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


def table(stream: TextIO, kind: str) -> Delimited | JsonLines:
    """Return the rows of an open file of the kind that ``format_of`` told. Raises ``TableWithoutText``."""
    return JsonLines(stream) if kind == "jsonl" else Delimited(stream, quoted=kind == "csv")


def _unquoted(stream: TextIO) -> Iterator[list[str]]:
    pending = ""
    for line in stream:
        if line.endswith("\r"):  # a carriage return by itself belongs to its cell
            pending += line
            continue
        yield (pending + line).rstrip("\r\n").split("\t")
        pending = ""
    if pending:
        yield pending.rstrip("\r\n").split("\t")
