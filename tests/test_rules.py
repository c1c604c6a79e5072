from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.praise import Kind
from bot.rules import DEFAULT_RULES, Mistake, Rules, RulesError, parse
from bot.tags import Tag, Tier


def mistakes(text: str) -> tuple[Mistake, ...]:
    with pytest.raises(RulesError) as caught:
        parse(text)
    return caught.value.mistakes


def with_value(table: str, key: str, value: str) -> str:
    """Return the default rules with the value of one key changed."""
    pattern = rf"(\[{re.escape(table)}\][^\[]*?^{key} = )[^#\n]*"
    text, found = re.subn(pattern, lambda match: match[1] + value, DEFAULT_RULES, count=1, flags=re.MULTILINE)
    assert found
    return text


def line_of(text: str, wanted: str) -> int:
    return text.split("\n").index(wanted) + 1


def test_the_default_rules_are_valid() -> None:
    rules = parse(DEFAULT_RULES)
    assert rules.worth(Kind.PEER, Tier.BASIC, Tag.ATTITUDE) == 2
    assert rules.worth(Kind.CUSTOMER, Tier.HIGHLIGHT, Tag.VALUE_ADDED) == 15
    assert rules.at_once == {Kind.PEER: True, Kind.CUSTOMER: False}
    assert (rules.second_points, rules.second_cost) == (1, 1)
    assert (rules.allowance_period, rules.allowance) == ("week", 10)
    assert (rules.recipients, rules.repeat_minutes) == (20, 10)
    assert (rules.board_weekday, rules.board_hour, rules.board_minute, rules.board_top) == (0, 9, 0, 10)
    assert rules.boards == ("individual", "team", "givers")
    assert {*rules.points} == {(kind, tier, tag) for kind in Kind for tier in Tier for tag in Tag}


def test_customer_praise_costs_nothing() -> None:
    rules = parse(with_value("allowance", "praise", "3"))
    assert rules.cost(Kind.PEER) == 3
    assert rules.cost(Kind.CUSTOMER) == 0


def test_a_board_can_be_switched_off_moved_and_named_twice() -> None:
    assert parse(with_value("boards", "show", "[]")).boards == ()
    assert parse(with_value("boards", "show", '["team", "team"]')).boards == ("team",)
    assert parse(with_value("boards", "weekday", '"sunday"')).board_weekday == 6
    moved = parse(with_value("boards", "time", '"23:59"'))
    assert (moved.board_hour, moved.board_minute) == (23, 59)


def test_the_form_of_the_file_does_not_matter() -> None:
    expected = parse(DEFAULT_RULES)
    assert parse(DEFAULT_RULES.replace("\n", "\r\n")) == expected
    tables = re.sub(r"\[points\.second\]\npoints = 1\n", "", DEFAULT_RULES)
    assert parse(f"points.second.points = 1\n{tables}") == expected
    assert parse(f"points.second = {{ points = 1 }}\n{tables}") == expected


TEN_MISTAKES = """\
# Our points.
[points.peer.basic]
attitude = 2
solution = "three"
value_added = 4

[points.peer.highlight]
attitude = 1
solution = 6
value_added = 8

[points.customer.basic]
attitude = 5
solution = 6
value_added = 8.5

[points.customer.highlight]
attitude = 10
solution = 12
value_added = 15
bonus = 3

[points.second]
points = -1

[allowance]
period = "day"
amount = 10
praise = 1
second = 1

[policy]
peer = true
customer = "after_confirmation"
recipients = 0

[boards]
weekday = "monday"
time = "9:00"
top = 10
show = ["individual", "people"]
"""


def test_ten_mistakes_are_told_at_once_each_with_its_line() -> None:
    assert [(mistake.line, mistake.key, mistake.code) for mistake in mistakes(TEN_MISTAKES)] == [
        (4, "points.peer.basic.solution", "not_integer"),
        (8, "points.peer.highlight.attitude", "highlight_below_basic"),
        (15, "points.customer.basic.value_added", "not_integer"),
        (21, "points.customer.highlight.bonus", "unknown_key"),
        (24, "points.second.points", "out_of_range"),
        (27, "allowance.period", "not_a_choice"),
        (32, "policy.repeat_minutes", "missing"),
        (33, "policy.peer", "not_a_choice"),
        (35, "policy.recipients", "out_of_range"),
        (39, "boards.time", "not_a_time"),
        (41, "boards.show", "not_choices"),
    ]


