"""Tagging that is stopped, by whatever, and goes on: the file is the one that an undisturbed run writes."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from bot.classifier import batch
from bot.classifier import partial as parts
from bot.classifier.batch import tag_file
from bot.classifier.model import CARD, WEIGHTS
from bot.classifier.partial import Start, kept_rows
from bot.classifier.piecework import Counts
from bot.errors import FileBusy
from tests.classifier.conftest import SHIPPED
from tests.conftest import ROOT

ROWS = 3_000
LONG = """
import sys
from pathlib import Path
from bot.classifier import batch, partial
batch._PIECE, batch._SMALL, partial._EVERY = 2_000, 0, 0
source, target, model, processes = sys.argv[1:]
batch.tag_file(Path(source), Path(target), Path(model), processes=int(processes))
"""
"""A run that records after every few rows how far it is."""


@pytest.fixture(autouse=True)
def recorded_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_PIECE", 2_000)
    monkeypatch.setattr(parts, "_EVERY", 0)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text("id,text\n" + "".join(map(row, range(ROWS))), encoding="utf-8-sig")
    return path


def row(number: int) -> str:
    return ["{0}\n", '{0},"第{0}号客服\n很耐心"\n', "{0},请问第{0}号窗口几点下班\n", "\n"][number % 4].format(number)


@pytest.fixture
def undisturbed(source: Path, tmp_path: Path) -> tuple[Counts, bytes]:
    counts = tag_file(source, tmp_path / "undisturbed.csv", SHIPPED, processes=1)
    return counts, (tmp_path / "undisturbed.csv").read_bytes()


def started(source: Path, target: Path, processes: int, **options: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", LONG, str(source), str(target), str(SHIPPED), str(processes)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        **options,  # type: ignore[call-overload]
    )


def wait_until(met: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 120
    while not met():
        assert process.poll() is None, process.communicate()[1].decode()
        assert time.monotonic() < end
        time.sleep(0.001)


def gone_on(source: Path, target: Path, **options: object) -> tuple[Counts, Start]:
    told: list[Start] = []
    counts = tag_file(source, target, SHIPPED, processes=1, begun=told.append, **options)  # type: ignore[arg-type]
    (start,) = told
    assert sorted(path.name for path in target.parent.iterdir()) == [source.name, target.name, "undisturbed.csv"]
    return counts, start


@pytest.mark.parametrize("processes", [1, 2])
def test_a_killed_run_goes_on_and_writes_the_same_file(
    source: Path, tmp_path: Path, undisturbed: tuple[Counts, bytes], processes: int
) -> None:
    target = tmp_path / "out.csv"
    for moment in (1, ROWS // 4, ROWS // 2):
        process = started(source, target, processes)
        wait_until(lambda: kept_rows(target) >= moment, process)  # noqa: B023
        process.kill()
        process.wait()
        assert not target.exists()
    counts, start = gone_on(source, target)
    assert ROWS // 2 <= start.rows < ROWS
    assert (counts, target.read_bytes()) == undisturbed


def test_ctrl_c_ends_at_once_and_leaves_no_process(
    source: Path, tmp_path: Path, undisturbed: tuple[Counts, bytes]
) -> None:
    target = tmp_path / "out.csv"

    def heeds_it() -> None:  # whoever started the tests may ignore it, as shells do for what runs in the background
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    process = started(source, target, 2, start_new_session=True, preexec_fn=heeds_it)
    wait_until(lambda: kept_rows(target) > 0, process)
    workers = psutil.Process(process.pid).children(recursive=True)
    assert len(workers) >= 2
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the processes too
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT
    assert psutil.wait_procs(workers, timeout=10)[1] == []
    counts, start = gone_on(source, target)
    assert start.rows > 0
    assert (counts, target.read_bytes()) == undisturbed


def test_a_full_disk_loses_nothing(source: Path, tmp_path: Path, undisturbed: tuple[Counts, bytes]) -> None:
    target = tmp_path / "out.csv"

    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(undisturbed[1]) // 2, resource.RLIM_INFINITY))

    process = started(source, target, 1, preexec_fn=little_room)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert b"OSError" in said
    counts, start = gone_on(source, target)
    assert start.rows > 0
    assert (counts, target.read_bytes()) == undisturbed


class Stopped(Exception):
    pass


def stop_at(rows: int) -> Callable[[int, float], None]:
    def progress(done: int, _: float) -> None:
        if done >= rows:
            raise Stopped

    return progress


@pytest.fixture
def stopped(source: Path, tmp_path: Path) -> Path:
    """A target that is half written."""
    target = tmp_path / "out.csv"
    with pytest.raises(Stopped):
        tag_file(source, target, SHIPPED, processes=1, progress=stop_at(ROWS // 3))
    assert kept_rows(target) >= ROWS // 3
    return target


def test_what_follows_the_recorded_bytes_is_cut_off(
    source: Path, stopped: Path, undisturbed: tuple[Counts, bytes]
) -> None:
    with stopped.with_name(".out.csv.part").open("ab") as part:
        part.write("写了一半的".encode()[:-1])
    counts, start = gone_on(source, stopped)
    assert start.rows > 0
    assert (counts, stopped.read_bytes()) == undisturbed


def spoil_time(source: Path, _: Path) -> None:
    os.utime(source, (1, 1))


def spoil_beginning(source: Path, _: Path) -> None:
    found = source.stat()
    source.write_bytes(source.read_bytes().replace(b"2,", b"3,", 1))
    os.utime(source, ns=(found.st_atime_ns, found.st_mtime_ns))


def spoil_state(_: Path, target: Path) -> None:
    target.with_name(".out.csv.part.json").write_text("{")


def spoil_part(_: Path, target: Path) -> None:
    os.truncate(target.with_name(".out.csv.part"), 10)


def spoil_program(_: Path, target: Path) -> None:
    path = target.with_name(".out.csv.part.json")
    told = json.loads(path.read_text())
    told["made_from"]["program"] = "0"
    path.write_text(json.dumps(told))


@pytest.mark.parametrize(
    ("spoil", "cause"),
    [
        (spoil_time, "source"),
        (spoil_beginning, "source"),
        (spoil_state, "damaged"),
        (spoil_part, "damaged"),
        (spoil_program, "program"),
    ],
)
def test_what_does_not_fit_begins_anew_and_says_so(
    source: Path, stopped: Path, spoil: Callable[[Path, Path], None], cause: str
) -> None:
    spoil(source, stopped)
    fresh = stopped.with_name("undisturbed.csv")
    tag_file(source, fresh, SHIPPED, processes=1)
    _, start = gone_on(source, stopped)
    assert start == Start(0, cause)  # type: ignore[arg-type]
    assert stopped.read_bytes() == fresh.read_bytes()


def test_another_model_begins_anew(source: Path, stopped: Path, tmp_path: Path) -> None:
    other = tmp_path / "model"
    other.mkdir()
    (other / WEIGHTS).write_bytes((SHIPPED / WEIGHTS).read_bytes())
    (other / CARD).write_bytes((SHIPPED / CARD).read_bytes() + b"\n")
    told: list[Start] = []
    tag_file(source, stopped, other, processes=1, begun=told.append)
    assert told == [Start(0, "model")]


def test_a_restart_begins_anew(source: Path, stopped: Path, undisturbed: tuple[Counts, bytes]) -> None:
    counts, start = gone_on(source, stopped, restart=True)
    assert start == Start()
    assert (counts, stopped.read_bytes()) == undisturbed


def test_two_runs_do_not_write_one_file(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"

    def again(_: Start) -> None:
        tag_file(source, target, SHIPPED, processes=1)

    with pytest.raises(FileBusy):
        tag_file(source, target, SHIPPED, processes=1, begun=again)
    tag_file(source, target, SHIPPED, processes=1)
