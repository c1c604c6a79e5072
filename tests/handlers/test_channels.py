"""A team's channel is chosen by typing in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat import Address
from bot.errors import ChannelOnly
from bot.storage import organisations
from bot.storage.database import Database
from bot.storage.organisations import Team
from tests.builders import WEDNESDAY, Bank, Clock, new_bank, new_dispatch, said, told, typed

HERE = Address("slack", "T1", "C1", "channel")


@pytest.fixture
async def bank(database: Database) -> Bank:
    return await database.write(new_bank)


async def type_here(database: Database, bank: Bank, who: str, words: str = "", where: Address = HERE) -> str:
    came = replace(typed(bank[who], words, command="channel"), where=where)
    return said((await new_dispatch(database, Clock(WEDNESDAY)).receive(came)).card)


async def channel_of(database: Database, bank: Bank, name: str) -> Address | None:
    team: Team | None = await database.read(organisations.team, bank.organisation.id, bank.teams[name].id)
    assert team is not None
    return team.channel


@pytest.mark.parametrize("words", ["", "cards", "#Cards"])
async def test_a_supervisor_gives_their_team_the_channel(database: Database, bank: Bank, words: str) -> None:
    assert "Cards" in await type_here(database, bank, "Sun", words)
    assert await channel_of(database, bank, "Cards") == HERE


async def test_who_sees_all_gives_any_team_a_channel(database: Database, bank: Bank) -> None:
    assert "Loans" in await type_here(database, bank, "Mo", "Loans")
    assert await channel_of(database, bank, "Loans") == HERE


@pytest.mark.parametrize(("who", "words"), [("Ann", ""), ("Sun", "Loans"), ("Mo", ""), ("Mo", "Savings")])
async def test_nobody_else_moves_a_teams_channel(database: Database, bank: Bank, who: str, words: str) -> None:
    before = [await channel_of(database, bank, team) for team in bank.teams]
    await type_here(database, bank, who, words)
    assert [await channel_of(database, bank, team) for team in bank.teams] == before


async def test_direct_messages_are_no_channel(database: Database, bank: Bank) -> None:
    direct = Address("slack", "T1", "U1", "direct")
    assert told(ChannelOnly()) in await type_here(database, bank, "Sun", where=direct)
