"""The app as Slack is told about it: a manifest to paste where apps are made.

Fields and limits: https://docs.slack.dev/reference/app-manifest and the schema in
https://github.com/slackapi/manifest-schema. Scopes: https://docs.slack.dev/reference/scopes; why each is asked for
stands in docs/slack.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.chat import MenuItem
from bot.i18n import translator

Json = dict[str, Any]

EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH = "/slack/events", "/slack/install", "/slack/oauth_redirect"
COMMAND = "/praise"

SCOPES = (
    "app_mentions:read",
    "chat:write",
    "commands",
    "files:write",
    "im:history",
    "users:read",
    "users:read.email",
)
REACTION_SCOPES = ("reactions:read",)
HISTORY_SCOPES = ("channels:history", "groups:history", "im:write")

EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.im",
    "team_join",
    "tokens_revoked",
    "user_change",
)
REACTION_EVENTS = ("reaction_added",)

_BOT_USER = "praisebot"  # Slack allows a-z, 0-9, "-", "_" and "." only
_SHORTCUT = 24
_SHORTER = {"Forward as customer praise": "Forward customer praise"}
"""Labels of the menu that are longer than Slack takes, as they are written there."""


def manifest(
    url: str | None,
    *,
    locale: str = "en",
    menu: Sequence[MenuItem] = (),
    oauth: bool = False,
    reactions: bool = False,
    history: bool = False,
) -> Json:
    """Return the manifest of an app that is reached at ``url``, or through Socket Mode when that is None.

    Slack shows an app in one language, ``locale``. The items of ``menu`` become message shortcuts. ``oauth`` is for an
    app that any number of workspaces install, and needs a ``url``. ``reactions`` adds what seconding by an emoji takes,
    ``history`` what finding one's own messages again after a crash takes; the page for installing asks for that anyway.
    Raises `ValueError` for what Slack would refuse.
    """
    if oauth and not url:
        raise ValueError("workspaces install an app through its address")
    _ = translator(locale)
    base = (url or "").rstrip("/")
    requests = {"request_url": base + EVENTS_PATH} if base else {}
    return {
        "_metadata": {"major_version": 1},
        "display_information": {
            "name": _("Praisebot"),
            "description": _("Praise a colleague in seconds: tagged, confirmed, counted, and on the weekly board."),
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": _BOT_USER, "always_online": True},
            **({"shortcuts": [_shortcut(item, locale) for item in menu]} if menu else {}),
            "slash_commands": [
                {
                    "command": COMMAND,
                    **({"url": base + EVENTS_PATH} if base else {}),
                    "description": _("Praise a colleague, forward a customer’s words, or see your points"),
                    "usage_hint": _("@colleague what they did · customer … · me · top · help"),
                    "should_escape": True,  # mentions then come with the id of the account
                }
            ],
        },
        "oauth_config": {
            **({"redirect_urls": [base + REDIRECT_PATH]} if oauth else {}),
            "scopes": {
                "bot": _sorted(SCOPES, REACTION_SCOPES if reactions else (), HISTORY_SCOPES if history or oauth else ())
            },
        },
        "settings": {
            "event_subscriptions": {**requests, "bot_events": _sorted(EVENTS, REACTION_EVENTS if reactions else ())},
            "interactivity": {"is_enabled": True, **requests},
            "org_deploy_enabled": oauth,
            "socket_mode_enabled": not base,
            # A token that stands in the environment would end after twelve hours.
            "token_rotation_enabled": oauth,
        },
    }


def _sorted(*names: Sequence[str]) -> list[str]:
    return sorted(name for some in names for name in some)


def _shortcut(item: MenuItem, locale: str) -> Json:
    _ = translator(locale)
    label = item.labels.get(locale, item.labels["en"])
    name = _SHORTER.get(label, label)
    if len(name) > _SHORTCUT:
        raise ValueError(f"{name}: the name of a shortcut has at most {_SHORTCUT} characters")
    return {
        "name": name,
        "type": "message",
        "callback_id": item.name,
        "description": _("Opens a form with this message’s author and words"),
    }


def as_yaml(data: Mapping[str, Any]) -> str:
    """Return a manifest as YAML; its values are written as JSON, which YAML reads too."""
    return "".join(f"{line}\n" for line in _lines(data))


def _lines(data: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    for name, value in data.items():
        if isinstance(value, Mapping):
            yield f"{indent}{name}:"
            yield from _lines(value, indent + "  ")
        elif isinstance(value, list):
            yield f"{indent}{name}:"
            yield from (line for item in value for line in _item(item, indent + "  "))
        else:
            yield f"{indent}{name}: {_scalar(value)}"


def _item(item: Any, indent: str) -> Iterator[str]:
    lines = list(_lines(item)) if isinstance(item, Mapping) else [_scalar(item)]
    for place, line in enumerate(lines):
        yield f"{indent}{'  ' if place else '- '}{line}"


def _scalar(value: str | int | bool) -> str:
    return json.dumps(value, ensure_ascii=False)
