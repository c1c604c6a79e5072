from __future__ import annotations

import json
import re
import subprocess
from itertools import product
from typing import Any

import pytest

from bot.chat import MenuItem
from bot.config import LOCALES
from bot.handlers import MENU
from bot.platforms.slack_manifest import (
    EVENTS,
    HISTORY_SCOPES,
    REACTION_EVENTS,
    REACTION_SCOPES,
    SCOPES,
    as_yaml,
    manifest,
)
from tests.conftest import ROOT
from tests.platforms.emulator import INSTALLED, node_or_skip

URL = "https://praise.example.com"

# Per path, characters at least and at most: https://github.com/slackapi/manifest-schema
LENGTHS = {
    "display_information.name": (1, 35),
    "display_information.description": (1, 140),
    "features.bot_user.display_name": (1, 80),
    "features.shortcuts.name": (1, 24),
    "features.shortcuts.callback_id": (1, 255),
    "features.shortcuts.description": (1, 150),
    "features.slash_commands.command": (2, 32),
    "features.slash_commands.url": (1, 3000),
    "features.slash_commands.description": (1, 2000),
    "features.slash_commands.usage_hint": (1, 1000),
    "oauth_config.redirect_urls": (1, 2500),
    "oauth_config.scopes.bot": (1, 50),
    "settings.event_subscriptions.request_url": (1, 3500),
    "settings.event_subscriptions.bot_events": (1, 50),
    "settings.interactivity.request_url": (1, 3500),
    "features.shortcuts.type": (6, 7),
}
# The scope an event is sent with: https://docs.slack.dev/reference/events
NEEDED = {
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "app_uninstalled": None,
    "message.im": "im:history",
    "reaction_added": "reactions:read",
    "team_join": "users:read",
    "tokens_revoked": None,
    "user_change": "users:read",
}


def every() -> list[dict[str, Any]]:
    ways = [(None, False), (URL, False), (URL, True)]
    return [
        manifest(url, locale=locale, menu=MENU, oauth=oauth, reactions=reactions, history=history)
        for (url, oauth), locale, reactions, history in product(ways, LOCALES, (False, True), (False, True))
    ]


def texts(data: Any, path: str = "") -> list[tuple[str, str]]:
    if isinstance(data, dict):
        return [found for name, value in data.items() for found in texts(value, f"{path}.{name}".lstrip("."))]
    if isinstance(data, list):
        return [found for value in data for found in texts(value, path)]
    return [(path, data)] if isinstance(data, str) else []


@pytest.mark.parametrize("made", every())
def test_every_text_is_as_long_as_slack_takes(made: dict[str, Any]) -> None:
    for path, text in texts(made):
        least, most = LENGTHS[path]
        assert least <= len(text) <= most, (path, text)
    assert re.fullmatch(r"[a-z0-9._-]+", made["features"]["bot_user"]["display_name"])


def test_a_menu_item_whose_name_is_too_long_is_refused_and_not_cut() -> None:
    with pytest.raises(ValueError, match="24"):
        manifest(None, menu=[MenuItem("some.form", {"en": "x" * 25})])


def test_every_item_of_the_menu_is_a_shortcut_of_its_name() -> None:
    shortcuts = manifest(None, menu=MENU)["features"]["shortcuts"]
    assert [shortcut["callback_id"] for shortcut in shortcuts] == [item.name for item in MENU]
    assert {shortcut["type"] for shortcut in shortcuts} == {"message"}


def test_without_an_address_it_is_socket_mode_and_names_none() -> None:
    made = manifest(None, menu=MENU)
    assert made["settings"]["socket_mode_enabled"]
    assert "http" not in json.dumps(made)


def test_with_an_address_every_request_goes_to_the_one_path() -> None:
    made = manifest(URL + "/", menu=MENU)
    assert not made["settings"]["socket_mode_enabled"]
    requests = {text for path, text in texts(made) if path.endswith("url")}
    assert requests == {f"{URL}/slack/events"}
    assert len([path for path, _ in texts(made) if path.endswith("url")]) == 3
    assert not made["settings"]["token_rotation_enabled"]  # the token in the environment would end


def test_what_workspaces_install_comes_back_and_rotates_its_tokens() -> None:
    made = manifest(URL, oauth=True)
    assert made["oauth_config"]["redirect_urls"] == [f"{URL}/slack/oauth_redirect"]
    assert made["settings"]["org_deploy_enabled"]
    assert made["settings"]["token_rotation_enabled"]
    with pytest.raises(ValueError, match="address"):
        manifest(None, oauth=True)


@pytest.mark.parametrize("made", every())
def test_events_come_with_the_scopes_they_need(made: dict[str, Any]) -> None:
    scopes = made["oauth_config"]["scopes"]["bot"]
    needed = {NEEDED[event] for event in made["settings"]["event_subscriptions"]["bot_events"]}
    assert needed - {None} <= set(scopes)
    assert scopes == sorted(set(scopes))


def test_what_is_not_asked_for_is_not_there() -> None:
    made = manifest(None)
    assert set(made["oauth_config"]["scopes"]["bot"]) == set(SCOPES)
    assert set(made["settings"]["event_subscriptions"]["bot_events"]) == set(EVENTS)
    more = manifest(None, reactions=True, history=True)
    assert set(more["oauth_config"]["scopes"]["bot"]) == {*SCOPES, *REACTION_SCOPES, *HISTORY_SCOPES}
    assert set(more["settings"]["event_subscriptions"]["bot_events"]) == {*EVENTS, *REACTION_EVENTS}


def test_the_page_for_installing_asks_for_what_the_manifest_has() -> None:
    made = manifest(URL, oauth=True)
    assert set(HISTORY_SCOPES) <= set(made["oauth_config"]["scopes"]["bot"])


def test_the_page_of_the_docs_gives_a_reason_for_each_permission_and_event_and_names_no_other() -> None:
    rows = dict(
        re.findall(r"^\| `([a-z_.:]+)` \| ([^|]+) \|$", (ROOT / "docs/slack.md").read_text("utf-8"), re.MULTILINE)
    )
    asked = {*SCOPES, *REACTION_SCOPES, *HISTORY_SCOPES, *EVENTS, *REACTION_EVENTS}
    assert set(rows) == asked
    assert all(len(reason.split()) > 2 for name, reason in rows.items() if name != "team_join")


def test_it_is_yaml_that_says_the_same() -> None:
    awkward = manifest(URL, oauth=True, menu=[MenuItem("a: #b", {"en": '"- yes: {no}" 是'})])
    read = f"import yaml from '{INSTALLED.parents[2]}/yaml/dist/index.js'; import fs from 'fs';"
    script = read + "console.log(JSON.stringify(yaml.parse(fs.readFileSync(0, 'utf8'))))"
    for made in (awkward, *every()[:3]):
        command = [node_or_skip(), "--input-type=module", "--eval", script]
        answer = subprocess.run(command, input=as_yaml(made), capture_output=True, text=True, check=True)
        assert json.loads(answer.stdout) == made
