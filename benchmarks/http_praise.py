"""A durable praise over HTTP, 16 at a time, against a bare slack-bolt acknowledgement.

Ours is the whole product: parse, mask, tag, check, book, write the messages, commit with ``synchronous=FULL``, answer;
the worker delivers meanwhile. Theirs verifies a signature, finds a listener and answers. Both are aiohttp servers in a
process of their own, loaded by the same client in another. What the worker has not delivered when the last praise is
answered is waited for before the other side's turn, and shown.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from benchmarks import company
from benchmarks.measure import Finding, Outcome, Target, alternate, ratios
from benchmarks.servers import CPU_PATH

ROUNDS = 7
REQUESTS = 1200
_WARM_UP = 300
_DRAINED_WITHIN = 120.0  # seconds


@contextmanager
def server(*arguments: str) -> Iterator[int]:
    """Yield the port of a server in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.servers", *arguments], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def load(kind: str, port: int, count: int, first: int) -> dict[str, float]:
    """Load a server from a process of its own; add the processor time it took per request, in microseconds."""
    before = _cpu(port)
    command = [sys.executable, "-m", "benchmarks.load", kind, str(port), str(count), str(first)]
    result: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return result | {"cpu": 1e6 * (_cpu(port) - before) / count}


def _cpu(port: int) -> float:
    with urlopen(f"http://127.0.0.1:{port}{CPU_PATH}") as answer:
        return float(answer.read())


def _drained(path: Path) -> float:
    """Return how many seconds the worker still needs to deliver everything."""
    began = time.perf_counter()
    with closing(sqlite3.connect(path)) as connection:
        while connection.execute("SELECT EXISTS (SELECT * FROM outbox WHERE state = 'waiting')").fetchone()[0]:
            if time.perf_counter() - began > _DRAINED_WITHIN:
                raise TimeoutError("the worker does not deliver")
            time.sleep(0.05)
    return time.perf_counter() - began


def run(rounds: int = ROUNDS, requests: int = REQUESTS) -> list[Outcome]:
    """Measure; a round is ``requests`` on each side."""
    with company.folder() as folder:
        path = folder / "praisebot.db"
        with company.opened(f"sqlite:///{path}"):
            pass
        with server("slack") as slack, server("praise", str(path), str(company.MODEL)) as praise:
            load("slack", slack, _WARM_UP, 0)
            load("praise", praise, _WARM_UP, 0)
            _drained(path)

            def ours(number: int) -> dict[str, float]:
                result = load("praise", praise, requests, _WARM_UP + number * requests)
                return result | {"drained": _drained(path)}

            def theirs(number: int) -> dict[str, float]:
                return load("slack", slack, requests, number * requests)

            a, b = alternate(rounds, ours, theirs)
    return [
        Finding(
            what="a durable praise over HTTP, 16 at a time",
            against="a bare slack-bolt ack",
            unit="× its cost",
            target=Target("at most", 3),
            values=ratios([one["seconds"] for one in a], [one["seconds"] for one in b]),
            figures={
                "praise, per second": requests / median(one["seconds"] for one in a),
                "praise, p50 ms": median(one["p50"] for one in a),
                "praise, p99 ms": median(one["p99"] for one in a),
                "praise, processor µs": median(one["cpu"] for one in a),
                "praise, delivered after s": median(one["drained"] for one in a),
                "ack, per second": requests / median(one["seconds"] for one in b),
                "ack, p50 ms": median(one["p50"] for one in b),
                "ack, p99 ms": median(one["p99"] for one in b),
                "ack, processor µs": median(one["cpu"] for one in b),
            },
        )
    ]
