from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat import Block, Button, Buttons, Card, Chart, Divider, Facts, Quote, Submission, Table, Text
from bot.handlers import queue
from bot.handlers.leaderboard import weekly_card
from bot.periods import local_day, week_of
from bot.platforms.slack_blocks import button_value, fallback, home, message, pressed
from bot.rules import DEFAULT_RULES, parse
from bot.storage.database import Database
from tests.builders import Bank, Clock, new_bank, new_dispatch, typed
from tests.platforms.arbitrary import CARDS
from tests.platforms.block_kit import check_message, check_view, objects, words

MANY = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=40)


def card(*blocks: Block, title: str | None = None) -> Card:
    return Card("summary", blocks, title=title)


def blocks(*of: Block) -> list[dict[str, Any]]:
    """Return the blocks of a message, which keeps to every limit."""
    made = message(card(*of), "en")
    check_message(made)
    found: list[dict[str, Any]] = made["blocks"]
    return found


def shown(*of: Block) -> str:
    return words(blocks(*of))


# --- what cards become -----------------------------------------------------------------------------------------------

RECEIPT = Card(
    "You praised 李雪",
    (
        Quote("谢谢你耐心地帮客户补交了材料"),
        Facts((("Tag", "basic praise (attitude)"), ("Points", "+2"))),
        Text("Private: nothing is posted in the channel.", "quiet"),
        Buttons((Button("praise.undo", "Undo", {"praise": "17"}),)),
    ),
    title="You praised 李雪",
    tone="good",
)


def test_a_receipt() -> None:
    made = message(RECEIPT, "en")

    check_message(made)
    assert made == {
        "text": "You praised 李雪",
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": "You praised 李雪", "emoji": False}},
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_quote",
                        "elements": [{"type": "text", "text": "谢谢你耐心地帮客户补交了材料"}],
                    }
                ],
            },
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "text", "text": "Tag", "style": {"bold": True}},
                            {"type": "text", "text": "\u2003basic praise (attitude)"},
                            {"type": "text", "text": "\n"},
                            {"type": "text", "text": "Points", "style": {"bold": True}},
                            {"type": "text", "text": "\u2003+2"},
                        ],
                    }
                ],
            },
            {
                "type": "context",
                "elements": [
                    {"type": "plain_text", "text": "Private: nothing is posted in the channel.", "emoji": False}
                ],
            },
            {
                "type": "actions",
                "elements": [
                    {
                        "type": "button",
                        "action_id": "praise.undo#0",
                        "text": {"type": "plain_text", "text": "Undo", "emoji": False},
                        "value": '{"praise":"17"}',
                    }
                ],
            },
        ],
    }


def test_a_board_stands_in_columns_though_chinese_characters_are_wider() -> None:
    table = Table(
        ("名次", "姓名", "积分", "变化"),
        (("1", "李雪", "12", "▲2"), ("2", "Leo Wang", "9", "–"), ("10", "王小明", "0", "new")),
        own=2,
    )

    assert shown(table).split("\n") == [
        "  名次  姓名      积分  变化",
        "     1  李雪        12    ▲2",
        "     2  Leo Wang     9     –",
        "▸   10  王小明       0   new",
    ]


def test_the_words_that_decided_are_bold() -> None:
    (quote,) = blocks(Quote("他很耐心，真的很耐心！", ("耐心", "真的很")))

    assert [(piece["text"], "style" in piece) for piece in quote["elements"][0]["elements"]] == [
        *(("他很", False), ("耐心", True), ("，", False), ("真的很耐心", True), ("！", False))
    ]


def test_texts_differ_in_weight() -> None:
    assert [block["type"] for block in blocks(Text("a"), Text("b", "strong"), Text("c", "quiet"))] == [
        *("section", "rich_text", "context")
    ]


def test_a_chart_is_the_picture_the_caller_has_and_says_its_figures() -> None:
    chart = Chart("Points", ("李雪", "Leo"), (12, 7), "points")
    made = message(card(chart, chart, chart), "en", ["https://bot.example/1.png", None, "F0123"])

    check_message(made)
    assert made["blocks"] == [
        {
            "type": "image",
            "image_url": "https://bot.example/1.png",
            "alt_text": "Points: 李雪 12 points, Leo 7 points",
        },
        {"type": "image", "slack_file": {"id": "F0123"}, "alt_text": "Points: 李雪 12 points, Leo 7 points"},
    ]


def test_a_picture_whose_address_slack_does_not_take_is_left_out() -> None:
    chart = Chart("Points", ("李雪",), (12,), "points")

    assert len(message(card(Text("a"), chart), "en", ["https://" + "x" * 2992])["blocks"]) == 2
    assert len(message(card(Text("a"), chart), "en", ["https://" + "x" * 2993])["blocks"]) == 1


