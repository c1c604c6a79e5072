"""A comment's tokens in clauses, and the classes of words that meet in each. What training reads and serving scores.

Compiled where there is a compiler (see ``compiled.py``); the types are in ``clauses.pxd``.
"""

from __future__ import annotations

import re
from itertools import chain

from bot.classifier.lexicon import CLASSES, CUES, GOVERNING, NEGATORS

ENDS = " ,.!?;。~\n"
"""What may end a clause, a character each."""

SILENT = frozenset(ENDS) - frozenset("!?") | {"#"}
"""Tokens that are no words; "!" and "?" tell something."""

PLACES = ("first", "last", "before", "after")
"""Where a class can stand in a comment: in the first or last clause, before or after the first contrast."""

STEM_END = "-"
"""Last character of every stem."""

Part = tuple[int, int, int, int, int]
"""A clause: its first token and the one after its last, its first character and the one after its last, and the classes
that meet in it, a bit each in the order of ``NAMES``.
"""

_SHORTEST_CLAUSE = 4  # characters; shorter ones ("另外，") go with what follows
_RUN_ON = 10  # characters that a clause has at least before a Chinese cue ends it
_RUN_ON_LATIN = 40  # the same before an English one
_NEGATION_REACH = 3  # tokens after a negator that it turns round
_LONGEST_PHRASE = 7  # tokens, spaces and apostrophes among them: "couldn't fault them"
_GOVERNING = GOVERNING
_DEGREES = frozenset(("好", "太好", "特别", "非常", "十分", "超级", "absolute"))  # not good before what is bad
_STEM = 5  # letters of a longer Latin word that count as its stem
_WITHIN_LATIN = re.compile("[a-z0-9]{2}")  # two characters between which no token ends

_NEGATABLE = ("manner", "outcome", "beyond", "help", "thanks", "good")
NAMES = (*CLASSES, "negator", *(f"not-{name}" for name in _NEGATABLE))
"""All classes, those turned round by a negator included."""

_BIT = {name: 1 << at for at, name in enumerate(NAMES)}
_NEGATED = {_BIT[name]: _BIT[f"not-{name}"] for name in _NEGATABLE}
_KIND = sum(_BIT[name] for name in (*_NEGATABLE, "commend"))
_NEGATOR = _BIT["negator"]
_CONTRAST = _BIT["contrast"]
_GOOD, _BAD = _BIT["good"], _BIT["bad"]
_STEERS = 2 * max(_BIT.values())  # no class: what ends a clause and belongs to none
_BEGINS = _STEERS << 1  # no class: with the tokens that follow this may be a word or a phrase
_CUE = _BEGINS << 1  # no class: what ends a clause that has run on
_BORDER = _STEERS | _CONTRAST | _CUE
_CLASSES = _STEERS - 1
_BITS = 2 * _CUE - 1


def _bits_of_tokens() -> dict[str, int]:
    bits = dict.fromkeys(ENDS, _STEERS)
    for name, words in CLASSES.items():
        for word in words:
            bits[word] = bits.get(word, 0) | _BIT[name]
    for word in NEGATORS:
        bits[word] = bits.get(word, 0) | _NEGATOR
    for word in list(bits):
        for end in range(1, len(word)):
            if not _WITHIN_LATIN.match(word, end - 1):
                bits[word[:end]] = bits.get(word[:end], 0) | _BEGINS
    for word in CUES:
        bits[word] = bits.get(word, 0) | _CUE
    return bits


BITS_OF = _BITS_OF = _bits_of_tokens()
"""What is known of tokens and of what several of them make; of others it is 0."""


def _next_characters() -> dict[str, str]:
    found: dict[str, str] = {}
    for word in chain(NEGATORS, *CLASSES.values()):
        for end in range(1, len(word)):
            before, following = word[:end], word[end]
            if _BITS_OF.get(before, 0) & _BEGINS and following not in found.get(before, ""):
                found[before] = found.get(before, "") + following
    return found


_NEXT = _next_characters()  # the beginning of a word or phrase → the characters that may follow it
_NEXT_WORD = {before.rstrip(): may for before, may in _NEXT.items() if before.endswith(" ")}  # after a space

BITS = 40
"""So many of the lowest bits are this module's; whoever looks tokens up may keep something of his own above them."""


def look_up(tokens: list[str], known: dict[str, int]) -> list[int]:
    """Return what is known of each token by itself and, at its first token, of every phrase.

    Words joined by hyphens make phrases like words with spaces between. Of the words of a kind phrase with a negator in
    it none says anything by itself: "couldn't fault" is no fault, and what follows is not turned round. No clause ends
    within a phrase.
    """
    found = [known.get(token, 0) for token in tokens]
    for at in range(len(tokens) - 1):
        bits = found[at]
        if bits & _BEGINS and _may_go_on(tokens, at):
            _join(tokens, found, at)
    return found


