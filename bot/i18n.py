"""Texts in the reader's language. English is the key; ``locales/*/LC_MESSAGES/praisebot.po`` hold the others."""

from __future__ import annotations

import errno
import gettext
import io
import os
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from unicodedata import east_asian_width

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
        if not values:
            return text
        return (spaced(text, values) if _stands_beside_han(text) else text).format(**values)

    return _


_HAN = r"[\u3400-\u9fff]"
_BESIDE_HAN = re.compile(rf"(?P<before>(?<={_HAN}))?\{{(?P<name>\w+)\}}(?P<after>(?={_HAN}))?")


def spaced(text: str, values: Mapping[str, object]) -> str:
    """Return ``text`` with a space where a placeholder's Latin letters will stand beside a Chinese character of it:
    ``{team}周榜`` becomes ``International 周榜``, and stays ``国际组周榜``.
    """

    def apart(found: re.Match[str]) -> str:
        value = values.get(found["name"])
        if not isinstance(value, str) or not value:
            return found[0]
        before = " " if found["before"] is not None and _latin(value[0]) else ""
        after = " " if found["after"] is not None and _latin(value[-1]) else ""
        return f"{before}{found[0]}{after}"

    return _BESIDE_HAN.sub(apart, text)


@cache
def _stands_beside_han(text: str) -> bool:
    """Return whether a placeholder of ``text`` touches a Chinese character; most texts need no more looking at."""
    return any(found["before"] is not None or found["after"] is not None for found in _BESIDE_HAN.finditer(text))


def _latin(character: str) -> bool:
    return character.isalpha() and east_asian_width(character) not in "WF"


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
    if isinstance(value, OSError):
        return cause(value, translator(locale))
    if isinstance(value, tuple):
        return listing(value, locale)
    return day(value, locale) if isinstance(value, date) and not isinstance(value, datetime) else value


def cause(error: OSError, _: Translate) -> str:
    """Return why the system refused, without a file's name; what hardly ever happens in the system's own words."""
    told = {
        errno.ENOENT: _("there is no such file or folder"),
        errno.ENOTDIR: _("there is no such file or folder"),
        errno.EACCES: _("not allowed"),
        errno.EPERM: _("not allowed"),
        errno.EROFS: _("the disk is read-only"),
        errno.EISDIR: _("it is a folder"),
        errno.ENOSPC: _("the disk is full"),
        errno.EDQUOT: _("the disk is full"),
        errno.EADDRINUSE: _("another program uses it"),
        errno.EADDRNOTAVAIL: _("this computer has no such address"),
    }
    if error.errno in told:
        return told[error.errno]
    # asyncio puts the address of a port into its text, which the operator is told anyway.
    return os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or type(error).__name__


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
