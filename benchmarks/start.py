"""The server's start until it says it is ready, against importing scikit-learn and building jieba's dictionary.

Theirs is what a server pays that loads a pickled pipeline of the two. The dictionary is built, not read from the cache
that jieba leaves in a folder everybody can write to.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks import company
from benchmarks.measure import Finding, Outcome, Target, alternate, ratios

ROUNDS = 7
_THEIRS = "import sklearn.linear_model, sklearn.feature_extraction.text, jieba; jieba.initialize()"
_LOOK_SECONDS = 0.005
_READY_WITHIN = 60.0


def run(rounds: int = ROUNDS) -> list[Outcome]:
    """Measure; a round is one start of each."""
    with company.folder() as folder:
        path = folder / "praisebot.db"
        with company.opened(f"sqlite:///{path}"):
            pass

        def ours(_: int) -> float:
            return _ready_after(path)

        def theirs(number: int) -> float:
            return _built_after(folder / f"cache-{number}")

        ours(0)
        theirs(-1)
        a, b = alternate(rounds, ours, theirs)
    return [
        Finding(
            what="start of the server until /readyz answers",
            against="importing scikit-learn and building jieba's dictionary",
            unit="× the time",
            target=Target("at most", 1),
            values=ratios(a, b),
            figures={"s": median(a), "their s": median(b)},
        )
    ]


def _ready_after(path: Path) -> float:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "DATABASE_URL": f"sqlite:///{path}",
        "PRAISEBOT_MODEL": str(company.MODEL),
        "PRAISEBOT_DEMO": "0",
    }
    began = time.perf_counter()
    server = subprocess.Popen([sys.executable, "-m", "bot", "serve"], env=environment, stdout=subprocess.DEVNULL)
    try:
        while not _answers(port):
            if server.poll() is not None or time.perf_counter() - began > _READY_WITHIN:
                raise RuntimeError("the server does not start")
            time.sleep(_LOOK_SECONDS)
        return time.perf_counter() - began
    finally:
        server.terminate()
        server.wait()


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError):
        return False


def _built_after(cache: Path) -> float:
    cache.mkdir()
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _THEIRS],
        env={**os.environ, "TMPDIR": str(cache)},
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - began
