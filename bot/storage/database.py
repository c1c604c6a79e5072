"""The one async door to the database: ``write`` runs a plain function in one transaction, ``read`` on a snapshot.

SQLite has one writer at a time, so one thread takes the waiting writes in order, each in a savepoint, and commits them
together with ``synchronous=FULL``; nobody is answered before that commit. PostgreSQL gets a small pool of threads, and
row locks settle what races. The functions are synchronous: no transaction is ever left open across an ``await``.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from asyncio import Future
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.engine import make_url

from bot.errors import (
    DatabaseInMemory,
    DatabaseUrlBroken,
    PraisebotError,
    StorageBusy,
    StorageFull,
    StorageGone,
    StorageUnsure,
)

Tx = Connection
P = ParamSpec("P")
T = TypeVar("T")

_BATCH = 64  # writes committed together at most: bounds how long the first of them waits
_POOL = 8
_BUSY_MS = 5000  # how long a write waits for another process's before the person is told
PATIENCE = 10.0
"""Seconds that PostgreSQL may leave one statement without an answer before the person is told."""
_RETRIES = 4
_RETRYABLE = ("40001", "40P01")  # PostgreSQL's serialization failure and deadlock
_LOCK_TIMEOUT = "55P03"
_DISK_FULL = "53100"
_ONE_AT_A_TIME = 3978  # any number that nobody else locks in this database


class Database:
    """Opens ``url`` lazily. Close it with `close`; what was accepted before is finished first.

    ``patience``: seconds PostgreSQL has for each statement; what goes through everything there is needs more.
    """

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        try:
            self.url = make_url(url)
        except (exc.ArgumentError, ValueError):  # ValueError: a port that is not a number
            raise DatabaseUrlBroken from None
        self.sqlite = self.url.get_backend_name() == "sqlite"
        if self.sqlite and self.url.database in (None, "", ":memory:"):
            raise DatabaseInMemory
        self.engine = _sqlite_engine(url) if self.sqlite else _postgresql_engine(url, patience)
        self._readers = ThreadPoolExecutor(_POOL, thread_name_prefix="read")
        self._writer: _SerialWriter | _PooledWriter
        self._writer = _SerialWriter(self.engine) if self.sqlite else _PooledWriter(self.engine)

    async def write(self, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``fn(tx, …)`` in a transaction and return its result after the commit.

        Whatever ``fn`` raises undoes its writes and is raised here; the database's own failures are raised as
        `bot.errors.Unavailable`: nothing was saved then, or, with `bot.errors.StorageUnsure`, nobody knows.
        Cancelling the caller does not undo a write that was already accepted.
        """
        return await self._writer.submit(lambda tx: fn(tx, *args, **kwargs))

    async def read(self, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``fn(tx, …)`` on one snapshot that it cannot change."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, lambda: self._read(lambda tx: fn(tx, *args, **kwargs)))

    def _read(self, job: Callable[[Tx], T]) -> T:
        try:
            with self.engine.connect() as tx:
                if self.sqlite:
                    tx.exec_driver_sql("BEGIN")
                else:
                    tx = tx.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                try:
                    return job(tx)
                finally:
                    tx.rollback()
        except exc.DBAPIError as error:
            raise unavailable(error) from error

    def close(self) -> None:
        """Finish the writes accepted so far and release every connection."""
        self._writer.close()
        self._readers.shutdown()
        self.engine.dispose()


class OneTransaction(Database):
    """A database where everything done in its ``with`` block is committed together at the block's end, or not at all.

    The event loop waits meanwhile, and so does whoever else wants to write on SQLite, or to open another such block.
    """

    def __enter__(self) -> OneTransaction:
        try:
            self._tx = self.engine.connect()
            alone = "BEGIN IMMEDIATE" if self.sqlite else f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"
            self._tx.exec_driver_sql(alone)
        except exc.DBAPIError as error:
            raise unavailable(error) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            with self._tx as tx:  # without a commit closing undoes everything
                if kind is None:
                    tx.commit()
        except exc.DBAPIError as error:
            raise unavailable(error) from error
        finally:
            self.close()

    async def write(self, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``fn(tx, …)``; what it raises undoes its own writes only."""
        try:
            with self._tx.begin_nested():
                return fn(self._tx, *args, **kwargs)
        except exc.DBAPIError as error:
            raise unavailable(error) from error

    async def read(self, fn: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``fn(tx, …)``, which sees what was written before."""
        return await self.write(fn, *args, **kwargs)


def unavailable(error: Exception) -> Exception:
    """Return the error a person should see for a failure of the database; programming errors stay as they are."""
    if isinstance(error, exc.IntegrityError | exc.ProgrammingError | exc.DataError):
        return error
    # By code, never by text: PostgreSQL's speaks the server's language, and either may quote what somebody wrote.
    cause = getattr(error, "orig", error)
    state, code = getattr(cause, "sqlstate", None), getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if state in (*_RETRYABLE, _LOCK_TIMEOUT) or code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StorageBusy()
    if state == _DISK_FULL or code == sqlite3.SQLITE_FULL:
        return StorageFull()
    return StorageGone() if isinstance(error, exc.DBAPIError | sqlite3.Error) else error


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        connect_args={"isolation_level": None, "check_same_thread": False, "cached_statements": 512},
        pool_size=_POOL,
        hide_parameters=True,  # they are people's words, and an error's text goes to the log
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA cache_size=-65536")
        connection.execute("PRAGMA temp_store=MEMORY")

    return engine


def _postgresql_engine(url: str, patience: float) -> Engine:
    from bot.storage import postgresql  # importing the driver takes its time, and SQLite does without

    return postgresql.engine(url, connections=2 * _POOL, lock_timeout=_BUSY_MS, patience=patience)


_Job = tuple[Callable[[Tx], Any], "Future[Any]"]
_Outcome = tuple["Future[Any]", Any, Exception | None]


class _SerialWriter:
    """The single writer: a thread that takes what waits, runs each in a savepoint and commits all of it at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._connection: Connection | None = None
        self._closed = False

    def submit(self, job: Callable[[Tx], T]) -> Future[T]:
        """Queue ``job``; it runs, whether or not the future is cancelled meanwhile."""
        if self._closed:  # nobody would ever take it
            raise StorageGone
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="write", daemon=True)
                    self._thread.start()
        future: Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put((job, future))
        return future

    def close(self) -> None:
        self._closed = True
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()

    def _run(self) -> None:
        closing = False
        while not closing:
            batch: list[_Job] = []
            job = self._jobs.get()
            while job is not None:
                batch.append(job)
                if len(batch) == _BATCH:
                    break
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
            closing = job is None
            if batch:
                self._commit(batch)
        if self._connection is not None:
            self._connection.close()

    def _commit(self, batch: list[_Job]) -> None:
        outcomes: list[_Outcome] = []
        try:
            tx = self._connection = self._connection or self._engine.connect()
            execute: Callable[[str], object] = tx.connection.driver_connection.execute  # type: ignore[union-attr]
            execute("BEGIN IMMEDIATE")
            for job, future in batch:
                execute("SAVEPOINT job")
                result: Any = None
                failure: Exception | None = None
                try:
                    result = job(tx)
                except Exception as error:
                    if isinstance(error, exc.DBAPIError) and not isinstance(unavailable(error), exc.DBAPIError):
                        raise  # the database itself failed: nothing of this batch can be trusted to commit
                    execute("ROLLBACK TO job")
                    failure = error
                execute("RELEASE job")
                outcomes.append((future, result, failure))
            execute("COMMIT")
            tx.commit()  # the driver is in autocommit; this only ends SQLAlchemy's own bookkeeping
        except Exception as error:
            self._discard()
            lost = unavailable(error)
            lost.__cause__ = error if lost is not error else None
            outcomes = [(future, None, lost) for _, future in batch]
        _tell(outcomes)

    def _discard(self) -> None:
        """Give up the connection with whatever it had not committed; the next batch opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()


def _tell(outcomes: Sequence[_Outcome]) -> None:
    """Hand the outcomes to those who wait, each event loop woken once: a wake-up is a system call."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_loop[outcome[0].get_loop()].append(outcome)
    for loop, own in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_settle, own)


def _settle(outcomes: Sequence[_Outcome]) -> None:
    for future, result, failure in outcomes:
        if future.done():
            continue
        if failure is None:
            future.set_result(result)
        else:
            future.set_exception(failure)


class _PooledWriter:
    """Threads that each run one transaction; a deadlock or a lost race for a snapshot is run again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(_POOL, thread_name_prefix="write")

    def submit(self, job: Callable[[Tx], T]) -> Future[T]:
        """Queue ``job``; it runs, whether or not the future is cancelled meanwhile."""
        try:
            return asyncio.shield(asyncio.wrap_future(self._threads.submit(self._run, job)))
        except RuntimeError:  # closed
            raise StorageGone from None

    def close(self) -> None:
        self._threads.shutdown()

    def _run(self, job: Callable[[Tx], T]) -> T:
        for attempt in range(_RETRIES):
            committing = False
            try:
                with self._engine.begin() as tx:
                    result = job(tx)
                    committing = True
                return result
            except exc.DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) in _RETRYABLE and attempt < _RETRIES - 1:
                    continue
                lost = unavailable(error)
                # Before the commit nothing can have been saved; after it was sent, only its answer would tell.
                raise (StorageUnsure() if committing and isinstance(lost, StorageGone) else lost) from error
        raise PraisebotError  # unreachable: the loop returns or raises
