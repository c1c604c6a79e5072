"""What Slack sends, as what every chat sends: payloads in, `Incoming` out. Pure.

Shapes: https://docs.slack.dev/interactivity/implementing-slash-commands,
https://docs.slack.dev/reference/interaction-payloads and https://docs.slack.dev/apis/events-api. Everything here raises
`ValueError` for a payload of another shape.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.chat import Address, Incoming, Quoted, Submission
from bot.platforms import presses
from bot.platforms.slack_blocks import pressed
from bot.platforms.slack_forms import origin_of, submission
from bot.platforms.slack_store import PLATFORM
from bot.platforms.slack_text import read

Payload = Mapping[str, Any]
_NO_NAMES: Mapping[str, str] = {}

_COMMAND = re.compile(r"\A\s*[/／]?(?:praise(?![A-Za-z0-9_-])|表扬)\s*", re.IGNORECASE)
_NAMELESS = re.compile(r"<@([UW][A-Z0-9]+)>")
_END_OF_TIME = 1e11  # seconds since 1970

FORM = "slack.form"
"""The button that opens a form where Slack opens none by itself; it carries the words that asked for it."""
HOME = "home"
SIGN = "praise.sign"
"""Seconding by a reaction; carries the id of the message, as `message_id` makes it."""


def workspace_of(enterprise: str | None, team: str | None, everywhere: bool | None) -> str:
    """Return what a workspace is named: a Grid on which the app is installed as a whole is one."""
    found = enterprise if everywhere else team
    return _text(found or enterprise)


def message_id(channel: str, ts: str) -> str:
    """Return the id of a message: Slack's ``ts`` is unique only in its channel."""
    return f"{channel}/{ts}"


def words_of(said: Payload) -> str:
    """Return the words of a command, an event or a message, as Slack marks them up; there may be none."""
    words = said.get("text")
    if not isinstance(words, str | None):
        raise ValueError("words that are no text")
    return words or ""


def nameless(text: str) -> tuple[str, ...]:
    """Return the accounts that ``text`` mentions without saying a name, each once."""
    return tuple(dict.fromkeys(_NAMELESS.findall(text)))


# --- words -----------------------------------------------------------------------------------------------------------


def command(body: Payload, workspace: str, names: Mapping[str, str] = _NO_NAMES) -> Incoming:
    """Return what was typed after a slash command, whatever the command is called."""
    text, mentions = read(words_of(body), names)
    sender = _text(body.get("user_id"))
    return Incoming(
        event_id=f"command:{_text(body.get('trigger_id'))}",
        platform=PLATFORM,
        workspace=workspace,
        sender=sender,
        where=address(workspace, _text(body.get("channel_id")), sender),
        text=text,
        mentions=mentions,
    )


def message(event: Payload, workspace: str, bot_user: str, names: Mapping[str, str] = _NO_NAMES) -> Incoming | None:
    """Return what was written to the bot, directly or by mentioning it; None for what is not for it to answer.

    The bot's own name and the command word at the beginning are left out. An edited message is the same event as
    before, and nothing of a thread, a join or another bot.
    """
    if event.get("bot_id") or event.get("subtype") not in (None, "file_share", "thread_broadcast"):
        return None
    sender, channel = _text(event.get("user")), _text(event.get("channel"))
    text, mentions = read(said_to_bot(words_of(event), bot_user), names)
    return Incoming(
        event_id=f"message:{channel}:{_text(event.get('ts'))}",
        platform=PLATFORM,
        workspace=workspace,
        sender=sender,
        where=address(workspace, channel, sender),
        text=text,
        mentions=tuple(mention for mention in mentions if mention.user_id != bot_user),
    )


def said_to_bot(text: str, bot_user: str) -> str:
    """Return words, as Slack marks them up, without the bot's own name and the command word before them."""
    own = rf"^\s*<@{re.escape(bot_user)}(?:\|[^<>]*)?>[\s,，:：]*"
    return _COMMAND.sub("", re.sub(own, "", text), count=1)


def asked_again(value: Payload, incoming: Incoming, names: Mapping[str, str] = _NO_NAMES) -> Incoming:
    """Return the press of a `FORM` button as the words it carries, said once more."""
    text, mentions = read(str(value.get("words", "")), names)
    return replace(incoming, text=text, mentions=mentions, action=None)


# --- presses ---------------------------------------------------------------------------------------------------------


def press(body: Payload, workspace: str) -> Incoming:
    """Return the button pressed; see `bot.platforms.presses` for what it is called."""
    action = _first(body.get("actions"))
    sender = _text(_part(body, "user").get("id"))
    channel = channel_of(body)
    button, moment = _stands(body)
    event_id, *also = presses.events(button, moment)
    return Incoming(
        event_id=event_id,
        also=tuple(also),
        platform=PLATFORM,
        workspace=workspace,
        sender=sender,
        where=address(workspace, channel, sender),
        action=pressed(action),
    )


