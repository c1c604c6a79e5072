"""A fake store and a running chat for the tests of `bot.web`.

The fake keeps everything in dictionaries: what is tested here is the chat, not how messages are stored.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser, Page

from bot.chat import Card, Incoming, Mention, MenuItem, Reply, Text
from bot.config import Settings
from bot.web.platform import WebChat
from bot.web.store import Colleague, Conversation, Message

from .browser import Open, Window, chromium, window

WORKSPACE = "acme"
LI, WEI, ANN = "U-li", "U-wei", "U-ann"
SECRET = "a-long-enough-secret"

MENU = (MenuItem("forward.comment", {"en": "Pass on as a customer's words", "zh_CN": "转为客户表扬"}),)
DEMO = (MenuItem("demo.monday", {"en": "Let Monday come", "zh_CN": "快进到周一"}),)


def people() -> list[Colleague]:
    return [
        Colleague(LI, "李娜"),
        Colleague(WEI, "王伟"),
        Colleague(ANN, "Ann Lee", locale="en"),
        Colleague("U-bo", "Bo", active=False),
    ]


@dataclass
class FakeStore:
    """A `bot.web.store.Store` in dictionaries. Not a database: it forgets, and takes no two writers."""

    members: list[Colleague] = field(default_factory=people)
    rooms: list[Conversation] = field(
        default_factory=lambda: [
            Conversation("general", "客服一组", "channel"),
            Conversation("night", "Night shift", "channel"),
        ]
    )
    messages: dict[str, Message] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    revision: int = 0

    async def people(self, workspace: str) -> Sequence[Colleague]:
        return list(self.members)

    async def channels(self, workspace: str) -> Sequence[Conversation]:
        return list(self.rooms)

    async def post(
        self,
        workspace: str,
        conversation: str,
        author: str,
        *,
        key: str,
        text: str = "",
        mentions: tuple[Mention, ...] = (),
        card: Card | None = None,
        posted: datetime | None = None,
    ) -> Message:
        if key in self.keys:
            return self.messages[self.keys[key]]
        self.revision += 1
        number = str(len(self.messages) + 1)
        moment = posted or datetime.now(UTC)
        message = Message(number, self.revision, conversation, author, moment, text, mentions, card)
        self.keys[key] = number
        self.messages[number] = message
        return message

    async def replace(self, workspace: str, message_id: str, card: Card) -> Message:
        self.revision += 1
        message = replace(self.messages[message_id], revision=self.revision, card=card, edited=True)
        self.messages[message_id] = message
        return message

    async def message(self, workspace: str, message_id: str) -> Message:
        return self.messages[message_id]

    async def history(
        self, workspace: str, conversation: str, *, before: int | None = None, limit: int = 50
    ) -> Sequence[Message]:
        found = [m for m in self.messages.values() if m.conversation == conversation]
        return [m for m in found if before is None or int(m.id) < before][-limit:]

    async def since(self, workspace: str, revision: int, *, limit: int = 200) -> Sequence[Message]:
        found = sorted(self.messages.values(), key=lambda message: message.revision)
        return [message for message in found if message.revision > revision][:limit]

    async def latest(self, workspace: str, conversations: Sequence[str]) -> Sequence[Message]:
        newest = {message.conversation: message for message in self.messages.values()}
        return [newest[conversation] for conversation in conversations if conversation in newest]

    async def head(self, workspace: str) -> int:
        return self.revision


THANKS = Reply(card=Card("Thanks sent", (Text("Thanks sent."),)))


@dataclass
class Handler:
    """What the chat hands its requests to: remembers them and answers with ``reply``."""

    reply: Reply = THANKS
    incomings: list[Incoming] = field(default_factory=list)
    error: Exception | None = None
    answer: Callable[[Incoming], Awaitable[Reply]] | None = None

    async def __call__(self, incoming: Incoming) -> Reply:
        self.incomings.append(incoming)
        if self.error is not None:
            raise self.error
        return await self.answer(incoming) if self.answer else self.reply


@dataclass
class Running:
    """A chat that answers over HTTP, and its parts."""

    client: TestClient[web.Request, web.Application]
    chat: WebChat
    store: FakeStore
    handler: Handler


@asynccontextmanager
async def serving(
    store: FakeStore | None = None, handler: Handler | None = None, **settings: object
) -> AsyncIterator[Running]:
    """Run a chat with these settings."""
    store, handler = store or FakeStore(), handler or Handler()
    chat = web_chat(store, **settings)
    app = web.Application()
    chat.bind(app, handler)
    async with TestClient(TestServer(app)) as client:
        yield Running(client, chat, store, handler)


Start = Callable[..., Awaitable[Running]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start a chat: ``await start(web_secret=…)``; it is stopped after the test."""
    async with AsyncExitStack() as stack:

        async def begin(*args: Any, **settings: Any) -> Running:
            return await stack.enter_async_context(serving(*args, **settings))

        yield begin


@pytest.fixture
async def running(start: Start) -> Running:
    """A chat on loopback without a secret."""
    return await start()


def web_chat(store: FakeStore, **settings: object) -> WebChat:
    """Return a chat that is not bound to any server."""
    return WebChat(
        store,
        workspace=WORKSPACE,
        menu=MENU,
        settings=Settings(locale="en", **settings),  # type: ignore[arg-type]
        demo_controls=DEMO,
    )


def sent(**changes: object) -> dict[str, object]:
    """Return the JSON of an ordinary request of the page, with ``changes``; None takes a field out."""
    data: dict[str, object] = {"event_id": "e-1", "as": LI, "conversation": "general", "text": "/praise @王伟 谢谢"}
    data.update(changes)
    return {name: value for name, value in data.items() if value is not None}


def minutes_ago(minutes: float) -> datetime:
    return datetime.now(UTC) - timedelta(minutes=minutes)


# --- a browser on it -------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def chat() -> AsyncIterator[Running]:
    async with serving() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def windows(browser: Browser, chat: Running) -> AsyncIterator[Open]:
    """Open windows on the chat; each is checked for errors and foreign requests afterwards."""
    async with AsyncExitStack() as stack:

        async def begin(**options: Any) -> Window:
            return await stack.enter_async_context(window(browser, chat, **options))

        yield begin


@pytest_asyncio.fixture(loop_scope="module")
async def li(windows: Open) -> Page:
    """The chat as 李娜 sees it."""
    return await (await windows()).enter(LI)
