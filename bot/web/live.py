"""Live messages: follows the store and hands each new revision to the sockets that may see it."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable

from aiohttp import WSCloseCode, WSMsgType, web

from bot.web.answers import SECURITY_HEADERS
from bot.web.conversations import may_read, message_data
from bot.web.store import Message, Store

POLL_SECONDS = 0.5
"""How soon messages of other processes are seen; one's own are seen at once."""

LOOK_BACK_SECONDS = 5.0
"""For how long a smaller revision may still become visible: a transaction that began earlier and committed later."""

LOOK_BACK = 100
"""The same in revisions, where no time is known: at the start, and when a page asks for what it missed."""

QUEUE_LIMIT = 256
"""Messages kept for a socket that reads slowly; one more closes it, and the page asks for what it missed."""

_PAGE = 200
_REMEMBERED = 2000
_REST_SECONDS = 0.03  # between two reads, however many messages are posted meanwhile

log = logging.getLogger(__name__)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Tail:
    """Reads each new revision once, though revisions may become visible out of order."""

    def __init__(self, store: Store, workspace: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._workspace = workspace
        self._clock = clock
        self._floor = 0
        self._seen: dict[int, float] = {}  # revisions above the floor and when each was first seen, oldest first

    async def start(self) -> None:
        """Forget everything and begin after what can be read now."""
        self._seen.clear()
        self._floor = max(0, await self._store.head(self._workspace) - LOOK_BACK)
        await self.fresh()

    async def fresh(self) -> list[Message]:
        """Return the messages not returned before, in order of revision within one read."""
        found: list[Message] = []
        position = self._floor
        while True:
            page = await self._store.since(self._workspace, position, limit=_PAGE)
            now = self._clock()
            for message in page:
                if message.revision not in self._seen:
                    self._seen[message.revision] = now
                    found.append(message)
            if len(page) < _PAGE:
                break
            position = page[-1].revision
        self._forget(self._clock())
        return found

    def _forget(self, now: float) -> None:
        for revision, seen in list(self._seen.items()):
            if now - seen < LOOK_BACK_SECONDS and len(self._seen) <= _REMEMBERED:
                break
            del self._seen[revision]
            self._floor = max(self._floor, revision)
        # What lies at or below the floor is not read again, so it need not be remembered either.
        for revision in [revision for revision in self._seen if revision <= self._floor]:
            del self._seen[revision]


class Listener:
    """One socket: its account, and the frames it has not taken yet."""

    def __init__(self, account: str, drop: Callable[[], None]) -> None:
        self.account = account
        self.frames: asyncio.Queue[str] = asyncio.Queue(QUEUE_LIMIT)
        self.drop = drop


class Live:
    """The open sockets of one process."""

    def __init__(self, store: Store, workspace: str) -> None:
        self._tail = Tail(store, workspace)
        self._listeners: set[Listener] = set()
        self._sockets: set[web.WebSocketResponse] = set()
        self._woken = asyncio.Event()
        self._starting = asyncio.Lock()
        self._following: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Read the store now: this process has just posted."""
        self._woken.set()

    async def add(self, listener: Listener) -> None:
        """Deliver to ``listener`` what becomes visible after this returns."""
        async with self._starting:
            following = self._following is not None and not self._following.done()
            if not following:
                await self._tail.start()
            self._listeners.add(listener)
            if not following:
                self._following = asyncio.create_task(self._follow())

    def remove(self, listener: Listener) -> None:
        """Deliver to ``listener`` no longer."""
        self._listeners.discard(listener)

    def deliver(self, message: Message) -> None:
        """Queue ``message`` for every listener that may read it; drop those whose queue is full."""
        frame: str | None = None
        for listener in list(self._listeners):
            if not may_read(message.conversation, listener.account):
                continue
            frame = frame or _encode(message_data(message))
            try:
                listener.frames.put_nowait(frame)
            except asyncio.QueueFull:
                self.remove(listener)
                listener.drop()

    async def serve(self, request: web.Request, account: str, seconds: float | None = None) -> web.StreamResponse:
        """Keep a WebSocket open for ``account`` until either side closes it, for ``seconds`` at most."""
        listener = Listener(account, drop=lambda: _abort(request))
        # Before the socket opens: then the page asks for what it missed, and nothing falls between the two.
        await self.add(listener)
        socket = web.WebSocketResponse(heartbeat=25.0, max_msg_size=4096)
        socket.headers.update(SECURITY_HEADERS)
        self._sockets.add(socket)
        try:
            await socket.prepare(request)
            sender = asyncio.create_task(_send(socket, listener))
            try:
                # The page says nothing here; reading notices that it has gone. What it says after all is ignored.
                async with asyncio.timeout(seconds):
                    while (await socket.receive()).type in (WSMsgType.TEXT, WSMsgType.BINARY):
                        pass
            except TimeoutError:  # the page asks why, and is sent to sign in
                await socket.close(code=WSCloseCode.POLICY_VIOLATION)
            finally:
                sender.cancel()
        finally:
            self.remove(listener)
            self._sockets.discard(socket)
        return socket

    async def close(self) -> None:
        """Close all sockets; the pages connect again when the server is back."""
        if self._following is not None:
            self._following.cancel()
        await asyncio.gather(*(socket.close(code=1001) for socket in list(self._sockets)), return_exceptions=True)

    async def _follow(self) -> None:
        while self._listeners:
            self._woken.clear()
            try:
                for message in await self._tail.fresh():
                    self.deliver(message)
            except Exception as error:
                # The database may be gone for a while; the next look may find it again.
                log.warning("live messages wait: %s", type(error).__name__)
                await asyncio.sleep(POLL_SECONDS)
            await asyncio.sleep(_REST_SECONDS)
            try:
                await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)
            except TimeoutError:
                continue


async def _send(socket: web.WebSocketResponse, listener: Listener) -> None:
    try:
        while True:
            await socket.send_str(await listener.frames.get())
    except ConnectionError:
        return  # the reader of this socket notices too


def _abort(request: web.Request) -> None:
    # Not a polite close: the closing frame would wait behind everything the slow page has not read.
    if request.transport is not None:
        request.transport.abort()
