"""A praise: how it is written and what may become of it.

The grammar reads what a person typed (`parse`); names with spaces can only be told from the words after them by
somebody who knows the names, so `candidates` says which names to look up and `parse` is given those that exist. Pure:
text in,
values out.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from bot.chat import Mention
from bot.tags import Tag, in_order

REASON_LIMIT = 2000
"""Characters of a reason or a comment that are kept; longer ones are refused, not cut."""

_NAME_LIMIT = 40
_TYPED_LIMIT = 50  # typed names looked up in one text; more are still counted as recipients


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
_EVERYONE = ("everyone", "channel", "here", "all", "team", "所有人", "全体成员", "全体", "大家")

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_QUOTATION = re.compile(r"^[ \t]*[>＞].*$", re.MULTILINE)
_AT = re.compile(r"(?<![A-Za-z0-9._%+-])[@＠]")
_HASH = re.compile(r"(?<![\w&/])[#＃](?=[^\W\d])")
_WORD = re.compile(r"[^\s@＠#＃,，、。;；:：!！?？()（）\[\]【】<>《》\"'“”]{1,40}")
_EDGE = " \t\r\n\u3000,，、;；:：.。-—…"
_JOINERS = re.compile(r"^(?:和|与|跟|还有|and|&)(?=[\s,，、;；:：]|$)", re.IGNORECASE)
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)


def clean(text: str, mentions: Sequence[Mention] = ()) -> tuple[str, tuple[Mention, ...]]:
    """Return ``text`` without control, zero-width and direction characters and lone surrogates, and its mentions where
    they are then. Lines and emoji stay.
    """
    text = text.encode("utf-8", "replace").decode("utf-8")
    if not _INVISIBLE.search(text):
        return text, tuple(mentions)
    removed = [match.start() for match in _INVISIBLE.finditer(text)]
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
    """Return the form in which names are compared: NFKC, case-folded, inner space single, without a leading ``@``."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().lstrip("@").split())


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


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    keep: str
    """What stays in the reason when the token stands inside a sentence."""


def candidates(text: str) -> tuple[str, ...]:
    """Return the keys of all names that typed ``@…`` in ``text`` could mean: every beginning of what follows."""
    body = _without_code(text)
    found: dict[str, None] = {}
    for match in list(_AT.finditer(body))[:_TYPED_LIMIT]:
        for key, _ in _beginnings(body, match.end()):
            found[key] = None
    return tuple(found)


def parse(text: str, mentions: Sequence[Mention] = (), known: Collection[str] = ()) -> Draft:
    """Understand a praise. ``known`` are those of `candidates` that exist; of several the longest is meant.

    Mentions, names and ``#tags`` may stand anywhere outside code and quotations; what is left is the reason.
    """
    body = _without_code(text)
    tokens: list[_Token] = []
    recipients: dict[str, Named] = {}
    tags: list[Tag] = []
    unknown_tags: list[str] = []
    unknown_names: list[str] = []
    everyone = private = False

    for mention in mentions:
        if not 0 <= mention.start < mention.end <= len(body) or body[mention.start : mention.end].isspace():
            continue
        words = body[mention.start : mention.end].lstrip("@＠")
        recipients.setdefault("id:" + mention.user_id, Named(words, user_id=mention.user_id))
        tokens.append(_Token(mention.start, mention.end, words))

    for match in _AT.finditer(body):
        if _inside(match.start(), tokens):
            continue
        meant = _longest(body, match.end(), known)
        if meant is not None:
            key, end = meant
            words = body[match.end() : end]
            recipients.setdefault("key:" + key, Named(words, key=key))
            tokens.append(_Token(match.start(), end, words))
            continue
        word = _WORD.match(body, match.end())
        if word is None:
            continue
        if name_key(word[0]).startswith(_EVERYONE):
            everyone = True
        else:
            unknown_names.append(word[0][:_NAME_LIMIT])
        tokens.append(_Token(match.start(), word.end(), word[0]))

    for match in _HASH.finditer(body):
        if _inside(match.start(), tokens):
            continue
        word = _WORD.match(body, match.end())
        assert word is not None  # _HASH looked ahead for a letter
        alias = _tag_alias(word[0])
        if alias is None:
            unknown_tags.append(word[0])
            tokens.append(_Token(match.start(), word.end(), ""))
            continue
        tokens.append(_Token(match.start(), match.end() + len(alias), ""))
        if alias.casefold() in PRIVATE_ALIASES:
            private = True
        else:
            tags.append(TAG_ALIASES[alias.casefold()])

    return Draft(
        recipients=tuple(recipients.values()),
        reason=_reason(body, tokens),
        tags=in_order(tags),
        primary=tags[0] if tags else None,
        private=private,
        everyone=everyone,
        unknown_names=tuple(dict.fromkeys(unknown_names)),
        unknown_tags=tuple(dict.fromkeys(unknown_tags)),
    )


