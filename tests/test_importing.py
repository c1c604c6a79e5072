"""Customers' comments from files and over HTTP, into both databases."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot.importing import Summary, import_rows
from bot.intake import read_file
from bot.setup import COLUMNS, add_roster, new_organisation
from bot.storage import tables
from bot.storage.database import Database, Tx
from bot.storage.organisations import Organisation
from bot.webhook import Webhook, secret_of
from tests.builders import WEDNESDAY, Clock, WordTagger

MASTER = "a master secret of the operator"
PEOPLE = """\
一组,,,王敏,,8001,supervisor,,
一组,,,李娜,Nana,8021,agent,,
二组,,,张伟,,8022,agent,,
二组,,,张伟,,8023,agent,,
"""


def _people(tx: Tx) -> Organisation:
    organisation = new_organisation(tx, "滨江银行", "zh_CN", "Asia/Shanghai", WEDNESDAY)
    rows = [dict(zip(COLUMNS, line.split(","), strict=True)) for line in PEOPLE.splitlines()]
    add_roster(tx, organisation, rows, WEDNESDAY)
    return organisation


@pytest.fixture
async def organisation(database: Database) -> Organisation:
    return await database.write(_people)


def _rows(tx: Tx, table: str) -> list[dict[str, object]]:
    found = tx.execute(select(tables.metadata.tables[table]).order_by(tables.metadata.tables[table].c.id))
    return [dict(row) for row in found.mappings()]


async def _import(database: Database, organisation: Organisation, path: Path, *, dry_run: bool = False) -> Summary:
    rows = read_file(path, timezone="Asia/Shanghai")
    return await import_rows(
        database, WordTagger(), organisation, rows, source=path.name, clock=Clock(), dry_run=dry_run
    )


CSV = """编号,时间,座席,评论内容
1,2026-11-17 09:00,8021,Nana helped me at once
2,2026-11-17 10:00,李娜,she solved it
3,2026-11-17 11:00,张伟,he helped
4,someday,8021,lost
5,2026-11-17 12:00,,complaint about the queue
6,2026-11-17 12:10,,"工号8021 helped, call me on 13800138000"
"""


async def test_the_good_rows_are_kept_and_the_bad_ones_listed(
    database: Database, organisation: Organisation, tmp_path: Path
) -> None:
    path = tmp_path / "survey.csv"
    path.write_text(CSV, encoding="gb18030")
    summary = await _import(database, organisation, path)
    assert (summary.praise, summary.unclear, summary.not_praise, summary.known) == (4, 1, 1, 0)
    assert [(error.line, error.code) for error in summary.errors] == [(5, "bad_time")]
    kept = await database.read(_rows, "comments")
    assert len(kept) == 5
    assert all("13800138000" not in str(row["text"]) for row in kept)
    made = await database.read(_rows, "praises")
    assert [row["status"] for row in made] == ["waiting"] * 4
    assert [row["recipient_id"] is None for row in made] == [False, False, True, False]


async def test_importing_again_imports_nothing_twice(
    database: Database, organisation: Organisation, tmp_path: Path
) -> None:
    path = tmp_path / "survey.csv"
    path.write_text(CSV, encoding="utf-8-sig")
    await _import(database, organisation, path)
    renamed = path.rename(tmp_path / "same.csv")
    again = await _import(database, organisation, renamed)
    assert (again.kept, again.known) == (0, 5)
    assert len(await database.read(_rows, "comments")) == 5


async def test_two_comments_in_the_same_words_about_one_agent_stay_apart(
    database: Database, organisation: Organisation, tmp_path: Path
) -> None:
    path = tmp_path / "survey.csv"
    path.write_text("time,agent,text\n2026-11-17 09:00,8021,helped me\n2026-11-17 09:05,8021,helped me\n")
    assert (await _import(database, organisation, path)).praise == 2


async def test_a_dry_run_keeps_nothing_and_counts_the_same(
    database: Database, organisation: Organisation, tmp_path: Path
) -> None:
    path = tmp_path / "survey.csv"
    path.write_text(CSV, encoding="utf-8")
    dry = await _import(database, organisation, path, dry_run=True)
    assert await database.read(_rows, "comments") == []
    real = await _import(database, organisation, path)
    assert (dry.praise, dry.unclear, dry.not_praise) == (real.praise, real.unclear, real.not_praise)


async def test_supervisors_are_told_once_of_a_whole_import(
    database: Database, organisation: Organisation, tmp_path: Path
) -> None:
    path = tmp_path / "survey.csv"
    path.write_text(CSV, encoding="utf-8")
    await _import(database, organisation, path)
    told = await database.read(_rows, "outbox")
    assert len(told) == 1
    assert "4" in str(told[0]["card"])


# --- over HTTP --------------------------------------------------------------------------------------------------------

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(database: Database, organisation: Organisation) -> AsyncIterator[Client]:
    app = web.Application()
    Webhook(database, WordTagger(), MASTER, Clock()).bind(app)
    async with TestClient(TestServer(app)) as opened:
        yield opened


def _headers(organisation: Organisation, body: bytes, key: str, at: datetime = WEDNESDAY) -> dict[str, str]:
    moment = str(int(at.timestamp()))
    secret = secret_of(MASTER, organisation.id).encode()
    signature = hmac.new(secret, b"v1:" + moment.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {
        "X-Praisebot-Timestamp": moment,
        "X-Praisebot-Signature": f"sha256={signature}",
        "Idempotency-Key": key,
    }


def _body(*texts: str) -> bytes:
    return json.dumps({"comments": [{"text": text} for text in texts]}).encode()


async def test_a_signed_delivery_is_kept_and_its_retry_gets_the_same_answer(
    client: Client, database: Database, organisation: Organisation
) -> None:
    url, body = f"/webhooks/comments/{organisation.id}", _body("agent 8021 helped", "")
    first = await client.post(url, data=body, headers=_headers(organisation, body, "delivery-1"))
    assert first.status == 200
    answer = await first.json()
    assert answer == {"kept": 1, "praise": 1, "known": 0, "rows": [{"line": 2, "code": "text_missing"}]}
    second = await client.post(url, data=body, headers=_headers(organisation, body, "delivery-1"))
    assert await second.json() == answer
    assert len(await database.read(_rows, "comments")) == 1


async def test_a_delivery_that_two_processes_take_at_once_is_kept_once_and_answered_alike(
    database: Database, organisation: Organisation
) -> None:
    url = f"/webhooks/comments/{organisation.id}"
    body = _body(*(f"agent 8021 helped me with matter {number}" for number in range(60)))
    headers = _headers(organisation, body, "delivery-1")
    apps = [web.Application() for _ in range(4)]
    for app in apps:
        Webhook(database, WordTagger(), MASTER, Clock()).bind(app)
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(TestClient(TestServer(app))) for app in apps]
        answers = await asyncio.gather(*(client.post(url, data=body, headers=headers) for client in clients))
        assert [answer.status for answer in answers] == [200] * 4
        assert len({await answer.text() for answer in answers}) == 1
    assert len(await database.read(_rows, "comments")) == 60


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"X-Praisebot-Signature": "sha256=" + "0" * 64}, 401),
        ({"X-Praisebot-Signature": "ünsigned"}, 401),
        ({"X-Praisebot-Signature": ""}, 401),
        ({"X-Praisebot-Timestamp": "now"}, 401),
        ({"X-Praisebot-Timestamp": "1"}, 401),
        ({"Idempotency-Key": "short"}, 400),
        ({"Idempotency-Key": ""}, 400),
    ],
)
async def test_what_is_not_signed_dated_and_named_is_refused(
    client: Client, database: Database, organisation: Organisation, change: dict[str, str], status: int
) -> None:
    body = _body("agent 8021 helped")
    headers = _headers(organisation, body, "delivery-1") | change
    answer = await client.post(f"/webhooks/comments/{organisation.id}", data=body, headers=headers)
    assert answer.status == status
    assert await database.read(_rows, "comments") == []


async def test_a_secret_opens_one_organisation_only(client: Client, organisation: Organisation) -> None:
    body = _body("agent 8021 helped")
    headers = _headers(organisation, body, "delivery-1")
    assert (await client.post(f"/webhooks/comments/{organisation.id + 1}", data=body, headers=headers)).status == 401


@pytest.mark.parametrize("body", [b"", b"\xff\xfe{", b"{", b"[]", b'{"comments": 5}'])
async def test_a_malformed_body_is_told_in_a_code(client: Client, organisation: Organisation, body: bytes) -> None:
    headers = _headers(organisation, body, "delivery-1")
    answer = await client.post(f"/webhooks/comments/{organisation.id}", data=body, headers=headers)
    assert answer.status == 400
    assert (await answer.json())["error"] == "nothing_usable"


async def test_a_body_of_two_megabytes_is_refused_before_it_is_read(client: Client, organisation: Organisation) -> None:
    body = b" " * 2_000_000
    headers = _headers(organisation, body, "delivery-1")
    answer = await client.post(f"/webhooks/comments/{organisation.id}", data=body, headers=headers)
    assert answer.status == 413
