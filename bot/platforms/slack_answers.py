"""Where an answer is seen: in a modal, in the place of the card that was pressed, in the App Home, or by its reader
only.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.chat import Address, Button, Buttons, Card, Chart, Form, Reply, Text
from bot.errors import place_of
from bot.i18n import translator
from bot.platforms import slack_blocks, slack_forms
from bot.platforms.answering import Answering
from bot.platforms.chart_addresses import ChartAddresses
from bot.platforms.slack_access import Accesses
from bot.platforms.slack_elements import Json, label
from bot.platforms.slack_incoming import FORM, channel_of
from bot.platforms.slack_store import PLATFORM, Store

log = logging.getLogger(__name__)

_OPENED_WITHIN = 2.0  # seconds: Slack lets three pass before it wants to hear of us
_ANSWERED_WITHIN = 20.0
_LOCALE_FRESH = 60.0  # seconds
_LOCALES = 10_000
_WORDS = 1500  # characters a button carries of what was said


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody did something, and what Slack offers for answering there."""

    workspace: str
    account: str
    channel: str = ""
    url: str = ""
    """The ``response_url``."""
    trigger: str = ""
    surface: Literal["message", "home", "modal"] = "message"
    view: str = ""
    thread: str = ""

    def origin(self) -> dict[str, str]:
        """Return what a form keeps of it while it is filled in."""
        kept = {"channel": self.channel, "url": self.url, "surface": self.surface if self.surface == "home" else ""}
        return {name: value for name, value in kept.items() if value}


def place_of_body(body: Mapping[str, Any], workspace: str, account: str) -> Place:
    """Return the place of a command, a shortcut or a press."""
    container = body.get("container") or {}
    view = body.get("view") or {}
    surface: Literal["message", "home", "modal"] = "message"
    if container.get("type") == "view":
        surface = "home" if view.get("type") == "home" else "modal"
    return Place(
        workspace,
        account,
        channel=body.get("channel_id") or channel_of(body),
        url=body.get("response_url") or "",
        trigger=body.get("trigger_id") or "",
        surface=surface,
        view=view.get("id") or "",
        thread=(body.get("message") or {}).get("thread_ts") or container.get("thread_ts") or "",
    )


def place_of_form(view: Mapping[str, Any], workspace: str, account: str, trigger: str) -> Place:
    """Return the place where a sent form was opened from."""
    origin = slack_forms.origin_of(view)
    return Place(
        workspace,
        account,
        channel=origin.get("channel", ""),
        url=origin.get("url", ""),
        trigger=trigger,
        surface="home" if origin.get("surface") == "home" else "message",
    )


