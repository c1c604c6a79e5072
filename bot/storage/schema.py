"""Bringing a database to the schema of this version, and telling whether it is there."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text

from bot.errors import SchemaOutdated
from bot.storage.database import Database, Tx

HEAD = "0001"
"""The newest migration; a test compares it with the folder."""

_MIGRATIONS = Path(__file__).parent / "migrations"


def version(tx: Tx) -> str | None:
    """Return the migration a database is at; None for an empty one."""
    if not inspect(tx).has_table("alembic_version"):
        return None
    return tx.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(database: Database) -> None:
    """Run the migrations that are missing, in one transaction. Blocking: for the start and the command line."""
    # Alembic takes 0.2 s to import; a server that finds its schema in place does without.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with database.engine.connect() as connection:
        if database.sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if database.sqlite:
            connection.exec_driver_sql("COMMIT")
        connection.commit()


def require(database: Database) -> None:
    """Raise `SchemaOutdated` unless the schema is this version's; SQLite files are migrated on the spot."""
    with database.engine.connect() as connection:
        found = version(connection)
    if found == HEAD:
        return
    if database.sqlite:
        migrate(database)
        return
    raise SchemaOutdated(found=found or "–", needed=HEAD)
