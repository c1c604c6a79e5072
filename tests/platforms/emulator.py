"""A Slack that is not ours: npm ``emulate``, started once for a run, with a bank's workspace in it.

What it is and what it is not, found by trying version 0.12.2:

- It keeps state: messages with blocks and metadata, ephemeral ones, threads, files, reactions, views with their stack.
- It answers ``channel_not_found``, ``is_archived``, ``not_in_channel`` (private channels only), ``user_not_found``,
  ``user_not_in_channel``, ``message_not_found``, ``cant_update_message``, ``no_text``, ``invalid_blocks`` (no JSON),
  ``hash_conflict``, ``invalid_trigger_id``, ``expired_trigger_id``, ``exchanged_trigger_id``; for OAuth
  ``invalid_code``, ``invalid_client_id``, ``bad_redirect_uri``; with ``strict_scopes`` ``missing_scope``: so the scopes
  of the manifest are proven to be enough for what is called.
- It does not check Block Kit, does not throttle, does not fail, and posts to public channels without being invited.
- It takes the parameters of most reads from the body only, where Slack's own client puts them into the address.
- It sends no slash commands and no interactions, and started from the command line no events either. A modal opens
  for its own trigger ids only, once and within three seconds.
- One workspace. Ids of users and channels are new in each run. A profile has no locale, timezone or guest flags, and
  nobody can be deactivated. No org-wide installs, no token rotation, no ``auth.revoke``.
- A token it does not know is somebody without scopes, where Slack says ``invalid_auth``.

What it lacks stands in `tests.platforms.relay`, which all calls go through.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from bot.platforms.slack_manifest import manifest
from tests.platforms.node import free_port, node_of, running

ROOT = Path(__file__).parent.parent.parent
INSTALLED = ROOT / ".venv/emulate/node_modules/emulate/dist/index.js"
_NODE_AT_LEAST = (22, 15)

BOT_TOKEN = "xoxb-praisebot"
HISTORY_TOKEN = "xoxb-history"
"""The bot's where the app may also read channels."""
READER_TOKEN = "xoxb-reader"
"""The bot's too, with all scopes: for tests to look with."""
BOT_SCOPES: tuple[str, ...] = tuple(manifest(None)["oauth_config"]["scopes"]["bot"])
HISTORY_SCOPES: tuple[str, ...] = tuple(manifest(None, history=True)["oauth_config"]["scopes"]["bot"])
_ADMIN, _ADMIN_TOKEN = "U000000001", "xoxp-admin"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
CLIENT_ID, CLIENT_SECRET = "1234567890.1234567890", "a client's secret"
APP_ID, BOT_ID, BOT_USER, TEAM = "A000000001", "B0PRAISE01", "U0PRAISE01", "T000000001"
PUBLIC_URL = "https://praise.example.com"
"""Where the app says it can be reached: part of what the installation comes back to."""

# handle, real name
USERS = {
    "wang.min": "王敏",
    "chen.gang": "陈刚",
    "nana": "李娜",
    "zhang.wei": "张伟",
    "zhao.lei": "赵磊",
    "sun.li": "孙丽",
    "grace": "Grace Lim",
    "tom": "Tom O'Brien",
    "li.na": "Li Na",
    "priya": "Priya Nair",
    "marcus": "Marcus Hale",
    "zhou": "周主任",
    "stranger": "Ada Stranger",
}
CHANNELS = {"credit-cards": "信用卡一组", "international": "International", "lobby": "Everybody"}
PRIVATE = "board-room"
"""A private channel the bot has not been invited to."""


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator: ``users`` by real name, ``channels`` by topic, as members and teams are called."""

    url: str
    users: Mapping[str, str]
    channels: Mapping[str, str]
    private: str


@pytest.fixture(scope="session")
def slack_emulator() -> Iterator[Emulator]:
    """A workspace in an emulator of Slack's Web API; one process for all tests of a run."""
    with _started(node_or_skip()) as url:
        users = _call(url, "users.list", limit="1000")["members"]
        channels = _call(url, "conversations.list", limit="1000", types="public_channel,private_channel")["channels"]
        yield Emulator(
            url,
            users={user["real_name"]: user["id"] for user in users},
            channels={channel["topic"]["value"]: channel["id"] for channel in channels if not channel["is_private"]},
            private=next(channel["id"] for channel in channels if channel["name"] == PRIVATE),
        )


def node_or_skip() -> str:
    """Return the Node that runs the emulator, or skip the test where one of them is missing."""
    node = node_of(_NODE_AT_LEAST)
    if node is None or not INSTALLED.exists():
        pytest.skip("the emulator of Slack is not installed: make emulator")
    return node


@contextmanager
def _started(node: str) -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="praisebot-slack-") as folder:
        seed = Path(folder, "seed.json")
        seed.write_text(json.dumps({"slack": _seed()}), "utf-8")
        command = [node, str(INSTALLED), "start", "--service", "slack", "--port", str(port), "--seed", str(seed)]
        with running(command, {"PATH": os.environ["PATH"]}, Path(folder), lambda: _answers(url)):
            yield url


def _answers(url: str) -> bool:
    try:
        return bool(_call(url, "auth.test")["ok"])
    except URLError:
        return False


def _call(url: str, method: str, **arguments: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {_ADMIN_TOKEN}"}
    with urlopen(Request(f"{url}/api/{method}", urlencode(arguments).encode(), headers)) as answer:
        found: dict[str, Any] = json.loads(answer.read())
    assert found["ok"], found
    return found


def user_token(handle: str) -> str:
    """Return the token of one of `USERS`."""
    return f"xoxp-{handle}"


def _seed() -> dict[str, Any]:
    scopes = [*BOT_SCOPES]
    bot = {"type": "bot", "user_id": BOT_USER, "app_id": APP_ID, "bot_id": BOT_ID, "client_id": CLIENT_ID}
    return {
        "team": {"name": "滨江银行", "domain": "harbour"},
        "users": [
            {"name": handle, "real_name": name, "email": f"{handle}@example.com"} for handle, name in USERS.items()
        ],
        "channels": [
            *({"name": name, "topic": topic} for name, topic in CHANNELS.items()),
            {"name": PRIVATE, "topic": "", "is_private": True},
        ],
        "oauth_apps": [
            {
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
                "app_id": APP_ID,
                "name": "Praisebot",
                "bot_id": BOT_ID,
                "bot_user_id": BOT_USER,
                "bot_name": "praisebot",
                "redirect_uris": [f"{PUBLIC_URL}/slack/oauth_redirect"],
                "scopes": scopes,
            }
        ],
        "tokens": [
            {"token": BOT_TOKEN, "scopes": scopes, **bot},
            {"token": HISTORY_TOKEN, "scopes": [*HISTORY_SCOPES], **bot},
            {"token": READER_TOKEN, **bot},  # without scopes: all of them
            {"token": _ADMIN_TOKEN, "type": "user", "user_id": _ADMIN},
            *({"token": user_token(handle), "type": "user", "user": handle} for handle in USERS),
        ],
        "signing_secret": SIGNING_SECRET,
        "strict_scopes": True,
    }
