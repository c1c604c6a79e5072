"""Who is told, and how often, that messages do not arrive."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat import Address, Card, Text, Why
from bot.handlers import undelivered
from bot.localchat import PLATFORM, WORKSPACE, account
from bot.storage import tables
from bot.storage.database import Database
from bot.storage.members import Role
from bot.storage.outbox import Delivery
from tests.builders import WEDNESDAY, Bank, new_bank, new_member, rows

CARD = Card("hello", (Text("hello"),))


@pytest.fixture
async def bank(database: Database) -> Bank:
    """A bank with two who see all: Mo and Max."""
    made = await database.write(new_bank)
    await database.write(new_member, made.organisation, "Max", role=Role.ADMIN)
    return made


def failed(to: Address, key: str = "board:1") -> Delivery:
    return Delivery(1, key, to, CARD, 1, None)


def cards() -> Address:
    return Address(PLATFORM, WORKSPACE, "team-gone", "channel")


async def told(database: Database) -> list[str]:
    return [row["card"] for row in await database.read(rows, tables.outbox)]


@pytest.mark.parametrize("why", ["gone", "not_member", "archived", "revoked", "forbidden"])
async def test_who_sees_all_is_told_what_to_do(database: Database, bank: Bank, why: Why) -> None:
    await database.write(undelivered.tell, failed(cards()), why, WEDNESDAY)
    found = await told(database)
    assert len(found) == 2
    assert all("team-gone" in card for card in found)


async def test_they_are_told_once_a_day(database: Database, bank: Bank) -> None:
    for hours in (0, 1, 2):
        await database.write(undelivered.tell, failed(cards()), "gone", WEDNESDAY + timedelta(hours=hours))
    assert len(await told(database)) == 2
    await database.write(undelivered.tell, failed(cards()), "gone", WEDNESDAY + timedelta(days=1))
    assert len(await told(database)) == 4


async def test_what_says_so_itself_tells_nobody(database: Database, bank: Bank) -> None:
    mine = Address(PLATFORM, WORKSPACE, account(bank["Mo"].id), "direct")
    await database.write(undelivered.tell, failed(mine, "undeliverable:x"), "gone", WEDNESDAY)
    assert await told(database) == []


async def test_a_person_is_called_by_name_and_not_told_of_themselves(database: Database, bank: Bank) -> None:
    mine = Address(PLATFORM, WORKSPACE, account(bank["Mo"].id), "direct")
    await database.write(undelivered.tell, failed(mine), "gone", WEDNESDAY)
    (card,) = await told(database)
    assert "Mo" in card


async def test_a_workspace_of_nobody_tells_nobody(database: Database, bank: Bank) -> None:
    await database.write(undelivered.tell, failed(Address("slack", "T404", "C1", "channel")), "revoked", WEDNESDAY)
    assert await told(database) == []
