"""Who may speak to the local chat, and what is refused before a body is read."""

from __future__ import annotations

import pytest
from aiohttp import WSCloseCode, WSMsgType
from multidict import CIMultiDict

from bot.config import Settings
from bot.web.access import FAILURES_ALLOWED, SIGNED_IN_SECONDS, Gate
from bot.web.answers import BODY_LIMIT, Problem
from bot.web.platform import WebChat

from .conftest import LI, SECRET, WORKSPACE, FakeStore, Handler, Running, Start, sent

PROTECTED = [
    "/chat/api/state",
    f"/chat/api/history?as={LI}&conversation=general",
    f"/chat/api/missed?as={LI}&since=0",
    f"/chat/charts/1/0.png?as={LI}",
    f"/chat/ws?as={LI}",
]


async def sign_in(running: Running, secret: str = SECRET) -> int:
    answer = await running.client.post("/chat/login", data={"secret": secret}, allow_redirects=False)
    return answer.status


# --- with a secret ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PROTECTED)
async def test_nothing_is_read_without_signing_in(start: Start, path: str) -> None:
    running = await start(web_secret=SECRET)
    assert (await running.client.get(path)).status == 401


async def test_the_page_sends_a_stranger_to_sign_in(start: Start) -> None:
    running = await start(web_secret=SECRET)
    answer = await running.client.get("/", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/chat/login")


async def test_nothing_is_done_without_signing_in(start: Start) -> None:
    running = await start(web_secret=SECRET)
    answer = await running.client.post("/chat/api/incoming", json=sent())
    assert answer.status == 401
    assert running.handler.incomings == []


async def test_a_stranger_is_refused_before_the_body_is_read(start: Start) -> None:
    running = await start(web_secret=SECRET)
    answer = await running.client.post("/chat/api/incoming", data=b"x" * (BODY_LIMIT + 1))
    assert answer.status == 401  # and not 413, nor 415


async def test_the_secret_opens_the_chat(start: Start) -> None:
    running = await start(web_secret=SECRET)
    assert await sign_in(running) == 303
    assert (await running.client.get("/chat/api/state")).status == 200
    assert (await running.client.post("/chat/api/incoming", json=sent())).status == 200


async def test_the_cookie_is_kept_from_scripts_and_other_sites(start: Start) -> None:
    running = await start(web_secret=SECRET)
    form = {"secret": SECRET}
    answer = await running.client.post("/chat/login", data=form, allow_redirects=False)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert SECRET not in cookie
    behind_tls = {"X-Forwarded-Proto": "https"}
    answer = await running.client.post("/chat/login", data=form, allow_redirects=False, headers=behind_tls)
    assert "Secure" in answer.headers["Set-Cookie"]


async def test_signing_out_ends_the_session(start: Start) -> None:
    running = await start(web_secret=SECRET)
    await sign_in(running)
    await running.client.post("/chat/logout", allow_redirects=False)
    assert (await running.client.get("/chat/api/state")).status == 401


async def test_guessing_the_secret_is_slowed_down(start: Start) -> None:
    running = await start(web_secret=SECRET)
    tries = [await sign_in(running, "wrong") for _ in range(FAILURES_ALLOWED)]
    assert tries == [403] * FAILURES_ALLOWED
    assert await sign_in(running) == 429  # even the right one, or 429 would tell which it is


async def test_scripts_and_styles_need_no_sign_in(start: Start) -> None:
    running = await start(web_secret=SECRET)
    assert (await running.client.get("/chat/static/base.css")).status == 200


def test_a_cookie_holds_until_it_expires() -> None:
    clock = [1000.0]
    gate = Gate(SECRET, clock=lambda: clock[0])
    cookie = gate.sign_in(SECRET, "1.2.3.4")
    assert gate.holds(cookie)
    clock[0] += SIGNED_IN_SECONDS
    assert not gate.holds(cookie)


async def test_an_open_socket_ends_with_the_sign_in(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.access.SIGNED_IN_SECONDS", 2)
    running = await start(web_secret=SECRET)
    await sign_in(running)
    async with running.client.ws_connect(f"/chat/ws?as={LI}") as socket:
        message = await socket.receive(timeout=30)
    assert (message.type, message.data) == (WSMsgType.CLOSE, WSCloseCode.POLICY_VIOLATION)
    assert (await running.client.get("/chat/api/state")).status == 401


@pytest.mark.parametrize(
    "cookie",
    ["", ".", "9999999999", "9999999999.", "9999999999." + "0" * 64, "x.y", "٣.a", "1" * 40 + ".a", "\udcff.a"],
)
def test_a_made_up_cookie_does_not_hold(cookie: str) -> None:
    assert not Gate(SECRET).holds(cookie)


def test_a_cookie_of_another_secret_does_not_hold() -> None:
    assert not Gate(SECRET).holds(Gate("another-long-secret").sign_in("another-long-secret", "a"))


def test_a_cookie_s_expiry_cannot_be_moved() -> None:
    expiry, _, signature = Gate(SECRET).sign_in(SECRET, "a").partition(".")
    assert not Gate(SECRET).holds(f"{int(expiry) + 1}.{signature}")


def test_a_minute_after_wrong_secrets_the_right_one_opens() -> None:
    clock = [1000.0]
    gate = Gate(SECRET, clock=lambda: clock[0])
    for _ in range(FAILURES_ALLOWED):
        with pytest.raises(Problem):
            gate.sign_in("wrong", "1.2.3.4")
    with pytest.raises(Problem) as refused:
        gate.sign_in(SECRET, "1.2.3.4")
    assert refused.value.status == 429
    assert gate.sign_in(SECRET, "5.6.7.8")  # somebody else is not kept waiting
    clock[0] += 61
    assert gate.sign_in(SECRET, "1.2.3.4")


def test_without_a_secret_the_chat_refuses_to_be_reached_by_others() -> None:
    from aiohttp import web

    chat = WebChat(FakeStore(), workspace=WORKSPACE, menu=(), settings=Settings(host="0.0.0.0"))
    with pytest.raises(ValueError, match="access secret"):
        chat.bind(web.Application(), Handler())


# --- on loopback, without a secret -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/chat/static/main.js", *PROTECTED])
async def test_a_name_that_is_not_this_computer_s_is_refused(running: Running, path: str) -> None:
    answer = await running.client.get(path, headers={"Host": "attacker.example:3978"})
    assert answer.status == 403


@pytest.mark.parametrize(
    "host", ["attacker.example", "127.0.0.1.attacker.example", "", "localhost.attacker.example", "[::1"]
)
async def test_a_rebound_name_can_do_nothing(running: Running, host: str) -> None:
    answer = await running.client.post("/chat/api/incoming", json=sent(), headers={"Host": host})
    assert answer.status in (400, 403)
    assert running.handler.incomings == []


@pytest.mark.parametrize("host", ["localhost:3978", "LOCALHOST", "127.0.0.1:3978", "127.0.0.1", "[::1]:3978"])
async def test_this_computer_s_own_names_are_served(running: Running, host: str) -> None:
    assert (await running.client.get("/chat/api/state", headers={"Host": host})).status == 200


@pytest.mark.parametrize(
    "origin", ["https://attacker.example", "null", "http://localhost:9", "file://", "http://[", ""]
)
async def test_a_request_of_another_site_is_refused(running: Running, origin: str) -> None:
    answer = await running.client.post("/chat/api/incoming", json=sent(), headers={"Origin": origin})
    assert answer.status == 403
    assert running.handler.incomings == []


async def test_a_socket_of_another_site_is_refused(running: Running) -> None:
    headers = {"Origin": "https://attacker.example", "Upgrade": "websocket", "Connection": "Upgrade"}
    assert (await running.client.get(f"/chat/ws?as={LI}", headers=headers)).status == 403


async def test_the_page_s_own_origin_is_served(running: Running) -> None:
    origin = str(running.client.make_url("/")).rstrip("/")
    answer = await running.client.post("/chat/api/incoming", json=sent(), headers={"Origin": origin})
    assert answer.status == 200


async def test_another_site_is_refused_with_a_secret_as_well(start: Start) -> None:
    running = await start(web_secret=SECRET)
    await sign_in(running)
    answer = await running.client.post(
        "/chat/api/incoming", json=sent(), headers={"Origin": "https://attacker.example"}
    )
    assert answer.status == 403


@pytest.mark.parametrize("path", ["/", "/chat/static/main.js", "/chat/api/state", "/chat/api/history?as=nobody"])
async def test_every_answer_forbids_foreign_content(running: Running, path: str) -> None:
    headers: CIMultiDict[str] = CIMultiDict((await running.client.get(path)).headers)
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Referrer-Policy" in headers


@pytest.mark.parametrize("name", ["../platform.py", "..%2fplatform.py", "%2e%2e%2fstore.py", "nothing.js", "chat.html"])
async def test_only_the_page_s_own_files_are_served(running: Running, name: str) -> None:
    assert (await running.client.get(f"/chat/static/{name}")).status == 404


async def test_a_file_the_browser_has_is_not_sent_again(running: Running) -> None:
    first = await running.client.get("/chat/static/main.js")
    again = await running.client.get("/chat/static/main.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")
