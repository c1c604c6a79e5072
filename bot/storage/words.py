"""An organisation's own words: what it uploaded, and what its people and teams are called."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from sqlalchemy import delete, func, insert, select

from bot.storage import organisations
from bot.storage.database import Tx
from bot.storage.tables import member_names, members, teams, words

_DIGEST = "own_words"
"""The setting that changes with the words uploaded."""


def uploaded(tx: Tx, organisation_id: int) -> tuple[str, ...]:
    """Return the words an organisation uploaded, in order."""
    query = select(words.c.word).where(words.c.organisation_id == organisation_id).order_by(words.c.word)
    return tuple(tx.execute(query).scalars())


def replace(tx: Tx, organisation_id: int, new: Collection[str]) -> None:
    """Put ``new`` in the place of what was uploaded before."""
    tx.execute(delete(words).where(words.c.organisation_id == organisation_id))
    distinct = sorted(set(new))
    if distinct:
        tx.execute(insert(words), [{"organisation_id": organisation_id, "word": word} for word in distinct])
    digest = hashlib.sha256("\n".join(distinct).encode()).hexdigest()
    organisations.set_setting(tx, organisation_id, _DIGEST, digest)


def spoken(tx: Tx, organisation_id: int) -> tuple[str, ...]:
    """Return the words uploaded, then the names of members and teams and the staff numbers; some may be there twice."""
    names = select(member_names.c.key).where(member_names.c.organisation_id == organisation_id)
    called = select(teams.c.name).where(teams.c.organisation_id == organisation_id)
    return (
        *uploaded(tx, organisation_id),
        *tx.execute(called.order_by(teams.c.name)).scalars(),
        *tx.execute(names.order_by(member_names.c.key)).scalars(),
    )


def revisions(tx: Tx) -> dict[int, str]:
    """Return by organisation what changes when its words do. Renaming somebody is noticed with the next change."""
    found = organisations.settings_called(tx, _DIGEST)
    for owner, newest in (
        (members.c.organisation_id, func.max(members.c.id)),
        (teams.c.organisation_id, func.max(teams.c.id)),
    ):
        for organisation_id, last, count in tx.execute(select(owner, newest, func.count()).group_by(owner)):
            found[organisation_id] = f"{found.get(organisation_id, '')} {last}/{count}"
    return found
