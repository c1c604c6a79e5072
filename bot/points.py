"""The ledger's arithmetic: postings that sum to zero, and their reversal.

Every entry moves points between accounts; what a member receives, the organisation has issued. Nothing is ever changed:
a mistake is reversed, once, by an entry with the opposite postings. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class AccountKind(StrEnum):
    """``issued`` is the organisation's own account, the source of all points; ``personal`` belongs to a member."""

    ISSUED = "issued"
    PERSONAL = "personal"


class Cause(StrEnum):
    """Why an entry was made; a reversal has the cause of what it reverses."""

    PRAISE = "praise"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Account:
    """An account of one organisation; ``owner`` is the member's id, 0 for the organisation itself."""

    kind: AccountKind
    owner: int = 0


@dataclass(frozen=True, slots=True)
class Posting:
    """``amount`` points into ``account`` (out of it when negative)."""

    account: Account
    amount: int


class Unbalanced(ValueError):
    """The postings of one entry do not sum to zero; a mistake in the program, never in the data."""


def award(recipient: int, points: int) -> tuple[Posting, ...]:
    """Return the postings that give ``recipient`` (a member id) ``points``; none for zero points."""
    if points == 0:
        return ()
    return balanced(
        (Posting(Account(AccountKind.PERSONAL, recipient), points), Posting(Account(AccountKind.ISSUED), -points))
    )


def reversal(postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """Return the postings that undo ``postings`` exactly."""
    return tuple(Posting(posting.account, -posting.amount) for posting in postings)


def balanced(postings: tuple[Posting, ...]) -> tuple[Posting, ...]:
    """Return ``postings`` unchanged, or raise `Unbalanced`."""
    if sum(posting.amount for posting in postings) != 0:
        raise Unbalanced(f"postings sum to {sum(posting.amount for posting in postings)}: {postings}")
    return postings
