"""Praise, buttons, forms and message extensions in Teams: what stands where afterwards, and for whom."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.storage import identities, tables
from bot.storage.database import Tx
from tests.builders import rows
from tests.platforms.teams_desk import GRACE, GUEST, PRIYA, TOM, TeamsDesk
from tests.platforms.teams_service import (
    BOT,
    CHANNEL,
    TENANT,
    Json,
    account,
    activity,
    everywhere,
    executed,
    mention,
    refusal,
    words,
    written,
)

REASON = "{0} thank you for staying late with the customer whose card was blocked"
CUSTOMER = "customer {0} She was so patient and friendly, thank you for your lovely manner!"


async def praises(desk: TeamsDesk) -> list[dict[str, Any]]:
    return await desk.product.database.read(rows, tables.praises)


def said(card: Json) -> str:
    return words(card)


def ours(answer: Json) -> Json:
    """Return the card an answer to a press shows in the place of the one pressed."""
    assert answer["statusCode"] == 200
    assert answer["type"] == "application/vnd.microsoft.card.adaptive", answer
    card: Json = answer["value"]
    return card


def told(answer: Json) -> str:
    """Return the words an answer to a press says."""
    assert answer["type"] == "application/vnd.microsoft.activity.message", answer
    return str(answer["value"])


def inputs(card: Json) -> dict[str, Json]:
    kinds = ("Input.Text", "Input.ChoiceSet", "Input.Toggle")
    return {one["id"]: one for kind in kinds for one in everywhere(card, kind)}


# --- words ------------------------------------------------------------------------------------------------------------


async def test_praise_in_a_channel_is_told_to_the_recipient_and_posted_once(teams_desk: TeamsDesk) -> None:
    await teams_desk.send(written(teams_desk.service, PRIYA, "me"))  # both have the app
    await teams_desk.send(written(teams_desk.service, TOM, REASON, PRIYA, channel=CHANNEL))
    (_, receipt), *_ = teams_desk.inbox(TOM)
    assert "You praised Priya Nair" in said(receipt)
    assert "Tom Sawyer praised you" in said(teams_desk.inbox(PRIYA)[-1][1])
    (_, line) = teams_desk.cards(CHANNEL)[-1]
    assert "Tom Sawyer praised Priya Nair" in said(line)
    assert len(teams_desk.cards(CHANNEL)) == 1, "the receipt is for the giver only"


async def test_who_never_wrote_to_the_bot_is_told_in_a_chat_that_it_begins(teams_desk: TeamsDesk) -> None:
    await teams_desk.send(written(teams_desk.service, TOM, REASON, PRIYA, channel=CHANNEL))
    opened = [call.content for call in teams_desk.service.calls if call.path == "conversations"]
    assert {one["members"][0]["id"] for one in opened} == {f"29:{TOM}", f"29:{PRIYA}"}
    assert all(one["tenantId"] == TENANT and one["bot"]["id"] == BOT for one in opened)
    assert "Tom Sawyer praised you" in said(teams_desk.inbox(PRIYA)[-1][1])


@pytest.mark.parametrize(
    "words_",
    [
        "praise {0} for the calm with an angry caller",
        "/praise {0} for the calm today ok",
        "表扬 {0} for the calm with an angry caller",
    ],
)
async def test_the_command_word_may_stand_before_it_in_the_personal_chat(teams_desk: TeamsDesk, words_: str) -> None:
    await teams_desk.send(written(teams_desk.service, TOM, words_, PRIYA))
    assert len(await praises(teams_desk)) == 1


async def test_a_command_may_be_chosen_behind_a_slash(teams_desk: TeamsDesk) -> None:
    await teams_desk.send(written(teams_desk.service, TOM, "/me"))
    assert "Your praise" in said(teams_desk.inbox(TOM)[-1][1])


async def test_a_group_chat_is_a_place_to_praise_in(teams_desk: TeamsDesk) -> None:
    group = "19:group@thread.v2"
    body = written(teams_desk.service, TOM, REASON, PRIYA, channel=group)
    body["conversation"] = {"id": group, "conversationType": "groupChat", "isGroup": True, "tenantId": TENANT}
    body["channelData"] = {"tenant": {"id": TENANT}}
    await teams_desk.send(body)
    assert len(await praises(teams_desk)) == 1
    assert "You praised Priya Nair" in said(teams_desk.inbox(TOM)[-1][1])
    assert teams_desk.cards(group) == []


async def test_the_same_activity_again_is_one_praise_and_one_answer(teams_desk: TeamsDesk) -> None:
    body = written(teams_desk.service, TOM, REASON, PRIYA)
    for _ in range(3):
        await teams_desk.send(body)
    await asyncio.gather(*(teams_desk.send(body) for _ in range(3)))
    assert len(await praises(teams_desk)) == 1
    assert len(teams_desk.inbox(TOM)) == 1
    assert len(teams_desk.inbox(PRIYA)) == 1


async def test_a_name_that_comes_in_pieces_or_twice_is_one_person(teams_desk: TeamsDesk) -> None:
    pieces = [mention(teams_desk.service, f"29:{PRIYA}", part) for part in ("Priya", "Nair")]
    text = " ".join(text for text, _ in pieces) + " calmed a caller whose card was blocked"
    entities = [entity for _, entity in pieces]
    await teams_desk.send(activity(teams_desk.service, TOM, text=text, entities=[*entities, *entities]))
    assert [one["text"] for one in await praises(teams_desk)] == ["calmed a caller whose card was blocked"]


async def test_somebody_of_another_tenant_is_nobody_here(teams_desk: TeamsDesk) -> None:
    teams_desk.service.add(77, "Mallory", tenantId="another tenant")
    await teams_desk.send(written(teams_desk.service, TOM, REASON, 77))
    assert await praises(teams_desk) == []
    assert "Mallory" in said(teams_desk.inbox(TOM)[-1][1])


async def test_a_guest_of_the_tenant_is_somebody(teams_desk: TeamsDesk) -> None:
    await teams_desk.send(written(teams_desk.service, TOM, REASON, GUEST))
    assert "You praised Gus Visitor" in said(teams_desk.inbox(TOM)[-1][1])


async def test_people_are_linked_by_their_address(teams_desk: TeamsDesk) -> None:
    await teams_desk.send(written(teams_desk.service, PRIYA, "me"))

    def found(tx: Tx) -> Any:
        return identities.behind(tx, "teams", TENANT, [account(PRIYA)])[account(PRIYA)]

    assert (await teams_desk.product.database.read(found)).staff_number == "8053"


async def test_a_message_of_a_bot_is_left_alone(teams_desk: TeamsDesk) -> None:
    body = activity(teams_desk.service, TOM, text="help")
    body["from"] = {"id": "28:another", "name": "Bot"}
    assert await teams_desk.send(body) is None
    assert teams_desk.service.calls == []


async def test_an_answer_that_cannot_be_private_says_so_in_the_thread(teams_desk: TeamsDesk) -> None:
    teams_desk.service.refusals.append(refusal(403, "ForbiddenOperationException"))
    await teams_desk.send(written(teams_desk.service, TOM, "me", channel=CHANNEL))
    (_, line) = teams_desk.cards(CHANNEL)[-1]
    assert "add Praisebot" in said(line)
    assert "Balance" not in said(line)


# --- confirming -------------------------------------------------------------------------------------------------------


async def waiting(desk: TeamsDesk) -> tuple[str, Json]:
    """Let a customer's praise wait; return its card with the supervisor."""
    await desk.send(written(desk.service, GRACE, "me"))
    await desk.send(written(desk.service, TOM, CUSTOMER, PRIYA))
    return desk.inbox(GRACE)[-1]


