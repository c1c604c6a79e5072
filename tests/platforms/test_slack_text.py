from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.chat import Mention
from bot.platforms.slack_text import escape, inert, length, read, scrub, shorten, split
from bot.praise import candidates, parse
from bot.tags import Tag

ANY = st.text(st.characters() | st.sampled_from("&<>@`\n\x00\ud83d\udc4f👏\u200d\u0301"), max_size=60)
MARKUP = st.sampled_from(
    [
        *(
            "<@U1>",
            "<@U1|li.xue>",
            "<@U2|王 磊>",
            "<@U3|`>",
            "<@U4|\n> x>",
            "<@|>",
            "<@U1",
            "<#C1|team>",
            "<#C1>",
            "<#C1|>",
        ),
        *(
            "<!channel>",
            "<!here|here>",
            "<!everyone>",
            "<!subteam^S1|@leads>",
            "<!subteam^S1>",
            "<!date^1^{date}|today>",
        ),
        *("<https://x.example/a?b=1&amp;c=2>", "<https://x|here>", "<mailto:a@b.example|a@b.example>", "<tel:+86>"),
        *(
            "&amp;",
            "&lt;",
            "&gt;",
            "&amp;lt;",
            "&quot;",
            "&",
            "<",
            ">",
            "`",
            "```",
            "&gt; ",
            "&gt;&gt;&gt;",
            "\n",
            " ",
            "@",
        ),
    ]
)
MESSAGES = st.lists(MARKUP | ANY, max_size=12).map("".join)


# --- from Slack ------------------------------------------------------------------------------------------------------


def test_a_mention_stands_in_the_text_as_the_name_and_covers_it() -> None:
    text, mentions = read("<@U1|li.xue> and <@W2> helped &amp; smiled", {"U1": "李雪", "W2": "Leo Wang"})

    assert text == "@李雪 and @Leo Wang helped & smiled"
    assert mentions == (Mention(0, 3, "U1"), Mention(8, 17, "W2"))


def test_without_a_known_name_what_slack_wrote_beside_the_id_is_shown_else_the_id() -> None:
    assert read("<@U1|li.xue> <@U2>")[0] == "@li.xue @U2"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("in <#C1|support-team>", "in support-team"),
        ("in <#C2>", "in 客服一组"),
        ("in <#C3|>", "in …"),
        ("<!here> <!channel|channel> <!everyone>", "@here @channel @everyone"),
        ("<!subteam^S1|@team-leads>, <!subteam^S2>", "@team-leads, @leads"),
        ("by <!date^1392734382^{date_short}|18 Feb>", "by 18 Feb"),
        ("see <https://bank.example/a?b=1&amp;c=2>", "see https://bank.example/a?b=1&c=2"),
        ("see <https://bank.example|the &lt;page&gt;>", "see the <page>"),
        ("write to <mailto:lee@bank.example|lee@bank.example>", "write to lee@bank.example"),
        ("write to <mailto:lee@bank.example>", "write to lee@bank.example"),
        ("3 &lt; 4 &amp;&amp; 4 &gt; 3", "3 < 4 && 4 > 3"),
        ("&amp;lt;", "&lt;"),
        ("I <3 it, <b>really</b> &quot;", "I <3 it, <b>really</b> &quot;"),
    ],
)
def test_markup_is_read_as_what_it_shows(sent: str, said: str) -> None:
    assert read(sent, {"C2": "客服一组", "S2": "leads"}) == (said, ())


def test_a_channel_is_no_tag() -> None:
    draft = parse(*read("<@U1|Leo> helped me in <#C1|solution>, thanks"))

    assert (draft.tags, draft.unknown_tags) == ((), ())


def test_who_means_everybody_is_understood_so() -> None:
    assert parse(*read("<!here> you are all great")).everyone


def test_a_praise_is_understood_as_one_typed_elsewhere() -> None:
    draft = parse(*read("<@U1|Leo> stayed late to fix &lt;my&gt; account #solution"))

    assert [named.user_id for named in draft.recipients] == ["U1"]
    assert (draft.reason, draft.tags) == ("stayed late to fix <my> account", (Tag.SOLUTION,))


@pytest.mark.parametrize(
    "sent",
    [
        "`<@U1|Leo> thanks`",
        "```\n<@U1|Leo> thanks\n```",
        "&gt; <@U1|Leo> thanks",
        "  &gt;<@U1|Leo> thanks",
        "> <@U1|Leo> thanks",
        "&gt;&gt;&gt; he said:\n<@U1|Leo> thanks\n<@U1|Leo> again",
        ">>>\n<@U1|Leo> thanks",
    ],
)
def test_code_and_quotations_praise_nobody(sent: str) -> None:
    draft = parse(*read(sent))

    assert (draft.recipients, draft.reason) == ((), "")


