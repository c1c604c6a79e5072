"""Two clicks on one button are one press, whichever process each of them comes to.

Slack and Teams make a new payload of every click, and nothing in it says that two belong together. So a press goes by
the two seconds it falls into and by the next two: clicks less than two seconds apart share one of these.
"""

from __future__ import annotations

_TOGETHER = 2.0  # seconds


def events(button: str, moment: float) -> tuple[str, str]:
    """Return both events that a press of ``button`` at ``moment``, in seconds, is; the first is what it is called."""
    window = int(moment // _TOGETHER)
    return f"press:{button}:{window}", f"press:{button}:{window + 1}"
