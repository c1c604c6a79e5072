"""Labelled comments: read from files, checked row by row, or made from supervisors' decisions."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.tags import Tag, Tier, in_order

LABELS = ("praise", "attitude", "solution", "value_added", "primary", "tier")
"""The label columns of every labelled file, in the order of ``models/corpus/README.md``."""

DESCRIPTIONS = ("id", "domain", "channel", "lang", "hard")
"""What a corpus row says beside its text and labels; other labelled files may leave these out."""


class CorpusError(ValueError):
    """The labelled comments cannot be used: nothing to read, or rows that contradict themselves.

    ``problems`` lists every bad row, so that all can be mended at once.
    """

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__("\n".join([message, *map(str, problems)]))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Problem:
    """One bad row: where it stands and what is wrong with it."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Example:
    """One comment and what is right about it.

    ``source`` is the group that cross-validation holds out together: a corpus file, or an organisation's decisions.
    ``weight`` says how much the example counts in training; a corpus row counts 1.
    """

    text: str
    praise: bool
    tags: tuple[Tag, ...] = ()
    primary: Tag | None = None
    tier: Tier | None = None
    source: str = "decisions"
    weight: float = 1.0
    id: str = ""
    domain: str = ""
    channel: str = ""
    lang: str = ""
    hard: str = "-"


def contradictions(example: Example) -> list[str]:
    """Return what in the example's labels contradicts the guidelines, nothing if it is sound."""
    found = []
    if not example.text.strip():
        found.append("the text is empty")
    if not example.praise:
        if example.tags or example.primary or example.tier:
            found.append("not praise, and yet it has a tag, a primary tag or a tier")
        return found
    if not example.tags:
        found.append("praise needs at least one tag")
    if example.primary not in example.tags:
        found.append("the primary tag must be one of the tags")
    if example.tier is None:
        found.append("praise needs a tier")
    if example.tier is Tier.HIGHLIGHT and Tag.VALUE_ADDED not in example.tags:
        found.append("a highlight has the tag value_added")
    return found


def read_file(path: Path, *, described: bool = False) -> tuple[list[Example], list[Problem]]:
    """Read a labelled file: tab separated, no quoting, UTF-8, a header line, at least ``text`` and ``LABELS``.

    Returns the good rows and a list of the bad ones, never an exception for a bad row. With ``described`` the columns
    of ``DESCRIPTIONS`` must be there too. Raises ``CorpusError`` if the file cannot be read or lacks a column.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} cannot be read: {error}. It must be a UTF-8 file.") from error
    header = lines[0].rstrip("\r").split("\t")
    wanted = ("text", *LABELS, *(DESCRIPTIONS if described else ()))
    missing = [name for name in wanted if name not in header]
    if missing:
        raise CorpusError(
            f"{path.name} lacks the column(s) {', '.join(missing)}. Its first line must name the columns."
        )
    examples, problems = [], []
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        cells = line.rstrip("\r").split("\t")
        if len(cells) != len(header):
            problems.append(Problem(path.name, number, f"{len(cells)} cells instead of {len(header)}"))
            continue
        example, reasons = _example(dict(zip(header, cells, strict=True)), path.stem)
        problems += [Problem(path.name, number, reason) for reason in reasons]
        if example is not None and not reasons:
            examples.append(example)
    return examples, problems


def read_corpus(folder: Path) -> list[Example]:
    """Read every ``*.tsv`` of a folder, in the order of their names; a file's name is its rows' source.

    Raises ``CorpusError`` with every bad row of every file, doubled ids and texts included.
    """
    examples: list[Example] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.tsv")):
        good, bad = read_file(path, described=True)
        examples += good
        problems += bad
    problems += _doubles(examples)
    if problems:
        raise CorpusError(f"{folder} has {len(problems)} bad row(s); mend them and try again.", problems)
    if not examples:
        raise CorpusError(f"{folder} holds no labelled comments. Put *.tsv files there; see its README.")
    return examples


def fingerprint(examples: Iterable[Example]) -> str:
    """Return the SHA-256 of everything training reads of the examples, in their order."""
    digest = hashlib.sha256()
    for example in examples:
        told = (example.text, *labels_of(example), example.source, example.domain, example.lang, example.hard)
        digest.update(repr((*told, example.weight)).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def labels_of(example: Example) -> tuple[str, ...]:
    """Return the cells of ``LABELS`` as files write them."""
    tags = (str(int(tag in example.tags)) for tag in Tag)
    return (str(int(example.praise)), *tags, example.primary or "none", example.tier or "none")


def write_file(path: Path, examples: Iterable[Example]) -> None:
    """Write examples as a corpus file, columns in the order of the corpus's README."""
    columns = ("id", "domain", "channel", "lang", "text", *LABELS, "hard")
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
        writer.writerow(columns)
        for row in examples:
            writer.writerow((row.id, row.domain, row.channel, row.lang, row.text, *labels_of(row), row.hard))


def _example(cells: dict[str, str], source: str) -> tuple[Example | None, list[str]]:
    flags = {name: cells[name] for name in ("praise", *Tag)}
    reasons = [f"{name} must be 0 or 1, not {value!r}" for name, value in flags.items() if value not in ("0", "1")]
    if cells["primary"] not in (*Tag, "none"):
        reasons.append(f"primary must be a tag or none, not {cells['primary']!r}")
    if cells["tier"] not in (*Tier, "none"):
        reasons.append(f"tier must be basic, highlight or none, not {cells['tier']!r}")
    if reasons:
        return None, reasons
    example = Example(
        text=cells["text"],
        praise=flags["praise"] == "1",
        tags=in_order(tag for tag in Tag if flags[tag] == "1"),
        primary=None if cells["primary"] == "none" else Tag(cells["primary"]),
        tier=None if cells["tier"] == "none" else Tier(cells["tier"]),
        source=source,
        id=cells.get("id", ""),
        domain=cells.get("domain", ""),
        channel=cells.get("channel", ""),
        lang=cells.get("lang", ""),
        hard=cells.get("hard", "-"),
    )
    return example, contradictions(example)


def _doubles(examples: Iterable[Example]) -> list[Problem]:
    problems = []
    ids: dict[str, str] = {}
    texts: dict[str, str] = {}
    for example in examples:
        file = f"{example.source}.tsv"
        if example.id in ids:
            problems.append(Problem(file, 0, f"the id {example.id} is already taken in {ids[example.id]}"))
        if example.text in texts:
            problems.append(Problem(file, 0, f"{example.id} says the same as {texts[example.text]}"))
        ids.setdefault(example.id, file)
        texts.setdefault(example.text, example.id)
    return problems
