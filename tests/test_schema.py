from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.storage import schema
from bot.storage.database import Database
from bot.storage.tables import metadata
from tests.conftest import ROOT


def test_migrations_end_where_the_tables_are(database: Database) -> None:
    with database.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
        assert schema.version(connection) == schema.HEAD
    assert differences == []


def test_head_is_the_newest_migration() -> None:
    names = sorted(path.name for path in (ROOT / "bot/storage/migrations/versions").glob("[0-9]*.py"))
    assert names[-1].startswith(schema.HEAD)


def test_migrating_twice_changes_nothing(database: Database) -> None:
    schema.migrate(database)
    schema.require(database)
