"""From decisions to a candidate, and from a candidate to a verdict: does it take over?

Imports scikit-learn: for the command line, which the nightly job runs in a process of its own; never for the server.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.classifier import model as artefact
from bot.classifier.corpus import Example, fingerprint, labels_of
from bot.classifier.cutting import Cut, cutter
from bot.classifier.predict import Tagger
from bot.classifier.train import Progress, Trained, train
from bot.learning.comparison import Comparison, compare
from bot.learning.verdict import Verdict, verdict
from bot.privacy import mask
from bot.storage.models import Files

FROZEN = "one in eight by SHA-256"
"""How the frozen comments are chosen, as the card of a model tells that it never saw them."""
_ONE_IN = 8
_HELD_BACK, _MOST_HELD_BACK, _FEWEST_HELD_BACK = 0.2, 200, 10
FEWEST = 40
"""Examples below which there is nothing to train and judge by."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A candidate, its files, and what became of judging it."""

    name: str
    files: Files
    verdict: Verdict
    taught: int
    held_back: int


def frozen_slice(corpus: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Return (frozen, the rest): about an eighth of the comments of every kind, chosen by their text alone.

    A kind is what the labels say of a comment. As only a comment's own text decides, a growing corpus moves no comment
    from one part to the other; where a kind would have none, its comment with the least hash is frozen.
    """
    kinds: dict[tuple[str, ...], list[Example]] = defaultdict(list)
    for row in corpus:
        kinds[labels_of(row)].append(row)
    frozen: set[str] = set()
    for rows in kinds.values():
        chosen = [row.text for row in rows if _hash(row) % _ONE_IN == 0]
        frozen.update(chosen or [min(rows, key=_hash).text])
    return [row for row in corpus if row.text in frozen], [row for row in corpus if row.text not in frozen]


def _hash(row: Example) -> int:
    return int.from_bytes(hashlib.sha256(row.text.encode()).digest()[:8])


def held_back(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """Return (to teach, the most recent, kept for judging); ``examples`` the oldest first."""
    count = min(_MOST_HELD_BACK, max(_FEWEST_HELD_BACK, round(_HELD_BACK * len(examples))))
    return list(examples[:-count]), list(examples[-count:])


def attempt(
    corpus: Sequence[Example],
    examples: Sequence[Example],
    serving: Tagger,
    *,
    learnt: bool,
    cut: Cut | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Trial:
    """Train a candidate on the corpus and ``examples`` (at least `FEWEST`, oldest first), and judge it.

    ``learnt`` says that ``serving`` was made here and never saw the frozen comments. The shipped model did see them, so
    there the candidate is compared with one trained like it from the corpus alone; on the recent decisions always with
    ``serving``. ``cut`` is how the organisation's comments are cut when they are tagged. Same arguments: same verdict.
    """
    frozen, rest = frozen_slice(corpus)
    taught, recent = held_back(examples)
    trained = train([*rest, *taught], seed=seed, progress=progress)
    name, files = _files(trained, taught, recent, frozen)
    candidate = Tagger(trained.model, name, cut or cutter())
    reference = serving if learnt else Tagger(train(rest, seed=seed, progress=progress).model, "", cut or cutter())
    found = verdict(_compared(frozen, reference, candidate, seed), _compared(recent, serving, candidate, seed))
    return Trial(name, files, found, len(taught), len(recent))


def _compared(rows: Sequence[Example], before: Tagger, after: Tagger, seed: int) -> Comparison:
    texts = [mask(row.text) for row in rows]  # decisions' are masked already
    one, other = (list(tagger.tag_many(texts, explain=False)) for tagger in (before, after))
    return compare(rows, one, other, seed=seed)


def _files(
    trained: Trained, taught: Sequence[Example], recent: Sequence[Example], frozen: Sequence[Example]
) -> tuple[str, Files]:
    learning: dict[str, Any] = {
        "decisions": len(taught),
        "held_back": len(recent),
        "frozen": {"chosen": FROZEN, "rows": len(frozen), "sha256": fingerprint(frozen)},
    }
    card, weights = artefact.to_bytes(trained.model, {**trained.facts, "learning": learning})
    return str(card["model"]), Files(json.dumps(card, ensure_ascii=False), weights)
