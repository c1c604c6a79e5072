"""Times as exports and people write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 1970, 2099
"""A year outside is a slip of the keyboard."""

_WRITTEN = re.compile(
    r"""
    (?P<year>\d{4}) \s*[-/.年]\s* (?P<month>\d{1,2}) \s*[-/.月]\s* (?P<day>\d{1,2}) \s*[日号]?
    (?: [\sT,]* (?:星期|周)[一二三四五六日天] )?
    (?: [\sT,]* (?P<half>上午|下午|凌晨|中午|晚上|AM|PM)?
        \s* (?P<hour>\d{1,2}) \s*[:时点]\s*
        (?: (?P<minute>\d{1,2}) \s*分? (?: \s*:?\s* (?P<second>\d{1,2}) (?:[.,](?P<fraction>\d{1,9}))? \s*秒? )? )?
        \s* (?P<half_after>AM|PM)?
    )?
    \s* (?P<offset> Z | UTC | [+-]\d{2}:?\d{2} | [+-]\d{2} )?
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_COMPACT = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_SERIAL_ORIGIN = datetime(1899, 12, 30)  # noqa: DTZ001, day 0 of Excel's calendar, in whatever zone the sheet was written
_SERIALS = range(25_569, 73_051)  # 1970 to 2099


def read_time(value: object, zone: ZoneInfo) -> datetime:
    """Return the moment of ``value`` in UTC; a naive one is local in ``zone``. Raises `ValueError`.

    Understood are ISO 8601, ``2026/11/22 9:05``, ``2026年11月22日 9时5分``, ``20261122090500``, Excel's day numbers,
    Unix time in seconds or milliseconds, and what a spreadsheet returns as a date. ``11/22/2026`` is refused: half the
    world reads the other number as the month.
    """
    try:
        moment = _moment(value)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise ValueError("year out of range")
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("out of range") from error


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return _to_the_second(value)
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(repr(value).removesuffix(".0"))
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip()
        return (
            _from_number(text) if re.fullmatch(r"[\d.]+", text, re.ASCII) and text.count(".") < 2 else _from_words(text)
        )
    raise ValueError("not a time")


def _from_number(text: str) -> datetime:
    digits, _, rest = text.partition(".")
    if len(digits) in _COMPACT and not rest:
        return datetime.strptime(digits, _COMPACT[len(digits)])  # noqa: DTZ007, local until the caller says where
    if len(digits) == 10:
        return datetime.fromtimestamp(float(text), UTC)
    if len(digits) == 13:
        return datetime.fromtimestamp(float(text) / 1000, UTC)
    if len(digits) == 5 and int(digits) in _SERIALS:
        return _to_the_second(_SERIAL_ORIGIN + timedelta(days=float(text)))
    raise ValueError("not a time")


def _from_words(text: str) -> datetime:
    found = _WRITTEN.fullmatch(text)
    if not found:
        raise ValueError("not a time")
    hour = int(found["hour"] or 0)
    half = (found["half"] or found["half_after"] or "").upper()
    if half in ("下午", "晚上", "PM") and hour < 12:
        hour += 12
    elif half in ("上午", "凌晨", "AM") and hour == 12:
        hour = 0
    return datetime(
        int(found["year"]),
        int(found["month"]),
        int(found["day"]),
        hour,
        int(found["minute"] or 0),
        int(found["second"] or 0),
        int((found["fraction"] or "0").ljust(6, "0")[:6]),
        tzinfo=_offset(found["offset"]),
    )


def _offset(written: str | None) -> tzinfo | None:
    if written is None:
        return None
    if written[0] not in "+-":
        return UTC
    digits = written[1:].replace(":", "").ljust(4, "0")
    sign = -1 if written[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))


def _to_the_second(moment: datetime) -> datetime:
    """Round away what a day's fraction in binary adds: 09:04:59.999997."""
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
