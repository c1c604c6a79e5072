"""Comments to tag, no two alike: the beginning of one of the corpus and the end of another.

They keep the corpus's lengths, and its mixture of languages and of ways to write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bot.classifier.corpus import Example, read_corpus

CORPUS = Path(__file__).parent.parent / "models" / "corpus"
_PAUSE = re.compile(r"[，。！？；,.!?;\s]+")


def examples() -> list[Example]:
    """Return the corpus."""
    return read_corpus(CORPUS)


def recombined(first: int, count: int) -> Iterator[str]:
    """Yield comments number ``first`` to ``first + count - 1``; the same number is always the same comment."""
    halves = [_halves(example.text) for example in examples()]
    for number in range(first, first + count):
        again, at = divmod(number, len(halves))
        # Neighbours come from one file: the same languages, mostly the same trade.
        yield halves[at][0] + halves[(at + 1 + again) % len(halves)][1]


def _halves(text: str) -> tuple[str, str]:
    """Return a comment in two parts, divided at the pause nearest to its middle."""
    middle = len(text) // 2
    pauses = [pause.end() for pause in _PAUSE.finditer(text) if pause.end() < len(text)]
    at = min(pauses, key=lambda end: abs(end - middle), default=middle)
    return text[:at], text[at:]
