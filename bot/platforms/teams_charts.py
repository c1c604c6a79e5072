"""Charts as pictures that a card can show: at an address of the server where it has one, else inside the card."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable

from bot.chart import draw
from bot.chat import Card, Chart

_INSIDE = 36_000  # bytes of a picture that may stand inside a card of 80,000


class Pictures:
    """Makes them. ``address`` says where a chart can be fetched, where anybody can fetch something from the server."""

    def __init__(self, address: Callable[[Chart], str | None] | None) -> None:
        self._address = address

    async def of(self, card: Card) -> list[str | None]:
        """Return the pictures of a card's charts in their order; None for one that has to be left out."""
        room = _INSIDE
        found: list[str | None] = []
        for chart in (block for block in card.blocks if isinstance(block, Chart)):
            picture = self._address(chart) if self._address is not None else None
            if picture is None:
                picture = await asyncio.to_thread(_inside, chart)
                room -= len(picture)
            found.append(picture if room >= 0 else None)
        return found


def _inside(chart: Chart) -> str:
    return "data:image/png;base64," + base64.b64encode(draw(chart)).decode()
