"""Conversations through Slack: requests signed as Slack signs them, answers read where a person would see them.

An answer stands in the acknowledgement, in what is posted to the ``response_url``, or with the emulated Slack: as an
ephemeral message, a modal, a direct message. Buttons are pressed where they stand, forms filled in as modals.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import count
from typing import Any

from aiohttp.test_utils import TestClient

from bot.chat import Card, Reply, Value
from tests.dialogs.chat import Seen
from tests.dialogs.slack_view import button_of, card_of, filled, form_of, inputs
from tests.platforms import signed
from tests.platforms.relay import Call, Relay
from tests.platforms.signed import Request
from tests.platforms.slack_api import look_at

Json = dict[str, Any]

_APART = 5.0  # seconds between two presses: those nearer to each other are one


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a button stands."""

    element: Json
    block_id: str
    channel: str = ""
    message: Json = field(default_factory=dict)
    ephemeral: bool = False
    view: Json | None = None


@dataclass
class Modal:
    """A modal that somebody has open, and what they have typed in it."""

    view: Json
    typed: dict[str, Value] = field(default_factory=dict)


class SlackDriver:
    """Uses ``/slack/events`` as Slack does. ``settled`` returns when answers that come later have come."""

    def __init__(self, client: TestClient[Any, Any], relay: Relay, settled: Callable[[], Awaitable[object]]) -> None:
        self.client = client
        self.relay = relay
        self.settled = settled
        self._spots: dict[tuple[str, str], Spot] = {}
        self._modals: dict[str, Modal] = {}
        self._triggers: dict[str, str] = {}
        self._moments: dict[str, float] = {}
        self._answers: set[str] = set()
        self._stamps = count(1)

    # --- what people do ----------------------------------------------------------------------------------------------

    async def type(self, event: str, who: str, where: str | None, text: str, named: Mapping[str, str]) -> Reply:
        channel = where or await self.relay.direct(who)
        url = self.relay.response_url()
        request = signed.command(
            who,
            _marked_up(text, named),
            channel=channel,
            channel_name="team" if where else "directmessage",
            trigger_id=await self._trigger(event, who),
            response_url=url,
        )
        return await self._answer(who, request, url, channel)

    async def act(
        self, event: str, who: str, name: str, values: Mapping[str, Value], message: str | None = None
    ) -> Reply:
        if message is not None:
            return await self._choose(event, who, name, message)
        modal = self._modals.get(who)
        if modal is not None and modal.view.get("callback_id") == name:
            return await self._submit(event, who, modal, values)
        spot = self._spots.get((who, _of(name, values))) or self._spots.get(("", _of(name, values)))
        if spot is not None:
            return await self._press(event, who, spot)
        request = signed.global_shortcut(who, name, trigger_id=await self._trigger(event, who))
        return await self._answer(who, request, "", "")

    async def say(self, who: str, channel: str, text: str) -> str:
        return f"{channel}/{await self.relay.say(who, channel, text)}"

    async def messages(self, who: str, where: str | None) -> Sequence[Seen]:
        channel = where or await self.relay.direct(who)
        found = [message for message in await self.relay.messages(channel) if message["ts"] not in self._answers]
        return [self._seen(who, channel, message) for message in found]

    def _seen(self, who: str, channel: str, message: Json) -> Seen:
        card = card_of(message)
        self._remember(who, message, channel=channel)
        return Seen(f"{channel}/{message['ts']}", message["user"], "" if card else message["text"], card)

    async def _choose(self, event: str, who: str, name: str, message: str) -> Reply:
        channel, _, ts = message.partition("/")
        found = next(one for one in await self.relay.messages(channel) if one["ts"] == ts)
        url = self.relay.response_url()
        trigger = await self._trigger(event, who)
        request = signed.message_shortcut(who, name, found, channel=channel, trigger_id=trigger, response_url=url)
        return await self._answer(who, request, url, channel)

    async def _press(self, event: str, who: str, spot: Spot) -> Reply:
        trigger, at = await self._trigger(event, who), f"{self._moment(event):.6f}"
        if spot.view is not None:
            request = signed.pressed_in_view(
                who, spot.element, spot.view, block_id=spot.block_id, action_ts=at, trigger_id=trigger
            )
            return await self._answer(who, request, "", "")
        standing = None if spot.ephemeral else (spot.channel, spot.message["ts"])
        url = self.relay.response_url(standing)
        request = signed.pressed_in_message(
            who,
            spot.element,
            spot.message,
            channel=spot.channel,
            ephemeral=spot.ephemeral,
            block_id=spot.block_id,
            action_ts=at,
            trigger_id=trigger,
            response_url=url,
        )
        return await self._answer(who, request, url, spot.channel)

    async def _submit(self, event: str, who: str, modal: Modal, values: Mapping[str, Value]) -> Reply:
        state: dict[str, Json] = {}
        for block_id, action_id, element in inputs(modal.view):
            name = block_id.removeprefix("field:")
            modal.typed[name] = values.get(name, modal.typed.get(name, ""))
            state[block_id] = {action_id: filled(element, modal.typed[name])}
        origin = json.loads(modal.view["private_metadata"])["origin"]
        trigger = await self._trigger(event, who)
        request = signed.view_submission(who, modal.view, state, trigger_id=trigger)
        return await self._answer(who, request, origin.get("url", ""), origin.get("channel", ""))

    async def _trigger(self, event: str, who: str) -> str:
        """Return what makes an event the same one again: Slack sends a retry with the trigger id it had."""
        if event not in self._triggers:
            self._triggers[event] = await self.relay.trigger_id(who)
        return self._triggers[event]

    def _moment(self, event: str) -> float:
        latest = max(self._moments.values(), default=time.time())
        return self._moments.setdefault(event, latest + _APART)

    # --- what they see -----------------------------------------------------------------------------------------------

    async def _answer(self, who: str, request: Request, url: str, channel: str) -> Reply:
        calls, responses = len(self.relay.calls), len(self.relay.responses[url])
        answer = await request.to(self.client)
        text = await answer.text()
        assert answer.status == 200, (answer.status, text)
        await self.settled()
        ack: Json = json.loads(text) if text.startswith("{") else {}
        look_at(ack)
        if "response_action" in ack:
            return self._in_modal(who, ack)
        if request_is_submission(request):
            self._modals.pop(who, None)
        if ack.get("blocks"):
            return Reply(self._ephemeral(who, ack, channel))
        if posted := self.relay.responses[url][responses:]:
            return self._posted(who, posted[-1], url, channel)
        return self._called(who, [call for call in self.relay.calls[calls:] if call.answer.get("ok")])

    def _in_modal(self, who: str, ack: Json) -> Reply:
        if ack["response_action"] == "errors":
            modal = self._modals[who]
            return Reply(form=form_of(modal.view, modal.typed, ack["errors"]))
        kept = {name: value for name, value in self._modals[who].view.items() if name == "id"}
        return self._opened(who, kept | ack["view"])

    def _opened(self, who: str, view: Json) -> Reply:
        if not any(inputs(view)):
            self._remember(who, view, view=view)
            return Reply(card_of(view))
        modal = self._modals[who] = Modal(view)
        form = form_of(view, {}, {})
        modal.typed = {each.name: each.value for each in form.fields}
        return Reply(form=form)

    def _ephemeral(self, who: str, content: Json, channel: str) -> Card | None:
        message = {**content, "ts": f"{time.time():.0f}.{next(self._stamps):06}"}
        self._remember(who, message, channel=channel, ephemeral=True)
        return card_of(content)

    def _posted(self, who: str, content: Json, url: str, channel: str) -> Reply:
        return Reply(self._ephemeral(who, content, channel), replaces=bool(content.get("replace_original")))

    def _called(self, who: str, calls: Sequence[Call]) -> Reply:
        for call in reversed(calls):
            if call.method in ("views.open", "views.push", "views.update"):
                return self._opened(who, call.answer["view"])
            if call.method == "chat.postEphemeral" and call.arguments["user"] == who:
                return Reply(self._ephemeral(who, call.arguments, call.arguments["channel"]))
            if call.method == "chat.postMessage":
                self._answers.add(call.answer["ts"])
                self._remember(who, call.answer["message"], channel=call.answer["channel"])
                return Reply(card_of(call.answer["message"]))
        return Reply()

    def _remember(self, who: str, shown: Json, **where: Any) -> None:
        """Keep where buttons stand; whoever presses one that they were not shown presses it where another was."""
        view = where.get("view")
        for block in shown.get("blocks") or ():
            for element in block.get("elements", ()) if block["type"] == "actions" else ():
                button = button_of(element)
                spot = Spot(element, block.get("block_id", "b1"), message={} if view else shown, **where)
                for reader in (who, ""):
                    self._spots[reader, _of(button.name, button.values)] = spot


def request_is_submission(request: Request) -> bool:
    """Whether a form is sent by it."""
    return b"view_submission" in request.body


def _of(name: str, values: Mapping[str, Value]) -> str:
    return json.dumps([name, sorted(values.items())])


def _marked_up(text: str, named: Mapping[str, str]) -> str:
    """Return what was typed as Slack sends it: signs as entities, names that were picked with their accounts."""
    words = escape(text, quote=False)
    for name, account in named.items():
        words = words.replace(f"@{escape(name, quote=False)}", f"<@{account}|{name.lower().replace(' ', '.')}>")
    return words
