"""Whose praise is it? Finds the agents a customer's words name, by staff number or by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from bot.praise import name_key
from bot.storage import members
from bot.storage.database import Tx
from bot.storage.members import Member

_STAFF_NUMBER = r"[A-Za-z]{0,4}[0-9]{3,20}(?![0-9])"  # long ones begin with a date; what is nobody's finds nobody
_ANY_NUMBER = re.compile(rf"(?<![A-Za-z0-9]){_STAFF_NUMBER}")
_NUMBER = re.compile(
    r"(?:工\s*号|座席|坐席|客服|员工|编号|柜员|(?<![A-Za-z])(?:agent|staff|rep|id|no\.?|number)|#)"
    r"(?:\s*(?:是|为|no\.?|number|id|[:#.\-])){0,2}\s*"
    rf"({_STAFF_NUMBER})"
    rf"|(?<![0-9A-Za-z])({_STAFF_NUMBER})\s*号(?:客服|座席|坐席|话务|柜员|员工|小)",
    re.IGNORECASE,
)
_CHINESE = re.compile(r"[\u3400-\u9fff·]{2,}")
_LETTERS = "A-Za-z\u00c0-\u024f"
_LATIN = re.compile(rf"[{_LETTERS}][{_LETTERS}'’.\-]*(?: [{_LETTERS}][{_LETTERS}'’.\-]*)*")
_LONGEST_NAME = 5
_LONGEST_DOTTED_NAME = 12  # 阿依古丽·买买提
_LOOKED_AT = 4000  # characters of a text: each may begin several names, and every one is asked for
_AT_MOST = 3  # a text that seems to name more agents than this is for a supervisor to read


def agents_in(tx: Tx, organisation_id: int, text: str, agent: str | None = None) -> tuple[Member, ...]:
    """Return the agents that ``agent`` (as a file names them) or else ``text`` names; none when it is unclear.

    A staff number wins over names. A name that two people share says nothing by itself.
    """
    if agent is None or not agent.strip():
        return _named_in(tx, organisation_id, text, numbers_in(text))
    numbers = tuple(name_key(number) for number in _ANY_NUMBER.findall(unicodedata.normalize("NFKC", agent)))
    by_all_of_it = members.by_keys(tx, organisation_id, {name_key(agent)})
    return _unique(by_all_of_it) or _named_in(tx, organisation_id, agent, numbers)


def _named_in(tx: Tx, organisation_id: int, text: str, numbers: Collection[str]) -> tuple[Member, ...]:
    numbered = _unique(members.by_keys(tx, organisation_id, numbers))
    if numbered:
        return numbered if len(numbered) <= _AT_MOST else ()
    named = members.by_keys(tx, organisation_id, names_in(text[:_LOOKED_AT]))
    # 欧阳静 also contains the key 阳静: only the longest name is meant.
    longest = {key: found for key, found in named.items() if not any(key != other and key in other for other in named)}
    if any(len(_present(found)) > 1 for found in longest.values()):
        return ()
    found = _unique(longest)
    return found if len(found) <= _AT_MOST else ()


def numbers_in(text: str) -> tuple[str, ...]:
    """Return the staff numbers that ``text`` names as such, or all of it when it is one, as keys."""
    text = unicodedata.normalize("NFKC", text)
    if re.fullmatch(_STAFF_NUMBER, text.strip()):
        return (name_key(text),)
    return tuple(dict.fromkeys(name_key(before or after) for before, after in _NUMBER.findall(text)))


def names_in(text: str) -> tuple[str, ...]:
    """Return every piece of ``text`` that could be somebody's name, as keys: at most 11 for each character."""
    text = unicodedata.normalize("NFKC", text)
    pieces: dict[str, None] = {}
    for run in _CHINESE.findall(text):
        longest = _LONGEST_DOTTED_NAME if "·" in run else _LONGEST_NAME
        for start in range(len(run) - 1):
            for end in range(start + 2, min(start + longest, len(run)) + 1):
                pieces[run[start:end]] = None
    for run in _LATIN.findall(text):
        words = run.split(" ")
        for start in range(len(words)):
            for end in range(start + 1, min(start + 3, len(words)) + 1):
                name = " ".join(words[start:end]).strip(".'’-").removesuffix("'s").removesuffix("’s")
                # In a sentence a single word in small letters is a word: will, may, grace.
                if len(name) > 2 and (len(words) == 1 or end - start > 1 or name[0].isupper()):
                    pieces[name_key(name)] = None
    return tuple(pieces)


def _present(found: tuple[Member, ...]) -> tuple[Member, ...]:
    return tuple(member for member in found if member.active and not member.bot)


def _unique(found: dict[str, tuple[Member, ...]]) -> tuple[Member, ...]:
    chosen: dict[int, Member] = {}
    for who in found.values():
        present = _present(who)
        if len(present) == 1:
            chosen[present[0].id] = present[0]
    return tuple(chosen.values())