def _stands(body: Payload) -> tuple[str, float]:
    """Return where a button stands and what it carries, the same for each press of it, and when it was pressed in
    seconds.
    """
    container, action = _part(body, "container"), _first(body.get("actions"))
    view = body.get("view")
    stands = [container.get(name) for name in ("type", "channel_id", "message_ts", "view_id")]
    if isinstance(view, Mapping):  # a Home keeps its id while its buttons change
        stands.append(view.get("hash"))
    what = [_text(_part(body, "user").get("id")), stands, action.get("action_id"), action.get("value")]
    pressed_at = float(_text(action.get("action_ts")))
    if not 0 <= pressed_at < _END_OF_TIME:
        raise ValueError("no moment")
    return _digest(what), pressed_at


def shortcut(body: Payload, workspace: str, names: Mapping[str, str] = _NO_NAMES) -> Incoming:
    """Return the item chosen in a message's menu, with the message; or a global shortcut, without."""
    sender = _text(_part(body, "user").get("id"))
    return Incoming(
        event_id=f"shortcut:{_text(body.get('trigger_id'))}",
        platform=PLATFORM,
        workspace=workspace,
        sender=sender,
        where=address(workspace, channel_of(body), sender),
        action=Submission(_text(body.get("callback_id"))),
        quoted=_quoted(body, names) if body.get("type") == "message_action" else None,
    )


def _quoted(body: Payload, names: Mapping[str, str]) -> Quoted:
    said, team = _part(body, "message"), body.get("team")
    text, _ = read(words_of(said), names)
    author = None if said.get("bot_id") else said.get("user")
    domain = team.get("domain") if isinstance(team, Mapping) else None
    ts = _text(said.get("ts"))
    where = f"https://{domain}.slack.com/archives" if domain else "slack:"
    return Quoted(text, author, f"{where}/{channel_of(body)}/p{ts.replace('.', '')}")


def form(body: Payload, workspace: str) -> Incoming:
    """Return the form sent. The same view with the same content is the same event: sent twice, it counts once."""
    view = _part(body, "view")
    sender = _text(_part(body, "user").get("id"))
    sent = submission(view)
    content = _digest([view.get("state"), sent.name])
    return Incoming(
        event_id=f"view:{_text(view.get('id'))}:{content}",
        platform=PLATFORM,
        workspace=workspace,
        sender=sender,
        where=address(workspace, origin_of(view).get("channel", ""), sender),
        action=sent,
    )


# --- events ----------------------------------------------------------------------------------------------------------


def home(event: Payload, workspace: str) -> Incoming:
    """Return the request for the App Home of who opened it."""
    return asking_home(_text(event.get("user")), workspace)


def asking_home(account: str, workspace: str) -> Incoming:
    """Return the request for the App Home of an account."""
    where = Address(PLATFORM, workspace, account, "direct")
    return Incoming(f"home:{account}", PLATFORM, workspace, account, where, action=Submission(HOME))


def reaction(event: Payload, workspace: str, bot_user: str) -> Incoming | None:
    """Return a reaction to a message of the bot as a second; None for one to anything else."""
    item, sender = _part(event, "item"), _text(event.get("user"))
    if item.get("type") != "message" or event.get("item_user") != bot_user or sender == bot_user:
        return None
    message = message_id(_text(item.get("channel")), _text(item.get("ts")))
    return Incoming(
        event_id=f"reaction:{message}",
        platform=PLATFORM,
        workspace=workspace,
        sender=sender,
        where=address(workspace, _text(item.get("channel")), sender),
        action=Submission(SIGN, {"message": message}),
    )


# --- pieces ----------------------------------------------------------------------------------------------------------


def address(workspace: str, channel: str, sender: str) -> Address:
    """Return where something happened. Direct messages go by the account of the person; so does what has no place."""
    if not channel or channel.startswith("D"):
        return Address(PLATFORM, workspace, sender, "direct")
    return Address(PLATFORM, workspace, channel, "channel")


def channel_of(body: Payload) -> str:
    """Return the channel of an interaction; empty where it has none, such as the App Home."""
    channel, container = body.get("channel"), body.get("container")
    found = channel.get("id") if isinstance(channel, Mapping) else None
    if found is None and isinstance(container, Mapping):
        found = container.get("channel_id")
    return _text(found) if found else ""


def _part(body: Payload, name: str) -> Payload:
    part = body.get(name)
    if not isinstance(part, Mapping):
        raise ValueError(f"no {name}")
    return part


def _first(items: Any) -> Payload:
    if not isinstance(items, list) or not items or not isinstance(items[0], Mapping):
        raise ValueError("no actions")
    first: Payload = items[0]
    return first


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text is missing")
    return value


def _digest(parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]
