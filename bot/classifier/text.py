"""A comment as the classifier sees it: folded to one way of writing, then cut into words as jieba cuts them.

Folding works character by character, so every position in the folded text can be traced back to the text as given
(``offsets``). Cutting is jieba's without its hidden Markov model. rjieba, the same algorithm and dictionary in Rust,
does it where it is installed; jieba itself is the reference and the fallback, built without its cache file, which
anybody on the machine could have planted.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Callable
from functools import lru_cache

from bot.classifier.traditional import SIMPLIFIED

MAX_CHARACTERS = 4000
"""Characters of a comment that are read; what follows is left out, so that any text is tagged in bounded time."""

_IGNORED = {"Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn"}  # accents alone, direction marks, controls, lone surrogates …
_SPACE = {"Zs", "Zl", "Zp"}
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

Cut = Callable[[str], list[str]]


class _Folding(dict[int, str]):
    """Code point → what stands for it in the folded text; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


def _fold_character(character: str) -> str:
    if character in _LINE_ENDS:
        return "\n"
    if character.isspace():
        return " "
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


_FOLDING = _Folding()


def _blanked(text: str) -> str:
    """Return what is read of ``text``, each mask in it blanked to the same length."""
    read = text[:MAX_CHARACTERS]
    return _MASKED.sub(lambda mask: _BLANK * len(mask[0]), read) if "[" in read else read


def fold(text: str) -> str:
    """Return ``text`` in one way of writing: NFKC, lower case, simplified, single spaces, nothing invisible.

    Masks of personal data become ``#`` as long as they were.

    Takes any string at all, lone surrogates included, and reads its first ``MAX_CHARACTERS`` characters. Line ends stay
    as ``\\n``, because they end a clause.
    """
    folded = _blanked(text).translate(_FOLDING)
    if "  " in folded or "\n" in folded or folded[:1] == " " or folded[-1:] == " ":
        lines = (" ".join(line.split()) for line in folded.split("\n"))
        folded = "\n".join(line for line in lines if line)
    return folded


def offsets(text: str) -> list[int]:
    """Return for each character of ``fold(text)`` the position in ``text`` it comes from."""
    origin: list[int] = []
    pending: str = ""
    pending_at = 0
    for position, character in enumerate(_blanked(text)):
        for part in _FOLDING[ord(character)]:
            if part in " \n":
                if not pending or part == "\n":
                    pending, pending_at = ("\n" if "\n" in (part, pending) else " "), position
                continue
            if pending and origin:
                origin.append(pending_at)
            pending = ""
            origin.append(position)
    return origin


@lru_cache(maxsize=1)
def jieba_cut() -> Cut:
    """Return jieba's own cutting (no hidden Markov model), its dictionary read from its package, never from a cache."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # invalid escapes in jieba's source
        import jieba

    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True

    def cut(folded: str) -> list[str]:
        return list(tokenizer.cut(folded, HMM=False))

    return cut


@lru_cache(maxsize=1)
def rjieba_cut() -> Cut | None:
    """Return rjieba's cutting, equal to jieba's, or None where it is not installed."""
    try:
        import rjieba
    except ImportError:
        return None
    tokenizer = rjieba.Jieba()

    def cut(folded: str) -> list[str]:
        return tokenizer.cut(folded, hmm=False)

    return cut


def cutter() -> Cut:
    """Return the fastest cutting there is. The first call builds its dictionary: 0.1 s (rjieba) or 0.5 s (jieba)."""
    return rjieba_cut() or jieba_cut()
