"""Comparing two ways of doing one thing: alternating rounds, a ratio per round, the median of the ratios.

What else the machine does weighs on both sides of a round alike; a single time says little, a median ratio a lot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Literal, TypeVar

A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Target:
    """What a value is held to: ``at most`` or ``at least`` a bound."""

    side: Literal["at most", "at least"]
    bound: float

    def held_by(self, value: float) -> bool:
        """Return whether ``value`` is on the right side of the bound."""
        return value <= self.bound if self.side == "at most" else value >= self.bound

    def __str__(self) -> str:
        return f"{'≤' if self.side == 'at most' else '≥'} {self.bound:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One measured value of a row: ``values`` has one per round, ``figures`` are absolute ones, to put it in place."""

    what: str
    against: str
    unit: str
    """What the value is in words: "× its time", "× the rate", "ms" …"""
    target: Target
    values: tuple[float, ...]
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def value(self) -> float:
        """The median of the rounds."""
        return median(self.values)

    @property
    def holds(self) -> bool:
        """Whether the target holds for the median."""
        return self.target.held_by(self.value)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that could not be measured here, and why."""

    what: str
    reason: str


Outcome = Finding | Skipped


def alternate(rounds: int, ours: Callable[[int], A], theirs: Callable[[int], B]) -> tuple[list[A], list[B]]:
    """Run both ``rounds`` times in turn, given the number of the round; who goes first changes each round."""
    a: list[A] = []
    b: list[B] = []
    for number in range(rounds):
        if number % 2:
            b.append(theirs(number))
            a.append(ours(number))
        else:
            a.append(ours(number))
            b.append(theirs(number))
    return a, b


def ratios(numerators: Sequence[float], denominators: Sequence[float]) -> tuple[float, ...]:
    """Return one ratio per round."""
    return tuple(a / b for a, b in zip(numerators, denominators, strict=True))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that ``share`` (0 to 1) of ``values`` do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
