"""With which token a workspace is spoken to: the one of the settings, or those that installations gave."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from slack_sdk.errors import SlackApiError, SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackTokenRefused
from bot.platforms.slack_incoming import workspace_of
from bot.platforms.slack_store import Store

log = logging.getLogger(__name__)

_FRESH = 60.0  # seconds an installation is believed: another process may have rotated or forgotten it
_ROTATE_BEFORE = 120  # minutes; Slack's tokens live for twelve hours
_WRONG = frozenset({"invalid_auth", "not_authed", "not_allowed_token_type"})


@dataclass(frozen=True, slots=True)
class Access:
    """How one workspace is spoken to. ``teams`` are the ids of people who belong to it, ``bot_user`` the bot's own."""

    workspace: str
    token: str
    bot_user: str
    bot: str
    teams: frozenset[str]
    scopes: frozenset[str]


class Accesses(Protocol):
    """Knows how workspaces are spoken to."""

    async def of(self, workspace: str) -> Access | None:
        """Return how a workspace is spoken to, None when the app is not (or no longer) installed there."""

    async def revoked(self, workspace: str) -> None:
        """Forget a workspace that took the app away."""


class OneWorkspace:
    """The workspace of the bot token in the settings."""

    def __init__(self, client: AsyncWebClient, token: str, store: Store) -> None:
        self._client = client
        self._token = token
        self._store = store
        self._access: Access | None = None
        self._asking = asyncio.Lock()

    async def own(self) -> Access:
        """Return the token's own workspace, which becomes part of the product when it is first asked for.

        Raises `bot.errors.SlackTokenRefused` where the token is none: what has to be sent then waits for the right one.
        """
        async with self._asking:
            if self._access is None:
                try:
                    self._access = await self._ask()
                except SlackApiError as error:
                    raise refusal("SLACK_BOT_TOKEN", error) or error from error
        return self._access

    async def of(self, workspace: str) -> Access | None:
        """Return how the workspace is spoken to; see `Accesses`."""
        access = self._access or await self.own()
        return access if access.workspace == workspace else None

    async def revoked(self, workspace: str) -> None:
        """Say it: the token stands in the settings and cannot be taken from there."""
        log.error("workspace %s took the app away: SLACK_BOT_TOKEN is no longer valid", workspace)
        self._access = None

    async def _ask(self) -> Access:
        answer = await self._client.auth_test(token=self._token)
        everywhere = bool(answer.get("is_enterprise_install"))
        team, enterprise = answer.get("team_id"), answer.get("enterprise_id")
        workspace = workspace_of(enterprise, team, everywhere)
        await self._store.connect(workspace, answer.get("team") or "", only=True)
        return Access(
            workspace,
            self._token,
            bot_user=answer.get("user_id") or "",
            bot=answer.get("bot_id") or "",
            teams=frozenset(filter(None, (team, enterprise))),
            scopes=frozenset(filter(None, answer.headers.get("x-oauth-scopes", "").replace(" ", "").split(","))),
        )


