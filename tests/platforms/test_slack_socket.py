"""Socket Mode: Slack's own client against a WebSocket server on this machine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.app import Product
from bot.config import Settings, operator_locale
from bot.errors import SlackTokenRefused
from bot.i18n import describe
from tests.builders import WordTagger, praises_of
from tests.platforms import signed
from tests.platforms.block_kit import words
from tests.platforms.conftest import ROSTER, WEDNESDAY, fill
from tests.platforms.slack_api import SlackApi, button

REASON = "for staying late to calm the customer, you helped"


@dataclass
class Socket:
    """Slack's end of the connection."""

    connected: asyncio.Queue[web.WebSocketResponse] = field(default_factory=asyncio.Queue)
    acknowledged: dict[str, asyncio.Future[Any]] = field(default_factory=dict)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        await self.connected.put(socket)
        async for message in socket:
            answer = json.loads(message.data)
            self.acknowledged[answer["envelope_id"]].set_result(answer.get("payload"))
        return socket

    async def send(self, socket: web.WebSocketResponse, kind: str, payload: Any, envelope: str) -> Any:
        """Send what Slack sends; return the payload of the acknowledgement."""
        self.acknowledged[envelope] = asyncio.get_running_loop().create_future()
        await socket.send_json(
            {"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": True}
        )
        async with asyncio.timeout(20):
            return await self.acknowledged[envelope]


@pytest.fixture
async def socket(api: SlackApi) -> AsyncIterator[Socket]:
    made = Socket()
    app = web.Application()
    app.router.add_get("/link", made.serve)
    async with TestServer(app) as server:
        api.answers["apps.connections.open"] = {"url": str(server.make_url("/link")).replace("http", "ws")}
        yield made


@pytest.fixture
async def product(settings: Settings, tmp_path: Path) -> AsyncIterator[Product]:
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER)
    with patch("bot.app.Tagger.load", lambda _: WordTagger()):
        product = Product(replace(settings, slack_signing_secret="", slack_app_token="xapp-1"), clock=lambda: WEDNESDAY)
    await product.database.write(fill, roster)
    yield product
    product.close()


def payload(request: signed.Request) -> Any:
    """Return what a signed request says, as it comes through a socket."""
    fields = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    return json.loads(fields["payload"]) if "payload" in fields else fields


async def test_a_praise_through_the_socket_is_answered_in_it(product: Product, socket: Socket, api: SlackApi) -> None:
    async with TestClient(TestServer(product.web_application(work=False))):
        async with asyncio.timeout(20):
            link = await socket.connected.get()
        asked = payload(signed.command("UTOM", f"<@UPRIYA|priya> {REASON}", response_url=f"{api.url}response/1"))
        receipt = await socket.send(link, "slash_commands", asked, "e1")
        assert "You praised Priya Nair" in words(receipt["blocks"])
        assert len(await product.database.read(praises_of, REASON)) == 1
        undo = signed.pressed_in_message(
            "UTOM", button(receipt, "Undo"), {"ts": "1.1"}, channel="C1", response_url=f"{api.url}response/1"
        )
        assert await socket.send(link, "interactive", payload(undo), "e2") is None
    assert "Undone" in words(api.of("response/1")[-1]["blocks"])
    assert {call.token for call in api.calls if call.method == "apps.connections.open"} == {"xapp-1"}


async def test_it_is_connected_again_when_slack_closes_the_connection(product: Product, socket: Socket) -> None:
    async with TestClient(TestServer(product.web_application(work=False))):
        async with asyncio.timeout(20):
            first = await socket.connected.get()
            await first.send_json({"type": "disconnect", "reason": "refresh_requested"})
            second = await socket.connected.get()
        asked = payload(signed.command("UTOM", "help"))
        assert "/praise queue" in words((await socket.send(second, "slash_commands", asked, "e1"))["blocks"])


async def test_an_app_token_that_is_none_is_said_once_in_words_when_the_server_starts(
    product: Product, api: SlackApi, caplog: pytest.LogCaptureFixture
) -> None:
    api.answers["apps.connections.open"] = "invalid_auth"
    async with TestClient(TestServer(product.web_application(work=False))):
        said = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert said == [describe(SlackTokenRefused(name="SLACK_APP_TOKEN", code="invalid_auth"), operator_locale())]


async def test_no_address_is_served_without_a_signing_secret(product: Product, socket: Socket) -> None:
    async with TestClient(TestServer(product.web_application(work=False))) as client:
        assert (await signed.command("UTOM", "help").to(client)).status == 404
