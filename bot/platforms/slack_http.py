"""The one address Slack sends to: who calls is checked before anything is read, and what is malformed is refused.

Bolt parses before it verifies and fails on what is no JSON, no UTF-8 or no number, and it logs the body of what is
badly signed. So all of that is done here, before it: 401, 400 or 413, and a line without the body.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.errors import place_of
from bot.platforms.requests import Refused, body_of

log = logging.getLogger(__name__)

_KINDS = frozenset({"url_verification", "app_rate_limited", "message_action", "shortcut"})


class Door:
    """Answers requests to ``/slack/events``."""

    def __init__(self, app: AsyncApp, signing_secret: str) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request; never 500."""
        try:
            body = await body_of(request)
            if _asks_for_certificate(body):
                return web.Response()
            self._check(request, body)
            return await _handled(self._app, _parsed(request, body))
        except Refused as refused:
            log.warning("%s from %s: %d, %s", request.path, request.remote, refused.status, refused.why)
            return web.Response(status=refused.status)
        except Exception as error:
            log.error("%s from %s: %s", request.path, request.remote, place_of(error))
            return web.Response(status=503)

    def _check(self, request: web.Request, body: bytes) -> None:
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 20 and signature.isascii()):
            raise Refused(401, "not signed")
        try:
            valid = self._verifier.is_valid(body, timestamp, signature)
        except UnicodeDecodeError:
            raise Refused(400, "not UTF-8") from None
        if not valid:
            raise Refused(401, "wrong signature, or older than five minutes")


def _asks_for_certificate(body: bytes) -> bool:
    """Return whether Slack only looks at the certificate, as it does now and then; that is not signed."""
    return len(body) < 200 and b"ssl_check=1" in body.split(b"&")


def _parsed(request: web.Request, body: bytes) -> AsyncBoltRequest:
    headers = {name: value for name, value in request.headers.items() if value.isascii()}
    try:
        parsed = AsyncBoltRequest(body=body.decode(), headers=headers)  # type: ignore[arg-type]  # texts will do
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise Refused(400, "not JSON, or JSON of another shape") from None
    if not _known(parsed.body):
        raise Refused(400, "an unknown kind of payload")
    return parsed


def _known(body: Mapping[str, Any]) -> bool:
    """Return whether a payload is of a kind, and so far of a shape, that Bolt can find a listener for."""
    kind = body.get("type")
    if kind is None:
        return isinstance(body.get("command"), str)
    if kind == "event_callback":
        event = body.get("event")
        return isinstance(event, dict) and isinstance(event.get("type"), str)
    if kind == "block_actions":
        actions = body.get("actions")
        return isinstance(actions, list) and bool(actions) and all(isinstance(action, dict) for action in actions)
    if kind in ("view_submission", "view_closed"):
        return isinstance(body.get("view"), dict)
    return isinstance(kind, str) and kind in _KINDS


async def _handled(app: AsyncApp, request: AsyncBoltRequest) -> web.Response:
    """Let Bolt handle a request. What nobody listens to was never asked for: an event is acknowledged, or Slack would
    send it again and in the end nothing at all; all else is refused.
    """
    response = await app.async_dispatch(request)
    if response.status == 404:
        if request.body.get("type") in ("event_callback", "app_rate_limited"):
            return web.Response()
        raise Refused(400, "an unknown kind of payload")
    return await to_aiohttp_response(response)
