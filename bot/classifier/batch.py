"""Tagging a file: every row kept as it is, with what the classifier says of it in columns of its own.

Rows are read, tagged by one process per processor and written in order, a chunk at a time, so memory does not grow with
the file. The output takes its name only when it is whole.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TextIO

from bot.classifier.predict import Tagger
from bot.tags import Tag, Tagging

COLUMNS = ("praise", *(tag.value for tag in Tag), "primary", "tier", "confidence")
"""What is added to each row; of the same meaning as in labelled files, ``confidence`` from 0 to 1."""

_CHUNK = 500
_SAMPLE = 262_144  # bytes by which the encoding is recognised
_FIELD_LIMIT = 10_000_000

Progress = Callable[[int, int | None], None]
"""Told how many rows are done, and of how many where that is known."""

Row = dict[str, Any]


class TagFileError(ValueError):
    """A file cannot be tagged; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows. Bad rows (no text, not readable) are kept with empty columns."""

    rows: int
    praise: int
    bad: int


def tag_file(
    source: Path,
    target: Path,
    model: Path,
    *,
    processes: int | None = None,
    progress: Progress = lambda done, total: None,
) -> Counts:
    """Tag CSV, TSV or JSONL ``source`` with a ``text`` column into ``target`` of the same format.

    TSV is read without quoting; UTF-8 (with or without mark) and GB18030 are recognised. ``processes`` is one per
    processor unless given. Raises `TagFileError`, and `bot.classifier.model.ModelError` for an unusable model.
    """
    kind = source.suffix.lower().lstrip(".")
    if kind not in ("csv", "tsv", "jsonl"):
        raise TagFileError("This is neither CSV, TSV nor JSONL. Save it as one of these.")
    if target.resolve() == source.resolve():
        raise TagFileError("The output would overwrite the input. Name another file.")
    Tagger.load(model)  # a bad model is told before anything is written
    partial = target.with_name(target.name + ".partial")
    try:
        with (
            source.open(encoding=_encoding(source), errors="surrogateescape", newline="") as read,
            partial.open("w", encoding="utf-8", errors="backslashreplace", newline="") as write,
        ):
            counts = _tag(kind, read, write, model, processes or os.cpu_count() or 1, progress)
        partial.replace(target)
    except OSError as error:
        raise TagFileError(f"{error.filename or source}: {error.strerror or error}") from None
    finally:
        partial.unlink(missing_ok=True)
    return counts


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    if sample.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    for encoding in ("utf-8", "gb18030"):
        try:
            # The sample may end inside a character.
            io.TextIOWrapper(io.BytesIO(sample[: sample.rfind(b"\n") + 1] or sample), encoding).read()
        except UnicodeDecodeError:
            continue
        return encoding
    return "utf-8"


def _tag(kind: str, read: TextIO, write: TextIO, model: Path, processes: int, progress: Progress) -> Counts:
    rows, header = (_json_rows(read), None) if kind == "jsonl" else _table_rows(read, kind)
    put = _json_writer(write) if header is None else _table_writer(write, kind, header)
    done = praise = bad = 0
    for chunk, tagged in _tagged(rows, model, processes):
        for row, said in zip(chunk, tagged, strict=True):
            put(row, said)
            praise += said is not None and said.praise
            bad += said is None
        done += len(chunk)
        progress(done, None)
    return Counts(done, praise, bad)


def _tagged(rows: Iterator[Row], model: Path, processes: int) -> Iterator[tuple[list[Row], list[Tagging | None]]]:
    """Yield chunks of rows with what is said of each, in order; at most two chunks a process are under way."""
    if processes == 1:
        tagger = Tagger.load(model)
        while chunk := list(islice(rows, _CHUNK)):
            yield chunk, tag_texts(tagger, map(_text, chunk))
        return
    with ExitStack() as stack:
        # Not fork: the caller may run threads. Each process loads its own model, once.
        pool = ProcessPoolExecutor(processes, get_context("spawn"), _start, (model,))
        stack.callback(pool.shutdown, cancel_futures=True)
        under_way: list[tuple[list[Row], Future[list[Tagging | None]]]] = []
        while chunk := list(islice(rows, _CHUNK)):
            under_way.append((chunk, pool.submit(_work, [_text(row) for row in chunk])))
            if len(under_way) == 2 * processes:
                first, future = under_way.pop(0)
                yield first, future.result()
        for first, future in under_way:
            yield first, future.result()


_loaded: Tagger | None = None  # of a worker process


def _start(model: Path) -> None:
    global _loaded
    _loaded = Tagger.load(model)


def _work(texts: list[str]) -> list[Tagging | None]:
    assert _loaded is not None
    return tag_texts(_loaded, texts)


def tag_texts(tagger: Tagger, texts: Iterable[str]) -> list[Tagging | None]:
    """Return what is said of each text, None of an empty one; no evidence is looked for."""
    given = list(texts)
    said = tagger.tag_many([text for text in given if text.strip()], explain=False)
    return [next(said) if text.strip() else None for text in given]


def _text(row: Mapping[str, Any]) -> str:
    text = row.get("text")
    return text if isinstance(text, str) else ""


def _cells(said: Tagging | None) -> dict[str, Any]:
    if said is None:
        return dict.fromkeys(COLUMNS, "")
    return {
        "praise": int(said.praise),
        **{tag.value: int(tag in said.tags) for tag in Tag},
        "primary": said.primary.value if said.primary else "none",
        "tier": said.tier.value if said.tier else "none",
        "confidence": round(said.confidence, 4),
    }


# --- formats ----------------------------------------------------------------------------------------------------------


def _dialect(kind: str) -> dict[str, Any]:
    if kind == "tsv":
        return {"delimiter": "\t", "quoting": csv.QUOTE_NONE, "quotechar": None}
    return {}


def _table_rows(read: TextIO, kind: str) -> tuple[Iterator[Row], list[str]]:
    csv.field_size_limit(_FIELD_LIMIT)
    lines: Iterable[str] = (line.replace("\0", "") for line in read)
    reader = csv.reader(lines, **_dialect(kind))
    header = next(reader, None)
    if header is None:
        raise TagFileError("The file is empty.")
    if "text" not in header:
        raise TagFileError(f"There is no column called text. Found: {', '.join(header)[:200]}")
    return (dict(zip(header, [*row, *[""] * (len(header) - len(row))], strict=False)) for row in reader), header


def _table_writer(write: TextIO, kind: str, header: list[str]) -> Callable[[Row, Tagging | None], None]:
    kept = [name for name in header if name not in COLUMNS]
    writer = csv.writer(write, lineterminator="\n")

    def put(values: list[Any]) -> None:
        if kind == "tsv":  # nothing is quoted: what was read without quotes holds no tabs
            write.write("\t".join(map(str, values)) + "\n")
        else:
            writer.writerow(values)

    put([*kept, *COLUMNS])
    return lambda row, said: put([*(row.get(name, "") for name in kept), *_cells(said).values()])


def _json_rows(read: TextIO) -> Iterator[Row]:
    for line in read:
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        yield row if isinstance(row, dict) else {"text": "", "unreadable": line.rstrip("\r\n")[:1000]}


def _json_writer(write: TextIO) -> Callable[[Row, Tagging | None], None]:
    def put(row: Row, said: Tagging | None) -> None:
        write.write(json.dumps({**row, **_cells(said)}, ensure_ascii=False) + "\n")

    return put
