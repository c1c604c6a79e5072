"""Charts as addresses that a chat fetches, where the server can be reached: the address holds the chart, signed."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
import zlib
from functools import lru_cache

from aiohttp import web

from bot.chart import draw
from bot.chat import Chart

_PATH = "/{chat}/charts/{{sealed}}.png"
_LONGEST = 2800  # characters; Slack takes 3,000 for an address
_UNPACKED = 100_000


class ChartAddresses:
    """Makes addresses and answers them. Nothing is kept: only what was signed here is drawn."""

    def __init__(self, public_url: str, secret: str, chat: str) -> None:
        self.path = _PATH.format(chat=chat)
        """The route to `answer`."""
        self._url = public_url
        self._key = hmac.digest(secret.encode(), b"praisebot charts", "sha256")
        self._picture = lru_cache(maxsize=64)(draw)

    def address(self, chart: Chart) -> str | None:
        """Return where ``chart`` can be fetched; None for one that is too large for an address."""
        parts = [chart.title, list(chart.labels), list(chart.values), chart.unit]
        packed = zlib.compress(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode(), 9)
        sealed = base64.urlsafe_b64encode(self._signature(packed) + packed).decode().rstrip("=")
        url = self._url + self.path.format(sealed=sealed)
        return url if len(url) <= _LONGEST else None

    async def answer(self, request: web.Request) -> web.Response:
        """Draw the chart of an address; 404 for any other."""
        chart = self.opened(request.match_info["sealed"])
        if chart is None:
            raise web.HTTPNotFound
        picture = await asyncio.to_thread(self._picture, chart)
        return web.Response(
            body=picture, content_type="image/png", headers={"Cache-Control": "public, max-age=31536000, immutable"}
        )

    def opened(self, sealed: str) -> Chart | None:
        """Return the chart in the last part of an address; None for what was not made here."""
        if len(sealed) > _LONGEST or not sealed.isascii():
            return None
        try:
            raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        except (binascii.Error, ValueError):
            return None
        signature, packed = raw[:16], raw[16:]
        if not hmac.compare_digest(signature, self._signature(packed)):
            return None
        title, labels, values, unit = json.loads(zlib.decompressobj().decompress(packed, _UNPACKED))
        return Chart(title, tuple(labels), tuple(values), unit)

    def _signature(self, packed: bytes) -> bytes:
        return hmac.new(self._key, packed, hashlib.sha256).digest()[:16]
