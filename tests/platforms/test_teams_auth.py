"""Who is listened to: tokens signed with keys of the tests' own metadata server, through the whole server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import jwt
import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.app import Product
from bot.config import Settings
from bot.platforms import teams_auth
from bot.platforms.teams_auth import callable_address
from bot.storage import tables
from tests.builders import WordTagger, rows
from tests.platforms.teams_desk import GRACE, PRIYA, TOM, TeamsDesk
from tests.platforms.teams_service import Json, Service, activity, public, written

REASON = "{0} thank you for staying late with the customer whose card was blocked"


def praise(desk: TeamsDesk) -> Json:
    return written(desk.service, TOM, REASON, PRIYA)


async def praises(desk: TeamsDesk) -> int:
    return len(await desk.product.database.read(rows, tables.praises))


async def test_a_good_token_is_taken(teams_desk: TeamsDesk) -> None:
    answer = await teams_desk.post(praise(teams_desk))
    assert answer.status == 200
    assert await praises(teams_desk) == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": -600},
        {"exp": None},
        {"nbf": 3600},
        {"aud": "22222222-2222-3333-4444-555555555555"},
        {"aud": None},
        {"iss": "https://sts.windows.net/somebody/"},
        {"iss": None},
        {"serviceurl": "https://smba.trafficmanager.net/emea/"},
        {"serviceurl": None},
    ],
    ids=str,
)
async def test_a_token_that_is_not_for_this_is_refused(teams_desk: TeamsDesk, claims: dict[str, Any]) -> None:
    shifted = {name: int(time.time()) + value if isinstance(value, int) else value for name, value in claims.items()}
    answer = await teams_desk.post(praise(teams_desk), teams_desk.service.token(**shifted))
    assert answer.status == 401
    assert await praises(teams_desk) == 0


@pytest.mark.parametrize(
    "made",
    [
        lambda service: service.token("another", {"kid": "one"}),
        lambda service: service.token("another"),
        lambda service: service.token("one", {"kid": "none of these"}),
        lambda service: service.token()[:-8] + "AAAAAAAA",
        lambda service: jwt.encode({"aud": "x"}, "", "none"),
        lambda service: jwt.encode({"aud": "x"}, "a secret of at least 32 characters", "HS256", headers={"kid": "one"}),
        lambda service: "junk",
        lambda service: "a.b.c",
        lambda service: "é",
        lambda service: "",
    ],
)
async def test_a_token_that_is_badly_signed_is_refused(teams_desk: TeamsDesk, made: Callable[[Service], str]) -> None:
    answer = await teams_desk.post(praise(teams_desk), made(teams_desk.service))
    assert answer.status == 401
    assert await praises(teams_desk) == 0


@pytest.mark.parametrize("header", [None, "", "Basic abc", "Bearer", "Bearer "])
async def test_without_a_token_nothing_is_taken(teams_desk: TeamsDesk, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = await teams_desk.client.post("/api/messages", json=praise(teams_desk), headers=headers)
    assert answer.status == 401


@pytest.mark.parametrize("body", [b"{", b" " * 1_100_000])
async def test_who_calls_is_checked_before_anything_is_read(teams_desk: TeamsDesk, body: bytes) -> None:
    for headers in ({}, teams_desk.headers(teams_desk.service.token("another"))):
        assert (await teams_desk.client.post("/api/messages", data=body, headers=headers)).status == 401


async def test_a_key_that_is_not_endorsed_for_teams_is_refused(teams_desk: TeamsDesk) -> None:
    teams_desk.service.keys = [public("one", ("webchat",))]
    assert (await teams_desk.post(praise(teams_desk))).status == 401


async def test_an_activity_of_another_channel_is_refused(teams_desk: TeamsDesk) -> None:
    body = activity(teams_desk.service, TOM, text="help", channelId="webchat")
    assert (await teams_desk.post(body)).status == 400


async def test_keys_rotate_without_a_restart(teams_desk: TeamsDesk) -> None:
    assert (await teams_desk.post(praise(teams_desk))).status == 200
    teams_desk.service.keys = [public("two")]
    with patch.object(teams_auth, "_AGAIN", 0.0):
        answer = await teams_desk.post(praise(teams_desk), teams_desk.service.token("two"))
        assert answer.status == 200
        assert (await teams_desk.post(praise(teams_desk))).status == 401, "the old key is no longer published"


async def test_a_token_seen_before_ends_when_it_says(teams_desk: TeamsDesk) -> None:
    token = teams_desk.service.token()
    assert (await teams_desk.post(praise(teams_desk), token)).status == 200
    with patch.object(teams_auth, "_LEEWAY", -7200):
        assert (await teams_desk.post(praise(teams_desk), token)).status == 401


async def test_unknown_keys_do_not_make_it_ask_for_each(teams_desk: TeamsDesk) -> None:
    for number in range(5):
        await teams_desk.post(praise(teams_desk), teams_desk.service.token("one", {"kid": f"invented {number}"}))
    assert teams_desk.service.fetched == 1


async def test_keys_stay_while_they_cannot_be_fetched(teams_desk: TeamsDesk) -> None:
    assert (await teams_desk.post(praise(teams_desk))).status == 200
    teams_desk.service.keys = None  # type: ignore[assignment]
    with patch.object(teams_auth, "_STALE", 0.0), patch.object(teams_auth, "_AGAIN", 0.0):
        assert (await teams_desk.post(praise(teams_desk))).status == 200


async def test_keys_that_cannot_be_fetched_are_not_asked_for_by_every_request(teams_desk: TeamsDesk) -> None:
    published, teams_desk.service.keys = teams_desk.service.keys, None  # type: ignore[assignment]
    assert [(await teams_desk.post(praise(teams_desk))).status for _ in range(3)] == [503] * 3
    assert teams_desk.service.fetched == 1
    teams_desk.service.keys = published
    with patch.object(teams_auth, "_AGAIN", 0.0):
        assert (await teams_desk.post(praise(teams_desk))).status == 200


async def test_other_requests_are_answered_while_keys_are_fetched(teams_desk: TeamsDesk) -> None:
    teams_desk.service.slow = asyncio.Event()
    order: list[str] = []

    async def activity() -> None:
        answer = await teams_desk.client.post("/api/messages", json=praise(teams_desk), headers=teams_desk.headers())
        assert answer.status == 200
        order.append("activity")

    waiting = asyncio.create_task(activity())
    await teams_desk.service.asked.wait()
    for _ in range(3):
        assert (await teams_desk.client.get("/healthz")).status == 200
        order.append("other")
    teams_desk.service.slow.set()
    await waiting
    assert order == ["other"] * 3 + ["activity"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"type": "message"}',
        b'{"type": 1, "channelId": "msteams", "serviceUrl": "x"}',
    ],
)
async def test_what_is_no_activity_is_refused(teams_desk: TeamsDesk, body: bytes) -> None:
    answer = await teams_desk.client.post("/api/messages", data=body, headers=teams_desk.headers())
    assert answer.status == 400


@pytest.mark.parametrize(
    "more",
    [
        {"from": None},
        {"from": "somebody"},
        {"from": {}},
        {"conversation": None},
        {"conversation": {"id": 7}},
        {"channelData": None, "conversation": {"id": "a:1"}},
        {"entities": "none"},
        {"id": None},
        {"type": "invoke", "name": "adaptiveCard/action"},
        {"type": "invoke", "name": "adaptiveCard/action", "value": {"action": {"data": "x"}}},
        {"type": "invoke", "name": "adaptiveCard/action", "value": {"action": {"data": {"praisebot": {}}}}},
        {"type": "invoke", "name": "composeExtension/fetchTask", "value": {}},
        {"type": "invoke", "name": "composeExtension/submitAction", "value": {"data": []}},
        {"type": "invoke", "name": "something/else"},
    ],
    ids=str,
)
async def test_an_activity_of_another_shape_is_never_a_500(teams_desk: TeamsDesk, more: dict[str, Any]) -> None:
    body = activity(teams_desk.service, GRACE, text="help") | more
    answer = await teams_desk.post(body)
    assert answer.status in (200, 400, 501), await answer.text()


async def test_more_than_a_megabyte_is_not_read(teams_desk: TeamsDesk) -> None:
    answer = await teams_desk.client.post("/api/messages", data=b" " * 1_100_000, headers=teams_desk.headers())
    assert answer.status == 413


# --- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://smba.trafficmanager.net/emea/", True),
        ("https://smba.trafficmanager.net:443/emea/", True),
        ("https://europe.webchat.botframework.com/", True),
        ("http://smba.trafficmanager.net/emea/", False),
        ("https://smba.trafficmanager.net:8443/", False),
        ("https://evil.trafficmanager.net/", False),
        ("https://smba.trafficmanager.net.evil.example/", False),
        ("https://smba.trafficmanager.net@evil.example/", False),
        ("https://evilbotframework.com/", False),
        ("https://127.0.0.1/", False),
        ("https://[::1/", False),
        ("", False),
    ],
)
def test_only_microsofts_addresses_are_called(url: str, good: bool) -> None:
    assert callable_address(url) is good


def test_this_machine_is_called_in_development_only() -> None:
    assert callable_address("http://127.0.0.1:56150/_connector", development=True)
    assert not callable_address("http://127.0.0.1:56150/_connector")
    assert not callable_address("http://10.0.0.1/", development=True)


async def test_a_signed_address_that_is_not_microsofts_is_refused(teams_settings: Settings, service: Service) -> None:
    with patch("bot.app.Tagger.load", lambda _: WordTagger()):
        product = Product(replace(teams_settings, teams_development=False))
    try:
        async with TestClient(TestServer(product.web_application(work=False))) as client:
            headers = {"Authorization": f"Bearer {service.token()}"}
            answer = await client.post("/api/messages", json=activity(service, TOM, text="help"), headers=headers)
            assert answer.status == 401
    finally:
        product.close()
    assert service.calls == []


# --- without an app ---------------------------------------------------------------------------------------------------


async def answered(settings: Settings, service: Service, **headers: str) -> int:
    with patch("bot.app.Tagger.load", lambda _: WordTagger()):
        product = Product(settings)
    try:
        async with TestClient(TestServer(product.web_application(work=False))) as client:
            body = activity(service, TOM, text="help")
            return (await client.post("/api/messages", json=body, headers=headers)).status
    finally:
        product.close()


async def test_without_an_app_there_is_no_endpoint(teams_settings: Settings, service: Service) -> None:
    closed = replace(teams_settings, teams_app_id="", teams_app_password="", teams_tenant="", teams_development=False)
    assert await answered(closed, service) == 404


async def test_in_development_this_machine_is_answered_and_no_other(teams_settings: Settings, service: Service) -> None:
    unsigned = replace(teams_settings, teams_app_id="", teams_app_password="", teams_tenant="")
    assert await answered(unsigned, service) == 200
    assert await answered(unsigned, service, **{"X-Forwarded-For": "203.0.113.9"}) == 401
    assert await answered(unsigned, service, Host="praise.example") == 401
    assert await answered(unsigned, service, Origin="https://evil.example") == 401