async def test_a_confirmed_card_is_replaced_for_good(teams_desk: TeamsDesk) -> None:
    name, card = await waiting(teams_desk)
    assert "A customer praised Priya Nair" in said(card)
    press = teams_desk.button(card, "Confirm")
    shown = ours(await teams_desk.send(executed(teams_desk.service, GRACE, press, on=name)))
    assert "confirmed: Grace Lim" in said(shown)
    assert everywhere(shown, "Action.Execute") == []
    stands = dict(teams_desk.inbox(GRACE))[name]
    assert "confirmed: Grace Lim" in said(stands)
    assert "A customer praised you" in said(teams_desk.inbox(PRIYA)[-1][1])


async def test_two_clicks_are_one_press(teams_desk: TeamsDesk) -> None:
    name, card = await waiting(teams_desk)
    press = executed(teams_desk.service, GRACE, teams_desk.button(card, "Confirm"), on=name)
    first = await teams_desk.send(press)
    again = await teams_desk.send({**press, "id": "another"})
    assert first == again


async def test_a_late_click_says_who_decided(teams_desk: TeamsDesk) -> None:
    name, card = await waiting(teams_desk)
    press = teams_desk.button(card, "Confirm")
    later = {"timestamp": "2026-11-18T03:00:00Z"}
    await teams_desk.send(executed(teams_desk.service, GRACE, press, on=name))
    answer = await teams_desk.send(executed(teams_desk.service, GRACE, press, on=name, **later))
    assert "Grace Lim" in (told(answer) if "message" in answer["type"] else said(ours(answer)))


