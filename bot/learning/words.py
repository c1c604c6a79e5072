"""An organisation's own words: names of its products, people and teams that would otherwise be taken apart.

Taken apart, 贴心贷 (a loan) says 贴心 (attentive), and 王热情 (a person) is 热情 (warm). Only words that hide such a
judgement are kept whole. Nothing else would change what is understood, and much could be lost: 白金客服组, kept whole,
would hide that somebody of the customer service is spoken of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.classifier.clauses import BITS_OF, NAMES
from bot.classifier.cutting import Cut
from bot.classifier.text import fold

MOST = 5000
"""Words an organisation may have; each costs 0.1 ms when a dictionary is built and some 100 bytes."""
LONGEST, SHORTEST = 20, 2
"""Characters of a word."""

_WORD = re.compile(r"[0-9a-z\u4e00-\u9fff]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WHO = frozenset(("person", "service", "customer", "noted", "addressed", "negator", "contrast", "concede"))
"""Classes that tell who is spoken of, or turn a comment round: what says them must stay visible."""
_NOTHING = frozenset(("goods", "story", "promo", "record", "itself", "question", "courtesy"))
"""Classes that a name loses nothing by, and gains nothing: there it makes no difference."""

WordCode = Literal["too_short", "too_long", "not_a_word", "too_many"]


@dataclass(frozen=True, slots=True)
class WordError:
    """A line of a word list that cannot be used: its number, what is wrong, and what stands there (shortened)."""

    line: int
    code: WordCode
    value: str


def checked(lines: Iterable[str]) -> tuple[tuple[str, ...], tuple[WordError, ...]]:
    """Return the words of a list, folded and each once, and everything wrong with it. Empty lines are passed over.

    A word is Chinese characters, letters and digits without blanks; what is too much is reported once.
    """
    found: dict[str, None] = {}
    errors: list[WordError] = []
    for number, line in enumerate(lines, start=1):
        word = fold(line)
        if not word:
            continue
        code = _wrong_with(word)
        if code is not None:
            errors.append(WordError(number, code, line.strip()[:LONGEST]))
            continue
        found[word] = None
        if len(found) > MOST:
            errors.append(WordError(number, "too_many", str(MOST)))
            break
    return tuple(found), tuple(errors)


def _wrong_with(word: str) -> WordCode | None:
    if not _WORD.fullmatch(word):
        return "not_a_word"
    if len(word) < SHORTEST:
        return "too_short"
    return "too_long" if len(word) > LONGEST else None


def worth_keeping(words: Iterable[str], cut: Cut) -> tuple[str, ...]:
    """Return those of ``words`` that ``cut`` takes apart so that a judgement appears in them; at most ``MOST``.

    What is no word is passed over: names come from rosters, not from lists that were checked. In order, each once.
    """
    found: list[str] = []
    for word in sorted({fold(word) for word in words}):
        if _wrong_with(word) is None and _HAN.search(word) and _hides(cut(word)):
            found.append(word)
        if len(found) == MOST:
            break
    return tuple(found)


def _hides(tokens: Sequence[str]) -> bool:
    """Return whether the tokens of a name speak of how somebody was served, and of nobody in particular."""
    if len(tokens) < 2:
        return False
    classes = {name for token in tokens for at, name in enumerate(NAMES) if BITS_OF.get(token, 0) >> at & 1}
    return bool(classes - _NOTHING) and not classes & _WHO
