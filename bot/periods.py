"""Weeks, months, quarters and other periods, and when something is due in a timezone. Pure: the time is an argument.

Periods are local calendar days, [start, end). Weeks are ISO weeks: Monday first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LONGEST = 400
"""Days of the longest period that can be asked for."""
_YEARS = range(1900, 9000)  # every period in them, the one before and the one after are dates that Python knows


class PeriodError(ValueError):
    """A period or timezone that cannot be. ``code``: reversed, too_long, no_such_day, timezone."""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(f"{code}: {value}")
        self.code = code
        self.value = value


class Window(StrEnum):
    """A period named from today."""

    THIS_WEEK = "this week"
    LAST_WEEK = "last week"
    THIS_MONTH = "this month"
    LAST_MONTH = "last month"
    THIS_QUARTER = "this quarter"
    LAST_QUARTER = "last quarter"


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from ``start`` up to, not including, ``end``."""

    kind: str
    """week, month, quarter or custom."""
    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.end - self.start).days

    def key(self) -> str:
        """Return the name of this period and no other: 2026-W47, 2026-11, 2026-Q4, 2026-11-01..2026-11-15."""
        if self.kind == "week":
            year, week, _ = self.start.isocalendar()
            return f"{year}-W{week:02d}"
        if self.kind == "month":
            return f"{self.start:%Y-%m}"
        if self.kind == "quarter":
            return f"{self.start.year}-Q{(self.start.month + 2) // 3}"
        return f"{self.start.isoformat()}..{(self.end - timedelta(days=1)).isoformat()}"

    def previous(self) -> Period:
        """Return the period of the same kind that ends where this one starts."""
        before = self.start - timedelta(days=1)
        if self.kind == "month":
            return month_of(before)
        if self.kind == "quarter":
            return quarter_of(before)
        return Period(self.kind, self.start - timedelta(days=self.days), self.start)


