"""A durable praise as a slash command over signed HTTP, 16 at a time, against bare acknowledgements of slack-bolt.

Ours is the whole product behind the Slack adapter: the signature is checked, the praise parsed, masked, tagged, booked,
its messages written, all committed with ``synchronous=FULL``, and the receipt is the acknowledgement. The worker
delivers meanwhile to something that takes every message, one a second to each address as Slack allows. Theirs verifies
the signature, finds a listener and acks: once as Bolt does it by itself, once with ``process_before_response``.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from statistics import median

from benchmarks import company
from benchmarks.http_praise import load, server
from benchmarks.measure import Finding, Outcome, Target, alternate, ratios

ROUNDS = 7
REQUESTS = 1200
_WARM_UP = 300

Round = dict[str, float]


def run(rounds: int = ROUNDS, requests: int = REQUESTS) -> list[Outcome]:
    """Measure; a round is ``requests`` on each side."""
    with company.folder() as folder:
        path = folder / "praisebot.db"
        with company.opened(f"sqlite:///{path}") as database, database.engine.begin() as tx:
            company.move_to_slack(tx)
        with (
            server("slack_stock") as stock,
            server("slack") as waiting,
            server("web_api") as api,
            server("praise_on_slack", str(path), str(company.MODEL), f"http://127.0.0.1:{api}/api/") as praise,
        ):
            for port in (stock, waiting, praise):
                load("slack", port, _WARM_UP, 0)

            def ours(number: int) -> Round:
                return load("slack", praise, requests, _WARM_UP + number * requests)

            def theirs(number: int) -> tuple[Round, Round]:
                first = number * requests
                return load("slack", stock, requests, first), load("slack", waiting, requests, first)

            praises, acks = alternate(rounds, ours, theirs)
        _see_that_all_are_there(path, _WARM_UP + rounds * requests)
    by_itself, before = zip(*acks, strict=True)
    return [
        _finding("a bare slack-bolt ack", 0.3, praises, by_itself),
        _finding("one with process_before_response", 3, praises, before),
    ]


def _see_that_all_are_there(path: Path, count: int) -> None:
    """Raise unless every command has become a praise: a refusal is an answer too."""
    with closing(sqlite3.connect(path)) as connection:
        (found,) = connection.execute("SELECT count(*) FROM praises").fetchone()
    if found != count:
        raise RuntimeError(f"{found} praises of {count} commands")


def _finding(against: str, bound: float, praises: list[Round], acks: tuple[Round, ...]) -> Finding:
    return Finding(
        what="a durable praise as a slash command, 16 at a time",
        against=against,
        unit="× its p50",
        target=Target("at most", bound),
        values=ratios([one["p50"] for one in praises], [one["p50"] for one in acks]),
        figures={
            f"{side}, {name}": median(one[key] for one in rounds)
            for side, rounds in (("praise", praises), ("ack", acks))
            for name, key in (("p50 ms", "p50"), ("p99 ms", "p99"), ("processor µs", "cpu"))
        },
    )
