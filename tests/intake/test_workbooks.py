import io
import random
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from itertools import product
from pathlib import Path

import pytest
from openpyxl import Workbook

from bot.intake import MAX_TEXT, CommentRow, Problem, RowError, count_rows, read_file
from bot.intake import workbook as workbook_module

Row = CommentRow | RowError
HEADER = ("编号", "客户评论", "工号", "来电时间")


def save(path: Path, *sheets: Sequence[Sequence[object]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    file = path / "comments.xlsx"
    book.save(file)
    return file


def read(file: Path) -> list[Row]:
    return list(read_file(file, timezone="Asia/Shanghai"))


def problem(file: Path) -> str:
    with pytest.raises(Problem) as caught:
        read(file)
    return caught.value.code


def repack(file: Path, **changes: bytes | None) -> Path:
    """Write the archive again with parts replaced; the part ``xl/worksheets/sheet1.xml`` is called ``sheet1``."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, content in changes.items():
        (full,) = (part for part in parts if Path(part).stem == name)
        if content is None:
            del parts[full]
        else:
            parts[full] = content
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return file


def part(file: Path, name: str) -> bytes:
    with zipfile.ZipFile(file) as archive:
        return archive.read(name)


SHEET = "xl/worksheets/sheet1.xml"


def with_shared_strings(file: Path) -> Path:
    """Keep the words apart from the sheet, as Excel does: a cell of column B with 0 becomes 好."""
    types = part(file, "[Content_Types].xml").replace(
        b"</Types>",
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument'
        b'.spreadsheetml.sharedStrings+xml"/></Types>',
    )
    sheet = re.sub(rb'(<c r="B\d+") t="n"><v>0<', rb'\1 t="s"><v>0<', part(file, SHEET))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(
            "xl/sharedStrings.xml",
            '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>好</t></si></sst>',
        )
    return repack(file, **{"[Content_Types]": types, "sheet1": sheet})


def test_words_kept_apart_from_the_sheet(tmp_path: Path) -> None:
    assert read(with_shared_strings(save(tmp_path, [HEADER, (1, 0), (2, "行")]))) == [
        CommentRow(2, "好", "1"),
        CommentRow(3, "行", "2"),
    ]


def test_every_kind_of_cell(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 22, 9, 5)  # noqa: DTZ001, as spreadsheets have it
    file = save(
        tmp_path,
        [HEADER, (17, "谢谢", 8021, moment), (18.0, "好", "8022", "2026/11/22 9:05"), (None, "行", None, None)],
    )
    instant = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
    assert read(file) == [
        CommentRow(2, "谢谢", "17", "8021", instant),
        CommentRow(3, "好", "18", "8022", instant),
        CommentRow(4, "行"),
    ]


def test_day_and_clock_in_two_columns(tmp_path: Path) -> None:
    file = save(
        tmp_path, [("text", "日期", "时间"), ("好", date(2026, 11, 22), time(9, 5)), ("行", date(2026, 11, 22), None)]
    )
    assert [row.occurred_at for row in read(file) if isinstance(row, CommentRow)] == [
        datetime(2026, 11, 22, 1, 5, tzinfo=UTC),
        datetime(2026, 11, 21, 16, tzinfo=UTC),
    ]


def test_the_first_sheet_with_comments_is_read(tmp_path: Path) -> None:
    file = save(tmp_path, [("说明",), ("本表由系统导出",)], [], [("text",), ("好",)], [("text",), ("不读",)])
    assert read(file) == [CommentRow(2, "好")]


def test_titles_above_the_header_and_blank_rows(tmp_path: Path) -> None:
    file = save(tmp_path, [("客户评论",), (), HEADER, (), (1, "好"), (None, "  "), (2, "行")])
    assert read(file) == [CommentRow(5, "好", "1"), RowError(6, "text_missing"), CommentRow(7, "行", "2")]


def test_bad_rows_are_listed_and_good_ones_kept(tmp_path: Path) -> None:
    rows = [
        HEADER,
        (1, None),
        (2, "好" * 20_000),
        (3, "好", None, "昨天"),
        (4, True),
        (5, "好"),
        (6, "好", None, 12),
    ]
    assert read(save(tmp_path, rows)) == [
        RowError(2, "text_missing"),
        RowError(3, "text_too_long", "20000"),
        RowError(4, "bad_time", "昨天"),
        RowError(5, "bad_field", "text"),
        CommentRow(6, "好", "5"),
        RowError(7, "bad_time", "12"),
    ]
    assert MAX_TEXT < 20_000


def test_formulas_are_not_evaluated(tmp_path: Path) -> None:
    file = save(tmp_path, [HEADER, (1, "=1+1"), (2, "好", "#N/A")])
    assert read(file) == [RowError(2, "text_missing"), CommentRow(3, "好", "2")]


def test_the_value_last_saved_of_a_formula_counts(tmp_path: Path) -> None:
    file = save(tmp_path, [("text",), ("=1+1",)])
    sheet = part(file, SHEET).replace(b"<v/>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>")
    assert read(repack(file, sheet1=sheet)) == [CommentRow(2, "2")]


def test_a_wrong_size_in_the_file_hides_no_rows(tmp_path: Path) -> None:
    file = save(tmp_path, [("text",), ("好",)])
    sheet = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:A1"', part(file, SHEET))
    assert read(repack(file, sheet1=sheet)) == [CommentRow(2, "好")]


def test_a_thousand_columns(tmp_path: Path) -> None:
    file = save(tmp_path, [(*range(999), "text"), (*range(999), "好")])
    assert read(file) == [CommentRow(2, "好")]


def test_a_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    file = save(tmp_path, [("text",), ("好",)]).rename(tmp_path / "comments.csv")
    assert read(file) == [CommentRow(2, "好")]


def test_rows_are_counted_without_unpacking(tmp_path: Path) -> None:
    assert count_rows(save(tmp_path, [HEADER, *[(1, "好")] * 30])) == 30
    sheet = re.sub(rb"<dimension[^>]*>", b"", part(tmp_path / "comments.xlsx", SHEET))
    assert count_rows(repack(tmp_path / "comments.xlsx", sheet1=sheet)) is None


# --- workbooks that are none -----------------------------------------------------------------------------------------


def test_no_column_of_comments(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        read(save(tmp_path, [], [("编号", None, "座" * 100)]))
    assert (caught.value.code, caught.value.data) == ("no_text_column", {"headers": ("编号", "座" * 39 + "…")})


def test_an_empty_workbook(tmp_path: Path) -> None:
    assert problem(save(tmp_path, [])) == "empty_file"


def test_another_archive(tmp_path: Path) -> None:
    file = tmp_path / "letter.docx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    assert problem(file) == "unknown_format"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *product(("workbook", "sheet1", "styles", "sharedStrings"), (b"", b"<worksheet", b"junk")),
        ("workbook", None),
        ("sharedStrings", None),
    ],
)
def test_damaged_parts_are_told_kindly(tmp_path: Path, name: str, content: bytes | None) -> None:
    assert problem(repack(with_shared_strings(save(tmp_path, [HEADER, (1, 0)])), **{name: content})) == "corrupt"


def test_a_file_cut_short(tmp_path: Path) -> None:
    file = save(tmp_path, [HEADER, *[(number, f"好{number}") for number in range(200)]])
    content = file.read_bytes()
    for length in range(4, len(content), 97):
        file.write_bytes(content[:length])
        assert problem(file) == "corrupt"


def test_flipped_bytes_raise_nothing_else(tmp_path: Path) -> None:
    file = save(tmp_path, [HEADER, *[(number, f"好{number}") for number in range(20)]])
    content = file.read_bytes()
    dice = random.Random(7)
    for _ in range(60):
        damaged = bytearray(content)
        for _ in range(3):
            damaged[dice.randrange(4, len(damaged))] = dice.randrange(256)
        file.write_bytes(damaged)
        try:
            read(file)
        except Problem:
            continue


def test_damage_further_down_comes_after_the_rows_above(tmp_path: Path) -> None:
    file = save(tmp_path, [HEADER, *[(number, "好") for number in range(3000)]])
    sheet = part(file, SHEET)
    rows = read_file(repack(file, sheet1=sheet[: len(sheet) // 2]), timezone="UTC")
    assert next(rows) == CommentRow(2, "好", "0")
    with pytest.raises(Problem, match="corrupt"):
        list(rows)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    file = repack(save(tmp_path, [HEADER]), sheet1=bytes(8 * 1024**2))
    assert file.stat().st_size < 50_000
    assert problem(file) == "too_large"


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_module, "MAX_UNPACKED", 2000)
    assert problem(save(tmp_path, [HEADER, (1, "好")])) == "too_large"


def test_too_many_parts_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_module, "_MAX_PARTS", 3)
    assert problem(save(tmp_path, [HEADER])) == "too_large"


def test_a_row_number_beyond_all_sheets_ends_the_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_module, "MAX_ROWS", 1000)
    file = save(tmp_path, [("text",), ("好",), ("行",)])
    sheet = part(file, SHEET).replace(b'r="3"', b'r="99999999999"').replace(b'r="A3"', b"")
    assert problem(repack(file, sheet1=sheet)) == "too_large"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_not_unfolded(tmp_path: Path, encoding: str) -> None:
    file = save(tmp_path, [("text",), ("好",)])
    sheet = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "aaaa">]>' + part(file, SHEET).decode()
    assert problem(repack(file, sheet1=sheet.encode(encoding))) == "corrupt"


def test_a_mark_across_chunks_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_module, "_CHUNK", 5)
    with pytest.raises(Problem):
        workbook_module._refuse_document_type(io.BytesIO(b"<a><!DOCTYPE x>"))


def test_an_encrypted_archive(tmp_path: Path) -> None:
    file = save(tmp_path, [HEADER])
    content = bytearray(file.read_bytes())
    for start in (match.start() for match in re.finditer(rb"PK\x01\x02", bytes(content))):
        content[start + 8] |= 1
    file.write_bytes(content)
    assert problem(file) == "encrypted"