def test_a_mistake_says_what_would_be_right() -> None:
    data = {mistake.code: mistake.data for mistake in mistakes(TEN_MISTAKES)}
    assert data["not_integer"] == {"low": 0, "high": 1000}
    assert data["out_of_range"] == {"low": 1, "high": 100}
    assert data["highlight_below_basic"] == {"basic": 2}
    assert data["not_a_choice"] == {"choices": "at_once, after_confirmation"}
    assert data["not_choices"] == {"choices": "individual, team, givers"}


def test_the_error_itself_names_the_first_mistake() -> None:
    with pytest.raises(RulesError, match="11 mistakes, the first in line 4: not_integer"):
        parse(TEN_MISTAKES)


@pytest.mark.parametrize(
    ("table", "key", "low", "high"),
    [
        ("points.customer.highlight", "value_added", 8, 1000),
        ("points.second", "points", 0, 100),
        ("allowance", "amount", 0, 10_000),
        ("allowance", "praise", 0, 1000),
        ("allowance", "second", 0, 1000),
        ("policy", "recipients", 1, 100),
        ("policy", "repeat_minutes", 0, 1440),
        ("boards", "top", 3, 50),
    ],
)
def test_numbers_have_bounds(table: str, key: str, low: int, high: int) -> None:
    for value in (low, high):
        assert parse(with_value(table, key, str(value)))
    for value in (-1, high + 1):
        assert [mistake.code for mistake in mistakes(with_value(table, key, str(value)))] == ["out_of_range"]
    for wrong in ("1.0", "true", '"1"', "[1]", "2026-11-22"):
        found = mistakes(with_value(table, key, wrong))
        assert [(mistake.key, mistake.code) for mistake in found] == [(f"{table}.{key}", "not_integer")]


@pytest.mark.parametrize("time", ['"24:00"', '"9:00"', '"09:60"', '"09:00:00"', '"０９:００"', "9", "09:00:00", '""'])
def test_only_a_time_of_day_is_a_time(time: str) -> None:
    assert [mistake.code for mistake in mistakes(with_value("boards", "time", time))] == ["not_a_time"]


@pytest.mark.parametrize("show", ['"team"', "3", "[1]", '["Team"]', '[["team"]]'])
def test_only_boards_that_exist_can_be_shown(show: str) -> None:
    assert [mistake.code for mistake in mistakes(with_value("boards", "show", show))] == ["not_choices"]


@pytest.mark.parametrize("day", ['"Monday"', '"mon"', "1", '""'])
def test_only_a_weekday_is_a_weekday(day: str) -> None:
    assert [mistake.code for mistake in mistakes(with_value("boards", "weekday", day))] == ["not_a_choice"]


def test_everything_missing_is_told() -> None:
    found = mistakes("")
    assert {(mistake.line, mistake.code) for mistake in found} == {(1, "missing")}
    assert len({mistake.key for mistake in found}) == len(found) == 25
    assert len(mistakes("boards = 3\n")) == 25


def test_what_is_missing_is_told_where_its_table_is() -> None:
    text = re.sub(r"time = .*\n", "", DEFAULT_RULES)
    (found,) = mistakes(text)
    assert (found.line, found.key, found.code) == (line_of(text, "[boards]"), "boards.time", "missing")
    twice = DEFAULT_RULES.replace("[boards]", "[[boards]]")
    assert min(mistake.line for mistake in mistakes(twice)) >= line_of(twice, "[[boards]]")


def test_unknown_keys_are_told_wherever_they_are() -> None:
    text = DEFAULT_RULES + '\n[boards.more]\nx = 1\n[ extra . table ] # no\ny = 1\n"a b" = 2\n'
    found = [(mistake.line, mistake.key, mistake.code) for mistake in mistakes(text)]
    assert found == [
        (line_of(text, "[boards.more]"), "boards.more", "unknown_key"),
        (line_of(text, "[ extra . table ] # no"), "extra", "unknown_key"),
    ]
    quoted = DEFAULT_RULES + '"show me" = 2\n'
    assert [(mistake.line, mistake.key) for mistake in mistakes(quoted)] == [
        (line_of(quoted, '"show me" = 2'), "boards.show me")
    ]


