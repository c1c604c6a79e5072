"""What the page sends: what reaches the bot, what is kept as a message, and what is refused."""

from __future__ import annotations

import json
import logging

import pytest

from bot.chat import Address, Card, Form, Mention, Quoted, Reply, Submission, Text
from bot.web.answers import BODY_LIMIT
from bot.web.conversations import direct_id
from bot.web.store import BOT
from bot.wire import to_data

from .conftest import ANN, LI, WEI, WORKSPACE, FakeStore, Handler, Running, Start, sent

WITH_BOT = direct_id(LI, BOT)


async def post(running: Running, **changes: object) -> dict[str, object]:
    answer = await running.client.post("/chat/api/incoming", json=sent(**changes))
    assert answer.status == 200, await answer.text()
    data = await answer.json()
    assert isinstance(data, dict)
    return data


def words_kept(store: FakeStore) -> list[tuple[str, str, str]]:
    return [(message.conversation, message.author, message.text) for message in store.messages.values()]


# --- what the bot is told --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/praise @王伟 谢谢", "@王伟 谢谢"),
        ("  ／praise   谢谢", "谢谢"),
        ("/Praise", ""),
        ("/表扬 @王伟", "@王伟"),
        ("／表扬@王伟 谢谢", "@王伟 谢谢"),
        ("/praise@王伟", "@王伟"),
    ],
)
async def test_a_command_reaches_the_bot_without_its_word(running: Running, text: str, words: str) -> None:
    await post(running, text=text)
    (incoming,) = running.handler.incomings
    assert incoming.text == words
    assert incoming.action is None
    assert words_kept(running.store) == []  # a channel never shows a command


@pytest.mark.parametrize("text", ["/praiseworthy work", "praise @王伟", "/prasie @王伟", "hello /praise", "/praise-me"])
async def test_other_words_are_an_ordinary_message(running: Running, text: str) -> None:
    data = await post(running, text=text, mentions=[{"start": 0, "end": 3, "user_id": WEI}])
    assert data == {"type": "reply"}
    assert running.handler.incomings == []
    (message,) = running.store.messages.values()
    assert (message.conversation, message.author, message.text) == ("general", LI, text)
    assert message.mentions == (Mention(0, 3, WEI),)


async def test_an_incoming_says_who_where_and_which_event(running: Running) -> None:
    await post(running, event_id="e-77", text="/praise @王伟 谢谢")
    (incoming,) = running.handler.incomings
    assert incoming.event_id == "e-77"
    assert incoming.sender == LI
    assert (incoming.platform, incoming.workspace) == ("web", WORKSPACE)
    assert incoming.where == Address("web", WORKSPACE, "general", "channel")


async def test_mentions_move_with_the_command_word(running: Running) -> None:
    text = "/praise 👏 @王伟 and @Ann Lee"
    spans = [{"start": 10, "end": 13, "user_id": WEI}, {"start": 18, "end": 26, "user_id": ANN}]
    await post(running, text=text, mentions=spans)
    (incoming,) = running.handler.incomings
    assert [incoming.text[m.start : m.end] for m in incoming.mentions] == ["@王伟", "@Ann Lee"]
    assert [m.user_id for m in incoming.mentions] == [WEI, ANN]


async def test_in_direct_messages_with_the_bot_every_word_is_for_it_and_is_kept(running: Running) -> None:
    await post(running, conversation=WITH_BOT, text="我的")
    (incoming,) = running.handler.incomings
    assert incoming.text == "我的"
    assert incoming.where == Address("web", WORKSPACE, LI, "direct")
    assert words_kept(running.store) == [(WITH_BOT, LI, "我的")]


async def test_a_command_to_the_bot_itself_is_kept_as_typed(running: Running) -> None:
    await post(running, conversation=WITH_BOT, text="/praise me")
    assert running.handler.incomings[0].text == "me"
    assert words_kept(running.store) == [(WITH_BOT, LI, "/praise me")]


async def test_a_command_between_two_people_answers_in_private(running: Running) -> None:
    await post(running, conversation=direct_id(LI, WEI), text="/praise me")
    assert running.handler.incomings[0].where == Address("web", WORKSPACE, LI, "direct")


async def test_a_button_carries_its_values(running: Running) -> None:
    values = {"id": "7", "who": ["a", "b"]}
    await post(running, text=None, action={"name": "confirm", "values": values})
    (incoming,) = running.handler.incomings
    assert incoming.action == Submission("confirm", {"id": "7", "who": ("a", "b")})
    assert words_kept(running.store) == []


