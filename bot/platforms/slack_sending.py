"""Messages of the bot: posted, replaced, found again, and what Slack's refusals mean."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chart import draw
from bot.chat import Address, Card, Chart, Throttled, Undeliverable, Why
from bot.platforms import slack_blocks
from bot.platforms.chart_addresses import ChartAddresses
from bot.platforms.slack_access import Access, Accesses
from bot.platforms.slack_incoming import message_id
from bot.platforms.slack_store import Store

log = logging.getLogger(__name__)

EVENT_TYPE = "praisebot_message"
"""Of the metadata every message carries: ``{"key": …}``."""

_WAIT = 30.0  # seconds where Slack asks to wait and does not say how long
_LOOKED_THROUGH = 100  # messages
_PICTURE_TRIES = (0.0, 1.0, 2.0, 4.0)  # seconds before each: Slack needs a while until an uploaded picture can be shown

_WHY: dict[str, Why] = {
    "channel_not_found": "gone",
    "user_not_found": "gone",
    "users_not_found": "gone",
    "user_disabled": "gone",
    "cannot_dm_bot": "gone",
    "not_in_channel": "not_member",
    "is_archived": "archived",
    "account_inactive": "revoked",
    "token_revoked": "revoked",
    "invalid_auth": "revoked",
    "not_authed": "revoked",
    "team_access_not_granted": "revoked",
    "missing_scope": "forbidden",
    "no_permission": "forbidden",
    "restricted_action": "forbidden",
    "restricted_action_read_only_channel": "forbidden",
    "restricted_action_thread_only_channel": "forbidden",
    "messages_tab_disabled": "forbidden",
    "ekm_access_denied": "forbidden",
}
_NOT_THERE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
_HISTORY = {"C": "channels:history", "G": "groups:history", "D": "im:history"}


class Sending:
    """Sends cards with ``chat.postMessage`` and ``chat.update``. Nothing is sent again here: the outbox does that."""

    def __init__(self, client: AsyncWebClient, accesses: Accesses, store: Store, charts: ChartAddresses | None) -> None:
        self._client = client
        self._accesses = accesses
        self._store = store
        self._charts = charts

    async def send(self, to: Address, card: Card, *, key: str, replacing: str | None, again: bool) -> str:
        """Post or replace a message; see `bot.chat.Platform`. Raises `Undeliverable` and `Throttled`."""
        try:
            access = await self._accesses.of(to.workspace)
            if access is None:
                raise Undeliverable(f"workspace {to.workspace}: not installed", "revoked")
            return await self._sent(access, to, card, key, replacing, again)
        except SlackApiError as error:
            raise _meaning(error, to) from error

    async def _sent(self, access: Access, to: Address, card: Card, key: str, replacing: str | None, again: bool) -> str:
        if again and replacing is None and (found := await self._find(access, to, key)):
            return found
        locale = await self._store.locale(to)

        async def deliver(pictures: Sequence[str | None]) -> str:
            content = slack_blocks.message(card, locale, pictures)
            if replacing is not None:
                return await self._replace(access, replacing, content)
            return await self._post(access, to, content, key)

        return await self._with_pictures(access, card, deliver)

    async def _post(self, access: Access, to: Address, content: dict[str, Any], key: str) -> str:
        answer = await self._client.chat_postMessage(
            token=access.token,
            channel=to.conversation,
            **content,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return message_id(answer["channel"], answer["ts"])

    async def _replace(self, access: Access, message: str, content: dict[str, Any]) -> str:
        channel, _, ts = message.partition("/")
        try:
            await self._client.chat_update(token=access.token, channel=channel, ts=ts, **content)
        except SlackApiError as error:
            if _code(error) not in _NOT_THERE:
                raise
            log.info("message %s is no longer there to be replaced", message)
        return message

    # --- found again -------------------------------------------------------------------------------------------------

    async def _find(self, access: Access, to: Address, key: str) -> str | None:
        """Return the message that was posted with ``key`` before, where the bot may read the conversation.

        Its metadata tells: a process may have died between posting and recording.
        """
        try:
            channel = to.conversation
            if to.kind == "direct":
                if access.scopes and "im:write" not in access.scopes:
                    return None
                opened = await self._client.conversations_open(token=access.token, users=to.conversation)
                channel = opened["channel"]["id"]
            if access.scopes and _HISTORY.get(channel[:1]) not in access.scopes:
                return None
            history = await self._client.conversations_history(
                token=access.token, channel=channel, limit=_LOOKED_THROUGH, include_all_metadata=True
            )
        except SlackApiError as error:
            if _code(error) != "missing_scope":
                raise
            return None
        for message in history["messages"]:
            metadata = message.get("metadata") or {}
            if metadata.get("event_type") == EVENT_TYPE and metadata.get("event_payload", {}).get("key") == key:
                return message_id(channel, message["ts"])
        return None

    # --- pictures ----------------------------------------------------------------------------------------------------

    async def _with_pictures(
        self, access: Access, card: Card, deliver: Callable[[Sequence[str | None]], Awaitable[str]]
    ) -> str:
        charts = [block for block in card.blocks if isinstance(block, Chart)]
        if not charts:
            return await deliver(())
        if self._charts is not None:
            return await deliver([self._charts.address(chart) for chart in charts])
        try:
            files = [await self._upload(access, chart) for chart in charts]
        except SlackApiError as error:
            if error.response.status_code == 429:
                raise
            log.warning("a chart cannot be uploaded: %s", _code(error))
            return await deliver(())
        for wait in _PICTURE_TRIES:
            await asyncio.sleep(wait)
            try:
                return await deliver(files)
            except SlackApiError as error:
                if _code(error) not in ("invalid_blocks", "slack_file_not_found"):
                    raise
        log.warning("an uploaded chart cannot be shown; the message goes out without")
        return await deliver(())

    async def _upload(self, access: Access, chart: Chart) -> str:
        picture = await asyncio.to_thread(draw, chart)
        answer = await self._client.files_upload_v2(
            token=access.token, filename="chart.png", content=picture, title=chart.title, alt_txt=chart.title
        )
        return str(answer["files"][0]["id"])


# --- refusals --------------------------------------------------------------------------------------------------------


def _meaning(error: SlackApiError, to: Address) -> Exception:
    code = _code(error)
    if error.response.status_code == 429 or code in ("ratelimited", "rate_limited"):
        return Throttled(_seconds(error.response.headers.get("Retry-After", "")))
    why = _WHY.get(code)
    return error if why is None else Undeliverable(f"{to.kind} {to.conversation}: {code}", why)


def _code(error: SlackApiError) -> str:
    """Return Slack's word for an error; also where it answered no JSON."""
    response = error.response
    data = getattr(response, "data", None)
    return str(data.get("error", "")) if isinstance(data, dict) else str(getattr(response, "status", ""))


def _seconds(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else _WAIT
