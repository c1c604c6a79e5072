"""Charts of cards as pictures, drawn once per message, revision, width and colour scheme."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from bot.chat import Chart
from bot.web.answers import Problem
from bot.web.store import Message

_KEPT = 32
_WIDE = 560
"""CSS pixels: about the inside of a card where there is room for it."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a chart is wanted: for the dark scheme or the light, as wide as a full card or as one on a phone."""

    dark: bool = False
    wide: bool = False


class Charts:
    """Draws in a thread, so that a board being looked at never delays a praise, and keeps the last few pictures.

    A new board is asked for by every open page in the same second; it is drawn once, and all of them wait for that.
    """

    def __init__(self) -> None:
        self._pictures: OrderedDict[tuple[str, int, int, Look], asyncio.Task[bytes]] = OrderedDict()

    async def picture(self, message: Message, number: int, look: Look) -> bytes:
        """Return the PNG of the ``number``-th chart (from 0) on the message's card, or raise a `Problem` (404)."""
        key = (message.id, message.revision, number, look)
        drawing = self._pictures.get(key)
        if drawing is None:
            charts = [block for block in (message.card.blocks if message.card else ()) if isinstance(block, Chart)]
            if not 0 <= number < len(charts):
                raise Problem(404, "That is no longer there.")
            drawing = self._pictures[key] = asyncio.create_task(asyncio.to_thread(_draw, charts[number], look))
            while len(self._pictures) > _KEPT:
                self._pictures.popitem(last=False)
        try:
            return await asyncio.shield(drawing)  # whoever goes away meanwhile does not stop it for the others
        except Exception:
            self._pictures.pop(key, None)
            raise


def _draw(chart: Chart, look: Look) -> bytes:
    from bot.chart import WIDTH, draw  # matplotlib takes a second to import; most days nobody looks at a chart here

    return draw(chart, dark=look.dark, width=_WIDE if look.wide else WIDTH)
