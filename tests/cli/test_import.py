"""`praisebot import` says how far it came, what is wrong with the file, and what to do."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import intake
from bot.classifier.predict import Tagger
from bot.cli.comments import import_
from bot.cli.terminal import _
from bot.intake import CommentRow, Problem, RowError
from bot.reports import file_problem
from bot.storage import tables
from bot.storage.database import Database
from tests.builders import WordTagger, new_bank, rows

KEEPS = _("What is counted above is kept. Put it right and import the file again: nothing comes twice.")


def _counts(**counts: int) -> str:
    named = {"praise": 0, "unclear": 0, "doubtful": 0, "other": 0, "known": 0, "bad": 0} | counts
    return _(
        "Praise: {praise} (unclear whose: {unclear}). Perhaps praise: {doubtful}. Not praise: {other}."
        " Known already: {known}. Bad rows: {bad}",
        **named,
    )


@pytest.fixture
async def database(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    path = tmp_path / "praise.db"
    shutil.copy(sqlite_template, path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setattr(Tagger, "load", lambda path: WordTagger())
    opened = Database(f"sqlite:///{path}")
    await opened.write(new_bank)
    return opened


@pytest.fixture
def run(database: Database, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Run the command, in no event loop, and return its exit code and what it said, without line breaks of its own."""

    def command(file: Path, *, dry_run: bool = False) -> tuple[int, str]:
        code = 0
        try:
            import_(file, dry_run=dry_run)
        except SystemExit as left:
            code = int(left.code or 0)
        said = capsys.readouterr()
        return code, " ".join((said.out + said.err).split())

    return command


def test_bad_rows_are_listed_and_many_written_beside_the_file(
    run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    path = tmp_path / "survey.csv"
    path.write_text("id,text\n" + "".join(f"{line},\n" for line in range(2, 62)) + "99,she helped\n")
    code, said = run(path)
    assert code == 0
    assert _counts(praise=1, unclear=1, bad=60) in said
    assert all(_("line {line}: {text}", line=line, text=_("there is no text")) in said for line in range(2, 62))
    assert not (tmp_path / "survey.csv.errors.csv").exists()

    path.write_text("id,text\n" + "".join(f"{line},\n" for line in range(2, 303)))
    code, said = run(path)
    listed = tmp_path / "survey.csv.errors.csv"
    assert _("All of them are in {path}", path=listed) in said
    with listed.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file))
    assert [int(row["line"]) for row in written] == list(range(2, 303))
    assert {row["code"] for row in written} == {"text_missing"}


def test_a_list_that_cannot_be_written_is_said_so(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    path.write_text("id,text\n" + "".join(f"{line},\n" for line in range(2, 303)))
    (tmp_path / "survey.csv.errors.csv").mkdir()
    code, said = run(path)
    assert code == 0
    assert str(tmp_path / "survey.csv.errors.csv") in said
    assert _("All of them are in {path}", path=tmp_path / "survey.csv.errors.csv") not in said


@pytest.mark.parametrize(("failure", "reason"), [(Problem("corrupt"), None), (KeyboardInterrupt(), "Stopped.")])
def test_an_import_that_breaks_off_says_what_is_kept_and_what_to_do(
    run: Callable[..., tuple[int, str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    failure: BaseException,
    reason: str | None,
) -> None:
    def damaged(path: Path, *, timezone: str) -> Iterator[CommentRow | RowError]:
        yield from (CommentRow(line, f"matter {line}: helped") for line in range(99))
        yield RowError(100, "text_missing")
        raise failure

    monkeypatch.setattr(intake, "read_file", damaged)
    path = tmp_path / "survey.csv"
    path.touch()
    code, said = run(path)
    assert code == 1
    assert _counts(praise=99, unclear=99, bad=1) in said
    assert _("line {line}: {text}", line=100, text=_("there is no text")) in said
    assert (file_problem(failure, _) if isinstance(failure, Problem) else _(reason or "")) in said
    assert KEEPS in said


def test_a_file_that_cannot_be_read_at_all_counts_nothing(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    path.touch()
    code, said = run(path)
    assert code == 1
    assert said.endswith(file_problem(Problem("empty_file"), _))
    assert _counts() not in said


def test_a_dry_run_keeps_nothing(run: Callable[..., tuple[int, str]], tmp_path: Path, database: Database) -> None:
    path = tmp_path / "survey.csv"
    path.write_text("id,text\n1,she helped\n")
    code, said = run(path, dry_run=True)
    assert code == 0
    assert _("Dry run: nothing was kept.") in said
    with database.engine.connect() as tx:
        assert rows(tx, tables.comments) == []
