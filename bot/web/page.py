"""The page itself: its template, its texts in two languages and its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.chat import MenuItem
from bot.config import LOCALES
from bot.i18n import nearest_locale
from bot.web.answers import SECURITY_HEADERS, Problem
from bot.web.directory import BOT_PERSON
from bot.web.texts import command_hints, page_texts

LOCALE_COOKIE = "praisebot_locale"

_HERE = Path(__file__).parent
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_templates = Environment(
    loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def locale_of(request: web.Request, default: str) -> str:
    """Return the language chosen in the page, else the browser's first one, else ``default``."""
    chosen = request.cookies.get(LOCALE_COOKIE)
    if chosen in LOCALES:
        return chosen
    wanted = request.headers.get("Accept-Language", "").split(",")[0].split(";")[0].strip()
    return nearest_locale(wanted if wanted[:1].isalpha() else None, default)


def chat_page(
    locale: str, *, menu: Sequence[MenuItem], demo_controls: Sequence[MenuItem], can_sign_out: bool
) -> web.Response:
    """Return the chat in ``locale``. All it needs comes with it as JSON; people and messages are fetched."""
    texts = page_texts(locale)
    setup: dict[str, Any] = {
        "texts": texts,
        "hints": [{"words": words, "meaning": meaning} for words, meaning in command_hints(locale)],
        "menu": [_item(item, locale) for item in menu],
        "demoControls": [_item(item, locale) for item in demo_controls],
        "bot": {"id": BOT_PERSON.id, "name": texts["product"]},
    }
    modules = [name for name in _static_files() if name.endswith(".js")]
    return _html("chat.html", locale=locale, t=texts, setup=setup, modules=modules, can_sign_out=can_sign_out)


def sign_in_page(locale: str, problem: str = "", status: int = 200) -> web.Response:
    """Return the form that asks for the access secret."""
    return _html("sign_in.html", status=status, locale=locale, t=page_texts(locale), problem=problem)


def static_file(name: str, known: str | None) -> web.Response:
    """Return a script, style or picture of the page; 304 when the browser's copy (``If-None-Match``) is the same."""
    file = _static_files().get(name)
    if file is None:
        raise Problem(404, "That is no longer there.")
    headers = SECURITY_HEADERS | {"ETag": file.etag, "Cache-Control": "no-cache", "Content-Type": file.content_type}
    if known == file.etag:
        return web.Response(status=304, headers=headers)
    return web.Response(body=file.content, headers=headers)


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    content_type: str
    etag: str


@cache
def _static_files() -> dict[str, _File]:
    # Read once and looked up by exact name: a path in a request never reaches the file system.
    files: dict[str, _File] = {}
    for path in sorted((_HERE / "static").iterdir()):
        if path.suffix in _TYPES:
            content = path.read_bytes()
            etag = f'"{sha256(content).hexdigest()[:20]}"'
            files[path.name] = _File(content, f"{_TYPES[path.suffix]}; charset=utf-8", etag)
    return files


def _item(item: MenuItem, locale: str) -> dict[str, str]:
    label = item.labels.get(locale) or next(iter(item.labels.values()), item.name)
    return {"name": item.name, "label": label}


def _html(template: str, *, status: int = 200, **context: Any) -> web.Response:
    text = _templates.get_template(template).render(**context)
    headers = SECURITY_HEADERS | {"Cache-Control": "no-store", "Content-Type": "text/html; charset=utf-8"}
    return web.Response(body=text.encode(), status=status, headers=headers)
