"""The command line, as an operator uses it: each command for real, and every bad start in one sentence."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import cli
from bot.rules import DEFAULT_RULES
from bot.webhook import secret_of
from tests.conftest import ROOT

SECRET = "0123456789abcdef0123"


@dataclass(frozen=True)
class Place:
    """A folder in which commands are run, with a database of its own."""

    folder: Path

    def environment(self, **settings: str) -> dict[str, str]:
        return {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "PYTHONPATH": str(ROOT),
            "LC_ALL": "C.UTF-8",
            "COLUMNS": "100",
            "DATABASE_URL": f"sqlite:///{self.folder}/praisebot.db",
            "PRAISEBOT_MODEL": str(ROOT / "models/tagger"),
            "PRAISEBOT_WEBHOOK_SECRET": SECRET,
            **settings,
        }

    def start(self, *words: str, **settings: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "bot", *words],
            cwd=self.folder,
            env=self.environment(**settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, code: int = 0, **settings: str) -> str:
        """Run a command, see that it ends with ``code`` and without a traceback, and return what it said where."""
        process = self.start(*words, **settings)
        out, err = process.communicate(timeout=120)
        assert "Traceback" not in err, err
        assert process.returncode == code, err
        return err if code else out

    def write(self, name: str, content: str) -> str:
        (self.folder / name).write_text(content, encoding="utf-8")
        return name


@pytest.fixture
def empty(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A place with an organisation, made as the guide says."""
    place = Place(tmp_path_factory.mktemp("bank"))
    place.run("migrate")
    place.run("setup", "Harbour Bank", "--timezone", "Asia/Shanghai")
    roster = "team,name,english_name,staff_number,role\nCards,王磊,Leo,8021,agent\nCards,孙丽,,8001,supervisor\n"
    assert "2" in place.run("roster", place.write("roster.csv", roster))
    return place


# --- people -----------------------------------------------------------------------------------------------------------


def test_a_second_organisation_is_refused_by_the_name_of_the_first(bank: Place) -> None:
    assert "Harbour Bank" in bank.run("setup", "Another", code=1)


def test_a_roster_with_mistakes_adds_nobody_and_names_every_line(bank: Place) -> None:
    wrong = bank.write("wrong.csv", "name,staff_number,role\n,1,agent\n李娜,8021,agent\n张伟,3,chief\n")
    said = bank.run("roster", wrong, code=1)
    assert [line for line in ("2", "3", "4") if line in said] == ["2", "3", "4"]
    assert "8021" in said


def test_an_account_is_linked_to_the_member_with_a_staff_number(bank: Place) -> None:
    bank.run("roster", bank.write("more.csv", "name,staff_number\n李娜,8099\n"))
    assert "李娜" in bank.run("link", "8099", "web", "local", "m9999")
    assert "too" not in bank.run("link", "8099", "web", "local", "m9999")
    assert "1234" in bank.run("link", "1234", "web", "local", "m9999", code=1)
    assert "workspace" in bank.run("link", "8099", "slack", "T404", "U1", code=1)


def test_a_roster_is_for_the_organisation_that_is_named(bank: Place) -> None:
    said = bank.run("roster", bank.write("more.csv", "name\n李娜\n"), "--organisation", "No Such Bank", code=1)
    assert "No Such Bank" in said


def test_the_webhook_secret_is_the_one_that_is_checked(bank: Place) -> None:
    path, secret = bank.run("webhook-secret").split("\n")[:2]
    assert path == "POST /webhooks/comments/1"
    assert secret == secret_of(SECRET, 1)
    assert "PRAISEBOT_WEBHOOK_SECRET" in bank.run("webhook-secret", code=1, PRAISEBOT_WEBHOOK_SECRET="")


# --- rules ------------------------------------------------------------------------------------------------------------


def test_rules_are_checked_applied_and_shown(bank: Place) -> None:
    better = DEFAULT_RULES.replace("amount = 10", "amount = 12")
    assert better != DEFAULT_RULES
    file = bank.write("rules.toml", better)
    bank.run("rules", "check", file)
    assert "2" in bank.run("rules", "apply", file)
    assert bank.run("rules", "show") == better
    assert bank.run("rules", "show", "--version", "1") == DEFAULT_RULES
    assert "9" in bank.run("rules", "show", "--version", "9", code=1)


def test_ten_mistakes_are_told_at_once_each_with_its_line(bank: Place) -> None:
    lines = DEFAULT_RULES.splitlines()
    keys = [number for number, line in enumerate(lines) if re.match(r"\w+ = ", line)][:10]
    for number in keys:
        lines[number] = lines[number].split(" = ")[0] + " = -1.5"
    file = bank.write("ten.toml", "\n".join(lines))
    for command in ("check", "apply"):
        said = bank.run("rules", command, file, code=1)
        assert [int(line) for line in re.findall(r"line (\d+)", said)] == [number + 1 for number in keys]