def test_three_signs_in_code_quote_nothing() -> None:
    draft = parse(*read("```\n&gt;&gt;&gt; 1 + 1\n```\n<@U1|Leo> thanks for the idea"))

    assert [named.user_id for named in draft.recipients] == ["U1"]


@pytest.mark.parametrize("name", ["`", "```", "Le`o", "Leo\n> ", "\n", "@Leo", "Leo\u0000", "  "])
def test_no_name_makes_code_or_a_quotation_of_what_follows(name: str) -> None:
    draft = parse(*read("<@U1> thanks, `really`", {"U1": name}))

    assert [named.user_id for named in draft.recipients] == ["U1"]
    assert draft.reason == "thanks,"


@given(MESSAGES, st.dictionaries(st.sampled_from(["U1", "U2", "C1", "S1"]), ANY))
@example("<@U1><@U1>", {"U1": ""})
def test_mentions_always_cover_an_at_sign_and_a_name(sent: str, names: dict[str, str]) -> None:
    text, mentions = read(sent, names)

    position = 0
    for mention in mentions:
        assert position <= mention.start < mention.end <= len(text)
        words = text[mention.start : mention.end]
        assert words.startswith("@")
        assert words[1:].strip()
        assert not set(words) & set("\n`")
        assert f"<@{mention.user_id}" in sent
        position = mention.end
    candidates(text, mentions)
    parse(text, mentions)


@given(ANY | MESSAGES)
def test_what_is_escaped_is_read_again(text: str) -> None:
    assume(">>>" not in text)

    assert read(escape(text)) == (text, ())


# --- to Slack --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "<!channel>",
        "<!here|here>",
        "<!everyone>",
        "<@U1>",
        "<#C1>",
        "<https://x|y>",
        "`<!channel>`",
        "> <@U1>",
        "&lt;!here>",
    ],
)
def test_markup_in_peoples_words_is_shown_and_does_nothing(words: str) -> None:
    said = inert(words)

    assert not set(said) & set("<>")
    assert read(said) == (words, ())


@pytest.mark.parametrize("words", ["@channel", "@HERE!", "＠everyone", "ask @group.", "`@here`", "a@channel"])
def test_everybody_is_not_called_by_a_bare_word(words: str) -> None:
    said = inert(words)

    assert said != words
    assert said.replace("\u2060", "") == words


def test_other_words_behind_an_at_sign_stay() -> None:
    assert inert("@channels @hereby @李雪") == "@channels @hereby @李雪"


@given(ANY)
@example("a\ud83db")
def test_what_is_scrubbed_can_be_sent(text: str) -> None:
    assert not any(
        unicodedata.category(character) in ("Cc", "Cs") for character in scrub(text).replace("\n", "").replace("\t", "")
    )
    scrub(text).encode()


def test_line_ends_are_kept_as_one_character() -> None:
    assert scrub("a\r\nb\rc\nd") == "a\nb\nc\nd"


@pytest.mark.parametrize(("text", "size"), [("abc", 3), ("表扬", 2), ("👏", 2), ("a & b", 9), ("<>", 8)])
def test_length_is_what_slack_may_count(text: str, size: int) -> None:
    assert length(text) == size


@given(ANY.map(scrub), st.integers(1, 40))
def test_what_is_shortened_fits_and_is_a_beginning(text: str, limit: int) -> None:
    short = shorten(text, limit)

    assert length(short) <= limit
    assert short == text if length(text) <= limit else (short.endswith("…") and text.startswith(short[:-1]))


@pytest.mark.parametrize("one", ["👩‍👩‍👧", "👍🏽", "é", "❤️"])
def test_no_emoji_or_accent_is_torn(one: str) -> None:
    words = f"ab{one}cd"

    assert {shorten(words, limit) for limit in range(1, length(words) + 1)} <= {"…", "a…", "ab…", f"ab{one}…", words}
    assert all(one in "|".join(split("x" * start + one, 12)) for start in range(9) if start + length(one) <= 20)


def test_escapes_are_never_cut() -> None:
    assert [escape(shorten("a&&b", limit)) for limit in range(1, 13)] == [
        *["…"],
        *["a…"] * 5,
        *["a&amp;…"] * 5,
        "a&amp;&amp;b",
    ]


@given(ANY.map(scrub), st.integers(5, 40))
def test_pieces_fit_and_are_the_text_together(text: str, limit: int) -> None:
    pieces = split(text, limit)

    assert "".join(pieces) == text
    assert all(length(piece) <= limit for piece in pieces)


def test_a_text_is_cut_where_a_line_or_a_sentence_ends() -> None:
    assert split("one two three\nfour five", 20) == ["one two three\n", "four five"]
    assert split("谢谢他的耐心。问题马上解决了", 8) == ["谢谢他的耐心。", "问题马上解决了"]
    assert split("one two three", 9) == ["one two ", "three"]
