"""Two clicks on one button are one press: they get one event id, and so one answer."""

from __future__ import annotations

from collections import OrderedDict

_WINDOW = 2.0  # seconds
_KEPT = 2000


class Presses:
    """Remembers the latest presses. Slack and Teams make a new payload of every click, and nothing in it says that they
    belong together.
    """

    def __init__(self) -> None:
        self._latest: OrderedDict[str, float] = OrderedDict()

    def event_id(self, button: str, moment: float) -> str:
        """Return the event of a press of ``button`` at ``moment``, in seconds: that of another one shortly before,
        if there was one.
        """
        first = self._latest.get(button)
        if first is None or not 0 <= moment - first < _WINDOW:
            first = moment
            self._latest[button] = first
            self._latest.move_to_end(button)
            if len(self._latest) > _KEPT:
                self._latest.popitem(last=False)
        return f"press:{button}:{first:.6f}"
