"""Slack as a platform: its parts, joined.

One workspace by the bot token of the settings, or any number that install the app; over HTTP, or by Socket Mode where
an app token is set.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

from aiohttp import ClientSession, ClientTimeout, web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import Address, Card, Person, Receive
from bot.config import Settings, operator_locale
from bot.errors import SlackTokenRefused, WorkspaceUnknown, place_of
from bot.i18n import describe
from bot.platforms import slack_oauth
from bot.platforms.chart_addresses import ChartAddresses
from bot.platforms.slack_access import Accesses, Installations, OneWorkspace, Vault
from bot.platforms.slack_answers import Answers
from bot.platforms.slack_http import Door
from bot.platforms.slack_incoming import workspace_of
from bot.platforms.slack_listeners import Listeners
from bot.platforms.slack_manifest import (
    EVENTS_PATH,
    HISTORY_SCOPES,
    INSTALL_PATH,
    REACTION_SCOPES,
    REDIRECT_PATH,
    SCOPES,
)
from bot.platforms.slack_people import People
from bot.platforms.slack_sending import Sending
from bot.platforms.slack_socket import SAID_WITHIN, connected
from bot.platforms.slack_store import PLATFORM, Store

log = logging.getLogger(__name__)

_TIMEOUT = 15  # seconds a call may take
_ASKED_WITHIN = 1.2  # seconds who somebody is may take: it is asked twice at most before three have passed

_quiet = logging.getLogger(f"{__name__}.framework")
_quiet.setLevel(logging.ERROR)  # Bolt and the SDK quote payloads in what they log below


class Slack:
    """The adapter. It keeps what it must in ``store`` and knows nothing of praise but what a reaction means."""

    name = PLATFORM
    pace = 1.0  # Slack allows about one message a second to a channel

    def __init__(self, store: Store, *, settings: Settings) -> None:
        self._settings = settings
        self._store = store
        # A post that was cut off may have arrived: trying again is the outbox's, which looks first.
        self._client = AsyncWebClient(
            base_url=settings.slack_api_url, timeout=_TIMEOUT, retry_handlers=[], logger=_quiet
        )
        self._vault = Vault(settings.secret_keys) if settings.secret_keys else None
        self._charts = (
            ChartAddresses(settings.public_url, settings.slack_signing_secret, PLATFORM)
            if settings.public_url and settings.slack_signing_secret
            else None
        )
        self.accesses = self._accesses()
        self.people = People(self._client, self.accesses)
        self.answers = Answers(self._client, self.accesses, store, self._charts)
        self._sending = Sending(self._client, self.accesses, store, self._charts)

    def _accesses(self) -> OneWorkspace | Installations:
        settings = self._settings
        if settings.slack_bot_token:
            return OneWorkspace(self._client, settings.slack_bot_token, self._store)
        assert self._vault is not None, "installed workspaces need PRAISEBOT_SECRET_KEY"
        rotator = AsyncTokenRotator(
            client_id=settings.slack_client_id, client_secret=settings.slack_client_secret, client=self._client
        )
        return Installations(self._store, self._vault, rotator)

    # --- the platform ------------------------------------------------------------------------------------------------

    def bind(self, app: web.Application, receive: Receive) -> None:
        """Listen to Slack, by routes of ``app`` or by Socket Mode while it runs; see `bot.chat.Platform`."""
        app.cleanup_ctx.append(self._calling)
        bolt = self._bolt(receive)
        settings = self._settings
        if settings.slack_app_token:

            async def socket(_: web.Application) -> AsyncIterator[None]:
                async with connected(bolt, settings.slack_app_token):
                    yield

            app.cleanup_ctx.append(socket)
        if settings.slack_signing_secret:
            app.router.add_post(EVENTS_PATH, Door(bolt, settings.slack_signing_secret).answer)
        if self._charts is not None:
            app.router.add_get(self._charts.path, self._charts.answer)
        if isinstance(self.accesses, Installations) and self._vault is not None:
            installing = slack_oauth.Installing(
                self._client,
                installations=self.accesses,
                vault=self._vault,
                client_id=settings.slack_client_id,
                client_secret=settings.slack_client_secret,
                scopes=(*SCOPES, *HISTORY_SCOPES, *(REACTION_SCOPES if settings.slack_reaction else ())),
                public_url=settings.public_url,
                installed=self._installed,
            )
            app.router.add_get(INSTALL_PATH, installing.begin)
            app.router.add_get(REDIRECT_PATH, installing.end)

    async def send(
        self, to: Address, card: Card, *, key: str, replacing: str | None = None, again: bool = False
    ) -> str:
        """Post ``card`` or put it in the place of a message; see `bot.chat.Platform`."""
        return await self._sending.send(to, card, key=key, replacing=replacing, again=again)

    async def profile(self, workspace: str, user_id: str) -> Person:
        """Return the account; see `bot.chat.Platform`."""
        async with asyncio.timeout(_ASKED_WITHIN):
            person = await self.people.person(workspace, user_id)
        if person is None:
            raise KeyError(user_id)
        return person

    # --- its parts ---------------------------------------------------------------------------------------------------

    def _bolt(self, receive: Receive) -> AsyncApp:
        bolt = AsyncApp(
            name="praisebot",
            client=self._client,
            authorize=_Authorize(self.accesses),  # type: ignore[arg-type]  # Bolt takes both and names one
            process_before_response=True,  # acknowledged when the handler is done: after the commit
            request_verification_enabled=False,  # done at the door
            ssl_check_enabled=False,
            user_facing_authorize_error_message=describe(WorkspaceUnknown(), self._settings.locale),
            logger=_quiet,
        )
        Listeners(
            receive,
            accesses=self.accesses,
            answers=self.answers,
            people=self.people,
            store=self._store,
            reaction=self._settings.slack_reaction,
        ).register(bolt)
        return bolt

    async def _calling(self, _: web.Application) -> AsyncIterator[None]:
        """Keep connections to Slack open while the server runs; a process that only works opens one for each call."""
        async with ClientSession(timeout=ClientTimeout(total=_TIMEOUT)) as session:
            self._client.session = session
            meeting = asyncio.create_task(self._meet())
            await asyncio.wait({meeting}, timeout=SAID_WITHIN)  # what is wrong is said before the server is ready
            yield
            meeting.cancel()
            await self.answers.settled()
            self._client.session = None

    async def _installed(self, installation: Installation) -> None:
        """Welcome who installed the app."""
        workspace = workspace_of(installation.enterprise_id, installation.team_id, installation.is_enterprise_install)
        person = await self.people.person(workspace, installation.user_id)
        if person is not None:
            await self._store.welcome(workspace, person)

    async def _meet(self) -> None:
        """Ask at the start whose token is set: a wrong one is said at once."""
        if isinstance(self.accesses, OneWorkspace):
            try:
                access = await self.accesses.own()
            except SlackTokenRefused as refused:
                log.error(describe(refused, operator_locale()))
            except Exception as error:
                log.error("Slack does not answer whose SLACK_BOT_TOKEN is: %s", place_of(error))
            else:
                log.info("connected to the workspace %s of Slack", access.workspace)


class _Authorize(AsyncAuthorize):
    """Tells Bolt with which token it acts, without asking Slack for each request."""

    def __init__(self, accesses: Accesses) -> None:
        self._accesses = accesses

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult | None:
        access = await self._accesses.of(workspace_of(enterprise_id, team_id, context.is_enterprise_install))
        if access is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_token=access.token,
            bot_user_id=access.bot_user,
            bot_id=access.bot,
        )
