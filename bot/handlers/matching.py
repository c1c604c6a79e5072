"""Whose praise is it? Finds the agents a customer's words name, by staff number or by name."""

from __future__ import annotations

import re

from bot.praise import name_key
from bot.storage import members
from bot.storage.database import Tx
from bot.storage.members import Member

_NUMBER = re.compile(
    r"(?:工\s*号|座席|坐席|客服|员工|编号|柜员|agent|staff|rep|id|no\.?|number|#)\s*(?:是|为|no\.?|number|id|[:：#＃.\-])?\s*([A-Za-z]?[0-9]{3,8})(?![0-9])"
    r"|(?<![0-9])([0-9]{3,8})\s*号(?:客服|座席|坐席|话务|柜员|员工|小)",
    re.IGNORECASE,
)
_CHINESE = re.compile(r"[\u3400-\u9fff·]{2,}")
_LATIN = re.compile(r"[A-Za-z][A-Za-z'’.\-]*(?: [A-Za-z][A-Za-z'’.\-]*)*")
_LONGEST_NAME = 5
_AT_MOST = 3  # a text that seems to name more agents than this is for a supervisor to read


def agents_in(tx: Tx, organisation_id: int, text: str, agent: str | None = None) -> tuple[Member, ...]:
    """Return the agents that ``agent`` (as a file names them) or else ``text`` names; none when it is unclear.

    A staff number wins over names. A name that two people share says nothing by itself.
    """
    if agent is not None and agent.strip():
        keys = {name_key(agent), *numbers_in(agent)}
        return _unique(members.by_keys(tx, organisation_id, keys))
    numbered = _unique(members.by_keys(tx, organisation_id, numbers_in(text)))
    if numbered:
        return numbered if len(numbered) <= _AT_MOST else ()
    named = members.by_keys(tx, organisation_id, names_in(text))
    # 欧阳静 also contains the key 阳静: only the longest name at a place is meant.
    longest = {key: found for key, found in named.items() if not any(key != other and key in other for other in named)}
    if any(len(_present(found)) > 1 for found in longest.values()):
        return ()
    found = _unique(longest)
    return found if len(found) <= _AT_MOST else ()


def numbers_in(text: str) -> tuple[str, ...]:
    """Return the staff numbers that ``text`` names as such, or all of it when it is one."""
    bare = text.strip()
    if re.fullmatch(r"[A-Za-z]?[0-9]{3,8}", bare):
        return (name_key(bare),)
    return tuple(dict.fromkeys(name_key(a or b) for a, b in _NUMBER.findall(text)))


def names_in(text: str) -> tuple[str, ...]:
    """Return every piece of ``text`` that could be somebody's name, as keys; bounded by the text's length."""
    pieces: dict[str, None] = {}
    for run in _CHINESE.findall(text):
        for start in range(len(run) - 1):
            for end in range(start + 2, min(start + _LONGEST_NAME, len(run)) + 1):
                pieces[run[start:end]] = None
    for run in _LATIN.findall(text):
        words = run.split(" ")
        for start in range(len(words)):
            for end in range(start + 1, min(start + 3, len(words)) + 1):
                name = " ".join(words[start:end]).strip(".'’-").removesuffix("'s").removesuffix("’s")
                if len(name) > 2:
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
