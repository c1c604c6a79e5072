"""What the page reads, and what it must not."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from types import ModuleType

import pytest

from bot.chat import Card, Chart, Text
from bot.web import charts
from bot.web.conversations import direct_id
from bot.web.directory import Directory
from bot.web.store import BOT, Colleague

from .conftest import ANN, LI, WEI, WORKSPACE, FakeStore, Running, Start, sent

BETWEEN = direct_id(LI, WEI)
CHART = Chart("Points", ("A",), (3,), "points")


async def read(running: Running, path: str, **parameters: str) -> dict[str, object]:
    answer = await running.client.get(f"/chat/api/{path}", params=parameters)
    assert answer.status == 200, await answer.text()
    data = await answer.json()
    assert isinstance(data, dict)
    return data


def texts(data: dict[str, object]) -> list[str]:
    messages = data["messages"]
    assert isinstance(messages, list)
    return [message["text"] for message in messages]


# --- privacy of direct messages --------------------------------------------------------------------------------------


async def test_direct_messages_are_read_by_both_members(running: Running) -> None:
    await running.store.post(WORKSPACE, BETWEEN, LI, key="k", text="secret")
    for account in (LI, WEI):
        assert texts(await read(running, "history", **{"as": account, "conversation": BETWEEN})) == ["secret"]


async def test_nobody_else_reads_their_history(running: Running) -> None:
    await running.store.post(WORKSPACE, BETWEEN, LI, key="k", text="secret")
    answer = await running.client.get("/chat/api/history", params={"as": ANN, "conversation": BETWEEN})
    assert answer.status == 404
    assert "secret" not in await answer.text()


async def test_nobody_else_learns_whether_two_people_talk(running: Running) -> None:
    async def refusal(conversation: str) -> tuple[int, str]:
        answer = await running.client.get("/chat/api/history", params={"as": ANN, "conversation": conversation})
        return answer.status, await answer.text()

    before = await refusal(BETWEEN)
    await running.store.post(WORKSPACE, BETWEEN, LI, key="k", text="secret")
    assert await refusal(BETWEEN) == before == await refusal("nowhere")


async def test_nobody_else_is_sent_what_they_missed_of_it(running: Running) -> None:
    await running.store.post(WORKSPACE, BETWEEN, LI, key="k", text="secret")
    await running.store.post(WORKSPACE, "general", LI, key="l", text="open")
    assert texts(await read(running, "missed", **{"as": ANN, "since": "0"})) == ["open"]
    assert texts(await read(running, "missed", **{"as": WEI, "since": "0"})) == ["secret", "open"]


async def test_nobody_else_sees_it_among_their_conversations(running: Running) -> None:
    await running.store.post(WORKSPACE, BETWEEN, LI, key="k", text="secret")
    assert (await read(running, "state", **{"as": ANN}))["latest"] == []
    assert len((await read(running, "state", **{"as": WEI}))["latest"]) == 1  # type: ignore[arg-type]


async def test_nobody_else_quotes_from_it(running: Running) -> None:
    message = await running.store.post(WORKSPACE, BETWEEN, LI, key="k", text="secret")
    data = sent(text=None, action={"name": "forward"}, quoted=message.id, **{"as": ANN})
    assert (await running.client.post("/chat/api/incoming", json=data)).status == 404
    assert running.handler.incomings == []


async def test_nobody_else_writes_into_it(running: Running) -> None:
    data = sent(text="hello", conversation=BETWEEN, **{"as": ANN})
    assert (await running.client.post("/chat/api/incoming", json=data)).status == 404
    assert running.store.messages == {}


async def test_nobody_else_sees_its_charts(running: Running) -> None:
    conversation = direct_id(LI, BOT)
    message = await running.store.post(WORKSPACE, conversation, BOT, key="k", card=Card("Board", (CHART,)))
    assert (await running.client.get(f"/chat/charts/{message.id}/0.png", params={"as": ANN})).status == 404


# --- what there is ---------------------------------------------------------------------------------------------------


async def test_people_and_channels_are_listed_before_anyone_is_chosen(running: Running) -> None:
    data = await read(running, "state")
    assert data["people"] == [
        {"id": LI, "name": "李娜", "active": True, "bot": False},
        {"id": WEI, "name": "王伟", "active": True, "bot": False},
        {"id": ANN, "name": "Ann Lee", "active": True, "bot": False},
        {"id": "U-bo", "name": "Bo", "active": False, "bot": False},
    ]
    assert data["channels"] == [{"id": "general", "name": "客服一组"}, {"id": "night", "name": "Night shift"}]
    assert "latest" not in data


async def test_an_empty_organisation_is_an_empty_list(start: Start) -> None:
    running = await start(FakeStore(members=[], rooms=[]))
    assert await read(running, "state") == {"channels": [], "people": []}


async def test_somebody_added_a_moment_ago_is_found() -> None:
    store, clock = FakeStore(), [0.0]
    directory = Directory(store, WORKSPACE, clock=lambda: clock[0])
    assert await directory.person("U-new") is None
    store.members.append(Colleague("U-new", "New"))
    clock[0] += 0.3
    assert await directory.person("U-new") == Colleague("U-new", "New")


async def test_people_are_not_read_anew_for_every_request() -> None:
    store, reads = FakeStore(), []
    people = store.people

    async def watched(workspace: str) -> Sequence[Colleague]:
        reads.append(workspace)
        await asyncio.sleep(0)
        return await people(workspace)

    store.people = watched  # type: ignore[method-assign]
    directory = Directory(store, WORKSPACE, clock=lambda: 0.0)
    for _ in range(100):
        await asyncio.gather(directory.person(LI), directory.person("nobody"), directory.channel("nowhere"))
    assert len(reads) == 1


async def test_history_comes_in_pages(running: Running) -> None:
    for number in range(7):
        await running.store.post(WORKSPACE, "general", LI, key=str(number), text=f"m{number}")
    newest = await read(running, "history", **{"as": LI, "conversation": "general", "limit": "3"})
    assert texts(newest) == ["m4", "m5", "m6"]
    assert newest["more"] is True
    rest = await read(running, "history", **{"as": LI, "conversation": "general", "limit": "5", "before": "5"})
    assert texts(rest) == ["m0", "m1", "m2", "m3"]
    assert rest["more"] is False


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("history", {"conversation": "general", "before": "x"}),
        ("history", {"conversation": "general", "before": "-1"}),
        ("history", {"conversation": "general", "limit": "9" * 40}),
        ("missed", {"since": "1e9"}),
        ("missed", {"since": "９"}),
    ],
)
async def test_a_number_that_is_none_is_refused(running: Running, path: str, parameters: dict[str, str]) -> None:
    answer = await running.client.get(f"/chat/api/{path}", params={"as": LI, **parameters})
    assert answer.status == 400


@pytest.mark.parametrize("account", ["", "nobody", BOT, "U-bo", "\0", "%ff", "a" * 5000])
async def test_nobody_reads_as_somebody_unknown_or_gone(running: Running, account: str) -> None:
    for path in ("state", "history", "missed"):
        answer = await running.client.get(f"/chat/api/{path}", params={"as": account, "conversation": "general"})
        assert answer.status == 400


async def test_too_much_missed_is_said_rather_than_sent(running: Running) -> None:
    for number in range(501):
        await running.store.post(WORKSPACE, "general", LI, key=str(number), text="m")
    assert (await read(running, "missed", **{"as": LI, "since": "0"}))["complete"] is False
    assert (await read(running, "missed", **{"as": LI, "since": "400"}))["complete"] is True


async def test_what_was_missed_includes_a_little_before(running: Running) -> None:
    # A revision may become visible after a larger one: it was counted first and committed later.
    await running.store.post(WORKSPACE, "general", LI, key="1", text="late")
    await running.store.post(WORKSPACE, "general", LI, key="2", text="seen")
    assert texts(await read(running, "missed", **{"as": LI, "since": "2"})) == ["late", "seen"]


# --- charts ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    """Stand in for the drawing, which has its own tests; returns what was asked of it."""
    calls: list[tuple[str, bool]] = []
    module = ModuleType("bot.chart")

    def draw(chart: Chart, *, dark: bool = False, width: int = 400) -> bytes:
        calls.append((chart.title, dark))
        return f"PNG {width}{' dark' if dark else ''}".encode()

    module.draw = draw  # type: ignore[attr-defined]
    module.WIDTH = 400  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "bot.chart", module)
    return calls


async def test_a_chart_is_drawn_once_per_revision_width_and_scheme(
    running: Running, drawn: list[tuple[str, bool]]
) -> None:
    card = Card("Board", (Text("…"), CHART, Chart("Teams", ("B",), (1,), "points")))
    message = await running.store.post(WORKSPACE, "general", BOT, key="k", card=card)

    async def picture(number: int, **parameters: str) -> bytes:
        path = f"/chat/charts/{message.id}/{number}.png"
        answer = await running.client.get(path, params={"as": LI, **parameters})
        assert answer.headers["Content-Type"] == "image/png"
        return await answer.read()

    assert await picture(0) == await picture(0) == b"PNG 400"
    assert await picture(1, theme="dark") == b"PNG 400 dark"
    assert await picture(1, theme="dark", size="wide") == b"PNG 560 dark"
    assert drawn == [("Points", False), ("Teams", True), ("Teams", True)]
    await running.store.replace(WORKSPACE, message.id, card)
    await picture(0)
    assert len(drawn) == 4


async def test_a_chart_all_pages_ask_for_at_once_is_drawn_once(running: Running, drawn: list[tuple[str, bool]]) -> None:
    message = await running.store.post(WORKSPACE, "general", BOT, key="k", card=Card("Board", (CHART,)))
    path = f"/chat/charts/{message.id}/0.png"
    answers = await asyncio.gather(*(running.client.get(path, params={"as": LI}) for _ in range(8)))
    assert [answer.status for answer in answers] == [200] * 8
    assert drawn == [("Points", False)]


async def test_a_chart_that_could_not_be_drawn_is_tried_again(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await running.store.post(WORKSPACE, "general", BOT, key="k", card=Card("Board", (CHART,)))
    path = f"/chat/charts/{message.id}/0.png"

    def broken(chart: Chart, look: charts.Look) -> bytes:
        raise OSError("no font")

    monkeypatch.setattr(charts, "_draw", broken)
    assert (await running.client.get(path, params={"as": LI})).status == 503
    monkeypatch.setattr(charts, "_draw", lambda chart, look: b"PNG")
    assert await (await running.client.get(path, params={"as": LI})).read() == b"PNG"


@pytest.mark.parametrize(
    "path", ["1/1.png", "1/999.png", "2/0.png", "x/0.png", "1/-1.png", "1/0.jpg", "9999999999999999999/0.png"]
)
async def test_a_chart_that_is_not_there_is_not_found(
    running: Running, drawn: list[tuple[str, bool]], path: str
) -> None:
    await running.store.post(WORKSPACE, "general", BOT, key="k", card=Card("Board", (CHART,)))
    await running.store.post(WORKSPACE, "general", LI, key="l", text="no card")
    assert (await running.client.get(f"/chat/charts/{path}", params={"as": LI})).status == 404
    assert drawn == []
