"""PostgreSQL's engine, which does not wait for its server for ever."""

from __future__ import annotations

from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Engine, create_engine, event

T = TypeVar("T")

_CONNECTING = 5  # seconds
_GRACE = 2.0  # seconds the server gets to say by itself that a statement took too long


def engine(url: str, *, connections: int, lock_timeout: int, patience: float) -> Engine:
    """Return an engine; ``lock_timeout`` in milliseconds, ``patience`` in seconds for each statement.

    The server ends statements that take longer. What ends it when the server is stopped or cut off, and nothing would
    ever come, is the connection's own patience; its socket's keeps a lost network from holding what is being sent.
    """
    made = create_engine(
        url,
        pool_size=connections,
        pool_pre_ping=True,
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
        connection = _Impatient.connect(*args, **parameters)
        connection.patience = patience + _GRACE
        return connection

    return made


class _Impatient(psycopg.Connection[Any]):
    """A connection that is given up when its server leaves it without an answer for ``patience`` seconds."""

    patience: float

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Wait as psycopg does, but not for ever."""
        try:
            return super().wait(gen, interval, self.patience if timeout is None else timeout)
        except psycopg.OperationalError as error:
            # Without a code it is not the server that speaks. Its answer could still come and be taken for the next's.
            if error.sqlstate is None:
                self.close()
            raise
