"""botbuilder, and the one address Teams sends to. Nothing else imports botbuilder; see docs/adr/0010.

Stock botbuilder fetches keys and tokens while the event loop waits, builds a client with its retry policy twice for
every activity (6 ms), fails with 500 on what is badly signed, serialises an invoke's response twice, and accepts
everything without an app id. So who calls is checked by `bot.platforms.teams_auth`, and calls go through
`bot.platforms.teams_connector`: botbuilder is given both where it lets itself be given something else.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.core.cloud_adapter_base import CloudAdapterBase
from botbuilder.schema import Activity, ActivityTypes
from botframework.connector.auth import BotFrameworkAuthentication, ClaimsIdentity
from botframework.connector.auth.authenticate_request_result import AuthenticateRequestResult
from botframework.connector.auth.connector_factory import ConnectorFactory

from bot.config import is_loopback
from bot.errors import place_of
from bot.platforms.requests import Refused, body_of
from bot.platforms.teams_auth import CHANNEL, Verifier, callable_address

log = logging.getLogger(__name__)

Json = dict[str, Any]
Handle = Callable[[Mapping[str, Any]], Awaitable[Json | None]]
"""Handles an activity; returns the body of the answer where it is an invoke, None for one that is not understood."""

PATH = "/api/messages"
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Original-Host", "Via")


class _NoClients(ConnectorFactory):  # type: ignore[misc]  # botbuilder is not typed
    """What a turn sends goes through the adapter's own connector; botbuilder only insists on there being a client."""

    async def create(self, service_url: str, audience: str) -> object:
        return self


class _Authenticated(BotFrameworkAuthentication):  # type: ignore[misc]
    """Stands for botbuilder's own checks: whoever comes as far was checked before."""

    async def authenticate_request(self, activity: Activity, auth_header: str) -> AuthenticateRequestResult:
        raise Refused(401, "not checked")

    async def authenticate_streaming_request(self, auth_header: str, channel_id_header: str) -> object:
        raise Refused(400, "no streaming here")

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> ConnectorFactory:
        return _NoClients()

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> None:
        return None


class Adapter(CloudAdapterBase):  # type: ignore[misc]
    """Answers requests to `PATH`. Without a ``verifier`` only a client on this machine is answered."""

    def __init__(self, handle: Handle, verifier: Verifier | None, *, development: bool) -> None:
        super().__init__(_Authenticated())
        self._handle = handle
        self._verifier = verifier
        self._development = development
        if verifier is None and not development:
            raise ValueError("without an app id there must be development mode")

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request; never 500."""
        try:
            return await self._answered(request)
        except Refused as refused:
            log.warning("%s from %s: %d, %s", request.path, request.remote, refused.status, refused.why)
            return web.Response(status=refused.status)
        except ValueError as error:
            log.warning("%s from %s: 400, %s", request.path, request.remote, place_of(error))
            return web.Response(status=400)
        except Exception as error:
            log.error("%s from %s: %s", request.path, request.remote, place_of(error))
            return web.Response(status=503)

    async def _answered(self, request: web.Request) -> web.Response:
        """Check who calls, and only then read what; raise `Refused`, or `ValueError` for what is no activity."""
        caller = None
        if self._verifier is not None:
            caller = await self._verifier.caller(request.headers.get("Authorization", ""))
        else:
            _only_from_here(request)
        body = _parsed(await body_of(request))
        if caller is not None:
            caller.check(body["channelId"], body["serviceUrl"])
        if not callable_address(body["serviceUrl"], development=self._development):
            raise Refused(401, "a serviceUrl that is not Microsoft's")
        found = AuthenticateRequestResult()
        found.claims_identity = ClaimsIdentity(dict(caller.claims) if caller is not None else {}, True)
        found.connector_factory = _NoClients()
        return _response(await self.process_activity(found, _activity(body), self._turn(body)))

    def _turn(self, body: Json) -> Callable[[TurnContext], Awaitable[None]]:
        async def turn(context: TurnContext) -> None:
            answer = await self._handle(body)
            if context.activity.type == ActivityTypes.invoke and answer is not None:
                response = InvokeResponse(status=200, body=answer)
                await context.send_activity(Activity(type=ActivityTypes.invoke_response, value=response))

        return turn


def _only_from_here(request: web.Request) -> None:
    """Refuse what a proxy, a tunnel or a page of another site has brought: nothing says who sends it."""
    remote, host = request.remote or "", request.url.host or ""
    if not (is_loopback(remote) and is_loopback(host)) or any(name in request.headers for name in _FORWARDED):
        raise Refused(401, "unsigned, and not from this machine")
    if "Origin" in request.headers:
        raise Refused(401, "unsigned, and from a page")


def _parsed(content: bytes) -> Json:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise Refused(400, "not JSON") from None
    if not isinstance(body, dict):
        raise Refused(400, "not an activity")
    for name in ("type", "channelId", "serviceUrl"):
        if not isinstance(body.get(name), str) or not body[name]:
            raise Refused(400, f"no {name}")
    if body["channelId"] != CHANNEL:
        raise Refused(400, "of another channel than Teams")
    return body


def _activity(body: Json) -> Activity:
    """Return what botbuilder needs of an activity; reading all of it into its models takes longer than a praise."""
    return Activity(type=body["type"], channel_id=body["channelId"], service_url=body["serviceUrl"])


def _response(answer: InvokeResponse | None) -> web.Response:
    if answer is None:
        return web.Response(status=200)
    if answer.body is None:
        return web.Response(status=int(answer.status))
    return web.json_response(answer.body, status=int(answer.status))