def _join(tokens: list[str], found: list[int], at: int) -> None:
    """Add what the phrases that begin with a token say to what is ``found`` of it."""
    phrase = tokens[at]
    met = longest = 0  # what all of them say, and the longest
    end = at
    for other in range(at + 1, min(len(tokens), at + _LONGEST_PHRASE)):
        between = tokens[other]
        phrase += " " if between == "-" else between
        joined = _BITS_OF.get(phrase, 0)
        if joined & _CLASSES:
            longest = joined & _CLASSES
            met |= longest
            end = other
        if not joined & _BEGINS:
            break
    within = met
    for other in range(at, end + 1):
        bits = found[other]
        within |= bits
    if within & _NEGATOR and longest & _KIND:
        met = longest
        for other in range(at, end + 1):
            bits = found[other]
            found[other] = bits & ~_CLASSES
    bits = found[at]
    found[at] = bits | met
    if met:
        for other in range(at + 1, end + 1):
            bits = found[other]
            found[other] = bits & ~_CUE


def _may_go_on(tokens: list[str], at: int) -> bool:
    """Return whether a token may begin a phrase, by the character that follows: most do not, and joining is dear."""
    token, following = tokens[at], tokens[at + 1]
    if following not in (" ", "-"):
        may_follow = _NEXT.get(token)
    elif at + 2 < len(tokens):
        following, may_follow = tokens[at + 2], _NEXT_WORD.get(token)
    else:
        return False
    return may_follow is not None and following != "" and following[0] in may_follow


def parts_of(tokens: list[str]) -> list[Part]:
    """Return the clauses of a comment cut into ``tokens``, at least one."""
    return divide(tokens, look_up(tokens, BITS_OF))


def divide(tokens: list[str], known: list[int]) -> list[Part]:
    """Return the clauses of a comment cut into ``tokens``, of which ``known`` is what ``look_up`` says; at least one.

    A clause ends after punctuation, a line's end or a space between Chinese words, before a word of contrast, and, when
    it has run on, before a cue that is not denied and nobody's object. The classes within a negator's reach are turned
    round.
    """
    parts: list[Part] = []
    count = len(tokens)
    first = begin = 0  # token and character the clause begins with
    position = 0  # the character the token begins with
    plain = turned = reach = 0  # the classes met, and those with negation
    for at in range(count):
        token, own = tokens[at], known[at]
        own &= _BITS
        if own & _GOOD and token in _DEGREES and at + 1 < count:
            following = known[at + 1]
            if following & _BAD:
                own &= ~_GOOD
        after = 1 if own & _STEERS else 0
        length = len(token)
        if own & _CUE and (reach or (at > first and tokens[at - 1] in _GOVERNING)):
            own &= ~_CUE  # what is denied, or somebody's object
        if own & _BORDER:
            if at == first and after:
                position += length
                first, begin = at + 1, position
                continue
            if at != first and position - begin >= _least(token, own) and _ends_clause(tokens, at):
                if after:
                    plain |= own
                    position += length
                parts.append((first, at + after, begin, position, _met(plain, turned)))
                first, begin = at + after, position
                plain = turned = reach = 0
                if after:
                    continue
        plain |= own
        if not after:
            turned |= _turned_round(own) if reach else own
            reach = _NEGATION_REACH if own & _NEGATOR else max(0, reach - 1)
        position += length
    if first < count or not parts:
        parts.append((first, count, begin, position, _met(plain, turned)))
    return parts


def _least(token: str, bits: int) -> int:
    """Return how many characters a clause has at least that ends at a token."""
    if bits & (_STEERS | _CONTRAST):
        return _SHORTEST_CLAUSE
    return _RUN_ON_LATIN if token.isascii() else _RUN_ON


def _ends_clause(tokens: list[str], at: int) -> bool:
    """Return whether a token that may end a clause does: all but the space between two English words."""
    if tokens[at] == " ":
        return not tokens[at - 1].isascii() and not (at + 1 < len(tokens) and tokens[at + 1].isascii())
    return True


def _met(plain: int, turned: int) -> int:
    """Return the classes of a clause; only where there is a negator do those turned round count."""
    return (turned if plain & _NEGATOR else plain) & _CLASSES


def _turned_round(bits: int) -> int:
    for plain, negated in _NEGATED.items():
        if bits & plain:
            bits = bits & ~plain | negated
    return bits


def words_of(tokens: list[str], part: Part) -> list[str]:
    """Return the words of a clause, and the stems of its longer Latin ones."""
    found = [token for token in tokens[part[0] : part[1]] if token not in SILENT]
    return found + [stem for stem in map(stem_of, found) if stem]


def stem_of(token: str) -> str:
    """Return the stem of a longer Latin word, nothing for any other."""
    return token[:_STEM] + STEM_END if len(token) > _STEM and token.isascii() else ""


def shape(parts: list[Part]) -> list[int]:
    """Return the classes at each of ``PLACES``; only at the first two where nothing is contrasted."""
    count = len(parts)
    before = after = 0
    for number in range(count):
        mask = parts[number][4]
        if after or (number and mask & _CONTRAST):
            after |= mask
        else:
            before |= mask
    first, last = parts[0][4], parts[count - 1][4]
    return [first, last, before, after] if after else [first, last]


def trimmed(folded: str, part: Part) -> tuple[int, int]:
    """Return where a clause begins and ends in the folded text without what parts it from others."""
    begin, end = part[2], part[3]
    while begin < end and folded[begin] in ENDS:
        begin += 1
    while end > begin and folded[end - 1] in ENDS:
        end -= 1
    return begin, end
