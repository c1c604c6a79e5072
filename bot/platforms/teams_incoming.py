"""What Teams sends, as what every chat sends: activities in, `Incoming` out. Pure.

Shapes: https://github.com/microsoft/botframework-sdk/blob/main/specs/botframework-activity/botframework-activity.md and
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/conversation-messages. Everything here
raises `ValueError` for an activity of another shape.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.chat import Address, Incoming, Mention, Quoted, Submission
from bot.platforms.teams_forms import chosen_people, once_of, origin_of, submission
from bot.platforms.teams_store import PLATFORM, Route
from bot.platforms.teams_text import mentioned, read, read_html

Activity = Mapping[str, Any]
_NO_ACCOUNTS: Mapping[str, str] = {}

# The word before what is meant, if it is there; a slash alone comes from the list of commands.
_COMMAND = re.compile(r"\A\s*(?:[/／]?(?:praise(?![A-Za-z0-9_-])|表扬)\s*|[/／](?=\w))", re.IGNORECASE)
_QUOTING = re.compile(r"<(?:blockquote|pre|code|codeblock)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody did something, and how it is answered there."""

    workspace: str
    account: str
    known_as: str
    """The person as the service knows them, ``29:…``."""
    service_url: str
    conversation: str
    """As the service names it; a channel with the thread something was written in."""
    kind: str
    """``personal``, ``groupChat`` or ``channel``."""
    bot: str
    locale: str = ""

    @property
    def direct(self) -> bool:
        """Whether only its reader sees what stands there."""
        return self.kind == "personal"

    @property
    def where(self) -> Address:
        """The address of the conversation."""
        return address(self.workspace, self.conversation, self.account, self.direct)

    @property
    def person(self) -> Address:
        """The address of the person's chat with the bot."""
        return Address(PLATFORM, self.workspace, self.account, "direct")

    @property
    def route(self) -> Route:
        """How this conversation is reached."""
        conversation = self.conversation if self.direct else without_thread(self.conversation)
        return Route(self.where, self.service_url, conversation, self.known_as if self.direct else "")


def place_of(activity: Activity) -> Place:
    """Return where an activity comes from."""
    sender, conversation = _part(activity, "from"), _part(activity, "conversation")
    known_as = _text(sender.get("id"))
    bot = activity.get("recipient")
    return Place(
        workspace=tenant_of(activity),
        account=str(sender.get("aadObjectId") or known_as),
        known_as=known_as,
        service_url=_text(activity.get("serviceUrl")),
        conversation=_text(conversation.get("id")),
        kind=str(conversation.get("conversationType") or "personal"),
        bot=str(bot.get("id") or "") if isinstance(bot, Mapping) else "",
        locale=str(activity.get("locale") or ""),
    )


def tenant_of(activity: Activity) -> str:
    """Return the id of the tenant an activity comes from."""
    data, conversation = activity.get("channelData"), activity.get("conversation")
    tenant = data.get("tenant") if isinstance(data, Mapping) else None
    found = tenant.get("id") if isinstance(tenant, Mapping) else None
    return _text(found or (conversation.get("tenantId") if isinstance(conversation, Mapping) else None))


def without_thread(conversation: str) -> str:
    """Return a channel's own id: in a thread the message it began with is added to it."""
    return conversation.partition(";")[0]


def address(workspace: str, conversation: str, account: str, direct: bool) -> Address:
    """Return where something happened. A person's chat with the bot goes by their account."""
    if direct or not conversation:
        return Address(PLATFORM, workspace, account, "direct")
    return Address(PLATFORM, workspace, without_thread(conversation), "channel")


# --- words -----------------------------------------------------------------------------------------------------------


def message(activity: Activity, place: Place, accounts: Mapping[str, str] = _NO_ACCOUNTS) -> Incoming:
    """Return what was written to the bot. Its own name and the command word at the beginning are left out."""
    text, mentions = said_to_bot(activity, place, accounts)
    return Incoming(
        event_id=f"message:{place.conversation}:{_text(activity.get('id'))}",
        platform=PLATFORM,
        workspace=place.workspace,
        sender=place.account,
        where=place.where,
        text=text,
        mentions=mentions,
    )


def said_to_bot(
    activity: Activity, place: Place, accounts: Mapping[str, str] = _NO_ACCOUNTS
) -> tuple[str, tuple[Mention, ...]]:
    """Return the words of a message and whom they mention."""
    text, mentions = read(_words(activity), entities_of(activity), accounts)
    start = 0
    mentions.sort(key=lambda mention: mention.start)
    for mention in mentions:  # at the beginning, where it calls the bot
        if mention.user_id != place.bot or text[start : mention.start].strip():
            break
        start = mention.end + len(text[mention.end :]) - len(text[mention.end :].lstrip(" ,，:：\u00a0"))
    command = _COMMAND.match(text[start:])
    start += command.end() if command else 0
    kept = (m for m in mentions if m.start >= start and m.user_id != place.bot)
    return text[start:], tuple(Mention(m.start - start, m.end - start, m.user_id) for m in kept)


