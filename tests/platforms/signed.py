"""Requests as Slack sends them, signed, in the shapes of its documentation.

Slash commands: https://docs.slack.dev/interactivity/implementing-slash-commands; what is pressed and filled in:
https://docs.slack.dev/reference/interaction-payloads; events: https://docs.slack.dev/apis/events-api and
https://docs.slack.dev/reference/events; signatures: https://docs.slack.dev/authentication/verifying-requests-from-slack.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from tests.platforms.emulator import APP_ID, BOT_ID, BOT_USER, SIGNING_SECRET, TEAM

Json = dict[str, Any]

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
PATH = "/slack/events"
_TOKEN = "gIkuvaNzQIHg97ATvDxqgjtO"  # deprecated by Slack, and of no meaning to anybody
_RESPONSE_URL = "https://hooks.slack.com/actions/T000000001/1/random"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it comes in."""

    body: bytes
    headers: Mapping[str, str]

    def but(self, **headers: str | None) -> Request:
        """Return it with headers changed, or left out: ``X_Slack_Signature=None``."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in (self.headers | named).items() if value is not None}
        return replace(self, headers=kept)

    async def to(self, client: TestClient[Any, Any], path: str = PATH) -> ClientResponse:
        """Send it."""
        return await client.post(path, data=self.body, headers=self.headers)


def signed(body: bytes, kind: str = FORM, *, at: float | None = None, secret: str = SIGNING_SECRET) -> Request:
    """Return a request with any body as Slack would sign it, now or ``at`` a Unix time."""
    moment = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{moment}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": kind,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": moment,
        "X-Slack-Signature": f"v0={digest}",
    }
    return Request(body, headers)


def _new(prefix: str) -> str:
    return f"{prefix}{next(_numbers)}.{time.time_ns()}"


def _stamp() -> str:
    return f"{time.time():.6f}"


# --- slash commands ---------------------------------------------------------------------------------------------------


def command(
    user: str,
    text: str,
    *,
    channel: str = "C000000001",
    channel_name: str = "general",
    trigger_id: str | None = None,
    response_url: str = "https://hooks.slack.com/commands/T000000001/1/random",
    team: str = TEAM,
    name: str = "/praise",
    enterprise: str | None = None,
    org_wide: bool = False,
) -> Request:
    """A slash command. The trigger id makes it the one it is: Slack sends no other id."""
    grid = {"enterprise_id": enterprise, "enterprise_name": "Harbour Group"} if enterprise else {}
    fields = {
        "token": _TOKEN,
        "team_id": team,
        "team_domain": "harbour",
        **grid,
        "channel_id": channel,
        "channel_name": channel_name,
        "user_id": user,
        "user_name": "somebody",
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "true" if org_wide else "false",
        "response_url": response_url,
        "trigger_id": trigger_id or _new("13345224609.738474920."),
    }
    return signed(urlencode(fields).encode())


def ssl_check() -> Request:
    """The certificate of a command's address is looked at now and then; nothing is signed."""
    body = urlencode({"ssl_check": "1", "token": _TOKEN}).encode()
    return Request(body, {"Content-Type": FORM})


# --- what is pressed and filled in ------------------------------------------------------------------------------------


def interaction(payload: Mapping[str, Any]) -> Request:
    """Any interaction: JSON in the one field of a form."""
    return signed(urlencode({"payload": json.dumps(payload)}).encode())


def _interaction(kind: str, user: str, team: str, more: Mapping[str, Any]) -> Request:
    return interaction(
        {
            "type": kind,
            "team": {"id": team, "domain": "harbour"},
            "user": {"id": user, "username": "somebody", "name": "somebody", "team_id": team},
            "api_app_id": APP_ID,
            "token": _TOKEN,
            "enterprise": None,
            "is_enterprise_install": False,
            **more,
        }
    )


