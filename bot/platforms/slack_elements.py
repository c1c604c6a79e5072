"""The pieces of Block Kit that messages and forms are made of, and what buttons and forms carry.

Nothing here is ``mrkdwn``. People's words stand in ``plain_text`` and in the ``text`` elements of ``rich_text``, which
Slack shows as they are: no mention, link or formatting can be smuggled in, and nothing needs escaping.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.platforms.slack_text import scrub, shorten

Json = dict[str, Any]

BLANK = "–"
"""Stands where Slack wants some text and there is none."""

PARAGRAPH = 3000
SMALL_PRINT = 2000


def plain(text: str, limit: int) -> Json:
    """Return ``text`` as a text object that shows it literally, shortened to ``limit``."""
    return {"type": "plain_text", "text": shorten(scrub(text).strip() or BLANK, limit), "emoji": False}


def label(text: str, limit: int) -> Json:
    """Return ``text`` as `plain` does, on one line."""
    return plain(on_one_line(text, limit), limit)


def on_one_line(text: str, limit: int) -> str:
    """Return ``text`` as it can be sent, blanks and line ends single blanks, shortened to ``limit``."""
    return shorten(" ".join(scrub(text[: 20 * limit]).split()), limit)


def section(text: str) -> Json:
    """Return a paragraph."""
    return {"type": "section", "text": plain(text, PARAGRAPH)}


def strong(text: str) -> Json:
    """Return a paragraph in bold."""
    return rich("rich_text_section", [written(text, bold=True)])


def context(text: str) -> Json:
    """Return small print."""
    return {"type": "context", "elements": [plain(text, SMALL_PRINT)]}


def divider() -> Json:
    """Return a line between two parts."""
    return {"type": "divider"}


def rich(kind: str, elements: list[Json]) -> Json:
    """Return a block of rich text: a section, a quotation or preformatted lines."""
    return {"type": "rich_text", "elements": [{"type": kind, "elements": elements}]}


def written(text: str, *, bold: bool = False) -> Json:
    """Return a piece of rich text, which must not be empty."""
    return {"type": "text", "text": text} | ({"style": {"bold": True}} if bold else {})


# --- what is carried -------------------------------------------------------------------------------------------------


def packed(data: Mapping[str, Any], limit: int) -> str:
    """Return ``data`` as JSON in plain ASCII without ``&``, ``<`` and ``>``, so that it comes back as it was sent.

    Raises `ValueError` beyond ``limit`` characters: ids are carried, and with some of them cut off something else would
    happen than what the button says.
    """
    text = json.dumps(data, separators=(",", ":"))
    text = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    if len(text) > limit:
        raise ValueError(f"{len(text)} characters to carry, where {limit} are possible: {text[:60]}…")
    return text


def unpacked(data: Any) -> Any:
    """Return what was `packed`; raises `ValueError` for anything else."""
    try:
        return json.loads(data)
    except (TypeError, RecursionError) as error:
        raise ValueError("not something carried") from error


def texts(data: Any) -> dict[str, str]:
    """Return ``data`` if it maps texts to texts, else raise `ValueError`."""
    if not isinstance(data, dict) or not all(isinstance(part, str) for item in data.items() for part in item):
        raise ValueError("not a mapping of texts")
    return data