@pytest.mark.parametrize("tier", ["basic", "highlight"])
def test_a_wrong_number_is_not_compared_as_well(tier: str) -> None:
    text = with_value(f"points.peer.{tier}", "solution", "9999" if tier == "basic" else '"x"')
    assert len(mistakes(text)) == 1


def test_a_highlight_may_be_worth_as_much_as_basic_praise_but_not_less() -> None:
    assert parse(with_value("points.customer.highlight", "attitude", "5"))
    (found,) = mistakes(with_value("points.customer.highlight", "attitude", "4"))
    assert (found.key, found.code) == ("points.customer.highlight.attitude", "highlight_below_basic")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[points\n", 1),
        ("a = 1\nb =\n", 2),
        ("a = 1\na = 2\n", 2),
        ("a = 1\n\nb = [1,\n", 3),
        ("a = 1\nb = \0\n", 2),
        ("[points.peer.basic]\nattitude = " + "1" * 5000 + "\n[x]\n", 2),
        ("a = 1\nb = " + "[" * 5000 + "\nc = 1\n", 2),
        ("\ud800", 1),
        ("没有", 1),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(text: str, line: int) -> None:
    (found,) = mistakes(text)
    assert (found.line, found.key, found.code) == (line, "", "syntax")
    assert found.data["detail"]
    assert "line" not in str(found.data["detail"])


def test_a_huge_file_is_not_even_read() -> None:
    (found,) = mistakes("x" * 64_001)
    assert (found.line, found.code, found.data) == (1, "too_large", {"limit": 64_000})
    assert parse(DEFAULT_RULES + "#" * (64_000 - len(DEFAULT_RULES)))


def test_a_long_blank_in_a_string_is_no_trouble() -> None:
    text = DEFAULT_RULES + "note = '''\n[" + " " * 50_000 + "\n" + " " * 10_000 + "\n'''\n"
    assert [mistake.code for mistake in mistakes(text)] == ["unknown_key"]


@given(st.text(max_size=200) | st.lists(st.sampled_from(DEFAULT_RULES.split("\n")), max_size=60).map("\n".join))
def test_any_text_is_rules_or_a_list_of_mistakes(text: str) -> None:
    try:
        found: Rules | tuple[Mistake, ...] = parse(text)
    except RulesError as error:
        found = error.mistakes
    if not isinstance(found, Rules):
        lines = [mistake.line for mistake in found]
        assert lines == sorted(lines)
        assert 1 <= lines[0] <= lines[-1] <= text.count("\n") + 1


@st.composite
def worths(draw: st.DrawFn) -> dict[tuple[Kind, Tier, Tag], int]:
    found: dict[tuple[Kind, Tier, Tag], int] = {}
    for kind in Kind:
        for tag in Tag:
            found[kind, Tier.BASIC, tag] = basic = draw(st.integers(0, 1000))
            found[kind, Tier.HIGHLIGHT, tag] = draw(st.integers(basic, 1000))
    return found


@given(worths(), st.integers(0, 10_000), st.integers(0, 23), st.integers(0, 59))
def test_valid_numbers_come_back_as_they_were_written(
    points: dict[tuple[Kind, Tier, Tag], int], amount: int, hour: int, minute: int
) -> None:
    tables = "".join(
        f"[points.{kind}.{tier}]\n" + "".join(f"{tag} = {points[kind, tier, tag]}\n" for tag in Tag)
        for kind in Kind
        for tier in Tier
    )
    rest = DEFAULT_RULES[DEFAULT_RULES.index("[points.second]") :]
    rest = rest.replace("amount = 10", f"amount = {amount}").replace("09:00", f"{hour:02}:{minute:02}")
    rules = parse(tables + rest)
    assert rules.points == points
    assert all(rules.worth(*key) == worth for key, worth in points.items())
    assert (rules.allowance, rules.board_hour, rules.board_minute) == (amount, hour, minute)
