"""A load generator over HTTP: raw requests on kept-alive connections, so that what is measured is the server.

``python -m benchmarks.load KIND PORT COUNT FIRST`` sends COUNT requests, `IN_FLIGHT` at a time, and prints what came of
it as JSON. FIRST numbers the first request, so that no two rounds say the same.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote

from benchmarks.measure import percentile
from benchmarks.words import MEMBERS, text_of, who_praises_whom

IN_FLIGHT = 16
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
SLACK_TEAM = "T00000001"
COMMAND_PATH = "/slack/events"
PRAISE_PATH = "/chat/api/incoming"
TEAMS_PATH = "/api/messages"
TEAMS_APP, TEAMS_TENANT = "11111111-2222-3333-4444-555555555555", "99999999-8888-7777-6666-555555555555"
TEAMS_KEY, TEAMS_SERVICE, TEAMS_TOKEN = "BENCHMARK_KEY", "BENCHMARK_SERVICE", "BENCHMARK_TOKEN"
"""Variables of the environment: the key tokens are signed with, where the service is, a token."""
_TIMEOUT = 120.0  # seconds for all of it


def slack_account(member: int) -> str:
    """Return the account a member has in Slack."""
    return f"U{member:08d}"


def slack_command(number: int) -> bytes:
    """Return a slash command as Slack sends and signs it."""
    giver, recipient = who_praises_whom(number)
    words = quote(f"<@{slack_account(recipient)}|{recipient}> {text_of(number)}")
    body = (
        f"token=gIkuvaNzQIHg97ATvDxqgjtO&team_id={SLACK_TEAM}&team_domain=example&channel_id=C00000001&channel_name=team"
        f"&user_id={slack_account(giver)}&user_name=member{giver}&command=%2Fpraise&text={words}&api_app_id=A00000001"
        "&is_enterprise_install=false&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1%2F1%2Fx"
        f"&trigger_id={number}.1.abcdef"
    ).encode()
    moment = str(int(time.time()))
    signature = hmac.new(SIGNING_SECRET.encode(), f"v0:{moment}:".encode() + body, hashlib.sha256).hexdigest()
    return _request(
        COMMAND_PATH,
        body,
        "application/x-www-form-urlencoded",
        f"X-Slack-Request-Timestamp: {moment}\r\nX-Slack-Signature: v0={signature}\r\n",
    )


def teams_account(member: int) -> str:
    """Return the account a member has in Teams."""
    return f"00000000-0000-0000-0000-{member:012d}"


def teams_activity(number: int) -> bytes:
    """Return a message to the bot as Teams sends and signs it."""
    giver, recipient = who_praises_whom(number)
    name = MEMBERS[recipient - 1]
    data = {
        "type": "message",
        "id": str(1_700_000_000_000 + number),
        "timestamp": "2026-11-18T02:00:00.000Z",
        "serviceUrl": os.environ[TEAMS_SERVICE],
        "channelId": "msteams",
        "from": {"id": f"29:{giver}", "name": MEMBERS[giver - 1], "aadObjectId": teams_account(giver)},
        "conversation": {"conversationType": "personal", "tenantId": TEAMS_TENANT, "id": f"a:{giver}"},
        "recipient": {"id": f"28:{TEAMS_APP}", "name": "Praisebot"},
        "textFormat": "plain",
        "text": f"<at>{name}</at> {text_of(number)}",
        "entities": [
            {"type": "mention", "text": f"<at>{name}</at>", "mentioned": {"id": f"29:{recipient}", "name": name}},
            {"type": "clientInfo", "locale": "zh-CN", "country": "CN", "platform": "Web"},
        ],
        "channelData": {"tenant": {"id": TEAMS_TENANT}},
        "locale": "zh-CN",
    }
    body = json.dumps(data, ensure_ascii=False).encode()
    return _request(TEAMS_PATH, body, "application/json", f"Authorization: Bearer {os.environ[TEAMS_TOKEN]}\r\n")


def praise(number: int) -> bytes:
    """Return a praise as the page sends it: the command, one picked mention, words nobody has used before."""
    giver, recipient = who_praises_whom(number)
    name = f"@{MEMBERS[recipient - 1]}"
    command = "/praise "
    data = {
        "event_id": f"load-{number}",
        "as": f"m{giver}",
        "conversation": f"team-{1 + number % 3}",
        "text": f"{command}{name} {text_of(number)}",
        "mentions": [{"start": len(command), "end": len(command) + len(name), "user_id": f"m{recipient}"}],
    }
    return _request(PRAISE_PATH, json.dumps(data, ensure_ascii=False).encode(), "application/json")


def _request(path: str, body: bytes, content_type: str, more: str = "") -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n{more}\r\n"
    )
    return head.encode() + body


KINDS: dict[str, tuple[Callable[[int], bytes], bytes]] = {
    "slack": (slack_command, b"HTTP/1.1 200"),
    "praise": (praise, b"HTTP/1.1 200"),
    "teams": (teams_activity, b"HTTP/1.1 20"),
}


class Connection(asyncio.Protocol):
    """One kept-alive connection: sends the next request as soon as an answer is complete."""

    def __init__(self, requests: Iterator[bytes], answered: Callable[[bytes, float], None]) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._answered = answered
        self._received = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self._received.lower().index(b"content-length:", 0, head) + len(b"content-length:")
        length = int(self._received[at : self._received.index(b"\r\n", at)])
        if len(self._received) >= head + 4 + length:
            answer, self._received = self._received, b""
            self._answered(answer, time.perf_counter() - self._sent_at)
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionResetError("the server closed the connection"))

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self.done.set_result(None)
            self._transport.close()
        else:
            self._sent_at = time.perf_counter()
            self._transport.write(request)


async def load(kind: str, port: int, count: int, first: int) -> dict[str, float]:
    """Send ``count`` requests and return seconds, p50 and p99 in milliseconds; raise if an answer is not a success."""
    make, success = KINDS[kind]
    requests = iter([make(number) for number in range(first, first + count)])
    latencies: list[float] = []

    def answered(answer: bytes, seconds: float) -> None:
        if not answer.startswith(success):
            raise RuntimeError(answer[:1000].decode("utf-8", "replace"))
        latencies.append(seconds)

    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    made = [
        await loop.create_connection(lambda: Connection(requests, answered), "127.0.0.1", port)
        for _ in range(IN_FLIGHT)
    ]
    async with asyncio.timeout(_TIMEOUT):
        await asyncio.gather(*(connection.done for _, connection in made))
    seconds = time.perf_counter() - began
    return {
        "seconds": seconds,
        "p50": 1000 * percentile(latencies, 0.5),
        "p99": 1000 * percentile(latencies, 0.99),
    }


if __name__ == "__main__":
    kind, port, count, first = sys.argv[1], *map(int, sys.argv[2:5])
    print(json.dumps(asyncio.run(load(kind, port, count, first))))
