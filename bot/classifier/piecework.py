"""What is done to one piece of a file of comments, in whatever process: its rows are read, tagged and written again."""

from __future__ import annotations

import gc
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.classifier.corpus import LABELS
from bot.classifier.model import Packed
from bot.classifier.predict import Tagger
from bot.classifier.tables import Problem, Table
from bot.errors import WorkerDiffers
from bot.tags import ORDER, Tag, Tier

COLUMNS = (*LABELS, "confidence")
"""The columns that tagging adds, with the values that ``models/corpus/README.md`` gives them; the confidence to four
places.
"""

LISTED = 100
"""Bad rows that are told in full."""

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of a file: its rows, how many were tagged and as what, and which were bad.

    ``bad`` counts every bad row, ``problems`` tells the first hundred. ``numbers`` are the rows with the blank ones.
    ``replaced`` names the columns that were there already and were replaced.
    """

    rows: int = 0
    tagged: int = 0
    praise: int = 0
    highlights: int = 0
    bad: int = 0
    problems: tuple[Problem, ...] = ()
    numbers: int = 0
    replaced: tuple[str, ...] = ()

    def plus(self, piece: Counts, header: int) -> Counts:
        """Return these counts with those of the piece that follows; a file's header is as many rows as it says."""
        before = header + self.numbers
        listed = [problem._replace(line=before + problem.line) for problem in piece.problems]
        return replace(
            self,
            rows=self.rows + piece.rows,
            tagged=self.tagged + piece.tagged,
            praise=self.praise + piece.praise,
            highlights=self.highlights + piece.highlights,
            bad=self.bad + piece.bad,
            problems=(*self.problems, *listed)[:LISTED],
            numbers=self.numbers + piece.numbers,
        )


class Done(NamedTuple):
    """A piece that is tagged: its lines as they are written, in UTF-8, and what became of its rows."""

    lines: bytes
    counts: Counts


def tag_piece(tagger: Tagger, table: Table, text: str) -> Done:
    """Tag the rows of a piece of a file; bad ones are written without tags, or left out where nothing can be."""
    told: list[tuple[Any, tuple[object, ...] | None]] = []
    problems = []
    bad = praise = highlights = tagged = numbers = 0
    decide = tagger.decide
    with _nothing_collected():
        for _, content, comment, problem in table.rows(text):
            numbers += 1
            if comment is not None:
                decision = decide(comment)
                tagged += 1
                praise += decision.praise
                highlights += decision.tier is Tier.HIGHLIGHT
                told.append((content, (*_labels(*decision[:4]), round(decision.confidence, 4))))
            elif problem is not None:
                bad += 1
                if bad <= LISTED:
                    problems.append(problem)
                if content is not None:
                    told.append((content, None))
        lines = table.lines(told, COLUMNS)
    counts = Counts(tagged + bad, tagged, praise, highlights, bad, tuple(problems), numbers)
    return Done(lines.encode("utf-8", "surrogateescape"), counts)  # bytes that were not UTF-8 go back as they came


@cache
def _labels(praise: bool, tags: tuple[Tag, ...], primary: Tag | None, tier: Tier | None) -> tuple[object, ...]:
    """Return a decision as values of ``LABELS``; there are a few dozen."""
    return (
        int(praise),
        *[int(tag in tags) for tag in ORDER],
        primary.value if primary else "none",
        tier.value if tier else "none",
    )


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Make no cycles, and have none looked for: with a whole piece in hand the search takes a twentieth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


# --- in a process that has no model yet -------------------------------------------------------------------------------

_taggers: dict[str, Tagger] = {}
_loading = threading.Lock()


def tag_sent(
    card: Bytes, weights: Bytes, words: tuple[str, ...], digest: str, tagged_by: str, table: Table, text: str
) -> Done:
    """Tag a piece with the model that was sent along, which is unpacked once in a process.

    ``card`` and ``weights`` are the bytes of its files, ``digest`` that of all three. Raises ``ModelUnusable``, and
    ``WorkerDiffers`` where ``tagged_by`` is not the program that runs here.
    """
    if tagged_by != program():
        raise WorkerDiffers()
    with _loading:
        tagger = _taggers.get(digest)
        if tagger is None:
            packed = Packed(card.tobytes(), weights.tobytes(), words)
            _taggers.clear()  # a worker of a cluster may live through many models
            tagger = _taggers[digest] = Tagger.of(packed, Path(digest))
    return tag_piece(tagger, table, text)


@cache
def program() -> str:
    """Return what tells this version of the classifier from every other: with the same model, equal ones tag alike."""
    digest = hashlib.sha256(version("jieba").encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        content = source.read_bytes()
        digest.update(f"{source.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()
