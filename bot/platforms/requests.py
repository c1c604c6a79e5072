"""Requests of chats that are not ours: read to a bound, and refused with a status and a line for the log."""

from __future__ import annotations

from aiohttp import web

_LARGEST = 1_000_000
"""Bytes; a view of Slack may have 250 KB, and percent-encoding makes nine of a Chinese character's three."""


class Refused(Exception):
    """A request that is answered with ``status``; ``why`` goes to the log."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


async def body_of(request: web.Request) -> bytes:
    """Return the body of a request. Raises `Refused` where it is too large, without reading it to its end."""
    if (request.content_length or 0) > _LARGEST:
        raise Refused(413, "too large")
    pieces = bytearray()
    async for piece in request.content.iter_any():
        pieces += piece
        if len(pieces) > _LARGEST:
            raise Refused(413, "too large")
    return bytes(pieces)
