"""Labelled comments: read from files, checked row by row, or made from supervisors' decisions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from bot.errors import CorpusEmpty, FileNotText, FileUnreadable, LabelColumnsMissing, LabelsWrong
from bot.tags import Tag, Tier, in_order

LABELS = ("praise", "attitude", "solution", "value_added", "primary", "tier")
"""The label columns of every labelled file, in the order of ``models/corpus/README.md``."""

DESCRIPTIONS = ("id", "domain", "channel", "lang", "hard")
"""What a corpus row says beside its text and labels; other labelled files may leave these out."""

CLAUSES = "clauses"
"""The column that says which clauses carry what: ``12-20:a 31-40:sv``; ``-`` where none carries anything."""

CARRIED = "asvcgbx"
"""What a clause can carry: credit for manner (a), for a solution (s), for an act beyond the duty (v); criticism of the
service (c); something good (g) or bad (b) of goods, places, prices; kind words that are no praise (x).
"""

LabelCode = Literal[
    "cells",  # value: the number of cells found, expected: how many columns there are
    "not_a_flag",  # value: what is written, expected: the column
    "not_a_primary",  # value: what is written
    "not_a_tier",  # value: what is written
    "text_empty",
    "tagged_without_praise",
    "praise_without_tag",
    "primary_without_tag",
    "praise_without_tier",
    "highlight_without_value_added",
    "id_taken",  # value: the id, expected: the file that has it too
    "text_taken",  # value: the id, expected: that of the row which says the same
    "bad_mark",  # value: what is written of a clause
    "mark_contradicts",  # value: what a clause carries, expected: the label that denies it
]


@dataclass(frozen=True, slots=True)
class Mislabelled:
    """One bad row of a labelled file; what its code says to people is written where it is shown.

    ``line`` is 0 where a row is bad only beside another one.
    """

    file: str
    line: int
    code: LabelCode
    value: str = ""
    expected: str = ""


DECISIONS = "decisions"
"""The source of examples that supervisors decided, on comments like those a model is for."""


class Mark(NamedTuple):
    """What the clause between two places of a text carries, letters of ``CARRIED``."""

    start: int
    end: int
    carried: str


@dataclass(frozen=True, slots=True)
class Example:
    """One comment and what is right about it.

    ``source`` is the group that cross-validation holds out together: a corpus file, or `DECISIONS`.
    ``weight`` says how much the example counts in training; a corpus row counts 1. ``marks`` are the clauses that carry
    something, all others being idle; None where nobody looked.
    """

    text: str
    praise: bool
    tags: tuple[Tag, ...] = ()
    primary: Tag | None = None
    tier: Tier | None = None
    source: str = DECISIONS
    weight: float = 1.0
    id: str = ""
    domain: str = ""
    channel: str = ""
    lang: str = ""
    hard: str = "-"
    marks: tuple[Mark, ...] | None = None


def contradictions(example: Example) -> list[LabelCode]:
    """Return what in the example's labels contradicts the guidelines, nothing if it is sound."""
    found: list[LabelCode] = []
    if not example.text.strip():
        found.append("text_empty")
    if not example.praise:
        if example.tags or example.primary or example.tier:
            found.append("tagged_without_praise")
        return found
    if not example.tags:
        found.append("praise_without_tag")
    if example.primary not in example.tags:
        found.append("primary_without_tag")
    if example.tier is None:
        found.append("praise_without_tier")
    if example.tier is Tier.HIGHLIGHT and Tag.VALUE_ADDED not in example.tags:
        found.append("highlight_without_value_added")
    return found


