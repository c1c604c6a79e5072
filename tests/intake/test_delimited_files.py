import csv
import io
import tracemalloc
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.intake import MAX_TEXT, CommentRow, Problem, RowError, count_rows, files, read_file, workbook
from bot.intake.lines import MAX_LINE, SAMPLE

Row = CommentRow | RowError


def read(path: Path, content: str | bytes, name: str = "comments.csv") -> list[Row]:
    file = path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_file(file, timezone="Asia/Shanghai"))


def texts(rows: Iterable[Row]) -> list[str]:
    return [row.text for row in rows if isinstance(row, CommentRow)]


def errors(rows: Iterable[Row]) -> list[tuple[int, str, str]]:
    return [(row.line, row.code, row.value) for row in rows if isinstance(row, RowError)]


# --- what a good file says -------------------------------------------------------------------------------------------


def test_every_column_is_read(tmp_path: Path) -> None:
    content = "工单号,客户评论,工号,来电时间,渠道,客户号\nW-1,谢谢8021帮我,8021,2026年11月22日 9时5分,电话,C77\n"
    assert read(tmp_path, content) == [
        CommentRow(
            line=2,
            text="谢谢8021帮我",
            external_id="W-1",
            agent="8021",
            occurred_at=datetime(2026, 11, 22, 1, 5, tzinfo=UTC),
            channel="电话",
            customer="C77",
        )
    ]


def test_columns_that_are_absent_or_empty_are_none(tmp_path: Path) -> None:
    assert read(tmp_path, "text,agent\n谢谢,\n") == [CommentRow(line=2, text="谢谢")]


def test_day_and_clock_in_two_columns_are_joined(tmp_path: Path) -> None:
    below = [
        "a,2026/11/22,9:05",
        "b,2026/11/22,下午3:05",
        "c,2026/11/22,",
        "d,,2026-11-22 09:05",
        "e,x,2026-11-22 09:05",
    ]
    rows = read(tmp_path, "\n".join(["text,日期,时间", *below]))
    moments = [row.occurred_at for row in rows if isinstance(row, CommentRow)]
    assert [moment and moment.isoformat() for moment in moments] == [
        "2026-11-22T01:05:00+00:00",
        "2026-11-22T07:05:00+00:00",
        "2026-11-21T16:00:00+00:00",
        "2026-11-22T01:05:00+00:00",
        "2026-11-22T01:05:00+00:00",
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_found_out(tmp_path: Path, delimiter: str) -> None:
    content = delimiter.join(("编号", "客户评论", "座席")) + "\n" + delimiter.join(("1", '"谢谢，真好"', "张伟")) + "\n"
    assert read(tmp_path, content) == [CommentRow(line=2, text="谢谢，真好", external_id="1", agent="张伟")]


def test_excels_line_about_the_delimiter_is_passed_over(tmp_path: Path) -> None:
    assert read(tmp_path, "sep=;\ntext;agent\nGood, really;Tom\n") == [
        CommentRow(line=3, text="Good, really", agent="Tom")
    ]


def test_titles_above_the_header_are_passed_over(tmp_path: Path) -> None:
    content = "客户评论\n导出时间：2026-11-22,,\n\n序号,客户评论,座席\n1,谢谢,张伟\n"
    assert read(tmp_path, content) == [CommentRow(line=5, text="谢谢", external_id="1", agent="张伟")]


def test_the_first_of_two_possible_headers_counts(tmp_path: Path) -> None:
    assert texts(read(tmp_path, "text\n评论,好,的\n")) == ["评论,好,的"]


def test_a_single_column_keeps_its_commas(tmp_path: Path) -> None:
    content = '客户评论\n很好,很快\n"他说""好""，谢谢"\n"好的"二字\n'
    assert texts(read(tmp_path, content)) == ["很好,很快", '他说"好"，谢谢', '"好的"二字']


def test_lines_in_quotes_are_one_comment_and_the_next_row_knows_its_line(tmp_path: Path) -> None:
    rows = read(tmp_path, 'id,text\r\n1,"第一行\r\n第二行"\r\n2,好\r\n')
    assert [(row.line, row.text) for row in rows if isinstance(row, CommentRow)] == [(2, "第一行\n第二行"), (4, "好")]


def test_a_header_of_two_lines(tmp_path: Path) -> None:
    assert texts(read(tmp_path, 'id,"客户\n评论"\n1,好\n2,很好\n')) == ["好", "很好"]


def test_comments_far_below_blank_lines(tmp_path: Path) -> None:
    assert texts(read(tmp_path, "\n" * (SAMPLE + 1) + "text\n好\n")) == ["好"]


def test_blank_lines_and_blank_rows_are_no_errors(tmp_path: Path) -> None:
    assert read(tmp_path, "\n\nid,text\n\n , \n,\n1,好\n\x1a") == [CommentRow(line=7, text="好", external_id="1")]


def test_empty_cells_beyond_the_last_column_do_not_matter(tmp_path: Path) -> None:
    assert texts(read(tmp_path, 'id,text\n1,好,,\n2,"很好",\n')) == ["好", "很好"]


def test_a_row_may_leave_out_the_last_columns(tmp_path: Path) -> None:
    assert read(tmp_path, "text,agent,channel\n好\n") == [CommentRow(line=2, text="好")]


def test_a_thousand_columns(tmp_path: Path) -> None:
    header = ",".join(f"c{number}" for number in range(999)) + ",text\n"
    assert texts(read(tmp_path, header + "," * 999 + "好\n")) == ["好"]


def test_a_header_without_rows_gives_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path, "text,id\n") == []


