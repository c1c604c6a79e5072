from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.chat import Mention
from bot.praise import PRIVATE_ALIASES, TAG_ALIASES, candidates, clean, has_reason, name_key, parse, same_words
from bot.tags import in_order

NAMES = ("@", "＠", "@李雪", "＠Leo", "李雪", "Leo", "Wang")
HASHED = ("#", "＃", "#态度", "＃value-added", "#私下", "#1")
OTHER_WORDS = ("态度", "谢谢", "thanks", "和", "and", "C", *",，。/&_-.>＞👍`", "```")
SPACES = (" ", "\n", "\t", "\u3000", "\r\n", "\x00", "\u200b", "\ud800")
PIECES = st.sampled_from((*NAMES, *HASHED, *OTHER_WORDS, *SPACES))
TEXTS = st.one_of(st.lists(PIECES, max_size=25).map("".join), st.text(max_size=60))
SPANS = st.lists(
    st.builds(Mention, st.integers(-2, 60), st.integers(-2, 60), st.sampled_from(["m1", "m2", "m3"])), max_size=5
)
KNOWN = {"李雪", "leo", "leo wang", "态度"}
ALIASES = "|".join(re.escape(alias) for alias in (*TAG_ALIASES, *PRIVATE_ALIASES))
TAG_TOKEN = re.compile(rf"(?<![A-Za-z0-9_&/@＠#＃])[#＃](?:{ALIASES})(?![A-Za-z0-9_.-])", re.IGNORECASE)
INVISIBLE = "\x00\x1b\x7f\x9f\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufeff\ud800\udfff"


@given(TEXTS, SPANS)
@example("@李雪 ##态度态度 好", [])
@example("好 #@态度 好 #李雪 态度 好", [Mention(8, 12, "m1")])
@example("#态度#@Leo#态度#好", [])
def test_whatever_is_typed_is_understood(text: str, mentions: list[Mention]) -> None:
    draft = parse(text, mentions, KNOWN)
    accounts = {mention.user_id for mention in mentions}
    who = [(named.user_id, named.key) for named in draft.recipients]
    assert len(who) == len(set(who))
    for user_id, key in who:
        assert (user_id in accounts) != (key in KNOWN)
    assert draft.tags == in_order(draft.tags)
    assert (draft.primary is None) == (not draft.tags)
    assert draft.primary is None or draft.primary in draft.tags
    assert draft.reason == draft.reason.strip()
    assert not TAG_TOKEN.search(draft.reason)
    assert len(set(draft.unknown_names)) == len(draft.unknown_names)
    assert len(set(draft.unknown_tags)) == len(draft.unknown_tags)


@given(TEXTS, SPANS)
@example("＃value-added#态度", [])
@example("#态度#@#态度", [])
def test_a_reason_has_no_tags_left_to_read(text: str, mentions: list[Mention]) -> None:
    # A sign that was cut from the edge may have kept an @ from being one; it is put back.
    assert parse("-" + parse(text, mentions, KNOWN).reason).tags == ()


@given(TEXTS)
def test_only_candidates_can_become_recipients(text: str) -> None:
    found = set(candidates(text))
    assert {named.key for named in parse(text, (), found | KNOWN).recipients} <= found
    assert "" not in found


@given(TEXTS, SPANS, st.sampled_from(["```{}```", "```\n{}\n```", "谢谢 ```{}"]))
def test_praise_in_a_code_block_praises_nobody(text: str, mentions: list[Mention], block: str) -> None:
    text = text.replace("`", "")
    moved = [Mention(m.start + block.index("{"), m.end + block.index("{"), m.user_id) for m in mentions if m.start >= 0]
    draft = parse(block.format(text), [m for m in moved if m.end <= block.index("{") + len(text)], KNOWN)
    assert draft.recipients == ()
    assert (draft.tags, draft.everyone, draft.private) == ((), False, False)
    assert draft.reason == ("谢谢" if block.startswith("谢谢") else "")


@given(TEXTS, SPANS)
def test_praise_in_a_quotation_praises_nobody(text: str, mentions: list[Mention]) -> None:
    text = "".join(f"> {line}\n" for line in re.split("[\r\n]", text))
    assert parse(text, mentions, KNOWN) == parse("")


@given(st.text(alphabet="@＠#＃ 李雪王磊态度谢Leo,，\n", max_size=30), SPANS, st.data())
def test_what_nobody_sees_changes_nothing(text: str, mentions: list[Mention], data: st.DataObject) -> None:
    places = data.draw(st.lists(st.tuples(st.integers(0, len(text)), st.sampled_from(INVISIBLE)), max_size=6))
    places.sort(reverse=True)
    inside = [m for m in mentions if 0 <= m.start < m.end <= len(text)]
    hidden = text
    for place, character in places:
        hidden = hidden[:place] + character + hidden[place:]

    def moved(offset: int) -> int:
        return offset + sum(place < offset for place, _ in places)

    cleaned, spans = clean(hidden, [Mention(moved(m.start), moved(m.end), m.user_id) for m in inside])
    assert cleaned == text
    assert list(spans) == inside
    assert parse(cleaned, spans, KNOWN) == parse(text, inside, KNOWN)
    assert name_key(hidden) == name_key(text)


@given(TEXTS, SPANS)
def test_a_clean_text_can_be_stored_and_stays_as_it_is(text: str, mentions: list[Mention]) -> None:
    once = clean(text, mentions)
    assert clean(*once) == once
    assert b"\0" not in once[0].encode()


@given(TEXTS)
def test_a_name_key_is_its_own_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@given(TEXTS)
def test_a_reason_can_be_compared_when_there_is_one(text: str) -> None:
    assert not has_reason(text) or same_words(text)


MANY = (
    "@a #b ",
    "@李",
    "#态度",
    "@Leo#",
    "@",
    "#",
    "` `` ",
    "```",
    "a@",
    "\n> ",
    "和",
    "。",
    "@ ",
    "a.",
)


@pytest.mark.parametrize("piece", MANY)
def test_a_hundred_kilobytes_of_anything_are_read(piece: str) -> None:
    text, _ = clean("\u200d" + piece * (100_000 // len(piece.encode())))
    draft = parse(text, (), KNOWN)
    assert len(draft.reason) <= len(text)
    assert len(draft.unknown_names) <= 200
    assert len(draft.unknown_tags) <= 200
    assert len(candidates(text)) <= 200 * 40
