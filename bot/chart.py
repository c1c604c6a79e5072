"""A `Chart` as a picture, for chats that cannot draw one: the same pixels on every machine, Chinese included."""

from __future__ import annotations

import io
import os
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING

from bot.chat import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties
    from matplotlib.ft2font import FT2Font
    from matplotlib.text import Text

MAX_BARS = 20
FONT_PACKAGE = "cvttf_NotoSansCJK_Regular"

# Lengths are CSS pixels; a CSS pixel is three pixels of the picture, so that it stays sharp on dense screens. The width
# is little more than that of a message on a phone: a picture made smaller takes its letters with it.
WIDTH = 400
_DENSITY = 3
_DPI = 200
_POINTS = 72 * _DENSITY / _DPI  # per CSS pixel
_MARGIN = 12
_TITLE_HEIGHT = 42
_ROW_HEIGHT = 29
_BAR_HEIGHT = 16
_GAP = 8
_TITLE_SIZE = 17
_TEXT_SIZE = 15

# In columns of a terminal: a Chinese character takes two.
_LABEL_COLUMNS = 16
_TITLE_COLUMNS = 32
_UNIT_COLUMNS = 10


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as ``#rrggbb``. Bluish green and orange stay apart in every common colour blindness (Okabe and Ito,
    2008).
    """

    background: str
    ink: str
    quiet: str
    axis: str
    gain: str
    loss: str


LIGHT = Palette("#ffffff", "#1d2321", "#5b625e", "#c9c5bb", "#0b6e5f", "#b8791a")
DARK = Palette("#1e2422", "#e7ece9", "#a3aea9", "#46514c", "#63ccb6", "#edc56c")

_drawing = Lock()  # matplotlib promises nothing to threads, and a chart takes a tenth of a second


def draw(chart: Chart, *, dark: bool = False, width: int = WIDTH) -> bytes:
    """Return ``chart`` as a PNG of ``width`` CSS pixels, three pixels each; its height follows the number of bars.

    The largest value comes first; bars beyond `MAX_BARS` are left out and counted below (``+3``). Text is taken
    literally; characters that the font lacks, such as emoji, are dropped. May be called from any thread. Raises
    `ValueError` when labels and values differ in number.
    """
    rows = sorted(zip(chart.labels, chart.values, strict=True), key=lambda row: row[1], reverse=True)
    with _drawing:
        return _draw(chart, rows[:MAX_BARS], len(rows) - MAX_BARS, width, DARK if dark else LIGHT)


def _draw(chart: Chart, rows: list[tuple[str, int]], left_out: int, width: int, palette: Palette) -> bytes:
    _import_matplotlib()
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    height = _TITLE_HEIGHT + _ROW_HEIGHT * max(len(rows), 1) + (_ROW_HEIGHT if left_out > 0 else 0) + _MARGIN
    figure = Figure(figsize=(width * _DENSITY / _DPI, height * _DENSITY / _DPI), dpi=_DPI, facecolor=palette.background)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))  # one unit is one CSS pixel, from the top left corner
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)

    _write(axes, _MARGIN, _TITLE_HEIGHT / 2 + 2, printable(chart.title, _TITLE_COLUMNS), palette.ink, size=_TITLE_SIZE)
    unit = printable(chart.unit, _UNIT_COLUMNS)
    _write(axes, width - _MARGIN, _TITLE_HEIGHT / 2 + 2, unit, palette.quiet, align="right")
    start = _names(axes, rows, palette)
    _bars(axes, rows, start, width - _MARGIN, palette)
    if left_out > 0:
        _write(axes, start, _middle(len(rows)), f"+{left_out}", palette.quiet)

    return _png(figure, width)


def _png(figure: Figure, width: int) -> bytes:
    from PIL import Image  # matplotlib cannot do without it either

    pixels = io.BytesIO()
    figure.savefig(pixels, format="raw")
    size = (width * _DENSITY, len(pixels.getvalue()) // (4 * width * _DENSITY))
    picture = Image.frombytes("RGBA", size, pixels.getvalue()).convert("RGB")
    # Three inks and their soft edges need no more colours, and the file is a third of the size.
    png = io.BytesIO()
    picture.quantize(64).save(png, format="PNG", optimize=True)
    return png.getvalue()


def _middle(row: int) -> float:
    return _TITLE_HEIGHT + _ROW_HEIGHT * (row + 0.5)


def _names(axes: Axes, rows: list[tuple[str, int]], palette: Palette) -> float:
    """Write the names and return where the bars may begin."""
    widest = 0.0
    for index, (label, _) in enumerate(rows):
        text = _write(axes, _MARGIN, _middle(index), printable(label, _LABEL_COLUMNS) or "…", palette.ink)
        widest = max(widest, _width(text))
    return _MARGIN + widest + (_GAP if rows else 0)


def _bars(axes: Axes, rows: list[tuple[str, int]], start: float, end: float, palette: Palette) -> None:
    """Draw the axis, the bars and, beyond the end of each, its value, between ``start`` and ``end``."""
    from matplotlib.patches import Rectangle

    largest, smallest = max((0, *(value for _, value in rows))), min((0, *(value for _, value in rows)))
    texts = [_write(axes, 0, _middle(index), _number(value), palette.ink) for index, (_, value) in enumerate(rows)]
    room = _GAP + max((_width(text) for text in texts), default=0.0)
    left, right = start + (room if smallest < 0 else 0), end - room
    zero = left + (right - left) * (-smallest / ((largest - smallest) or 1))

    for index, ((_, value), text) in enumerate(zip(rows, texts, strict=True)):
        length = (right - left) * (value / ((largest - smallest) or 1))
        colour = palette.gain if value >= 0 else palette.loss
        axes.add_patch(Rectangle((zero, _middle(index) - _BAR_HEIGHT / 2), length, _BAR_HEIGHT, color=colour, lw=0))
        text.set_x(zero + length + (_GAP if value >= 0 else -_GAP))
        text.set_horizontalalignment("left" if value >= 0 else "right")

    bottom = _TITLE_HEIGHT + _ROW_HEIGHT * max(len(rows), 1)
    axes.plot((zero, zero), (_TITLE_HEIGHT, bottom), color=palette.axis, linewidth=_POINTS, solid_capstyle="butt")


def _number(value: int) -> str:
    return f"{value:,}"


def _write(
    axes: Axes, x: float, y: float, text: str, colour: str, *, size: float = _TEXT_SIZE, align: str = "left"
) -> Text:
    written = axes.text(x, y, text, fontproperties=_font(), fontsize=size * _POINTS, color=colour)
    written.set(parse_math=False, usetex=False, horizontalalignment=align, verticalalignment="center_baseline")
    written.set_language("zh-Hans")  # the face is drawn for Taiwan; this chooses the mainland's shapes in it
    return written


def _width(text: Text) -> float:
    return text.get_window_extent().width / _DENSITY


def printable(text: str, columns: int) -> str:
    """Return ``text`` on one line in the glyphs the font has, at most ``columns`` wide, cut with ``…``."""
    normal = unicodedata.normalize("NFC", text[: 20 * columns])
    line = " ".join("".join(" " if mark.isspace() else mark * _has_glyph(mark) for mark in normal).split())
    widths = list(accumulate(map(_columns, line)))
    if not widths or widths[-1] <= columns:
        return line
    return line[: bisect_right(widths, columns - 1)].rstrip() + "…"


def _has_glyph(character: str) -> bool:
    return not unicodedata.category(character).startswith("C") and bool(_face().get_char_index(ord(character)))


def _columns(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def font_path() -> Path:
    """Return the file of Noto Sans CJK that the wheel `FONT_PACKAGE` carries."""
    from importlib.resources import files

    return next(Path(str(file)) for file in files(FONT_PACKAGE).iterdir() if file.name.endswith(".otf"))


@cache
def _font() -> FontProperties:
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(font_path()))


@cache
def _face() -> FT2Font:
    from matplotlib.ft2font import FT2Font

    return FT2Font(str(font_path()))


@cache
def _import_matplotlib() -> None:
    """Import matplotlib so that it neither reads nor writes anything of the user's.

    On import it makes a directory in the user's home and lists every font of the machine there, which takes seconds.
    The one font needed here is known by its path, so an empty directory that is gone afterwards does.
    """
    with (
        TemporaryDirectory(prefix="praisebot-chart-") as directory,
        _environment(MPLCONFIGDIR=directory, MPL_IGNORE_SYSTEM_FONTS="1"),
    ):
        import matplotlib.figure  # noqa: F401


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
