"""What stands between the product and the emulated Slack: it hands calls on, and keeps what went through.

It adds what the emulator lacks and Slack has: parameters of reads in the address, ``response_url`` with its five uses,
the scopes of a token in a header, refusals and failures that are asked for; and it looks at every block that passes
(see `tests.platforms.block_kit`). Everything else is answered by the emulator.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from slack_sdk.errors import SlackObjectFormationError

from tests.platforms.block_kit import check_message, check_view
from tests.platforms.emulator import (
    BOT_SCOPES,
    BOT_TOKEN,
    HISTORY_SCOPES,
    HISTORY_TOKEN,
    READER_TOKEN,
    USERS,
    Emulator,
    user_token,
)

Json = dict[str, Any]

RESPONSES = 5
"""How often a ``response_url`` can be used: https://docs.slack.dev/interactivity/handling-user-interaction."""
_MESSAGES = {"chat.postMessage", "chat.postEphemeral", "chat.update", "response_url"}


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the Web API that went through, and its answer."""

    method: str
    token: str
    arguments: Json
    answer: Json


@dataclass(frozen=True, slots=True)
class Failure:
    """What the wire or Slack answers instead of the emulator."""

    status: int = 200
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    after: bool = False
    """The call goes through all the same: only its answer is lost."""


@dataclass
class Relay:
    """The relay of one test, and the emulator behind it."""

    emulator: Emulator
    session: ClientSession
    url: str = ""
    calls: list[Call] = field(default_factory=list)
    responses: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    """What was posted to each ``response_url``."""
    wrong: list[str] = field(default_factory=list)
    """What Slack would not have taken."""
    since: str = ""
    """Messages up to here are those of other tests."""
    _replaceable: dict[str, tuple[str, str]] = field(default_factory=dict)
    _failures: dict[str, list[Failure]] = field(default_factory=lambda: defaultdict(list))
    _numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def api_url(self) -> str:
        """The base address for ``SLACK_API_URL``."""
        return f"{self.url}/api/"

    def fail(self, method: str, *failures: Failure) -> None:
        """Answer the next calls of ``method`` like this."""
        self._failures[method] += failures

    def called(self, method: str) -> list[Call]:
        """Return what the emulator was asked for and granted."""
        return [call for call in self.calls if call.method == method and call.answer.get("ok")]

    def response_url(self, message: tuple[str, str] | None = None) -> str:
        """Return a new ``response_url``: of a ``message``, its channel and time stamp, that it can replace."""
        url = f"{self.url}/respond/{next(self._numbers)}"
        if message is not None:
            self._replaceable[url] = message
        return url

    async def ask(self, method: str, token: str = READER_TOKEN, **arguments: str) -> Json:
        """Ask the emulator itself, by default as somebody who may do everything."""
        body = urlencode(arguments)
        return await self._forward(method, body.encode(), "application/x-www-form-urlencoded", f"Bearer {token}")

    async def trigger_id(self, user: str, view: str = "") -> str:
        """Return a trigger id of ``user``, as every interaction brings one; it opens one modal within three seconds."""
        found = await self.ask("views.generateTriggerId", user_id=user, **({"view_id": view} if view else {}))
        assert found["ok"], found
        return str(found["trigger_id"])

    async def direct(self, user: str) -> str:
        """Return the conversation of ``user`` with the bot."""
        found = await self.ask("conversations.open", users=user)
        assert found["ok"], found
        return str(found["channel"]["id"])

    async def say(self, user: str, channel: str, text: str) -> str:
        """Let somebody write a message in a channel; return its time stamp."""
        handle = next(handle for handle, name in USERS.items() if self.emulator.users[name] == user)
        posted = await self.ask("chat.postMessage", token=user_token(handle), channel=channel, text=text)
        assert posted["ok"], posted
        return str(posted["ts"])

    async def messages(self, channel: str) -> list[Json]:
        """Return what stands in a channel since the test began, oldest first."""
        found = await self.ask("conversations.history", channel=channel, limit="1000")
        assert found["ok"], found
        return [message for message in reversed(found["messages"]) if message["ts"] > self.since]

    # --- what passes -------------------------------------------------------------------------------------------------

    async def api(self, request: web.Request) -> web.Response:
        """Hand on one call of the Web API."""
        method, body, kind = request.match_info["method"], await request.read(), request.headers.get("Content-Type", "")
        if request.query:
            body, kind = urlencode([*request.query.items()]).encode(), "application/x-www-form-urlencoded"
        arguments = _arguments(body, kind)
        failure = self._failures[method].pop(0) if self._failures[method] else None
        if failure is not None and not failure.after:
            return _failed(failure)
        self._look_at(method, arguments)
        authorization = request.headers.get("Authorization", "")
        answer = await self._forward(method, body, kind, authorization)
        token = authorization.removeprefix("Bearer ")
        self.calls.append(Call(method, token, arguments, answer))
        return _failed(failure) if failure else web.json_response(answer, headers=_scopes(token))

    async def respond(self, request: web.Request) -> web.Response:
        """Take what is posted to a ``response_url``."""
        url, body = f"{self.url}{request.path}", await request.json()
        if len(self.responses[url]) >= RESPONSES:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        self._look_at("response_url", body)
        self.responses[url].append(body)
        if body.get("replace_original") and url in self._replaceable:
            channel, ts = self._replaceable[url]
            content = {"text": body.get("text", ""), "blocks": json.dumps(body.get("blocks", []))}
            replaced = await self.ask("chat.update", channel=channel, ts=ts, **content)
            assert replaced["ok"], replaced
        return web.Response(text="ok")

    async def _forward(self, method: str, body: bytes, kind: str, authorization: str) -> Json:
        headers = {"Content-Type": kind, "Authorization": authorization}
        async with self.session.post(f"{self.emulator.url}/api/{method}", data=body, headers=headers) as answer:
            found: Json = await answer.json()
            return found

    def _look_at(self, what: str, sent: Json) -> None:
        try:
            if what in _MESSAGES and sent.get("blocks"):
                check_message({"text": sent.get("text", ""), "blocks": sent["blocks"]})
            elif what.startswith("views.") and "view" in sent:
                check_view(sent["view"])
        except (AssertionError, SlackObjectFormationError) as error:
            self.wrong.append(f"{what}: {error}")


@pytest.fixture
async def slack_relay(slack_emulator: Emulator) -> AsyncIterator[Relay]:
    """A relay to the emulated Slack, for one test."""
    async with relay(slack_emulator) as made:
        yield made


@asynccontextmanager
async def relay(emulator: Emulator) -> AsyncIterator[Relay]:
    """Run a relay; at the end nothing may have passed that Slack would have refused."""
    async with ClientSession() as session:
        made = Relay(emulator, session)
        app = web.Application()
        app.router.add_route("*", "/api/{method}", made.api)
        app.router.add_post("/respond/{number}", made.respond)
        async with TestServer(app) as server:
            made.url = str(server.make_url("")).rstrip("/")
            made.since = await _newest(made)
            yield made
    assert made.wrong == []


async def _newest(made: Relay) -> str:
    """Return the time stamp of a message of now, which is taken back at once."""
    channel = next(iter(made.emulator.channels.values()))
    posted = await made.ask("chat.postMessage", channel=channel, text="here a test begins")
    assert posted["ok"], posted
    await made.ask("chat.delete", channel=channel, ts=posted["ts"])
    return str(posted["ts"])


def _arguments(body: bytes, kind: str) -> Json:
    """Return arguments as they are meant: what a form carries as JSON is read."""
    if "json" in kind:
        return dict(json.loads(body or b"{}"))
    found: Json = dict(parse_qsl(body.decode(), keep_blank_values=True))
    for name in ("blocks", "view", "metadata", "files"):
        if isinstance(found.get(name), str):
            found[name] = json.loads(found[name])
    return found


def _scopes(token: str) -> dict[str, str]:
    """Return what Slack says with each answer: which scopes the token has."""
    known = {BOT_TOKEN: BOT_SCOPES, HISTORY_TOKEN: HISTORY_SCOPES}
    return {"X-OAuth-Scopes": ",".join(known[token])} if token in known else {}


def _failed(failure: Failure) -> web.Response:
    if not failure.error:
        return web.Response(status=failure.status, headers=failure.headers, text="<html>Sorry</html>")
    body = {"ok": False, "error": failure.error}
    return web.json_response(body, status=failure.status, headers=failure.headers)