class Vault:
    """Encrypts what is kept. A new key goes before the old ones: what they wrote is still read."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(_derived(key)) for key in keys])

    def seal(self, data: dict[str, Any]) -> str:
        """Return ``data`` encrypted."""
        return self._fernet.encrypt(json.dumps(data, default=str).encode()).decode()

    def open(self, sealed: str, *, younger_than: int | None = None) -> dict[str, Any]:
        """Return what was sealed, lately if ``younger_than`` (seconds) says so; raise `ValueError` for all else."""
        try:
            data: dict[str, Any] = json.loads(self._fernet.decrypt(sealed.encode(), ttl=younger_than))
        except (InvalidToken, UnicodeEncodeError) as error:
            raise ValueError("not sealed with any of the keys") from error
        return data


def _derived(key: str) -> bytes:
    raw = HKDF(SHA256(), length=32, salt=None, info=b"praisebot credentials").derive(key.encode())
    return base64.urlsafe_b64encode(raw)


class Installations(AsyncInstallationStore):
    """The workspaces that installed the app: Bolt's store of installations, and the tokens from it."""

    def __init__(
        self, store: Store, vault: Vault, rotator: AsyncTokenRotator, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._vault = vault
        self._rotator = rotator
        self._clock = clock
        self._known: dict[str, tuple[float, Access | None]] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def of(self, workspace: str) -> Access | None:
        """Return how a workspace is spoken to, its token rotated when it is about to expire; see `Accesses`."""
        found = self._recent(workspace)
        if found is not None:
            return found[1]
        async with self._asking.setdefault(workspace, asyncio.Lock()):  # a refresh token can be used once
            found = self._recent(workspace) or (self._clock(), await self._look_up(workspace))
            self._known[workspace] = found
        return found[1]

    def _recent(self, workspace: str) -> tuple[float, Access | None] | None:
        found = self._known.get(workspace)
        return found if found is not None and self._clock() - found[0] < _FRESH else None

    async def revoked(self, workspace: str) -> None:
        """Forget a workspace that took the app away; see `Accesses`."""
        await self._store.forget(workspace)
        self._known.pop(workspace, None)

    async def _look_up(self, workspace: str) -> Access | None:
        installation = await self._read(workspace)
        if installation is None:
            return None
        try:
            rotated = await self._rotator.perform_token_rotation(
                installation=installation, minutes_before_expiration=_ROTATE_BEFORE
            )
        except SlackTokenRotationError as error:
            # Another process may have used the refresh token; then what it got is kept by now.
            again = await self._read(workspace)
            if again is None or again.bot_token == installation.bot_token:
                log.error("the token of workspace %s cannot be rotated: %s", workspace, _code(error))
                return _access(workspace, installation) if _still_valid(installation) else None
            installation = again
        else:
            if rotated is not None:
                await self.async_save(rotated)
                installation = rotated
        return _access(workspace, installation)

    async def _read(self, workspace: str) -> Installation | None:
        sealed = await self._store.sealed(workspace)
        if sealed is None:
            return None
        try:
            return Installation(**self._vault.open(sealed))
        except (ValueError, TypeError):
            log.error("the token of workspace %s cannot be read: is PRAISEBOT_SECRET_KEY another one?", workspace)
            return None

    # --- as Bolt calls it --------------------------------------------------------------------------------------------

    @property
    def logger(self) -> logging.Logger:
        """The log."""
        return log

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation, encrypted, and make its workspace known."""
        workspace = workspace_of(installation.enterprise_id, installation.team_id, installation.is_enterprise_install)
        everywhere = installation.is_enterprise_install
        name = (installation.enterprise_name if everywhere else installation.team_name) or workspace
        await self._store.keep(workspace, name, self._vault.seal(installation.to_dict_for_copying()))
        self._known.pop(workspace, None)

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """Return the installation of a workspace; there is one for all of its users."""
        return await self._read(workspace_of(enterprise_id, team_id, is_enterprise_install))

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """Return the bot of a workspace."""
        found = await self._read(workspace_of(enterprise_id, team_id, is_enterprise_install))
        return found.to_bot() if found else None

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Forget a workspace."""
        await self.revoked(workspace_of(enterprise_id, team_id, team_id is None))

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget a workspace."""
        await self.revoked(workspace_of(enterprise_id, team_id, team_id is None))


def refusal(setting: str, error: SlackApiError) -> SlackTokenRefused | None:
    """Return what to say when Slack takes what stands in a setting for no token; None for any other failure."""
    code = _code(error)
    return SlackTokenRefused(name=setting, code=code) if code in _WRONG else None


def _code(error: Exception) -> str:
    cause = error.args[0] if error.args and isinstance(error.args[0], SlackApiError) else error
    response = getattr(cause, "response", None)
    return str(response.get("error")) if response is not None else type(cause).__name__


def _still_valid(installation: Installation) -> bool:
    expires = installation.bot_token_expires_at
    return expires is None or expires > time.time()


def _access(workspace: str, installation: Installation) -> Access:
    return Access(
        workspace,
        installation.bot_token or "",
        bot_user=installation.bot_user_id or "",
        bot=installation.bot_id or "",
        teams=frozenset(filter(None, (installation.team_id, installation.enterprise_id))),
        scopes=frozenset(installation.bot_scopes or ()),
    )
