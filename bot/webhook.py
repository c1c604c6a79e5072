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
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from sqlalchemy.exc import IntegrityError

from bot.errors import StorageBusy, Unavailable
from bot.importing import import_rows
from bot.intake import MAX_BODY, SignatureError, parse_webhook, verify_signature
from bot.learning.taggers import Taggers
from bot.storage import events, organisations
from bot.storage.database import Database, Tx
from bot.storage.organisations import Organisation
from bot.web.answers import Problem as TooLong
from bot.web.answers import read_body

log = logging.getLogger(__name__)

PLATFORM = "webhook"
_ATTEMPTS = 3  # the second finds the answer of whoever was first; a third is for what nobody thought of
_KEY = re.compile(r"[\x21-\x7e]{8,200}")


def secret_of(master: str, organisation_id: int) -> str:
    """Return the signing secret of one organisation; knowing it opens no other's door."""
    return hmac.new(master.encode(), f"webhook:{organisation_id}".encode(), hashlib.sha256).hexdigest()


class Webhook:
    """The endpoint. It exists only when a webhook secret is set."""

    def __init__(self, database: Database, taggers: Taggers, master: str, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._taggers = taggers
        self._master = master
        self._clock = clock
        self._turn = asyncio.Lock()

    def bind(self, app: web.Application) -> None:
        """Add the route."""
        app.router.add_post("/webhooks/comments/{organisation:[0-9]{1,18}}", self._handle)

    async def _handle(self, request: web.Request) -> web.Response:
        organisation_id = int(request.match_info["organisation"])
        try:
            body = await read_body(request, MAX_BODY)
            verify_signature(
                secret_of(self._master, organisation_id),
                request.headers.get("X-Praisebot-Timestamp", ""),
                body,
                request.headers.get("X-Praisebot-Signature", ""),
                now=self._clock(),
            )
        except TooLong:
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
            log.warning(
                "webhook for organisation %d could not be answered: %s", organisation_id, type(failure).__name__
            )
            return _answer(503, {"error": "unavailable", "message": str(failure)}, {"Retry-After": "30"})

    async def _keep(self, organisation_id: int, key: str, body: bytes) -> web.Response:
        organisation = await self._database.read(_organisation, organisation_id)
        if organisation is None:
            return _answer(404, {"error": "unknown_organisation"})
        rows, errors = parse_webhook(body, timezone=organisation.timezone)
        if errors and not rows:
            return _answer(400, {"error": "nothing_usable", "rows": [_row_error(error) for error in errors]})
        delivery = _Delivery(str(organisation_id), key, hashlib.sha256(body).hexdigest())
        # Comments are kept once by their own digest, so a delivery cut off half way is completed by its retry.
        async with self._turn:
            for _ in range(_ATTEMPTS):
                earlier = await self._database.read(delivery.answer)
                if earlier is not None:
                    return earlier
                tagger = await self._taggers.of(organisation_id)
                summary = await import_rows(
                    self._database, tagger, organisation, rows, source="webhook", clock=self._clock
                )
                answer = {
                    "kept": summary.kept,
                    "praise": summary.praise,
                    "doubtful": summary.doubtful,
                    "known": summary.known,
                    "rows": [_row_error(error) for error in errors],
                }
                try:
                    await self._database.write(delivery.record, answer, self._clock())
                except IntegrityError:  # another process has answered this key meanwhile: that answer counts
                    continue
                return _answer(200, answer)
        raise StorageBusy


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A body under its key, and the answer it got, kept as ``{"sha256": of the body, "answer": …}``."""

    workspace: str
    key: str
    sha256: str

    def answer(self, tx: Tx) -> web.Response | None:
        """Return the answer to an earlier delivery under this key; 409 if that was another body."""
        kept = events.answer(tx, PLATFORM, self.workspace, self.key)
        if kept is None:
            return None
        earlier = json.loads(kept)
        if earlier["sha256"] != self.sha256:
            return _answer(409, {"error": "idempotency_key_reused", "expected": "a key of its own for each body"})
        return _answer(200, earlier["answer"])

    def record(self, tx: Tx, answer: object, now: datetime) -> None:
        """Keep the answer; `IntegrityError` when the key has one."""
        kept = json.dumps({"sha256": self.sha256, "answer": answer})
        events.record(tx, PLATFORM, self.workspace, self.key, kept, now)


def _organisation(tx: Tx, organisation_id: int) -> Organisation | None:
    return next((one for one in organisations.every(tx) if one.id == organisation_id), None)


def _row_error(error: object) -> dict[str, object]:
    return {"line": getattr(error, "line", 0), "code": getattr(error, "code", "")}


def _answer(status: int, data: object, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response(data, status=status, headers=headers)