def message_shortcut(
    user: str,
    callback_id: str,
    message: Mapping[str, Any],
    *,
    channel: str,
    trigger_id: str | None = None,
    response_url: str = "https://hooks.slack.com/app/T000000001/1/random",
    team: str = TEAM,
) -> Request:
    """An item of a message's menu."""
    return _interaction(
        "message_action",
        user,
        team,
        {
            "callback_id": callback_id,
            "trigger_id": trigger_id or _new("13345224609.8534564800."),
            "response_url": response_url,
            "action_ts": _stamp(),
            "channel": {"id": channel, "name": "general"},
            "message_ts": message["ts"],
            "message": {"type": "message", **message},
        },
    )


def global_shortcut(user: str, callback_id: str, *, trigger_id: str | None = None, team: str = TEAM) -> Request:
    """A shortcut chosen nowhere in particular: it has no channel and no ``response_url``."""
    more = {"callback_id": callback_id, "trigger_id": trigger_id or _new("944799105734."), "action_ts": _stamp()}
    return _interaction("shortcut", user, team, more)


def _pressed(element: Mapping[str, Any], block_id: str, action_ts: str | None) -> Json:
    pressed = {name: element[name] for name in ("action_id", "text", "value", "style") if name in element}
    return {"type": element["type"], "block_id": block_id, "action_ts": action_ts or _stamp(), **pressed}


def pressed_in_message(
    user: str,
    element: Mapping[str, Any],
    message: Mapping[str, Any],
    *,
    channel: str,
    ephemeral: bool = False,
    block_id: str = "b1",
    action_ts: str | None = None,
    trigger_id: str | None = None,
    response_url: str = _RESPONSE_URL,
    team: str = TEAM,
) -> Request:
    """A button under a message. The message itself is left out of an ephemeral one's."""
    container = {"type": "message", "message_ts": message["ts"], "channel_id": channel, "is_ephemeral": ephemeral}
    shown = {} if ephemeral else {"message": {"bot_id": BOT_ID, "type": "message", "user": BOT_USER, **message}}
    return _interaction(
        "block_actions",
        user,
        team,
        {
            "container": container,
            "trigger_id": trigger_id or _new("12466734323.1395872398."),
            "channel": {"id": channel, "name": "directmessage" if channel.startswith("D") else "general"},
            **shown,
            "state": {"values": {}},
            "response_url": response_url,
            "actions": [_pressed(element, block_id, action_ts)],
        },
    )


def pressed_in_view(
    user: str,
    element: Mapping[str, Any],
    view: Mapping[str, Any],
    *,
    block_id: str = "b1",
    action_ts: str | None = None,
    trigger_id: str | None = None,
    team: str = TEAM,
) -> Request:
    """A button in the App Home or in a modal: there is no channel and no ``response_url``."""
    return _interaction(
        "block_actions",
        user,
        team,
        {
            "container": {"type": "view", "view_id": view["id"]},
            "trigger_id": trigger_id or _new("12321423423.333649436676."),
            "view": dict(view),
            "actions": [_pressed(element, block_id, action_ts)],
        },
    )


def view_submission(
    user: str,
    view: Mapping[str, Any],
    values: Mapping[str, Mapping[str, Any]],
    *,
    trigger_id: str | None = None,
    team: str = TEAM,
) -> Request:
    """A modal sent; ``values`` are what its inputs hold, by block and action."""
    more = {
        "trigger_id": trigger_id or _new("12466734323.99."),
        "view": {**view, "state": {"values": values}},
        "response_urls": [],
    }
    return _interaction("view_submission", user, team, more)


def view_closed(user: str, view: Mapping[str, Any], *, is_cleared: bool = False, team: str = TEAM) -> Request:
    """A modal put away."""
    return _interaction("view_closed", user, team, {"view": dict(view), "is_cleared": is_cleared})


# --- events -----------------------------------------------------------------------------------------------------------


