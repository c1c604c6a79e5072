"""Conversations through Teams: activities signed as Teams signs them, answers read where a person would see them.

An answer stands in the response to a press, in a dialog, or in the person's chat with the bot. Buttons are pressed
where they stand, forms filled in as cards.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from aiohttp.test_utils import TestClient

from bot.chat import Card, Reply, Text, Value
from tests.dialogs.chat import Seen
from tests.dialogs.teams_view import actions_of, button_of, card_of, filled, form_of, is_form
from tests.platforms import teams_service
from tests.platforms.teams_service import BOT, Json, Service

_BEGINNING = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
_APART = timedelta(seconds=5)  # between two presses: those nearer to each other are one


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a button stands."""

    action: Json
    message: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A form that somebody has before them: in a message, or in a dialog (no message)."""

    card: Json
    message: str = ""


class TeamsDriver:
    """Uses ``/api/messages`` as Teams does. ``settled`` returns when answers that come later have come."""

    def __init__(
        self,
        client: TestClient[Any, Any],
        service: Service,
        numbers: Mapping[str, int],
        settled: Callable[[], Awaitable[object]],
    ) -> None:
        self.client = client
        self.service = service
        self.settled = settled
        self._numbers = numbers
        self._spots: dict[tuple[str, str], Spot] = {}
        self._opened: dict[str, Opened] = {}
        self._sent: dict[str, Json] = {}
        self._seen: dict[str, Reply] = {}
        self._answers: set[str] = set()
        self._said: dict[str, Json] = {}
        self._stamps = count(1)

    # --- what people do ----------------------------------------------------------------------------------------------

    async def type(self, event: str, who: str, where: str | None, text: str, named: Mapping[str, str]) -> Reply:
        if event not in self._sent:
            self._sent[event] = self._message(who, where, text, named)
        return await self._answered(event, who)

    def _message(self, who: str, where: str | None, text: str, named: Mapping[str, str]) -> Json:
        entities = []
        for name, account in named.items():
            said, entity = teams_service.mention(self.service, f"29:{self._numbers[account]}", name)
            entities += [entity] * text.count(f"@{name}")
            text = text.replace(f"@{name}", said)
        if where:
            bot, entity = teams_service.mention(self.service, BOT)
            text, entities = f"{bot} {text}", [entity, *entities]
        return self._activity(who, "message", channel=where, text=text, entities=entities)

    async def act(
        self, event: str, who: str, name: str, values: Mapping[str, Value], message: str | None = None
    ) -> Reply:
        opened = self._opened.get(who)
        if message is not None:
            self._sent.setdefault(event, self._choice(who, name, message))
        elif opened is not None and form_of(opened.card).name == name:
            self._sent.setdefault(event, self._form(who, opened, values))
        elif (
            spot := self._spots.get((who, _of(name, values))) or self._spots.get(("", _of(name, values)))
        ) is not None:
            self._sent.setdefault(event, self._press(who, spot.action, spot.message, {}))
        else:
            self._sent.setdefault(event, self._choice(who, name, None))
        return await self._answered(event, who)

    async def say(self, who: str, channel: str, text: str) -> str:
        name = f"{channel}/said-{next(self._stamps)}"
        self._said[name] = {"who": who, "text": text}
        return name

    async def messages(self, who: str, where: str | None) -> Sequence[Seen]:
        conversation = where or self.service.chat_with(who)
        found = [
            Seen(name, said["who"], said["text"], None)
            for name, said in self._said.items()
            if name.rpartition("/")[0] == conversation
        ]
        for name, message in self.service.messages.items():
            if name.rpartition("/")[0] == conversation and name not in self._answers:
                card = message["attachments"][0]["content"]
                self._remember(who, card, name)
                found.append(Seen(name, BOT, "", card_of(card)))
        return found

    # --- what is sent ------------------------------------------------------------------------------------------------

    def _activity(self, who: str, kind: str, **more: Any) -> Json:
        at = _BEGINNING + _APART * next(self._stamps)
        return teams_service.activity(
            self.service, self._numbers[who], kind, timestamp=at.isoformat().replace("+00:00", "Z"), **more
        )

    def _press(self, who: str, action: Json, message: str, values: Mapping[str, str]) -> Json:
        at = _BEGINNING + _APART * next(self._stamps)
        return teams_service.executed(
            self.service, self._numbers[who], action, on=message, filled=values, timestamp=at.isoformat()
        )

    def _form(self, who: str, opened: Opened, values: Mapping[str, Value]) -> Json:
        send = next(iter(actions_of(opened.card)))
        typed = filled(opened.card, values)
        if opened.message:
            return self._press(who, send, opened.message, typed)
        value = {"data": {**send["data"], **typed}, "commandId": "of the dialog"}
        return self._activity(who, "invoke", name="composeExtension/submitAction", value=value)

    def _choice(self, who: str, item: str, message: str | None) -> Json:
        value: Json = {"commandId": item, "commandContext": "message" if message else "compose"}
        channel = None
        if message is not None:
            said = self._said[message]
            channel, _, number = message.rpartition("/")
            value["messagePayload"] = {
                "id": number,
                "linkToMessage": f"https://teams.microsoft.com/l/message/{message}",
                "from": {"user": {"id": said["who"], "displayName": self.service.people[said["who"]]["name"]}},
                "body": {"contentType": "html", "content": f"<div>{said['text']}</div>"},
            }
        return self._activity(who, "invoke", name="composeExtension/fetchTask", value=value, channel=channel)

    # --- what they see -----------------------------------------------------------------------------------------------

    async def _answered(self, event: str, who: str) -> Reply:
        reply = await self._answer(who, self._sent[event])
        if reply == Reply() and event in self._seen:  # sent again: what was answered before stands there
            return self._seen[event]
        self._seen[event] = reply
        return reply

    async def _answer(self, who: str, activity: Json) -> Reply:
        before = set(self.service.messages)
        headers = {"Authorization": f"Bearer {self.service.token()}"}
        response = await self.client.post("/api/messages", json=activity, headers=headers)
        text = await response.text()
        assert response.status == 200, (response.status, text)
        await self.settled()
        body: Json = json.loads(text) if text else {}
        own = self.service.chat_with(who)
        new = [name for name in self.service.messages if name not in before and name.rpartition("/")[0] == own]
        if new:
            self._answers.add(new[-1])
            return self._shown(who, self.service.messages[new[-1]]["attachments"][0]["content"], new[-1])
        if "task" in body:
            return self._in_dialog(who, body["task"])
        if body.get("type", "").endswith("adaptive"):
            message = f"{activity['conversation']['id'].partition(';')[0]}/{activity['replyToId']}"
            return self._shown(who, body["value"], message, replaces=True)
        if body.get("value"):
            return Reply(Card(body["value"], (Text(body["value"]),)))
        return Reply()

    def _in_dialog(self, who: str, task: Json) -> Reply:
        if task["type"] == "continue":
            card = task["value"]["card"]["content"]
            self._opened[who] = Opened(card)
            return Reply(form=form_of(card))
        self._opened.pop(who, None)
        return Reply(Card(task["value"], (Text(task["value"]),)))

    def _shown(self, who: str, card: Json, message: str, *, replaces: bool = False) -> Reply:
        if is_form(card):
            self._opened[who] = Opened(card, message)
            return Reply(form=form_of(card))
        opened = self._opened.get(who)
        if opened is not None and opened.message == message:
            del self._opened[who]
        self._remember(who, card, message)
        return Reply(card_of(card), replaces=replaces)

    def _remember(self, who: str, card: Json, message: str) -> None:
        """Keep where buttons stand; whoever presses one that they were not shown presses it where another was."""
        for action in actions_of(card):
            button = button_of(action)
            for reader in (who, ""):
                self._spots[reader, _of(button.name, button.values)] = Spot(action, message)


def _of(name: str, values: Mapping[str, Value]) -> str:
    return json.dumps([name, sorted(values.items())])