async def test_a_menu_entry_quotes_its_message(running: Running) -> None:
    message = await running.store.post(WORKSPACE, "general", WEI, key="k", text="谢谢你们")
    await post(running, text=None, action={"name": "forward"}, quoted=message.id)
    assert running.handler.incomings[0].quoted == Quoted("谢谢你们", WEI, f"web:{message.id}")


async def test_a_card_is_quoted_by_its_summary(running: Running) -> None:
    message = await running.store.post(WORKSPACE, "general", BOT, key="k", card=Card("Board", (Text("…"),)))
    await post(running, text=None, action={"name": "forward"}, quoted=message.id)
    assert running.handler.incomings[0].quoted == Quoted("Board", BOT, f"web:{message.id}")


async def test_the_answer_is_the_reply(start: Start) -> None:
    reply = Reply(card=Card("Done", (Text("Done."),)), form=Form("f", "F", "Send", ()), replaces=True)
    running = await start(handler=Handler(reply))
    assert await post(running) == to_data(reply)


# --- retries ---------------------------------------------------------------------------------------------------------


async def test_a_retry_reaches_the_bot_as_the_same_event(running: Running) -> None:
    for _ in range(2):
        await post(running, event_id="e-9")
    assert [incoming.event_id for incoming in running.handler.incomings] == ["e-9", "e-9"]


async def test_a_retried_message_is_kept_once(running: Running) -> None:
    for _ in range(2):
        await post(running, event_id="e-9", text="早上好")
    assert words_kept(running.store) == [("general", LI, "早上好")]


async def test_one_person_s_event_id_never_names_another_s_message(running: Running) -> None:
    await post(running, event_id="e-9", text="early", **{"as": LI})
    await post(running, event_id="e-9", text="late", **{"as": WEI})
    assert [text for _, _, text in words_kept(running.store)] == ["early", "late"]


async def test_an_event_id_cannot_take_the_place_of_a_message_of_the_bot(running: Running) -> None:
    await post(running, event_id="weekly:1", text="early")
    to = Address("web", WORKSPACE, "general", "channel")
    await running.chat.send(to, Card("Weekly board", ()), key="weekly:1")
    assert [message.author for message in running.store.messages.values()] == [LI, BOT]


# --- what is refused -------------------------------------------------------------------------------------------------

LONG = "x" * 201

