"""Socket Mode: the server calls Slack, so that it needs no address of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp


@contextlib.asynccontextmanager
async def connected(app: AsyncApp, app_token: str) -> AsyncIterator[None]:
    """Be connected meanwhile. The client connects again by itself, and keeps trying while Slack cannot be reached."""
    client: Any = AsyncSocketModeHandler(app, app_token).client
    connecting = asyncio.create_task(client.connect())
    try:
        yield
    finally:
        connecting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await connecting
        await client.close()
