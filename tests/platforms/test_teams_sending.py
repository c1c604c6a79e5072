"""What the bot sends: replaced, put off, given up, with a chart; and what it asks about people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from aiohttp import web

from bot.chat import Address, Card, Chart, Text, Throttled, Undeliverable
from bot.platforms import teams_connector
from bot.platforms.teams import Teams
from bot.platforms.teams_people import person_of
from bot.platforms.teams_store import Route
from bot.storage import outbox, tables
from bot.storage.database import Tx
from bot.storage.outbox import Outgoing
from tests.builders import rows
from tests.platforms.teams_desk import PRIYA, TOM, WEDNESDAY, TeamsDesk
from tests.platforms.teams_service import CHANNEL, TENANT, account, everywhere, refusal, words, written

TEAM_CHANNEL = Address("teams", TENANT, CHANNEL, "channel")
DIRECT = Address("teams", TENANT, account(PRIYA), "direct")
CARD = Card("Hello", (Text("A <at>all</at>"),), title="Hello")
BOARD = Card("Board", (Text("This week"), Chart("Points", ("李雪", "Tom"), (12, 3), "points")))


@pytest.fixture(autouse=True)
def no_pause() -> Any:
    with patch.object(teams_connector, "_PAUSE", (0.0, 0.0)):
        yield


@pytest.fixture
async def desk(teams_desk: TeamsDesk) -> TeamsDesk:
    """A tenant where the app is installed: somebody wrote in the channel."""
    await teams_desk.send(written(teams_desk.service, TOM, "help", channel=CHANNEL))
    teams_desk.service.calls.clear()
    teams_desk.service.messages.clear()
    return teams_desk


async def test_a_message_is_posted_with_the_apps_token_and_can_be_replaced(desk: TeamsDesk) -> None:
    name = await desk.teams.send(TEAM_CHANNEL, CARD, key="k")
    assert await desk.teams.send(TEAM_CHANNEL, replace(CARD, title="Later"), key="k2", replacing=name) == name
    ((_, card),) = desk.cards(CHANNEL)
    assert words(card).startswith("Later")
    assert {call.authorization for call in desk.service.calls} == {f"Bearer token {desk.service.tokens}"}
    assert desk.service.tokens == 1


async def test_a_person_is_alerted_and_a_channel_is_not(desk: TeamsDesk) -> None:
    await desk.teams.send(DIRECT, CARD, key="k")
    await desk.teams.send(TEAM_CHANNEL, CARD, key="k2")
    (direct,) = desk.service.posted(f"a:{account(PRIYA)}")
    (channel,) = desk.service.posted(CHANNEL)
    assert direct["channelData"]["notification"] == {"alert": True}
    assert "channelData" not in channel


async def test_what_is_no_longer_there_is_not_posted_anew(desk: TeamsDesk) -> None:
    gone = f"{CHANNEL}/404"
    assert await desk.teams.send(TEAM_CHANNEL, CARD, key="k", replacing=gone) == gone
    assert desk.service.messages == {}


@pytest.mark.parametrize("status", [412, 502, 504])
async def test_what_teams_wants_sent_again_is(desk: TeamsDesk, status: int) -> None:
    desk.service.refusals += [refusal(status, "Later"), refusal(status, "Later")]
    await desk.teams.send(TEAM_CHANNEL, CARD, key="k")
    assert len(desk.service.posted(CHANNEL)) == 1


@pytest.mark.parametrize("status", [412, 500, 502, 503, 504])
async def test_what_fails_for_longer_waits_in_the_outbox_and_arrives(desk: TeamsDesk, status: int) -> None:
    desk.service.refusals += [refusal(status, "Later") for _ in range(3)]

    def add(tx: Tx) -> None:
        outbox.add(tx, 1, [Outgoing("k", TEAM_CHANNEL, CARD)], WEDNESDAY)

    await desk.product.database.write(add)
    await desk.settled()
    (row,) = (one for one in await desk.product.database.read(rows, tables.outbox) if one["key"] == "k")
    assert row["state"] == "waiting"
    desk.service.refusals.clear()
    await desk.teams.send(TEAM_CHANNEL, CARD, key="k", again=True)
    assert len(desk.service.posted(CHANNEL)) == 1


@pytest.mark.parametrize(("header", "seconds"), [({"Retry_After": "7"}, 7.0), ({}, 30.0), ({"Retry_After": "x"}, 30.0)])
async def test_a_request_to_wait_is_passed_on(desk: TeamsDesk, header: dict[str, str], seconds: float) -> None:
    desk.service.refusals.append(refusal(429, "Throttled", **header))
    with pytest.raises(Throttled) as asked:
        await desk.teams.send(TEAM_CHANNEL, CARD, key="k")
    assert asked.value.seconds == seconds


@pytest.mark.parametrize(
    ("status", "code", "why"),
    [
        (403, "BotNotInConversationRoster", "not_member"),
        (403, "MessageWritesBlocked", "revoked"),
        (403, "ConversationBlockedByUser", "revoked"),
        (403, "BotDisabledByAdmin", "revoked"),
        (403, "ForbiddenOperationException", "forbidden"),
        (403, "", "forbidden"),
        (404, "ConversationNotFound", "gone"),
        (404, "", "gone"),
    ],
)
async def test_what_can_never_arrive_is_given_up_with_the_reason(
    desk: TeamsDesk, status: int, code: str, why: str
) -> None:
    desk.service.refusals.append(refusal(status, code))
    with pytest.raises(Undeliverable) as given_up:
        await desk.teams.send(TEAM_CHANNEL, CARD, key="k")
    assert given_up.value.why == why


async def test_a_token_that_is_refused_is_fetched_anew(desk: TeamsDesk) -> None:
    await desk.teams.send(TEAM_CHANNEL, CARD, key="k")
    desk.service.refusals.append(refusal(401, "Unauthorized"))
    await desk.teams.send(TEAM_CHANNEL, CARD, key="k2")
    assert desk.service.tokens == 2
    assert desk.service.calls[-1].authorization == "Bearer token 2"


async def test_a_redirection_is_not_followed(desk: TeamsDesk) -> None:
    desk.service.refusals.append(web.Response(status=302, headers={"Location": "https://evil.example/"}))
    with pytest.raises(teams_connector.NotAccepted):
        await desk.teams.send(TEAM_CHANNEL, CARD, key="k")


async def test_a_stored_address_that_is_not_microsofts_is_not_called(desk: TeamsDesk) -> None:
    store = desk.teams._store
    await store.keep(Route(TEAM_CHANNEL, "https://evil.example/", CHANNEL))
    with pytest.raises(Undeliverable):
        await desk.teams.send(TEAM_CHANNEL, CARD, key="k")
    assert desk.service.calls == []


async def test_without_the_app_installed_anywhere_nothing_can_arrive(teams_desk: TeamsDesk) -> None:
    with pytest.raises(Undeliverable) as given_up:
        await teams_desk.teams.send(DIRECT, CARD, key="k")
    assert given_up.value.why == "revoked"


async def test_a_chat_with_a_person_is_begun_once(desk: TeamsDesk) -> None:
    await desk.teams.send(DIRECT, CARD, key="k")
    await desk.teams.send(DIRECT, CARD, key="k2")
    assert [call.path for call in desk.service.calls].count("conversations") == 1


async def test_a_chart_stands_inside_the_card(desk: TeamsDesk) -> None:
    await desk.teams.send(TEAM_CHANNEL, BOARD, key="k")
    (picture,) = everywhere(desk.cards(CHANNEL)[0][1], "Image")
    assert picture["url"].startswith("data:image/png;base64,")
    assert "李雪 12 points" in picture["altText"]


async def test_a_chart_is_fetched_where_the_server_can_be_reached(desk: TeamsDesk) -> None:
    here = str(desk.client.make_url("")).rstrip("/")
    teams = Teams(desk.teams._store, settings=replace(desk.product.settings, public_url=here))
    await teams.send(TEAM_CHANNEL, BOARD, key="k")
    (picture,) = everywhere(desk.cards(CHANNEL)[0][1], "Image")
    assert picture["url"].startswith(f"{here}/teams/charts/")


# --- people -----------------------------------------------------------------------------------------------------------

ENTRY = {"id": "29:1", "aadObjectId": "oid", "name": "Li Xue", "email": "li@x.example", "tenantId": "t"}


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, ("oid", "Li Xue", "li@x.example", False)),
        ({"aadObjectId": None, "objectId": "other"}, ("other", "Li Xue", "li@x.example", False)),
        ({"aadObjectId": None}, ("29:1", "Li Xue", "li@x.example", False)),
        ({"name": "", "givenName": "Li", "surname": "Xue"}, ("oid", "Li Xue", "li@x.example", False)),
        ({"email": None, "userPrincipalName": "li@y.example"}, ("oid", "Li Xue", "li@y.example", False)),
        ({"email": None, "userPrincipalName": "li_y#EXT#@x.example"}, ("oid", "Li Xue", None, False)),
        ({"id": "28:bot"}, ("oid", "Li Xue", "li@x.example", True)),
    ],
)
def test_an_entry_of_a_roster_is_a_person(more: dict[str, Any], found: tuple[Any, ...]) -> None:
    person = person_of(ENTRY | more, "t")
    assert person is not None
    assert (person.id, person.name, person.email, person.bot) == found


@pytest.mark.parametrize("more", [{"tenantId": "another"}, {"userRole": "anonymous"}, {"id": "", "aadObjectId": ""}])
def test_people_of_other_tenants_and_who_did_not_sign_in_are_nobody(more: dict[str, Any]) -> None:
    assert person_of(ENTRY | more, "t") is None
