from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from bot.errors import SchemaOutdated, SchemaUnknown
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


def test_a_database_of_a_newer_version_is_left_alone(database: Database) -> None:
    with database.engine.begin() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for start in (schema.require, schema.migrate):
        with pytest.raises(SchemaUnknown, match="9999"):
            start(database)
    with database.engine.connect() as tx:
        assert schema.version(tx) == "9999"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_is_migrated_only_when_asked(database: Database) -> None:
    with database.engine.begin() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(SchemaOutdated, match="praisebot migrate"):
        schema.require(database)
