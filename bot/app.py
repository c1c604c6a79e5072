"""The composition root: the only place where parts are chosen and joined."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable

from aiohttp import web
from sqlalchemy import text

from bot import handlers
from bot.chat import Incoming, Platform, Reply
from bot.classifier.predict import Tagger
from bot.clock import DemoClock, now
from bot.config import Settings
from bot.dispatch import Clock, Dispatch, Job
from bot.errors import PortUnusable, place_of
from bot.handlers import demo, learning, praise, undelivered
from bot.learning.nightly import Nightly
from bot.learning.taggers import Taggers
from bot.localchat import PLATFORM, WORKSPACE, ChatStore
from bot.storage import schema
from bot.storage.database import Database
from bot.web.platform import WebChat
from bot.webhook import Webhook
from bot.worker import Worker

log = logging.getLogger(__name__)

_FOLLOWING = 1.0  # seconds between looks at the demo's clock


class Product:
    """All parts, joined. Tests and the demo's beginning give a ``clock`` or a ``database`` of their own; otherwise it
    is the time, and the database of the settings.
    """

    def __init__(self, settings: Settings, *, clock: Clock | None = None, database: Database | None = None) -> None:
        self.settings = settings
        self.database = database or Database(settings.database_url)
        schema.require(self.database)
        self.clock = clock or self._clock()
        self.tagger = Tagger.load(settings.model)
        self.taggers = Taggers(self.database, self.tagger, self.clock, learning.model_broken)
        self.nightly = Nightly(settings, learning.training_failed)
        self.chat_store = ChatStore(self.database, self.clock)
        self.chat = WebChat(
            self.chat_store,
            workspace=WORKSPACE,
            menu=handlers.MENU,
            settings=settings,
            demo_controls=demo.CONTROLS if settings.demo else (),
        )
        self.platforms: dict[str, Platform] = {PLATFORM: self.chat}
        if settings.slack:
            slack = _slack(settings, self.database, self.clock)
            self.platforms[slack.name] = slack
        if settings.teams:
            teams = _teams(settings, self.database, self.clock)
            self.platforms[teams.name] = teams
        self.dispatch = Dispatch(
            self.database,
            self.taggers,
            self.clock,
            commands=handlers.COMMANDS,
            actions=handlers.ACTIONS + (demo.ACTIONS if settings.demo else ()),
            give=praise.by_words,
            form=praise.form,
            platforms=self.platforms,
        )
        # In the demo nobody's decisions are real, and its clock may pass a night in a second.
        jobs = handlers.JOBS if settings.demo else (*handlers.JOBS, Job("nightly training", self.nightly.run))
        self.worker = Worker(self.database, self.platforms, jobs, self.clock, undelivered.tell)

    def _clock(self) -> Clock:
        if not self.settings.demo:
            return now
        with self.database.engine.connect() as tx:
            return DemoClock(demo.ahead(tx))

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
            Webhook(self.database, self.taggers, self.settings.webhook_secret, self.clock).bind(app)
        app.cleanup_ctx.append(self._following)
        if work:
            app.cleanup_ctx.append(self._working)
        return app

    async def _following(self, _: web.Application) -> AsyncIterator[None]:
        async with self.following():
            yield

    async def _working(self, _: web.Application) -> AsyncIterator[None]:
        async with self.working():
            yield

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Let the worker work meanwhile."""
        stop = asyncio.Event()
        task = asyncio.create_task(self.worker.run(stop))
        try:
            yield
        finally:
            stop.set()
            self.worker.wake()
            await task
            await self.nightly.stop()

    @contextlib.asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Notice meanwhile which models serve and, in the demo, move the clock on when another process was told to."""
        tasks = [asyncio.create_task(self.taggers.follow())]
        if isinstance(self.clock, DemoClock):
            tasks.append(asyncio.create_task(self._follow(self.clock)))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self, clock: DemoClock) -> None:
        while True:
            await asyncio.sleep(_FOLLOWING)
            try:
                clock.follow(await self.database.read(demo.ahead))
            except Exception as error:
                log.warning("the demo's clock could not be read: %s", place_of(error))

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


def _slack(settings: Settings, database: Database, clock: Clock) -> Platform:
    from bot.platforms.slack import Slack  # Bolt takes as long to import as all the rest: only who uses it waits
    from bot.slackstore import SlackStore

    return Slack(SlackStore(database, clock, settings.locale, settings.timezone), settings=settings)


def _teams(settings: Settings, database: Database, clock: Clock) -> Platform:
    from bot.platforms.teams import Teams  # botbuilder takes its time too
    from bot.teamsstore import TeamsStore

    return Teams(TeamsStore(database, clock, settings.locale, settings.timezone), settings=settings)


async def _healthz(_: web.Request) -> web.Response:
    return web.json_response({"alive": True})


async def serve(product: Product, ready: Callable[[int], None]) -> None:
    """Serve until SIGINT or SIGTERM; on SQLite the worker runs in this process.

    ``ready`` is told the port as soon as it answers there. Raises `bot.errors.PortUnusable`.
    """
    stop = _told_to_stop()
    app = product.web_application(work=product.settings.sqlite)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = product.settings.port
    try:
        try:
            await web.TCPSite(runner, product.settings.host, port, shutdown_timeout=5.0).start()
        except OSError as error:
            raise PortUnusable(port=port, reason=error) from error
        ready(runner.addresses[0][1])
        await stop.wait()
    finally:
        await runner.cleanup()


async def work(product: Product) -> None:
    """Run a worker until SIGINT or SIGTERM."""
    stop = _told_to_stop()
    async with product.following(), product.working():
        await stop.wait()


def _told_to_stop() -> asyncio.Event:
    """Return what SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stop.set)
    return stop
