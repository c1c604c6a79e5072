"""Several web processes on one database: what comes to two of them at once, or again to another, is done once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.config import Settings
from bot.storage import tables
from tests.builders import praises_of, rows
from tests.platforms import signed
from tests.platforms.block_kit import words
from tests.platforms.conftest import CHANNEL, Desk, opened
from tests.platforms.slack_api import SlackApi, button

REASON = "for staying late to calm the customer, you helped"
MESSAGE = {"ts": "1700000001.000100"}
EDGE = 1_700_000_002.0
"""Where what clicks go by changes, see `bot.platforms.slack_incoming.press`."""

MOMENTS = [(EDGE + 0.5, EDGE + 0.7), (EDGE - 0.1, EDGE + 0.1), (EDGE + 0.1, EDGE - 0.1)]
"""Of two clicks, in the order in which they arrive."""


@pytest.fixture
async def desks(settings: Settings, api: SlackApi, database_url: str, roster: Path) -> AsyncIterator[tuple[Desk, Desk]]:
    """Two processes of one bank."""
    shared = replace(settings, database_url=database_url)
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(opened(shared, api, roster))
        yield first, await stack.enter_async_context(opened(shared, api))


async def clicked(
    desks: tuple[Desk, Desk], who: str, element: Any, moments: tuple[float, float], at_once: bool
) -> None:
    """Click twice; each click comes to another process."""
    clicks = [
        desk.status(
            signed.pressed_in_message(
                who,
                element,
                MESSAGE,
                channel=CHANNEL,
                action_ts=f"{moment:.6f}",
                response_url=desk.response_url(),
            )
        )
        for desk, moment in zip(desks, moments, strict=True)
    ]
    found = await asyncio.gather(*clicks) if at_once else [await click for click in clicks]
    assert found == [200, 200]
    for desk in desks:
        await desk.settled()


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("moments", MOMENTS)
async def test_a_double_click_that_comes_to_two_processes_praises_once(
    desks: tuple[Desk, Desk], moments: tuple[float, float], at_once: bool
) -> None:
    given = signed.command("UTOM", f"<@UPRIYA|priya> {REASON}")
    await desks[0].send(given)
    asked = await desks[1].send(signed.command("UTOM", f"<@UPRIYA|priya> {REASON}"))
    await clicked(desks, "UTOM", button(asked, "Praise again"), moments, at_once)
    assert len(await desks[0].product.database.read(praises_of, REASON)) == 2
    receipts = [words(answer["blocks"]) for answer in desks[0].responses()]
    assert len(set(receipts)) == 1
    assert "You praised Priya Nair" in receipts[0]


@pytest.mark.parametrize("moments", MOMENTS)
async def test_a_double_click_that_comes_to_two_processes_is_one_decision_and_says_so(
    desks: tuple[Desk, Desk], moments: tuple[float, float]
) -> None:
    await desks[0].send(signed.command("UTOM", f"<@UPRIYA|priya> {REASON}"))
    queue = await desks[0].send(signed.command("UGRACE", "queue"))
    await clicked(desks, "UGRACE", button(queue, "Confirm"), moments, True)
    assert len(await desks[0].product.database.read(rows, tables.decisions)) == 1
    (answer,) = {words(answer["blocks"]) for answer in desks[0].responses()}
    assert "Confirmed for Priya Nair" in answer


async def test_what_is_sent_again_to_another_process_is_done_once(desks: tuple[Desk, Desk]) -> None:
    asked = signed.command("UTOM", f"<@UPRIYA|priya> {REASON}")
    written = signed.event(signed.message_im("UTOM", f"<@UPRIYA> {REASON} again", channel="D1"), event_id="Ev1")
    for request in (asked, written):
        await asyncio.gather(*(desk.send(request) for desk in desks))
    for reason in (REASON, f"{REASON} again"):
        assert len(await desks[0].product.database.read(praises_of, reason)) == 1
