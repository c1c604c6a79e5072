from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.points import Account, AccountKind, Cause, Posting, Unbalanced, award, balanced, reversal

ACCOUNTS = st.builds(Account, st.sampled_from(AccountKind), st.integers(0, 5))
POSTINGS = st.lists(st.builds(Posting, ACCOUNTS, st.integers(-1000, 1000)), max_size=8).map(tuple)


def balances(*entries: tuple[Posting, ...]) -> dict[Account, int]:
    found: dict[Account, int] = {}
    for entry in entries:
        for posting in entry:
            found[posting.account] = found.get(posting.account, 0) + posting.amount
    return found


def test_what_a_member_receives_the_organisation_has_issued() -> None:
    assert award(7, 5) == (
        Posting(Account(AccountKind.PERSONAL, 7), 5),
        Posting(Account(AccountKind.ISSUED), -5),
    )


def test_no_points_make_no_entry() -> None:
    assert award(7, 0) == ()


@given(st.integers(1, 10**6), st.integers(-(10**6), 10**6))
def test_an_award_sums_to_zero_and_credits_its_recipient(recipient: int, points: int) -> None:
    postings = award(recipient, points)
    assert balanced(postings) == postings
    assert sum(posting.amount for posting in postings) == 0
    assert balances(postings).get(Account(AccountKind.PERSONAL, recipient), 0) == points


@given(POSTINGS)
def test_a_reversal_undoes_every_posting_and_a_second_one_restores_it(postings: tuple[Posting, ...]) -> None:
    undone = reversal(postings)
    assert all(amount == 0 for amount in balances(postings, undone).values())
    assert [posting.account for posting in undone] == [posting.account for posting in postings]
    assert reversal(undone) == postings


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(-20, 20)), max_size=20))
def test_the_whole_ledger_sums_to_zero_whatever_is_awarded_and_reversed(awards: list[tuple[int, int]]) -> None:
    entries = [award(recipient, points) for recipient, points in awards]
    entries += [reversal(entry) for entry in entries[::2]]
    found = balances(*entries)
    assert sum(found.values()) == 0
    kept = [points for _, points in awards[1::2]]
    assert found.get(Account(AccountKind.ISSUED), 0) == -sum(kept)


@given(POSTINGS)
def test_only_postings_that_sum_to_zero_are_an_entry(postings: tuple[Posting, ...]) -> None:
    total = sum(posting.amount for posting in postings)
    if total == 0:
        assert balanced(postings) is postings
    else:
        with pytest.raises(Unbalanced, match=f"sum to {total}:"):
            balanced(postings)


def test_kinds_and_causes_are_written_as_they_are_called() -> None:
    assert set(AccountKind) == {"issued", "personal"}
    assert set(Cause) == {"praise", "second"}
