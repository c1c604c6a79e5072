"""The servers that are loaded over HTTP, each in a process of its own: ``python -m benchmarks.servers KIND [FILE …]``.

Each prints its port when it answers, and tells at ``/benchmark/cpu`` how many seconds of processor it has used.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import count

from aiohttp import web

from benchmarks.load import COMMAND_PATH, SIGNING_SECRET, SLACK_TEAM, TEAMS_APP, TEAMS_PATH, TEAMS_TENANT

CPU_PATH = "/benchmark/cpu"


def bare_acknowledgement(*, before_response: bool = True) -> web.Application:
    """Return the least a Slack app does for a command: verify the signature, find the listener, ack with a text.

    ``before_response`` is Bolt's ``process_before_response``: the listener is awaited, where Bolt otherwise looks every
    10 ms whether it has acknowledged.
    """
    from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
    from slack_bolt.async_app import AsyncAck, AsyncApp
    from slack_bolt.authorization import AuthorizeResult

    async def authorize() -> AuthorizeResult:  # what it asks Slack for once, and then remembers
        return AuthorizeResult(enterprise_id=None, team_id=SLACK_TEAM, bot_token="xoxb-0", bot_user_id="U0")

    bolt = AsyncApp(signing_secret=SIGNING_SECRET, authorize=authorize, process_before_response=before_response)

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


def product_on_slack(path: str, model: str, api_url: str) -> web.Application:
    """Return the whole product as `product` does, with a workspace of Slack whose Web API is at ``api_url``."""
    from pathlib import Path

    from bot.app import Product
    from bot.config import Settings

    settings = Settings(
        database_url=f"sqlite:///{path}",
        model=Path(model),
        slack_bot_token="xoxb-0",
        slack_signing_secret=SIGNING_SECRET,
        slack_api_url=api_url,
    )
    return Product(settings).web_application(work=True)


def web_api() -> web.Application:
    """Return what stands for Slack's Web API: it takes every message and keeps none."""
    stamps = count(1)

    async def answer(request: web.Request) -> web.Response:
        if request.match_info["method"] == "auth.test":
            known = {"team_id": SLACK_TEAM, "team": "benchmark", "user_id": "U0", "bot_id": "B0"}
            return web.json_response({"ok": True, **known})
        return web.json_response({"ok": True, "channel": "C00000001", "ts": f"1700000000.{next(stamps):06}"})

    app = web.Application()
    app.router.add_route("*", "/api/{method}", answer)
    return app


def bot_service() -> web.Application:
    """Return what stands for the service behind Teams: it publishes keys and takes every message."""
    from benchmarks.teams_praise import published

    numbers = count(1)

    async def metadata(request: web.Request) -> web.Response:
        return web.json_response({"jwks_uri": str(request.url.with_path("/keys"))})

    async def keys(_: web.Request) -> web.Response:
        return web.json_response(published())

    async def token(_: web.Request) -> web.Response:
        return web.json_response({"access_token": "a token", "expires_in": 3599})

    async def take(_: web.Request) -> web.Response:
        return web.json_response({"id": str(next(numbers))})

    app = web.Application()
    app.router.add_get("/metadata", metadata)
    app.router.add_get("/keys", keys)
    app.router.add_post("/oauth2/v2.0/token", token)
    app.router.add_route("*", "/v3/{path:.*}", take)
    return app


def stock_adapter(url: str) -> web.Application:
    """Return botbuilder's adapter as its aiohttp integration uses it, with a handler that does nothing."""
    from botbuilder.core import TurnContext
    from botbuilder.core.cloud_adapter_base import CloudAdapterBase
    from botbuilder.schema import Activity
    from botframework.connector.auth import BotFrameworkAuthenticationFactory, PasswordServiceClientCredentialFactory

    authentication = BotFrameworkAuthenticationFactory.create(
        to_channel_from_bot_login_url="https://login.microsoftonline.com/botframework.com",
        to_channel_from_bot_oauth_scope="https://api.botframework.com",
        to_bot_from_channel_token_issuer="https://api.botframework.com",
        to_bot_from_channel_open_id_metadata_url=url + "metadata",
        oauth_url="https://api.botframework.com",
        credential_factory=PasswordServiceClientCredentialFactory(TEAMS_APP, "a secret", TEAMS_TENANT),
    )
    adapter = CloudAdapterBase(authentication)

    async def nothing(_: TurnContext) -> None: ...

    async def answer(request: web.Request) -> web.Response:
        activity = Activity().deserialize(await request.json())
        await adapter.process_activity(request.headers["Authorization"], activity, nothing)
        return web.Response(status=201)

    app = web.Application()
    app.router.add_post(TEAMS_PATH, answer)
    return app


def own_adapter(url: str) -> web.Application:
    """Return the product's adapter of Teams alone, with a handler that does nothing."""
    from collections.abc import Mapping
    from typing import Any

    from bot.platforms.teams_adapter import Adapter
    from bot.platforms.teams_auth import Keys, Verifier

    async def nothing(_: Mapping[str, Any]) -> None: ...

    verifier = Verifier(TEAMS_APP, Keys(url + "metadata"))
    app = web.Application()
    app.router.add_post(TEAMS_PATH, Adapter(nothing, verifier, development=True).answer)
    return app


def product_on_teams(path: str, model: str, url: str) -> web.Application:
    """Return the whole product as `product` does, with a tenant of Teams whose service is at ``url``."""
    from pathlib import Path

    from bot.app import Product
    from bot.config import Settings

    settings = Settings(
        database_url=f"sqlite:///{path}",
        model=Path(model),
        teams_app_id=TEAMS_APP,
        teams_app_password="a secret",
        teams_tenant=TEAMS_TENANT,
        teams_metadata_url=url + "metadata",
        teams_login_url=url.rstrip("/"),
        teams_development=True,  # the service is on this machine
    )
    return Product(settings).web_application(work=True)


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


SERVERS: dict[str, Callable[..., web.Application]] = {
    "slack": bare_acknowledgement,
    "slack_stock": partial(bare_acknowledgement, before_response=False),
    "praise": product,
    "praise_on_slack": product_on_slack,
    "web_api": web_api,
    "bot_service": bot_service,
    "teams_stock": stock_adapter,
    "teams_own": own_adapter,
    "praise_on_teams": product_on_teams,
}


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    kind, *rest = sys.argv[1:]
    asyncio.run(serve(SERVERS[kind](*rest)))
