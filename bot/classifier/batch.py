"""Tagging a file of comments with every core: read in order, tagged in processes, written in order, in flat memory."""

from __future__ import annotations

import gc
import os
import secrets
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TextIO, cast

from bot.classifier.corpus import LABELS
from bot.classifier.predict import Tagger
from bot.classifier.tables import Delimited, JsonLines, Problem, Row, format_of, open_text, table
from bot.errors import FileUnreadable, TableKindDiffers
from bot.tags import ORDER, Tagging, Tier

COLUMNS = (*LABELS, "confidence")
"""The columns that tagging adds, with the values that ``models/corpus/README.md`` gives them; the confidence to four
places.
"""

Progress = Callable[[int, float], None]
"""Told how many rows are written and what share of the file is read, 0 to 1."""

_CHUNK = 512  # rows that go to a process together
_AHEAD = 2  # chunks that wait for each process
_HELD = 64  # chunks that are done and wait for one before them, at most
_TIER = COLUMNS.index("tier")
_LISTED = 100  # problems that are told in full

_Said = tuple[int | float | str, ...]  # values of COLUMNS


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of a file: its rows, how many were tagged and as what, and which were bad.

    ``bad`` counts every bad row, ``problems`` tells the first hundred. ``replaced`` names the columns that were there
    already and were replaced.
    """

    rows: int
    tagged: int
    praise: int
    highlights: int
    bad: int
    problems: tuple[Problem, ...]
    replaced: tuple[str, ...]


def tag_file(
    source: Path, target: Path, model_path: Path, *, processes: int | None = None, progress: Progress | None = None
) -> Counts:
    """Tag the ``text`` column of a CSV, TSV or JSONL file and write it, with ``COLUMNS`` added, to ``target``.

    Other columns stay as they are. The target has the source's format, is UTF-8 (with a mark if the source was anything
    but plain UTF-8) and appears only when it is complete; it may be the source. ``processes`` is by default the number
    of cores; a small file is tagged in this process. Bad rows are written without tags, or left out where there is
    nothing to write.

    Raises ``ModelUnusable``, ``FileUnusable``, or ``OSError`` if the disk is full or the folder cannot be written to.
    """
    kind = format_of(source)
    if target.suffix and target.suffix != source.suffix and format_of(target) != kind:
        raise TableKindDiffers(file=source.name, kind=kind.upper(), ending=source.suffix)
    tagger = Tagger.load(model_path)
    try:
        size = max(1, source.stat().st_size)
        reading = open_text(source)
    except OSError as error:
        raise FileUnreadable(path=source, reason=error) from error
    with reading:
        rows = table(reading, kind)
        replaced = rows.replaces(COLUMNS)
        tally = _Tally(source.name)
        plain = reading.encoding == "utf-8"
        with _written_at_once(target, "utf-8" if plain else "utf-8-sig") as writing:
            writing.write(rows.header(COLUMNS))
            for chunk, said in _tagged(rows, tagger, model_path, processes or os.cpu_count() or 1):
                writing.write(_lines(rows, chunk, said, tally))
                if progress:
                    progress(tally.rows, min(1.0, reading.buffer.tell() / size))
    return tally.counts(replaced)


class _Tally:
    """Counts the rows of one file as they are written."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.rows = self._tagged = self._praise = self._highlights = self._bad = 0
        self._problems: list[Problem] = []

    def add(self, row: Row, said: _Said | None) -> None:
        self.rows += 1
        if said is None:
            self._bad += 1
            if len(self._problems) < _LISTED:
                self._problems.append(Problem(self._file, row.line, row.reason))
        else:
            self._tagged += 1
            self._praise += said[0] == 1
            self._highlights += said[_TIER] == Tier.HIGHLIGHT

    def counts(self, replaced: Sequence[str]) -> Counts:
        return Counts(
            self.rows,
            self._tagged,
            self._praise,
            self._highlights,
            self._bad,
            tuple(self._problems),
            tuple(replaced),
        )


def _lines(rows: Delimited | JsonLines, chunk: list[Row], said: list[_Said], tally: _Tally) -> str:
    answers = iter(said)
    told: list[tuple[Any, _Said | None]] = []
    for row in chunk:
        answer = None if row.text is None else next(answers)
        tally.add(row, answer)
        if row.content is not None:
            told.append((row.content, answer))
    return rows.lines(told, COLUMNS)


def _tagged(
    rows: Delimited | JsonLines, tagger: Tagger, model_path: Path, processes: int
) -> Iterator[tuple[list[Row], list[_Said]]]:
    """Yield chunks of rows in order, each with what is said of its rows that have a text.

    This process tags too whenever the others have enough to do: at once, while they are still loading the model.
    """
    chunks = _chunks(rows.rows())
    first = list(islice(chunks, 2))
    chunks = chain(first, chunks)
    if processes < 2 or len(first) < 2:
        for chunk in chunks:
            yield chunk, _tag_texts(_texts(chunk), tagger)
        return
    others = processes - 1
    waiting: deque[tuple[list[Row], Future[list[_Said]]]] = deque()
    # Spawned, not forked: the caller may have threads. Threads would not do, for tagging holds the lock.
    pool = ProcessPoolExecutor(others, get_context("spawn"), initializer=_load, initargs=(model_path,))
    try:
        for chunk in chunks:
            texts = _texts(chunk)
            if sum(not answer.done() for _, answer in waiting) < others * _AHEAD:
                waiting.append((chunk, pool.submit(_tag_texts, texts)))
            else:
                own: Future[list[_Said]] = Future()
                own.set_result(_tag_texts(texts, tagger))
                waiting.append((chunk, own))
            while waiting and (waiting[0][1].done() or len(waiting) >= others * _AHEAD + _HELD):
                done, answer = waiting.popleft()
                yield done, answer.result()
        while waiting:
            done, answer = waiting.popleft()
            yield done, answer.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _texts(chunk: list[Row]) -> list[str]:
    return [row.text for row in chunk if row.text is not None]


_own_tagger: Tagger | None = None  # of this process, where it is one of a pool


def _load(model_path: Path) -> None:
    global _own_tagger
    _own_tagger = Tagger.load(model_path)
    gc.freeze()  # nothing loaded will ever be garbage; looking through it again and again cost half the time


def _tag_texts(texts: list[str], tagger: Tagger | None = None) -> list[_Said]:
    tagger = tagger or cast(Tagger, _own_tagger)
    return [_values(tagging) for tagging in tagger.tag_many(texts, explain=False)]


def _values(tagging: Tagging) -> _Said:
    tags = tagging.tags
    return (
        int(tagging.praise),
        *[int(tag in tags) for tag in ORDER],
        tagging.primary.value if tagging.primary else "none",
        tagging.tier.value if tagging.tier else "none",
        round(tagging.confidence, 4),
    )


@contextmanager
def _written_at_once(target: Path, encoding: str) -> Iterator[TextIO]:
    """Open a file beside ``target`` that takes its place when all is written, and vanishes if it is not."""
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    errors = "surrogateescape"  # bytes that were not UTF-8 go back as they came
    try:
        with partial.open("x", encoding=encoding, errors=errors, newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
