"""The two servers that are loaded over HTTP, each in a process of its own: ``python -m benchmarks.servers KIND
[FILE]``.

Both print their port when they answer, and tell at ``/benchmark/cpu`` how many seconds of processor they have used.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time

from aiohttp import web

from benchmarks.load import COMMAND_PATH, SIGNING_SECRET

CPU_PATH = "/benchmark/cpu"


def bare_acknowledgement() -> web.Application:
    """Return the least a Slack app does for a command: verify the signature, find the listener, ack with a text."""
    from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_bolt.authorization import AuthorizeResult

    async def authorize() -> AuthorizeResult:  # what it asks Slack for once, and then remembers
        return AuthorizeResult(enterprise_id=None, team_id="T00000001", bot_token="xoxb-0", bot_user_id="U0")

    bolt = AsyncApp(signing_secret=SIGNING_SECRET, authorize=authorize, process_before_response=True)

    @bolt.command("/praise")
    async def praise(ack: AsyncAck) -> None:
        await ack("You praised 张伟")

    async def answer(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    app = web.Application()
    app.router.add_post(COMMAND_PATH, answer)
    return app


def product(path: str, model: str) -> web.Application:
    """Return the whole product on the SQLite file ``path``, its worker included, as ``praisebot serve`` runs it."""
    from pathlib import Path

    from bot.app import Product
    from bot.config import Settings

    return Product(Settings(database_url=f"sqlite:///{path}", model=Path(model))).web_application(work=True)


async def _cpu(_: web.Request) -> web.Response:
    return web.Response(text=str(time.process_time()))


async def serve(app: web.Application) -> None:
    """Serve on a free port of the loopback interface until the process is ended."""
    app.router.add_get(CPU_PATH, _cpu)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    kind, *rest = sys.argv[1:]
    asyncio.run(serve(bare_acknowledgement() if kind == "slack" else product(*rest)))