def event(
    inner: Mapping[str, Any],
    *,
    event_id: str | None = None,
    retry: int | None = None,
    team: str = TEAM,
    enterprise: str | None = None,
    shared: bool = False,
) -> Request:
    """Any event in its envelope; a ``retry`` (1 to 3) says that an earlier delivery was not answered in time."""
    grid = {"enterprise_id": enterprise, "context_enterprise_id": enterprise} if enterprise else {}
    body = {
        "token": _TOKEN,
        "team_id": team,
        **grid,
        "context_team_id": team,
        "api_app_id": APP_ID,
        "event": dict(inner),
        "type": "event_callback",
        "event_id": event_id or _new("Ev"),
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": enterprise,
                "team_id": team,
                "user_id": BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
    }
    request = signed(json.dumps(body).encode(), JSON)
    if retry is None:
        return request
    return request.but(X_Slack_Retry_Num=str(retry), X_Slack_Retry_Reason="http_timeout")


def message_im(user: str, text: str, *, channel: str, **more: Any) -> Json:
    """Something written to the bot in their own conversation."""
    ts = _stamp()
    return {
        "type": "message",
        "channel": channel,
        "user": user,
        "text": text,
        "ts": ts,
        "event_ts": ts,
        "channel_type": "im",
        "team": TEAM,
        **more,
    }


def app_mention(user: str, text: str, *, channel: str, thread_ts: str | None = None) -> Json:
    """Something written in a channel that names the bot, ``text`` without its name."""
    ts = _stamp()
    thread = {"thread_ts": thread_ts} if thread_ts else {}
    words = f"<@{BOT_USER}> {text}"
    return {"type": "app_mention", "user": user, "text": words, "ts": ts, "channel": channel, "event_ts": ts, **thread}


def reaction_added(user: str, reaction: str, *, channel: str, ts: str, author: str = BOT_USER) -> Json:
    """An emoji put under a message."""
    item = {"type": "message", "channel": channel, "ts": ts}
    return {
        "type": "reaction_added",
        "user": user,
        "reaction": reaction,
        "item_user": author,
        "item": item,
        "event_ts": _stamp(),
    }


def account(user: str, name: str, *, email: str = "", team: str = TEAM, **more: Any) -> Json:
    """An account as ``users.info``, ``user_change`` and ``team_join`` show it."""
    return {
        "id": user,
        "team_id": team,
        "name": name.lower().replace(" ", "."),
        "deleted": False,
        "real_name": name,
        "tz": "Asia/Shanghai",
        "tz_label": "China Standard Time",
        "tz_offset": 28800,
        "profile": {
            "real_name": name,
            "real_name_normalized": name,
            "display_name": "",
            "display_name_normalized": "",
            **({"email": email} if email else {}),
            "team": team,
        },
        "is_admin": False,
        "is_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": False,
        "is_app_user": False,
        "updated": int(time.time()),
        "locale": "zh-CN",
        **more,
    }


def user_change(user: Mapping[str, Any]) -> Json:
    """Somebody renamed, moved or deactivated."""
    return {"type": "user_change", "user": dict(user), "cache_ts": int(time.time()), "event_ts": _stamp()}


def team_join(user: Mapping[str, Any]) -> Json:
    """Somebody new."""
    return {"type": "team_join", "user": dict(user), "cache_ts": int(time.time()), "event_ts": _stamp()}


def app_home_opened(user: str, *, channel: str, tab: str = "home") -> Json:
    """Somebody looks at the App Home, or at its messages."""
    return {"type": "app_home_opened", "user": user, "channel": channel, "tab": tab, "event_ts": _stamp()}


def app_uninstalled() -> Json:
    """The workspace took the app away."""
    return {"type": "app_uninstalled"}


def tokens_revoked(*, bot: Sequence[str] = (BOT_USER,), oauth: Sequence[str] = ()) -> Json:
    """Tokens ended; named are the accounts they were for."""
    return {"type": "tokens_revoked", "tokens": {"oauth": list(oauth), "bot": list(bot)}, "event_ts": _stamp()}


def url_verification(challenge: str = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P") -> Request:
    """Slack looks whether the address of events is ours."""
    return signed(json.dumps({"token": _TOKEN, "challenge": challenge, "type": "url_verification"}).encode(), JSON)
