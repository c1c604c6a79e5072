"""Installing the app in a workspace, or for all of an Enterprise Grid: Bolt's OAuth flow with a state of our own."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from uuid import uuid4

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.oauth.async_callback_options import AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import place_of
from bot.platforms.slack_access import Installations, Vault
from bot.platforms.slack_manifest import INSTALL_PATH, REDIRECT_PATH

log = logging.getLogger(__name__)

_STATE_SECONDS = 600


class SealedStates(AsyncOAuthStateStore):
    """States that say themselves, encrypted, when they were made: nothing is kept.

    Bolt also compares a state with the browser's cookie, and a code works once.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        """Return a new state."""
        return self._vault.seal({"state": uuid4().hex})

    async def async_consume(self, state: str) -> bool:
        """Return whether a state was issued here within ten minutes."""
        try:
            return "state" in self._vault.open(state, younger_than=_STATE_SECONDS)
        except ValueError:
            return False


class Installing:
    """Answers ``/slack/install`` and ``/slack/oauth_redirect``."""

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        installations: Installations,
        vault: Vault,
        client_id: str,
        client_secret: str,
        scopes: Sequence[str],
        public_url: str,
        installed: Callable[[Installation], Awaitable[None]],
    ) -> None:
        self._installed = installed
        settings = AsyncOAuthSettings(
            client_id=client_id,
            client_secret=client_secret,
            scopes=scopes,
            user_scopes=[],
            redirect_uri=public_url + REDIRECT_PATH,
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            installation_store=installations,
            state_store=SealedStates(vault),
            state_expiration_seconds=_STATE_SECONDS,
        )
        self.flow = AsyncOAuthFlow(client=client, logger=log, settings=settings)
        self.flow.success_handler = self._succeeded

    async def begin(self, request: web.Request) -> web.Response:
        """Show the page with the button that leads to Slack."""
        return await self._answered(request, self.flow.handle_installation)

    async def end(self, request: web.Request) -> web.Response:
        """Take what Slack gave when a workspace agreed."""
        return await self._answered(request, self.flow.handle_callback)

    async def _succeeded(self, args: AsyncSuccessArgs) -> BoltResponse:
        """Show the page that ends an installation; whoever installed is told more in Slack."""
        try:
            await self._installed(args.installation)
        except Exception as error:  # it is installed all the same
            log.error("who installed the app was not told how to begin: %s", place_of(error))
        return await args.default.success(args)

    async def _answered(
        self, request: web.Request, handle: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
    ) -> web.Response:
        headers = {name: value for name, value in request.headers.items() if value.isascii()}
        asked = AsyncBoltRequest(body="", query=request.query_string, headers=headers)  # type: ignore[arg-type]
        try:
            return await to_aiohttp_response(await handle(asked))
        except Exception as error:
            log.error("an installation failed: %s", place_of(error))
            return web.Response(status=503, text="The app could not be installed. Please try again.")