class Answers(Answering):
    """Shows replies. What may take a while is done after Slack was told that all is well: `later`."""

    def __init__(self, client: AsyncWebClient, accesses: Accesses, store: Store, charts: ChartAddresses | None) -> None:
        super().__init__(_ANSWERED_WITHIN)
        self._client = client
        self._accesses = accesses
        self._store = store
        self._charts = charts
        self._locales: dict[tuple[str, str], tuple[float, str]] = {}

    async def content(self, card: Card, workspace: str, account: str) -> Json:
        """Return ``text`` and ``blocks`` of a card for its reader."""
        return slack_blocks.message(card, await self.locale(workspace, account), self._pictures(card))

    async def locale(self, workspace: str, account: str) -> str:
        """Return the language spoken with an account, as it was within a minute: only labels of our own are in it."""
        known = self._locales.get((workspace, account))
        now = time.monotonic()
        if known is None or now - known[0] > _LOCALE_FRESH:
            if len(self._locales) > _LOCALES:
                self._locales.clear()
            known = now, await self._store.locale(Address(PLATFORM, workspace, account, "direct"))
            self._locales[workspace, account] = known
        return known[1]

    def _pictures(self, card: Card) -> list[str | None]:
        charts = [block for block in card.blocks if isinstance(block, Chart)]
        return [self._charts.address(chart) if self._charts else None for chart in charts]

    # --- forms -------------------------------------------------------------------------------------------------------

    async def opened(self, form: Form, place: Place) -> bool:
        """Open a form; return False where Slack does not: the trigger is older than three seconds, or there is none."""
        if not place.trigger:
            return False
        view = slack_forms.modal(form, await self.locale(place.workspace, place.account), place.origin())
        try:
            async with asyncio.timeout(_OPENED_WITHIN):
                if place.surface == "modal":
                    await self._client.views_push(token=await self._token(place), trigger_id=place.trigger, view=view)
                else:
                    await self._client.views_open(token=await self._token(place), trigger_id=place.trigger, view=view)
        except (SlackApiError, TimeoutError, OSError) as error:
            log.warning("a form was not opened: %s", place_of(error))
            return False
        return True

    async def asking_to_open(self, place: Place, words: str) -> Card:
        """Return a card with the button that opens the form ``words`` asked for."""
        _ = translator(await self.locale(place.workspace, place.account))
        line = _("There is a form to fill in.")
        return Card(line, (Text(line), Buttons((Button(FORM, _("Fill in the form"), {"words": words[:_WORDS]}),))))

    async def not_opened(self, place: Place) -> Card:
        """Return what is said when a form was not opened."""
        line = translator(await self.locale(place.workspace, place.account))(
            "Slack did not open the form. Please try again."
        )
        return Card(line, (Text(line),), tone="attention")

    # --- cards -------------------------------------------------------------------------------------------------------

    async def show(self, reply: Reply, place: Place) -> None:
        """Show the cards of a reply where its button was pressed or its form opened."""
        if reply.card is None:
            return
        if place.surface == "home":
            if reply.replaces:
                await self.publish(reply, place.workspace, place.account)
            elif place.trigger:
                await self._in_modal(reply.card, place)
            else:
                await self._privately(await self.content(reply.card, place.workspace, place.account), place)
        elif place.surface == "modal":
            await self._in_modal(reply.card, place)
        else:
            content = await self.content(reply.card, place.workspace, place.account)
            if not (place.url and await self._responded(place.url, content, reply.replaces)):
                await self._privately(content, place)

    async def publish(self, reply: Reply, workspace: str, account: str) -> None:
        """Put the cards of a reply into the App Home."""
        cards = [card for card in (reply.card, *reply.below) if card is not None]
        view = slack_blocks.home(cards, await self.locale(workspace, account))
        access = await self._accesses.of(workspace)
        if access is not None:
            await self._client.views_publish(token=access.token, user_id=account, view=view)

    async def say(self, card: Card, place: Place) -> None:
        """Answer words: in the direct messages with the bot, else so that only their sender sees it."""
        content = await self.content(card, place.workspace, place.account)
        if place.channel.startswith("D"):
            await self._post(place, place.channel, content)
        else:
            await self._privately(content, place)

    async def card_view(self, card: Card, workspace: str, account: str) -> Json:
        """Return a modal that shows a card."""
        locale = await self.locale(workspace, account)
        _ = translator(locale)
        content = slack_blocks.message(card, locale, self._pictures(card))
        blocks = [block for block in content["blocks"] if block["type"] != "image"]
        return {"type": "modal", "title": label("Praisebot", 24), "close": label(_("Close"), 24), "blocks": blocks}

    async def _in_modal(self, card: Card, place: Place) -> None:
        view = await self.card_view(card, place.workspace, place.account)
        if place.surface == "modal":
            await self._client.views_update(token=await self._token(place), view_id=place.view, view=view)
        else:
            await self._client.views_open(token=await self._token(place), trigger_id=place.trigger, view=view)

    async def _responded(self, url: str, content: Json, replaces: bool) -> bool:
        """Answer by the ``response_url``, which lives for half an hour; return whether it did."""
        webhook = AsyncWebhookClient(url, session=self._client.session, retry_handlers=[])
        try:
            answer = await webhook.send(
                text=content["text"],
                blocks=content["blocks"],
                response_type="ephemeral",
                replace_original=replaces,
                unfurl_links=False,
                unfurl_media=False,
            )
        except (OSError, TimeoutError):  # there is another way
            return False
        return answer.status_code == 200

    async def _privately(self, content: Json, place: Place) -> None:
        """Show a message to its reader only: in the channel where the bot is in it, else directly."""
        if place.channel and not place.channel.startswith("D"):
            try:
                await self._client.chat_postEphemeral(
                    token=await self._token(place),
                    channel=place.channel,
                    user=place.account,
                    thread_ts=place.thread or None,
                    **content,
                )
                return
            except SlackApiError as error:
                log.info("no message in the channel, so directly: %s", place_of(error))
        await self._post(place, place.account, content)

    async def _post(self, place: Place, channel: str, content: Json) -> None:
        await self._client.chat_postMessage(
            token=await self._token(place),
            channel=channel,
            thread_ts=(place.thread or None) if channel == place.channel else None,
            unfurl_links=False,
            unfurl_media=False,
            **content,
        )

    async def _token(self, place: Place) -> str | None:
        access = await self._accesses.of(place.workspace)
        return access.token if access else None
