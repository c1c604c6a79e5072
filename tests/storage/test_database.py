"""The database fails in every way it can: nothing half done, the person told, the same event good for another try."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.chat import Incoming
from bot.dispatch import Dispatch
from bot.errors import (
    DatabaseInMemory,
    DatabaseUrlBroken,
    StorageBusy,
    StorageFull,
    StorageGone,
    StorageUnsure,
    Unavailable,
)
from bot.storage import events, identities, organisations, tables, verification
from bot.storage.database import Database, OneTransaction, Tx
from bot.storage.members import Member, Role
from tests.builders import (
    Clock,
    new_bank,
    new_dispatch,
    new_organisation,
    praises_of,
    pressed,
    rows,
    rules,
    said,
    told,
    typed,
    went_through,
)
from tests.conftest import SERVER_URL

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""For what can only happen to a file, or only to a server."""


@pytest.fixture
def impatient(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database whose writers wait 50 ms for another's lock."""
    monkeypatch.setattr("bot.storage.database._BUSY_MS", 50)
    opened = Database(database_url)
    yield opened
    opened.close()


# --- ways to fail -----------------------------------------------------------------------------------------------------


@contextmanager
def locked_by_another(database: Database) -> Iterator[None]:
    with database.engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE" if database.sqlite else "LOCK TABLE praises IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


@contextmanager
def failing_inserts(database: Database, sqlstate: str) -> Iterator[None]:
    """Let PostgreSQL refuse entries with an error code it would give by itself when something is wrong with it."""
    with database.engine.begin() as tx:
        tx.execute(
            text(
                "CREATE FUNCTION failing() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION 'simulated' USING ERRCODE = '{sqlstate}'; END $$"
            )
        )
        tx.execute(text("CREATE TRIGGER failing BEFORE INSERT ON entries EXECUTE FUNCTION failing()"))
    yield
    with database.engine.begin() as tx:
        tx.execute(text("DROP TRIGGER failing ON entries"))


@contextmanager
def writer_told(database: Database, pragma: str) -> Iterator[None]:
    """Set a PRAGMA on the writer's connection; after a failure it opens another, without."""
    writer = database._writer._connection  # type: ignore[union-attr]
    assert writer is not None
    writer.exec_driver_sql(pragma)
    yield


def full(database: Database) -> AbstractContextManager[None]:
    # A file may not grow below what it has, so this leaves what is free in its pages and no more.
    return writer_told(database, "PRAGMA max_page_count=1") if database.sqlite else failing_inserts(database, "53100")


def read_only(database: Database) -> AbstractContextManager[None]:
    return writer_told(database, "PRAGMA query_only=ON") if database.sqlite else failing_inserts(database, "25006")


async def assert_taken_once(database: Database, dispatch: Dispatch, incoming: Incoming, reason: str) -> None:
    """Send an event that was not saved again, and once more: it becomes one praise."""
    replies = [await dispatch.receive(incoming) for _ in range(2)]
    assert went_through(replies[0])
    assert replies[0] == replies[1]
    assert len(await database.read(praises_of, reason)) == 1
    assert (await database.read(verification.verify)).discrepancies == ()


# --- what people are told ---------------------------------------------------------------------------------------------


async def test_a_database_that_is_locked_too_long_is_said_and_the_event_can_be_sent_again(impatient: Database) -> None:
    bank = await impatient.write(new_bank)
    dispatch = new_dispatch(impatient, Clock())
    incoming = typed(bank["Ann"], "you helped", [bank["Bo"]])
    with locked_by_another(impatient):
        reply = await dispatch.receive(incoming)
    assert said(reply.card) == told(StorageBusy())
    assert reply.unsaved
    await assert_taken_once(impatient, dispatch, incoming, "you helped")


@ON_SQLITE
async def test_reading_goes_on_while_another_process_writes(impatient: Database) -> None:
    bank = await impatient.write(new_bank)
    dispatch = new_dispatch(impatient, Clock())
    with locked_by_another(impatient):
        assert not (await dispatch.receive(typed(bank["Ann"], "me"))).unsaved


async def test_a_full_disk_is_said_and_everything_confirmed_before_is_there(database: Database) -> None:
    bank = await database.write(new_bank, text=rules(amount="10000"))
    dispatch = new_dispatch(database, Clock())
    confirmed: list[str] = []
    with full(database):
        for number in range(2000):
            incoming = typed(bank["Ann"], f"you helped in case {number}", [bank["Bo"]])
            reply = await dispatch.receive(incoming)
            if reply.unsaved:
                break
            confirmed.append(f"you helped in case {number}")
    assert said(reply.card) == told(StorageFull())
    assert [row["text"] for row in await database.read(rows, tables.praises)] == confirmed
    await assert_taken_once(database, dispatch, incoming, f"you helped in case {len(confirmed)}")


async def test_a_file_that_became_read_only_is_said_and_nothing_is_half_done(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    incoming = typed(bank["Ann"], "you helped", [bank["Bo"]])
    with read_only(database):
        reply = await dispatch.receive(incoming)
    assert said(reply.card) == told(StorageGone())
    for table in (tables.praises, tables.outbox, tables.events):
        assert await database.read(rows, table) == []
    await assert_taken_once(database, dispatch, incoming, "you helped")


@contextmanager
def gone_when(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Cut the transaction's own connection to PostgreSQL when the praise is booked and its messages come, once."""
    addresses, left = identities.addresses, [1]

    def cutting(tx: Tx, *args: object) -> object:
        if left:
            left.pop()
            pid = tx.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            with database.engine.connect() as other:
                other.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")
        return addresses(tx, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(identities, "addresses", cutting)
    yield
    assert not left


@ON_POSTGRESQL
async def test_a_database_that_goes_away_in_the_middle_is_said_and_nothing_is_half_done(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    incoming = typed(bank["Ann"], "you helped", [bank["Bo"]])
    with gone_when(database, monkeypatch):
        reply = await dispatch.receive(incoming)
    assert said(reply.card) == told(StorageGone())
    assert await database.read(rows, tables.praises) == []
    await assert_taken_once(database, dispatch, incoming, "you helped")


@ON_POSTGRESQL
async def test_after_the_server_restarted_the_next_command_is_simply_done(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    await asyncio.gather(*(dispatch.receive(typed(bank["Ann"], "me")) for _ in range(8)))  # connections stay open
    with database.engine.connect() as other:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        other.exec_driver_sql(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}")
    replies = await asyncio.gather(*(dispatch.receive(typed(bank["Ann"], "me")) for _ in range(4)))
    assert not any(reply.unsaved for reply in replies)
    reply = await dispatch.receive(typed(bank["Ann"], "you helped", [bank["Bo"]]))
    assert went_through(reply)


async def test_a_database_that_cannot_be_reached_at_all_is_said_in_the_first_users_language(tmp_path: object) -> None:
    somebody = Member(1, 1, None, "Somebody", None, Role.AGENT, "en", "UTC", False, True, True)
    unreachable = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    other = Database(f"sqlite:///{tmp_path}/no/such/folder.db")
    try:
        for database in (unreachable, other):
            dispatch = new_dispatch(database, Clock())
            reply = await dispatch.receive(pressed(somebody, "me.locale", locale="en"))
            assert reply.unsaved
            assert "数据库" in said(reply.card)
    finally:
        unreachable.close()
        other.close()


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("40001", StorageBusy),
        ("40P01", StorageBusy),
        ("55P03", StorageBusy),
        ("53100", StorageFull),
        ("57P01", StorageGone),
    ],
)
async def test_errors_are_told_apart_by_their_code(database: Database, state: str, expected: type[Unavailable]) -> None:

    def fail(tx: Tx) -> None:
        tx.execute(text(f"DO $$ BEGIN RAISE EXCEPTION '数据库' USING ERRCODE = '{state}'; END $$"))

    with pytest.raises(expected):
        await database.write(fail)


@ON_POSTGRESQL
async def test_a_deadlock_is_run_again_and_nobody_notices(database: Database) -> None:
    bank = await database.write(new_bank)
    both = threading.Barrier(2, timeout=10)
    runs = []

    def cross(tx: Tx, first: int, second: int) -> None:
        runs.append(first)
        tx.execute(text(f"UPDATE members SET name = name WHERE id = {first}"))
        if len(runs) <= 2:
            both.wait()
        tx.execute(text(f"UPDATE members SET name = name WHERE id = {second}"))

    ann, bo = bank["Ann"].id, bank["Bo"].id
    await asyncio.gather(database.write(cross, ann, bo), database.write(cross, bo, ann))
    assert len(runs) > 2  # whoever gave way began again, and may have met the other once more


# --- a server that stops answering ------------------------------------------------------------------------------------


def backend(tx: Tx) -> int:
    """Return the id of the server's process behind a connection."""
    return int(tx.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


@asynccontextmanager
async def stopping() -> AsyncIterator[Callable[..., None]]:
    """Yield what stops processes of the server; all go on when the block ends."""
    stopped: list[int] = []

    def stop(*backends: int) -> None:
        for pid in backends:
            os.kill(pid, signal.SIGSTOP)
            stopped.append(pid)

    try:
        async with asyncio.timeout(60):  # who waits for ever ends here
            yield stop
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


@pytest.fixture
def hasty(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database on a server started here, whose users wait half a second for an answer."""
    if os.environ.get(SERVER_URL):
        pytest.skip("the PostgreSQL server is not this test's own to stop")
    monkeypatch.setattr("bot.storage.postgresql._GRACE", 0.0)
    opened = Database(database_url, patience=0.5)
    yield opened
    opened.close()


@ON_POSTGRESQL
async def test_a_server_that_stops_in_the_middle_keeps_nobody_waiting(hasty: Database) -> None:
    def stopped_in_the_middle(tx: Tx) -> None:
        named(tx, "lost")
        stop(backend(tx))
        named(tx, "too late")

    async with stopping() as stop:
        with pytest.raises(StorageGone):
            await hasty.write(stopped_in_the_middle)
        with pytest.raises(StorageGone):
            await hasty.read(stopped_in_the_middle)
        assert await hasty.write(named, "meanwhile") == "meanwhile"  # another of the server's processes answers
        assert await names(hasty) == {"meanwhile"}
    await hasty.write(named, "lost")  # what was stopped has let go of it


@ON_POSTGRESQL
async def test_when_the_commit_is_not_answered_nobody_says_that_nothing_was_saved(
    hasty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = await hasty.write(new_bank)
    dispatch = new_dispatch(hasty, Clock())
    incoming = typed(bank["Ann"], "you helped", [bank["Bo"]])
    record = events.record

    def stop_then(tx: Tx, *args: object) -> None:
        record(tx, *args)  # type: ignore[arg-type]
        stop(backend(tx))

    async with stopping() as stop:
        monkeypatch.setattr(events, "record", stop_then)
        reply = await dispatch.receive(incoming)
        monkeypatch.undo()
    assert said(reply.card) == told(StorageUnsure())
    assert reply.unsaved
    await assert_taken_once(hasty, dispatch, incoming, "you helped")


@ON_POSTGRESQL
async def test_connections_that_went_silent_while_nobody_used_them_are_replaced(
    hasty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.postgresql._TRUSTED", 0.0)  # the seconds that nobody used them
    connections = [hasty.engine.connect() for _ in range(3)]
    backends = [backend(connection) for connection in connections]
    for connection in connections:
        connection.close()
    async with stopping() as stop:
        stop(*backends)
        assert await names(hasty) == set()


# --- all together -----------------------------------------------------------------------------------------------------


async def test_everything_of_one_transaction_is_seen_at_its_end(database: Database, database_url: str) -> None:
    with OneTransaction(database_url) as together:
        await together.write(named, "a")
        with pytest.raises(ValueError, match="broken"):
            await together.write(named, "broken")
        with pytest.raises(IntegrityError):
            await together.write(named, "a")
        await together.write(named, "b")
        assert await names(together) == {"a", "b"}
        assert await names(database) == set()
    assert await names(database) == {"a", "b"}


async def test_one_transaction_that_is_interrupted_leaves_nothing(database: Database, database_url: str) -> None:
    async def interrupted() -> None:
        with OneTransaction(database_url) as together:
            await together.write(named, "a")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await interrupted()
    assert await names(database) == set()
    assert await database.write(named, "a") == "a"


async def test_only_one_such_transaction_at_a_time(impatient: Database, database_url: str) -> None:
    with OneTransaction(database_url) as first:
        await first.write(named, "a")
        with pytest.raises(StorageBusy), OneTransaction(database_url):
            pytest.fail("two at once")
    assert await names(impatient) == {"a"}


# --- batches, cancelling, closing ------------------------------------------------------------------------------------


@contextmanager
def held(database: Database) -> Iterator[Callable[[], None]]:
    """Keep every writer busy, so that what is written meanwhile is taken together; call what is yielded to let go."""
    gate = threading.Event()
    held = [asyncio.ensure_future(database.write(lambda tx: gate.wait(30))) for _ in range(8)]
    try:
        yield gate.set
    finally:
        gate.set()
        for one in held:
            one.cancel()


def named(tx: Tx, name: str) -> str:
    if name == "broken":
        raise ValueError(name)
    new_organisation(tx, name, workspace=name)
    return name


async def names(database: Database) -> set[str]:
    return {one.name for one in await database.read(organisations.every)}


async def test_an_error_in_one_write_of_a_batch_does_not_touch_the_others(database: Database) -> None:
    await database.write(named, "taken")
    with held(database) as let_go:
        wanted = ["a", "broken", "b", "taken", "c"]
        writes = [asyncio.ensure_future(database.write(named, name)) for name in wanted]
        await asyncio.sleep(0)
        let_go()
        outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(outcome).__name__ for outcome in outcomes] == ["str", "ValueError", "str", "IntegrityError", "str"]
    assert await names(database) == {"taken", "a", "b", "c"}


async def test_what_a_failed_write_did_before_is_undone(database: Database) -> None:
    def half(tx: Tx) -> None:
        named(tx, "half")
        raise ValueError("half")

    with pytest.raises(ValueError, match="half"):
        await database.write(half)
    assert await names(database) == set()


@ON_SQLITE
async def test_when_the_database_itself_fails_everybody_of_the_batch_is_told(database: Database) -> None:
    await database.write(named, "first")

    def huge(tx: Tx) -> None:
        tx.execute(text("INSERT INTO settings VALUES (1, 'huge', :value)"), {"value": "x" * 4_000_000})

    with writer_told(database, "PRAGMA max_page_count=1"), held(database) as let_go:
        writes = [
            asyncio.ensure_future(write)
            for write in (database.write(named, "a"), database.write(huge), database.write(named, "b"))
        ]
        await asyncio.sleep(0)
        let_go()
        outcomes = await asyncio.gather(*writes, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {StorageFull}
    assert await names(database) == {"first"}
    assert await database.write(named, "a") == "a"


async def test_a_caller_that_goes_away_does_not_undo_what_was_accepted(database: Database) -> None:
    with held(database) as let_go:
        write = asyncio.ensure_future(database.write(named, "a"))
        await asyncio.sleep(0)
        write.cancel()
        with pytest.raises(asyncio.CancelledError):
            await write
        let_go()
    while "a" not in await names(database):
        await asyncio.sleep(0.01)
    assert await database.write(named, "b") == "b"


async def test_an_event_whose_caller_went_away_is_answered_when_it_is_sent_again(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    for number in range(10):
        incoming = typed(bank["Ann"], f"you helped {number}", [bank["Bo"]])
        first = asyncio.ensure_future(dispatch.receive(incoming))
        for _ in range(number):
            await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await assert_taken_once(database, dispatch, incoming, f"you helped {number}")


async def test_closing_finishes_what_was_accepted_and_takes_nothing_more(database_url: str) -> None:
    database = Database(database_url)
    with held(database) as let_go:
        writes = [asyncio.ensure_future(database.write(named, str(number))) for number in range(20)]
        await asyncio.sleep(0)
        let_go()
        database.close()
    assert await asyncio.gather(*writes) == [str(number) for number in range(20)]
    with pytest.raises(StorageGone):
        await database.write(named, "late")
    again = Database(database_url)
    assert len(await names(again)) == 20
    again.close()


async def test_a_read_can_change_nothing(database: Database) -> None:
    if database.sqlite:
        await database.read(named, "a")  # SQLite lets it try, and throws it away
    else:
        with pytest.raises(Unavailable):
            await database.read(named, "a")
    assert await names(database) == set()


async def test_a_read_sees_one_moment(database: Database) -> None:
    loop = asyncio.get_running_loop()

    def twice(tx: Tx) -> list[int]:
        before = len(organisations.every(tx))
        asyncio.run_coroutine_threadsafe(database.write(named, "meanwhile"), loop).result(10)
        return [before, len(organisations.every(tx))]

    assert await database.read(twice) == [0, 0]
    assert await names(database) == {"meanwhile"}


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_that_would_lose_everything_is_refused(url: str) -> None:
    with pytest.raises(DatabaseInMemory):
        Database(url)


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://me:hunter2@db:port/x", "postgresql+psycopg://me@[::1/x", "nothing"]
)
def test_a_url_that_cannot_be_read_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(DatabaseUrlBroken) as caught:
        Database(url)
    assert "hunter2" not in str(caught.value)
