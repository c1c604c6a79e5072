from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.dialogs.bank import WEDNESDAY, through_slack, through_teams, through_web
from tests.dialogs.chat import Chat, Clock


@pytest.fixture(params=["web", "slack", "teams"])
async def chat(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Chat]:
    """A bank's two teams on a Wednesday morning, in every chat there is, on both databases."""
    clock = Clock(WEDNESDAY)
    if request.param == "web":
        conversation = through_web(database_url, clock)
    elif request.param == "teams":
        conversation = through_teams(database_url, clock)
    else:
        conversation = through_slack(database_url, clock, request.getfixturevalue("slack_emulator"))
    async with conversation as chat:
        yield chat
