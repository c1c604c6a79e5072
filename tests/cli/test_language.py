"""The command line in the operator's language: help, figures, and what is wrong with commands, files and the model."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import cli
from bot.classifier.corpus import LABELS as LABELS_OF_ROWS
from bot.classifier.corpus import labels_of
from bot.classifier.model import CARD, WEIGHTS
from bot.i18n import translator
from tests.classifier.conftest import SHIPPED, examples
from tests.test_cli import Place

Command = Callable[..., tuple[int, str]]

LABELS = "text\tpraise\tattitude\tsolution\tvalue_added\tprimary\ttier\n"
GOOD = LABELS + "客服很耐心\t1\t1\t0\t0\tattitude\tbasic\n等了一小时\t0\t0\t0\t0\tnone\tnone\n"
BAD = LABELS + "客服很耐心\t1\t0\t0\t0\tnone\tbasic\n等了\t2\t0\t0\t0\tnone\ttop\n"


@pytest.fixture(params=["en", "zh_CN"])
def locale(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    place.write("comments.csv", "text\n客服很耐心\n")
    place.write("good.tsv", GOOD)
    place.write("bad.tsv", BAD)
    place.write("without_text.csv", "comment\n好\n")
    place.write("workbook.xls", "")
    place.write("few.tsv", "text\tpraise\n")
    place.write("empty.tsv", LABELS)
    (tmp_path / "bytes.tsv").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "folder").mkdir()
    return place


@pytest.fixture
def command(place: Place, locale: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command in this process, and return its exit code and what it said on standard error."""
    for name, value in place.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(place.folder)
    monkeypatch.setattr("bot.cli.LOCALE", locale)
    monkeypatch.setattr("bot.cli.classifier.LOCALE", locale)
    for module in ("usage", "classifier"):
        monkeypatch.setattr(f"bot.cli.{module}._", translator(locale))

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["praisebot", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        lines = capsys.readouterr().err.splitlines()
        said = "\n".join(line for line in lines if "━" not in line and line.strip())  # without progress
        return int(ended.value.code or 0), said

    return run


def assert_told(said: str, locale: str, named: str) -> None:
    assert "Traceback" not in said
    assert named in said
    for line in said.splitlines():
        assert bool(re.search(r"[\u4e00-\u9fff]", line)) == (locale == "zh_CN"), line


# --- how a command is written -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "named", "own"),
    [
        (("foo",), "verify-ledger", ""),
        (("rules", "foo"), "apply", " rules"),
        (("setup",), "", " setup"),
        (("tag", "comments.csv"), "--output / -o", " tag"),
        (("tag", "comments.csv", "-o"), "-o", " tag"),
        (("tag", "comments.csv", "-o", "out.csv", "--processes", "0"), "--processes", " tag"),
        (("tag", "--colour"), "--colour", " tag"),
        (("evaluate", "good.tsv", "--json=3"), "--json", " evaluate"),
        (("verify-ledger", "all"), "", " verify-ledger"),
        (("rules", "apply", "comments.csv", "--effective", "tomorrow"), "--effective", " rules apply"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_a_command_that_is_not_written_as_it_should_be_is_told_with_where_to_look(
    command: Command, locale: str, words: tuple[str, ...], named: str, own: str
) -> None:
    code, said = command(*words)
    assert code == 2
    assert_told(said, locale, named)
    assert said.splitlines()[-1].endswith(f"praisebot{own} --help")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("tag", "missing.csv", "-o", "out.csv"), "missing.csv"),
        (("import", "missing.csv"), "missing.csv"),
        (("roster", "good.tsv/missing.csv"), "missing.csv"),
        (("rules", "check", "folder"), "folder"),
        (("tag", "comments.csv", "-o", "folder"), "folder"),
        (("train", "--corpus", "missing"), "missing"),
        (("train", "--corpus", "good.tsv"), "good.tsv"),
        (("train", "--output", "good.tsv"), "good.tsv"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_a_file_that_is_not_there_or_is_none_is_told_before_anything_begins(
    command: Command, locale: str, words: tuple[str, ...], named: str
) -> None:
    code, said = command(*words)
    assert code == 2
    assert_told(said, locale, named)
    assert len(said.splitlines()) == 1


def test_help_speaks_the_operators_language(place: Place) -> None:
    for words in ((), ("tag",), ("train",), ("board",)):
        told = place.run(*words, "--help", PRAISEBOT_LOCALE="zh_CN")
        assert "用法：" in told
        english = {"Usage", "Arguments", "Options", "Commands", "OPTIONS", "required", "default", "Show", "FILE"}
        assert english.isdisjoint(re.findall(r"\w+", told))
        assert "Usage: " in place.run(*words, "--help", PRAISEBOT_LOCALE="en")


def test_a_group_without_a_command_shows_its_help(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("rules") == (2, "")


# --- files and the model ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("tag", "without_text.csv", "-o", "out.csv"), "text"),
        (("tag", "workbook.xls", "-o", "out.csv"), ".jsonl"),
        (("tag", "comments.csv", "-o", "out.tsv"), ".csv"),
        (("tag", "comments.csv", "-o", "no/such/out.csv"), "no/such/out.csv"),
        (("evaluate", "few.tsv"), "value_added"),
        (("evaluate", "empty.tsv"), ""),
        (("evaluate", "bytes.tsv"), "bytes.tsv"),
        (("rules", "check", "bytes.tsv"), "bytes.tsv"),
        (("train", "--corpus", "folder"), "folder"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_a_file_that_cannot_be_used_is_told_in_one_sentence(
    command: Command, locale: str, words: tuple[str, ...], named: str
) -> None:
    code, said = command(*words)
    assert code == 1
    assert_told(said, locale, named)
    assert len(said.splitlines()) == 1


def test_every_bad_row_of_a_labelled_file_is_told(command: Command, locale: str) -> None:
    code, said = command("evaluate", "bad.tsv")
    assert code == 1
    assert_told(said, locale, "bad.tsv")
    row = "bad.tsv 第 {line} 行：" if locale == "zh_CN" else "bad.tsv, line {line}: "
    starts = [row.format(line=line) for line in (2, 2, 3, 3)]
    assert [line.startswith(start) for start, line in zip(starts, said.splitlines()[1:], strict=True)] == [True] * 4


def without(folder: Path) -> None:
    shutil.rmtree(folder)


def half_replaced(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes(b"weights")


def no_card(folder: Path) -> None:
    (folder / CARD).write_text("{")


def of_another_version(folder: Path) -> None:
    (folder / CARD).write_text("{}")


@pytest.mark.parametrize("damage", [without, half_replaced, no_card, of_another_version])
@pytest.mark.parametrize(
    "words",
    [("serve",), ("worker",), ("tag", "comments.csv", "-o", "out.csv"), ("evaluate", "good.tsv")],
    ids=lambda words: words[0],
)
def test_a_model_that_cannot_be_used_is_told_with_what_to_do(
    command: Command,
    locale: str,
    place: Place,
    sqlite_template: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    damage: Callable[[Path], None],
) -> None:
    shutil.copy(sqlite_template, place.folder / "praisebot.db")
    model = place.folder / "model"
    model.mkdir()
    for name in (CARD, WEIGHTS):
        shutil.copy(SHIPPED / name, model)
    damage(model)
    monkeypatch.setenv("PRAISEBOT_MODEL", str(model))
    code, said = command(*words)
    assert code == 1
    assert_told(said, locale, "praisebot train")
    assert len(said.splitlines()) == 1
    assert not (place.folder / "out.csv").exists()


def test_figures_have_headings_in_the_operators_language(place: Place, locale: str) -> None:
    told = place.run("evaluate", "good.tsv", PRAISEBOT_LOCALE=locale)
    assert ("精确率" in told, "precision" in told) == (locale == "zh_CN", locale == "en")
    assert ("解决方案" in told) == (locale == "zh_CN")
    words = set(re.findall(r"[A-Za-z]{2,}", told))
    assert bool(words) == (locale == "en")


def test_training_tells_how_good_it_is_and_leaves_a_model_that_can_be_used(place: Place) -> None:
    columns = ("id", "domain", "channel", "lang", "text", *LABELS_OF_ROWS, "hard")
    sources = {example.source for example in examples()}
    corpus = place.folder / "corpus"
    corpus.mkdir()
    for source in sources:
        rows = [
            (row.id, row.domain, row.channel, row.lang, row.text, *labels_of(row), row.hard)
            for row in examples()
            if row.source == source
        ]
        (corpus / f"{source}.tsv").write_text("".join("\t".join(row) + "\n" for row in (columns, *rows)), "utf-8")
    told = place.run("train", "--corpus", "corpus", "-o", "model", PRAISEBOT_LOCALE="zh_CN")
    assert "精确率" in told
    name = json.loads((place.folder / "model" / CARD).read_text("utf-8"))["model"]
    assert name in told
    assert (place.folder / "model" / "README.md").exists()
    place.run("tag", "comments.csv", "-o", "out.csv", PRAISEBOT_MODEL="model")