BAD = {
    "not an object": [],
    "no event id": sent(event_id=None),
    "empty event id": sent(event_id=""),
    "long event id": sent(event_id=LONG),
    "event id a number": sent(event_id=7),
    "nobody": sent(**{"as": "U-nobody"}),
    "the bot": sent(**{"as": BOT}),
    "somebody who has left": sent(**{"as": "U-bo"}),
    "account a list": sent(**{"as": [LI]}),
    "no conversation": sent(conversation=None),
    "text a number": sent(text=7),
    "text null": sent() | {"text": None},
    "text a list": sent(text=["/praise"]),
    "blank": sent(text=" \n\u3000"),
    "NUL": sent(text="/praise a\0b"),
    "half a surrogate pair": sent(text="/praise \ud800"),
    "half a surrogate pair in an id": sent(event_id="\udfff"),
    "mentions an object": sent(mentions={}),
    "mention a number": sent(mentions=[7]),
    "mention outside": sent(mentions=[{"start": 0, "end": 99, "user_id": WEI}]),
    "mention backwards": sent(mentions=[{"start": 3, "end": 1, "user_id": WEI}]),
    "mention negative": sent(mentions=[{"start": -1, "end": 1, "user_id": WEI}]),
    "mention true": sent(mentions=[{"start": False, "end": True, "user_id": WEI}]),
    "mention a float": sent(mentions=[{"start": 0.0, "end": 1.0, "user_id": WEI}]),
    "mention of nobody": sent(mentions=[{"start": 0, "end": 1}]),
    "too many mentions": sent(mentions=[{"start": 0, "end": 1, "user_id": WEI}] * 1001),
    "action a word": sent(action="confirm"),
    "action without name": sent(action={"values": {}}),
    "values a list": sent(action={"name": "a", "values": []}),
    "value a number": sent(action={"name": "a", "values": {"id": 7}}),
    "value nested": sent(action={"name": "a", "values": {"id": [["x"]]}}),
    "value NUL": sent(action={"name": "a", "values": {"why": "\0"}}),
    "too many values": sent(action={"name": "a", "values": {str(n): "" for n in range(201)}}),
    "quoted a number": sent(action={"name": "a"}, quoted=1),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
async def test_what_is_malformed_is_refused_with_a_short_error(running: Running, data: object) -> None:
    answer = await running.client.post("/chat/api/incoming", json=data)
    assert answer.status == 400
    error = (await answer.json())["error"]
    assert 0 < len(error) < 200
    assert running.handler.incomings == []
    assert running.store.messages == {}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"text":"\xc3\x28"}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"9" * 10_000,
        b"NaN",
        b"\x00",
        b'"\\ud800"',
    ],
)
async def test_what_is_not_json_is_refused(running: Running, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await running.client.post("/chat/api/incoming", data=body, headers=headers)
    assert answer.status == 400
    assert set(await answer.json()) == {"error"}


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_only_json_is_read(running: Running, content_type: str) -> None:
    # These are what a foreign page's form can send without asking first.
    headers = {"Content-Type": content_type}
    answer = await running.client.post("/chat/api/incoming", data=json.dumps(sent()).encode(), headers=headers)
    assert answer.status == 415
    assert running.handler.incomings == []


async def test_a_body_too_long_is_refused(running: Running) -> None:
    answer = await running.client.post("/chat/api/incoming", json=sent(text="长" * BODY_LIMIT))
    assert answer.status == 413


async def test_a_body_that_does_not_say_its_length_is_measured(running: Running) -> None:
    async def endless():  # type: ignore[no-untyped-def]
        for _ in range(BODY_LIMIT // 1024 + 2):
            yield b" " * 1024

    headers = {"Content-Type": "application/json"}
    answer = await running.client.post("/chat/api/incoming", data=endless(), headers=headers)
    assert answer.status == 413


async def test_a_hundred_thousand_characters_reach_the_bot(running: Running) -> None:
    await post(running, text="/praise " + "a" * 100_000)
    assert len(running.handler.incomings[0].text) == 100_000


async def test_two_hundred_mentions_reach_the_bot(running: Running) -> None:
    text = "/praise " + "@a " * 200
    spans = [{"start": 8 + 3 * n, "end": 10 + 3 * n, "user_id": f"u{n}"} for n in range(200)]
    await post(running, text=text, mentions=spans)
    assert len(running.handler.incomings[0].mentions) == 200


@pytest.mark.parametrize(
    "conversation", ["nowhere", "dm:", "dm:U-li", "dm:U-li:U-nobody", "dm:U-wei:U-li", "general\0"]
)
async def test_nothing_is_said_where_there_is_no_conversation(running: Running, conversation: str) -> None:
    answer = await running.client.post("/chat/api/incoming", json=sent(conversation=conversation))
    assert answer.status in (400, 404)
    assert running.handler.incomings == []


@pytest.mark.parametrize("quoted", ["999", "x", "-1", "1.5", "9" * 30, "١"])
async def test_a_message_that_is_not_there_cannot_be_quoted(running: Running, quoted: str) -> None:
    data = sent(text=None, action={"name": "forward"}, quoted=quoted)
    assert (await running.client.post("/chat/api/incoming", json=data)).status == 404


async def test_errors_are_said_in_the_reader_s_language(running: Running) -> None:
    headers = {"Accept-Language": "zh-CN,zh;q=0.9"}
    answer = await running.client.post("/chat/api/incoming", json=[], headers=headers)
    assert answer.status == 400  # the words are the catalogue's; what counts here is that choosing them works


async def test_a_failure_keeps_the_words_out_of_the_answer_and_the_log(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    running = await start(handler=Handler(error=RuntimeError("INSERT … 13812345678")))
    answer = await running.client.post("/chat/api/incoming", json=sent(text="/praise call 13812345678"))
    assert answer.status == 503  # so the page keeps the words and sends the same event again
    assert "13812345678" not in await answer.text()
    assert "13812345678" not in caplog.text
    assert "RuntimeError" in caplog.text


async def test_a_refusal_keeps_the_words_out_of_the_log(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    await running.client.post("/chat/api/incoming", json=sent(text="call 13812345678", mentions=7))
    assert "13812345678" not in caplog.text
