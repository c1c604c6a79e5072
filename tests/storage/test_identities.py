"""People met for the first time: called what can be read, and there once."""

from __future__ import annotations

import asyncio

import pytest

from bot.chat import Person
from bot.localchat import PLATFORM, WORKSPACE
from bot.storage import identities, members, tables
from bot.storage.database import Database
from tests.builders import WEDNESDAY, Bank, new_bank, rows


async def met(database: Database, bank: Bank, name: str, account: str = "u1") -> int:
    """Let somebody with a name on their platform be met; return their id."""
    person = Person(account, name)
    return await database.write(identities.enrol, bank.organisation, PLATFORM, WORKSPACE, person, WEDNESDAY)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Zoe\u202e\x00\u200b Chen", "Zoe Chen"),
        ("  Zoe\n Chen ", "Zoe Chen"),
        ("张\ufeff伟", "张伟"),
        ("x" * 500, "x" * 100),
        ("", "u1"),
        ("@", "u1"),
        ("\u200e\x00", "u1"),
        ("@ ＠", "u1"),
    ],
)
async def test_a_name_is_kept_as_it_can_be_read_or_else_the_account(database: Database, name: str, shown: str) -> None:
    bank = await database.write(new_bank)
    member_id = await met(database, bank, name)
    found = await database.read(identities.behind, PLATFORM, WORKSPACE, ["u1"])
    assert (found["u1"].id, found["u1"].name) == (member_id, shown)
    named = await database.read(members.by_keys, bank.organisation.id, [members.name_key(shown)])
    assert [one.id for one in named[members.name_key(shown)]] == [member_id]


async def test_a_member_of_whose_name_nothing_can_be_typed_is_added_all_the_same(database: Database) -> None:
    bank = await database.write(new_bank)
    member_id = await met(database, bank, "@", account="@")
    assert member_id not in {row["member_id"] for row in await database.read(rows, tables.member_names)}


async def test_somebody_met_in_several_places_at_once_is_added_once(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(2)]
    try:
        bank = await databases[0].write(new_bank)
        meetings = (met(databases[number % 2], bank, "Zoe", f"u{number % 3}") for number in range(24))
        ids = await asyncio.gather(*meetings)
        assert len(set(ids)) == 3
        assert len(await databases[0].read(rows, tables.members)) == len(bank.people) + 3
    finally:
        for database in databases:
            database.close()


async def test_an_account_moves_to_the_member_it_is_linked_to(database: Database) -> None:
    bank = await database.write(new_bank)
    await met(database, bank, "somebody")
    await database.write(identities.move, bank["Ann"].id, PLATFORM, WORKSPACE, "u1")
    found = await database.read(identities.behind, PLATFORM, WORKSPACE, ["u1"])
    assert found["u1"].id == bank["Ann"].id


async def test_who_also_has_an_account_elsewhere_has_not_left_with_one(database: Database) -> None:
    bank = await database.write(new_bank)
    await met(database, bank, "Zoe")
    elsewhere = await met(database, bank, "Yan", account="u2")
    await database.write(identities.link, elsewhere, "teams", "tenant", "29:1")
    for account in ("u1", "u2"):
        gone = Person(account, "Zoe" if account == "u1" else "Yan", active=False)
        await database.write(identities.refresh, bank.organisation, PLATFORM, WORKSPACE, gone, "none")
    found = await database.read(identities.behind, PLATFORM, WORKSPACE, ["u1", "u2"])
    assert (found["u1"].active, found["u2"].active) == (False, True)


async def test_who_is_called_otherwise_on_their_platform_is_found_by_the_new_name_only(database: Database) -> None:
    bank = await database.write(new_bank)
    member_id = await met(database, bank, "Zoe")
    person = Person("u1", "Zoe Chen")
    await database.write(identities.refresh, bank.organisation, PLATFORM, WORKSPACE, person, "none")
    found = await database.read(identities.behind, PLATFORM, WORKSPACE, ["u1"])
    assert found["u1"].name == "Zoe Chen"
    keys = [members.name_key(name) for name in ("Zoe", "Zoe Chen")]
    named = await database.read(members.by_keys, bank.organisation.id, keys)
    assert {key: [one.id for one in who] for key, who in named.items()} == {keys[1]: [member_id]}
