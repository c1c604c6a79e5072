"""Who may speak to the local chat: programs of this machine, or whoever signed in with the secret."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from urllib.parse import urlsplit

from aiohttp import web

from bot.config import is_loopback
from bot.web.answers import Problem

COOKIE = "praisebot_access"
SIGNED_IN_SECONDS = 12 * 60 * 60
FAILURES_ALLOWED = 5
"""Wrong secrets from one address within a minute; further tries are answered with 429."""

_MINUTE = 60.0
_ADDRESSES_KEPT = 1000


class Gate:
    """Checks each request by its headers alone, before any body is read."""

    def __init__(self, secret: str, *, clock: Callable[[], float] = time.time) -> None:
        self._secret = secret.encode()
        # The cookie's key is not the secret itself, so that a cookie never helps to find it faster than guessing.
        self._key = hmac.digest(self._secret, b"praisebot local chat cookie", "sha256")
        self._clock = clock
        self._failures: dict[str, list[float]] = {}

    @property
    def has_secret(self) -> bool:
        """Whether people have to sign in."""
        return bool(self._secret)

    def check_origin(self, request: web.Request) -> None:
        """Raise a `Problem` when another site's page is behind the request, or reached us under a name not ours."""
        if not self._secret and not _is_loopback_host(request.headers.get("Host", "")):
            # A name that resolves to 127.0.0.1 makes a hostile page same-origin with us (DNS rebinding).
            raise Problem(403, "This chat answers on this computer's own address only.")
        if request.method in ("GET", "HEAD") and "Upgrade" not in request.headers:
            return
        origin = request.headers.get("Origin")  # programs other than browsers send none
        if origin is not None and not _same_host(origin, request.headers.get("Host", "")):
            raise Problem(403, "That request came from another site.")

    def check_signed_in(self, request: web.Request) -> None:
        """Raise a `Problem` unless no secret is set or the request carries a cookie of `sign_in` that holds."""
        if self._secret and not self.holds(request.cookies.get(COOKIE, "")):
            raise Problem(401, "Please sign in.")

    def sign_in(self, given: str, address: str) -> str:
        """Return the value of a new cookie; raise a `Problem` for a wrong secret or too many of them."""
        now = self._clock()
        recent = [moment for moment in self._failures.get(address, ()) if now - moment < _MINUTE]
        if len(recent) >= FAILURES_ALLOWED:
            raise Problem(429, "Too many tries. Please wait a minute.")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self._secret):
            self._failures.pop(address, None)
            self._failures[address] = [*recent, now]
            while len(self._failures) > _ADDRESSES_KEPT:
                del self._failures[next(iter(self._failures))]
            raise Problem(403, "That is not the access secret.")
        self._failures.pop(address, None)
        return self._signed(str(int(now) + SIGNED_IN_SECONDS))

    def _signed(self, expiry: str) -> str:
        return f"{expiry}.{hmac.new(self._key, expiry.encode(), sha256).hexdigest()}"

    def seconds_left(self, request: web.Request) -> float | None:
        """Return for how long a signed-in request's cookie still holds; None for ever, when no secret is set."""
        if not self._secret:
            return None
        return float(request.cookies.get(COOKIE, "").partition(".")[0]) - self._clock()

    def holds(self, cookie: str) -> bool:
        """Return whether ``cookie`` is one of `sign_in` and has not expired."""
        expiry, _, _ = cookie.partition(".")
        if not (expiry.isascii() and expiry.isdigit() and len(expiry) <= 12):
            return False
        genuine = hmac.compare_digest(self._signed(expiry).encode(), cookie.encode("utf-8", "replace"))
        return genuine and self._clock() < int(expiry)


@lru_cache(maxsize=64)
def _is_loopback_host(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    return name is not None and is_loopback(name)


@lru_cache(maxsize=64)
def _same_host(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and parts.netloc.lower() == host.lower()
