"""`praisebot tag` as an operator uses it: bad rows, stopping and going on, clusters, in both languages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

STOPPED = """
import sys
from bot import cli
from bot.classifier import batch

batch._PIECE, tag_piece, pieces = 1_000, batch.tag_piece, 0


def third_time_stopped(*args):
    global pieces
    pieces += 1
    if pieces == 3:
        raise {stop}
    return tag_piece(*args)


batch.tag_piece = third_time_stopped
sys.argv = ["praisebot", "tag", "in.csv", "-o", "out.csv", "--processes", "1"]
cli.main()
"""


def run(folder: Path, *words: str, locale: str, code: int = 0) -> tuple[str, str]:
    command = words if words[0] == "-c" else ("-m", "bot", "tag", "in.csv", "-o", "out.csv", *words[1:])
    environment = {"PYTHONPATH": str(ROOT), "PRAISEBOT_MODEL": str(ROOT / "models/tagger"), "PRAISEBOT_LOCALE": locale}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == code, done.stderr
    return done.stdout, done.stderr


@pytest.mark.parametrize(
    ("locale", "said", "more"),
    [
        ("en", ["line 3: 1 cells instead of 2", "line 4: 3 cells instead of 2"], "… and 2 more"),
        ("zh_CN", ["第 3 行：应有 2 列，实际 1 列", "第 4 行：应有 2 列，实际 3 列"], "…… 还有 2 行"),
    ],
)
def test_bad_rows_are_listed_and_the_rest_is_tagged(tmp_path: Path, locale: str, said: list[str], more: str) -> None:
    (tmp_path / "in.csv").write_text("id,text\n1,客服很耐心\n2\n3,很好,多\n" + "4\n" * 100, encoding="utf-8")
    out, err = run(tmp_path, "tag", locale=locale)
    assert "102" in out
    lines = [line.strip() for line in err.splitlines()]
    assert [line for line in lines if line in said] == said
    assert lines[-1] == more
    assert len([line for line in lines if "104" in line or "102" in line]) == 1


@pytest.mark.parametrize(
    ("locale", "kept", "gone_on"),
    [
        (
            "en",
            "rows are kept. The same command goes on from there.",
            "An earlier run was stopped: going on after row ",
        ),
        ("zh_CN", "行结果。再次运行同一条命令即可接着处理。", "上次运行中断过：从第 "),
    ],
)
@pytest.mark.parametrize(
    ("stop", "code"),
    [("KeyboardInterrupt", 130), ("OSError(28, 'No space left on device')", 1)],
    ids=["ctrl-c", "full"],
)
def test_what_was_tagged_before_a_stop_is_kept(
    tmp_path: Path, locale: str, kept: str, gone_on: str, stop: str, code: int
) -> None:
    (tmp_path / "in.csv").write_text("id,text\n" + "1,客服很耐心\n" * 1_000, encoding="utf-8")
    _, err = run(tmp_path, "-c", STOPPED.format(stop=stop), locale=locale, code=code)
    assert kept in err
    assert not (tmp_path / "out.csv").exists()
    out, err = run(tmp_path, "tag", locale=locale)
    assert gone_on in err
    assert "1000" in out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


@pytest.mark.parametrize(
    ("locale", "said"), [("en", "No Dask scheduler answers at tcp://127.0.0.1:1."), ("zh_CN", "没有 Dask 调度器应答")]
)
def test_a_cluster_that_is_not_there_is_said_in_one_sentence(tmp_path: Path, locale: str, said: str) -> None:
    pytest.importorskip("distributed", reason="no Dask: distributed is not installed")
    (tmp_path / "in.csv").write_text("text\n好\n", encoding="utf-8")
    _, err = run(tmp_path, "tag", "--dask", "tcp://127.0.0.1:1", locale=locale, code=1)
    assert said in err.strip().splitlines()[-1], err


def test_processes_are_of_this_machine_only(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("text\n好\n", encoding="utf-8")
    _, err = run(tmp_path, "tag", "--dask", "tcp://127.0.0.1:1", "--processes", "2", locale="en", code=2)
    assert "--processes and --dask" in err
