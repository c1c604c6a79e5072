"""Messages as they come: to whom, from whichever process, and what happens to a page that does not read."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from aiohttp import ClientWebSocketResponse, WSServerHandshakeError

from bot.chat import Address, Card, Text, Undeliverable
from bot.web import live
from bot.web.conversations import direct_id
from bot.web.live import LOOK_BACK_SECONDS, QUEUE_LIMIT, Listener, Live, Tail
from bot.web.store import BOT, Message

from .conftest import ANN, LI, WEI, WORKSPACE, FakeStore, Running, minutes_ago, sent, web_chat

GENERAL = Address("web", WORKSPACE, "general", "channel")
CARD = Card("Thanks", (Text("Thanks."),))


async def listen(running: Running, account: str) -> ClientWebSocketResponse:
    return await running.client.ws_connect(f"/chat/ws?as={account}")


async def say(running: Running, text: str, **changes: object) -> None:
    answer = await running.client.post("/chat/api/incoming", json=sent(event_id=f"e-{text}", text=text, **changes))
    assert answer.status == 200


async def heard(socket: ClientWebSocketResponse, count: int = 1) -> list[str]:
    """Return the next ``count`` texts, or summaries of cards."""
    found = []
    for _ in range(count):
        data = await socket.receive_json(timeout=10)
        found.append(data.get("text") or data["card"]["summary"])
    return found


# --- who hears what --------------------------------------------------------------------------------------------------


async def test_everyone_hears_a_channel_at_once(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "POLL_SECONDS", 3600.0)  # so it is the post itself that wakes it
    sockets = [await listen(running, account) for account in (LI, WEI, ANN)]
    await say(running, "早上好")
    assert [await heard(socket) for socket in sockets] == [["早上好"]] * 3


async def test_only_its_members_hear_a_direct_conversation(running: Running) -> None:
    li, wei, ann = [await listen(running, account) for account in (LI, WEI, ANN)]
    await say(running, "secret", conversation=direct_id(LI, WEI))
    await say(running, "open")
    assert await heard(li, 2) == ["secret", "open"]
    assert await heard(wei, 2) == ["secret", "open"]
    assert await heard(ann) == ["open"]


async def test_the_bot_speaks_to_a_person_alone(running: Running) -> None:
    li, wei = await listen(running, LI), await listen(running, WEI)
    await running.chat.send(Address("web", WORKSPACE, LI, "direct"), CARD, key="k")
    await running.chat.send(GENERAL, replace(CARD, summary="Board"), key="l")
    assert await heard(li, 2) == ["Thanks", "Board"]
    assert await heard(wei) == ["Board"]


async def test_messages_of_another_process_are_heard(running: Running) -> None:
    socket = await listen(running, LI)
    worker = web_chat(running.store)  # never bound to a server
    await worker.send(GENERAL, CARD, key="k")
    assert await heard(socket) == ["Thanks"]


async def test_a_replacement_is_heard_under_the_same_id(running: Running) -> None:
    posted = await running.chat.send(GENERAL, CARD, key="k")
    socket = await listen(running, LI)
    again = await running.chat.send(GENERAL, replace(CARD, summary="Confirmed"), key="k2", replacing=posted)
    assert again == posted
    data = await socket.receive_json(timeout=10)
    assert (data["id"], data["card"]["summary"], data["edited"]) == (posted, "Confirmed", True)


async def test_what_was_there_before_is_not_heard_again(running: Running) -> None:
    await running.store.post(WORKSPACE, "general", LI, key="k", text="old")
    socket = await listen(running, LI)
    await say(running, "new")
    assert await heard(socket) == ["new"]


@pytest.mark.parametrize("account", ["nobody", BOT, ""])
async def test_nobody_listens_as_somebody_unknown(running: Running, account: str) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await listen(running, account)
    assert refused.value.status == 400


async def test_what_a_page_says_over_its_socket_is_ignored(running: Running) -> None:
    socket = await listen(running, LI)
    await socket.send_str("{not json")
    await socket.send_bytes(b"\xff\x00")
    await say(running, "still here")
    assert await heard(socket) == ["still here"]


async def test_a_database_that_is_gone_for_a_while_loses_no_message(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "POLL_SECONDS", 0.01)
    socket = await listen(running, LI)
    failures = 3
    since = running.store.since

    async def failing(workspace: str, revision: int, *, limit: int = 200) -> object:
        nonlocal failures
        if failures:
            failures -= 1
            raise ConnectionError("gone")
        return await since(workspace, revision, limit=limit)

    monkeypatch.setattr(running.store, "since", failing)
    await say(running, "after all")
    assert await heard(socket) == ["after all"]


async def test_following_ends_with_the_last_socket_and_begins_again(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "POLL_SECONDS", 0.01)
    await (await listen(running, LI)).close()
    while running.chat._live._following and not running.chat._live._following.done():
        await asyncio.sleep(0.01)
    await say(running, "to nobody")
    socket = await listen(running, WEI)
    await say(running, "to Wei")
    assert await heard(socket) == ["to Wei"]


# --- pages that do not read ------------------------------------------------------------------------------------------


def message(number: int, text: str = "m") -> Message:
    return Message(str(number), number, "general", LI, minutes_ago(0), text)


async def test_a_slow_page_is_dropped_and_the_others_are_not() -> None:
    hub = Live(FakeStore(), WORKSPACE)
    dropped: list[str] = []
    slow = Listener(LI, drop=lambda: dropped.append("slow"))
    quick = Listener(WEI, drop=lambda: dropped.append("quick"))
    await hub.add(slow)
    await hub.add(quick)
    for number in range(QUEUE_LIMIT + 5):
        hub.deliver(message(number))
        quick.frames.get_nowait()
    assert dropped == ["slow"]
    assert slow.frames.qsize() == QUEUE_LIMIT  # it holds no more, and it is delivered to no longer
    await hub.close()


async def test_a_page_that_never_reads_loses_its_socket(running: Running) -> None:
    host, port = running.client.host, running.client.port
    reader, writer = await asyncio.open_connection(host, port, limit=1024)
    writer.write(
        f"GET /chat/ws?as={LI} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    assert b"101" in await reader.readline()
    hub = running.chat._live
    big = "x" * 200_000  # more than the sockets between us can hold
    for number in range(QUEUE_LIMIT * 3):
        hub.deliver(message(number, big))
        await asyncio.sleep(0)
    assert not hub._listeners
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await reader.readexactly(len(big) * QUEUE_LIMIT * 3)
    writer.close()


async def test_the_server_closes_its_sockets_when_it_stops(running: Running) -> None:
    socket = await listen(running, LI)
    await running.chat._live.close()
    assert (await socket.receive(timeout=10)).data == 1001


# --- following the store ---------------------------------------------------------------------------------------------


async def test_a_revision_that_appears_late_is_not_missed() -> None:
    store = FakeStore()
    clock = [0.0]
    tail = Tail(store, WORKSPACE, clock=lambda: clock[0])
    await tail.start()
    store.messages["2"] = message(2)
    assert [found.revision for found in await tail.fresh()] == [2]
    clock[0] += LOOK_BACK_SECONDS / 2
    store.messages["1"] = message(1)  # counted first, committed later
    assert [found.revision for found in await tail.fresh()] == [1]
    assert await tail.fresh() == []


async def test_what_was_seen_long_ago_is_not_read_again() -> None:
    store = FakeStore()
    clock = [0.0]
    tail = Tail(store, WORKSPACE, clock=lambda: clock[0])
    await tail.start()
    await store.post(WORKSPACE, "general", LI, key="k", text="m")
    await tail.fresh()
    clock[0] += LOOK_BACK_SECONDS + 1
    await tail.fresh()
    asked: list[int] = []
    since = store.since

    async def watched(workspace: str, revision: int, *, limit: int = 200) -> object:
        asked.append(revision)
        return await since(workspace, revision, limit=limit)

    store.since = watched  # type: ignore[method-assign, assignment]
    assert await tail.fresh() == []
    assert asked == [1]


async def test_many_messages_at_once_are_all_read_once() -> None:
    store = FakeStore()
    clock = [0.0]
    tail = Tail(store, WORKSPACE, clock=lambda: clock[0])
    await tail.start()
    seen: list[int] = []
    for batch in range(6):
        for number in range(450):
            await store.post(WORKSPACE, "general", LI, key=f"{batch}-{number}", text="m")
        seen += [found.revision for found in await tail.fresh()]
        clock[0] += 1
    assert seen == list(range(1, 6 * 450 + 1))


# --- sending ---------------------------------------------------------------------------------------------------------


async def test_the_same_key_again_finds_the_first_message(running: Running) -> None:
    first = await running.chat.send(GENERAL, CARD, key="k")
    assert await running.chat.send(GENERAL, CARD, key="k") == first
    assert len(running.store.messages) == 1


async def test_replacing_what_is_not_there_posts_anew(running: Running) -> None:
    posted = await running.chat.send(GENERAL, CARD, key="k", replacing="404")
    assert running.store.messages[posted].card == CARD


@pytest.mark.parametrize(
    "to",
    [
        Address("web", "elsewhere", "general", "channel"),
        Address("web", WORKSPACE, "closed", "channel"),
        Address("web", WORKSPACE, "nobody", "direct"),
    ],
)
async def test_what_can_never_arrive_says_so(running: Running, to: Address) -> None:
    with pytest.raises(Undeliverable):
        await running.chat.send(to, CARD, key="k")


async def test_an_account_is_described_as_the_store_knows_it(running: Running) -> None:
    assert (await running.chat.profile(WORKSPACE, ANN)).name == "Ann Lee"
    assert (await running.chat.profile(WORKSPACE, BOT)).bot
    for workspace, account in ((WORKSPACE, "nobody"), ("elsewhere", ANN)):
        with pytest.raises(KeyError):
            await running.chat.profile(workspace, account)
