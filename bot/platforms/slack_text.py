"""Text on its way between Slack and the product: Slack's markup read, plain text escaped, measured, cut.

Slack marks up what people write: ``<@U1|li.xue>``, ``<#C1|team>``, ``<https://x|here>``, ``&lt;``
(https://docs.slack.dev/messaging/formatting-message-text). Pure: text in, text out.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping

from bot.chat import Mention

_NO_NAMES: Mapping[str, str] = {}

_MARKUP = re.compile(
    r"<(?P<target>[@#!][^<>|]+|[A-Za-z][A-Za-z0-9+.-]*:[^<>|\s]+)(?:\|(?P<label>[^<>]*))?>|(?P<entity>&(?:amp|lt|gt);)"
)
_ENTITY = re.compile(r"&(?:amp|lt|gt);")
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
_EVERYONE = frozenset({"channel", "here", "everyone"})
_CODE_OR_QUOTED_TO_THE_END = re.compile(
    r"(?P<code>```.*?(?:```|\Z)|`[^`\n]+`)|^[ \t]*(?:(?:&gt;|>)){3}", re.DOTALL | re.MULTILINE
)
_MASS_MENTION = re.compile(r"([@＠])(?=(?:channel|here|everyone|group)(?![A-Za-z0-9_]))", re.IGNORECASE)
_WORD_JOINER = "\u2060"

# Control characters, and surrogates that no partner makes a character: neither can be sent.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BREAKS = ("\n", "。", " ")  # good places to cut, best first


# --- from Slack ------------------------------------------------------------------------------------------------------


def read(text: str, names: Mapping[str, str] = _NO_NAMES) -> tuple[str, tuple[Mention, ...]]:
    """Return the plain text of a Slack message or of a command's words, and the accounts mentioned in it.

    ``names`` are display names by the id of an account, a channel or a group; they go before what Slack wrote beside an
    id, which is a handle. A mention stands in the text as ``@`` and the name, and covers exactly that. Channels lose
    their ``#``, which would make a tag of them; groups and ``<!here>`` keep their ``@``, so that who means everybody is
    told so. Code and quotations keep their signs; one begun by ``>>>`` gets a sign on every line. Never raises.
    """
    pieces: list[str] = []
    mentions: list[Mention] = []
    length = position = 0
    text = _signed_to_the_end(text)
    for markup in _MARKUP.finditer(text):
        words = _words(markup, names)
        before = text[position : markup.start()]
        length += len(before)
        target = markup["target"] or ""
        if target.startswith("@"):
            mentions.append(Mention(length, length + len(words), target[1:]))
        pieces += (before, words)
        length += len(words)
        position = markup.end()
    return "".join((*pieces, text[position:])), tuple(mentions)


def _words(markup: re.Match[str], names: Mapping[str, str]) -> str:
    if markup["entity"]:
        return _ENTITIES[markup["entity"]]
    target, label = markup["target"], _unescaped(markup["label"] or "")
    kind, rest = target[0], target[1:]
    if kind == "@":
        return "@" + (_name(names.get(rest, "")) or _name(label) or rest)
    if kind == "#":
        return _name(names.get(rest, "")) or _name(label) or "…"
    if kind != "!":
        return label or _unescaped(re.sub(r"^(?:mailto|tel):", "", target))
    if rest in _EVERYONE:
        return "@" + rest
    if rest.startswith("subteam^"):
        group = rest.removeprefix("subteam^")
        return "@" + (_name(names.get(group, "")) or _name(label) or group)
    return label or rest  # <!date^1392734382^{date}|18 Feb>


def _name(name: str) -> str:
    """Return a name that can stand in a text without changing what the words around it mean."""
    return " ".join(scrub(name).replace("`", "'").split()).lstrip("@＠ ")


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda entity: _ENTITIES[entity[0]], text)


def _signed_to_the_end(text: str) -> str:
    """Return ``text`` with the sign of a quotation on every line after ``>>>``, which quotes all that follows."""
    for found in _CODE_OR_QUOTED_TO_THE_END.finditer(text):
        if found["code"] is None:
            return text[: found.end()] + text[found.end() :].replace("\n", "\n&gt; ")
    return text


# --- to Slack --------------------------------------------------------------------------------------------------------


def escape(text: str) -> str:
    """Return ``text`` as mrkdwn that shows it: only ``&``, ``<`` and ``>`` have a meaning of their own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inert(text: str) -> str:
    """Return ``text`` as mrkdwn that mentions nobody: escaped, and ``@channel`` is no longer one word."""
    return _MASS_MENTION.sub(rf"\1{_WORD_JOINER}", escape(scrub(text)))


def scrub(text: str) -> str:
    """Return ``text`` without what cannot be sent: control characters, halves of surrogate pairs. Line ends become
    ``\\n``.
    """
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def length(text: str) -> int:
    """Return the most that Slack may count for ``text``: UTF-16 units, ``&``, ``<`` and ``>`` as the entities they
    become. Its limits say characters, and not which.
    """
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return units + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def shorten(text: str, limit: int) -> str:
    """Return ``text`` if its `length` is at most ``limit``, else its beginning with ``…``; no emoji is torn."""
    if length(text) <= limit:
        return text
    return text[: _between_characters(text, _fitting(text, limit - 1))].rstrip() + "…"


def split(text: str, limit: int) -> list[str]:
    """Return ``text`` in pieces of at most ``limit`` (at least 5) in `length`, cut at ends of lines or words where
    there are some. Joined they are ``text``.
    """
    pieces: list[str] = []
    while length(text) > limit:
        end = _fitting(text, limit)
        places = (text.rfind(mark, end // 2, end) for mark in _BREAKS)
        end = next((place + 1 for place in places if place >= 0), _between_characters(text, end) or end)
        pieces.append(text[:end])
        text = text[end:]
    return [*pieces, text]


def _fitting(text: str, limit: int) -> int:
    """Return how many characters from the start are at most ``limit`` in `length`."""
    ends = range(min(len(text), limit) + 1)
    return bisect_right(ends, limit, key=lambda end: length(text[:end])) - 1


def _between_characters(text: str, at: int) -> int:
    """Return ``at``, or the nearest place before it where no combined character is torn."""
    while 0 < at < len(text) and (_continues(text[at]) or text[at - 1] == "\u200d"):
        at -= 1
    return at


def _continues(character: str) -> bool:
    """Whether it belongs to the one before: accents, variants, skin tones, the zero-width joiner."""
    return (
        character == "\u200d" or "\U0001f3fb" <= character <= "\U0001f3ff" or unicodedata.category(character)[0] == "M"
    )
