"""The Bot Connector's REST API: what the bot calls, with which token, and what refusals mean.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference; limits and what to
send again: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.chat import Throttled, Undeliverable, Why
from bot.platforms.teams_auth import callable_address

log = logging.getLogger(__name__)

Json = dict[str, Any]

_TIMEOUT = ClientTimeout(total=15)
_SCOPE = "https://api.botframework.com/.default"
_BEFORE_END = 300.0  # seconds before a token ends that another is fetched
_AGAIN = frozenset({412, 502, 504})
_TRIES = 3
_PAUSE = (0.3, 1.2)  # seconds before trying again, at random between these
_WAIT = 30.0  # seconds where Teams asks to wait and does not say how long

_WHY: Mapping[str, Why] = {
    "BotNotInConversationRoster": "not_member",
    "MessageWritesBlocked": "revoked",
    "ConversationBlockedByUser": "revoked",
    "BotDisabledByAdmin": "revoked",
    "BotNotRegistered": "revoked",
    "ConversationNotFound": "gone",
    "ConversationDeleted": "gone",
    "UserNotFound": "gone",
}


class NotAccepted(Exception):
    """The service refused a call."""

    def __init__(self, status: int, code: str, wait: float | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.wait = wait

    def meaning(self, what: str) -> Exception:
        """Return what the outbox makes of it: `Throttled`, `Undeliverable`, or itself for "try again later"."""
        if self.status == 429:
            return Throttled(self.wait if self.wait is not None else _WAIT)
        if self.status in (403, 404):
            why = _WHY.get(self.code) or ("gone" if self.status == 404 else "forbidden")
            return Undeliverable(f"{what}: {self}", why)
        return self


class Tokens:
    """The token the bot shows when it calls, fetched with the app's secret and kept until shortly before it ends."""

    def __init__(self, login_url: str, app_id: str, secret: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = f"{login_url}/oauth2/v2.0/token"
        self._app_id = app_id
        self._secret = secret
        self._clock = clock
        self._token = ""
        self._until = 0.0
        self._fetching = asyncio.Lock()

    async def header(self, session: ClientSession) -> Mapping[str, str]:
        """Return the header of a call; none in development without an app."""
        if not self._app_id:
            return {}
        async with self._fetching:
            if self._clock() >= self._until:
                await self._fetch(session)
        return {"Authorization": f"Bearer {self._token}"}

    def refused(self) -> None:
        """Fetch another one before the next call."""
        self._until = 0.0

    async def _fetch(self, session: ClientSession) -> None:
        fields = {
            "grant_type": "client_credentials",
            "client_id": self._app_id,
            "client_secret": self._secret,
            "scope": _SCOPE,
        }
        async with session.post(self._url, data=fields, allow_redirects=False) as answer:
            found = await _body(answer)
        token, seconds = found.get("access_token"), found.get("expires_in")
        if not isinstance(token, str) or not isinstance(seconds, int | float | str):
            raise NotAccepted(answer.status, f"no token: {str(found.get('error'))[:60]}")
        self._token = token
        self._until = self._clock() + max(float(seconds) - _BEFORE_END, 30.0)


class Connector:
    """Calls the service at an address that was found good; see `bot.platforms.teams_auth.callable_address`."""

    def __init__(self, tokens: Tokens, *, app_id: str, development: bool) -> None:
        self._tokens = tokens
        self._bot = f"28:{app_id}"
        self._development = development
        self._session: ClientSession | None = None

    @asynccontextmanager
    async def calling(self) -> AsyncIterator[None]:
        """Keep connections open meanwhile; otherwise each call opens one."""
        async with ClientSession(timeout=_TIMEOUT) as session:
            self._session = session
            try:
                yield
            finally:
                self._session = None

    async def post(self, service_url: str, conversation: str, activity: Json) -> str:
        """Post a message; return its id."""
        answer = await self._call("POST", service_url, f"conversations/{_part(conversation)}/activities", activity)
        return str(answer.get("id") or answer.get("activityId") or "")

    async def update(self, service_url: str, conversation: str, message: str, activity: Json) -> None:
        """Put ``activity`` in the place of a message."""
        path = f"conversations/{_part(conversation)}/activities/{_part(message)}"
        await self._call("PUT", service_url, path, {**activity, "id": message})

    async def open(self, service_url: str, tenant: str, member: str) -> str:
        """Return the id of a person's chat with the bot, begun where there was none."""
        asked = {
            "bot": {"id": self._bot},
            "members": [{"id": member}],
            "isGroup": False,
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        return str((await self._call("POST", service_url, "conversations", asked))["id"])

    async def member(self, service_url: str, conversation: str, member: str) -> Json:
        """Return the account ``member`` of a conversation, as the service knows it or by its object id."""
        return await self._call("GET", service_url, f"conversations/{_part(conversation)}/members/{_part(member)}")

    async def _call(self, method: str, service_url: str, path: str, content: Json | None = None) -> Json:
        """Call, again where Teams asks for it. Raises `NotAccepted`, and what aiohttp raises."""
        if not callable_address(service_url, development=self._development):
            raise NotAccepted(403, "an address that is not Microsoft's")
        url = f"{service_url.rstrip('/')}/v3/{path}"
        for tried in range(1, _TRIES + 1):
            try:
                return await self._once(method, url, content)
            except NotAccepted as refused:
                if tried == _TRIES or refused.status not in (*_AGAIN, 401):
                    raise
                if refused.status == 401:
                    self._tokens.refused()
                await asyncio.sleep(random.uniform(*_PAUSE))
        raise AssertionError("unreachable")

    async def _once(self, method: str, url: str, content: Json | None) -> Json:
        async with self._open() as session:
            headers = {**await self._tokens.header(session), "Content-Type": "application/json; charset=utf-8"}
            data = None if content is None else json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
            async with session.request(method, url, data=data, headers=headers, allow_redirects=False) as answer:
                found = await _body(answer)
                if 200 <= answer.status < 300:
                    return found
                raise NotAccepted(answer.status, _code(found), _seconds(answer.headers.get("Retry-After", "")))

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[ClientSession]:
        if self._session is not None:
            yield self._session
            return
        async with ClientSession(timeout=_TIMEOUT) as session:
            yield session


async def _body(answer: Any) -> Json:
    """Return the JSON of an answer, nothing where it has none."""
    try:
        found = await answer.json(content_type=None)
    except (ValueError, ClientError):
        return {}
    return found if isinstance(found, dict) else {}


def _part(text: str) -> str:
    return quote(text, safe="")


def _code(found: Mapping[str, Any]) -> str:
    error = found.get("error")
    return str(error.get("code", ""))[:80] if isinstance(error, Mapping) else ""


def _seconds(text: str) -> float | None:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
