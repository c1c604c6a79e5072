"""Texts in the reader's language. English is the key; ``locales/*/LC_MESSAGES/praisebot.po`` hold the others."""

from __future__ import annotations

import gettext
import io
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime, get_timezone
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.errors import PraisebotError, Refused

LOCALE_DIRECTORY = Path(__file__).parent / "locales"
Translate = Callable[..., str]


@cache
def translator(locale: str) -> Translate:
    """Return ``_`` for ``locale``: ``_("You have {left} left", left=3)``. An unknown locale reads English."""
    catalogue = _catalogue(locale)

    def _(message: str, **values: object) -> str:
        text = catalogue.gettext(message)
        return text.format(**values) if values else text

    return _


def nearest_locale(tag: str | None, default: str = "zh_CN") -> str:
    """Return the catalogue to use for a language tag as platforms send it: ``zh-Hans-CN``, ``en-GB`` …"""
    language = (tag or "").replace("_", "-").split("-")[0].lower()
    if language == "zh":
        return "zh_CN"
    return "en" if language else default


@cache
def _catalogue(locale: str) -> gettext.NullTranslations:
    # The .po is the one source; compiling it in memory leaves no binary to go stale.
    path = LOCALE_DIRECTORY / locale / "LC_MESSAGES" / "praisebot.po"
    if not path.is_file():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def describe(error: PraisebotError, locale: str) -> str:
    """Return what an error says to a person; several problems become one line each."""
    _ = translator(locale)
    if isinstance(error, Refused):
        if len(error.problems) == 1:
            return describe(error.problems[0], locale)
        return "\n".join([_(error.message), *(f"• {describe(problem, locale)}" for problem in error.problems)])
    return _(error.message, **{name: _localised(value, locale) for name, value in error.data.items()})


def _localised(value: object, locale: str) -> object:
    return day(value, locale) if isinstance(value, date) and not isinstance(value, datetime) else value


def day(value: date, locale: str) -> str:
    """Return a date as a person writes it: ``11月22日`` or ``22 Nov``."""
    return format_date(value, "M月d日" if locale == "zh_CN" else "d MMM", locale=_locale(locale))


def moment(value: datetime, locale: str, timezone: str) -> str:
    """Return a point in time to the minute in ``timezone``: ``11月22日 09:05`` or ``22 Nov, 09:05``."""
    pattern = "M月d日 HH:mm" if locale == "zh_CN" else "d MMM, HH:mm"
    return format_datetime(value, pattern, tzinfo=get_timezone(timezone), locale=_locale(locale))


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)  # looks for files each time, 0.3 ms


def listing(names: list[str] | tuple[str, ...], locale: str) -> str:
    """Join names as a sentence does: ``张伟、李娜`` or ``Wei, Na``."""
    return ("、" if locale == "zh_CN" else ", ").join(names)
