"""The composition root: the only place where parts are chosen and joined."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator
from datetime import timedelta

from aiohttp import web
from sqlalchemy import text

from bot import handlers
from bot.chat import Incoming, Platform, Reply
from bot.classifier.predict import Tagger
from bot.clock import DemoClock, now
from bot.config import Settings
from bot.dispatch import Clock, Dispatch
from bot.handlers import demo, praise
from bot.localchat import PLATFORM, WORKSPACE, ChatStore
from bot.storage import organisations, schema
from bot.storage.database import Database, Tx
from bot.web.platform import WebChat
from bot.webhook import Webhook
from bot.worker import Worker

log = logging.getLogger(__name__)


class Product:
    """All parts, joined. ``clock`` is given by tests and the demo; otherwise it is the time."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None) -> None:
        self.settings = settings
        self.database = Database(settings.database_url)
        schema.require(self.database)
        self.clock = clock or self._clock()
        self.tagger = Tagger.load(settings.model)
        self.chat_store = ChatStore(self.database, self.clock)
        self.chat = WebChat(
            self.chat_store,
            workspace=WORKSPACE,
            menu=handlers.MENU,
            settings=settings,
            demo_controls=demo.CONTROLS if settings.demo else (),
        )
        self.platforms: dict[str, Platform] = {PLATFORM: self.chat}
        self.dispatch = Dispatch(
            self.database,
            self.tagger,
            self.clock,
            commands=handlers.COMMANDS,
            actions=handlers.ACTIONS + (demo.ACTIONS if settings.demo else ()),
            give=praise.by_words,
            form=praise.form,
            platforms=self.platforms,
        )
        self.worker = Worker(self.database, self.platforms, handlers.JOBS, self.clock)

    def _clock(self) -> Clock:
        if not self.settings.demo:
            return now
        with self.database.engine.connect() as tx:
            ahead = max((int(_ahead(tx, one.id)) for one in organisations.every(tx)), default=0)
        return DemoClock(timedelta(seconds=ahead))

    async def receive(self, incoming: Incoming) -> Reply:
        """Handle one incoming, then let the worker deliver what it caused."""
        reply = await self.dispatch.receive(incoming)
        self.worker.wake()
        return reply

    def web_application(self, *, work: bool) -> web.Application:
        """Return the HTTP server's application; ``work`` runs a worker inside it."""
        app = web.Application()
        app.router.add_get("/healthz", _healthz)
        app.router.add_get("/readyz", self._readyz)
        for platform in self.platforms.values():
            platform.bind(app, self.receive)
        if self.settings.webhook_secret:
            Webhook(self.database, self.tagger, self.settings.webhook_secret, self.clock).bind(app)
        if work:
            app.cleanup_ctx.append(self._working)
        return app

    async def _working(self, _: web.Application) -> AsyncIterator[None]:
        stop = asyncio.Event()
        task = asyncio.create_task(self.worker.run(stop))
        yield
        stop.set()
        self.worker.wake()
        await task

    async def _readyz(self, _: web.Request) -> web.Response:
        try:
            await self.database.read(lambda tx: tx.execute(text("SELECT 1")).scalar())
        except Exception:
            log.exception("not ready")
            return web.json_response({"ready": False}, status=503)
        return web.json_response({"ready": True, "model": self.tagger.name})

    def close(self) -> None:
        """Release the database."""
        self.database.close()


def _ahead(tx: Tx, organisation_id: int) -> str:
    return organisations.setting(tx, organisation_id, demo.CLOCK) or "0"


async def _healthz(_: web.Request) -> web.Response:
    return web.json_response({"alive": True})


async def serve(product: Product) -> None:
    """Serve until SIGINT or SIGTERM; on SQLite the worker runs in this process."""
    app = product.web_application(work=product.settings.sqlite)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, product.settings.host, product.settings.port, shutdown_timeout=5.0)
    try:
        await site.start()
        await _stopped()
    finally:
        await runner.cleanup()


async def work(product: Product) -> None:
    """Run a worker until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    task = asyncio.create_task(product.worker.run(stop))
    await _stopped()
    stop.set()
    product.worker.wake()
    await task


async def _stopped() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stop.set)
    await stop.wait()
