"""In which order to ask: what is least certain teaches most, but ten of one kind teach little more than two."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

T = TypeVar("T")

IN_A_ROW = 2
"""So many of one kind follow each other while something of another kind is left."""


def varied(items: Sequence[T], kind: Callable[[T], Hashable], words: Callable[[T], Hashable]) -> list[T]:
    """Return ``items``, least certain first, with as little moved as needed so that kinds alternate.

    At most ``IN_A_ROW`` of one ``kind`` follow each other while there are others. What repeats the ``words`` of an
    earlier one comes last: who has decided on these words learns nothing from being asked again, nor does the model.
    """
    fresh: list[T] = []
    repeated: list[T] = []
    met: set[Hashable] = set()
    for item in items:
        (repeated if words(item) in met else fresh).append(item)
        met.add(words(item))
    found: list[T] = []
    last: Hashable = None
    in_a_row = 0
    while fresh:
        at = 0
        if in_a_row >= IN_A_ROW:
            at = next((number for number, item in enumerate(fresh) if kind(item) != last), 0)
        item = fresh.pop(at)
        in_a_row = in_a_row + 1 if found and kind(item) == last else 1
        last = kind(item)
        found.append(item)
    return found + repeated
