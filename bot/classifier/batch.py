"""Tagging a file of comments: read and written in order, tagged by every core or a cluster, in flat memory.

A run that was stopped is gone on with; see ``partial.py``.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

from bot.classifier import model as artefact
from bot.classifier.cutting import cutter_with
from bot.classifier.model import Packed
from bot.classifier.partial import Start, made_from, written_in_part
from bot.classifier.piecework import COLUMNS, Counts, program, tag_piece
from bot.classifier.predict import Tagger
from bot.classifier.spreading import Tagged, in_processes, on_cluster
from bot.classifier.tables import Delimited, Piece, Table, format_of, open_text, pieces, table
from bot.errors import FileUnreadable, TableKindDiffers

Progress = Callable[[int, float], None]
"""Told how many rows are written and what share of the file is read, 0 to 1."""

_PIECE = 1 << 16  # characters, about a thousand comments
_SMALL = 1 << 20  # bytes of a file that is tagged sooner than other processes have loaded the model


def tag_file(
    source: Path,
    target: Path,
    model: Path | Packed,
    *,
    processes: int | None = None,
    cluster: str | None = None,
    restart: bool = False,
    begun: Callable[[Start], None] | None = None,
    progress: Progress | None = None,
) -> Counts:
    """Tag the ``text`` column of a CSV, TSV or JSONL file and write it, with ``COLUMNS`` added, to ``target``.

    ``model`` is the folder of one, or one from elsewhere, packed with the words of who has words of their own.
    Other columns stay as they are. The target has the source's format, is UTF-8 (with a mark if the source was anything
    but plain UTF-8) and appears only when it is complete; it may be the source. Bad rows are written without tags, or
    left out where there is nothing to write.

    ``processes`` is by default the number of cores; a small file is tagged in this process. ``cluster`` is the address
    of a Dask scheduler, to tag there. A run that did not end is gone on with, unless it was about something else or
    ``restart`` is set; ``begun`` is told so. However and in how many runs the file comes about, it is the same, byte
    for byte.

    Raises ``ModelUnusable``, ``FileUnusable``, ``WorkerLost``, ``ClusterUnusable``, or ``OSError`` if the disk is full
    or the folder cannot be written to.
    """
    kind = format_of(source)
    if target.suffix and target.suffix != source.suffix and format_of(target) != kind:
        raise TableKindDiffers(file=source.name, kind=kind.upper(), ending=source.suffix)
    packed = model if isinstance(model, Packed) else artefact.read(model)
    place = Path(packed.digest) if isinstance(model, Packed) else model
    loaded, card = artefact.unpack(packed, place)  # refused before anything is written
    try:
        origin = made_from(source, packed.digest, program())
        reading = open_text(source)
    except OSError as error:
        raise FileUnreadable(path=source, reason=error) from error
    with reading:
        rows = table(reading, kind, COLUMNS)
        with written_in_part(target, origin, restart=restart) as partial:
            if begun:
                begun(partial.start)
            if partial.empty:
                mark = "" if reading.encoding == "utf-8" else "\ufeff"
                first = (mark + rows.first_line(COLUMNS)).encode("utf-8", "surrogateescape")
                partial.add(first, 0, replace(Counts(), replaced=rows.replaced))
            deque(islice(reading, partial.lines), maxlen=0)
            rest = pieces(reading, rows, _PIECE)
            if cluster:
                tagged = on_cluster(rest, packed, rows, cluster)
            elif (processes or os.cpu_count() or 1) > 1 and origin.size > _SMALL:
                tagged = in_processes(rest, packed, rows, processes or os.cpu_count() or 1)
            else:
                tagged = _here(rest, Tagger(loaded, str(card["model"]), cutter_with(packed.words)), rows)
            header = int(isinstance(rows, Delimited))
            with closing(tagged):  # whatever happens, its processes end here
                for piece, done in tagged:
                    counts = partial.counts.plus(done.counts, header)
                    partial.add(done.lines, piece.lines, counts)
                    if progress:
                        progress(counts.rows, min(1.0, piece.end / max(1, origin.size)))
            return partial.counts


def _here(rest: Iterator[Piece], tagger: Tagger, rows: Table) -> Tagged:
    for piece in rest:
        yield piece, tag_piece(tagger, rows, piece.text)