async def test_the_supervisor_sees_the_buttons_and_others_the_line(teams_desk: TeamsDesk) -> None:
    await teams_desk.send(written(teams_desk.service, GRACE, "me"))
    await teams_desk.send(written(teams_desk.service, TOM, REASON, PRIYA, channel=CHANNEL))
    name, line = teams_desk.cards(CHANNEL)[-1]
    assert line["refresh"]["userIds"] == [f"29:{GRACE}"]
    seen = ours(await teams_desk.send(executed(teams_desk.service, GRACE, line["refresh"]["action"], on=name)))
    assert {one["title"] for one in everywhere(seen, "Action.Execute")} >= {"Confirm", "Change tags"}
    other = ours(await teams_desk.send(executed(teams_desk.service, PRIYA, line["refresh"]["action"], on=name)))
    assert {one["title"] for one in everywhere(other, "Action.Execute")} == {"Second"}
    decided = ours(
        await teams_desk.send(executed(teams_desk.service, GRACE, teams_desk.button(seen, "Confirm"), on=name))
    )
    assert "confirmed: Grace Lim" in said(decided)
    assert "refresh" not in dict(teams_desk.cards(CHANNEL))[name]


async def test_another_organisations_card_is_not_shown(teams_desk: TeamsDesk) -> None:
    _, card = await waiting(teams_desk)
    again = card["refresh"]["action"]
    answer = await teams_desk.send(executed(teams_desk.service, TOM, again, on="a:1/1"))
    assert told(answer) == ""


# --- forms ------------------------------------------------------------------------------------------------------------


async def test_a_bare_command_answers_with_a_form_whose_errors_stand_at_its_fields(teams_desk: TeamsDesk) -> None:
    await teams_desk.send(written(teams_desk.service, PRIYA, "me"))
    await teams_desk.send(written(teams_desk.service, TOM, "", channel=CHANNEL))
    name, form = teams_desk.inbox(TOM)[-1]
    assert {"people*:to", "text:reason"} <= set(inputs(form))
    assert {one["title"] for one in inputs(form)["people*:to"]["choices"]} >= {"Priya Nair"}
    (send, cancel) = everywhere(form, "Action.Execute")
    assert cancel["title"] == "Cancel"
    filled = {"people*:to": account(PRIYA), "text:reason": "!!"}
    again = ours(await teams_desk.send(executed(teams_desk.service, TOM, send, on=name, filled=filled)))
    assert inputs(again)["text:reason"]["value"] == "!!"
    assert inputs(again)["people*:to"]["value"] == account(PRIYA)
    assert "Say what they did" in said(again)
    (send, _) = everywhere(again, "Action.Execute")
    filled = {"people*:to": account(PRIYA), "text:reason": "calmed a caller whose card was blocked"}
    press = executed(teams_desk.service, TOM, send, on=name, filled=filled)
    receipt = ours(await teams_desk.send(press))
    assert "You praised Priya Nair" in said(receipt)
    assert "You praised Priya Nair" in said(dict(teams_desk.inbox(TOM))[name]), "it stays"
    assert await teams_desk.send(press | {"timestamp": "2026-11-18T05:00:00Z"})
    assert len(await praises(teams_desk)) == 1, "sent twice, counted once"


async def test_somebody_chosen_by_the_services_own_id_is_found_in_a_channel(teams_desk: TeamsDesk) -> None:
    teams_desk.service.alone = True
    await teams_desk.send(activity(teams_desk.service, TOM, "conversationUpdate", channel=CHANNEL))
    await teams_desk.send(written(teams_desk.service, TOM, ""))
    name, form = teams_desk.inbox(TOM)[-1]
    (send, _) = everywhere(form, "Action.Execute")
    filled = {"people*:to": f"29:{PRIYA}", "text:reason": "calmed a caller whose card was blocked"}
    receipt = ours(await teams_desk.send(executed(teams_desk.service, TOM, send, on=name, filled=filled)))
    assert "You praised Priya Nair" in said(receipt)


