"""Comments in Excel workbooks (XLSX): openpyxl reads row by row, after a look at what the archive would unpack to."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import islice
from typing import IO, TYPE_CHECKING
from zipfile import ZipFile
from zoneinfo import ZoneInfo

from bot.intake.columns import HEADER_WITHIN, Column, header_merit, recognise
from bot.intake.rows import CommentRow, Problem, RowError, shown, to_comment, to_text

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MAX_UNPACKED = 256 * 1024 * 1024
"""Bytes of everything in the archive."""
MAX_RATIO = 100
"""Of a part's size to its compressed size; Apache POI draws the line for bombs there too. Real sheets have 5 to 40."""
MAX_ROWS = 1_048_576
"""Rows of a sheet, Excel's own limit."""

Row = tuple[object, ...]

_ERRORS = frozenset({"#N/A", "#VALUE!", "#REF!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
_SMALL = 1024 * 1024
_MAX_PARTS = 10_000
_CHUNK = 64 * 1024
# Office writes none, and entities declared there can unfold to any size. The second is UTF-16 in either byte order.
_DOCTYPES = (b"<!DOCTYPE", b"<\0!\0D\0O\0C\0T\0Y\0P\0E")


def read_workbook(file: IO[bytes], zone: ZoneInfo) -> Iterator[CommentRow | RowError]:
    """Yield the comments of the first sheet that has a column of them; formulas count as the value last saved.

    Raises `Problem`, possibly after rows, for what is damaged further down.
    """
    try:
        with ZipFile(file) as archive:
            _check(archive)
        yield from _comments(file, zone)
    except (Problem, MemoryError):
        raise
    except Exception as error:  # a damaged part can raise anything: KeyError, ParseError, zlib.error …
        if isinstance(error, OSError) and error.errno:  # the disk's fault
            raise
        raise Problem("corrupt") from error


def _check(archive: ZipFile) -> None:
    parts = archive.infolist()
    names = set(archive.namelist())
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Problem("unknown_format")
    if any(part.flag_bits & 1 for part in parts):
        raise Problem("encrypted")
    if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Problem("too_large", limit=MAX_UNPACKED // 1024**2)
    for part in parts:
        if part.file_size > _SMALL and part.file_size > MAX_RATIO * part.compress_size:
            raise Problem("too_large", limit=MAX_UNPACKED // 1024**2)
        with archive.open(part) as content:
            _refuse_document_type(content)


def _refuse_document_type(content: IO[bytes]) -> None:
    overlap = b""
    while chunk := content.read(_CHUNK):
        seen = overlap + chunk
        if any(mark in seen for mark in _DOCTYPES):
            raise Problem("corrupt")
        overlap = seen[-max(map(len, _DOCTYPES)) :]


def _comments(file: IO[bytes], zone: ZoneInfo) -> Iterator[CommentRow | RowError]:
    # Imported here: a server that only serves does not need it.
    from openpyxl import load_workbook

    # It warns of everything it does not keep, such as drop-down lists; nobody asked it to keep them.
    warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
    workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    names: tuple[str, ...] = ()
    for sheet in workbook.worksheets:
        sheet.reset_dimensions()  # some programs write a wrong size, and rows beyond it would be left out
        first = list(islice(_filled_rows(sheet), HEADER_WITHIN))
        header = max(first, key=lambda row: header_merit(recognise(row[1])), default=(0, ()))
        if "text" in recognise(header[1]):
            yield from _rows_below(sheet, *header, zone)
            return
        names = names or tuple(shown(to_text(cell) or "") for _, row in first[:1] for cell in row[:20] if cell)
    if not names:
        raise Problem("empty_file")
    raise Problem("no_text_column", headers=names)


def _rows_below(sheet: ReadOnlyWorksheet, header: int, headers: Row, zone: ZoneInfo) -> Iterator[CommentRow | RowError]:
    columns = recognise(headers)
    for number, row in _filled_rows(sheet, min_row=header + 1, max_col=max(columns.values()) + 1):
        cells = {column: row[index] for column, index in columns.items()}
        yield to_comment(number, {column: _unless_error(column, value) for column, value in cells.items()}, zone)


def _filled_rows(sheet: ReadOnlyWorksheet, min_row: int = 1, max_col: int | None = None) -> Iterator[tuple[int, Row]]:
    """Yield number and values of the rows that have any."""
    rows = sheet.iter_rows(min_row=min_row, max_col=max_col, values_only=True)
    for number, row in enumerate(rows, start=min_row):
        if number > MAX_ROWS:
            raise Problem("too_large", limit=MAX_ROWS, unit="rows")
        if any(cell is not None and cell != "" for cell in row):
            yield number, row


def _unless_error(column: Column, value: object) -> object:
    """Return None for the error of a formula, such as a look-up of the agent that failed; a wrong time stays wrong."""
    return None if value in _ERRORS and column not in ("time", "date") else value
