"""Periods tile the calendar, words for them are understood, and a weekly schedule survives daylight saving."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.periods import (
    Period,
    PeriodError,
    Schedule,
    Window,
    due_weeks,
    latest_due,
    local_day,
    month_of,
    next_due,
    next_week,
    parse_window,
    quarter_of,
    week_of,
    window,
)

TODAY = date(2026, 11, 22)  # a Sunday
DAYS = st.dates(date(1900, 1, 15), date(8999, 12, 1))
ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia")
SECONDS_OF_A_YEAR = 365 * 24 * 3600


def moments_from(*years: int) -> st.SearchStrategy[datetime]:
    """Return moments of the given years, in UTC."""
    return st.builds(
        lambda year, seconds: datetime(year, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds),
        st.sampled_from(years),
        st.integers(0, SECONDS_OF_A_YEAR),
    )


MOMENTS = moments_from(*range(2000, 2040))
SCHEDULES = st.builds(Schedule, st.integers(0, 6), st.integers(0, 23), st.integers(0, 59), st.sampled_from(ZONES))


def custom(first: date, last: date) -> Period:
    return Period("custom", first, last + timedelta(days=1))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


# Periods


@given(DAYS)
@example(date(2024, 2, 29))
@example(date(2021, 1, 3))
def test_every_day_lies_in_one_week_one_month_and_one_quarter(day: date) -> None:
    for of in (week_of, month_of, quarter_of):
        period = of(day)
        assert period.start <= day < period.end
        assert of(period.start) == of(period.end - timedelta(days=1)) == period
        assert of(period.end).start == period.end
        assert of(period.start - timedelta(days=1)) == period.previous()


@given(DAYS, st.integers(1, 400))
def test_the_previous_period_ends_where_this_one_starts(day: date, length: int) -> None:
    for period in (week_of(day), month_of(day), quarter_of(day), custom(day, day + timedelta(days=length - 1))):
        before = period.previous()
        assert before.end == period.start
        assert before.kind == period.kind
        assert before.key() != period.key()
    assert period.days == before.days == length


@pytest.mark.parametrize(
    ("period", "start", "end", "key"),
    [
        (week_of(TODAY), date(2026, 11, 16), date(2026, 11, 23), "2026-W47"),
        (week_of(date(2027, 1, 3)), date(2026, 12, 28), date(2027, 1, 4), "2026-W53"),
        (week_of(date(2024, 12, 30)), date(2024, 12, 30), date(2025, 1, 6), "2025-W01"),
        (month_of(TODAY), date(2026, 11, 1), date(2026, 12, 1), "2026-11"),
        (month_of(date(2026, 12, 31)), date(2026, 12, 1), date(2027, 1, 1), "2026-12"),
        (quarter_of(TODAY), date(2026, 10, 1), date(2027, 1, 1), "2026-Q4"),
        (quarter_of(date(2026, 3, 31)), date(2026, 1, 1), date(2026, 4, 1), "2026-Q1"),
        (
            custom(date(2026, 11, 1), date(2026, 11, 15)),
            date(2026, 11, 1),
            date(2026, 11, 16),
            "2026-11-01..2026-11-15",
        ),
    ],
)
def test_a_period_has_its_days_and_a_key(period: Period, start: date, end: date, key: str) -> None:
    assert (period.start, period.end) == (start, end)
    assert period.key() == key
    assert period.days == (end - start).days


@given(DAYS, DAYS)
def test_keys_are_equal_only_for_equal_periods(one: date, other: date) -> None:
    for of in (week_of, month_of, quarter_of):
        assert (of(one).key() == of(other).key()) == (of(one) == of(other))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        (Window.THIS_WEEK, "2026-W47"),
        (Window.LAST_WEEK, "2026-W46"),
        (Window.THIS_MONTH, "2026-11"),
        (Window.LAST_MONTH, "2026-10"),
        (Window.THIS_QUARTER, "2026-Q4"),
        (Window.LAST_QUARTER, "2026-Q3"),
    ],
)
def test_a_window_is_counted_from_today(name: Window, key: str) -> None:
    assert window(name, TODAY).key() == key


# Words for periods


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("this week", "2026-W47"),
        ("  LAST   Week ", "2026-W46"),
        ("this month", "2026-11"),
        ("last month", "2026-10"),
        ("this quarter", "2026-Q4"),
        ("last quarter", "2026-Q3"),
        ("week", "2026-W47"),
        ("本周", "2026-W47"),
        ("上周", "2026-W46"),
        ("上个星期", "2026-W46"),
        ("这个月", "2026-11"),
        ("上个月", "2026-10"),
        ("本季度", "2026-Q4"),
        ("上季度", "2026-Q3"),
        ("2026-10", "2026-10"),
        ("2026年10月", "2026-10"),
        ("2026-Q2", "2026-Q2"),
        ("2026 q2", "2026-Q2"),
        ("2026年第2季度", "2026-Q2"),
        ("2026-10-01..2026-10-31", "2026-10-01..2026-10-31"),
        ("2026-10-01 to 2026-10-31", "2026-10-01..2026-10-31"),
        ("from 2026-10-01 to 10-31", "2026-10-01..2026-10-31"),
        ("2026/10/1 - 2026/10/31", "2026-10-01..2026-10-31"),
        ("10-01..2026-10-31", "2026-10-01..2026-10-31"),
        ("10月1日至10月31日", "2026-10-01..2026-10-31"),
        ("从10月1日到10月31日", "2026-10-01..2026-10-31"),
        ("2025年12月20日至2026年1月5日", "2025-12-20..2026-01-05"),
        ("11月22日", "2026-11-22..2026-11-22"),
        ("2026-11-01", "2026-11-01..2026-11-01"),
    ],
)
def test_words_for_a_period_are_understood(words: str, key: str) -> None:
    period = parse_window(words, TODAY)
    assert period is not None
    assert period.key() == key


@pytest.mark.parametrize(
    ("words", "today", "key"),
    [
        ("11月23日", TODAY, "2025-11-23..2025-11-23"),  # tomorrow has not begun
        ("11月1日至11月30日", TODAY, "2026-11-01..2026-11-30"),  # begun, not over
        ("12月1日至12月31日", TODAY, "2025-12-01..2025-12-31"),
        ("12月20日至1月5日", date(2027, 1, 2), "2026-12-20..2027-01-05"),
        ("12月20日至1月5日", TODAY, "2025-12-20..2026-01-05"),
    ],
)
def test_a_year_left_out_is_the_latest_in_which_the_period_has_begun(words: str, today: date, key: str) -> None:
    period = parse_window(words, today)
    assert period is not None
    assert period.key() == key


@pytest.mark.parametrize(
    "words", ["", "next week", "every month", "王芳", "10", "2026", "2026-10-01..", "..", "1.5 points"]
)
def test_other_words_name_no_period(words: str) -> None:
    assert parse_window(words, TODAY) is None


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("2026-10-31..2026-10-01", "reversed"),
        ("2026-10-31..10-01", "reversed"),
        ("2025-01-01..2026-02-05", "too_long"),
        ("2026-02-30", "no_such_day"),
        ("2月30日", "no_such_day"),
        ("2026-13", "no_such_day"),
        ("2026-10-01..2026-10-32", "no_such_day"),
        ("0001-01", "no_such_day"),
        ("9999-12", "no_such_day"),
        ("9999-Q4", "no_such_day"),
        ("9999-12-31", "no_such_day"),
    ],
)
def test_a_period_that_cannot_be_is_refused_with_a_code(words: str, code: str) -> None:
    with pytest.raises(PeriodError) as refusal:
        parse_window(words, TODAY)
    assert refusal.value.code == code
    assert refusal.value.value == words
    assert isinstance(refusal.value, ValueError)


def test_four_hundred_days_are_the_most() -> None:
    period = parse_window("2025-01-01..2026-02-04", TODAY)
    assert period is not None
    assert period.days == 400


@pytest.mark.parametrize(
    "words", ["10-1" + " " * 100_000 + "x", "1" * 100_000, "-" * 100_000, "\0", "\ud800", "10-1" * 25_000]
)
def test_hostile_words_name_no_period(words: str) -> None:
    assert parse_window(words, TODAY) is None


@given(DAYS, DAYS)
def test_the_key_of_a_period_is_understood_as_that_period(day: date, today: date) -> None:
    for period in (month_of(day), quarter_of(day), custom(day, day + timedelta(days=30))):
        assert parse_window(period.key(), today) == period


@given(st.text("0123456789-./.年月日至到 QqW季度上本周", max_size=24), DAYS)
@settings(max_examples=300)
def test_what_is_understood_can_be_shown_with_the_period_before(words: str, today: date) -> None:
    codes: list[str] = []
    try:
        period = parse_window(words, today)
    except PeriodError as refusal:
        period = None
        codes.append(refusal.code)
    assert set(codes) <= {"reversed", "too_long", "no_such_day"}
    assert period is None or period.previous().end == period.start


# Days and timezones


def test_the_local_day_is_that_of_the_timezone() -> None:
    moment = utc(2026, 11, 22, 16, 30)
    assert local_day(moment, "Asia/Shanghai") == date(2026, 11, 23)
    assert local_day(moment, "America/New_York") == date(2026, 11, 22)
    assert local_day(moment.astimezone(ZoneInfo("Asia/Tokyo")), "UTC") == date(2026, 11, 22)


@pytest.mark.parametrize(
    "name", ["Mars/Base", "", "Europe", "../etc/passwd", "/etc/passwd", "a\0b", "\ud800", "x" * 5000]
)
def test_an_unknown_timezone_is_refused_with_a_code(name: str) -> None:
    schedule = Schedule(0, 9, 0, name)
    for ask in (
        lambda: local_day(utc(2026, 1, 1), name),
        lambda: latest_due(schedule, utc(2026, 1, 1)),
        lambda: due_weeks(schedule, utc(2026, 1, 1), utc(2026, 2, 1)),
    ):
        with pytest.raises(PeriodError) as refusal:
            ask()
        assert refusal.value.code == "timezone"


# Schedules

MONDAY_NINE = Schedule(0, 9, 0, "Asia/Shanghai")


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (utc(2026, 11, 23, 1, 0), utc(2026, 11, 23, 1, 0)),  # Monday 09:00 in Shanghai, to the second
        (utc(2026, 11, 23, 0, 59, 59), utc(2026, 11, 16, 1, 0)),
        (utc(2026, 11, 22, 12, 0), utc(2026, 11, 16, 1, 0)),
    ],
)
def test_the_latest_due_moment_is_not_after_now(now: datetime, due: datetime) -> None:
    assert latest_due(MONDAY_NINE, now) == due
    assert latest_due(MONDAY_NINE, now).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("schedule", "due"),
    [
        (Schedule(6, 2, 30, "America/New_York"), utc(2026, 3, 8, 7, 0)),  # 02:00 to 03:00 is skipped: due at 03:00
        (Schedule(6, 1, 59, "America/New_York"), utc(2026, 3, 8, 6, 59)),
        (Schedule(6, 3, 0, "America/New_York"), utc(2026, 3, 8, 7, 0)),
        (Schedule(6, 2, 10, "Australia/Lord_Howe"), utc(2026, 10, 3, 15, 30)),  # half an hour: 02:00 to 02:30
        (Schedule(5, 0, 0, "Asia/Beirut"), utc(2027, 3, 26, 22, 0)),
        (Schedule(4, 10, 0, "Pacific/Apia"), utc(2011, 12, 30, 10, 0)),  # the whole Friday was skipped
    ],
)
def test_a_moment_that_daylight_saving_skips_is_due_when_the_gap_ends(schedule: Schedule, due: datetime) -> None:
    assert latest_due(schedule, due + timedelta(hours=5)) == due
    assert latest_due(schedule, due) == due
    assert latest_due(schedule, due - timedelta(seconds=1)) < due - timedelta(days=6)


@pytest.mark.parametrize(
    ("schedule", "first"),
    [
        (Schedule(6, 1, 30, "America/New_York"), utc(2026, 11, 1, 5, 30)),
        (Schedule(6, 1, 45, "Australia/Lord_Howe"), utc(2026, 4, 4, 14, 45)),
    ],
)
def test_a_moment_that_daylight_saving_repeats_is_due_once_the_first_time(schedule: Schedule, first: datetime) -> None:
    for later in (timedelta(0), timedelta(minutes=20), timedelta(hours=1), timedelta(hours=3)):
        assert latest_due(schedule, first + later) == first
    assert len(due_weeks(schedule, first - timedelta(seconds=1), first + timedelta(days=1))) == 1
    assert due_weeks(schedule, first, first + timedelta(days=1)) == ()


@given(SCHEDULES, MOMENTS)
@settings(deadline=None)
def test_the_latest_due_moment_is_within_a_week_and_at_its_local_time(schedule: Schedule, now: datetime) -> None:
    due = latest_due(schedule, now)
    assert due <= now < due + timedelta(days=8)
    assert latest_due(schedule, due) == due
    local = due.astimezone(ZoneInfo(schedule.timezone))
    wall = local.replace(hour=schedule.hour, minute=schedule.minute)
    exists = wall.astimezone(UTC).astimezone(wall.tzinfo).replace(tzinfo=None) == wall.replace(tzinfo=None)
    if exists and schedule.timezone != "Pacific/Apia":
        assert (local.weekday(), local.hour, local.minute, local.fold) == (
            schedule.weekday,
            schedule.hour,
            schedule.minute,
            0,
        )


@given(SCHEDULES, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=30)))
@settings(deadline=None)
def test_the_latest_due_moment_never_goes_back(schedule: Schedule, now: datetime, later: timedelta) -> None:
    assert latest_due(schedule, now) <= latest_due(schedule, now + later)


# Weeks that are due


def test_the_week_before_the_posting_moment_is_due() -> None:
    friday = utc(2026, 11, 20)
    assert due_weeks(MONDAY_NINE, friday, utc(2026, 11, 23, 0, 59)) == ()
    assert due_weeks(MONDAY_NINE, friday, utc(2026, 11, 23, 1, 0)) == (week_of(date(2026, 11, 16)),)
    assert due_weeks(Schedule(6, 20, 0, "Asia/Shanghai"), friday, utc(2026, 11, 22, 12)) == (
        week_of(date(2026, 11, 9)),
    )
    assert due_weeks(Schedule(0, 0, 30, "Asia/Shanghai"), friday, utc(2026, 11, 22, 17)) == (
        week_of(date(2026, 11, 16)),
    )


def test_weeks_missed_are_due_oldest_first_and_only_the_newest() -> None:
    since, now = utc(2026, 9, 1), utc(2026, 11, 24)
    assert [week.key() for week in due_weeks(MONDAY_NINE, since, now)] == [
        "2026-W44",
        "2026-W45",
        "2026-W46",
        "2026-W47",
    ]
    assert [week.key() for week in due_weeks(MONDAY_NINE, since, now, limit=1)] == ["2026-W47"]
    assert due_weeks(MONDAY_NINE, since, now, limit=0) == ()
    assert due_weeks(MONDAY_NINE, now, since) == due_weeks(MONDAY_NINE, now, now) == ()


@given(SCHEDULES, st.lists(moments_from(2011, 2012), min_size=2, max_size=6))
@settings(deadline=None)
@example(Schedule(6, 2, 30, "America/New_York"), [utc(2026, 3, 8, 6, 30), utc(2026, 3, 8, 7, 0), utc(2026, 3, 8, 8, 0)])
@example(Schedule(6, 1, 30, "America/New_York"), [utc(2026, 11, 1, 5), utc(2026, 11, 1, 6), utc(2026, 11, 1, 7)])
def test_weeks_due_in_parts_are_those_of_the_whole_each_once(schedule: Schedule, moments: list[datetime]) -> None:
    moments.sort()
    whole = due_weeks(schedule, moments[0], moments[-1], limit=1000)
    parts = [week for since, now in pairwise(moments) for week in due_weeks(schedule, since, now, limit=1000)]
    assert parts == list(whole)
    assert all(week.end == following.start for week, following in pairwise(whole))
    assert due_weeks(schedule, moments[0], moments[-1]) == whole[-4:]
    assert all(week.kind == "week" and week.end <= local_day(moments[-1], schedule.timezone) for week in whole)


# The week of the next post


@pytest.mark.parametrize(
    ("now", "due", "week"),
    [
        (utc(2026, 11, 20), utc(2026, 11, 23, 1), "2026-W47"),
        (utc(2026, 11, 23, 0, 30), utc(2026, 11, 23, 1), "2026-W47"),  # Monday 08:30: the week before is still to come
        (utc(2026, 11, 23, 0, 59, 59), utc(2026, 11, 23, 1), "2026-W47"),
        (utc(2026, 11, 23, 1), utc(2026, 11, 30, 1), "2026-W48"),
        (utc(2026, 11, 29, 15, 59), utc(2026, 11, 30, 1), "2026-W48"),
    ],
)
def test_the_next_post_is_about_the_week_that_closes_before_it(now: datetime, due: datetime, week: str) -> None:
    assert next_due(MONDAY_NINE, now) == due
    assert next_week(MONDAY_NINE, now).key() == week


@given(SCHEDULES, MOMENTS)
@settings(deadline=None)
@example(Schedule(6, 1, 30, "America/New_York"), utc(2026, 11, 1, 5, 45))  # between the first 01:30 and the second
@example(Schedule(6, 2, 30, "America/New_York"), utc(2026, 3, 8, 6, 59))
def test_the_next_post_is_the_first_that_becomes_due(schedule: Schedule, now: datetime) -> None:
    due = next_due(schedule, now)
    assert now < due <= now + timedelta(days=8)
    assert latest_due(schedule, due) == due
    assert latest_due(schedule, due - timedelta(seconds=1)) <= now
    assert due_weeks(schedule, now, due) == (next_week(schedule, now),)