def _words(activity: Activity) -> str:
    """Return the text as it was sent; from its HTML where only that tells quotations and code from the rest."""
    text = activity.get("text")
    text = text if isinstance(text, str) else ""
    for attached in activity.get("attachments") or ():
        content = attached.get("content") if isinstance(attached, Mapping) else None
        if isinstance(content, str) and attached.get("contentType") == "text/html" and _QUOTING.search(content):
            return _with_signs(text, content)
    return text


def _with_signs(text: str, content: str) -> str:
    """Return ``text`` with the signs of quotations and code that its HTML has, line by line."""
    signed = read_html(content).split("\n")
    quoted = {line.lstrip("> ").strip(): line for line in signed if line.startswith("> ")}
    coded = {line.strip("`").strip() for line in signed if line.startswith("`") or line.endswith("`")}
    found = []
    for line in text.split("\n"):
        bare = line.strip()
        found.append(quoted.get(bare) or (f"`{line}`" if bare and bare in coded else line))
    return "\n".join(found)


def entities_of(activity: Activity) -> Sequence[Mapping[str, Any]]:
    """Return the entities of an activity that are any."""
    found = activity.get("entities")
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


# --- buttons and forms -----------------------------------------------------------------------------------------------


def data_of(activity: Activity) -> Mapping[str, Any]:
    """Return the ``data`` of the action that was pressed: executed, or submitted as older clients do."""
    value = activity.get("value")
    if not isinstance(value, Mapping):
        raise ValueError("no value")
    action = value.get("action")
    data = action.get("data") if isinstance(action, Mapping) else value.get("data", value)
    if not isinstance(data, Mapping):
        raise ValueError("an action without data")
    return data


def named(activity: Activity) -> tuple[str, ...]:
    """Return the ids of people that an activity names: mentioned, chosen in a form, or the author of a message."""
    found = activity.get("value")
    value = found if isinstance(found, Mapping) else {}
    said, pressed_ = value.get("messagePayload"), value.get("action", value)
    data = pressed_.get("data", pressed_) if isinstance(pressed_, Mapping) else None
    author = _author(said) if isinstance(said, Mapping) else None
    chosen = chosen_people(data) if isinstance(data, Mapping) else ()
    return (*mentioned(entities_of(activity)), *chosen, *([author] if author else []))


def action(
    activity: Activity, place: Place, events: Sequence[str], accounts: Mapping[str, str] = _NO_ACCOUNTS
) -> Incoming:
    """Return the button pressed or the form sent; for ``events`` see `pressed`."""
    data = data_of(activity)
    origin = origin_of(data)
    where = place.where
    if place.direct and "channel" in origin:  # asked for there, filled in here
        where = Address(PLATFORM, place.workspace, origin["channel"], "channel")
    return Incoming(
        event_id=events[0],
        also=tuple(events[1:]),
        platform=PLATFORM,
        workspace=place.workspace,
        sender=place.account,
        where=where,
        action=submission(data, accounts),
    )


def pressed(activity: Activity, place: Place) -> str:
    """Return what makes a press one of the same: where the button stands and what it carries. Forms: what was filled
    in.
    """
    data = data_of(activity)
    if once := once_of(data):
        return f"form:{_digest([once, place.account, data])}"
    return _digest([place.conversation, activity.get("replyToId"), place.account, data])


# --- the menu of a message -------------------------------------------------------------------------------------------


def chosen(activity: Activity, place: Place, accounts: Mapping[str, str] = _NO_ACCOUNTS) -> Incoming:
    """Return the item chosen in a message's menu, with the message; or in the compose box, without."""
    value = _part(activity, "value")
    said = value.get("messagePayload")
    return Incoming(
        event_id=f"menu:{place.conversation}:{_text(activity.get('id'))}",
        platform=PLATFORM,
        workspace=place.workspace,
        sender=place.account,
        where=place.where,
        action=Submission(_text(value.get("commandId"))),
        quoted=_quoted(said, accounts) if isinstance(said, Mapping) else None,
    )


def _quoted(said: Mapping[str, Any], accounts: Mapping[str, str]) -> Quoted:
    body, author = said.get("body"), _author(said)
    content = str(body.get("content") or "") if isinstance(body, Mapping) else ""
    plain = isinstance(body, Mapping) and body.get("contentType") == "text"
    link = said.get("linkToMessage")
    return Quoted(
        content if plain else read_html(content),
        accounts.get(author, author) if author else None,
        str(link) if link else f"teams:{said.get('id', '')}",
    )


def _author(said: Mapping[str, Any]) -> str | None:
    sender = said.get("from")
    user = sender.get("user") if isinstance(sender, Mapping) else None
    found = user.get("id") if isinstance(user, Mapping) else None
    return str(found) if found else None


# --- pieces ----------------------------------------------------------------------------------------------------------


def _part(activity: Activity, name: str) -> Mapping[str, Any]:
    part = activity.get(name)
    if not isinstance(part, Mapping):
        raise ValueError(f"no {name}")
    return part


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text is missing")
    return value


def _digest(parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]
