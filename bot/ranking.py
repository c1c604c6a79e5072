"""Ranking: who stands where, with shared ranks, the reader's own row and the change since the period before. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a board. ``change`` is the number of ranks climbed since the period before, None for who is new."""

    rank: int
    id: int
    name: str
    amount: int
    change: int | None


def ranks(amounts: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Return the rank of each id in ``amounts`` (id, amount), most first; equal amounts share a rank: 1, 2, 2, 4."""
    found: dict[int, int] = {}
    rank, before = 0, None
    for place, (id_, amount) in enumerate(sorted(amounts, key=lambda pair: -pair[1]), start=1):
        if amount != before:
            rank, before = place, amount
        found[id_] = rank
    return found


def board(
    now: Sequence[tuple[int, str, int]], before: Sequence[tuple[int, int]], top: int, own: int | None = None
) -> tuple[Row, ...]:
    """Return the first ``top`` rows of ``now`` (id, name, amount) and the row of ``own`` wherever it stands.

    Everybody who shares the last rank shown is shown, up to twice ``top``.
    """
    placed = ranks([(id_, amount) for id_, _, amount in now])
    earlier: Mapping[int, int] = ranks(before)
    rows = []
    for place, (id_, name, amount) in enumerate(
        sorted(now, key=lambda entry: (-entry[2], entry[1], entry[0])), start=1
    ):
        rank = placed[id_]
        if (rank <= top and place <= 2 * top) or id_ == own:
            change = earlier[id_] - rank if id_ in earlier else None
            rows.append(Row(rank, id_, name, amount, change))
    return tuple(rows)
