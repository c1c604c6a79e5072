"""Whether a candidate takes over from what serves, and why: kept with it, and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.learning.comparison import Comparison, Difference, comparison_from_json

Set = Literal["frozen", "recent"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that speaks against a candidate: what is worse, and on which comments."""

    on: Set
    code: Literal["worse", "fewer_right"]
    difference: Difference


@dataclass(frozen=True, slots=True)
class Verdict:
    """Both comparisons, and what of them keeps the candidate from taking over."""

    frozen: Comparison
    recent: Comparison
    against: tuple[Reason, ...]

    @property
    def promotes(self) -> bool:
        """Whether the candidate takes over."""
        return not self.against

    def as_json(self) -> dict[str, Any]:
        """Return what is kept with the candidate."""
        return {"frozen": self.frozen.as_json(), "recent": self.recent.as_json()}


def verdict(frozen: Comparison, recent: Comparison) -> Verdict:
    """Return the verdict: nothing may be worse beyond noise, neither on the frozen comments nor on recent decisions.

    Of the recent decisions it must also get at least as many right: what is no better there has nothing to offer.
    """
    against = [Reason("frozen", "worse", one) for one in frozen.worse]
    against += [Reason("recent", "worse", one) for one in recent.worse]
    if recent.whole.after < recent.whole.before and not recent.whole.worse:
        against.append(Reason("recent", "fewer_right", recent.whole))
    return Verdict(frozen, recent, tuple(against))


def verdict_from_json(told: Mapping[str, Any]) -> Verdict:
    """Return the verdict that `Verdict.as_json` wrote."""
    return verdict(comparison_from_json(told["frozen"]), comparison_from_json(told["recent"]))
