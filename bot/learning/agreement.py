"""How often supervisors leave the classifier's word standing: by week and by tag, and whether that falls."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.periods import local_day, week_of
from bot.storage.decisions import Decided

ALL = "all"
"""The label under which all that the classifier called praise counts."""
DOUBTFUL = "doubtful"
"""The label of what it did not call praise and a supervisor was asked about: only that of which it is unsure, or on
which a person insists. It stands more seldom than the rest and says nothing of it.
"""
BEFORE = 8
"""Weeks before a week that it is compared with."""
_FEWEST = 20  # decisions in a week below which a fall is not looked for
_Z = 1.96  # 95 % on both sides


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of so many decisions in a week, on what the classifier tagged ``label`` first, so many ``stood``."""

    week: date
    label: str
    stood: int
    of: int

    @property
    def share(self) -> float:
        """The share that stood, 0 to 1."""
        return self.stood / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of the share, 95 % (Wilson 1927; holds for few and for extreme shares too)."""
        if not self.of:
            return 0.0, 1.0
        spread = _Z * _Z / self.of
        middle = (self.share + spread / 2) / (1 + spread)
        reach = _Z * math.sqrt(self.share * (1 - self.share) / self.of + spread / (4 * self.of)) / (1 + spread)
        return max(0.0, middle - reach), min(1.0, middle + reach)


@dataclass(frozen=True, slots=True)
class Fall:
    """A week in which agreement is lower than in the weeks before, beyond noise."""

    now: Agreement
    before: Agreement
    """The weeks before, together; its week is the first of them."""


def weekly(decisions: Iterable[Decided], timezone: str) -> list[Agreement]:
    """Return the agreement by week of ``timezone`` and label, oldest week first, in each `ALL` first
    and `DOUBTFUL` last.

    A decision stands where tags, primary tag, tier and praise-or-not are what the classifier had said.
    """
    counts: dict[tuple[date, str], list[int]] = defaultdict(lambda: [0, 0])
    for decision in decisions:
        if decision.said is None:
            continue
        week = week_of(local_day(decision.created, timezone)).start
        primary = decision.said.primary
        for label in (ALL, str(primary)) if primary is not None else (DOUBTFUL,):
            counts[week, label][0] += decision.said == decision.labels
            counts[week, label][1] += 1
    order = sorted(counts, key=lambda key: (key[0], key[1] != ALL, key[1] == DOUBTFUL, key[1]))
    return [Agreement(week, label, *counts[week, label]) for week, label in order]


def falls(weeks: Sequence[Agreement], week: date) -> list[Fall]:
    """Return for which labels the agreement of ``week`` is below that of the `BEFORE` weeks before, beyond noise.

    The interval of the difference is Newcombe's (1998, method 10), of two Wilson intervals.
    """
    found = []
    first = week - timedelta(weeks=BEFORE)
    for now in (one for one in weeks if one.week == week and one.of >= _FEWEST):
        earlier = [one for one in weeks if one.label == now.label and first <= one.week < week]
        before = Agreement(first, now.label, sum(one.stood for one in earlier), sum(one.of for one in earlier))
        if before.of >= _FEWEST:
            highest = math.hypot(now.interval[1] - now.share, before.share - before.interval[0])
            if now.share - before.share + highest < 0:
                found.append(Fall(now, before))
    return found
