import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.intake import MAX_TEXT, CommentRow, RowError, count_rows, read_file


def read(path: Path, content: str | bytes) -> list[CommentRow | RowError]:
    file = path / "comments.jsonl"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_file(file, timezone="Asia/Shanghai"))


def one(path: Path, content: object) -> CommentRow | RowError:
    (row,) = read(path, json.dumps(content))
    return row


def test_keys_are_named_as_columns_are(tmp_path: Path) -> None:
    content = {
        "评论内容": "谢谢\n张伟",
        "id": 17,
        "工号": 8021,
        "time": "2026-11-22 09:05",
        "source": "app",
        "customer": "C7",
    }
    assert one(tmp_path, content) == CommentRow(
        line=1,
        text="谢谢\n张伟",
        external_id="17",
        agent="8021",
        occurred_at=datetime(2026, 11, 22, 1, 5, tzinfo=UTC),
        channel="app",
        customer="C7",
    )


def test_every_line_has_its_own_keys(tmp_path: Path) -> None:
    rows = read(tmp_path, '\ufeff{"text": "a", "id": 1}\n\n{"id": null, "content": "b"}\r\n')
    assert rows == [CommentRow(line=1, text="a", external_id="1"), CommentRow(line=3, text="b")]


def test_the_name_of_the_file_does_not_matter(tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text('{"text": "好"}\n', encoding="gb18030")
    assert list(read_file(file, timezone="UTC")) == [CommentRow(line=1, text="好")]


@pytest.mark.parametrize(
    ("content", "code", "value"),
    [
        ({}, "text_missing", ""),
        ({"text": " \x00\n"}, "text_missing", ""),
        ({"text": None, "id": 1}, "text_missing", ""),
        ({"text": "x" * (MAX_TEXT + 1)}, "text_too_long", str(MAX_TEXT + 1)),
        ({"text": ["x"]}, "bad_field", "text"),
        ({"text": True}, "bad_field", "text"),
        ({"text": "x", "agent": {"id": 1}}, "bad_field", "agent"),
        ({"text": "x", "channel": "y" * 201}, "field_too_long", "channel"),
        ({"text": "x", "time": {}}, "bad_time", ""),
        ({"text": "x", "time": True}, "bad_time", ""),
        ({"text": "x", "time": float("nan")}, "bad_time", "nan"),
        ({"text": "x", "time": "soon"}, "bad_time", "soon"),
    ],
)
def test_what_is_wrong_with_an_object(tmp_path: Path, content: object, code: str, value: str) -> None:
    assert one(tmp_path, content) == RowError(1, code, value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ('{"text": "b"', "13"),
        ("[1]", "1"),
        ("null", "1"),
        ("text", "1"),
        ("[" * 100_000, ""),
        ('{"text": "b", "id": ' + "9" * 5000 + "}", ""),
    ],
)
def test_a_line_that_is_no_object_costs_only_itself(tmp_path: Path, line: str, value: str) -> None:
    rows = read(tmp_path, f'{{"text": "a"}}\n{line}\n{{"text": "c"}}\n')
    assert rows == [CommentRow(line=1, text="a"), RowError(2, "bad_json", value), CommentRow(line=3, text="c")]


def test_a_lonely_surrogate_can_be_stored(tmp_path: Path) -> None:
    assert one(tmp_path, {"text": "好\ud83d", "agent": "\udc00a"}) == CommentRow(
        line=1, text="好\ufffd", agent="\ufffda"
    )


def test_a_line_that_does_not_decode_costs_only_itself(tmp_path: Path) -> None:
    rows = read(tmp_path, '{"text": "好"}\n'.encode() + b'{"text": "\xff"}\n' + '{"text": "很好"}'.encode())
    assert rows == [
        CommentRow(line=1, text="好"),
        RowError(2, "bad_encoding", "ff 22 7d 0a"),
        CommentRow(line=3, text="很好"),
    ]


def test_rows_are_counted(tmp_path: Path) -> None:
    read(tmp_path, '{"text": "a"}\n{"text": "b"}')
    assert count_rows(tmp_path / "comments.jsonl") == 2


text = st.text(min_size=1, max_size=60).map(lambda value: "x" + value + "x")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(text, min_size=1, max_size=5), st.booleans())
def test_any_words_come_back_cleaned_and_storable(tmp_path: Path, words: list[str], ascii_only: bool) -> None:
    lines = [json.dumps({"text": word}, ensure_ascii=ascii_only) for word in words]
    rows = read(tmp_path, "\n".join(lines).encode("utf-8", "surrogatepass"))
    for word, row in zip(words, rows, strict=True):
        assert isinstance(row, CommentRow)
        row.text.encode()
        if word.isprintable():
            assert row.text == word
