import csv
import json
import os
import signal
from pathlib import Path

import psutil
import pytest

from bot.classifier import batch, spreading
from bot.classifier import model as artefact
from bot.classifier.batch import tag_file
from bot.classifier.piecework import COLUMNS, Counts
from bot.classifier.predict import Tagger
from bot.classifier.tables import LARGEST_CELL, Problem, encoding_of
from bot.errors import (
    FileUnreadable,
    ModelMissing,
    PraisebotError,
    TableKindDiffers,
    TableKindUnknown,
    TableWithoutText,
    WorkerLost,
)
from tests.classifier.conftest import SHIPPED

PRAISE = "客服小姐姐很热情，很有耐心"
OTHER = "请问几点下班"


def tag(source: Path, target: Path | None = None, **options) -> Counts:
    return tag_file(source, target or source.with_name("out" + source.suffix), SHIPPED, **options)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        if path.suffix == ".tsv":
            return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
        return list(csv.DictReader(stream))


def test_a_csv_keeps_its_columns_and_gains_ours(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f'id,text,note\n1,"{PRAISE}, ""真的""\n第二行",=1+1\n2,{OTHER},-3\n', encoding="utf-8")
    counts = tag(source)
    first, second = rows_of(tmp_path / "out.csv")
    assert list(first) == ["id", "text", "note", *COLUMNS]
    assert (first["text"], first["note"], second["note"]) == (f'{PRAISE}, "真的"\n第二行', "=1+1", "-3")
    assert (first["praise"], first["attitude"], first["primary"], first["tier"]) == ("1", "1", "attitude", "basic")
    assert [second[name] for name in COLUMNS[:-1]] == ["0", "0", "0", "0", "none", "none"]
    assert 0 <= float(second["confidence"]) <= 1
    assert (counts.rows, counts.tagged, counts.praise, counts.bad, counts.problems) == (2, 2, 1, 0, ())


def test_a_tsv_is_read_without_quoting(tmp_path: Path) -> None:
    source = tmp_path / "in.tsv"
    source.write_text(f'text\tid\n"{PRAISE}\t"1\n', encoding="utf-8")
    tag(source)
    (row,) = rows_of(tmp_path / "out.tsv")
    assert (row["text"], row["id"], row["praise"]) == (f'"{PRAISE}', '"1', "1")


