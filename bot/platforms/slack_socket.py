"""Socket Mode: the server calls Slack, so that it needs no address of its own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.config import operator_locale
from bot.i18n import describe
from bot.platforms.slack_access import refusal

log = logging.getLogger(__name__)

SAID_WITHIN = 5.0
"""Seconds the server waits at its start for Slack to say whether it takes a token."""


@contextlib.asynccontextmanager
async def connected(app: AsyncApp, app_token: str) -> AsyncIterator[None]:
    """Be connected meanwhile. The client connects again by itself, and keeps trying while Slack cannot be reached; a
    token that Slack takes for none is said once.
    """
    client: Any = AsyncSocketModeHandler(app, app_token).client
    connecting = asyncio.create_task(_connect(client, app_token))
    await asyncio.wait({connecting}, timeout=SAID_WITHIN)
    try:
        yield
    finally:
        connecting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await connecting
        await client.close()


async def _connect(client: Any, app_token: str) -> None:
    with contextlib.suppress(OSError, TimeoutError):  # then the client asks again
        try:
            client.wss_uri = (await client.web_client.apps_connections_open(app_token=app_token))["url"]
        except SlackApiError as error:
            if (refused := refusal("SLACK_APP_TOKEN", error)) is not None:
                log.error(describe(refused, operator_locale()))
                return
    await client.connect()
