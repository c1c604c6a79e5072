"""Points rules: what a praise is worth, what a member may give, who decides, when boards are posted.

A rules file is TOML. `parse` validates all of it and raises `RulesError` with every mistake at once, each with its line
and how to mend it. Pure: text in, `Rules` out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.praise import Kind
from bot.tags import Tag, Tier

_SIZE_LIMIT = 64_000
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_BOARDS = ("individual", "team", "givers")
_PERIODS = ("week", "month", "quarter")
_TIMING = ("at_once", "after_confirmation")

DEFAULT_RULES = """\
# What a praise is worth, per kind, tier and primary tag.
[points.peer.basic]
attitude = 2
solution = 3
value_added = 4

[points.peer.highlight]
attitude = 5
solution = 6
value_added = 8

[points.customer.basic]
attitude = 5
solution = 6
value_added = 8

[points.customer.highlight]
attitude = 10
solution = 12
value_added = 15

# What it adds when a colleague seconds a praise.
[points.second]
points = 1

# What a member may give: each recipient of a peer praise costs `praise`, seconding costs `second`. Customer praise is
# free.
[allowance]
period = "week"      # week, month or quarter
amount = 10
praise = 1
second = 1

# When points are booked: "at_once", or "after_confirmation" by a supervisor.
[policy]
peer = "at_once"
customer = "after_confirmation"
recipients = 20      # at most, in one praise
repeat_minutes = 10  # the same words to the same person within this time are asked about

# The weekly post in each team's channel, at this hour of the team's timezone.
[boards]
weekday = "monday"
time = "09:00"
top = 10
show = ["individual", "team", "givers"]
"""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong in a rules file. ``code`` and ``data`` are translated by whoever shows it."""

    line: int
    key: str
    code: str
    data: Mapping[str, object]


class RulesError(ValueError):
    """A rules file cannot be used; ``mistakes`` holds all that is wrong with it, in order of lines."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(f"{len(mistakes)} mistakes, the first in line {mistakes[0].line}: {mistakes[0].code}")
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Rules:
    """Validated rules. ``points`` holds the worth of every (kind, tier, primary tag)."""

    points: Mapping[tuple[Kind, Tier, Tag], int]
    second_points: int
    allowance_period: str
    allowance: int
    praise_cost: int
    second_cost: int
    at_once: Mapping[Kind, bool]
    recipients: int
    repeat_minutes: int
    board_weekday: int
    board_hour: int
    board_minute: int
    board_top: int
    boards: tuple[str, ...]

    def worth(self, kind: Kind, tier: Tier, primary: Tag) -> int:
        """Return the points of a praise."""
        return self.points[kind, tier, primary]

    def cost(self, kind: Kind) -> int:
        """Return what one recipient takes from the giver's allowance; customer praise costs none."""
        return self.praise_cost if kind is Kind.PEER else 0


def parse(text: str) -> Rules:
    """Return the rules in ``text``, or raise `RulesError` with every mistake."""
    if len(text) > _SIZE_LIMIT:
        raise RulesError((Mistake(1, "", "too_large", {"limit": _SIZE_LIMIT}),))
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # TOMLDecodeError; a number of thousands of digits; deep nesting
        raise RulesError((_syntax(text, error),)) from None
    reader = _Reader(data, _lines(text))
    points = {
        (kind, tier, tag): reader.integer(("points", kind, tier, tag), 0, 1000)
        for kind in Kind
        for tier in Tier
        for tag in Tag
    }
    hour, minute = reader.clock(("boards", "time"))
    rules = Rules(
        points=points,
        second_points=reader.integer(("points", "second", "points"), 0, 100),
        allowance_period=reader.choice(("allowance", "period"), _PERIODS),
        allowance=reader.integer(("allowance", "amount"), 0, 10_000),
        praise_cost=reader.integer(("allowance", "praise"), 0, 1000),
        second_cost=reader.integer(("allowance", "second"), 0, 1000),
        at_once={kind: reader.choice(("policy", kind), _TIMING) == "at_once" for kind in Kind},
        recipients=reader.integer(("policy", "recipients"), 1, 100),
        repeat_minutes=reader.integer(("policy", "repeat_minutes"), 0, 1440),
        board_weekday=_WEEKDAYS.index(reader.choice(("boards", "weekday"), _WEEKDAYS)),
        board_hour=hour,
        board_minute=minute,
        board_top=reader.integer(("boards", "top"), 3, 50),
        boards=reader.several(("boards", "show"), _BOARDS),
    )
    reader.report_unknown()
    for kind in Kind:
        for tag in Tag:
            path = ("points", kind, Tier.HIGHLIGHT, tag)
            basic = points[kind, Tier.BASIC, tag]
            if points[kind, Tier.HIGHLIGHT, tag] < basic and not reader.is_wrong(path):
                reader.mistake(path, "highlight_below_basic", basic=basic)
    if reader.mistakes:
        raise RulesError(tuple(sorted(reader.mistakes, key=lambda mistake: mistake.line)))
    return rules


