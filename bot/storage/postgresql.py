"""PostgreSQL's engine: it does not wait for its server for ever, and goes there as seldom as it can."""

from __future__ import annotations

import logging
import select
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any, TypeVar, cast

import psycopg
from psycopg.abc import Params, PQGen, Query
from sqlalchemy import Engine, create_engine, event, exc
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

T = TypeVar("T")

# Of two failures in one pipeline the driver logs the second, in the server's words, which may quote people's.
logging.getLogger("psycopg").setLevel(logging.ERROR)

_CONNECTING = 5  # seconds
_TRUSTED = 1.0  # seconds since its last use in which a connection is taken to be alive without asking the server
_USED = "used"
_GRACE = 2.0  # seconds the server gets to say by itself that a statement took too long


def engine(url: str, *, connections: int, lock_timeout: int, patience: float) -> Engine:
    """Return an engine; ``lock_timeout`` in milliseconds, ``patience`` in seconds for each statement.

    The server ends statements that take longer. What ends it when the server is stopped or cut off, and nothing would
    ever come, is the connection's own patience; its socket's keeps a lost network from holding what is being sent.
    """
    made = create_engine(
        url,
        pool_size=connections,
        pool_use_lifo=True,  # the one used last need not be asked whether it is alive
        hide_parameters=True,
        connect_args={
            "connect_timeout": _CONNECTING,
            "keepalives_idle": 10,
            "keepalives_interval": 3,
            "keepalives_count": 3,
            "tcp_user_timeout": round(patience * 1000),
            "options": f"-c statement_timeout={round(patience * 1000)} -c lock_timeout={lock_timeout}",
        },
    )

    @event.listens_for(made, "do_connect")
    def connect(_dialect: object, _record: object, args: tuple[Any, ...], parameters: dict[str, Any]) -> object:
        connection = Connection.connect(*args, **parameters)
        connection.patience = patience + _GRACE
        return connection

    @event.listens_for(made, "checkin")
    def used(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info[_USED] = monotonic()

    @event.listens_for(made, "checkout")
    def alive(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if _USED not in record.info or (monotonic() - record.info[_USED] < _TRUSTED and not _spoken_to(connection)):
            return  # a way to the server saved
        try:
            made.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise exc.InvalidatePoolError from error  # all that were open; the pool goes on with a new one

    return made


def _spoken_to(connection: DBAPIConnection) -> bool:
    """Return whether the server has sent something unasked: as a rule that it ends the connection."""
    return bool(select.select([cast(Connection, connection)], [], [], 0)[0])


class _InOrder(psycopg.Cursor[Any]):
    """A cursor that lets the statements that its connection keeps for later go first, in the same message."""

    connection: Connection

    def execute(self, query: Any, params: Params | None = None, **options: Any) -> _InOrder:
        """Execute as psycopg does; raises what a statement kept for later failed with, too."""
        with self.connection.caught_up():
            super().execute(query, params, **options)
        return self

    def executemany(self, query: Query, params_seq: Iterable[Params], **options: Any) -> None:
        """Execute as psycopg does; raises what a statement kept for later failed with, too."""
        with self.connection.caught_up():
            super().executemany(query, params_seq, **options)


class Connection(psycopg.Connection[Any]):
    """A connection that is given up when its server leaves it without an answer for ``patience`` seconds.

    A statement whose answer nobody waits for can be left with it (`later`): it goes to the server together with the
    next one or with the commit, in a pipeline, which halves the ways to the server that a praise takes. A rollback
    forgets it.
    """

    patience: float

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.cursor_factory = _InOrder
        self._kept: list[tuple[Query, Sequence[Params]]] = []

    def later(self, query: Query, every: Sequence[Params]) -> None:
        """Execute ``query`` with each of ``every`` before whatever comes next."""
        self._kept.append((query, every))

    @contextmanager
    def caught_up(self) -> Iterator[None]:
        """Send what was kept together with what is done in the ``with`` block; both are through at its end."""
        kept, self._kept = self._kept, []
        if not kept:
            yield
            return
        with self.pipeline():
            for query, every in kept:
                psycopg.Cursor(self).executemany(query, every)
            yield

    def commit(self) -> None:
        """Commit what was kept, too."""
        with self.caught_up():
            super().commit()

    def rollback(self) -> None:
        """Roll back; what was kept is forgotten."""
        self._kept.clear()
        super().rollback()

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Wait as psycopg does, but not for ever."""
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError as error:
            # Without a code it is not the server that speaks. Its answer could still come and be taken for the next's.
            if error.sqlstate is None:
                self.close()
            raise
