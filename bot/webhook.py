"""Customers' comments over HTTP: signed, dated, and each delivery once.

``POST /webhooks/comments/{organisation}`` with ``X-Praisebot-Timestamp``, ``X-Praisebot-Signature`` and
``Idempotency-Key``.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import re
from collections.abc import Callable
from datetime import datetime

from aiohttp import web
from sqlalchemy.exc import IntegrityError

from bot.classifier.predict import Tagger
from bot.errors import Unavailable
from bot.importing import import_rows
from bot.intake import MAX_BODY, SignatureError, parse_webhook, verify_signature
from bot.storage import events, organisations
from bot.storage.database import Database, Tx
from bot.storage.organisations import Organisation

log = logging.getLogger(__name__)

PLATFORM = "webhook"
_KEY = re.compile(r"[\x21-\x7e]{8,200}")


def secret_of(master: str, organisation_id: int) -> str:
    """Return the signing secret of one organisation; knowing it opens no other's door."""
    return hmac.new(master.encode(), f"webhook:{organisation_id}".encode(), hashlib.sha256).hexdigest()


class Webhook:
    """The endpoint. It exists only when a webhook secret is set."""

    def __init__(self, database: Database, tagger: Tagger, master: str, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._tagger = tagger
        self._master = master
        self._clock = clock
        self._turn = asyncio.Lock()

    def bind(self, app: web.Application) -> None:
        """Add the route."""
        app.router.add_post("/webhooks/comments/{organisation:[0-9]{1,18}}", self._handle)

    async def _handle(self, request: web.Request) -> web.Response:
        organisation_id = int(request.match_info["organisation"])
        try:
            body = await _read(request)
            verify_signature(
                secret_of(self._master, organisation_id),
                request.headers.get("X-Praisebot-Timestamp", ""),
                body,
                request.headers.get("X-Praisebot-Signature", ""),
                now=self._clock(),
            )
        except web.HTTPRequestEntityTooLarge:
            return _answer(413, {"error": "too_large", "limit": MAX_BODY})
        except SignatureError as error:
            log.warning("webhook for organisation %d refused: %s", organisation_id, error.code)
            return _answer(401, {"error": f"signature_{error.code}"})
        key = request.headers.get("Idempotency-Key", "")
        if not _KEY.fullmatch(key):
            return _answer(400, {"error": "idempotency_key", "expected": "8 to 200 visible ASCII characters"})
        try:
            return await self._keep(organisation_id, key, body)
        except Unavailable as failure:
            log.warning("webhook for organisation %d was not saved: %s", organisation_id, type(failure).__name__)
            return _answer(503, {"error": "unavailable", "message": str(failure)}, {"Retry-After": "30"})

    async def _keep(self, organisation_id: int, key: str, body: bytes) -> web.Response:
        organisation = await self._database.read(_organisation, organisation_id)
        if organisation is None:
            return _answer(404, {"error": "unknown_organisation"})
        rows, errors = parse_webhook(body, timezone=organisation.timezone)
        if errors and not rows:
            return _answer(400, {"error": "nothing_usable", "rows": [_row_error(error) for error in errors]})
        # Comments are kept once by their own digest, so a delivery cut off half way is completed by its retry.
        async with self._turn:
            workspace = str(organisation_id)
            earlier = await self._database.read(events.answer, PLATFORM, workspace, key)
            if earlier is not None:
                return _answer(200, json.loads(earlier))
            summary = await import_rows(
                self._database, self._tagger, organisation, rows, source="webhook", clock=self._clock
            )
            answer = {
                "kept": summary.kept,
                "praise": summary.praise,
                "known": summary.known,
                "rows": [_row_error(error) for error in errors],
            }
            try:
                await self._database.write(events.record, PLATFORM, workspace, key, json.dumps(answer), self._clock())
            except IntegrityError:  # another process took the same delivery at the same time
                theirs = await self._database.read(events.answer, PLATFORM, workspace, key)
                return _answer(200, json.loads(theirs or "{}"))
        return _answer(200, answer)


async def _read(request: web.Request) -> bytes:
    if request.content_length is not None and request.content_length > MAX_BODY:
        raise web.HTTPRequestEntityTooLarge(MAX_BODY, request.content_length)
    body = await request.content.read(MAX_BODY + 1)
    while len(body) <= MAX_BODY and (more := await request.content.read(MAX_BODY + 1 - len(body))):
        body += more
    if len(body) > MAX_BODY:
        raise web.HTTPRequestEntityTooLarge(MAX_BODY, len(body))
    return body


def _organisation(tx: Tx, organisation_id: int) -> Organisation | None:
    return next((one for one in organisations.every(tx) if one.id == organisation_id), None)


def _row_error(error: object) -> dict[str, object]:
    return {"line": getattr(error, "line", 0), "code": getattr(error, "code", "")}


def _answer(status: int, data: object, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response(data, status=status, headers=headers)