def test_jsonl_keeps_whatever_else_an_object_says(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"text": PRAISE, "more": {"a": [1, None]}}) + "\n", encoding="utf-8")
    tag(source)
    told = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert told["more"] == {"a": [1, None]}
    assert (told["praise"], told["primary"]) == (1, "attitude")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encodings_of_spreadsheets_are_recognised(tmp_path: Path, encoding: str) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f"text,备注\n{PRAISE},甲\n", encoding=encoding)
    tag(source)
    (row,) = rows_of(tmp_path / "out.csv")
    assert (row["text"], row["备注"], row["praise"]) == (PRAISE, "甲", "1")
    marked = (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert marked == (encoding != "utf-8")


def test_a_broken_byte_does_not_make_a_file_gb18030_and_stays(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(b"text,x\n" + f"{PRAISE},".encode() * 1 + b"\xff\n" + f"{OTHER}，{PRAISE},1\n".encode())
    assert encoding_of(source) == "utf-8"
    counts = tag(source)
    assert counts.tagged == 2
    assert b",\xff," in (tmp_path / "out.csv").read_bytes()


def test_bad_rows_of_a_csv_are_listed_and_the_rest_is_tagged(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f"id,text\n1,{PRAISE}\n2\n\n3,{OTHER},太多\n4,{PRAISE}\n", encoding="utf-8")
    counts = tag(source)
    assert (counts.rows, counts.tagged, counts.bad) == (4, 2, 2)
    assert counts.problems == (Problem("cells", 3, 1, 2), Problem("cells", 5, 3, 2))
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    assert lines[2] == "2," + "," * len(COLUMNS)
    assert lines[3] == f"3,{OTHER}," + "," * len(COLUMNS) + "太多"
    assert len(lines) == 5


def test_bad_lines_of_jsonl_are_listed_and_the_rest_is_tagged(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    lines = ["{x", '{"id": 1}', "[1]", "", json.dumps({"text": OTHER}), '{"text": "\\ud800"}', "[" * 100_000]
    source.write_text("\n".join(lines), encoding="utf-8")
    counts = tag(source)
    assert (counts.tagged, counts.bad) == (2, 4)
    assert counts.problems == (
        Problem("not_json", 1, 2),
        Problem("no_text", 2),
        Problem("no_text", 3),
        Problem("extreme_json", 7),
    )
    written = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert written[:2] == [{"id": 1}, [1]]
    assert len(written) == 4


def test_tagging_again_replaces_what_was_tagged(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f"praise,text,tier\n9,{OTHER},top\n", encoding="utf-8")
    counts = tag(source)
    assert counts.replaced == ("praise", "tier")
    once = (tmp_path / "out.csv").read_bytes()
    assert once.startswith(b"text,praise,attitude")
    tag(tmp_path / "out.csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == once


def test_processes_write_the_same_file_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_PIECE", 100)
    monkeypatch.setattr(batch, "_SMALL", 0)
    monkeypatch.setattr(spreading, "_ROUND", 10)
    source = tmp_path / "in.tsv"
    rows = (f"{PRAISE}{number}\n{OTHER}\n\n\t\n" for number in range(40))
    source.write_text("text\n" + "".join(rows), encoding="utf-8")
    told = []
    alone = tag(source, tmp_path / "one.tsv", processes=1)
    together = tag(source, tmp_path / "two.tsv", processes=2, progress=lambda rows, share: told.append((rows, share)))
    assert alone == together
    assert [problem.line for problem in alone.problems] == [5 + 4 * number for number in range(40)]
    assert (tmp_path / "one.tsv").read_bytes() == (tmp_path / "two.tsv").read_bytes()
    assert told[-1] == (alone.rows, 1.0)
    assert told == sorted(told)


def test_nothing_is_left_behind_when_tagging_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(f"text\n{PRAISE}\n", encoding="utf-8")
    target.write_text("what was there")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Tagger, "decide", fail)
    with pytest.raises(OSError, match="No space left"):
        tag(source, target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]
    assert target.read_text() == "what was there"


@pytest.mark.parametrize(
    ("name", "content", "kind", "named"),
    [
        ("in.xls", "text\n", TableKindUnknown, "in.xls"),
        ("in.csv", "comment\n好\n", TableWithoutText, "text"),
        ("in.csv", "", TableWithoutText, "text"),
        ("missing.csv", None, FileUnreadable, "missing.csv"),
    ],
)
def test_a_file_that_cannot_be_tagged_is_refused(
    tmp_path: Path, name: str, content: str | None, kind: type[PraisebotError], named: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(kind, match=named):
        tag(tmp_path / name)
    assert not (tmp_path / f"out{Path(name).suffix}").exists()


def test_a_result_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\n好\n", encoding="utf-8")
    with pytest.raises(TableKindDiffers, match=r"ends in \.csv"):
        tag(tmp_path / "in.csv", tmp_path / "out.jsonl")


def test_a_missing_model_is_told_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\n好\n", encoding="utf-8")
    with pytest.raises(ModelMissing):
        tag_file(tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "nowhere")
    assert not (tmp_path / "out.csv").exists()


def test_an_unclosed_quotation_mark_does_not_stop_the_file(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f'text\n{PRAISE}\n"{"x" * (1 << 24)}\n{OTHER}\n', encoding="utf-8")
    counts = tag(source)
    assert counts.tagged >= 1
    assert counts.problems == (Problem("cell_too_long", 3, LARGEST_CELL),)


def test_the_first_hundred_bad_rows_are_listed_and_all_are_counted(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f"text,id\n{PRAISE},1\n" + "x\n" * 150, encoding="utf-8")
    counts = tag(source)
    assert (counts.tagged, counts.bad) == (1, 150)
    assert [problem.line for problem in counts.problems] == list(range(3, 103))


def test_a_packed_model_tags_with_the_words_that_go_with_it_in_other_processes_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f"text\n贴心贷真好\n{PRAISE}\n", encoding="utf-8")
    monkeypatch.setattr(batch, "_SMALL", 0)
    packed = artefact.read(SHIPPED)._replace(words=("贴心贷",))
    tag(source)
    for processes in (1, 2):
        tag_file(source, tmp_path / f"{processes}.csv", packed, processes=processes)
    alone, together = (rows_of(tmp_path / f"{processes}.csv") for processes in (1, 2))
    assert alone == together
    without = rows_of(tmp_path / "out.csv")
    assert float(alone[0]["confidence"]) - float(without[0]["confidence"]) > 0.1
    assert alone[1] == without[1]


def test_a_process_that_dies_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "in.csv"
    source.write_text(f"text\n{PRAISE}\n{OTHER}\n", encoding="utf-8")
    monkeypatch.setattr(batch, "_SMALL", 0)
    monkeypatch.setattr(spreading, "tag_sent", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(WorkerLost):
        tag(source, processes=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv"]


def test_processes_end_when_their_lines_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "in.csv"
    source.write_text("text\n" + f"{PRAISE}\n" * 300, encoding="utf-8")
    monkeypatch.setattr(batch, "_SMALL", 0)
    monkeypatch.setattr(batch, "_PIECE", 500)
    before = set(psutil.Process().children(recursive=True))

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left") as caught:
        tag(source, processes=2, progress=fail)
    workers = {one for one in psutil.Process().children(recursive=True) if "LokyProcess" in " ".join(one.cmdline())}
    assert workers <= before, caught  # which holds on to everything that was at work
