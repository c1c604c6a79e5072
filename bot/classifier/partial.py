"""A file that is written for a long time: beside its place until it is whole, and to be gone on with if it was stopped.

Beside the part stands a small file that says what it is made from, how far it is, and how many bytes of it count. It is
replaced at once, and only when the bytes it counts are on the disk; what follows them is cut off.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, BinaryIO, Literal

from bot.classifier.piecework import Counts
from bot.classifier.tables import Problem
from bot.errors import FileBusy

Cause = Literal["", "source", "model", "program", "damaged"]

_BEGINNING = 1 << 20  # bytes of the source that are looked at
_EVERY = 2.0  # seconds between two records of how far it is


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """What a part is made from: a file, by its size, its time and its beginning, and by what model and program."""

    size: int
    modified: int
    beginning: str
    model: str
    program: str


@dataclass(frozen=True, slots=True)
class Start:
    """Where the writing starts: after so many rows, or anew because what there was does not fit any more."""

    rows: int = 0
    instead: Cause = ""


def made_from(source: Path, model: str, program: str) -> MadeFrom:
    """Return what would be made from ``source`` by the model and the program of these digests. Raises ``OSError``."""
    with source.open("rb") as stream:
        found = os.fstat(stream.fileno())
        beginning = hashlib.sha256(stream.read(_BEGINNING)).hexdigest()
    return MadeFrom(found.st_size, found.st_mtime_ns, beginning, model, program)


class Partial:
    """The part that is there: ``counts`` tells what has become of the first ``lines`` lines of the source."""

    def __init__(self, stream: BinaryIO, state: Path, origin: MadeFrom) -> None:
        self.start = Start()
        self.counts = Counts()
        self.lines = 0
        self._stream = stream
        self._state = state
        self._origin = origin
        self._written = 0
        self._saved = time.monotonic()

    def add(self, written: bytes, lines: int, counts: Counts) -> None:
        """Write what has been made from the next ``lines`` lines of the source; ``counts`` are those of all so far."""
        rest = memoryview(written)
        while rest:
            rest = rest[self._stream.write(rest) :]
        self._written += len(written)
        self.lines += lines
        self.counts = counts
        if time.monotonic() - self._saved >= _EVERY:
            self.save()

    def save(self) -> None:
        """Record how far it is."""
        os.fsync(self._stream.fileno())
        told = {
            "made_from": asdict(self._origin),
            "lines": self.lines,
            "written": self._written,
            "counts": asdict(self.counts),
        }
        coming = self._state.with_name(f"{self._state.name}.new")
        with coming.open("w", encoding="utf-8") as stream:
            json.dump(told, stream)
            stream.flush()
            os.fsync(stream.fileno())
        coming.replace(self._state)
        self._saved = time.monotonic()

    def go_on(self) -> None:
        """Go on where the record says, if there is one and it fits; otherwise begin anew."""
        try:
            told = json.loads(self._state.read_bytes())
            origin = MadeFrom(**told["made_from"])
            counts = _counts(told["counts"])
            lines, written = int(told["lines"]), int(told["written"])
        except FileNotFoundError:
            return
        except (ValueError, TypeError, KeyError, OSError):
            self.start = Start(instead="damaged")
            return
        unlike = self._unlike(origin)
        if not unlike and not 0 <= written <= os.fstat(self._stream.fileno()).st_size:
            unlike = "damaged"
        if unlike:
            self.start = Start(instead=unlike)
            return
        self.start = Start(counts.rows)
        self.counts, self.lines, self._written = counts, lines, written

    def _unlike(self, origin: MadeFrom) -> Cause:
        own = self._origin
        if (origin.size, origin.modified, origin.beginning) != (own.size, own.modified, own.beginning):
            return "source"
        if origin.model != own.model:
            return "model"
        return "" if origin.program == own.program else "program"

    def cut(self) -> None:
        """Cut off what is not recorded."""
        self._stream.truncate(self._written)
        self._stream.seek(self._written)

    @property
    def empty(self) -> bool:
        """Whether nothing has been written."""
        return not self._written


@contextmanager
def written_in_part(target: Path, origin: MadeFrom, *, restart: bool) -> Iterator[Partial]:
    """Give the part of ``target``, which takes its place when this ends well.

    If it does not, the part stays as far as it is recorded, unless it has no row. Raises ``FileBusy`` if somebody else
    writes it, and ``OSError``.
    """
    part, state = _beside(target)
    with _owned(part) as stream:
        partial = Partial(stream, state, origin)
        if not restart:
            partial.go_on()
        partial.cut()
        if partial.empty:
            state.unlink(missing_ok=True)
        try:
            yield partial
            os.fsync(stream.fileno())
            part.replace(target)
            state.unlink(missing_ok=True)
        except BaseException:
            if partial.counts.rows:
                with suppress(OSError):  # the disk may be full: then what was recorded last counts
                    partial.save()
            else:
                part.unlink(missing_ok=True)
                state.unlink(missing_ok=True)
            raise


def kept_rows(target: Path) -> int:
    """Return how many rows of ``target`` are there to be gone on with."""
    try:
        return int(json.loads(_beside(target)[1].read_bytes())["counts"]["rows"])
    except (OSError, ValueError, TypeError, KeyError):
        return 0


def _beside(target: Path) -> tuple[Path, Path]:
    return target.with_name(f".{target.name}.part"), target.with_name(f".{target.name}.part.json")


@contextmanager
def _owned(part: Path) -> Iterator[BinaryIO]:
    """Open the part for this process alone; a lock that goes with the process, however it ends."""
    number = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    with os.fdopen(number, "r+b", buffering=0) as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not part.exists() or not os.path.samestat(part.stat(), os.fstat(number)):
                raise BlockingIOError  # its owner has just made it the target
        except BlockingIOError as error:
            raise FileBusy(path=part) from error
        yield stream


def _counts(told: dict[str, Any]) -> Counts:
    numbers = {field.name: int(told[field.name]) for field in fields(Counts) if field.name not in _LISTS}
    return Counts(
        **numbers, problems=tuple(Problem(*one) for one in told["problems"]), replaced=tuple(told["replaced"])
    )


_LISTS = ("problems", "replaced")