def _syntax(text: str, error: ValueError | RecursionError) -> Mistake:
    """Return the mistake at which tomllib stopped."""
    lines = text.rstrip().split("\n")
    detail, _, place = str(error).partition(" (at ")
    if stated := re.match(r"line (\d+)", place):
        line = int(stated[1])
    elif place:  # the end of the document
        line = len(lines)
    else:  # too many digits or brackets to say where: in the longest line
        line = max(range(len(lines)), key=lambda index: len(lines[index])) + 1
    return Mistake(line, "", "syntax", {"detail": detail.split(";")[0]})


Path = tuple[str, ...]


class _Reader:
    """Takes values out of the data, collecting mistakes instead of stopping at the first."""

    def __init__(self, data: Mapping[str, Any], lines: Mapping[Path, int]) -> None:
        self.data = data
        self.lines = lines
        self.known: set[Path] = set()
        self.mistakes: list[Mistake] = []

    def mistake(self, path: Path, code: str, **data: object) -> None:
        line = next((self.lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in self.lines), 1)
        self.mistakes.append(Mistake(line, ".".join(path), code, data))

    def is_wrong(self, path: Path) -> bool:
        return any(mistake.key == ".".join(path) for mistake in self.mistakes)

    def value(self, path: Path) -> object:
        """Return the value at ``path``; None, with a mistake, when it is missing."""
        self.known.update(path[:end] for end in range(1, len(path) + 1))
        found: object = self.data
        for part in path:
            if not isinstance(found, dict) or part not in found:
                self.mistake(path, "missing")
                return None
            found = found[part]
        return found

    def integer(self, path: Path, low: int, high: int) -> int:
        value = self.value(path)
        if value is None:
            return low
        if not isinstance(value, int) or isinstance(value, bool):
            self.mistake(path, "not_integer", low=low, high=high)
            return low
        if not low <= value <= high:
            self.mistake(path, "out_of_range", low=low, high=high)
            return low
        return value

    def choice(self, path: Path, choices: tuple[str, ...]) -> str:
        value = self.value(path)
        if value is None:
            return choices[0]
        if not isinstance(value, str) or value not in choices:
            self.mistake(path, "not_a_choice", choices=", ".join(choices))
            return choices[0]
        return value

    def several(self, path: Path, choices: tuple[str, ...]) -> tuple[str, ...]:
        value = self.value(path)
        if value is None:
            return choices
        if not isinstance(value, list) or not all(isinstance(item, str) and item in choices for item in value):
            self.mistake(path, "not_choices", choices=", ".join(choices))
            return choices
        return tuple(dict.fromkeys(value))

    def clock(self, path: Path) -> tuple[int, int]:
        value = self.value(path)
        if value is None:
            return 0, 0
        match = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", value) if isinstance(value, str) else None
        if match is None:
            self.mistake(path, "not_a_time")
            return 0, 0
        return int(match[1]), int(match[2])

    def report_unknown(self) -> None:
        def walk(data: Mapping[str, Any], path: Path) -> None:
            for key, value in data.items():
                here = (*path, key)
                if here not in self.known:
                    self.mistake(here, "unknown_key")
                elif isinstance(value, dict):
                    walk(value, here)

        walk(self.data, ())


_HEADER = re.compile(r"\s*\[\[?([^\[\]]+)\]")
_KEY = re.compile(r"([^=#\[\]{}]+)=")


def _lines(text: str) -> dict[Path, int]:
    """Return the line of every table and key that stands at the start of one; tomllib keeps none."""
    lines: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.match(line):
            path = table = _path(header[1])
        elif key := _KEY.match(line):
            path = (*table, *_path(key[1]))
        else:
            continue
        for end in range(1, len(path) + 1):
            lines.setdefault(path[:end], number)
    return lines


def _path(dotted: str) -> Path:
    return tuple(part.strip("\"' \t") for part in dotted.split("."))