def zone(name: str) -> ZoneInfo:
    """Return the timezone called ``name``; raises `PeriodError`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PeriodError("timezone", name) from None


def local_day(moment: datetime, timezone: str) -> date:
    """Return the calendar day of an aware ``moment`` in ``timezone``."""
    return moment.astimezone(zone(timezone)).date()


def week_of(day: date) -> Period:
    """Return the ISO week of ``day``."""
    start = day - timedelta(days=day.weekday())
    return Period("week", start, start + timedelta(days=7))


def month_of(day: date) -> Period:
    """Return the month of ``day``."""
    start = day.replace(day=1)
    return Period("month", start, _months_on(start, 1))


def quarter_of(day: date) -> Period:
    """Return the quarter of ``day``."""
    start = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return Period("quarter", start, _months_on(start, 3))


def _months_on(first: date, months: int) -> date:
    month = first.month - 1 + months
    return date(first.year + month // 12, month % 12 + 1, 1)


def window(name: Window, today: date) -> Period:
    """Return the period ``name`` means on ``today``."""
    which, kind = name.value.split()
    period = {"week": week_of, "month": month_of, "quarter": quarter_of}[kind](today)
    return period if which == "this" else period.previous()


_SPOKEN = {
    **{name.value.replace(" ", ""): name for name in Window},
    **dict.fromkeys(("本周", "这周", "这个星期", "本星期"), Window.THIS_WEEK),
    **dict.fromkeys(("上周", "上个星期", "上星期"), Window.LAST_WEEK),
    **dict.fromkeys(("本月", "这个月", "当月"), Window.THIS_MONTH),
    **dict.fromkeys(("上月", "上个月"), Window.LAST_MONTH),
    **dict.fromkeys(("本季度", "这个季度", "本季", "这季度"), Window.THIS_QUARTER),
    **dict.fromkeys(("上季度", "上个季度", "上季"), Window.LAST_QUARTER),
    **dict.fromkeys(("week",), Window.THIS_WEEK),
    **dict.fromkeys(("month",), Window.THIS_MONTH),
    **dict.fromkeys(("quarter",), Window.THIS_QUARTER),
}
_DAY = r"(?:([0-9]{4})\s*[-/.年]\s*)?([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?"
_RANGE = re.compile(rf"(?:from\s+|从\s*)?{_DAY}\s*(?:\.\.+|…|–|—|~|至|到|\s+to\s+|\s+-\s+)\s*{_DAY}", re.IGNORECASE)
_ONE_DAY = re.compile(_DAY)
_MONTH = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*月?")
_QUARTER = re.compile(r"([0-9]{4})\s*[-/ 年]?\s*(?:[Qq第]([1-4])(?:季度)?)")


def parse_window(words: str, today: date) -> Period | None:
    """Return the period that ``words`` name on ``today``, None when they name none.

    A year left out is the latest in which the period has begun. Raises `PeriodError` for a range that cannot be.
    """
    text = " ".join(words.split())  # also keeps the patterns from trying every split of a long blank
    if (spoken := _SPOKEN.get("".join(text.casefold().split()))) is not None:
        return window(spoken, today)
    if found := _RANGE.fullmatch(text):
        first = _day(found[1] or found[4], found[2], found[3], today, text)
        last = _day(found[4] or str(first.year), found[5], found[6], today, text)
        if first > last and found[1] is None and found[4] is None:
            last = _day(str(first.year + 1), found[5], found[6], today, text)  # 12月20日至1月5日
        return _between(first, last, text)
    if found := _QUARTER.fullmatch(text):
        return quarter_of(_day(found[1], str(int(found[2]) * 3), "1", today, text))
    if found := _MONTH.fullmatch(text):
        return month_of(_day(found[1], found[2], "1", today, text))
    if found := _ONE_DAY.fullmatch(text):
        day = _day(found[1], found[2], found[3], today, text)
        return Period("custom", day, day + timedelta(days=1))
    return None


def _day(year: str | None, month: str, day: str, today: date, text: str) -> date:
    try:
        named = date(int(year) if year is not None else today.year, int(month), int(day))
        if year is None and named > today:
            named = date(today.year - 1, int(month), int(day))
    except ValueError:
        raise PeriodError("no_such_day", text) from None
    if named.year not in _YEARS:
        raise PeriodError("no_such_day", text)
    return named


def _between(first: date, last: date, text: str) -> Period:
    if first > last:
        raise PeriodError("reversed", text)
    if (last - first).days >= LONGEST:
        raise PeriodError("too_long", text)
    return Period("custom", first, last + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Schedule:
    """A moment of every week in a timezone; Monday is 0."""

    weekday: int
    hour: int
    minute: int
    timezone: str


def latest_due(schedule: Schedule, now: datetime) -> datetime:
    """Return the latest scheduled moment that is not after ``now``, in UTC.

    A local time that daylight saving skips is due when the gap ends; one that it repeats is due the first time.
    """
    day = _latest_weekday(schedule, now)
    due = _moment(schedule, day)
    return due if due <= now else _moment(schedule, day - timedelta(days=7))


def next_due(schedule: Schedule, now: datetime) -> datetime:
    """Return the first scheduled moment after ``now``, in UTC."""
    day = _latest_weekday(schedule, now)
    due = _moment(schedule, day)
    return due if due > now else _moment(schedule, day + timedelta(days=7))


def _latest_weekday(schedule: Schedule, now: datetime) -> date:
    today = local_day(now, schedule.timezone)
    return today - timedelta(days=(today.weekday() - schedule.weekday) % 7)


def _moment(schedule: Schedule, day: date) -> datetime:
    tz = zone(schedule.timezone)
    local = datetime.combine(day, time(schedule.hour, schedule.minute), tz)  # fold=0: the first of two
    moment = local.astimezone(UTC)
    if moment.astimezone(tz).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    # In a gap, the offset before it (fold=0) lands behind it; the first moment after the gap is the transition itself.
    before, after = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    assert before is not None
    assert after is not None
    low, high = moment - abs(after - before), moment
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (low, middle) if middle.astimezone(tz).utcoffset() == after else (middle, high)
    return high.replace(microsecond=0)


def due_weeks(schedule: Schedule, since: datetime, now: datetime, limit: int = 4) -> tuple[Period, ...]:
    """Return the closed weeks whose posting moment lies in (since, now], oldest first, at most the newest ``limit``.

    The week closed by a posting moment is the ISO week before the one that holds the moment's local day.
    """
    weeks: list[Period] = []
    moment = latest_due(schedule, now)
    while len(weeks) < limit and since < moment:
        weeks.append(_week_closed_by(schedule, moment))
        moment = latest_due(schedule, moment - timedelta(seconds=1))
    return tuple(reversed(weeks))


def next_week(schedule: Schedule, now: datetime) -> Period:
    """Return the week that the next post after ``now`` is about: still running, or closed and not yet posted."""
    return _week_closed_by(schedule, next_due(schedule, now))


def _week_closed_by(schedule: Schedule, moment: datetime) -> Period:
    return week_of(local_day(moment, schedule.timezone)).previous()
