"""The lines of a text file in whatever encoding it has, one at a time and never more than one in memory."""

from __future__ import annotations

import codecs
import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from bot.intake.rows import Problem, RowCode, RowError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SAMPLE = 256 * 1024
"""Bytes by which format and encoding are recognised."""
MAX_LINE = 1024 * 1024
"""Bytes of one line, in UTF-8 where the file is UTF-16."""

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its end; ``error`` when it could not be read."""

    number: int
    text: str
    error: RowError | None = None


class Lines(Iterator[Line]):
    """The lines of ``file``, which stands at its beginning; `give_back` puts some before the next."""

    def __init__(self, file: BinaryIO) -> None:
        sample = file.read(SAMPLE)
        file.seek(0)
        self._encoding = _encoding(sample)
        self._file = _as_bytes_lines(file, sample)
        self._ahead: deque[Line] = deque()
        self._number = 0

    def __next__(self) -> Line:
        return self._ahead.popleft() if self._ahead else self._read()

    def give_back(self, lines: Iterable[Line]) -> None:
        """Let ``lines`` come again, in their order."""
        self._ahead.extendleft(reversed(list(lines)))

    def _read(self) -> Line:
        raw = self._file.readline(MAX_LINE + 1)
        if not raw:
            raise StopIteration
        self._number += 1
        if len(raw) > MAX_LINE:
            while raw and not raw.endswith(b"\n"):
                raw = self._file.readline(MAX_LINE)
            return self._unreadable("line_too_long", str(MAX_LINE))
        if self._encoding is None and not raw.isascii():
            self._encoding = "utf-8" if _decodes(raw, "utf-8") or not _decodes(raw, "gb18030") else "gb18030"
        encoding = self._encoding or "utf-8"
        try:
            text = raw.decode(encoding, "surrogatepass" if encoding == "utf-8" else "strict")
        except UnicodeDecodeError as error:
            return self._unreadable("bad_encoding", raw[error.start : error.start + 4].hex(" "))
        return Line(self._number, text.removeprefix("\ufeff") if self._number == 1 else text)

    def _unreadable(self, code: RowCode, value: str) -> Line:
        return Line(self._number, "", RowError(self._number, code, value))


def _encoding(sample: bytes) -> str | None:
    """Return ``utf-8`` or ``gb18030``, whichever most lines with Chinese in them are; None when there is no such line.

    UTF-16 is recoded to UTF-8. UTF-8 often happens to be valid GB18030, hardly ever the other way round: UTF-8 is asked
    first.
    """
    if sample.startswith(_UTF16):
        return "utf-8"
    telling = [line for line in sample.splitlines(keepends=True) if not line.isascii()]
    if not telling:
        return None
    for encoding in ("utf-8", "gb18030"):
        # The sample may end inside a character; a line does not.
        decoded = [_decodes(line, encoding, whole=line.endswith((b"\r", b"\n"))) for line in telling]
        if 2 * sum(decoded) >= len(telling):
            return encoding
    raise Problem("unknown_format")


def _decodes(line: bytes, encoding: str, *, whole: bool = True) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(line, final=whole)
    except UnicodeDecodeError:
        return False
    return True


def _as_bytes_lines(file: BinaryIO, sample: bytes) -> BinaryIO:
    """Return ``file`` with lines that end in the byte ``\\n``."""
    if sample.startswith(_UTF16):
        decoder = codecs.getincrementaldecoder("utf-16")("surrogatepass")

        def recode(chunk: bytes) -> bytes:
            return decoder.decode(chunk).encode("utf-8", "surrogatepass")  # half a character at the end is dropped

        return io.BufferedReader(_Recoded(file, recode))
    if b"\n" not in sample and b"\r" in sample:
        return io.BufferedReader(_Recoded(file, lambda chunk: chunk.replace(b"\r", b"\n")))
    return file


class _Recoded(io.RawIOBase):
    """``file`` seen through ``recode``, which is called for every chunk and with nothing at the end."""

    def __init__(self, file: BinaryIO, recode: Callable[[bytes], bytes]) -> None:
        self._file = file
        self._recode = recode
        self._ready = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        while not self._ready and not self._ended:
            chunk = self._file.read(_CHUNK)
            self._ended = not chunk
            self._ready = self._recode(chunk)
        target = memoryview(buffer)
        taken, self._ready = self._ready[: len(target)], self._ready[len(target) :]
        target[: len(taken)] = taken
        return len(taken)
