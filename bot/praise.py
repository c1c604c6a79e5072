"""A praise: how it is written and what may become of it.

The grammar reads what a person typed (`parse`); names with spaces can only be told from the words after them by
somebody who knows the names, so `candidates` says which names to look up and `parse` is given those that exist.
Pure: text in, values out.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, StrEnum
from itertools import islice

from bot.chat import Mention
from bot.tags import Tag, in_order

REASON_LIMIT = 2000
"""Characters of a reason or a comment that are kept; longer ones are refused, not cut."""

_NAME_LIMIT = 40
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_READ_LIMIT = 200  # typed names that are looked up, and unknown names and tags that are told, in one text


class Kind(StrEnum):
    """Who said it."""

    PEER = "peer"
    CUSTOMER = "customer"


class Status(StrEnum):
    """Where a praise stands. ``waiting`` and ``counted`` are undecided; only ``counted`` and ``confirmed`` bear
    points.
    """

    WAITING = "waiting"
    COUNTED = "counted"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    UNDONE = "undone"

    @property
    def open(self) -> bool:
        """Whether a supervisor can still decide."""
        return self in (Status.WAITING, Status.COUNTED)

    @property
    def counts(self) -> bool:
        """Whether it bears points."""
        return self in (Status.COUNTED, Status.CONFIRMED)


TAG_ALIASES: dict[str, Tag] = {
    **dict.fromkeys(("attitude", "manner", "service", "kind", "态度", "服务态度", "热情", "耐心"), Tag.ATTITUDE),
    **dict.fromkeys(
        ("solution", "solved", "solve", "skill", "解决方案", "解决问题", "解决", "专业", "方案"), Tag.SOLUTION
    ),
    **dict.fromkeys(
        (
            "value_added",
            "value-added",
            "valueadded",
            "value",
            "extra",
            "extramile",
            "增值服务",
            "增值",
            "贴心",
            "超预期",
        ),
        Tag.VALUE_ADDED,
    ),
}
PRIVATE_ALIASES = frozenset({"private", "quiet", "私下", "私密", "悄悄"})
_EVERYONE = frozenset({"everyone", "channel", "here", "all", "team", "所有人", "全体成员", "全体", "大家"})

_CODE_AND_QUOTATIONS = re.compile(
    r"```.*?(?:```|\Z)"
    r"|(?<!`)(`{1,2})(?!`)[^\n]+?(?<!`)\1(?!`)"
    r"|^[ \t\u3000]*[>＞][^\n]*",
    re.DOTALL | re.MULTILINE,
)
_SIGNS = "@＠#＃"
# Several signs in a row count as one. An @ inside a Latin word belongs to an e-mail address, a # there to a name such
# as C#, a building (3#) or an address on the web.
_AT = re.compile(rf"(?<![{_SIGNS}])[{_SIGNS}]*(?:(?<![A-Za-z0-9_%+-])[@＠]|[@＠](?![A-Za-z0-9]))")
_HASH = re.compile(rf"(?<![{_SIGNS}])[{_SIGNS}]*[#＃](?=[^\W\d_])")
_HOLDS_HASH = re.compile(r"[A-Za-z0-9_&/]")
_CLOSING_HASH = re.compile(rf"[#＃](?![{_SIGNS}])")
_NAME = re.compile(rf"[^\r\n{_SIGNS},，;；。！？!?]{{1,{_NAME_LIMIT}}}")
_WORD = re.compile(rf"[^\s{_SIGNS},，、。;；:：!！?？()（）\[\]【】<>《》\"'“”]{{1,{_NAME_LIMIT}}}")
_NUMBERED = re.compile(r"[A-Za-z_-]*[0-9]")
_CHINESE = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTER = rf"(?:(?![{_CHINESE}\u3040-\u30ff\uac00-\ud7af])[^\W_])"  # of a script that puts space between words
_WORD_GOES_ON = re.compile(rf"{_LETTER}[_.-]?{_LETTER}")
_EDGE = " \n,，.。、;；:：-—…"
_JOINERS = re.compile(r"(?:和|与|跟|及|以及|还有|and|&|['’]s)(?=[\s,，、;；:：]|$)", re.IGNORECASE)
_EMOJI = r"\u2190-\u2bff\U0001f000-\U0001faff"
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb"
    r"\U000e0000-\U000e01ef]"
    # The zero-width joiner holds some emoji together.
    rf"|\u200d(?![{_EMOJI}])|(?<![{_EMOJI}\ufe0f])\u200d"
)


def clean(text: str, mentions: Sequence[Mention] = ()) -> tuple[str, tuple[Mention, ...]]:
    """Return ``text`` without control, zero-width and direction characters and lone surrogates, and its mentions where
    they are then. Lines and emoji stay.
    """
    removed = [match.start() for match in _INVISIBLE.finditer(text)]
    if not removed:
        return text, tuple(mentions)
    moved = tuple(
        Mention(
            mention.start - bisect_left(removed, mention.start),
            mention.end - bisect_left(removed, mention.end),
            mention.user_id,
        )
        for mention in mentions
    )
    return _INVISIBLE.sub("", text), moved


def name_key(name: str) -> str:
    """Return the form in which names are compared: NFKC, case-folded, nothing invisible, inner space single, without
    a leading ``@``.
    """
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", name)).casefold()
    return " ".join(folded.split()).lstrip("@ ")


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody named in a text: an account picked in the chat, or the key of a name that was typed."""

    words: str
    user_id: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person typed, understood but not yet checked against anybody's rights."""

    recipients: tuple[Named, ...]
    reason: str
    tags: tuple[Tag, ...] = ()
    primary: Tag | None = None
    private: bool = False
    everyone: bool = False
    unknown_names: tuple[str, ...] = ()
    unknown_tags: tuple[str, ...] = ()


