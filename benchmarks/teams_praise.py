"""A durable praise as a signed activity of Teams, 16 at a time, against a stock botbuilder adapter's empty handler.

Ours is the whole product behind the Teams adapter: the token is checked, the mention resolved, the praise parsed,
masked, tagged, booked, its messages written, all committed with ``synchronous=FULL`` before the answer; the receipt and
the worker's deliveries go to something that takes every message. Theirs reads the activity, checks the same token with
the same keys, builds its clients and calls a handler that does nothing. So does, like for like, our adapter alone.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks import company
from benchmarks.http_praise import load, server
from benchmarks.load import TEAMS_APP, TEAMS_KEY, TEAMS_SERVICE, TEAMS_TOKEN
from benchmarks.measure import Finding, Outcome, Target, alternate, ratios

ROUNDS = 7
REQUESTS = 600
_WARM_UP = 200

Round = dict[str, float]


def run(rounds: int = ROUNDS, requests: int = REQUESTS) -> list[Outcome]:
    """Measure; a round is ``requests`` on each side."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    os.environ[TEAMS_KEY] = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())
    with company.folder() as folder, server("bot_service") as service:
        url = f"http://127.0.0.1:{service}/"
        os.environ[TEAMS_SERVICE] = url
        os.environ[TEAMS_TOKEN] = _token(key, url)
        path = folder / "praisebot.db"
        with company.opened(f"sqlite:///{path}") as database, database.engine.begin() as tx:
            company.move_to_teams(tx, url)
        with (
            server("teams_stock", url) as stock,
            server("teams_own", url) as own,
            server("praise_on_teams", str(path), str(company.MODEL), url) as praise,
        ):
            for port in (stock, own, praise):
                load("teams", port, _WARM_UP, 0)

            def ours(number: int) -> tuple[Round, Round]:
                first = _WARM_UP + number * requests
                return load("teams", praise, requests, first), load("teams", own, requests, first)

            def theirs(number: int) -> Round:
                return load("teams", stock, requests, _WARM_UP + number * requests)

            both, empty = alternate(rounds, ours, theirs)
        _see_that_all_are_there(path, _WARM_UP + rounds * requests)
    praises, alone = zip(*both, strict=True)
    return [
        _finding("a durable praise as an activity of Teams, 16 at a time", praises, empty),
        _finding("the adapter alone with an empty handler, 16 at a time", alone, empty),
    ]


def _finding(what: str, ours: Sequence[Round], empty: Sequence[Round]) -> Finding:
    return Finding(
        what=what,
        against="a stock botbuilder adapter with an empty handler",
        unit="× as fast at p50",
        target=Target("at least", 5),
        values=ratios([one["p50"] for one in empty], [one["p50"] for one in ours]),
        figures={
            f"{side}, {name}": median(one[kind] for one in found)
            for side, found in (("ours", ours), ("stock", empty))
            for name, kind in (("p50 ms", "p50"), ("p99 ms", "p99"), ("processor µs", "cpu"))
        },
    )


def _token(key: rsa.RSAPrivateKey, url: str) -> str:
    now = int(time.time())
    claims = {"iss": "https://api.botframework.com", "aud": TEAMS_APP, "nbf": now - 60, "exp": now + 7200}
    return jwt.encode({**claims, "serviceurl": url}, key, "RS256", headers={"kid": "one"})


def published() -> dict[str, object]:
    """Return the keys as the service publishes them."""
    return {"keys": [{**json.loads(os.environ[TEAMS_KEY]), "kid": "one", "endorsements": ["msteams"]}]}


def _see_that_all_are_there(path: Path, count: int) -> None:
    """Raise unless every activity has become a praise."""
    with closing(sqlite3.connect(path)) as connection:
        (found,) = connection.execute("SELECT count(*) FROM praises").fetchone()
    if found != count:
        raise RuntimeError(f"{found} praises of {count} activities")
