"""Buttons, forms, menus and words in Slack: where each is answered, and that nothing is done twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.chat import Reply
from bot.storage import tables
from bot.storage.database import Tx
from tests.builders import praises_of, rows
from tests.platforms import signed
from tests.platforms.block_kit import check_message, check_view, words
from tests.platforms.conftest import CHANNEL, Desk
from tests.platforms.slack_api import BOT_USER, button

REASON = "for staying late to calm the customer, you helped"
MESSAGE = {"ts": "1700000001.000100"}


async def give(desk: Desk, reason: str = REASON, who: str = "UTOM") -> Any:
    return await desk.send(signed.command(who, f"<@UPRIYA|priya> {reason}", response_url=desk.response_url()))


def pressed(desk: Desk, who: str, element: Any, **more: Any) -> signed.Request:
    more.setdefault("channel", CHANNEL)
    return signed.pressed_in_message(who, element, MESSAGE, response_url=desk.response_url(), **more)


def sent(who: str, view: Any, **filled: Any) -> signed.Request:
    """Fill in the modal ``view`` and send it."""
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        name = block["block_id"].removeprefix("field:")
        content: dict[str, Any] = {"type": element["type"]}
        if name in filled:
            content |= filled[name]
        elif "initial_option" in element:
            content["selected_option"] = element["initial_option"]
        values[block["block_id"]] = {element["action_id"]: content}
    return signed.view_submission(who, {"id": "V1", **view}, values)


async def opened(desk: Desk, request: signed.Request) -> Any:
    """Return the modal that a request opens."""
    assert await desk.send(request) == ""
    view = desk.api.of("views.open")[-1]["view"]
    check_view(view)
    return view


# --- buttons ----------------------------------------------------------------------------------------------------------


async def test_a_receipt_is_replaced_by_what_was_undone(desk: Desk) -> None:
    receipt = await give(desk)
    assert await desk.send(pressed(desk, "UTOM", button(receipt, "Undo"), ephemeral=True)) == ""
    (answer,) = desk.responses()
    assert answer["replace_original"] is True
    assert "Undone" in words(answer["blocks"])
    check_message({name: answer[name] for name in ("text", "blocks")})


async def test_a_double_click_is_one_press_with_one_answer(desk: Desk) -> None:
    await give(desk)
    line = next(call for call in desk.api.of("chat.postMessage") if call["channel"] == CHANNEL)
    await asyncio.gather(*(desk.send(pressed(desk, "UGRACE", button(line, "Second"))) for _ in range(2)))
    assert len(await desk.product.database.read(rows, tables.seconds)) == 1
    assert [words(answer["blocks"]) for answer in desk.responses()] == [
        "You seconded the praise for Priya Nair. Allowance left: 9."
    ]


async def test_a_replayed_request_is_answered_as_before_and_does_nothing(desk: Desk) -> None:
    request = signed.command("UTOM", f"<@UPRIYA|priya> {REASON}")
    assert await desk.send(request) == await desk.send(request)
    assert len(await desk.product.database.read(praises_of, REASON)) == 1


async def test_every_copy_of_a_card_is_replaced_after_a_decision(desk: Desk) -> None:
    await give(desk)
    queue = await desk.send(signed.command("UGRACE", "queue"))
    await desk.send(pressed(desk, "UGRACE", button(queue, "Confirm"), ephemeral=True))
    (answer,) = desk.responses()
    assert answer["replace_original"] is True
    updated = {call["channel"]: call for call in desk.api.of("chat.update")}
    assert "DPRIYA" in updated
    assert "confirmed: Grace Lim" in words(updated["DPRIYA"]["blocks"])


async def test_an_answer_goes_directly_when_the_response_url_is_over(desk: Desk) -> None:
    receipt = await give(desk)
    desk.api.answers["response/1"] = [signed_out()]
    await desk.send(pressed(desk, "UTOM", button(receipt, "Undo"), ephemeral=True))
    (answer,) = desk.api.of("chat.postEphemeral")
    assert (answer["channel"], answer["user"]) == (CHANNEL, "UTOM")
    assert "Undone" in words(answer["blocks"])


async def test_where_the_bot_is_not_in_the_channel_the_answer_is_a_direct_message(desk: Desk) -> None:
    receipt = await give(desk)
    desk.api.answers |= {"response/1": [signed_out()], "chat.postEphemeral": "not_in_channel"}
    await desk.send(pressed(desk, "UTOM", button(receipt, "Undo"), ephemeral=True))
    assert "Undone" in words(desk.api.of("chat.postMessage")[-1]["blocks"])
    assert desk.api.of("chat.postMessage")[-1]["channel"] in ("UTOM", "UPRIYA", CHANNEL)


def signed_out() -> Any:
    from aiohttp import web

    return web.Response(status=404, text="expired_url")


# --- forms ------------------------------------------------------------------------------------------------------------


async def test_a_bare_command_opens_the_form_and_the_receipt_comes_by_its_url(desk: Desk) -> None:
    view = await opened(desk, signed.command("UTOM", "", response_url=desk.response_url("7")))
    request = sent("UTOM", view, to={"selected_users": ["UPRIYA"]}, reason={"value": REASON})
    assert await desk.send(request) == ""
    (call,) = [call for call in desk.api.calls if call.method == "response/7"]
    assert call.arguments["response_type"] == "ephemeral"
    assert call.arguments["replace_original"] is False
    assert "You praised Priya Nair" in words(call.arguments["blocks"])


async def test_what_is_wrong_stands_at_its_field_and_the_form_stays_open(desk: Desk) -> None:
    view = await opened(desk, signed.command("UTOM", ""))
    answer = await desk.send(sent("UTOM", view, to={"selected_users": ["UTOM"]}, reason={"value": "!!"}))
    assert answer["response_action"] == "errors"
    assert set(answer["errors"]) == {"field:to", "field:reason"}


async def test_a_form_sent_twice_counts_once(desk: Desk) -> None:
    view = await opened(desk, signed.command("UTOM", ""))
    request = sent("UTOM", view, to={"selected_users": ["UPRIYA"]}, reason={"value": REASON})
    await desk.send(request)
    await desk.send(sent("UTOM", view, to={"selected_users": ["UPRIYA"]}, reason={"value": REASON}))
    assert len(await desk.product.database.read(praises_of, REASON)) == 1


async def test_what_a_form_is_refused_for_is_said_in_it_and_nothing_typed_is_lost(desk: Desk) -> None:
    await give(desk)
    queue = await desk.send(signed.command("UGRACE", "queue"))
    view = await opened(desk, pressed(desk, "UGRACE", button(queue, "Not praise"), ephemeral=True))
    await desk.send(pressed(desk, "UGRACE", button(queue, "Confirm"), ephemeral=True))
    answer = await desk.send(sent("UGRACE", view, reason={"value": "not meant so"}))
    assert answer["response_action"] == "errors"
    assert "confirmed" in " ".join(answer["errors"].values())


async def test_a_decision_taken_in_a_form_replaces_the_card_it_was_opened_from(desk: Desk) -> None:
    await give(desk)
    queue = await desk.send(signed.command("UGRACE", "queue"))
    view = await opened(desk, pressed(desk, "UGRACE", button(queue, "Not praise"), ephemeral=True))
    assert await desk.send(sent("UGRACE", view, reason={"value": "not meant so"})) == ""
    (answer,) = desk.responses()
    assert answer["replace_original"] is True
    assert "Your queue is empty" in words(answer["blocks"])


async def test_when_nothing_was_saved_the_form_stays_open(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    view = await opened(desk, signed.command("UTOM", ""))

    def full(*_: object) -> Reply:
        raise OSError("disk full")

    monkeypatch.setattr("bot.handlers.praise._record", full)
    answer = await desk.send(sent("UTOM", view, to={"selected_users": ["UPRIYA"]}, reason={"value": REASON}))
    assert "Nothing was saved" in answer["errors"]["field:to"]


async def test_closing_a_form_is_acknowledged(desk: Desk) -> None:
    view = await opened(desk, signed.command("UTOM", ""))
    assert await desk.send(signed.view_closed("UTOM", {"id": "V1", **view})) == ""


async def test_a_form_slack_does_not_open_can_be_asked_for_again(desk: Desk) -> None:
    desk.api.answers["views.open"] = ["expired_trigger_id"]
    answer = await desk.send(signed.command("UTOM", "customer"))
    again = button(answer, "Fill in the form")
    view = await opened(desk, pressed(desk, "UTOM", again, ephemeral=True))
    assert view["callback_id"] == "comment.submit"


# --- menus ------------------------------------------------------------------------------------------------------------


async def test_a_messages_menu_brings_its_author_along(desk: Desk) -> None:
    said = {"ts": "1700000009.000100", "user": "UPRIYA", "text": "I found the card"}
    view = await opened(desk, signed.message_shortcut("UTOM", "praise.form", said, channel=CHANNEL))
    people = next(block["element"] for block in view["blocks"] if block.get("block_id") == "field:to")
    assert people["initial_users"] == ["UPRIYA"]


async def test_a_forwarded_message_brings_its_words_and_its_link_along_and_counts_once(desk: Desk) -> None:
    said = {"ts": "1700000009.000100", "user": "UPRIYA", "text": "Priya Nair &amp; team helped me"}
    for answer in ("", "errors"):
        view = await opened(desk, signed.message_shortcut("UTOM", "comment.form", said, channel=CHANNEL))
        typed = next(block["element"] for block in view["blocks"] if block.get("block_id") == "field:words")
        assert typed["initial_value"] == "Priya Nair & team helped me"
        request = sent("UTOM", view, words={"value": typed["initial_value"]}, to={"selected_users": ["UPRIYA"]})
        request = signed.view_submission(
            "UTOM", {"id": f"V{answer}", **view}, payload_of(request)["view"]["state"]["values"]
        )
        found = await desk.send(request)
        assert found == "" if not answer else found["response_action"] == answer


def payload_of(request: signed.Request) -> Any:
    import json
    from urllib.parse import parse_qs

    return json.loads(parse_qs(request.body.decode())["payload"][0])


# --- words ------------------------------------------------------------------------------------------------------------


async def test_mentioning_the_bot_praises_in_a_thread_and_the_receipt_is_seen_by_the_giver_only(desk: Desk) -> None:
    event = signed.app_mention("UTOM", f"praise <@UPRIYA> {REASON}", channel=CHANNEL, thread_ts="1700000000.1")
    assert await desk.send(signed.event(event)) == ""
    (receipt,) = desk.api.of("chat.postEphemeral")
    assert (receipt["channel"], receipt["user"], receipt["thread_ts"]) == (CHANNEL, "UTOM", "1700000000.1")
    assert "You praised Priya Nair" in words(receipt["blocks"])


async def test_an_event_sent_again_is_one_praise_and_one_answer(desk: Desk) -> None:
    event = signed.message_im("UTOM", f"<@UPRIYA> {REASON}", channel="D1")
    for retry in (None, 1, 2):
        await desk.send(signed.event(event, event_id="Ev1", retry=retry))
    assert len(await desk.product.database.read(praises_of, REASON)) == 1
    assert len([call for call in desk.api.of("chat.postMessage") if call["channel"] == "D1"]) == 1


@pytest.mark.parametrize("name", ["/praise", "/表扬", "/kudos"])
async def test_a_command_is_answered_whatever_it_is_called(desk: Desk, name: str) -> None:
    receipt = await desk.send(signed.command("UTOM", f"表扬 <@UPRIYA|priya> {REASON}", name=name))
    assert "You praised Priya Nair" in words(receipt["blocks"])


@pytest.mark.parametrize("text", ["/praise help", "/表扬 帮助", "praise help", "help"])
async def test_direct_messages_are_commands_with_or_without_the_word(desk: Desk, text: str) -> None:
    await desk.send(signed.event(signed.message_im("UTOM", text, channel="D1")))
    assert "/praise queue" in words(desk.api.of("chat.postMessage")[-1]["blocks"])


async def test_words_that_ask_for_a_form_get_a_button_that_opens_it(desk: Desk) -> None:
    await desk.send(signed.event(signed.message_im("UTOM", "/praise", channel="D1")))
    asked = button(desk.api.of("chat.postMessage")[-1], "Fill in the form")
    view = await opened(desk, pressed(desk, "UTOM", asked, channel="D1"))
    assert view["callback_id"] == "praise.submit"


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B1"},
        {"subtype": "message_changed"},
        {"subtype": "channel_join"},
        {"channel_type": "channel"},
    ],
)
async def test_other_bots_edits_and_ordinary_messages_are_left_alone(desk: Desk, more: dict[str, str]) -> None:
    event = signed.message_im("UTOM", "help", channel="D1") | more
    assert await desk.send(signed.event(event)) == ""
    assert desk.api.of("chat.postMessage") == []


# --- reactions --------------------------------------------------------------------------------------------------------


async def line_in_channel(desk: Desk) -> str:
    await give(desk)

    def find(tx: Tx) -> str:
        (row,) = [row for row in rows(tx, tables.outbox) if row["audience"] == "channel"]
        return str(row["message_id"]).partition("/")[2]

    return await desk.product.database.read(find)


async def test_the_chosen_reaction_seconds_a_praise(desk: Desk) -> None:
    ts = await line_in_channel(desk)
    await desk.send(signed.event(signed.reaction_added("UGRACE", "raised_hands::skin-tone-2", channel=CHANNEL, ts=ts)))
    assert len(await desk.product.database.read(rows, tables.seconds)) == 1
    assert "You seconded" in words(desk.api.of("chat.postEphemeral")[-1]["blocks"])


@pytest.mark.parametrize(
    "changed", [{"reaction": "eyes"}, {"item_user": "UPRIYA"}, {"item": {"type": "file", "file": "F1"}}]
)
async def test_any_other_reaction_means_nothing(desk: Desk, changed: dict[str, Any]) -> None:
    ts = await line_in_channel(desk)
    event = signed.reaction_added("UGRACE", "raised_hands", channel=CHANNEL, ts=ts) | changed
    await desk.send(signed.event(event))
    assert await desk.product.database.read(rows, tables.seconds) == []


async def test_a_reaction_to_another_message_of_the_bot_is_not_answered(desk: Desk) -> None:
    event = signed.reaction_added("UGRACE", "raised_hands", channel=CHANNEL, ts="1.1", author=BOT_USER)
    await desk.send(signed.event(event))
    assert desk.api.of("chat.postEphemeral") == []