def test_a_rules_file_that_is_no_text_is_said(bank: Place) -> None:
    (bank.folder / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in bank.run("rules", "check", "bytes.toml", code=1)


# --- boards, ledger, classifier ---------------------------------------------------------------------------------------


def test_the_next_board_is_shown_for_a_team_that_exists(bank: Place) -> None:
    assert "Cards" in bank.run("board", "preview")
    assert "Cards" in bank.run("board", "preview", "Loans", code=1)  # which there are instead


def test_the_ledger_is_verified_and_what_does_not_add_up_is_an_error(bank: Place, tmp_path: Path) -> None:
    assert bank.run("verify-ledger") == bank.run("verify-ledger", "--rebuild")
    shutil.copy(bank.folder / "praisebot.db", tmp_path / "praisebot.db")
    with sqlite3.connect(tmp_path / "praisebot.db") as database:
        database.execute("INSERT INTO balances (member_id, amount) VALUES (1, 5)")
    assert "5" in Place(tmp_path).run("verify-ledger", code=1)
    Place(tmp_path).run("verify-ledger", "--rebuild")


def test_comments_are_tagged_and_the_classifier_is_measured(bank: Place) -> None:
    rows = (
        "text\tpraise\tattitude\tsolution\tvalue_added\tprimary\ttier\n"
        "这位客服特别耐心，说话又和气，谢谢\t1\t1\t0\t0\tattitude\tbasic\n"
        "钱到现在还没退回来，太差劲了\t0\t0\t0\t0\tnone\tnone\n"
        "She fixed my card problem in two minutes\t1\t0\t1\t0\tsolution\tbasic\n"
    )
    file = bank.write("three.tsv", rows)
    bank.run("tag", file, "-o", "tagged.tsv")
    header, *tagged = (bank.folder / "tagged.tsv").read_text("utf-8").splitlines()
    assert header.split("\t")[0] == "text"
    assert len(tagged) == 3
    assert json.loads(bank.run("evaluate", file, "--json"))
    bank.run("tag", "three.tsv", "-o", "no/such/folder.tsv", code=1)


# --- serving ----------------------------------------------------------------------------------------------------------


def test_the_server_answers_as_soon_as_it_says_so_and_ends_when_told(empty: Place) -> None:
    process = empty.start("serve", PORT="0")
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        assert found, line
        for path in ("/healthz", "/readyz"):
            with urllib.request.urlopen(found[0] + path, timeout=60) as answer:
                assert answer.status == 200
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in err


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_a_port_that_is_taken_is_said_before_anything_is_called_ready(empty: Place, locale: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        process = empty.start("serve", PORT=port, PRAISEBOT_LOCALE=locale)
        out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (1, "")
    assert_one_sentence(err, locale)
    assert port in err


# --- bad starts -------------------------------------------------------------------------------------------------------


def assert_one_sentence(said: str, locale: str) -> None:
    assert "Traceback" not in said
    assert said.count("\n") == 1, said
    assert bool(re.search(r"[\u4e00-\u9fff]", said)) == (locale == "zh_CN"), said


def newer(path: Path, template: Path) -> None:
    shutil.copy(template, path)
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")


STARTS = [("serve",), ("migrate",), ("verify-ledger",), ("setup", "Harbour Bank"), ("worker",)]
URLS = {
    "unreachable": ("postgresql://nobody:hunter2@127.0.0.1:1/nothing", "127.0.0.1"),
    "port not a number": ("postgresql://nobody:hunter2@127.0.0.1:port/nothing", "DATABASE_URL"),
    "port too large": ("postgresql://nobody:hunter2@127.0.0.1:99999/nothing", "99999"),
    "unknown option": ("postgresql://nobody:hunter2@127.0.0.1/nothing?colour=red", "colour"),
    "folder missing": ("sqlite:///{folder}/missing/praisebot.db", "missing"),
    "a folder": ("sqlite:///{folder}", "DATABASE_URL"),
    "not a database": ("sqlite:///{folder}/letter.txt", "letter.txt"),
    "newer": ("sqlite:///{folder}/newer.db", "9999"),
}


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
@pytest.mark.parametrize("problem", URLS)
@pytest.mark.parametrize("words", STARTS, ids=lambda words: words[0])
def test_a_database_that_cannot_be_used_is_said_in_one_sentence(
    words: tuple[str, ...],
    problem: str,
    locale: str,
    empty: Place,
    sqlite_template: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In this process, for there are many."""
    empty.write("letter.txt", "Dear customer service, " * 100)
    newer(empty.folder / "newer.db", sqlite_template)
    url, named = URLS[problem]
    for name, value in empty.environment(DATABASE_URL=url.format(folder=empty.folder)).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(empty.folder)
    monkeypatch.setattr("bot.cli.LOCALE", locale)
    monkeypatch.setattr(sys, "argv", ["praisebot", *words])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (1, "")
    assert_one_sentence(err, locale)
    assert named in err
    assert "hunter2" not in err


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
@pytest.mark.parametrize(
    ("words", "settings", "named"),
    [
        (("migrate",), {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}, "127.0.0.1"),
        (("serve",), {"PORT": "http"}, "PORT"),
        (("serve",), {"HOST": "0.0.0.0"}, "PRAISEBOT_WEB_SECRET"),
        (("board", "preview"), {}, "praisebot setup"),
    ],
    ids=["unreachable", "port", "host", "no organisation"],
)
def test_a_bad_start_is_said_in_the_operators_language(
    empty: Place, words: tuple[str, ...], settings: dict[str, str], named: str, locale: str
) -> None:
    said = empty.run(*words, code=1, PRAISEBOT_LOCALE=locale, **settings)
    assert_one_sentence(said, locale)
    assert named in said
