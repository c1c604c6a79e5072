"""Conversations through the local chat, over HTTP as its page does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from uuid import uuid4

from aiohttp.test_utils import TestClient

from bot.chat import Reply, Value
from bot.web.conversations import direct_id
from bot.web.store import BOT
from bot.wire import from_data
from tests.dialogs.chat import Seen


class WebDriver:
    """Uses the page's API."""

    def __init__(self, client: TestClient) -> None:  # type: ignore[type-arg]
        self._client = client

    async def type(self, event: str, who: str, where: str | None, text: str, named: Mapping[str, str]) -> Reply:
        words = f"/praise {text}" if where else text
        spans = [
            {"start": found.start(), "end": found.end(), "user_id": user_id}
            for name, user_id in named.items()
            for found in re.finditer(re.escape("@" + name), words)
        ]
        conversation = where or direct_id(who, BOT)
        return await self._post(event, who, conversation, text=words or "/praise", mentions=spans)

    async def act(
        self, event: str, who: str, name: str, values: Mapping[str, Value], message: str | None = None
    ) -> Reply:
        more = {"quoted": message} if message else {}
        return await self._post(event, who, direct_id(who, BOT), action={"name": name, "values": values}, **more)

    async def say(self, who: str, channel: str, text: str) -> str:
        event = uuid4().hex
        await self._post(event, who, channel, text=text)
        return (await self.messages(who, channel))[-1].id

    async def messages(self, who: str, where: str | None) -> Sequence[Seen]:
        query = {"as": who, "conversation": where or direct_id(who, BOT), "limit": "100"}
        answer = await self._client.get("/chat/api/history", params=query)
        assert answer.status == 200, await answer.text()
        found = (await answer.json())["messages"]
        return [Seen(str(m["id"]), m["author"], m.get("text", ""), from_data(m.get("card"))) for m in found]

    async def _post(self, event: str, who: str, conversation: str, **more: object) -> Reply:
        body = {"event_id": event, "as": who, "conversation": conversation, **more}
        answer = await self._client.post("/chat/api/incoming", json=body)
        assert answer.status == 200, await answer.text()
        reply = from_data(await answer.json())
        assert isinstance(reply, Reply)
        return reply
