"""The app as Teams is told about it: a zip with a manifest, its Chinese, and two icons drawn here.

Fields and limits: https://learn.microsoft.com/microsoft-365/extensibility/schema/ (version 1.19). Texts come in both
languages; Teams shows that of the reader.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5

from bot.chat import MenuItem
from bot.i18n import translator

Json = dict[str, Any]


class Typed(Protocol):
    """A word that can be typed, with its help in English."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def help(self) -> str: ...  # noqa: D102


VERSION, PREVIEW = "1.19", "devPreview"
_SCHEMA = "https://developer.microsoft.com/json-schemas/teams/{}/MicrosoftTeams.schema.json"
_CHINESE = "zh-cn.json"
_ACCENT = "#0B6E69"
_SCOPES = ("personal", "team", "groupChat")
_COMMANDS, _LISTS, _EXTENSION_COMMANDS = 12, 3, 10
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HOST = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}")
_STAMP = (1980, 1, 1, 0, 0, 0)  # the same package from the same words, on any day

# Characters, by where they stand in the manifest.
_LIMITS = {
    "name.short": 30,
    "name.full": 100,
    "description.short": 80,
    "description.full": 4000,
    "developer.name": 32,
    "developer.websiteUrl": 2048,
    "title": 32,
    "description": 128,
    "commands.id": 64,
}


def manifest(
    app_id: str,
    url: str,
    *,
    commands: Sequence[Typed],
    menu: Sequence[MenuItem],
    version: str,
    slash: bool = False,
) -> Json:
    """Return the manifest of the app ``app_id`` whose bot is served at ``url``.

    ``commands`` are the words that can be typed; items of ``menu`` stand in the menu of
    messages and in the compose box. ``slash`` also offers the commands behind a slash, which Teams has in preview.
    """
    base = url.rstrip("/")
    listed: Json = {"scopes": list(_SCOPES), "commands": []}
    listed["commands"] = [{"title": command.name, "description": command.help} for command in commands]
    bot: Json = {
        "botId": app_id,
        "scopes": list(_SCOPES),
        "supportsFiles": False,
        "isNotificationOnly": False,
        "commandLists": [listed],
    }
    if slash:
        listed["triggers"] = ["mention", "slash"]
        bot["supportsTargetedMessages"] = True
    shown = PREVIEW if slash else VERSION
    _ = translator("en")
    return {
        "$schema": _SCHEMA.format(shown if slash else f"v{VERSION}"),
        "manifestVersion": shown,
        "version": version,
        "id": str(uuid5(NAMESPACE_URL, f"praisebot:{app_id.lower()}")),
        "developer": {
            "name": "Praisebot",
            "websiteUrl": base,
            "privacyUrl": base,
            "termsOfUseUrl": base,
        },
        "name": {"short": _("Praisebot"), "full": _("Praisebot")},
        "description": {
            "short": _("Praise a colleague in seconds"),
            "full": _("Praise a colleague in seconds: tagged, confirmed, counted, and on the weekly board."),
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": _ACCENT,
        "localizationInfo": {
            "defaultLanguageTag": "en",
            "additionalLanguages": [{"languageTag": "zh-cn", "file": _CHINESE}],
        },
        "bots": [bot],
        "composeExtensions": [{"botId": app_id, "commands": [_choice(item) for item in menu]}],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [urlsplit(base).hostname or ""],
    }


def _choice(item: MenuItem) -> Json:
    return {
        "id": item.name,
        "type": "action",
        "title": item.labels["en"],
        "description": translator("en")("Opens a form with this message’s author and words"),
        "context": ["message", "compose", "commandBox"],
        "fetchTask": True,
    }


def in_chinese(made: Mapping[str, Any], commands: Sequence[Typed], menu: Sequence[MenuItem]) -> Json:
    """Return the Chinese texts of a manifest, by where they stand in it. Commands are typed in English letters too."""
    _ = translator("zh_CN")
    texts: Json = {
        "$schema": made["$schema"].replace("MicrosoftTeams.schema", "MicrosoftTeams.Localization.schema"),
        "name.short": _("Praisebot"),
        "name.full": _("Praisebot"),
        "description.short": _("Praise a colleague in seconds"),
        "description.full": _("Praise a colleague in seconds: tagged, confirmed, counted, and on the weekly board."),
    }
    for place, command in enumerate(commands):
        texts[f"bots[0].commandLists[0].commands[{place}].description"] = _(command.help)
    for place, item in enumerate(menu):
        where = f"composeExtensions[0].commands[{place}]"
        texts[f"{where}.title"] = item.labels["zh_CN"]
        texts[f"{where}.description"] = _("Opens a form with this message’s author and words")
    return texts


def package(made: Mapping[str, Any], chinese: Mapping[str, Any]) -> bytes:
    """Return the zip that is uploaded to Teams. Raises `ValueError` for what Teams would refuse; see `problems`."""
    found = problems(made, chinese)
    if found:
        raise ValueError("; ".join(found))
    files = {
        "manifest.json": json.dumps(made, ensure_ascii=False, indent=2).encode(),
        _CHINESE: json.dumps(chinese, ensure_ascii=False, indent=2).encode(),
        "color.png": color_icon(),
        "outline.png": outline_icon(),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), data)
    return content.getvalue()


# --- what is given ----------------------------------------------------------------------------------------------------


