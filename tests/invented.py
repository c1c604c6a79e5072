"""Invented numbers with true check digits, and how findings are compared in tests."""

from __future__ import annotations

import re

from bot.privacy import Kind, find

MOBILE = "13800138000"
ANY_DIGIT = re.compile(r"[\d零〇一二三四五六七八九幺洞两]")


def identity_number(first_17: str) -> str:
    """Return the 18 characters of an identity number, with the check character of ISO 7064 MOD 11-2."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first_17 + "10X98765432"[sum(int(a) * b for a, b in zip(first_17, weights, strict=True)) % 11]


def card_number(without_check_digit: str) -> str:
    """Return a bank card number with its Luhn digit."""
    total = 0
    for place, digit in enumerate(reversed(without_check_digit)):
        doubled = int(digit) * 2 if place % 2 == 0 else int(digit)
        total += doubled - 9 if doubled > 9 else doubled
    return f"{without_check_digit}{-total % 10}"


def wrong_last_digit(number: str) -> str:
    return number[:-1] + str((int(number[-1]) + 1) % 10)


def in_fours(number: str, separator: str = " ") -> str:
    return separator.join(number[place : place + 4] for place in range(0, len(number), 4))


IDENTITY = identity_number("11010119900307123")
IDENTITY_X = next(
    number for number in (identity_number(f"110101199003{day:02}123") for day in range(1, 31)) if number.endswith("X")
)
CARD_16 = card_number("621700000000123")
CARD_19 = card_number("622700000000012345")


def found(text: str, keep: tuple[str, ...] = ()) -> list[tuple[Kind, str]]:
    return [(finding.kind, text[finding.start : finding.end]) for finding in find(text, keep)]


def kinds(text: str) -> list[Kind]:
    return [finding.kind for finding in find(text)]
