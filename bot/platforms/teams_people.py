"""Who an account of Teams is, and which account the service's own ids stand for.

The service calls a person ``29:…``, another id for every bot; the directory has an object id that stays. Shapes:
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/get-teams-context.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aiohttp import ClientError

from bot.chat import Address, Person
from bot.errors import place_of
from bot.platforms.teams_connector import Connector, NotAccepted
from bot.platforms.teams_incoming import Place, without_thread
from bot.platforms.teams_store import PLATFORM, Route, Store

log = logging.getLogger(__name__)

_FRESH = 300.0  # seconds
_KEPT = 20_000
_MENTIONED = 20
_NOBODY = frozenset({400, 403, 404})
_ACCOUNT = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class People:
    """Asks the rosters of conversations and remembers the answers for a while."""

    def __init__(self, connector: Connector, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._connector = connector
        self._store = store
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], tuple[float, Person]] = OrderedDict()
        self._ids: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._places: OrderedDict[tuple[str, str], Place] = OrderedDict()

    def seen(self, place: Place) -> None:
        """Remember where somebody was last, and the language of their client: rosters do not say it."""
        key = place.workspace, place.account
        self._places[key] = place
        self._places.move_to_end(key)
        if len(self._places) > _KEPT:
            self._places.popitem(last=False)

    async def accounts(self, place: Place, ids: Iterable[str]) -> Mapping[str, str]:
        """Return the accounts of people named in a conversation, by the ids the service has for them."""
        others = (
            known_as for known_as in dict.fromkeys(ids) if known_as != place.bot and not _ACCOUNT.fullmatch(known_as)
        )
        wanted = tuple(others)[:_MENTIONED]
        found = await asyncio.gather(*(self._account(place, known_as) for known_as in wanted))
        return {known_as: account for known_as, account in zip(wanted, found, strict=True) if account}

    async def _account(self, place: Place, known_as: str) -> str | None:
        if known_as == place.known_as:
            return place.account
        key = place.workspace, known_as
        account = self._ids.get(key) or await self._store.account(*key)
        if account is not None:
            self._ids[key] = account
            if len(self._ids) > _KEPT:
                self._ids.popitem(last=False)
            return account
        if known_as.startswith("28:"):  # another bot; it is refused later by what its profile says
            return known_as
        here = without_thread(place.conversation)
        person = await self._asked(place.workspace, place.service_url, here, known_as)
        if person is None and place.direct:  # there is nobody else in a chat with the bot
            person = await self._anywhere(place.workspace, known_as)
        return person.id if person is not None else None

    async def person(self, workspace: str, account: str) -> Person | None:
        """Return who an account is; None for nobody of this tenant, or of no conversation that the bot is in."""
        known = self._known.get((workspace, account))
        if known is not None and self._clock() - known[0] < _FRESH:
            return known[1]
        if account.startswith("28:"):
            return Person(account, account, bot=True)
        place = self._places.get((workspace, account))
        if place is not None:
            here = without_thread(place.conversation)
            person = await self._asked(workspace, place.service_url, here, place.known_as)
            if person is not None:
                return person
        own = await self._store.route(Address(PLATFORM, workspace, account, "direct"))
        known_as = own.known_as if own is not None else ""
        if own is not None and own.conversation:
            person = await self._asked(workspace, own.service_url, own.conversation, known_as or account)
            if person is not None:
                return person
        return await self._anywhere(workspace, known_as or account)

    async def _anywhere(self, workspace: str, member: str) -> Person | None:
        """Ask the conversations used last, where several people are, for somebody of whom nothing else is known."""
        rosters = [route for route in await self._store.routes(workspace) if route.to.kind == "channel"]
        asking = (self._asked(workspace, one.service_url, one.conversation, member) for one in rosters)
        found = await asyncio.gather(*asking, return_exceptions=True)
        person = next((one for one in found if isinstance(one, Person)), None)
        failed = next((one for one in found if isinstance(one, BaseException)), None)
        if person is None and failed is not None:
            raise failed
        return person

    async def _asked(self, workspace: str, service_url: str, conversation: str, member: str) -> Person | None:
        try:
            found = await self._connector.member(service_url, conversation, member)
        except NotAccepted as refused:
            if refused.status in _NOBODY:
                return None
            raise
        except (ClientError, TimeoutError, OSError) as error:
            log.warning("a roster could not be read: %s", place_of(error))
            raise
        place = self._places.get((workspace, account_of(found)))
        person = person_of(found, workspace, place.locale.replace("-", "_") if place is not None else "")
        if person is not None:
            await self._remember_id(workspace, person.id, service_url, str(found.get("id") or ""))
            self._known[workspace, person.id] = (self._clock(), person)
            self._known.move_to_end((workspace, person.id))
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return person

    async def _remember_id(self, workspace: str, account: str, service_url: str, known_as: str) -> None:
        """Keep what the service calls an account: a chat with them is begun by that, and mentions come with it."""
        to = Address(PLATFORM, workspace, account, "direct")
        route = await self._store.route(to)
        if known_as and (route is None or route.known_as != known_as):
            await self._store.keep(Route(to, service_url, route.conversation if route else "", known_as))


def account_of(member: Mapping[str, Any]) -> str:
    """Return the account of an entry of a roster: its object id in the directory, else the service's id."""
    return str(member.get("aadObjectId") or member.get("objectId") or member.get("id") or "")


def person_of(member: Mapping[str, Any], workspace: str, locale: str = "") -> Person | None:
    """Return an entry of a roster as a person; None for who belongs to another tenant or did not sign in.

    Guests are people of the tenant that invited them; their address counts as the directory has it.
    """
    account = account_of(member)
    tenant = member.get("tenantId")
    if not account or member.get("userRole") == "anonymous" or (tenant and tenant != workspace):
        return None
    name = member.get("name") or " ".join(filter(None, (member.get("givenName"), member.get("surname")))) or account
    address = member.get("email") or member.get("userPrincipalName")
    email = str(address) if address and "@" in str(address) and "#EXT#" not in str(address) else None
    bot = str(member.get("id") or "").startswith("28:") or member.get("userRole") == "bot"
    return Person(id=account, name=str(name), locale=locale, email=email, bot=bot)
