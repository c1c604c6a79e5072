"""Which conversation is which: ids of direct messages, who may read what, and the address handlers know it by."""

from __future__ import annotations

from typing import Any

from bot.chat import Address
from bot.web.store import BOT, Message
from bot.wire import to_data

PLATFORM = "web"
_DIRECT = "dm:"


def direct_id(one: str, other: str) -> str:
    """Return the id of the direct messages between two accounts, the same whichever is named first."""
    first, second = sorted((_escape(one), _escape(other)))
    return f"{_DIRECT}{first}:{second}"


def _escape(account: str) -> str:
    # An account id may hold a colon; unescaped, "dm:a:b:c" would belong to two different pairs.
    return account.replace("%", "%25").replace(":", "%3A")


def is_direct(conversation: str) -> bool:
    """Return whether ``conversation`` is direct messages rather than a channel."""
    return conversation.startswith(_DIRECT)


def partner(conversation: str, account: str) -> str | None:
    """Return who ``account`` talks with in these direct messages; None when it is no member, or the id no such id."""
    for member in conversation.removeprefix(_DIRECT).split(":"):
        other = member.replace("%3A", ":").replace("%25", "%")
        if other and other != account and direct_id(account, other) == conversation:
            return other
    return None


def may_read(conversation: str, account: str) -> bool:
    """Return whether ``account`` may read ``conversation``: a channel, or direct messages it is a member of."""
    return not is_direct(conversation) or partner(conversation, account) is not None


def is_with_bot(conversation: str, account: str) -> bool:
    """Return whether these are the direct messages between ``account`` and the bot."""
    return conversation == direct_id(BOT, account)


def address_of(workspace: str, conversation: str, account: str) -> Address:
    """Return where something happened, as handlers name it: direct messages go by the account of the person."""
    if is_direct(conversation):
        return Address(PLATFORM, workspace, account, "direct")
    return Address(PLATFORM, workspace, conversation, "channel")


def conversation_of(address: Address) -> str:
    """Return the conversation that `address_of` stands for when the bot writes to it."""
    return direct_id(BOT, address.conversation) if address.kind == "direct" else address.conversation


def message_data(message: Message) -> dict[str, Any]:
    """Return ``message`` as the page reads it; offsets of mentions count code points."""
    data: dict[str, Any] = {
        "type": "message",
        "id": message.id,
        "revision": message.revision,
        "conversation": message.conversation,
        "author": message.author,
        "posted": message.posted.isoformat(),
    }
    if message.text:
        data["text"] = message.text
    if message.mentions:
        data["mentions"] = [
            {"start": mention.start, "end": mention.end, "user_id": mention.user_id} for mention in message.mentions
        ]
    if message.card is not None:
        data["card"] = to_data(message.card)
    if message.edited:
        data["edited"] = True
    return data