# --- encodings -------------------------------------------------------------------------------------------------------

SAMPLE_ROWS = "编号,客户评论\r\n1,谢谢张伟，帮我解决了😀\r\n2,很好\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings_are_found_out(tmp_path: Path, encoding: str) -> None:
    assert texts(read(tmp_path, SAMPLE_ROWS.encode(encoding))) == ["谢谢张伟，帮我解决了😀", "很好"]


def test_big_endian_utf_16(tmp_path: Path) -> None:
    assert texts(read(tmp_path, b"\xfe\xff" + SAMPLE_ROWS.encode("utf-16-be"))) == ["谢谢张伟，帮我解决了😀", "很好"]


def test_characters_across_the_end_of_the_sample(tmp_path: Path) -> None:
    for encoding in ("utf-8", "gb18030"):
        for shift in range(4):
            content = "text\n" + "x" * shift + "好" * SAMPLE + "\n好\n"
            assert texts(read(tmp_path, content.encode(encoding))) == ["好"]


def test_utf_16_characters_across_chunks(tmp_path: Path) -> None:
    for shift in range(1, 4):
        expected = ["x" * shift, *["😀" * 2000] * 40]
        content = "".join(f"{row},1\n" for row in ["text", *expected])
        assert texts(read(tmp_path, content.encode("utf-16"))) == expected