def test_what_says_nothing_is_left_out() -> None:
    nothing = (
        Text(" \n"),
        Quote(""),
        Facts(()),
        Facts((("", " "),)),
        Table((), ()),
        Table(("",), (("",),)),
        Buttons(()),
    )

    assert blocks(Text("here"), *nothing) == blocks(Text("here"))
    assert shown(*nothing) == "summary"


def test_the_notification_says_the_summary_and_calls_nobody() -> None:
    assert fallback(Card("<!channel> & @here\nlook", ())) == "&lt;!channel&gt; &amp; @\u2060here look"
    assert fallback(Card(" ", (), title="Title")) == "Title"
    assert fallback(Card("", ())) == "–"


@pytest.mark.parametrize("text", ["<!channel>", "<@U1>", "`<!here>`", "> <#C1>", "<https://evil.example|bank.example>"])
def test_peoples_words_are_shown_as_they_are_and_do_nothing(text: str) -> None:
    made = message(
        Card(text, (Text(text), Text(text, "strong"), Quote(text, (text,)), Facts(((text, text),))), title=text), "en"
    )

    assert not [one for one in objects(made) if one.get("type") in ("mrkdwn", "user", "channel", "broadcast", "link")]
    assert words(made["blocks"]).count(text) == 6
    assert "<" not in made["text"]


# --- buttons ---------------------------------------------------------------------------------------------------------


def test_a_button_sends_what_it_carries() -> None:
    row = Buttons((Button("confirm.page", "Previous", {"page": "0"}), Button("confirm.page", "Next", {"page": "<&>”"})))
    (actions,) = blocks(row)

    assert [pressed(button) for button in actions["elements"]] == [
        Submission("confirm.page", {"page": "0"}),
        Submission("confirm.page", {"page": "<&>”"}),
    ]
    assert not set("<&>") & set("".join(button["value"] for button in actions["elements"]))


def test_a_button_that_asks_first_has_a_dialog() -> None:
    asks = Button("confirm.batch", "Confirm these 5", {}, "primary", "Confirm all 5 as they are tagged?")
    (actions,) = message(card(Buttons((asks,))), "zh_CN")["blocks"]

    assert words(actions["elements"][0]["confirm"]).split("\n") == [
        "Confirm these 5",
        "Confirm all 5 as they are tagged?",
        "Confirm these 5",
        "取消",
    ]


def test_a_button_carries_up_to_2000_characters_and_is_refused_beyond() -> None:
    longest = {"praises": "1" * (2000 - len('{"praises":""}'))}

    assert len(button_value(longest)) == 2000
    for values in ({"praises": longest["praises"] + "1"}, {"words": "表" * 400}):
        with pytest.raises(ValueError, match="characters to carry"):
            message(card(Buttons((Button("a", "A", values),))), "en")


def test_a_button_without_a_label_has_a_dash() -> None:
    assert shown(Buttons((Button("a", " \n"),))) == "–"


def test_a_row_of_many_buttons_is_several() -> None:
    rows = blocks(Buttons(tuple(Button("a", str(number)) for number in range(60))))

    assert [len(row["elements"]) for row in rows] == [25, 25, 10]


