"""Microsoft Teams as a platform: its parts, joined."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from bot.chat import Address, Card, Person, Receive
from bot.config import Settings
from bot.platforms.chart_addresses import ChartAddresses
from bot.platforms.teams_adapter import PATH, Adapter
from bot.platforms.teams_answers import Answers
from bot.platforms.teams_auth import Keys, Verifier
from bot.platforms.teams_charts import Pictures
from bot.platforms.teams_connector import Connector, Tokens
from bot.platforms.teams_listeners import Listeners
from bot.platforms.teams_people import People
from bot.platforms.teams_sending import Sending
from bot.platforms.teams_store import PLATFORM, Store


class Teams:
    """The adapter. It keeps what it must in ``store`` and knows nothing of praise."""

    name = PLATFORM
    pace = 0.5  # Teams allows 60 in 30 s to a conversation

    def __init__(self, store: Store, *, settings: Settings) -> None:
        self._settings = settings
        self._store = store
        self._charts = (
            ChartAddresses(settings.public_url, settings.teams_app_password, PLATFORM)
            if settings.public_url and settings.teams_app_password
            else None
        )
        tokens = Tokens(settings.teams_login_url, settings.teams_app_id, settings.teams_app_password)
        self._connector = Connector(tokens, app_id=settings.teams_app_id, development=settings.teams_development)
        pictures = Pictures(self._charts.address if self._charts is not None else None)
        self.people = People(self._connector, store)
        self._sending = Sending(self._connector, store, pictures)
        self.answers = Answers(self._sending, store, pictures)

    def bind(self, app: web.Application, receive: Receive) -> None:
        """Listen to Teams by a route of ``app``; see `bot.chat.Platform`."""
        settings = self._settings
        single = settings.teams_app_type == "SingleTenant"
        listeners = Listeners(
            receive,
            answers=self.answers,
            people=self.people,
            store=self._store,
            tenant=settings.teams_tenant if single else "",
            only=single,
        )
        verifier = None
        if settings.teams_app_id:
            verifier = Verifier(settings.teams_app_id, Keys(settings.teams_metadata_url))
        adapter = Adapter(listeners.handle, verifier, development=settings.teams_development)
        app.router.add_post(PATH, adapter.answer)
        if self._charts is not None:
            app.router.add_get(self._charts.path, self._charts.answer)
        app.cleanup_ctx.append(self._calling)

    async def send(
        self, to: Address, card: Card, *, key: str, replacing: str | None = None, again: bool = False
    ) -> str:
        """Post ``card`` or put it in the place of a message; see `bot.chat.Platform`."""
        return await self._sending.send(to, card, key=key, replacing=replacing, again=again)

    async def profile(self, workspace: str, user_id: str) -> Person:
        """Return the account; see `bot.chat.Platform`."""
        person = await self.people.person(workspace, user_id)
        if person is None or person.id != user_id:
            raise KeyError(user_id)
        return person

    async def _calling(self, _: web.Application) -> AsyncIterator[None]:
        """Keep connections open while the server runs; a process that only works opens one for each call."""
        async with self._connector.calling():
            yield
            await self.answers.settled()
