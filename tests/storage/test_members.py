"""Who is found by what they are known by."""

from __future__ import annotations

from bot.storage import members
from bot.storage.database import Database
from tests.builders import WEDNESDAY, new_bank


async def test_a_staff_number_means_a_member_of_the_own_organisation_only(database: Database) -> None:
    bank = await database.write(new_bank)
    other = await database.write(new_bank, "Other Bank", workspace="other", surname=" Other")
    made = await database.write(
        lambda tx: members.add(tx, other.organisation.id, "Zoe", now=WEDNESDAY, staff_number="77")
    )
    theirs = await database.read(members.by_staff_number, other.organisation.id, "77")
    assert theirs is not None
    assert theirs.id == made
    assert await database.read(members.by_staff_number, bank.organisation.id, "77") is None
