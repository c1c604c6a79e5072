"""Text between Teams and the product: mentions and HTML read, everything shown inert."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Mention
from bot.platforms.teams_incoming import Place, said_to_bot
from bot.platforms.teams_text import inert, read, read_html, shorten

LI = {"type": "mention", "text": "<at>Li Xue</at>", "mentioned": {"id": "29:li", "name": "Li Xue"}}
OTHER = {"type": "mention", "text": "<at>Li Xue</at>", "mentioned": {"id": "29:other", "name": "Li Xue"}}
TOM = {"type": "mention", "text": "<at>Tom</at>", "mentioned": {"id": "29:tom", "name": "Tom"}}


def test_a_mention_covers_the_name_and_means_the_account() -> None:
    text, mentions = read("thanks <at>Li Xue</at>!", [LI], {"29:li": "account"})
    assert text == "thanks @Li Xue!"
    assert mentions == [Mention(7, 14, "account")]


def test_repeated_entities_of_one_mention_are_one() -> None:
    text, mentions = read("<at>Li Xue</at> and <at>Tom</at>", [LI, LI, TOM, TOM], {})
    assert text == "@Li Xue and @Tom"
    assert [(mention.user_id, text[mention.start : mention.end]) for mention in mentions] == [
        ("29:li", "@Li Xue"),
        ("29:tom", "@Tom"),
    ]


def test_two_people_of_one_name_are_two() -> None:
    _, mentions = read("<at>Li Xue</at>, <at>Li Xue</at>", [LI, OTHER], {})
    assert [mention.user_id for mention in mentions] == ["29:li", "29:other"]


def test_a_name_in_pieces_is_whole_again() -> None:
    pieces = [
        {"type": "mention", "text": f"<at>{part}</at>", "mentioned": {"id": "29:li", "name": part}}
        for part in ("Li", "Xue")
    ]
    text, mentions = read("<at>Li</at>&nbsp;<at>Xue</at> stayed", pieces, {})
    assert text == "@Li Xue stayed"
    assert mentions == [Mention(0, 7, "29:li")]


def test_a_mention_without_an_entity_is_only_words() -> None:
    assert read("<at>Nobody</at> hello", [], {}) == ("@Nobody hello", [])


def test_entities_are_characters_again() -> None:
    assert read("a &lt;b&gt; &amp;amp; c&nbsp;d", [], {}) == ("a <b> &amp; c d", [])


@given(st.text(), st.lists(st.sampled_from([LI, OTHER, TOM, {"type": "clientInfo"}, {"type": "mention"}])))
def test_whatever_is_written_mentions_stand_where_they_say(text: str, entities: list[dict[str, object]]) -> None:
    words, mentions = read(text + " <at>Li Xue</at> <AT>tom</AT> <at></at>", entities, {})
    end = 0
    for mention in mentions:
        assert end <= mention.start < mention.end <= len(words)
        assert words[mention.start] == "@"
        end = mention.end


@given(st.text())
def test_any_html_is_read(content: str) -> None:
    read_html(content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<div>one<br>two &amp; three</div>", "one\ntwo & three"),
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("<blockquote>theirs</blockquote><p>mine</p>", "> theirs\nmine"),
        ("see <code>@x</code>", "see `@x`"),
        ('hi <at id="0">Li Xue</at>', "hi @Li Xue"),
        ('<div>a<attachment id="1"></attachment></div><script>no</script>', "a"),
        ("<emoji alt='👏'></emoji> well done", "👏 well done"),
    ],
)
def test_html_reads_as_it_looks(content: str, words: str) -> None:
    assert read_html(content) == words


@given(st.text())
def test_nothing_shown_is_more_than_text(text: str) -> None:
    shown = inert(text + "{{DATE(2026-01-01)}} ${x} <at>all</at> </AT> {{{{")
    assert "{{" not in shown
    assert "${" not in shown
    assert "<at" not in shown.lower()
    assert "</at" not in shown.lower()
    shown.encode()


@given(st.text(), st.integers(1, 20))
def test_text_is_shortened_to_what_was_asked(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit


def test_no_emoji_is_torn() -> None:
    assert shorten("ab👩‍👧x", 5) == "ab…"


# --- said to the bot --------------------------------------------------------------------------------------------------

BOT = {"type": "mention", "text": "<at>Praisebot</at>", "mentioned": {"id": "28:bot", "name": "Praisebot"}}
PLACE = Place("tenant", "account", "29:me", "https://x", "19:c", "channel", "28:bot")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<at>Praisebot</at> praise <at>Tom</at> well done", "@Tom well done"),
        ("<at>Praisebot</at>&nbsp;<at>Tom</at> well done", "@Tom well done"),
        (" <at>Praisebot</at>, 表扬 <at>Tom</at> well done", "@Tom well done"),
        ("<at>Praisebot</at>", ""),
        ("/praise <at>Tom</at> well done", "@Tom well done"),
        ("/me", "me"),
        ("/ <at>Tom</at>", "/ @Tom"),
        ("praiseworthy <at>Tom</at>", "praiseworthy @Tom"),
        ("thanks <at>Praisebot</at>", "thanks @Praisebot"),
    ],
)
def test_the_bots_own_name_and_the_command_word_are_left_out(text: str, words: str) -> None:
    said, mentions = said_to_bot({"text": text, "entities": [BOT, TOM]}, PLACE)
    assert said == words
    assert [said[mention.start : mention.end] for mention in mentions] == (["@Tom"] if "@Tom" in words else [])


def test_quotations_and_code_keep_their_signs() -> None:
    html = "<blockquote>Tom was great</blockquote><p>thanks</p><pre>code here</pre>"
    body = {
        "text": "Tom was great\nthanks\ncode here",
        "attachments": [{"contentType": "text/html", "content": html}],
    }
    assert said_to_bot(body, PLACE) == ("> Tom was great\nthanks\n`code here`", ())
