"""Statements compiled once: as many forms as are needed, however long the lists are that people cause."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, select

from bot.storage.database import Database, Tx
from bot.storage.prepared import Prepared, padded
from bot.storage.tables import members
from tests.builders import new_bank


def statement() -> Prepared:
    wanted = members.c.id.in_(bindparam("ids", expanding=True))
    return Prepared(select(members.c.id).where(wanted, members.c.active).order_by(members.c.id))


@pytest.mark.parametrize("length", [0, 1, 2, 3, 5, 8, 9, 1500])
async def test_a_list_of_any_length_finds_what_is_in_it(database: Database, length: int) -> None:
    bank = await database.write(new_bank)
    there = sorted(member.id for member in bank.people.values())
    wanted = [*there, *range(10_000, 20_000)][:length]

    def find(tx: Tx) -> list[int]:
        return [row[0] for row in statement().rows(tx, {"ids": wanted})]

    assert await database.read(find) == sorted(set(wanted) & set(there))


async def test_lists_of_every_length_make_few_forms(database: Database) -> None:
    prepared = statement()

    def find(tx: Tx) -> None:
        for length in range(1, 200):
            prepared.rows(tx, {"ids": list(range(length))})

    await database.read(find)
    assert len(prepared._forms) <= 9


def test_a_padded_list_is_never_shorter_and_lengths_are_few() -> None:
    lengths = {padded(length) for length in range(30_000) if padded(length) >= length}
    assert len(lengths) == len({padded(length) for length in range(30_000)}) <= 42
