"""What a praise is filed under: tags and tiers. The vocabulary shared by grammar, rules, classifier and storage."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Tag(StrEnum):
    """What was good about the service. A praise has one primary tag and any number of tags."""

    ATTITUDE = "attitude"
    SOLUTION = "solution"
    VALUE_ADDED = "value_added"


class Tier(StrEnum):
    """Basic, or highlight: a concrete act beyond the duty, or a conflict turned into satisfaction."""

    BASIC = "basic"
    HIGHLIGHT = "highlight"


ORDER = tuple(Tag)
"""The order in which tags are listed everywhere."""


SURE = 0.9
"""The confidence from which the classifier counts as very sure."""
FAIRLY_SURE = 0.7
"""The confidence from which it counts as fairly sure: below, a person looks before anything is prefilled."""


def in_order(tags: Iterable[Tag]) -> tuple[Tag, ...]:
    """Return the distinct ``tags`` in the order in which they are listed everywhere."""
    chosen = set(tags)
    return tuple(tag for tag in ORDER if tag in chosen)


@dataclass(frozen=True, slots=True)
class Tagging:
    """What the classifier says of one comment.

    ``confidence`` is the calibrated probability, 0 to 1, that the whole decision is right: praise or not, the
    primary tag and the tier.
    ``evidence`` are pieces of the text as it was given, most telling first, at most five.
    """

    praise: bool
    tags: tuple[Tag, ...]
    primary: Tag | None
    tier: Tier | None
    confidence: float
    evidence: tuple[str, ...]
    model: str

    @property
    def doubtful(self) -> bool:
        """Whether it is called "not praise", but unsurely: a person is asked."""
        return not self.praise and self.confidence < FAIRLY_SURE

    @property
    def likely_praise(self) -> float:
        """How likely it is that this is praise, 0 to 1; of what is called praise, that its tags and tier fit too."""
        return self.confidence if self.praise else 1.0 - self.confidence