def read_file(path: Path, *, described: bool = False) -> tuple[list[Example], list[Mislabelled]]:
    """Read a labelled file: tab separated, no quoting, UTF-8, a header line, at least ``text`` and ``LABELS``.

    Returns the good rows and a list of the bad ones, never an exception for a bad row. With ``described`` the columns
    of ``DESCRIPTIONS`` must be there too. Raises ``FileUnusable`` if the file cannot be read or lacks a column.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise FileUnreadable(path=path, reason=error) from error
    except UnicodeDecodeError as error:
        raise FileNotText(path=path) from error
    header = lines[0].rstrip("\r").split("\t")
    wanted = ("text", *LABELS, *(DESCRIPTIONS if described else ()))
    missing = [name for name in wanted if name not in header]
    if missing:
        raise LabelColumnsMissing(file=path.name, columns=tuple(missing))
    examples: list[Example] = []
    problems: list[Mislabelled] = []
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        cells = line.rstrip("\r").split("\t")
        if len(cells) != len(header):
            problems.append(Mislabelled(path.name, number, "cells", str(len(cells)), str(len(header))))
            continue
        row = dict(zip(header, cells, strict=True))
        wrong = [*_unknown(row, path.name, number), *_unknown_marks(row, path.name, number)]
        if not wrong:
            example = _example(row, path.stem)
            wrong = [Mislabelled(path.name, number, code) for code in contradictions(example)]
            wrong += _contradicting_marks(example, path.name, number)
            if not wrong:
                examples.append(example)
        problems += wrong
    return examples, problems


def read_corpus(folder: Path) -> list[Example]:
    """Read every ``*.tsv`` of a folder, in the order of their names; a file's name is its rows' source.

    Raises ``LabelsWrong`` with every bad row of every file, doubled ids and texts included; ``CorpusEmpty``; and what
    ``read_file`` raises.
    """
    examples: list[Example] = []
    problems: list[Mislabelled] = []
    for path in sorted(folder.glob("*.tsv")):
        good, bad = read_file(path, described=True)
        examples += good
        problems += bad
    problems += _doubles(examples)
    if problems:
        raise LabelsWrong(path=folder, problems=tuple(problems))
    if not examples:
        raise CorpusEmpty(folder=folder)
    return examples


def fingerprint(examples: Iterable[Example]) -> str:
    """Return the SHA-256 of everything training reads of the examples, in their order."""
    digest = hashlib.sha256()
    for example in examples:
        told = (example.text, *labels_of(example), example.source, example.domain, example.lang, example.hard)
        marks = example.marks and [tuple(mark) for mark in example.marks]
        digest.update(repr((*told, marks, example.weight)).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def labels_of(example: Example) -> tuple[str, ...]:
    """Return the cells of ``LABELS`` as files write them."""
    tags = (str(int(tag in example.tags)) for tag in Tag)
    return (str(int(example.praise)), *tags, example.primary or "none", example.tier or "none")


def _unknown(cells: dict[str, str], file: str, line: int) -> Iterator[Mislabelled]:
    """Yield the labels that are none."""
    for name in ("praise", *Tag):
        if cells[name] not in ("0", "1"):
            yield Mislabelled(file, line, "not_a_flag", cells[name], name)
    if cells["primary"] not in (*Tag, "none"):
        yield Mislabelled(file, line, "not_a_primary", cells["primary"])
    if cells["tier"] not in (*Tier, "none"):
        yield Mislabelled(file, line, "not_a_tier", cells["tier"])


def _example(cells: dict[str, str], source: str) -> Example:
    return Example(
        text=cells["text"],
        praise=cells["praise"] == "1",
        tags=in_order(tag for tag in Tag if cells[tag] == "1"),
        primary=None if cells["primary"] == "none" else Tag(cells["primary"]),
        tier=None if cells["tier"] == "none" else Tier(cells["tier"]),
        source=source,
        id=cells.get("id", ""),
        domain=cells.get("domain", ""),
        channel=cells.get("channel", ""),
        lang=cells.get("lang", ""),
        hard=cells.get("hard", "-"),
        marks=_marks(cells.get(CLAUSES, "")),
    )


_MARK = re.compile(rf"(\d+)-(\d+):([{CARRIED}]+)", re.ASCII)


def _marks(cell: str) -> tuple[Mark, ...] | None:
    if not cell:
        return None
    return tuple(Mark(int(start), int(end), carried) for start, end, carried in _MARK.findall(cell))


def _unknown_marks(cells: dict[str, str], file: str, line: int) -> Iterator[Mislabelled]:
    """Yield what is said of clauses and cannot be read, or lies outside the text or within the one before."""
    before = 0
    cell = cells.get(CLAUSES, "")
    for told in [] if cell == "-" else cell.split():
        found = _MARK.fullmatch(told)
        if not found or not before <= int(found[1]) < int(found[2]) <= len(cells["text"]):
            yield Mislabelled(file, line, "bad_mark", told)
        else:
            before = int(found[2])


def _contradicting_marks(example: Example, file: str, line: int) -> Iterator[Mislabelled]:
    """Yield credit for what the comment as a whole is not labelled with."""
    credited = dict(zip(CARRIED, Tag, strict=False))
    for carried in sorted(set().union(*(mark.carried for mark in example.marks or ())) & credited.keys()):
        if credited[carried] not in example.tags:
            yield Mislabelled(file, line, "mark_contradicts", carried, credited[carried])


def _doubles(examples: Iterable[Example]) -> list[Mislabelled]:
    problems = []
    ids: dict[str, str] = {}
    texts: dict[str, str] = {}
    for example in examples:
        file = f"{example.source}.tsv"
        if example.id in ids:
            problems.append(Mislabelled(file, 0, "id_taken", example.id, ids[example.id]))
        if example.text in texts:
            problems.append(Mislabelled(file, 0, "text_taken", example.id, texts[example.text]))
        ids.setdefault(example.id, file)
        texts.setdefault(example.text, example.id)
    return problems
