"""Who an account of Slack is. Shapes: https://docs.slack.dev/reference/objects/user-object."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import Person
from bot.platforms.slack_access import Access, Accesses

_FRESH = 300.0  # seconds; events say sooner what changes
_KEPT = 20_000
_NAMES_AT_ONCE = 20
_NAMES_WITHIN = 1.0  # seconds: a name that comes later is not worth a late answer
_SLACKBOT = "USLACKBOT"
_NOBODY = frozenset({"user_not_found", "user_not_visible", "users_not_found"})


class People:
    """Asks ``users.info`` and remembers the answer for a while."""

    def __init__(self, client: AsyncWebClient, accesses: Accesses, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._accesses = accesses
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], tuple[float, Person | None]] = OrderedDict()

    async def person(self, workspace: str, account: str) -> Person | None:
        """Return who an account is; None for nobody of this workspace."""
        known = self._known.get((workspace, account))
        if known is not None and self._clock() - known[0] < _FRESH:
            return known[1]
        access = await self._accesses.of(workspace)
        if access is None:
            return None
        try:
            answer = await self._client.users_info(user=account, include_locale=True, token=access.token)
            person = person_of(answer["user"], access)
        except SlackApiError as error:
            if error.response.get("error") not in _NOBODY:
                raise
            person = None
        self._remember(workspace, account, person)
        return person

    async def names(self, workspace: str, accounts: Collection[str]) -> Mapping[str, str]:
        """Return the names of accounts, of those that can be had at once."""
        wanted = tuple(accounts)[:_NAMES_AT_ONCE]
        found: dict[str, str] = {}

        async def name(account: str) -> None:
            with contextlib.suppress(SlackApiError, OSError, TimeoutError):
                person = await self.person(workspace, account)
                if person is not None:
                    found[account] = person.name

        if wanted:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_NAMES_WITHIN):
                    await asyncio.gather(*map(name, wanted))
        return found

    async def changed(self, workspace: str, user: Mapping[str, Any]) -> Person | None:
        """Return who the ``user`` of an event is now; the next question is answered with it."""
        access = await self._accesses.of(workspace)
        person = person_of(user, access) if access is not None else None
        self._remember(workspace, str(user.get("id")), person)
        return person

    def _remember(self, workspace: str, account: str, person: Person | None) -> None:
        self._known[workspace, account] = (self._clock(), person)
        self._known.move_to_end((workspace, account))
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)


def person_of(user: Mapping[str, Any], access: Access) -> Person | None:
    """Return a user object as a person; None for who belongs to another organisation and is met in a shared channel.

    Guests are people of the workspace that invited them. An address counts once Slack has had it confirmed.
    """
    if user.get("is_stranger") or not _belongs(user, access):
        return None
    profile = user.get("profile") or {}
    name = profile.get("display_name") or profile.get("real_name") or user.get("real_name") or user.get("name")
    return Person(
        id=str(user["id"]),
        name=str(name or user["id"]),
        locale=str(user.get("locale") or "").replace("-", "_"),
        timezone=user.get("tz"),
        email=profile.get("email") if user.get("is_email_confirmed") is not False else None,
        bot=bool(user.get("is_bot")) or user["id"] == _SLACKBOT,
        active=not user.get("deleted", False),
    )


def _belongs(user: Mapping[str, Any], access: Access) -> bool:
    grid = user.get("enterprise_user") or {}
    of = {user.get("team_id"), grid.get("enterprise_id"), *(grid.get("teams") or ())} - {None}
    return not of or not access.teams.isdisjoint(of)
