"""Tagging on a real Dask cluster of processes of this machine, and everything that can be wrong with one."""

from __future__ import annotations

import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.classifier import batch, spreading
from bot.classifier import partial as parts
from bot.classifier.batch import tag_file
from bot.classifier.partial import Start
from bot.errors import (
    ClusterEmpty,
    ClusterLost,
    ClusterSilent,
    ClusterUnfit,
    ClusterUnusable,
    DaskMissing,
    WorkerDiffers,
)
from tests.classifier.conftest import SHIPPED

ROWS = 600


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    with started(2) as running:
        yield running.scheduler_address


def started(workers: int) -> Any:
    distributed = pytest.importorskip("distributed", reason="no Dask: distributed is not installed")
    return distributed.LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=":0"
    )


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "_PIECE", 500)
    monkeypatch.setattr(parts, "_EVERY", 0)
    monkeypatch.setattr(spreading, "_ROUND", 8)
    monkeypatch.setattr(spreading, "_ANSWER", 3)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.csv"
    path.write_text(
        "id,text\n" + "".join(f'{at},"第{at}号客服\n很耐心"\n{at}\n' for at in range(ROWS)), encoding="utf-8"
    )
    return path


@pytest.fixture
def alone(source: Path) -> bytes:
    """What one process writes."""
    target = source.with_name("alone.csv")
    tag_file(source, target, SHIPPED, processes=1)
    return target.read_bytes()


def test_a_cluster_writes_the_same_file_with_a_model_it_cannot_read(
    cluster: str, source: Path, alone: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(source.parent)  # where no worker is
    shutil.copytree(SHIPPED, "model")
    counts = tag_file(source, Path("out.csv"), Path("model"), cluster=cluster)
    assert (counts.tagged, counts.bad) == (ROWS, ROWS)
    assert Path("out.csv").read_bytes() == alone


def test_what_a_cluster_began_goes_on_without_one(cluster: str, source: Path, alone: bytes) -> None:
    class Stopped(Exception):
        pass

    def stop(rows: int, _: float) -> None:
        if rows >= ROWS // 2:
            raise Stopped

    target = source.with_name("out.csv")
    with pytest.raises(Stopped):
        tag_file(source, target, SHIPPED, cluster=cluster, progress=stop)
    told: list[Start] = []
    tag_file(source, target, SHIPPED, processes=1, begun=told.append)
    assert told[0].rows >= ROWS // 2
    assert target.read_bytes() == alone


def test_a_worker_of_another_version_is_refused(cluster: str, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreading, "program", lambda: "another")
    assert_refused(source, cluster, WorkerDiffers)


def test_a_worker_that_lacks_something_is_told_of(cluster: str, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def tag_sent(*_: object) -> None:
        import no_such_module  # noqa: F401

    monkeypatch.setattr(spreading, "tag_sent", tag_sent)
    with pytest.raises(ClusterUnfit, match="no_such_module"):
        tag_file(source, source.with_name("out.csv"), SHIPPED, cluster=cluster)


def test_a_cluster_without_workers_is_refused(source: Path) -> None:
    with started(0) as running:
        assert_refused(source, running.scheduler_address, ClusterEmpty)


def test_a_cluster_that_goes_away_is_told_of_and_what_it_did_is_kept(source: Path, alone: bytes) -> None:
    target = source.with_name("out.csv")
    with started(1) as running, pytest.raises(ClusterLost):
        tag_file(source, target, SHIPPED, cluster=running.scheduler_address, progress=lambda *_: running.close())
    told: list[Start] = []
    tag_file(source, target, SHIPPED, processes=1, begun=told.append)
    assert told[0].rows > 0
    assert target.read_bytes() == alone


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "gopher://127.0.0.1:1", "127.0.0.1:port", "::", "tcp://"])
def test_a_wrong_address_is_refused(source: Path, address: str) -> None:
    assert_refused(source, address, ClusterSilent)


@pytest.mark.parametrize("words", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_an_address_where_something_else_answers_is_refused(source: Path, words: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(60)
        address = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        if words:

            def answer() -> None:
                asking, _ = listening.accept()
                with asking:
                    asking.sendall(words)

            threading.Thread(target=answer, daemon=True).start()
        assert_refused(source, address, ClusterSilent)


def test_without_the_extra_what_to_install_is_said(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert_refused(source, "tcp://127.0.0.1:8786", DaskMissing)


def assert_refused(source: Path, address: str, kind: type[ClusterUnusable]) -> None:
    with pytest.raises(kind):
        tag_file(source, source.with_name("out.csv"), SHIPPED, cluster=address)
    assert not [path for path in source.parent.iterdir() if "out.csv" in path.name]