@pytest.mark.parametrize(
    "action",
    [
        {},
        {"action_id": "confirm.page", "value": "{}"},
        {"action_id": "confirm.page#x", "value": "{}"},
        {"action_id": "confirm.page#0"},
        {"action_id": "confirm.page#0", "value": "no JSON"},
        {"action_id": "confirm.page#0", "value": "[" * 100_000},
        {"action_id": "confirm.page#0", "value": '["a"]'},
        {"action_id": "confirm.page#0", "value": '{"page":1}'},
    ],
)
def test_what_no_card_sends_is_refused(action: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        pressed(action)


# --- what is too much ------------------------------------------------------------------------------------------------


def test_a_long_text_is_split_and_nothing_of_it_is_lost() -> None:
    text = "他很耐心地解释了每一步。" * 400

    assert shown(Text(text)).replace("\n", "") == text
    assert len(blocks(Text(text))) == 2


def test_of_texts_that_are_too_long_together_the_ends_are_left_out_and_the_buttons_stay() -> None:
    items = [(Quote("谢谢" * 1000), Buttons((Button("confirm.confirm", f"Confirm {number}"),))) for number in range(10)]
    said = shown(Text("short"), *(block for item in items for block in item))

    assert "谢谢…" in said
    assert all(f"Confirm {number}" in said for number in range(10))
    assert "Not shown" not in said


def test_of_too_many_blocks_the_last_are_left_out_and_counted() -> None:
    made = blocks(*(block for number in range(60) for block in (Text(f"{number}."), Divider())))

    assert made[0]["text"]["text"] == "0."
    assert made[-2]["text"]["text"] == "24."
    assert words(made[-1]) == "Not shown for lack of room: 35."


def test_what_fits_exactly_is_shown() -> None:
    made = blocks(*(Text(f"{number}.") for number in range(50)))

    assert (len(made), words(made[-1])) == (50, "49.")


def test_a_long_table_ends_with_dots() -> None:
    said = shown(Table(("name", "points"), tuple((f"agent {number}", "1") for number in range(2000))))

    assert said.endswith("…")
    assert len(said) > 4000


def test_a_table_of_very_many_columns_is_cut_at_the_side() -> None:
    lines = shown(Table(("name",) * 300, (("x" * 50,) * 300,) * 3)).split("\n")

    assert len(lines) == 4
    assert all(line.endswith("…") and len(line) <= 1000 for line in lines)


def test_a_title_is_one_line_of_150_characters() -> None:
    made = message(card(Text("x"), title="表扬\n" * 200), "en")

    check_message(made)
    assert len(made["blocks"][0]["text"]["text"]) == 150


def test_the_home_holds_twice_as_many_blocks_and_several_cards() -> None:
    view = home([card(*(Text(f"{number}.") for number in range(60))), card(Text("second"), title="Queue")], "en")

    check_view(view)
    assert len(view["blocks"]) == 60 + 1 + 2
    assert view["blocks"][60] == {"type": "divider"}


def test_an_empty_home_says_so() -> None:
    check_view(home([], "en"))


@MANY
@given(CARDS, st.lists(st.none() | st.sampled_from(["https://x.example/c.png", "F1", "https://" + "x" * 4000])))
def test_whatever_is_on_a_card_slack_takes_the_message(any_card: Card, pictures: list[str | None]) -> None:
    made = message(any_card, "en", pictures)

    check_message(made)
    json.dumps(made, ensure_ascii=False).encode()
    assert not [one for one in objects(made) if one.get("type") == "mrkdwn"]


@MANY
@given(st.lists(CARDS, max_size=2))
def test_whatever_is_on_cards_slack_takes_the_home(cards: list[Card]) -> None:
    check_view(home(cards, "zh_CN"))


# --- what the product shows ------------------------------------------------------------------------------------------


async def a_day(database: Database) -> tuple[Bank, dict[str, Card]]:
    """Let a team praise and its supervisor look; return every card, by what was asked for."""
    bank = await database.write(new_bank)
    clock = Clock()
    dispatch = new_dispatch(database, clock)
    for number in range(7):
        words_of_customer = f"he solved my problem no. {number} and was <!channel> patient, " + "thanks " * 250
        await dispatch.receive(typed(bank["Ann"], words_of_customer, [bank["Bo"]], command="customer"))
    asked = {
        "receipt": typed(bank["Ann"], "he helped me", [bank["Bo"]]),
        "refusal": typed(bank["Ann"], "", [bank["Ann"]]),
        "queue": typed(bank["Sun"], "", command="queue"),
        "me": typed(bank["Bo"], "", command="me"),
        "top": typed(bank["Bo"], "", command="top"),
        "help": typed(bank["Bo"], "", command="help"),
    }
    replies = {name: (await dispatch.receive(incoming)).card for name, incoming in asked.items()}
    week = week_of(local_day(clock.at, "Asia/Shanghai"))
    rules = parse(DEFAULT_RULES)
    replies["board"] = await database.read(weekly_card, bank.teams["Cards"], week, rules)
    assert queue._PAGE < 7
    return bank, {name: reply for name, reply in replies.items() if reply is not None}


async def test_every_card_of_a_day_is_taken(database: Database) -> None:
    _, cards = await a_day(database)

    assert len(cards) == 7
    for one in cards.values():
        made = message(one, "en", ["https://bot.example/board.png"])
        check_message(made)
        assert "Not shown" not in words(made["blocks"])
        check_view(home([one], "en"))


async def test_a_queue_of_long_comments_keeps_every_button(database: Database) -> None:
    _, cards = await a_day(database)
    made = message(cards["queue"], "en")

    sent = [pressed(one) for one in objects(made) if one.get("type") == "button"]
    carried = [
        Submission(button.name, button.values)
        for block in cards["queue"].blocks
        if isinstance(block, Buttons)
        for button in block.buttons
    ]
    assert sent == carried
    quotes = [one["elements"] for one in objects(made) if one.get("type") == "rich_text_quote"]
    assert len(quotes) == queue._PAGE
    assert all("thanks" in words(quote) and words(quote).endswith("…") for quote in quotes)


def test_chinese_texts_name_the_command_that_slack_knows_and_peoples_words_stay() -> None:
    card = Card(
        "/表扬 帮助",
        (Text("见 /表扬 帮助。"), Facts((("/表扬 我", "…"),)), Quote("/表扬 李娜"), Text("http://x/表扬吧")),
    )
    made = message(card, "zh_CN")
    assert made["text"] == "/praise 帮助"
    assert words(made["blocks"]).split("\n") == [
        "见 /praise 帮助。",
        "/praise 我",
        "\u2003…",
        "/表扬 李娜",
        "http://x/表扬吧",
    ]