def test_gb18030_that_begins_far_below(tmp_path: Path) -> None:
    content = "text,id\n" + "good,1\n" * (SAMPLE // 6) + "谢谢张伟,2\n"
    assert texts(read(tmp_path, content.encode("gb18030")))[-1] == "谢谢张伟"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_line_that_does_not_decode_costs_only_itself(tmp_path: Path, encoding: str) -> None:
    good = "编号,客户评论\n1,谢谢张伟\n"
    content = good.encode(encoding) + b"2,\xff\xff\x80\n" + "3,很好\n".encode(encoding)
    rows = read(tmp_path, content)
    assert texts(rows) == ["谢谢张伟", "很好"]
    assert errors(rows) == [(3, "bad_encoding", "ff ff 80 0a")]


def test_half_a_character_at_the_end_of_utf_16(tmp_path: Path) -> None:
    assert texts(read(tmp_path, SAMPLE_ROWS.encode("utf-16") + b"\x42")) == ["谢谢张伟，帮我解决了😀", "很好"]


def test_halves_of_surrogate_pairs_are_joined_and_lonely_ones_marked(tmp_path: Path) -> None:
    pair = b"\xed\xa0\xbd\xed\xb8\x80"  # U+1F600 as Oracle's UTF8 writes it
    rows = read(tmp_path, "编号,评论\n1,好好好\n2,好".encode() + pair + b"\n3,\xed\xa0\xbd!\n")
    assert texts(rows) == ["好好好", "好😀", "\ufffd!"]


def test_old_mac_line_ends(tmp_path: Path) -> None:
    assert texts(read(tmp_path, "id,text\r1,好\r2,很好\r")) == ["好", "很好"]


# --- bad rows --------------------------------------------------------------------------------------------------------


def test_bad_rows_are_listed_and_good_ones_kept(tmp_path: Path) -> None:
    content = (
        "id,text,time\n"
        "1,谢谢,2026-11-22\n"
        "2,,2026-11-22\n"
        "3,谢谢,昨天\n"
        f"4,{'好' * 100_000},2026-11-22\n"
        "5,好,多了,一列,吧\n"
        f"{'6' * 201},好,\n"
        "7\n"
        f"8,{'好' * MAX_TEXT},2026-11-22\n"
    )
    rows = read(tmp_path, content)
    assert [row.external_id for row in rows if isinstance(row, CommentRow)] == ["1", "8"]
    assert errors(rows) == [
        (3, "text_missing", ""),
        (4, "bad_time", "昨天"),
        (5, "text_too_long", "100000"),
        (6, "bad_columns", "5/3"),
        (7, "field_too_long", "id"),
        (8, "bad_columns", "1/3"),
    ]


def test_values_in_errors_are_short(tmp_path: Path) -> None:
    ((_, code, value),) = errors(read(tmp_path, f"text,time\n好,{'x' * 1000}\n"))
    assert (code, len(value)) == ("bad_time", 40)


def test_control_characters_are_dropped(tmp_path: Path) -> None:
    assert texts(read(tmp_path, "text,id\n谢\x00谢\x1b[0m\x85\ufeff,1\n\x00,\x00\n")) == ["谢谢[0m"]


def test_a_very_long_line_is_an_error_and_stays_out_of_memory(tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    with file.open("wb") as target:
        target.write("id,text\n1,好\n2,".encode())
        for _ in range(100):
            target.write(b"x" * MAX_LINE)
        target.write("\n3,很好\n".encode())
    tracemalloc.start()
    rows = list(read_file(file, timezone="UTC"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert texts(rows) == ["好", "很好"]
    assert errors(rows) == [(3, "line_too_long", str(MAX_LINE))]
    assert peak < 16 * MAX_LINE


# --- quotes that stand for themselves --------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", "\t"])
@pytest.mark.parametrize(
    "text",
    ['"好的', '好的"', '"好的"，他说', '他说"好"', '"', '"""', '"好"的"'],
)
def test_a_stray_quote_does_not_swallow_the_rows_below(tmp_path: Path, delimiter: str, text: str) -> None:
    rows = [["id", "text", "agent"], ["1", text, "a"], *([str(number), "好", "b"] for number in range(2, 50))]
    content = "".join(delimiter.join(row) + "\n" for row in rows)
    assert texts(read(tmp_path, content)) == [text, *["好"] * 48]


def test_two_stray_quotes_far_apart(tmp_path: Path) -> None:
    rows = read(tmp_path, 'id,text\n1,"好的\n2,很好\n3,谢谢\n4,"多谢\n5,好\n')
    assert texts(rows) == ['"好的', "很好", "谢谢", '"多谢', "好"]


def test_a_quote_that_never_closes_is_given_up_on(tmp_path: Path) -> None:
    rows = read(tmp_path, 'id,text\n1,"好的\n' + "2,好\n" * 5000)
    assert texts(rows) == ['"好的', *["好"] * 5000]


def test_quotes_that_close_in_the_wrong_column_are_given_up_on(tmp_path: Path) -> None:
    rows = read(tmp_path, 'id,text,agent\n1,"好的,张伟\n2,很好",李娜,王芳\n3,好,张伟\n')
    assert texts(rows) == ['"好的', "好"]
    assert errors(rows) == [(3, "bad_columns", "4/3")]


def test_quotes_that_close_a_thousand_rows_below_are_given_up_on(tmp_path: Path) -> None:
    rows = read(tmp_path, 'id,text\n1,"好\n' + "2,行\n" * 1100 + '3,好"\n')
    assert texts(rows) == ['"好', *["行"] * 1100, '好"']


@pytest.mark.parametrize("line", ["2," + "x" * (MAX_LINE // 2), "x" * (MAX_LINE // 2) + '","y'])
def test_an_open_quote_keeps_little_in_memory(tmp_path: Path, line: str) -> None:
    file = tmp_path / "open.csv"
    file.write_text('id,text\n1,"好\n' + f"{line}\n" * 60, encoding="utf-8")
    tracemalloc.start()
    for _ in read_file(file, timezone="UTC"):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * MAX_LINE


def test_a_row_that_an_open_quote_cut_short_is_an_error(tmp_path: Path) -> None:
    rows = read(tmp_path, 'id,text,agent\n1,"好\n2,行,张伟\n')
    assert texts(rows) == ["行"]
    assert errors(rows) == [(2, "bad_columns", "2/3")]


def test_a_short_row_keeps_its_quotes(tmp_path: Path) -> None:
    assert read(tmp_path, 'id,text,agent\n1,"好,的"\n') == [CommentRow(line=2, text="好,的", external_id="1")]


def test_quoted_text_too_long_for_a_comment_is_one_error(tmp_path: Path) -> None:
    content = 'id,text\n1,"' + "很长，的一行\n" * 900 + "x" * 200_000 + '"\n2,好\n'
    rows = read(tmp_path, content)
    assert texts(rows) == ["好"]
    assert errors(rows) == [(2, "text_too_long", str(7 * 900 + 200_000))]


# --- files that are none ---------------------------------------------------------------------------------------------


def problem(path: Path, content: bytes, name: str = "comments.csv") -> tuple[str, dict[str, object]]:
    with pytest.raises(Problem) as caught:
        read(path, content, name)
    return caught.value.code, caught.value.data


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\x00\x1a", b"\xef\xbb\xbf", b"\xff\xfe", b"\xff\xfe\n\x00"])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    assert problem(tmp_path, content) == ("empty_file", {})


def test_no_column_of_comments(tmp_path: Path) -> None:
    code, data = problem(tmp_path, "编号,满意度,座席\n1,5,张伟\n".encode())
    assert (code, data) == ("no_text_column", {"headers": ("编号", "满意度", "座席")})


def test_the_headers_named_are_few_and_short(tmp_path: Path) -> None:
    _, data = problem(tmp_path, ",".join(["x" * 1000] * 500).encode())
    headers = data["headers"]
    assert isinstance(headers, tuple)
    assert len(headers) == 20
    assert max(map(len, headers)) == 40


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "picture.png"),
        (b"\xff\xff\xff\xff\x80\x80\n\xff\xff\n", "comments.csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), "old.xls"),
    ],
)
def test_other_files(tmp_path: Path, content: bytes, name: str) -> None:
    assert problem(tmp_path, content, name)[0] == "unknown_format"


def test_one_endless_line(tmp_path: Path) -> None:
    assert problem(tmp_path, b"x" * (2 * MAX_LINE))[0] == "unknown_format"


def test_an_encrypted_workbook(tmp_path: Path) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2**20) + "EncryptedPackage".encode("utf-16-le") + bytes(64)
    assert problem(tmp_path, content, "secret.xlsx")[0] == "encrypted"


@pytest.mark.parametrize("name", ["missing.csv", ".", "a\0b"])
def test_what_cannot_be_opened(tmp_path: Path, name: str) -> None:
    with pytest.raises(Problem) as caught:
        list(read_file(tmp_path / name, timezone="UTC"))
    assert caught.value.code == "not_readable"
    assert caught.value.data["reason"]


def test_a_disk_that_fails_while_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failure = OSError(5, "Input/output error")

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(files, "Lines", fail)
    assert problem(tmp_path, b"text\nx\n") == ("not_readable", {"reason": failure})
    monkeypatch.setattr(workbook, "ZipFile", fail)
    assert problem(tmp_path, b"PK\x03\x04") == ("not_readable", {"reason": failure})


# --- counting --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_rows_are_counted(tmp_path: Path, encoding: str, end: str) -> None:
    file = tmp_path / "comments.csv"
    file.write_bytes(("text\n好\n很好" + end).encode(encoding))
    assert count_rows(file) == 2


def test_counting_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert count_rows(tmp_path / "missing.csv") is None
    assert count_rows(tmp_path) is None


# --- any rows, any bytes ---------------------------------------------------------------------------------------------

words = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\ufffe\uffff"), max_size=30)
some_words = words.map(str.strip).filter(bool)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    st.lists(st.tuples(some_words, words.map(str.strip)), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_rows_written_as_csv_are_read_back(
    tmp_path: Path, rows: list[tuple[str, str]], delimiter: str, encoding: str, quoting: int
) -> None:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([("客户评论", "座席"), *rows])
    found = read(tmp_path, target.getvalue().encode(encoding))
    assert [(row.text, row.agent or "") for row in found if isinstance(row, CommentRow)] == rows
    assert len(found) == len(rows)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.binary(max_size=300), st.sampled_from(["", "text,id\n", "\ufefftext\tagent\n", '{"text": "a"}\n']))
def test_any_bytes_give_rows_errors_or_a_problem(tmp_path: Path, content: bytes, start: str) -> None:
    try:
        rows = read(tmp_path, start.encode() + content)
    except Problem:
        return
    assert all(isinstance(row, CommentRow | RowError) for row in rows)
    for text in texts(rows):
        assert text == text.strip() != ""
        text.encode()
