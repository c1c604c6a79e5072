"""The second look: what a comment's scores, clause by clause, say together.

A kind clause counts for less when a complaint follows it, a complaint for less when it is about the room. The first
stage scores the whole comment and every clause; the second, a small network of one hidden layer, is trained on scores
of comments that the first stage had not seen, and so learns how far to trust each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.classifier.decision import HEADS, LONG, Floats

AUXILIARY = ("complaint", "goods", "idle", "turned")
"""What the first stage scores beside ``HEADS``, learned from what the corpus says of its rows: a complaint; praise of
goods, prices, places; idle words (courtesy, questions, wishes, advertising); kind words taken back.
"""

SCORED = (*HEADS, *AUXILIARY)
"""What the first stage scores, in this order."""

VIEWS = 6
"""Ways a comment's scores are looked at: the whole comment; of its clauses the loudest, the quietest, the mean, the
first, the last.
"""

EVIDENCE = VIEWS * len(SCORED) + 3
"""Numbers that tell of a comment: the views of its scores, then the share of its clauses that sound like praise, the
logarithm of their number and how far it exceeds ``decision.LONG``.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """The second stage: ``tanh(evidence @ inner + inner_bias) @ outer + outer_bias`` is a score for each of ``HEADS``.

    ``inner`` (EVIDENCE, units), ``inner_bias`` (units,), ``outer`` (units, heads), ``outer_bias`` (heads,).
    """

    inner: Floats
    inner_bias: Floats
    outer: Floats
    outer_bias: Floats

    def scores(self, evidence: Floats) -> Floats:
        """Return (comments, heads) for ``evidence`` (comments, EVIDENCE)."""
        found: Floats = np.tanh(evidence @ self.inner + self.inner_bias) @ self.outer + self.outer_bias
        return found


def evidence_of(comments: Floats, clauses: Floats, firsts: Sequence[int] | NDArray[np.intp]) -> Floats:
    """Return (comments, EVIDENCE) for the first stage's scores of comments and of all their clauses.

    ``firsts`` is the number of each comment's first clause; every comment has at least one.
    """
    begin = np.asarray(firsts)
    end = np.append(begin[1:], len(clauses))
    counts = (end - begin).astype(np.float64)[:, None]
    found: Floats = np.concatenate(
        (
            comments,
            np.maximum.reduceat(clauses, begin),
            np.minimum.reduceat(clauses, begin),
            np.add.reduceat(clauses, begin) / counts,
            clauses[begin],
            clauses[end - 1],
            np.add.reduceat((clauses[:, :1] > 0).astype(np.float64), begin) / counts,
            np.log(counts),
            np.log(np.maximum(counts / LONG, 1.0)),
        ),
        axis=1,
    )
    return found
