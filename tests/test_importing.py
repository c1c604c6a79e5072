"""Customers' comments from files and over HTTP, into both databases."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.chat import Text
from bot.importing import Summary, import_rows
from bot.intake import CommentRow, Problem, RowError, read_file
from bot.localchat import PLATFORM, WORKSPACE
from bot.setup import COLUMNS, add_roster, new_organisation
from bot.storage import comments, identities, members, tables
from bot.storage.database import Database, Tx
from bot.storage.organisations import Organisation
from bot.webhook import Webhook, secret_of
from bot.wire import card_from_json
from tests.builders import WEDNESDAY, Clock, WordTagger

MASTER = "a master secret of the operator"
PEOPLE = """\
一组,,,王敏,,8001,supervisor,,
一组,,,李娜,Nana,8021,agent,,
二组,,,张伟,,8022,agent,,
二组,,,张伟,,8023,agent,,
二组,,,周芳,,8002,supervisor,,
二组,,,张路,,2023080112345,agent,,
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
7,2026-11-17 12:15,张伟,maybe he solved it
"""


async def test_the_good_rows_are_kept_and_the_bad_ones_listed(
    database: Database, organisation: Organisation, tmp_path: Path
) -> None:
    path = tmp_path / "survey.csv"
    path.write_text(CSV, encoding="gb18030")
    summary = await _import(database, organisation, path)
    assert (summary.praise, summary.unclear, summary.doubtful, summary.not_praise, summary.known) == (4, 1, 1, 1, 0)
    assert [(error.line, error.code) for error in summary.errors] == [(5, "bad_time")]
    kept = await database.read(_rows, "comments")
    assert len(kept) == 6
    assert all("13800138000" not in str(row["text"]) for row in kept)
    made = await database.read(_rows, "praises")
    assert [row["status"] for row in made] == ["waiting"] * 5
    assert [row["recipient_id"] is None for row in made] == [False, False, True, False, True]
    assert [row["doubtful"] for row in made] == [False] * 4 + [True]


async def test_importing_again_imports_nothing_twice(
    database: Database, organisation: Organisation, tmp_path: Path
) -> None:
    path = tmp_path / "survey.csv"
    path.write_text(CSV, encoding="utf-8-sig")
    await _import(database, organisation, path)
    renamed = path.rename(tmp_path / "same.csv")
    again = await _import(database, organisation, renamed)
    assert (again.kept, again.known) == (0, 6)
    assert len(await database.read(_rows, "comments")) == 6


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
    assert replace(dry, errors=[]) == replace(real, errors=[])
    assert real.doubtful == 1


async def _import_rows(
    database: Database, organisation: Organisation, rows: Iterable[CommentRow | RowError], *, dry_run: bool = False
) -> Summary:
    return await import_rows(
        database, WordTagger(), organisation, rows, source="survey", clock=Clock(), dry_run=dry_run
    )


async def _told(database: Database) -> dict[str, str]:
    """What each supervisor was told last, by name."""

    def read(tx: Tx) -> dict[str, str]:
        names = {account: member.name for account, member in identities.in_workspace(tx, PLATFORM, WORKSPACE).items()}
        return {
            names[str(row["conversation"])]: " ".join(
                block.text for block in card_from_json(str(row["card"])).blocks if isinstance(block, Text)
            )
            for row in _rows(tx, "outbox")
        }

    return await database.read(read)


NOBODYS = " 没有点名座席的 1 条：哪位班组长清楚，就由哪位指定。"


async def test_each_supervisor_is_told_once_how_much_came_about_their_agents_and_how_much_is_praise(
    database: Database, organisation: Organisation, tmp_path: Path
) -> None:
    path = tmp_path / "survey.csv"
    path.write_text(CSV + "8,2026-11-17 12:20,8022,he helped\n9,2026-11-17 12:30,8021,a complaint\n", encoding="utf-8")
    await _import(database, organisation, path)
    assert len(await database.read(_rows, "outbox")) == 2
    # About 8021: three of praise, one complaint; about nobody: one of praise, one perhaps, one complaint; about 8022:
    # one of praise.
    nobodys = "另有 1 条可能是表扬，系统拿不准，请你认定。 待你认定 {} 条。" + NOBODYS.replace(" 1 ", " 2 ")
    assert await _told(database) == {
        "王敏": "新到 7 条客户评论，其中 4 条是表扬。 " + nobodys.format(3),
        "周芳": "新到 4 条客户评论，其中 2 条是表扬。 " + nobodys.format(1),
    }


async def test_what_was_in_the_queue_before_or_is_decided_meanwhile_is_not_counted(
    database: Database, organisation: Organisation
) -> None:
    await _import_rows(database, organisation, [CommentRow(1, "8021 helped me", agent="8021")])
    await _import_rows(database, organisation, [CommentRow(1, "8021 solved it", agent="8021")])
    assert (await _told(database))["王敏"] == "新到 1 条客户评论，其中 1 条是表扬。 待你认定 1 条。"


async def test_what_names_nobody_is_not_called_anybodys_to_decide(
    database: Database, organisation: Organisation
) -> None:
    await _import_rows(database, organisation, [CommentRow(1, "she helped me")])
    told = await _told(database)
    assert set(told) == {"王敏", "周芳"}
    assert set(told.values()) == {"新到 1 条客户评论，其中 1 条是表扬。" + NOBODYS}


async def test_nobody_is_told_of_complaints_only(database: Database, organisation: Organisation) -> None:
    await _import_rows(database, organisation, [CommentRow(1, "a complaint", agent="8021")])
    assert await database.read(_rows, "outbox") == []


def _damaged(rows: int) -> Iterator[CommentRow | RowError]:
    for line in range(rows):
        yield CommentRow(line, f"matter {line}: helped", agent="8021")
    yield RowError(rows, "text_missing")
    raise Problem("corrupt")


async def test_an_import_that_breaks_off_keeps_what_came_before_and_tells_of_it(
    database: Database, organisation: Organisation
) -> None:
    summary = Summary()
    with pytest.raises(Problem):
        await import_rows(
            database, WordTagger(), organisation, _damaged(70), source="x", clock=Clock(), summary=summary
        )
    assert (summary.praise, summary.done, len(summary.errors)) == (70, 71, 1)
    assert len(await database.read(_rows, "comments")) == 70
    assert (await _told(database))["王敏"] == "新到 70 条客户评论，其中 70 条是表扬。 待你认定 70 条。"


async def test_a_dry_run_sees_repetitions_however_far_apart(database: Database, organisation: Organisation) -> None:
    rows = [*(CommentRow(line, f"matter {line}: helped") for line in range(60)), CommentRow(60, "matter 0: helped")]
    dry = await _import_rows(database, organisation, rows, dry_run=True)
    real = await _import_rows(database, organisation, rows)
    assert (dry.kept, dry.known) == (real.kept, real.known) == (60, 1)


async def test_the_number_of_a_row_makes_no_comment_the_same(database: Database, organisation: Organisation) -> None:
    first = CommentRow(1, "very good, she helped", "5", agent="8021", occurred_at=WEDNESDAY)
    week_later = CommentRow(1, "very good, she helped", "5", agent="8021", occurred_at=WEDNESDAY + timedelta(days=7))
    somebody_else = CommentRow(1, "very good, she helped", "5", agent="8022", occurred_at=WEDNESDAY)
    for row in (first, week_later, somebody_else):
        assert (await _import_rows(database, organisation, [row])).kept == 1
        assert (await _import_rows(database, organisation, [row])).known == 1


async def test_agent_and_channel_are_looked_up_as_written_and_kept_masked(
    database: Database, organisation: Organisation
) -> None:
    rows = [
        CommentRow(1, "she helped", agent="李娜 13800138000", channel="来电13900139000"),
        CommentRow(2, "he helped", agent="2023080112345"),
    ]
    await _import_rows(database, organisation, rows)
    kept = await database.read(_rows, "comments")
    assert [(row["agent"], row["channel"]) for row in kept] == [
        ("李娜 [手机号]", "来电[手机号]"),
        ("2023080112345", None),
    ]
    assert all(row["recipient_id"] for row in await database.read(_rows, "praises"))


@pytest.mark.parametrize("text", ["表扬张路5号坐席helped", "感谢张路3号，helped", "工号2023080112345很好helped"])
async def test_what_the_organisation_calls_its_people_is_not_masked(
    database: Database, organisation: Organisation, text: str
) -> None:
    await _import_rows(database, organisation, [CommentRow(1, f"{text}，电话13800138000")])
    (kept,) = await database.read(_rows, "comments")
    assert kept["text"] == f"{text}，电话[手机号]"
    (made,) = await database.read(_rows, "praises")
    assert made["recipient_id"] is not None


async def test_who_joins_later_makes_no_comment_a_new_one(database: Database, organisation: Organisation) -> None:
    row = CommentRow(1, "客户王小明说：表扬李庄3号，helped")
    await _import_rows(database, organisation, [row])
    await database.write(members.add, organisation.id, "李庄", now=WEDNESDAY)
    assert (await _import_rows(database, organisation, [row])).known == 1


async def test_when_the_customer_said_it_is_known_afterwards(database: Database, organisation: Organisation) -> None:
    rows = [CommentRow(1, "she helped", occurred_at=WEDNESDAY), CommentRow(2, "he helped")]
    await _import_rows(database, organisation, rows)
    made = await database.read(_rows, "praises")
    ids = [int(str(row["comment_id"])) for row in made]
    assert await database.read(comments.occurred, ids) == {ids[0]: WEDNESDAY}


async def test_many_processes_importing_the_same_keep_each_comment_once(
    database: Database, organisation: Organisation
) -> None:
    rows = [CommentRow(line, f"matter {line}: helped", agent="8021") for line in range(40)]
    orders = [rows, rows[20:] + rows[:20], rows[::2] + rows[1::2], rows]
    summaries = await asyncio.gather(*(_import_rows(database, organisation, order) for order in orders))
    assert sum(summary.kept for summary in summaries) == 40
    assert len(await database.read(_rows, "comments")) == 40


async def test_a_chunk_is_tried_again_as_often_as_others_can_be_first(
    database: Database, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, lost = database.write, iter(range(5))

    async def racing(fn: Any, *args: Any, **more: Any) -> Any:
        if next(lost, None) is not None:
            raise IntegrityError("INSERT", None, Exception("UNIQUE"))
        return await write(fn, *args, **more)

    monkeypatch.setattr(database, "write", racing)
    rows = [CommentRow(line, f"matter {line}: helped") for line in range(5)]
    assert (await _import_rows(database, organisation, rows)).kept == 5


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
    assert answer == {"kept": 1, "praise": 1, "doubtful": 0, "known": 0, "rows": [{"line": 2, "code": "text_missing"}]}
    second = await client.post(url, data=body, headers=_headers(organisation, body, "delivery-1"))
    assert await second.json() == answer
    assert len(await database.read(_rows, "comments")) == 1


async def test_another_body_under_the_same_key_is_refused_and_not_lost_in_silence(
    client: Client, database: Database, organisation: Organisation
) -> None:
    url, body, other = f"/webhooks/comments/{organisation.id}", _body("8021 helped"), _body("8021 solved it")
    await client.post(url, data=body, headers=_headers(organisation, body, "delivery-1"))
    refused = await client.post(url, data=other, headers=_headers(organisation, other, "delivery-1"))
    assert refused.status == 409
    assert (await refused.json())["error"] == "idempotency_key_reused"
    accepted = await client.post(url, data=other, headers=_headers(organisation, other, "delivery-2"))
    assert (await accepted.json())["kept"] == 1


async def test_masking_and_tagging_happen_beside_the_event_loop(database: Database, organisation: Organisation) -> None:
    threads = set()

    class Watched(WordTagger):
        def tag(self, text: str) -> object:
            threads.add(threading.current_thread())
            return super().tag(text)

    await import_rows(
        database,
        Watched(),
        organisation,
        [CommentRow(1, "helped")],
        source="x",
        clock=Clock(),
    )
    assert threads
    assert threading.main_thread() not in threads


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