class _Sense(Enum):
    """What a token means that means neither a person nor a tag."""

    EVERYONE = "everyone"
    UNKNOWN_NAME = "unknown name"
    PRIVATE = "private"
    UNKNOWN_TAG = "unknown tag"


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of a text that is read, with its signs. ``words`` are those without."""

    start: int
    end: int
    words: str
    sense: Named | Tag | _Sense

    @property
    def spoken(self) -> str:
        """What stays of it inside a sentence: a name does, a tag does not."""
        is_name = isinstance(self.sense, Named) or self.sense in (_Sense.EVERYONE, _Sense.UNKNOWN_NAME)
        return self.words if is_name else ""


def candidates(text: str, mentions: Sequence[Mention] = ()) -> tuple[str, ...]:
    """Return the keys of all names that typed ``@…`` in ``text`` could mean: every beginning of what follows."""
    body = _without_code(text)
    body = _blanked(body, _picked(body, mentions))
    signs = islice(_AT.finditer(body), _READ_LIMIT)
    return tuple(dict.fromkeys(key for sign in signs for key, _ in _beginnings(body, sign.end())))


def parse(text: str, mentions: Sequence[Mention] = (), known: Collection[str] = (), *, topics: bool = False) -> Draft:
    """Understand a praise. ``known`` are those of `candidates` that exist; of several the longest is meant.

    Mentions, names and ``#tags`` may stand anywhere outside code and quotations; what is left is the reason. With
    ``topics``, a ``#word`` that is no tag is part of it, as in what customers write. Never raises; a mention whose span
    is outside the text or overlaps another is left out.
    """
    body = _without_code(text)
    picked = _picked(body, mentions)
    unpicked = _blanked(body, picked)
    typed = _typed(unpicked, known)
    hashed = _hashed(_blanked(unpicked, typed))
    if topics:
        hashed = [token for token in hashed if token.sense is not _Sense.UNKNOWN_TAG]
    tokens = sorted((*picked, *typed, *hashed), key=lambda token: token.start)
    tags = [token.sense for token in tokens if isinstance(token.sense, Tag)]
    senses = {token.sense for token in tokens}
    return Draft(
        recipients=_each_once(token.sense for token in tokens if isinstance(token.sense, Named)),
        reason=_reason(body, tokens),
        tags=in_order(tags),
        primary=tags[0] if tags else None,
        private=_Sense.PRIVATE in senses,
        everyone=_Sense.EVERYONE in senses,
        unknown_names=_words_of(_Sense.UNKNOWN_NAME, tokens),
        unknown_tags=_words_of(_Sense.UNKNOWN_TAG, tokens),
    )


def has_reason(reason: str) -> bool:
    """Return whether ``reason`` says anything: at least two letters or digits, or one Chinese character."""
    letters = _NOT_ALPHANUMERIC.sub("", reason)
    return len(letters) >= 2 or re.search(f"[{_CHINESE}]", letters) is not None


def suggestion(words: str, commands: Collection[str]) -> str | None:
    """Return the command that ``words`` looks like a misspelling of, if any."""
    word = name_key(words)
    # One wrong character of two is half of a Chinese word, and a likely slip of the input method.
    close = get_close_matches(word, list(commands), n=1, cutoff=0.6 if word.isascii() else 0.5)
    return close[0] if close else None


def same_words(reason: str) -> str:
    """Return the form in which two reasons are compared when asking "the same praise twice?"."""
    return _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKC", reason).casefold())


def _without_code(text: str) -> str:
    # Blanks of the same length keep the spans of mentions true.
    return _CODE_AND_QUOTATIONS.sub(lambda match: " " * len(match[0]), text)


def _blanked(text: str, tokens: Iterable[_Token]) -> str:
    """Return ``text`` with line ends, over which no name reaches, in place of ``tokens`` (in order)."""
    pieces: list[str] = []
    position = 0
    for token in tokens:
        pieces += (text[position : token.start], "\n" * (token.end - token.start))
        position = token.end
    return "".join((*pieces, text[position:]))


def _picked(body: str, mentions: Sequence[Mention]) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    for mention in sorted(mentions, key=lambda mention: mention.start):
        start, end = mention.start, mention.end
        if not position <= start < end <= len(body) or body[start:end].isspace():
            continue
        words = " ".join(re.sub(f"[{_SIGNS}]", "", body[start:end]).split())
        while start > position and body[start - 1] in _SIGNS:
            start -= 1
        tokens.append(_Token(start, end, words, Named(words, user_id=mention.user_id)))
        position = end
    return tokens


def _typed(text: str, known: Collection[str]) -> list[_Token]:
    tokens: list[_Token] = []
    for number, sign in enumerate(_AT.finditer(text)):
        if meant := _longest(text, sign.end(), known):
            key, end = meant
            words = text[sign.end() : end].strip()
            tokens.append(_Token(sign.start(), end, words, Named(words, key=key)))
        elif everyone := _longest(text, sign.end(), _EVERYONE):
            end = everyone[1]
            tokens.append(_Token(sign.start(), end, text[sign.end() : end].strip(), _Sense.EVERYONE))
        elif number < _READ_LIMIT and (word := _WORD.match(text, sign.end())):
            words = word[0].rstrip(_EDGE + "~")
            if any(character.isalnum() for character in words):
                tokens.append(_Token(sign.start(), sign.end() + len(words), words, _Sense.UNKNOWN_NAME))
    return tokens


def _beginnings(text: str, start: int) -> Iterator[tuple[str, int]]:
    """Yield (key, end) of each beginning of the words at ``start``, shortest first, within one line."""
    run = _NAME.match(text, start)
    for end in range(start + 1, run.end() + 1 if run else start):
        # A Latin name ends where the word ends; a Chinese one may be followed by anything.
        if text[end - 1].isspace() or _WORD_GOES_ON.match(text, end - 1):
            continue
        if key := name_key(text[start:end]):
            yield key, end


def _longest(text: str, start: int, known: Collection[str]) -> tuple[str, int] | None:
    return max((found for found in _beginnings(text, start) if found[0] in known), key=lambda f: f[1], default=None)


def _hashed(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    for number, sign in enumerate(_HASH.finditer(text)):
        read = tokens[-1].end if tokens else 0
        if sign.start() < read or (sign.start() > read and _HOLDS_HASH.match(text, sign.start() - 1)):
            continue
        if found := _tag_at(text, sign.end()):
            sense, end = found
            words = text[sign.end() : end]
            # Closed by a second sign, #态度#, unless that opens the next tag.
            if _CLOSING_HASH.match(text, end) and not _tag_at(text, end + 1):
                end += 1
            tokens.append(_Token(sign.start(), end, words, sense))
        elif number < _READ_LIMIT and (word := _WORD.match(text, sign.end())) and not _NUMBERED.match(word[0]):
            words = word[0].rstrip(_EDGE + "~")
            tokens.append(_Token(sign.start(), sign.end() + len(words), words, _Sense.UNKNOWN_TAG))
    return tokens


def _tag_at(text: str, start: int) -> tuple[Tag | _Sense, int] | None:
    """Return what the word at ``start`` says and where that ends: all of a Latin word, the most of Chinese ones."""
    word = _WORD.match(text, start)
    for end in range(word.end() if word else start, start, -1):
        alias = unicodedata.normalize("NFKC", text[start:end]).casefold()
        if _WORD_GOES_ON.match(text, end - 1):
            continue
        if alias in PRIVATE_ALIASES:
            return _Sense.PRIVATE, end
        if alias in TAG_ALIASES:
            return TAG_ALIASES[alias], end
    return None


def _each_once(named: Iterable[Named]) -> tuple[Named, ...]:
    first: dict[tuple[str | None, str | None], Named] = {}
    for one in named:
        first.setdefault((one.user_id, one.key), one)
    return tuple(first.values())


def _words_of(sense: _Sense, tokens: Iterable[_Token]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(token.words for token in tokens if token.sense is sense))


def _reason(body: str, tokens: Sequence[_Token]) -> str:
    """Return the words around the tokens: those at either edge go, those inside a sentence leave their name."""
    starts = [0, *(token.end for token in tokens)]
    ends = [*(token.start for token in tokens), len(body)]
    between = [body[start:end] for start, end in zip(starts, ends, strict=True)]
    saying = [index for index, words in enumerate(between) if _joined(words)]
    if not saying:
        return ""
    first, last = saying[0], saying[-1]
    pieces = [between[first]]
    for index in range(first, last):
        pieces += (tokens[index].spoken, between[index + 1])
    text = re.sub(r" ?\n ?", "\n", _joined("".join(pieces)))
    return re.sub(r"\n{3,}", "\n\n", text)


def _joined(words: str) -> str:
    """Return ``words``, blanks single, without the punctuation and the "and" that only joined names."""
    words = re.sub(r"[^\S\n]+", " ", words)
    if any(character.isalnum() for character in words):
        words = words.strip().lstrip(_EDGE)
    else:
        words = words.strip(_EDGE + _SIGNS + "!！?？")
    joiner = _JOINERS.match(words)
    return words[joiner.end() :].strip() if joiner else words
