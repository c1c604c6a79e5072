"""Bringing a database to the schema of this version, and telling whether it is there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import exc, inspect, text

from bot.errors import (
    DatabaseFileForeign,
    DatabaseFolderMissing,
    DatabaseUnusable,
    SchemaOutdated,
    SchemaUnknown,
    StorageGone,
)
from bot.storage.database import Database, Tx, unavailable

HEAD = "0006"
"""The newest migration; a test compares it with the folder."""

_MIGRATIONS = Path(__file__).parent / "migrations"


def version(tx: Tx) -> str | None:
    """Return the migration a database is at; None for an empty one."""
    if not inspect(tx).has_table("alembic_version"):
        return None
    return tx.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(database: Database) -> None:
    """Run the migrations that are missing, in one transaction. Blocking: for the start and the command line.

    Raises a `bot.errors.ConfigurationError`, or `bot.errors.Unavailable` when the database is busy or full.
    """
    # Alembic takes 0.2 s to import; a server that finds its schema in place does without.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with _failures_told(database), database.engine.connect() as connection:
        if database.sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        _refuse_newer(version(connection))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if database.sqlite:
            connection.exec_driver_sql("COMMIT")
        connection.commit()


def require(database: Database) -> None:
    """Raise `bot.errors.SchemaOutdated` unless the schema is this version's; SQLite files are migrated on the spot.

    Raises as `migrate` does.
    """
    with _failures_told(database), database.engine.connect() as connection:
        found = version(connection)
    if found == HEAD:
        return
    _refuse_newer(found)
    if database.sqlite:
        migrate(database)
        return
    raise SchemaOutdated(found=found or "–", needed=HEAD)


def _refuse_newer(found: str | None) -> None:
    if found is not None and found > HEAD:  # migrations are numbered
        raise SchemaUnknown(found=found, needed=HEAD)


@contextmanager
def _failures_told(database: Database) -> Iterator[None]:
    """Say what an operator can mend."""
    try:
        yield
    except exc.DBAPIError as error:
        lost = unavailable(error)
        if not isinstance(lost, StorageGone | exc.DBAPIError):
            raise lost from error
        if database.sqlite:
            path = Path(database.url.database or "")
            if not path.parent.is_dir():
                raise DatabaseFolderMissing(folder=path.parent) from error
            if getattr(error.orig, "sqlite_errorcode", 0) == sqlite3.SQLITE_NOTADB:
                raise DatabaseFileForeign(path=path) from error
        # The driver says where it tried to connect, and never with which password.
        reason = " ".join(str(error.orig).split("\n")[0].split()) or type(error.orig).__name__
        raise DatabaseUnusable(reason=reason) from error
