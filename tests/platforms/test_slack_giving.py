"""Praise given in Slack: signed requests in, through Bolt, to the commit and the answer."""

from __future__ import annotations

from bot.storage import tables
from tests.builders import praises_of, rows
from tests.platforms.block_kit import check_message, words
from tests.platforms.conftest import CHANNEL, Desk
from tests.platforms.signed import command

REASON = "for staying late to calm the customer, you helped"


async def test_a_praise_is_on_disk_when_slack_is_told_and_the_receipt_is_the_answer(desk: Desk) -> None:
    receipt = await desk.send(command("UTOM", f"<@UPRIYA|priya> {REASON}"))
    assert receipt["response_type"] == "ephemeral"
    check_message({name: receipt[name] for name in ("text", "blocks")})
    assert "You praised Priya Nair" in words(receipt["blocks"])
    (praise,) = await desk.product.database.read(praises_of, REASON)
    assert praise.status.counts


async def test_the_recipient_is_told_directly_and_the_channel_in_one_line(desk: Desk) -> None:
    await desk.send(command("UTOM", f"<@UPRIYA|priya> {REASON}"))
    told = {call["channel"]: call for call in desk.api.of("chat.postMessage")}
    assert set(told) >= {"UPRIYA", CHANNEL}
    for message in told.values():
        assert message["unfurl_links"] in (False, "0", 0, "false")
        check_message({name: message[name] for name in ("text", "blocks")})
    sent = await desk.product.database.read(rows, tables.outbox)
    assert {row["state"] for row in sent} == {"sent"}
    assert {row["message_id"].partition("/")[0] for row in sent} >= {"DPRIYA", CHANNEL}
