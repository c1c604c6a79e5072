"""Ranking: who stands where, with shared ranks, the reader's own row and the change since the period before. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter


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
    for place, (id_, amount) in enumerate(sorted(amounts, key=itemgetter(1), reverse=True), start=1):
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
    shown = heapq.nsmallest(2 * top, now, key=lambda entry: (-entry[2], entry[1], entry[0]))
    last = [entry for entry in now if entry[0] == own and entry not in shown]
    rows = []
    for id_, name, amount in (*shown, *last):
        rank = placed[id_]
        if rank <= top or id_ == own:
            change = earlier[id_] - rank if id_ in earlier else None
            rows.append(Row(rank, id_, name, amount, change))
    return tuple(rows)