async def test_who_writes_in_one_of_many_channels_is_found_there(teams_desk: TeamsDesk) -> None:
    service = teams_desk.service
    channels = [f"19:{number:02}@thread.tacv2" for number in range(25)]
    for channel in channels:
        service.only[channel] = {account(TOM)}
        await teams_desk.send(activity(service, TOM, "conversationUpdate", channel=channel))
    service.only[channels[-1]] = {account(PRIYA), account(GRACE)}
    await teams_desk.send(written(service, PRIYA, REASON, GRACE, channel=channels[-1]))
    assert len(await praises(teams_desk)) == 1


async def test_a_form_opens_in_the_place_of_its_card_and_can_be_cancelled(teams_desk: TeamsDesk) -> None:
    name, card = await waiting(teams_desk)
    press = teams_desk.button(card, "Not praise")
    form = ours(await teams_desk.send(executed(teams_desk.service, GRACE, press, on=name)))
    (send, cancel) = everywhere(form, "Action.Execute")
    back = ours(await teams_desk.send(executed(teams_desk.service, GRACE, cancel, on=name)))
    assert said(back) == said(card)
    reason = next(key for key in inputs(form) if key.startswith("text:"))
    filled = {key: one.get("value", "") for key, one in inputs(form).items()} | {reason: "a complaint"}
    done = ours(await teams_desk.send(executed(teams_desk.service, GRACE, send, on=name, filled=filled)))
    assert "Grace Lim" in said(done)
    assert everywhere(done, "Action.Execute") == []


async def test_a_message_that_only_submits_is_understood(teams_desk: TeamsDesk) -> None:
    name, card = await waiting(teams_desk)
    press = teams_desk.button(card, "Confirm")
    body = activity(teams_desk.service, GRACE, value=press["data"], replyToId=name.rpartition("/")[2])
    await teams_desk.send(body)
    assert "confirmed: Grace Lim" in said(dict(teams_desk.inbox(GRACE))[name])


# --- message extensions -----------------------------------------------------------------------------------------------


def chosen(desk: TeamsDesk, number: int, item: str, content: str | None, author: int = PRIYA) -> Json:
    value: Json = {"commandId": item, "commandContext": "compose" if content is None else "message"}
    if content is not None:
        value["messagePayload"] = {
            "id": "1700000000001",
            "linkToMessage": "https://teams.microsoft.com/l/message/19:x/1700000000001",
            "from": {"user": {"id": account(author), "displayName": "Priya Nair", "userIdentityType": "aadUser"}},
            "body": {"contentType": "html", "content": content},
        }
    return activity(desk.service, number, "invoke", name="composeExtension/fetchTask", value=value, channel=CHANNEL)


async def test_a_message_is_forwarded_through_its_menu_and_a_dialog(teams_desk: TeamsDesk) -> None:
    await teams_desk.send(written(teams_desk.service, PRIYA, "me"))
    content = "<div>A customer wrote:<br>she was <b>so patient</b> &amp; friendly, thank you!</div>"
    answer = await teams_desk.send(chosen(teams_desk, TOM, "comment.form", content))
    assert answer["task"]["type"] == "continue"
    card = answer["task"]["value"]["card"]["content"]
    assert inputs(card)
    text = next(key for key in inputs(card) if key.startswith("text:"))
    assert "she was so patient & friendly" in inputs(card)[text].get("value", "") + said(card)
    (send,) = card["actions"]
    filled = {key: one.get("value", "") for key, one in inputs(card).items()}
    who = next(key for key in inputs(card) if key.startswith("people"))
    value = {"commandId": "comment.form", "data": {**send["data"], **filled, who: account(PRIYA)}}
    body = activity(
        teams_desk.service, TOM, "invoke", name="composeExtension/submitAction", value=value, channel=CHANNEL
    )
    done = await teams_desk.send(body)
    assert done["task"]["type"] == "message"
    assert "Priya Nair" in done["task"]["value"]
    (praise,) = await praises(teams_desk)
    assert praise["kind"] == "customer"


async def test_praise_this_knows_the_author(teams_desk: TeamsDesk) -> None:
    await teams_desk.send(written(teams_desk.service, PRIYA, "me"))
    answer = await teams_desk.send(chosen(teams_desk, TOM, "praise.form", "<p>I stayed on the line</p>"))
    card = answer["task"]["value"]["card"]["content"]
    assert inputs(card)["people*:to"]["value"] == account(PRIYA)


