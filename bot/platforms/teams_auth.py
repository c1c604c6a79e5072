"""Who may send activities, and which addresses the bot calls.

A token of the Bot Connector is checked as Microsoft asks
(https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication): signature by a key
of its metadata that is endorsed for Teams, issuer, audience, time, and the address answers go to. Nothing here blocks
the event loop: keys are fetched asynchronously, once at a time, and again when a token names one that is not known.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.config import is_loopback
from bot.errors import place_of
from bot.platforms.requests import Refused

log = logging.getLogger(__name__)

ISSUER = "https://api.botframework.com"
CHANNEL = "msteams"
HOSTS = frozenset({"smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com"})
"""Exact names: anybody can register another one under trafficmanager.net."""
_DOMAINS = (".botframework.com",)

_LEEWAY = 300  # seconds, as Microsoft's own libraries allow
_STALE = 24 * 3600.0  # seconds after which keys are fetched anew
_AGAIN = 10.0  # seconds between two attempts to fetch them
_REMEMBERED = 100  # tokens
_TIMEOUT = ClientTimeout(total=10)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key and the channels whose tokens it may sign."""

    key: Any
    endorsements: frozenset[str]


class Keys:
    """The keys of a metadata document, fetched when they are first needed, daily, and when they were rotated."""

    def __init__(self, metadata_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = metadata_url
        self._clock = clock
        self._keys: Mapping[str, SigningKey] = {}
        self._fetched = self._tried = -math.inf
        self._fetching = asyncio.Lock()

    async def key(self, key_id: str) -> SigningKey:
        """Return a key. Raises `Refused`: 401 where there is none of that id, 503 where it cannot be found out."""
        if (known := self._known(key_id)) is not None:
            return known
        async with self._fetching:
            if (known := self._known(key_id)) is not None:  # fetched meanwhile, for another request
                return known
            if self._clock() - self._tried >= _AGAIN:
                await self._fetch()
        found = self._keys.get(key_id)
        if found is None:
            raise Refused(401, "signed with an unknown key") if self._keys else Refused(503, "no signing keys")
        return found

    def _known(self, key_id: str) -> SigningKey | None:
        return self._keys.get(key_id) if self._clock() - self._fetched < _STALE else None

    async def _fetch(self) -> None:
        """Fetch the keys; those there are stay where that fails."""
        try:
            async with ClientSession(timeout=_TIMEOUT) as session:
                metadata = await _json(session, self._url)
                found = await _json(session, str(metadata["jwks_uri"]))
            self._keys = {str(one["kid"]): _signing_key(one) for one in found["keys"] if one.get("kty") == "RSA"}
            self._fetched = self._clock()
        except (ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("the keys of Teams could not be fetched: %s", place_of(error))
        self._tried = self._clock()


def _signing_key(data: Mapping[str, Any]) -> SigningKey:
    return SigningKey(jwt.PyJWK(dict(data), "RS256").key, frozenset(map(str, data.get("endorsements") or ())))


async def _json(session: ClientSession, url: str) -> Any:
    async with session.get(url) as answer:
        answer.raise_for_status()
        return await answer.json(content_type=None)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose token was found good: what it claims, and the key that signed it."""

    claims: Mapping[str, Any]
    signed_with: SigningKey

    def check(self, channel: str, service_url: str) -> None:
        """Raise `Refused` for an activity of another ``channel``, or one that is to be answered elsewhere."""
        if channel not in self.signed_with.endorsements:
            raise Refused(401, "the key is not endorsed for this channel")
        if self.claims.get("serviceurl") != service_url:
            raise Refused(401, "the token is for another serviceUrl")


class Verifier:
    """Checks the tokens of requests meant for ``app_id``."""

    def __init__(self, app_id: str, keys: Keys) -> None:
        self._app_id = app_id
        self._keys = keys
        self._checked: OrderedDict[str, tuple[str, Caller]] = OrderedDict()

    async def caller(self, header: str) -> Caller:
        """Return whose token stands in an ``Authorization`` header; raise `Refused` where it is not good."""
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Refused(401, "no token")
        # Teams shows a token for an hour. It is good no longer when it has ended or its key is another one.
        key_id, known = self._checked.get(token) or (_key_id(token), None)
        signed_with = await self._keys.key(key_id)
        if known is None or known.signed_with is not signed_with or known.claims["exp"] + _LEEWAY <= time.time():
            known = Caller(self._decoded(token, signed_with), signed_with)
            self._checked[token] = key_id, known
            if len(self._checked) > _REMEMBERED:
                self._checked.popitem(last=False)
        return known

    def _decoded(self, token: str, signed_with: SigningKey) -> Mapping[str, Any]:
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                signed_with.key,
                algorithms=["RS256"],
                audience=self._app_id,
                issuer=ISSUER,
                leeway=_LEEWAY,
                options={"require": ["exp", "iss", "aud"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise Refused(401, type(error).__name__) from None
        return claims


def _key_id(token: str) -> str:
    """Return which key is said to have signed ``token``."""
    try:
        head = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError):
        raise Refused(401, "not a token") from None
    if head.get("alg") != "RS256" or not isinstance(head.get("kid"), str):
        raise Refused(401, "signed in another way")
    return str(head["kid"])


def callable_address(service_url: str, *, development: bool = False) -> bool:
    """Return whether the bot may call ``service_url``: one of Microsoft's, and in development one on this machine."""
    try:
        parts = urlsplit(service_url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.username or parts.password or parts.query or parts.fragment:
        return False
    if development and parts.scheme in ("http", "https") and is_loopback(host):
        return True
    return parts.scheme == "https" and port in (None, 443) and (host in HOSTS or host.endswith(_DOMAINS))