def is_app_id(text: str) -> bool:
    """Return whether ``text`` is the id of an app, and not the one that stands for none."""
    return bool(_GUID.fullmatch(text)) and UUID(text).int != 0


def is_address(url: str) -> bool:
    """Return whether Teams may be told that the server is at ``url``."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(_HOST.fullmatch(parts.hostname or "")) and parts.username is None
    except ValueError:
        return False


# --- what Teams would refuse -----------------------------------------------------------------------------------------


def problems(made: Mapping[str, Any], chinese: Mapping[str, Any]) -> tuple[str, ...]:
    """Return everything in a manifest that breaks a rule of its schema that can be checked offline, a line each."""
    return tuple(_problems(made, chinese))


def _problems(made: Mapping[str, Any], chinese: Mapping[str, Any]) -> Iterator[str]:
    for name in ("id", "bots[0].botId"):
        value = made["id"] if name == "id" else made["bots"][0]["botId"]
        if not is_app_id(value):
            yield f"{name}: {value[:60]!r} is no id of an app"
    if not re.fullmatch(r"\d{1,4}\.\d{1,4}\.\d{1,4}", made["version"]):
        yield f"version: {made['version'][:60]!r}"
    for name in ("websiteUrl", "privacyUrl", "termsOfUseUrl"):
        if not made["developer"][name].startswith("https://"):
            yield f"developer.{name}: must begin with https://"
    for domain in made["validDomains"]:
        if not _HOST.fullmatch(domain.lower()):
            yield f"validDomains: {domain[:60]!r} is no name of a server"
    yield from _too_long(made, chinese)
    yield from _too_many(made)


def _too_long(made: Mapping[str, Any], chinese: Mapping[str, Any]) -> Iterator[str]:
    texts = [
        *(("name.short", made["name"]["short"]), ("name.full", made["name"]["full"])),
        ("description.short", made["description"]["short"]),
        ("description.full", made["description"]["full"]),
        ("developer.name", made["developer"]["name"]),
        ("developer.websiteUrl", made["developer"]["websiteUrl"]),
    ]
    for command in (*made["bots"][0]["commandLists"][0]["commands"], *made["composeExtensions"][0]["commands"]):
        texts += [("title", command["title"]), ("description", command["description"])]
        texts += [("commands.id", command["id"])] if "id" in command else []
    for name, text in chinese.items():
        if name != "$schema":
            texts.append((name if name in _LIMITS else name.rpartition(".")[2], text))
    for name, text in texts:
        if not 0 < len(text) <= _LIMITS[name]:
            yield f"{name}: {len(text)} characters, where 1 to {_LIMITS[name]} are possible: {text[:60]!r}"


def _too_many(made: Mapping[str, Any]) -> Iterator[str]:
    lists = made["bots"][0]["commandLists"]
    if len(lists) > _LISTS or any(len(one["commands"]) > _COMMANDS for one in lists):
        yield f"commandLists: at most {_LISTS} with {_COMMANDS} commands each"
    commands = made["composeExtensions"][0]["commands"]
    if not 0 < len(commands) <= _EXTENSION_COMMANDS:
        yield f"composeExtensions: 1 to {_EXTENSION_COMMANDS} commands"
    if len({one["id"] for one in commands}) < len(commands):
        yield "composeExtensions: two commands of one id"


# --- icons -----------------------------------------------------------------------------------------------------------


def color_icon() -> bytes:
    """Return the icon of 192 by 192 pixels: a white bubble with a star on the accent colour."""
    return _icon(192, background=_ACCENT, bubble="#FFFFFF", star=_ACCENT)


def outline_icon() -> bytes:
    """Return the icon of 32 by 32 pixels: the same in white on nothing, as Teams wants it."""
    return _icon(32, background=None, bubble="#FFFFFF", star=None)


def _icon(pixels: int, *, background: str | None, bubble: str, star: str | None) -> bytes:
    """Return a PNG, drawn on a square from 0 to 24."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyBboxPatch, Polygon

    figure = Figure(figsize=(1, 1), dpi=pixels)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, 24)
    axes.set_ylim(0, 24)
    axes.axis("off")
    figure.patch.set_visible(background is not None)
    if background is not None:
        figure.patch.set_facecolor(background)
    filled = star is not None
    width = 0.0 if filled else 1.6 * 72 / 24  # points: the square is an inch
    style: Json = {"facecolor": bubble if filled else "none", "edgecolor": bubble, "linewidth": width}
    axes.add_patch(FancyBboxPatch((5.5, 9.0), 13.0, 9.5, boxstyle="round,pad=1.2", **style))
    axes.add_patch(Polygon([(8.0, 8.2), (8.0, 3.6), (12.6, 8.2)], **(style | {"facecolor": bubble})))
    axes.add_patch(Polygon(_star(12.0, 13.6, 4.6, 1.9), facecolor=star or bubble, linewidth=0.0))
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=pixels, transparent=background is None, metadata={"Software": None})
    return content.getvalue()


def _star(x: float, y: float, outer: float, inner: float) -> list[tuple[float, float]]:
    from math import cos, pi, sin

    corners = [(place * pi / 5 + pi / 2, inner if place % 2 else outer) for place in range(10)]
    return [(x + radius * cos(angle), y + radius * sin(angle)) for angle, radius in corners]