async def test_the_compose_box_opens_an_empty_form(teams_desk: TeamsDesk) -> None:
    answer = await teams_desk.send(chosen(teams_desk, TOM, "praise.form", None))
    assert inputs(answer["task"]["value"]["card"]["content"])


async def test_a_form_in_a_dialog_keeps_what_was_filled_in(teams_desk: TeamsDesk) -> None:
    await teams_desk.send(written(teams_desk.service, PRIYA, "me"))
    answer = await teams_desk.send(chosen(teams_desk, TOM, "praise.form", None))
    (send,) = answer["task"]["value"]["card"]["content"]["actions"]
    value = {"commandId": "praise.form", "data": {**send["data"], "people*:to": account(PRIYA), "text:reason": "!!"}}
    body = activity(teams_desk.service, TOM, "invoke", name="composeExtension/submitAction", value=value)
    again = await teams_desk.send(body)
    card = again["task"]["value"]["card"]["content"]
    assert inputs(card)["text:reason"]["value"] == "!!"
    assert "Say what they did" in said(card)


async def test_a_supervisor_gives_the_team_its_channel_there(teams_desk: TeamsDesk) -> None:
    elsewhere = "19:elsewhere@thread.tacv2"
    await teams_desk.send(written(teams_desk.service, GRACE, "channel", channel=elsewhere))
    assert "International" in said(teams_desk.inbox(GRACE)[-1][1])
    await teams_desk.send(written(teams_desk.service, TOM, REASON, PRIYA))
    assert "Tom Sawyer praised Priya Nair" in said(teams_desk.cards(elsewhere)[-1][1])
    assert teams_desk.cards(CHANNEL) == []


# --- installed and removed --------------------------------------------------------------------------------------------


async def test_an_installation_is_remembered_and_a_removal_forgotten(teams_desk: TeamsDesk) -> None:
    added = activity(teams_desk.service, TOM, "installationUpdate", action="add")
    await teams_desk.send(added)
    kept = await teams_desk.product.database.read(rows, tables.conversations)
    assert [(one["conversation"], one["known_as"]) for one in kept] == [(account(TOM), f"29:{TOM}")]
    await teams_desk.send({**added, "action": "remove"})
    assert await teams_desk.product.database.read(rows, tables.conversations) == []


async def test_a_deleted_channel_is_forgotten(teams_desk: TeamsDesk) -> None:
    await teams_desk.send(activity(teams_desk.service, TOM, "conversationUpdate", channel=CHANNEL))
    body = activity(teams_desk.service, TOM, "conversationUpdate", channel="19:general@thread.tacv2")
    body["channelData"] |= {"eventType": "channelDeleted", "channel": {"id": CHANNEL}}
    await teams_desk.send(body)
    kept = await teams_desk.product.database.read(rows, tables.conversations)
    assert CHANNEL not in {one["conversation"] for one in kept}


@pytest.mark.parametrize("event", ["channelRenamed", "channelRestored", "teamRenamed"])
async def test_a_channel_that_is_renamed_or_comes_back_is_reached_as_before(teams_desk: TeamsDesk, event: str) -> None:
    body = activity(teams_desk.service, TOM, "conversationUpdate", channel=CHANNEL)
    body["channelData"] |= {"eventType": event, "channel": {"id": CHANNEL, "name": "Another name"}}
    await teams_desk.send(body)
    await teams_desk.send(written(teams_desk.service, TOM, REASON, PRIYA))
    assert "Tom Sawyer praised Priya Nair" in said(teams_desk.cards(CHANNEL)[-1][1])


async def test_a_service_that_moved_is_called_where_it_is_now(teams_desk: TeamsDesk) -> None:
    await teams_desk.send(written(teams_desk.service, TOM, "me", channel=CHANNEL))
    url = teams_desk.service.service_url.rstrip("/")
    body = written(teams_desk.service, TOM, "me", channel=CHANNEL) | {"serviceUrl": url}
    answer = await teams_desk.post(body, teams_desk.service.token(serviceurl=url))
    assert answer.status == 200
    kept = await teams_desk.product.database.read(rows, tables.conversations)
    assert {one["service"] for one in kept if one["conversation"] == CHANNEL} == {url}
