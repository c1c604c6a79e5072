import io
import os
import subprocess
import sys
import unicodedata
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor

from bot import chart as chart_module
from bot.chart import DARK, LIGHT, MAX_BARS, Palette, draw, font_path, printable
from bot.chat import Chart

ROOT = Path(__file__).parent.parent


def board(*rows: tuple[str, int], title: str = "上周积分榜", unit: str = "分") -> Chart:
    return Chart(title, tuple(name for name, _ in rows), tuple(value for _, value in rows), unit)


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def painted(picture: np.ndarray, colour: str) -> np.ndarray:
    """Where the picture has ``colour``, give or take the rounding of its palette."""
    return np.abs(picture - np.array(ImageColor.getrgb(colour))).max(axis=2) <= 6


def bar_lengths(png: bytes, colour: str) -> list[int]:
    """Lengths of the bars of ``colour`` from the top, in pixels."""
    widths = painted(pixels(png), colour).sum(axis=1)
    widths[widths < 20] = 0  # stray edges of letters
    return [int(widths[y]) for y in range(1, len(widths)) if widths[y] and not widths[y - 1]]


def contrast(first: str, second: str) -> float:
    """Contrast ratio as WCAG 2.2 defines it."""

    def luminance(colour: str) -> float:
        channels = [value / 255 for value in ImageColor.getrgb(colour)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    brighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_the_picture_is_a_small_sharp_png() -> None:
    png = draw(board(*((f"座席王小明{number}", 1000 - number) for number in range(MAX_BARS))))
    image = Image.open(io.BytesIO(png))
    assert (image.format, image.width) == ("PNG", 1200)
    assert 1200 < image.height < 2100
    assert len(png) < 70_000


PHONE = 320
"""CSS pixels of a narrow phone."""


def test_letters_are_still_readable_on_a_narrow_phone() -> None:
    picture = pixels(draw(board(("国", 1), title="")))
    name = painted(picture, LIGHT.ink)[:, : picture.shape[1] // 8].any(axis=1)
    assert name.sum() * PHONE / picture.shape[1] >= 10  # the character fills its square but for a thin edge


@pytest.mark.parametrize("name", ["信用卡中心客户服务一组", "Wilhelmina Wambugu-Mwangi"])
def test_long_names_and_numbers_leave_room_for_the_bars(name: str) -> None:
    picture = draw(board((name, 1_000_000), (name, 500_000)))
    first, second = bar_lengths(picture, LIGHT.gain)
    assert first > 1200 / 4
    assert first == pytest.approx(2 * second, abs=4)


def test_the_same_chart_is_the_same_picture() -> None:
    assert draw(board(("张伟", 3))) == draw(board(("张伟", 3)))


def test_the_largest_value_comes_first_and_lengths_follow_values() -> None:
    first, second, third = bar_lengths(draw(board(("李娜", 20), ("张伟", 40), ("王芳", 10))), LIGHT.gain)
    assert first == pytest.approx(2 * second, abs=4)
    assert second == pytest.approx(2 * third, abs=4)
    assert first > 700


def test_equal_values_keep_the_order_given() -> None:
    assert draw(board(("张伟", 5), ("李娜", 5))) != draw(board(("李娜", 5), ("张伟", 5)))


def test_bars_beyond_the_limit_are_counted_not_drawn() -> None:
    rows = [(f"座席{number}", 100 + number) for number in range(MAX_BARS + 3)]
    assert len(bar_lengths(draw(board(*rows)), LIGHT.gain)) == MAX_BARS
    assert draw(board(*rows)) != draw(board(*rows[3:]))  # the same bars, and a line that says +3


def test_negative_values_go_left_in_their_own_colour() -> None:
    picture = pixels(draw(board(("张伟", 30), ("李娜", -30))))
    gains, losses = (painted(picture, colour) for colour in (LIGHT.gain, LIGHT.loss))
    left_of_gains = np.nonzero(gains.sum(axis=0) > 20)[0].min()
    right_of_losses = np.nonzero(losses.sum(axis=0) > 20)[0].max()
    assert abs(int(left_of_gains) - int(right_of_losses)) <= 4
    assert bar_lengths(draw(board(("张伟", 30), ("李娜", -30))), LIGHT.loss) == pytest.approx(
        bar_lengths(draw(board(("张伟", 30), ("李娜", -30))), LIGHT.gain), abs=4
    )


def test_only_zeros_draw_no_bars() -> None:
    png = draw(board(("张伟", 0), ("李娜", 0)))
    assert bar_lengths(png, LIGHT.gain) == []


def test_an_empty_chart_has_title_and_axis() -> None:
    picture = pixels(draw(board()))
    assert painted(picture, LIGHT.axis).sum(axis=0).max() > 40  # the axis is one upright line
    assert (painted(picture, LIGHT.ink).sum()) > 100
    assert bar_lengths(draw(board()), LIGHT.gain) == []


@pytest.mark.parametrize(("palette", "dark"), [(LIGHT, False), (DARK, True)])
def test_each_theme_has_its_background_and_is_readable(palette: Palette, dark: bool) -> None:
    picture = pixels(draw(board(("张伟", 3)), dark=dark))
    assert tuple(picture[0, 0]) == ImageColor.getrgb(palette.background)
    assert contrast(palette.ink, palette.background) >= 7
    assert contrast(palette.quiet, palette.background) >= 4.5
    assert contrast(palette.gain, palette.background) >= 3
    assert contrast(palette.loss, palette.background) >= 3


def test_labels_and_values_must_match() -> None:
    with pytest.raises(ValueError, match="zip"):
        draw(Chart("上周", ("张伟",), (1, 2), "分"))


def test_chinese_is_drawn_as_glyphs_not_boxes() -> None:
    """Boxes would make two texts of equal length the same picture."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # "Glyph 34920 missing from font"
        pictures = [draw(board((name, 7), title=title)) for title in ("表扬", "态度", "") for name in ("张伟", "李娜")]
    assert len(set(pictures)) == len(pictures)


def test_every_character_of_the_product_is_in_the_font() -> None:
    text = "表扬客户评论态度解决方案增值服务有亮点班组积分额度榜单案例认定座席工号本周上月季度，。：！？“”（）·…¥%+-"
    assert printable(text, 200) == text


def test_mainland_shapes_are_chosen_where_they_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib.text import Text

    mainland = draw(board(title="骨 直 曜 门"))
    monkeypatch.setattr(Text, "set_language", lambda self, _language: setattr(self, "_language", "zh-Hant-TW"))
    assert draw(board(title="骨 直 曜 门")) != mainland


@pytest.mark.parametrize(
    "text",
    [
        r"$\nonsense{x}^$",
        r"$\frac{1}{0}$",
        "$",
        "$x_{",
        r"\alpha_^",
        "100$ and 5$",
        "a\x00b\x1b[31m\n\r\tc",
        "👍🏽👨‍👩‍👧",
        "\ud800",
        "",
        "مرحبا",
        "x" * 100_000,
    ],
)
def test_any_text_is_taken_literally(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert draw(board((text, 3), title=text, unit=text)).startswith(b"\x89PNG")


@settings(deadline=None)
@given(st.text(max_size=80), st.integers(2, 40))
def test_printable_text_fits_its_columns_and_stays_printable(text: str, columns: int) -> None:
    shown = printable(text, columns)
    assert sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in shown) <= columns
    assert printable(shown, columns) == shown
    assert shown.isprintable()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("张伟", "张伟"),
        ("信用卡中心客户服务一组", "信用卡中…"),
        ("Konstantin", "Konstantin"),
        ("Konstantinos", "Konstanti…"),
        ("  小\n王 👍", "小 王"),
        ("e\u0301", "é"),
    ],
)
def test_long_names_are_cut_by_their_width(text: str, shown: str) -> None:
    assert printable(text, 10) == shown


def test_threads_may_draw_at_once() -> None:
    charts = [board(("张伟", number), ("李娜", 3)) for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(draw, charts))
    assert drawn == [draw(chart) for chart in charts]


def run_python(code: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)


def test_importing_the_module_does_not_import_matplotlib(tmp_path: Path) -> None:
    code = "import bot.chart, sys; print(sorted({'matplotlib', 'PIL', 'numpy'} & set(sys.modules)))"
    assert run_python(code, tmp_path).stdout.strip() == "[]"


def test_drawing_leaves_the_home_directory_and_the_environment_alone(tmp_path: Path) -> None:
    code = """
import os
before = dict(os.environ)
from bot.chart import draw
from bot.chat import Chart
assert draw(Chart("上周积分榜", ("张伟",), (3,), "分")).startswith(b"\\x89PNG")
assert dict(os.environ) == before
import matplotlib, sys
assert "matplotlib.pyplot" not in sys.modules
"""
    done = run_python(code, tmp_path)
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_no_home_directory_is_needed(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()  # a directory can neither be made nor written below a file, not even by root
    code = "from bot.chart import draw; from bot.chat import Chart; draw(Chart('周榜', ('张伟',), (3,), '分'))"
    assert run_python(code, file / "home").stderr == ""


def test_a_variable_that_was_set_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLCONFIGDIR", "/somewhere")
    monkeypatch.delenv("MPL_IGNORE_SYSTEM_FONTS", raising=False)
    chart_module._import_matplotlib.cache_clear()
    chart_module._import_matplotlib()
    assert os.environ["MPLCONFIGDIR"] == "/somewhere"
    assert "MPL_IGNORE_SYSTEM_FONTS" not in os.environ


def test_the_font_is_the_one_of_the_wheel() -> None:
    assert font_path().parent.name == chart_module.FONT_PACKAGE
    assert font_path().is_file()
