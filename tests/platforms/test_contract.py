"""What `bot.chat.Platform` promises, kept by every chat there is: one row each in ``CHATS``."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat import Address, Button, Buttons, Card, Facts, Platform, Quote, Text, Undeliverable
from bot.localchat import WORKSPACE
from tests.dialogs.bank import WEDNESDAY, through_slack, through_teams, through_web
from tests.dialogs.chat import Chat, Clock, labels
from tests.platforms.emulator import HISTORY_TOKEN, TEAM
from tests.platforms.teams_service import TENANT

CHATS = {"web": WORKSPACE, "slack": TEAM, "teams": TENANT}
"""The workspace the bank is in, by platform."""

WHO, WHERE = "Li Na", "International"
HOSTILE = "<!channel> @everyone <@U1> *bold* <https://x.example|here> </script> &amp;"


def card(words: str) -> Card:
    press = Button("me.boards", "Press", {"on": "1"})
    return Card(words, (Text(words), Quote("thank you"), Facts((("For", WHO),)), Buttons((press,))), title="A card")


@pytest.fixture(params=CHATS)
async def chat(request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Chat]:
    path = tmp_path / "praisebot.db"
    shutil.copy(sqlite_template, path)
    url, clock = f"sqlite:///{path}", Clock(WEDNESDAY)
    if request.param == "web":
        begun = through_web(url, clock)
    elif request.param == "teams":
        begun = through_teams(url, clock)
    else:
        begun = through_slack(url, clock, request.getfixturevalue("slack_emulator"), HISTORY_TOKEN)
    async with begun as chat:
        yield chat


@pytest.fixture
def platform(request: pytest.FixtureRequest, chat: Chat) -> Platform:
    return chat.product.platforms[request.node.callspec.params["chat"]]


@pytest.fixture
def places(chat: Chat, platform: Platform) -> dict[str, Address]:
    workspace = CHATS[platform.name]
    return {
        "channel": Address(platform.name, workspace, chat.channels[WHERE], "channel"),
        "direct": Address(platform.name, workspace, chat.accounts[WHO], "direct"),
    }


async def shown(chat: Chat, kind: str) -> list[str]:
    seen = await chat.in_channel(WHERE) if kind == "channel" else await chat.inbox(WHO)
    return [message.words for message in seen if message.card is not None]


@pytest.mark.parametrize("kind", ["channel", "direct"])
async def test_a_card_arrives_with_its_words_and_buttons(
    chat: Chat, platform: Platform, places: dict[str, Address], kind: str
) -> None:
    await platform.send(places[kind], card("Hello"), key="k1")
    (words,) = await shown(chat, kind)
    for part in ("A card", "Hello", "> thank you", f"For: {WHO}", "[Press]"):
        assert part in words


@pytest.mark.parametrize("kind", ["channel", "direct"])
async def test_it_is_replaced_in_its_place(
    chat: Chat, platform: Platform, places: dict[str, Address], kind: str
) -> None:
    first = await platform.send(places[kind], card("First"), key="k1")
    await platform.send(places[kind], card("Second"), key="k2")
    assert await platform.send(places[kind], card("Instead"), key="k3", replacing=first) == first
    words = await shown(chat, kind)
    assert ["Instead" in words[0], "Second" in words[1], len(words)] == [True, True, 2]


async def test_what_may_have_been_sent_before_is_not_sent_twice(
    chat: Chat, platform: Platform, places: dict[str, Address]
) -> None:
    first = await platform.send(places["channel"], card("Board"), key="board")
    assert await platform.send(places["channel"], card("Board"), key="board", again=True) == first
    assert await platform.send(places["channel"], card("Board"), key="another", again=True) != first
    assert len(await shown(chat, "channel")) == 2


async def test_words_are_shown_as_they_are_and_do_nothing(
    chat: Chat, platform: Platform, places: dict[str, Address]
) -> None:
    await platform.send(places["channel"], card(HOSTILE), key="k1")
    (words,) = await shown(chat, "channel")
    assert HOSTILE in words


async def test_a_card_without_buttons_has_none(chat: Chat, platform: Platform, places: dict[str, Address]) -> None:
    await platform.send(places["direct"], Card("Done", (Text("Done"),)), key="k1")
    assert labels((await chat.inbox(WHO))[-1]) == []


@pytest.mark.parametrize("gone", ["workspace", "conversation"])
async def test_a_place_that_is_not_there_is_given_up(platform: Platform, places: dict[str, Address], gone: str) -> None:
    elsewhere = replace(places["channel"], **{gone: "C0NOWHERE0"})
    with pytest.raises(Undeliverable):
        await platform.send(elsewhere, card("Hello"), key="k1")


async def test_an_account_is_described_and_a_stranger_is_not_known(
    chat: Chat, platform: Platform, places: dict[str, Address]
) -> None:
    person = await platform.profile(CHATS[platform.name], chat.accounts[WHO])
    assert (person.id, person.bot, person.active) == (chat.accounts[WHO], False, True)
    with pytest.raises(KeyError):
        await platform.profile(CHATS[platform.name], "U0NOBODY00")


async def test_it_has_a_name_of_its_own_and_a_pace(chat: Chat, platform: Platform) -> None:
    assert chat.product.platforms[platform.name] is platform
    assert platform.pace >= 0
