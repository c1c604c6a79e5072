"""The service behind Teams, for tests: publishes keys, gives tokens, keeps rosters and messages, answers as told.

It is not an imitation of Teams' behaviour but of its addresses: what is called is kept to be looked at. Microsoft's own
client is in `tests.platforms.test_teams_playground`.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any

import jwt
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa

Json = dict[str, Any]

APP_ID = "11111111-2222-3333-4444-555555555555"
BOT = f"28:{APP_ID}"
TENANT = "99999999-8888-7777-6666-555555555555"
SECRET = "the app's secret, of some length"
ISSUER = "https://api.botframework.com"


@cache
def key_pair(name: str) -> rsa.RSAPrivateKey:
    """Return a private key, the same for the same name."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(name: str, endorsements: tuple[str, ...] = ("msteams",)) -> Json:
    """Return the public key called ``name`` as it is published."""
    found: Json = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key_pair(name).public_key()))
    return {**found, "kid": name, "use": "sig", "endorsements": list(endorsements)}


def account(number: int) -> str:
    """Return the object id of a person's account."""
    return f"00000000-0000-0000-0000-{number:012d}"


@dataclass(frozen=True)
class Call:
    """One call of the connector."""

    method: str
    path: str
    content: Any
    authorization: str


@dataclass
class Service:
    """What was called and what is answered: ``refusals`` go first, one for each call that posts or replaces."""

    url: str = ""
    keys: list[Json] = field(default_factory=lambda: [public("one")])
    slow: asyncio.Event | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    fetched: int = 0
    tokens: int = 0
    calls: list[Call] = field(default_factory=list)
    people: dict[str, Json] = field(default_factory=dict)
    """Entries of the roster, by the service's id and by account."""
    messages: dict[str, Json] = field(default_factory=dict)
    """By ``conversation/id``, as they stand now."""
    rooms: set[str] = field(default_factory=set)
    """Channels and group chats there are; with everybody there may be a chat."""
    alone: bool = False
    """Whether people are alone in their chats with the bot, as they are in Teams; tests name others there."""
    only: dict[str, set[str]] = field(default_factory=dict)
    """Accounts on the roster of a room, where it is not everybody."""
    refusals: list[web.Response] = field(default_factory=list)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def add(self, number: int, name: str, **more: Any) -> str:
        """Let there be a person; return the account."""
        email = f"{name.lower().replace(' ', '.')}@harbour.example"
        entry = {
            "id": f"29:{number}",
            "aadObjectId": account(number),
            "name": name,
            "email": email,
            "userPrincipalName": email,
            "tenantId": TENANT,
            "userRole": "user",
            **more,
        }
        self.people[entry["id"]] = self.people[entry["aadObjectId"]] = entry
        return str(entry["aadObjectId"])

    def posted(self, conversation: str) -> list[Json]:
        """Return the messages of a conversation as they stand, oldest first."""
        return [one for name, one in self.messages.items() if name.rpartition("/")[0] == conversation]

    def token(self, key: str = "one", head: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """Return a token as Teams sends it, with claims changed, or left out: ``exp=None``."""
        now = int(time.time())
        said = {"iss": ISSUER, "aud": APP_ID, "nbf": now - 60, "exp": now + 3600, "serviceurl": self.service_url}
        kept = {name: value for name, value in (said | claims).items() if value is not None}
        return jwt.encode(kept, key_pair(key), "RS256", headers={"kid": key, **(head or {})})

    @property
    def service_url(self) -> str:
        return self.url + "teams/"

    # --- what is called ----------------------------------------------------------------------------------------------

    async def metadata(self, _: web.Request) -> web.Response:
        self.asked.set()
        if self.slow is not None:
            await self.slow.wait()
        return web.json_response({"issuer": ISSUER, "jwks_uri": self.url + "keys"})

    async def published(self, _: web.Request) -> web.Response:
        self.fetched += 1
        return web.json_response({"keys": self.keys})

    async def login(self, request: web.Request) -> web.Response:
        fields = await request.post()
        if fields.get("client_secret") != SECRET:
            return web.json_response({"error": "invalid_client"}, status=401)
        self.tokens += 1
        return web.json_response({"token_type": "Bearer", "expires_in": 3599, "access_token": f"token {self.tokens}"})

    async def connector(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        content = json.loads(await request.text()) if request.can_read_body else None
        self.calls.append(Call(request.method, path, content, request.headers.get("Authorization", "")))
        parts = path.split("/")
        if self.refusals and request.method != "GET":
            return self.refusals.pop(0)
        if request.method == "GET":
            found = self.people.get(parts[3])
            if self.alone and found and parts[1].startswith("a:") and self.chat_with(parts[3]) != parts[1]:
                found = None
            if found and found["aadObjectId"] not in self.only.get(parts[1], {found["aadObjectId"]}):
                found = None
            return web.json_response(found) if found else refusal(404, "MemberNotFoundInConversation")
        if path == "conversations":
            return web.json_response({"id": self.chat_with(content["members"][0]["id"])})
        if parts[1].partition(";")[0] not in self.rooms and not parts[1].startswith("a:"):
            return refusal(404, "ConversationNotFound")
        name = f"{parts[1]}/{parts[3] if len(parts) > 3 else next(self.numbers)}"
        if request.method == "PUT" and name not in self.messages:
            return refusal(404, "ActivityNotFoundInConversation")
        self.messages[name] = content
        return web.json_response({"id": name.rpartition("/")[2]}, status=201)

    def chat_with(self, member: str) -> str:
        """Return the id of a person's chat with the bot."""
        found = self.people.get(member, {})
        return f"a:{found.get('aadObjectId', member)}"


def refusal(status: int, code: str, **headers: str) -> web.Response:
    """Return a refusal of the connector."""
    body = {"error": {"code": code, "message": "not this"}}
    return web.json_response(body, status=status, headers={n.replace("_", "-"): v for n, v in headers.items()})


@asynccontextmanager
async def running(**given: Any) -> AsyncIterator[Service]:
    """Answer meanwhile."""
    service = Service(**given)
    app = web.Application(client_max_size=10**7)
    app.router.add_get("/metadata", service.metadata)
    app.router.add_get("/keys", service.published)
    app.router.add_post("/login/oauth2/v2.0/token", service.login)
    app.router.add_route("*", "/teams/v3/{path:.*}", service.connector)
    server = TestServer(app)
    await server.start_server()
    service.url = str(server.make_url("/"))
    try:
        yield service
    finally:
        if service.slow is not None:
            service.slow.set()
        await server.close()


# --- activities -------------------------------------------------------------------------------------------------------

_activities = count(1_700_000_000_000)
CHANNEL = "19:international@thread.tacv2"


def activity(service: Service, number: int, kind: str = "message", *, channel: str | None = None, **more: Any) -> Json:
    """Return an activity of person ``number``, in their chat with the bot or in a channel."""
    person = service.people[f"29:{number}"]
    made = str(next(_activities))
    conversation: Json = {"id": f"a:{person['aadObjectId']}", "conversationType": "personal", "tenantId": TENANT}
    data: Json = {"tenant": {"id": TENANT}}
    if channel:
        service.rooms.add(channel)
        conversation = {
            "id": f"{channel};messageid={made}",
            "conversationType": "channel",
            "isGroup": True,
            "tenantId": TENANT,
        }
        data |= {"team": {"id": "19:team@thread.tacv2"}, "channel": {"id": channel}}
    return {
        "type": kind,
        "id": made,
        "timestamp": f"2026-11-18T02:00:{int(made) % 60:02}.{int(made) % 1000:03}Z",
        "serviceUrl": service.service_url,
        "channelId": "msteams",
        "from": {"id": person["id"], "name": person["name"], "aadObjectId": person["aadObjectId"]},
        "conversation": conversation,
        "recipient": {"id": BOT, "name": "Praisebot"},
        "channelData": data,
        "locale": "en-GB",
        **more,
    }


def mention(service: Service, known_as: str, name: str | None = None) -> tuple[str, Json]:
    """Return a mention as it stands in a text, and its entity."""
    said = name or ("Praisebot" if known_as == BOT else service.people[known_as]["name"])
    text = f"<at>{said}</at>"
    return text, {"type": "mention", "text": text, "mentioned": {"id": known_as, "name": said}}


def written(service: Service, number: int, text: str, *people: int, channel: str | None = None) -> Json:
    """Return a message. ``{0}``, ``{1}`` … in its text are mentions of ``people``; in a channel it begins with the
    bot's name.
    """
    found = [mention(service, f"29:{other}") for other in people]
    words = text.format(*(said for said, _ in found)) if people else text
    entities = [entity for _, entity in found]
    if channel:
        bot, entity = mention(service, BOT)
        words, entities = f"{bot} {words}", [entity, *entities]
    return activity(service, number, channel=channel, text=words, textFormat="plain", entities=entities)


def executed(service: Service, number: int, action: Mapping[str, Any], *, on: str, **more: Any) -> Json:
    """Return a press of ``action``, a button as a card has it, on the message ``on`` (``conversation/id``)."""
    filled = more.pop("filled", {})
    conversation, _, message = on.rpartition("/")
    channel = conversation if conversation.startswith("19:") else None
    value = {
        "action": {
            "type": "Action.Execute",
            "title": action["title"],
            "verb": action.get("verb", ""),
            "data": {**action["data"], **filled},
        },
        "trigger": "manual",
    }
    return activity(
        service,
        number,
        "invoke",
        name="adaptiveCard/action",
        value=value,
        replyToId=message,
        channel=channel,
        **more,
    )


def everywhere(card: Any, kind: str) -> list[Json]:
    """Return every element or action of a kind in a card, in its order."""
    found: list[Json] = []
    if isinstance(card, dict):
        if card.get("type") == kind:
            found.append(card)
        for value in card.values():
            found += everywhere(value, kind)
    elif isinstance(card, list):
        for value in card:
            found += everywhere(value, kind)
    return found


def words(card: Any) -> str:
    """Return every text of a card, a line each."""
    lines = ["".join(one["text"] for one in block["inlines"]) for block in everywhere(card, "RichTextBlock")]
    return "\n".join(lines)


Sign = Callable[[Json], str]
