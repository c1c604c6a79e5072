"""Finding and masking personal data in Chinese and English comments, before anything is stored, logged or shown.

A text is first *folded*: full-width forms, foreign digits, dashes and spaces become their ASCII twins one for one, and
what nobody sees (NUL, zero-width characters, direction marks) is left out, so that it cannot hide a number. The
detectors of `bot.personal_data` then run over the folded text in order of priority. What one has found is blanked
before the next one looks, so findings never overlap.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.personal_data import DETECTORS, STAFF_NUMBER, WORTH_READING, Kind, Span, without_names

__all__ = ["Finding", "Kind", "find", "mask"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data of one kind at ``text[start:end]`` of the text that was given."""

    kind: Kind
    start: int
    end: int


_MARKS: dict[Kind, tuple[str, str]] = {
    Kind.MOBILE: ("[手机号]", "[phone]"),
    Kind.LANDLINE: ("[电话]", "[landline]"),
    Kind.ID_CARD: ("[身份证号]", "[ID number]"),
    Kind.PASSPORT: ("[证件号]", "[passport]"),
    Kind.BANK_CARD: ("[卡号]", "[card number]"),
    Kind.EMAIL: ("[邮箱]", "[email]"),
    Kind.ADDRESS: ("[地址]", "[address]"),
    Kind.PLATE: ("[车牌]", "[plate]"),
    Kind.ORDER_NUMBER: ("[单号]", "[reference]"),
    Kind.WECHAT: ("[微信号]", "[WeChat]"),
    Kind.QQ: ("[QQ号]", "[QQ]"),
    Kind.CODE: ("[验证码]", "[code]"),
    Kind.NAME: ("[姓名]", "[name]"),
}
_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def find(text: str, keep: Collection[str] = ()) -> tuple[Finding, ...]:
    """Return the personal data in ``text``, in order and without overlap; positions are half-open. Never raises.

    ``keep`` holds the staff numbers and names of members: a finding whose whole value is one of them is left out, and
    an address starts after such a name; what is no address without it is left out too. A number introduced as a staff
    number (工号8021, agent ID 8021) always stays.
    Pass a frozenset where it is long: its normalised form is remembered.
    """
    plain, offsets = _fold(text)
    kept = _kept(frozenset(keep))
    found: list[Finding] = []
    # Again until nothing is new: what is left must hold nothing for the next reader, for masking to be idempotent.
    while fresh := _sweep(plain, kept):
        plain = _blank(plain, [(start, end) for _, start, end in fresh])
        found += (Finding(kind, offsets[start], offsets[end - 1] + 1) for kind, start, end in fresh)
    return tuple(_one_address(sorted(found, key=lambda finding: finding.start)))


def mask(text: str, keep: Collection[str] = ()) -> str:
    """Return ``text`` with each finding replaced by a mark: ``[手机号]``, or ``[phone]`` in a text without Chinese.

    All else stays as it was. Idempotent: ``mask(mask(text)) == mask(text)``. ``keep`` as in `find`.
    """
    language = 0 if _CHINESE.search(text) else 1
    pieces: list[str] = []
    done = 0
    for finding in find(text, keep):
        pieces += (text[done : finding.start], _MARKS[finding.kind][language])
        done = finding.end
    return "".join((*pieces, text[done:]))


def _sweep(plain: str, kept: frozenset[str]) -> list[tuple[Kind, int, int]]:
    """Run every detector once over the folded text; return kind, start and end of what is found, in order of place."""
    has_number = WORTH_READING.search(plain) is not None
    if has_number:
        plain = _blank(plain, [match.span("v") for match in STAFF_NUMBER.finditer(plain)])
    fresh: list[tuple[Kind, int, int]] = []
    for detector in DETECTORS:
        if detector.needs_number and not has_number:
            continue
        spans = [span for span in detector.spans(plain) if _normal(plain[slice(*span)]) not in kept]
        if detector.kind is Kind.ADDRESS:
            spans = list(_after_names(plain, spans, kept))
        if spans:
            plain = _blank(plain, spans)
            fresh += ((detector.kind, start, end) for start, end in spans)
    return sorted(fresh, key=lambda item: item[1])


def _after_names(plain: str, spans: Iterable[Span], kept: frozenset[str]) -> Iterator[Span]:
    """Yield the spans of addresses without the members' names before them."""
    for start, end in spans:
        name_end = without_names(plain[start:end], kept)
        if name_end is not None:
            yield start + name_end, end


def _one_address(findings: Iterable[Finding]) -> list[Finding]:
    """Join the parts of an address, such as a street with its number and an estate with its building."""
    joined: list[Finding] = []
    for finding in findings:
        last = joined[-1] if joined else finding
        if finding.kind is last.kind is Kind.ADDRESS and last.end == finding.start:
            joined[-1] = Finding(Kind.ADDRESS, last.start, finding.end)
        else:
            joined.append(finding)
    return joined


def _one_for_one() -> dict[int, str]:
    """Return the characters that are written as an ASCII twin of the same length."""
    twins = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"￥": "¥"}
    twins |= dict.fromkeys(
        "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u2800\u3000", " "
    )
    twins |= dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\u30fc", "-")
    twins |= dict.fromkeys("\u2022\u2027\u2219\u22c5\u30fb\uff65", "·")
    return str.maketrans(twins)


_TWINS = _one_for_one()
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
# Unicode's default-ignorable characters, controls other than tab and line ends, combining marks, keycaps.
_INVISIBLE = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u0300-\u036f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\u3164\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\uffa0"
    "\ufff0-\ufffb\U000e0000-\U000e0fff"
)
_HIDDEN = re.compile(f"[{_INVISIBLE}]")
_SEEN = re.compile(f"[^{_INVISIBLE}]")


def _fold(text: str) -> tuple[str, Sequence[int]]:
    """Return ``text`` in ASCII twins without what cannot be seen, and for each character left its place in ``text``."""
    plain = text
    if not text.isascii():
        plain = text.translate(_TWINS)
        plain = _FOREIGN_DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), plain)
    if _HIDDEN.search(plain) is None:
        return plain, range(len(plain))
    offsets = [match.start() for match in _SEEN.finditer(plain)]
    return "".join([plain[offset] for offset in offsets]), offsets


def _blank(plain: str, spans: Iterable[Span]) -> str:
    """Overwrite ``spans`` with NUL. Folded text never holds it, and no pattern reads over it."""
    pieces: list[str] = []
    done = 0
    for start, end in spans:
        pieces += (plain[done:start], "\0" * (end - start))
        done = end
    return "".join((*pieces, plain[done:]))


def _normal(value: str) -> str:
    """Return letters and digits of a folded value, for comparing it with what is to stay."""
    return "".join(filter(str.isalnum, value)).casefold()


_LATIN_WORD = re.compile("(?<![0-9])[A-Za-z\u00c0-\u024f]{2,}(?![0-9])")


@lru_cache(maxsize=8)
def _kept(keep: frozenset[str]) -> frozenset[str]:
    """Return the values that stay, normalised; of a name in Latin letters also each word: Wendy Li is Miss Li too."""
    folded = [_fold(item)[0] for item in keep]
    words = [word for item in folded for word in _LATIN_WORD.findall(item)]
    return frozenset(_normal(value) for value in (*folded, *words))
