# ruff: noqa: DTZ001, DTZ901 (times without a zone are what spreadsheets return)
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.intake.times import read_time

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NINE_OH_FIVE = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)  # 9:05 in Shanghai


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-22T09:05",
        "2026-11-22 09:05:00",
        "2026-11-22 9:05:00.000",
        "2026-11-22T01:05:00Z",
        "2026-11-22T02:05+01:00",
        "2026-11-22 09:05:00 +0800",
        "2026-11-22 09:05 +08",
        "2026-11-22 01:05 UTC",
        "2026/11/22 9:05",
        "2026.11.22 9:05",
        "2026/11/22 9:05 AM",
        "2026年11月22日 9时5分",
        "2026年11月22日9点05分00秒",
        "2026年11月22日 星期日 上午9:05",
        "２０２６／１１／２２　９：０５",
        "  2026-11-22 09:05  ",
        "20261122090500",
        "202611220905",
        "1795309500",
        "1795309500000",
        1795309500,
        1795309500.0,
        "46348.378472222",
        46348.378472222,
        datetime(2026, 11, 22, 9, 5),
        datetime(2026, 11, 22, 9, 4, 59, 999_997),
        NINE_OH_FIVE,
    ],
)
def test_ways_to_write_nine_oh_five(written: object) -> None:
    assert read_time(written, SHANGHAI) == NINE_OH_FIVE
    assert read_time(written, SHANGHAI).tzinfo is UTC


@pytest.mark.parametrize(
    "written", ["2026-11-22", "2026年11月22日", "20261122", 20261122, "46348", 46348, date(2026, 11, 22)]
)
def test_a_day_alone_is_its_first_moment_there(written: object) -> None:
    assert read_time(written, SHANGHAI) == datetime(2026, 11, 21, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("上午12:30", 0),
        ("凌晨12:30", 0),
        ("中午12:30", 12),
        ("下午12:30", 12),
        ("下午3:30", 15),
        ("晚上8:30", 20),
        ("14:30", 14),
    ],
)
def test_halves_of_the_day(written: str, hour: int) -> None:
    assert read_time(f"2026年11月22日 {written}", ZoneInfo("UTC")) == datetime(2026, 11, 22, hour, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "昨天",
        "9:05",
        "11/22/2026 9:05",
        "22.11.2026",
        "2026-13-01",
        "2026-02-30",
        "2026-11-22 25:00",
        "2026-11-22 09:61",
        "0226-11-22",
        "2226-11-22",
        "2026-11-22 09:05 +99:00",
        "1.2.3",
        "9" * 400,
        "#VALUE!",
        12,
        -1,
        1e300,
        float("nan"),
        float("inf"),
        True,
        [],
        {},
        time(9, 5),
        timedelta(days=1),
        datetime.min,
        datetime.max,
        datetime.max.replace(tzinfo=UTC),
    ],
)
def test_what_is_no_time_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_time(written, SHANGHAI)


def test_an_hour_that_happens_twice_is_the_first_one() -> None:
    assert read_time("2026-10-25 02:30", BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_an_hour_that_daylight_saving_skips_is_still_read() -> None:
    assert read_time("2026-03-29 02:30", BERLIN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@settings(deadline=None)
@given(st.text(max_size=30) | st.integers() | st.floats() | st.from_regex(r"\A[0-9年月日/:. -]{1,24}\Z"))
def test_nothing_but_a_value_error_comes_of_junk(written: object) -> None:
    try:
        moment = read_time(written, SHANGHAI)
    except ValueError:
        return
    assert moment.tzinfo is UTC


@settings(deadline=None)
@given(st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1)).map(lambda moment: moment.replace(microsecond=0)))
def test_iso_times_are_read_back(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    assert read_time(aware.isoformat(), SHANGHAI) == aware
    assert read_time(aware.astimezone(SHANGHAI).isoformat(), BERLIN) == aware
