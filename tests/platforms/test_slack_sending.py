"""What the bot sends: replaced, found again after a crash, put off, given up, with a chart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot import worker
from bot.chat import Address, Button, Buttons, Card, Chart, Text, Throttled, Undeliverable
from bot.config import Settings, operator_locale
from bot.errors import SlackTokenRefused
from bot.i18n import describe
from bot.platforms.chart_addresses import ChartAddresses
from bot.storage import organisations, outbox, tables
from bot.storage.database import Tx
from bot.storage.outbox import Outgoing
from tests.builders import rows, waiting
from tests.platforms.block_kit import check_message, words
from tests.platforms.conftest import CHANNEL, WEDNESDAY, Desk, opened
from tests.platforms.signed import TEAM, command
from tests.platforms.slack_api import SlackApi, throttled

TEAM_CHANNEL = Address("slack", TEAM, CHANNEL, "channel")
DIRECT = Address("slack", TEAM, "UPRIYA", "direct")
CARD = Card("Hello <!channel>", (Text("A <@U1> & <https://x|y>"),), title="Hello")
BOARD = Card("Board", (Text("This week"), Chart("Points", ("李雪", "Tom"), (12, 3), "points")))


def posted(desk: Desk) -> list[dict[str, Any]]:
    return desk.api.of("chat.postMessage")


async def test_a_message_carries_its_key_and_mentions_nobody(desk: Desk) -> None:
    assert await desk.slack.send(TEAM_CHANNEL, CARD, key="k") == f"{CHANNEL}/1700000000.000002"
    (call,) = posted(desk)
    assert call["metadata"] == {"event_type": "praisebot_message", "event_payload": {"key": "k"}}
    assert "<!channel>" not in call["text"]
    assert {str(call[name]).lower() for name in ("unfurl_links", "unfurl_media")} <= {"0", "false"}
    assert "link_names" not in call


async def test_a_direct_message_can_be_replaced(desk: Desk) -> None:
    message = await desk.slack.send(DIRECT, CARD, key="k")
    assert await desk.slack.send(DIRECT, CARD, key="k2", replacing=message) == message
    (call,) = desk.api.of("chat.update")
    assert (call["channel"], call["ts"]) == ("DPRIYA", message.partition("/")[2])


@pytest.mark.parametrize("gone", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_what_is_no_longer_there_is_not_posted_anew(desk: Desk, gone: str) -> None:
    desk.api.answers["chat.update"] = gone
    assert await desk.slack.send(DIRECT, CARD, key="k2", replacing="D1/1.1") == "D1/1.1"
    assert posted(desk) == []


# --- found again ------------------------------------------------------------------------------------------------------


def history(*keys: str) -> dict[str, Any]:
    found = [{"ts": "5.5", "text": "hello"}]
    for number, key in enumerate(keys):
        metadata = {"event_type": "praisebot_message", "event_payload": {"key": key}}
        found.append({"ts": f"6.{number}", "text": "board", "metadata": metadata})
    return {"messages": found}


async def test_a_board_posted_before_a_crash_is_found_and_not_posted_twice(desk: Desk) -> None:
    desk.api.answers["conversations.history"] = history("other", "board:1")
    assert await desk.slack.send(TEAM_CHANNEL, BOARD, key="board:1", again=True) == f"{CHANNEL}/6.1"
    assert posted(desk) == []
    (call,) = desk.api.of("conversations.history")
    assert call["channel"] == CHANNEL
    assert str(call["include_all_metadata"]).lower() in ("1", "true")


async def test_what_was_not_posted_before_is_posted(desk: Desk) -> None:
    desk.api.answers["conversations.history"] = history("other")
    await desk.slack.send(TEAM_CHANNEL, CARD, key="board:1", again=True)
    assert len(posted(desk)) == 1


async def test_only_what_may_have_been_posted_is_looked_for(desk: Desk) -> None:
    await desk.slack.send(TEAM_CHANNEL, CARD, key="board:1")
    assert desk.api.of("conversations.history") == []


async def test_without_the_scope_it_is_posted_without_looking(desk: Desk) -> None:
    desk.api.scopes = "chat:write"
    await desk.slack.accesses.revoked(TEAM)  # so that it is asked again
    await desk.slack.send(TEAM_CHANNEL, CARD, key="board:1", again=True)
    assert desk.api.of("conversations.history") == []
    assert len(posted(desk)) == 1


async def test_the_worker_says_that_an_attempt_may_have_arrived(desk: Desk) -> None:
    def add(tx: Tx) -> None:
        organisation = organisations.every(tx)[0]
        outbox.add(tx, organisation.id, [Outgoing("board:9", TEAM_CHANNEL, CARD)], WEDNESDAY)

    def died(tx: Tx) -> None:
        (delivery,) = outbox.claim(tx, WEDNESDAY, worker.LEASE)
        outbox.retry(tx, delivery.id, WEDNESDAY, "died between sending and recording")

    desk.api.answers["conversations.history"] = history("board:9")
    await desk.slack.accesses.of(TEAM)
    await desk.product.database.write(add)
    await desk.product.database.write(died)
    await desk.settled()
    (row,) = await desk.product.database.read(rows, tables.outbox)
    assert (row["state"], row["message_id"]) == ("sent", f"{CHANNEL}/6.0")
    assert posted(desk) == []


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "seconds"), [({"Retry-After": "7"}, 7.0), ({}, 30.0), ({"Retry-After": "soon"}, 30.0)]
)
async def test_slack_asking_to_wait_is_obeyed(desk: Desk, said: dict[str, str], seconds: float) -> None:
    desk.api.answers["chat.postMessage"] = [throttled(said)]
    with pytest.raises(Throttled) as asked:
        await desk.slack.send(DIRECT, CARD, key="k")
    assert asked.value.seconds == seconds


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("channel_not_found", "gone"),
        ("not_in_channel", "not_member"),
        ("is_archived", "archived"),
        ("account_inactive", "revoked"),
        ("token_revoked", "revoked"),
        ("missing_scope", "forbidden"),
    ],
)
async def test_what_will_never_arrive_is_told_apart(desk: Desk, code: str, why: str) -> None:
    desk.api.answers["chat.postMessage"] = code
    with pytest.raises(Undeliverable) as refused:
        await desk.slack.send(TEAM_CHANNEL, CARD, key="k")
    assert refused.value.why == why


@pytest.mark.parametrize(
    "answer", ["internal_error", "fatal_error", web.Response(status=502, text="<html>"), web.Response(status=500)]
)
async def test_what_may_go_better_later_is_left_to_the_outbox(desk: Desk, answer: Any) -> None:
    desk.api.answers["chat.postMessage"] = answer
    with pytest.raises(Exception) as failed:  # noqa: PT011  # anything but these two
        await desk.slack.send(DIRECT, CARD, key="k")
    assert not isinstance(failed.value, Undeliverable | Throttled)
    assert len(posted(desk)) == 1


async def test_a_workspace_without_the_app_gets_nothing(desk: Desk) -> None:
    with pytest.raises(Undeliverable) as refused:
        await desk.slack.send(Address("slack", "T404", "C1", "channel"), CARD, key="k")
    assert refused.value.why == "revoked"


@pytest.mark.parametrize("code", ["account_inactive", "token_revoked"])
async def test_a_token_that_was_revoked_before_the_start_is_no_reason_to_try_for_ever(desk: Desk, code: str) -> None:
    desk.api.answers["auth.test"] = code
    await desk.slack.accesses.revoked(TEAM)
    with pytest.raises(Undeliverable) as refused:
        await desk.slack.send(TEAM_CHANNEL, CARD, key="k")
    assert refused.value.why == "revoked"


async def test_what_is_to_be_sent_waits_while_the_token_in_the_settings_is_none(desk: Desk) -> None:
    desk.api.answers["auth.test"] = "invalid_auth"
    await desk.slack.accesses.revoked(TEAM)
    with pytest.raises(SlackTokenRefused):
        await desk.slack.send(TEAM_CHANNEL, CARD, key="k")


async def test_a_bot_token_that_is_none_is_said_in_words_when_the_server_starts(
    settings: Settings, api: SlackApi, caplog: pytest.LogCaptureFixture
) -> None:
    api.answers["auth.test"] = "invalid_auth"
    async with opened(settings, api):
        said = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert said == [describe(SlackTokenRefused(name="SLACK_BOT_TOKEN", code="invalid_auth"), operator_locale())]


async def test_an_administrator_is_told_once_what_to_do(desk: Desk) -> None:
    def refusing(arguments: dict[str, Any]) -> Any:
        return {"error": "not_in_channel"} if arguments["channel"] == CHANNEL else None

    desk.api.answers["chat.postMessage"] = lambda call: refusing(call) or {"channel": "D1", "ts": "1.1"}
    await desk.send(command("UZHOU", "me"))
    for number in range(2):
        await desk.send(command("UTOM", f"<@UPRIYA|priya> for staying late, you helped {number}"))
    sent = await desk.product.database.read(rows, tables.outbox)
    told = [row for row in sent if row["key"].startswith("undeliverable:")]
    assert len(told) == 1
    assert "Invite it there" in told[0]["card"]
    assert "International" in told[0]["card"]
    assert [row["state"] for row in sent if row["conversation"] == CHANNEL] == ["failed", "failed"]


async def test_telling_the_administrator_can_fail_too_and_ends_there(desk: Desk) -> None:
    desk.api.answers["chat.postMessage"] = "account_inactive"
    await desk.send(command("UTOM", "<@UPRIYA|priya> for staying late, you helped"))
    sent = await desk.product.database.read(rows, tables.outbox)
    assert not [row for row in sent if row["key"].startswith("undeliverable:undeliverable")]
    assert await desk.product.database.read(waiting) == []


# --- charts -----------------------------------------------------------------------------------------------------------


def uploading(desk: Desk) -> None:
    desk.api.answers |= {
        "files.getUploadURLExternal": {"upload_url": desk.response_url("upload"), "file_id": "F1"},
        "files.completeUploadExternal": {"files": [{"id": "F1", "title": "Points"}]},
    }


async def test_a_chart_is_uploaded_and_shown(desk: Desk) -> None:
    uploading(desk)
    await desk.slack.send(TEAM_CHANNEL, BOARD, key="k")
    (call,) = posted(desk)
    check_message({name: call[name] for name in ("text", "blocks")})
    (image,) = [block for block in call["blocks"] if block["type"] == "image"]
    assert image["slack_file"] == {"id": "F1"}
    assert "李雪 12" in image["alt_text"]


async def test_a_picture_slack_still_looks_at_is_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.platforms.slack_sending._PICTURE_TRIES", (0.0, 0.0))
    uploading(desk)
    desk.api.answers["chat.postMessage"] = ["invalid_blocks", None]
    await desk.slack.send(TEAM_CHANNEL, BOARD, key="k")
    assert [len([b for b in call["blocks"] if b["type"] == "image"]) for call in posted(desk)] == [1, 1]


async def test_a_chart_that_cannot_be_uploaded_does_not_keep_the_board(desk: Desk) -> None:
    desk.api.answers["files.getUploadURLExternal"] = "missing_scope"
    await desk.slack.send(TEAM_CHANNEL, BOARD, key="k")
    assert "This week" in words(posted(desk)[-1]["blocks"])


async def test_with_a_public_address_slack_fetches_the_chart(desk: Desk) -> None:
    charts = ChartAddresses(str(desk.client.make_url("")).rstrip("/"), "a signing secret", "slack")
    chart = BOARD.blocks[1]
    assert isinstance(chart, Chart)
    address = charts.address(chart)
    assert address is not None
    sealed = address.rpartition("/")[2].removesuffix(".png")
    assert charts.opened(sealed) == chart
    assert charts.opened(sealed[:-2] + ("AA" if sealed[-2:] != "AA" else "BB")) is None
    assert ChartAddresses("https://x", "another secret", "slack").opened(sealed) is None
    for odd in ("", "A", "%", "é", "A" * 5000):
        assert charts.opened(odd) is None


async def test_its_picture_is_served_to_whoever_has_the_address() -> None:
    charts = ChartAddresses("", "a signing secret", "slack")
    app = web.Application()
    app.router.add_get(charts.path, charts.answer)
    chart = BOARD.blocks[1]
    assert isinstance(chart, Chart)
    async with TestClient(TestServer(app)) as client:
        found = await client.get(str(charts.address(chart)))
        assert (found.status, found.content_type) == (200, "image/png")
        assert (await found.read()).startswith(b"\x89PNG")
        assert (await client.get("/slack/charts/AAAA.png")).status == 404


def test_a_chart_too_large_for_an_address_has_none() -> None:
    names = tuple(f"{number * 7919 % 10007}名" * 20 for number in range(300))
    assert ChartAddresses("https://x", "s", "slack").address(Chart("t", names, tuple(range(300)), "u")) is None


async def test_a_long_card_is_shortened_and_sent(desk: Desk) -> None:
    long = replace(CARD, blocks=(*tuple(Text("很长 & <x> " * 200) for _ in range(80)), Buttons((Button("a", "b"),))))
    await desk.slack.send(TEAM_CHANNEL, long, key="k")
    (call,) = posted(desk)
    check_message({name: call[name] for name in ("text", "blocks")})
