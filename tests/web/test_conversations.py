"""Which conversation is whose."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.chat import Address, Mention
from bot.web.conversations import address_of, conversation_of, direct_id, is_with_bot, may_read, message_data, partner
from bot.web.store import BOT, Message

accounts = st.text(alphabet="ab:%3A25é", min_size=1, max_size=8)


def test_the_id_of_direct_messages_names_both_in_order() -> None:
    assert direct_id("U2", "U1") == "dm:U1:U2"
    assert direct_id("praisebot", "U1") == "dm:U1:praisebot"


@given(accounts, accounts)
def test_both_members_find_each_other(one: str, other: str) -> None:
    if one != other:
        assert direct_id(one, other) == direct_id(other, one)
        assert partner(direct_id(one, other), one) == other
        assert partner(direct_id(one, other), other) == one


@given(accounts, accounts, accounts)
def test_nobody_else_reads_direct_messages(one: str, other: str, third: str) -> None:
    if third not in (one, other):
        assert not may_read(direct_id(one, other), third)


@given(accounts, accounts, accounts, accounts)
def test_two_pairs_never_share_a_conversation(a: str, b: str, c: str, d: str) -> None:
    if {a, b} != {c, d}:
        assert direct_id(a, b) != direct_id(c, d)


def test_everyone_reads_a_channel() -> None:
    assert may_read("general", "U1")


def test_an_id_that_no_pair_has_is_nobody_s() -> None:
    for conversation in ("dm:", "dm:U1", "dm:U2:U1", "dm:U1:U2:U3", "dm:U1:U1", "dm::U1"):
        assert not may_read(conversation, "U1")


def test_a_person_s_address_and_their_messages_with_the_bot_are_one() -> None:
    address = Address("web", "acme", "U1", "direct")
    assert conversation_of(address) == direct_id("U1", BOT)
    assert address_of("acme", conversation_of(address), "U1") == address
    assert is_with_bot(conversation_of(address), "U1")
    assert not is_with_bot(conversation_of(address), "U2")


def test_a_message_goes_to_the_page_without_what_is_empty() -> None:
    posted = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
    data = message_data(Message("7", 9, "general", "U1", posted, "hi @A", (Mention(3, 5, "UA"),)))
    assert data == {
        "type": "message",
        "id": "7",
        "revision": 9,
        "conversation": "general",
        "author": "U1",
        "posted": "2026-11-22T09:05:00+00:00",
        "text": "hi @A",
        "mentions": [{"start": 3, "end": 5, "user_id": "UA"}],
    }
