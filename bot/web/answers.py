"""HTTP answers of the local chat: headers every one carries, errors a person can read, bodies with a limit."""

from __future__ import annotations

import json

from aiohttp import web

BODY_LIMIT = 256 * 1024
"""Bytes of a request body that are read; more is answered with 413."""

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": that would make browsers send "Origin: null" with the sign-in form.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_JSON_HEADERS = SECURITY_HEADERS | {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Problem(Exception):
    """A request that cannot be served.

    ``message`` is the English text for the person, a key into the catalogues; ``detail`` is for the log.
    """

    def __init__(self, status: int, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.detail = detail


def json_answer(data: object, status: int = 200) -> web.Response:
    """Return ``data`` as JSON."""
    return raw_json_answer(_encode(data), status)


def raw_json_answer(text: str, status: int = 200) -> web.Response:
    """Return text that is JSON already."""
    return web.Response(body=text.encode(), status=status, headers=_JSON_HEADERS)


async def read_body(request: web.Request, limit: int = BODY_LIMIT) -> bytes:
    """Return the body, or raise a `Problem` as soon as it is known to be longer than ``limit`` bytes."""
    if (request.content_length or 0) > limit:
        raise Problem(413, "That is too long to send.")
    body = bytearray()
    while chunk := await request.content.readany():
        body += chunk
        if len(body) > limit:
            raise Problem(413, "That is too long to send.")
    return bytes(body)