def has_reason(reason: str) -> bool:
    """Return whether ``reason`` says anything: at least two letters or digits, or one Chinese character."""
    letters = [character for character in reason if character.isalnum()]
    return len(letters) >= 2 or any("\u3400" <= character <= "\u9fff" for character in letters)


def suggestion(words: str, commands: Collection[str]) -> str | None:
    """Return the command that ``words`` looks like a misspelling of, if any."""
    close = get_close_matches(name_key(words), list(commands), n=1, cutoff=0.6)
    return close[0] if close else None


def same_words(reason: str) -> str:
    """Return the form in which two reasons are compared when asking "the same praise twice?"."""
    return "".join(character for character in unicodedata.normalize("NFKC", reason).casefold() if character.isalnum())


def _without_code(text: str) -> str:
    # Blanks of the same length keep the spans of mentions true.
    for pattern in (_CODE, _QUOTATION):
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    return text


def _beginnings(body: str, start: int) -> list[tuple[str, int]]:
    """Return (key, end) of each beginning of the words after an ``@``, shortest first, within one line."""
    beginnings: list[tuple[str, int]] = []
    for end in range(start + 1, min(len(body), start + _NAME_LIMIT) + 1):
        last = body[end - 1]
        if last in "\r\n@＠#＃,，;；。！？!?":
            break
        following = body[end] if end < len(body) else " "
        # A Latin name ends where the word ends; a Chinese one may be followed by anything.
        if last.isspace() or (last.isascii() and last.isalnum() and following.isascii() and following.isalnum()):
            continue
        beginnings.append((name_key(body[start:end]), end))
    return beginnings


def _longest(body: str, start: int, known: Collection[str]) -> tuple[str, int] | None:
    for key, end in reversed(_beginnings(body, start)):
        if key in known:
            return key, end
    return None


def _tag_alias(word: str) -> str | None:
    """Return the beginning of ``word`` that is a tag: whole for Latin words, the longest for Chinese ones."""
    for end in range(len(word), 0, -1):
        piece = word[:end].casefold()
        known = piece in TAG_ALIASES or piece in PRIVATE_ALIASES
        if known and (end == len(word) or not (piece[-1].isascii() and word[end].isascii())):
            return word[:end]
    return None


def _inside(position: int, tokens: list[_Token]) -> bool:
    return any(token.start <= position < token.end for token in tokens)


def _reason(body: str, tokens: list[_Token]) -> str:
    """Return the words around the tokens: those at either edge go, those inside a sentence leave their name."""
    pieces: list[tuple[bool, str]] = []
    position = 0
    for token in sorted(tokens, key=lambda token: token.start):
        pieces.append((False, body[position : token.start]))
        pieces.append((True, token.keep))
        position = token.end
    pieces.append((False, body[position:]))
    while len(pieces) > 1 and (pieces[0][0] or not _joined(pieces[0][1])):
        pieces.pop(0)
    while len(pieces) > 1 and (pieces[-1][0] or not _joined(pieces[-1][1])):
        pieces.pop()
    text = _joined("".join(words for _, words in pieces))
    return re.sub(r"[ \t\u3000]{2,}", " ", re.sub(r"\n{3,}", "\n\n", text))


def _joined(words: str) -> str:
    """Return ``words`` without the punctuation and the "and" that only joined names."""
    words = words.strip(_EDGE + "!！?？") if not any(c.isalnum() for c in words) else words.strip().lstrip(_EDGE)
    return _JOINERS.sub("", words).strip()
