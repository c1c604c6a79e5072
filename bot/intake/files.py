"""Files of comments: what kind a file is, and its rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile
from zoneinfo import ZoneInfo

from bot.intake.delimited import read_delimited
from bot.intake.lines import SAMPLE, Lines
from bot.intake.rows import CommentRow, Problem, RowError, from_object
from bot.intake.workbook import read_workbook

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CHUNK = 1024 * 1024


def read_file(path: Path, *, timezone: str) -> Iterator[CommentRow | RowError]:
    """Yield the comments of a CSV, TSV, JSONL or XLSX file as they are read, and an error for each row that has none.

    What the file is shows in its content, not in its name. UTF-8, UTF-16 with a byte order mark and GB18030 are
    recognised. Times without a zone are local in ``timezone``, an IANA name. At no time is more than a line of a text
    file in memory, except what stands in quotes over several.

    Raises `Problem` with the first row when the file cannot be read at all, later when a workbook turns out damaged.
    """
    zone = ZoneInfo(timezone)
    try:
        file = path.open("rb")
    except (OSError, ValueError) as error:  # the latter for a NUL in the path
        raise _not_readable(error) from error
    with file:
        try:
            yield from _rows(file, path, zone)
        except OSError as error:
            raise _not_readable(error) from error


def _not_readable(error: OSError | ValueError) -> Problem:
    return Problem("not_readable", reason=error)


def _rows(file: BinaryIO, path: Path, zone: ZoneInfo) -> Iterator[CommentRow | RowError]:
    sample = file.read(SAMPLE)
    file.seek(0)
    if sample.startswith(_ZIP):
        return read_workbook(file, zone)
    if sample.startswith(_OLE):
        raise Problem("encrypted" if _contains(file, _ENCRYPTED) else "unknown_format")
    if _looks_binary(sample) and path.suffix.lower() not in _TEXT_SUFFIXES:
        raise Problem("unknown_format")
    lines = Lines(file)
    if _is_json(lines):
        return _read_json_lines(lines, zone)
    return read_delimited(lines, zone)


def _contains(file: BinaryIO, wanted: bytes) -> bool:
    overlap = b""
    while chunk := file.read(_CHUNK):
        seen = overlap + chunk
        if wanted in seen:
            return True
        overlap = seen[-len(wanted) :]
    return False


def _looks_binary(sample: bytes) -> bool:
    return b"\x00" in sample and not sample.startswith(_UTF16)


def _is_json(lines: Lines) -> bool:
    seen = []
    for line in lines:
        seen.append(line)
        if line.error or line.text.strip():
            break
    lines.give_back(seen)
    return bool(seen) and seen[-1].text.lstrip().startswith("{")


def _read_json_lines(lines: Lines, zone: ZoneInfo) -> Iterator[CommentRow | RowError]:
    for line in lines:
        if line.error:
            yield line.error
        elif line.text.strip():
            yield _from_json(line.number, line.text, zone)


def _from_json(number: int, text: str, zone: ZoneInfo) -> CommentRow | RowError:
    try:
        content = json.loads(text.rstrip())
    except json.JSONDecodeError as error:
        return RowError(number, "bad_json", str(error.colno))
    except (ValueError, RecursionError):  # a number of thousands of digits; thousands of brackets
        return RowError(number, "bad_json")
    return from_object(number, content, zone)


def count_rows(path: Path) -> int | None:
    """Return about how many rows `read_file` will go through, for a progress bar; None when it cannot be told cheaply.

    Counts the lines of a text file, so that comments of several lines count as several; takes a workbook at its word.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(_ZIP)) == _ZIP:
                return _stated_rows(file)
            file.seek(0)
            return _count_lines(file)
    except (OSError, ValueError, BadZipFile, NotImplementedError, RuntimeError, EOFError):
        return None


def _count_lines(file: BinaryIO) -> int:
    start = file.read(2)
    newline = {b"\xff\xfe": b"\n\x00", b"\xfe\xff": b"\x00\n"}.get(start, b"\n")
    count, last = 0, start
    while chunk := file.read(_CHUNK):
        count += chunk.count(newline)
        last = chunk
    unfinished = bool(last) and not last.endswith(newline)
    header = not start.startswith(b"{")
    return max(count + unfinished - header, 0)


def _stated_rows(file: BinaryIO) -> int | None:
    """Return the rows that the largest sheet says it has, without unpacking it."""
    with ZipFile(file) as archive:
        tops = [archive.open(name).read(4096) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    stated = [int(rows) for top in tops for rows in re.findall(rb'<dimension ref="[A-Z]+\d+:[A-Z]+(\d{1,7})"', top)]
    return max(stated) - 1 if stated else None
