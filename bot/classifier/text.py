"""A comment folded to one way of writing, before it is cut into words.

Folding works character by character, so every position in the folded text can be traced back to the text as given
(``offsets``).

Compiled where there is a compiler (see ``compiled.py``); the types are in ``text.pxd``.
"""

from __future__ import annotations

import re
import unicodedata

from bot.classifier.traditional import SIMPLIFIED

MAX_CHARACTERS = 4000
"""Characters of a comment that are read; what follows is left out, so that any text is tagged in bounded time."""

_IGNORED = {"Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn"}  # accents alone, direction marks, controls, lone surrogates …
_SPACE = {"Zs", "Zl", "Zp"}
_APOSTROPHES = "\u2018\u2019\u02bc\u00b4`"  # as phones and word processors put them into "couldn't"
_LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"

MASKS = (
    *(
        "手机号",
        "电话",
        "身份证号",
        "证件号",
        "卡号",
        "邮箱",
        "地址",
        "车牌",
        "单号",
        "微信号",
        "QQ号",
        "验证码",
        "姓名",
    ),
    *("phone", "landline", "ID number", "passport", "card number", "email", "address", "plate", "reference"),
    *("WeChat", "QQ", "code", "name"),
)
"""What ``bot.privacy`` puts in brackets for personal data. It tells nothing of the service."""

_MASKED = re.compile("|".join(re.escape(f"[{mask}]") for mask in MASKS))
_BLANK = "#"  # no word of any kind to ``features``


def _fold_character(character: str) -> str:
    if character in _LINE_ENDS:
        return "\n"
    if character.isspace():
        return " "
    if character in _APOSTROPHES:
        return "'"
    if ord(character) in SIMPLIFIED:
        return SIMPLIFIED[ord(character)]
    kept = []
    for part in unicodedata.normalize("NFKC", character).lower():
        category = unicodedata.category(part)
        if category in _SPACE:
            kept.append(" ")
        elif category not in _IGNORED:
            kept.append(SIMPLIFIED.get(ord(part), part))
    return "".join(kept)


_PLANE = 0x10000
_common: list[str | None] = [None] * _PLANE  # what stands for the characters of the basic plane, filled as they are met
_others: dict[str, str] = {}  # the same for all others


def _folded(character: str) -> str:
    """Return what stands for a character in the folded text."""
    code = ord(character)
    found = _common[code] if code < _PLANE else _others.get(character)
    if found is None:
        found = _fold_character(character)
        if code < _PLANE:
            _common[code] = found
        else:
            _others[character] = found
    return found


def _blanked(text: str) -> str:
    """Return what is read of ``text``, each mask in it blanked to the same length."""
    read = text[:MAX_CHARACTERS]
    return _MASKED.sub(lambda mask: _BLANK * len(mask[0]), read) if "[" in read else read


def fold(text: str) -> str:
    """Return ``text`` in one way of writing: NFKC, lower case, simplified, straight apostrophes, single spaces, nothing
    invisible.

    Masks of personal data become ``#`` as long as they were.

    Takes any string at all, lone surrogates included, and reads its first ``MAX_CHARACTERS`` characters. Line ends stay
    as ``\\n``, because they end a clause.
    """
    read = _blanked(text)
    folded = "".join([_folded(character) for character in read])
    if "  " in folded or "\n" in folded or folded.startswith(" ") or folded.endswith(" "):
        lines = [" ".join(line.split()) for line in folded.split("\n")]
        folded = "\n".join([line for line in lines if line])
    return folded


def offsets(text: str) -> list[int]:
    """Return for each character of ``fold(text)`` the position in ``text`` it comes from."""
    origin: list[int] = []
    pending: str = ""
    pending_at = 0
    for position, character in enumerate(_blanked(text)):
        for part in _folded(character):
            if part in " \n":
                if not pending or part == "\n":
                    pending, pending_at = ("\n" if "\n" in (part, pending) else " "), position
                continue
            if pending and origin:
                origin.append(pending_at)
            pending = ""
            origin.append(position)
    return origin
