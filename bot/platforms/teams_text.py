"""Text on its way between Teams and the product: mentions and HTML read, plain text made inert, cut. Pure.

Teams writes a mention as ``<at>Li Xue</at>`` and says in an entity whom it means
(https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/channel-and-group-conversations); what
stands in a message's menu comes as HTML.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from html import unescape
from html.parser import HTMLParser
from typing import Any

from bot.chat import Mention

_AT = re.compile(r"<at(?:\s[^<>]*)?>(?P<name>.*?)</at>", re.DOTALL | re.IGNORECASE)
_ENTITY = re.compile(r"&(?:nbsp|amp|lt|gt|quot|apos|#39|#160);")
_WORD_JOINER = "\u2060"
# What a client would do something with in a text that should only be shown: {{DATE(…)}}, {{TIME(…)}}, ${…}, <at>.
_ACTIVE = re.compile(r"(\{(?=\{)|\$(?=\{)|<(?=/?at\b))", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")

_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "blockquote", "pre", "codeblock", "h1", "h2", "h3", "ul", "ol"})
_CODE = frozenset({"pre", "code", "codeblock"})
_UNSEEN = frozenset({"attachment", "script", "style", "systemeventmessage"})


# --- from Teams ------------------------------------------------------------------------------------------------------


def read(text: str, entities: Sequence[Mapping[str, Any]], accounts: Mapping[str, str]) -> tuple[str, list[Mention]]:
    """Return the plain text of a message and the accounts mentioned in it.

    ``accounts`` are the accounts by the id the service has for them; one without keeps that id. A mention stands in the
    text as ``@`` and the name, and covers exactly that. A name with blanks that came in pieces is one mention again.
    """
    meant = _Meant(text, entities)
    pieces: list[str] = []
    mentions: list[Mention] = []
    length = position = 0
    for found in _AT.finditer(text):
        before = _plain(text[position : found.start()])
        position = found.end()
        name = shown_name(_plain(found["name"]))
        known_as = meant.next(found[0])
        last = mentions[-1] if mentions else None
        account = accounts.get(known_as, known_as)
        if last is not None and account and last.user_id == account and last.end == length and before in (" ", "\xa0"):
            words = f" {name}"  # the rest of a name: <at>Li</at> <at>Xue</at>
            mentions[-1] = Mention(last.start, length + len(words), account)
            pieces.append(words)
            length += len(words)
            continue
        words = "@" + name
        pieces += (before, words)
        length += len(before)
        if account:
            mentions.append(Mention(length, length + len(words), account))
        length += len(words)
    return "".join((*pieces, _plain(text[position:]))), mentions


class _Meant:
    """Says whom each ``<at>…</at>`` means. Entities come in the text's order, some of them repeated."""

    def __init__(self, text: str, entities: Sequence[Mapping[str, Any]]) -> None:
        self._ids: dict[str, list[str]] = {}
        for entity in entities:
            mentioned = entity.get("mentioned")
            if entity.get("type") == "mention" and isinstance(mentioned, Mapping) and mentioned.get("id"):
                said = entity.get("text") or f"<at>{mentioned.get('name', '')}</at>"
                self._ids.setdefault(_key(str(said)), []).append(str(mentioned["id"]))
        times: dict[str, int] = {}
        for found in _AT.finditer(text):
            times[_key(found[0])] = times.get(_key(found[0]), 0) + 1
        for key, ids in self._ids.items():
            if len(ids) > times.get(key, 0):  # said more than once of the same place
                self._ids[key] = list(dict.fromkeys(ids))

    def next(self, said: str) -> str:
        ids = self._ids.get(_key(said))
        if not ids:
            return ""
        return ids.pop(0) if len(ids) > 1 else ids[0]


def _key(said: str) -> str:
    found = _AT.search(said)
    return " ".join(_plain(found["name"] if found else said).split()).casefold()


def mentioned(entities: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the ids of those whom entities mention, each once."""
    ids = [
        entity["mentioned"].get("id")
        for entity in entities
        if entity.get("type") == "mention" and isinstance(entity.get("mentioned"), Mapping)
    ]
    return tuple(dict.fromkeys(str(known_as) for known_as in ids if known_as))


def shown_name(name: str) -> str:
    """Return a name that can stand in a text without changing what the words around it mean."""
    return " ".join(scrub(name).replace("`", "'").split()).lstrip("@＠ ") or "…"


def _plain(text: str) -> str:
    return _ENTITY.sub(lambda entity: unescape(entity[0]).replace("\xa0", " "), text)


def read_html(content: str) -> str:
    """Return the words of a message that comes as HTML: quotations with ``>``, code in backticks, lines kept."""
    parser = _Words()
    parser.feed(content)
    parser.close()
    lines = (" ".join(line.split(" ")).rstrip() for line in "".join(parser.pieces).replace("\xa0", " ").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._quoted = self._unseen = 0

    def _line(self) -> None:
        if self.pieces and not self.pieces[-1].endswith(("\n", "> ")):
            self.pieces.append("\n" + "> " * self._quoted)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        if tag == "blockquote":
            self._quoted += 1
            if not self.pieces:
                self.pieces.append("> ")
        if tag in _BLOCKS:
            self._line()
        if tag in _CODE:
            self.pieces.append("`")
        if tag == "at" or (tag == "span" and "Mention" in (dict(attrs).get("itemtype") or "")):
            self.pieces.append("@")
        if tag == "emoji" and dict(attrs).get("alt"):
            self.pieces.append(dict(attrs)["alt"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if tag in _CODE:
            self.pieces.append("`")
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
        if tag in _BLOCKS and tag != "br":
            self._line()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            text = data.replace("`", "'") if "`" in self.pieces[-1:] else data
            self.pieces.append(text.replace("\r", "").replace("\n", "\n" + "> " * self._quoted))


# --- to Teams --------------------------------------------------------------------------------------------------------


def inert(text: str) -> str:
    """Return ``text`` as text that is only shown: nothing in it is a date to be filled in, a template or a mention.

    It stands where Markdown is not read.
    """
    return _ACTIVE.sub(rf"\1{_WORD_JOINER}", scrub(text))


def scrub(text: str) -> str:
    """Return ``text`` without what cannot be sent: control characters, halves of surrogate pairs. Line ends become
    ``\\n``.
    """
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def shorten(text: str, limit: int) -> str:
    """Return ``text`` if it has at most ``limit`` characters, else its beginning with ``…``; no emoji is torn."""
    if len(text) <= limit:
        return text
    at = max(limit - 1, 0)
    while 0 < at < len(text) and (_continues(text[at]) or text[at - 1] == "\u200d"):
        at -= 1
    return text[:at].rstrip() + "…"


def on_one_line(text: str, limit: int) -> str:
    """Return ``text`` with blanks and line ends as single blanks, shortened to ``limit``."""
    return shorten(" ".join(scrub(text[: 20 * limit]).split()), limit)


def _continues(character: str) -> bool:
    """Whether it belongs to the one before: accents, variants, skin tones, the zero-width joiner."""
    return (
        character == "\u200d" or "\U0001f3fb" <= character <= "\U0001f3ff" or unicodedata.category(character)[0] == "M"
    )
