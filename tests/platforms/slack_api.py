"""A place for the adapter to call: keeps what was called, and answers as told.

The calls themselves are proven against ``emulate``, see `tests.platforms.emulator`. Here is what that cannot do: answer
429 and every refusal, be slow, show guests and strangers, rotate tokens, count calls.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.errors import SlackObjectFormationError

from tests.platforms.block_kit import check_message, check_view
from tests.platforms.signed import account

Json = dict[str, Any]
BOT_USER, BOT_ID, TEAM = "U0PRAISE01", "B0PRAISE01", "T000000001"


@dataclass(frozen=True)
class Called:
    """One call: of a method, or of a ``response_url`` (its path)."""

    method: str
    arguments: Json
    token: str


@dataclass
class SlackApi:
    """What was called, and what is answered: ``answers`` go before what is usual, by method; a function is asked."""

    url: str = ""
    calls: list[Called] = field(default_factory=list)
    people: dict[str, Json] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    """What Slack would not have taken."""
    scopes: str = "chat:write,commands,channels:history,groups:history"
    team: Json = field(default_factory=lambda: {"team_id": TEAM, "team": "Harbour Bank"})

    def of(self, method: str) -> list[Json]:
        """Return the arguments of every call of a method, oldest first."""
        return [called.arguments for called in self.calls if called.method == method]

    def add(self, user: str, name: str, **more: Any) -> None:
        """Let there be an account."""
        self.people[user] = account(user, name, **more)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a call."""
        method = request.match_info["method"]
        arguments = await _arguments(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.calls.append(Called(method, arguments, token))
        try:
            look_at(arguments)
        except (AssertionError, SlackObjectFormationError) as error:
            self.wrong.append(f"{method}: {error}")
        said = self.answers.get(method)
        if callable(said):
            said = said(arguments)
        if isinstance(said, list):
            said = said.pop(0) if said else None
        if isinstance(said, web.Response):
            return said
        if isinstance(said, str):
            return web.json_response({"ok": False, "error": said})
        if said is None:
            usual: Callable[[Json], Json] = getattr(self, "_" + method.replace(".", "_"), lambda _: {})
            said = usual(arguments)
        return web.json_response({"ok": "error" not in said, **said}, headers={"x-oauth-scopes": self.scopes})

    def _auth_test(self, _: Json) -> Json:
        return {"user_id": BOT_USER, "bot_id": BOT_ID, "url": "https://harbour.slack.com/", **self.team}

    def _users_info(self, arguments: Json) -> Json:
        found = self.people.get(arguments["user"])
        return {"user": found} if found else {"error": "user_not_found"}

    def _chat_postMessage(self, arguments: Json) -> Json:  # noqa: N802  # Slack's name
        channel = arguments["channel"]
        return {
            "channel": "D" + channel[1:] if channel[0] in "UW" else channel,
            "ts": f"1700000000.{len(self.calls):06}",
        }

    def _views_open(self, arguments: Json) -> Json:
        return {"view": {"id": f"V{len(self.calls)}", **_json(arguments["view"])}}


def look_at(sent: Any) -> None:
    """Fail unless Slack would take a message or view that is sent, or the acknowledgement of a request."""
    if not isinstance(sent, dict):
        return
    if sent.get("blocks"):
        check_message({"text": sent.get("text", ""), "blocks": sent["blocks"]})
    if isinstance(sent.get("view"), dict):
        check_view(sent["view"])


async def _arguments(request: web.Request) -> Json:
    if request.content_type == "application/json":
        found: Json = await request.json()
    else:
        found = dict(await request.post())
    return {**request.query, **{name: _json(value) for name, value in found.items()}}


def _json(value: Any) -> Any:
    """Return what a form's field holds: Slack's client writes structures as JSON."""
    if isinstance(value, str) and value[:1] in "[{":
        return json.loads(value)
    return value


@asynccontextmanager
async def running(**settings: Any) -> AsyncIterator[SlackApi]:
    """Answer meanwhile."""
    api = SlackApi(**settings)
    app = web.Application()
    app.router.add_route("*", "/api/{method}", api.answer)
    app.router.add_post("/{method:response/.*}", api.answer)
    server = TestServer(app)
    await server.start_server()
    api.url = str(server.make_url("/"))
    try:
        yield api
    finally:
        await server.close()
    assert api.wrong == []


def throttled(seconds: Mapping[str, str]) -> web.Response:
    """Return Slack's request to wait."""
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=dict(seconds))


def button(shown: Any, text: str) -> Json:
    """Return the button called ``text`` of a message or a view."""
    rows = [block["elements"] for block in shown["blocks"] if block["type"] == "actions"]
    found: Json = next(one for row in rows for one in row if one["text"]["text"] == text)
    return found
