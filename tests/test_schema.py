from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from bot.errors import SchemaOutdated, SchemaUnknown
from bot.storage import schema, tables
from bot.storage.database import Database
from bot.storage.tables import metadata
from tests.builders import Clock, new_bank, new_dispatch, press, pressed, rows, typed
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


async def test_what_was_appealed_against_before_there_was_doubt_is_doubtful(database: Database) -> None:
    bank = await database.write(new_bank)
    dispatch = new_dispatch(database, Clock())
    for words in ("she helped", "maybe #attitude"):
        await dispatch.receive(typed(bank["Fay"], words, [bank["Bo"]], command="customer"))
    kept = await dispatch.receive(typed(bank["Fay"], "a complaint", [bank["Cai"]], command="customer"))
    await press(dispatch, bank["Fay"], kept.card, "It is praise: send to the supervisor")
    for words in ("a complaint about", "another complaint #attitude"):
        kept = await dispatch.receive(typed(bank["Fay"], words, [bank["Bo"]], command="customer"))
        if "#" not in words:
            await press(dispatch, bank["Fay"], kept.card, "It is praise: send to the supervisor")
        praise = (await database.read(rows, tables.praises))[-1]["id"]
        tags = {"primary": "solution", "tier": "basic", "tags": ("solution",)}
        await dispatch.receive(pressed(bank["Sun"], "confirm.retag", praise=praise, **tags))
    known = {row["text"]: row["doubtful"] for row in await database.read(rows, tables.praises)}
    assert known == {
        "she helped": False,
        "maybe": False,
        "a complaint": True,
        "a complaint about": True,
        "another complaint": False,
    }
    assert [row["tagged_by"] for row in await database.read(rows, tables.praises)][-2:] == ["supervisor"] * 2
    with database.engine.begin() as tx:
        tx.execute(text("ALTER TABLE praises DROP COLUMN doubtful"))
        tx.execute(text("UPDATE alembic_version SET version_num = '0005'"))
    schema.migrate(database)
    assert {row["text"]: row["doubtful"] for row in await database.read(rows, tables.praises)} == known


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_is_migrated_only_when_asked(database: Database) -> None:
    with database.engine.begin() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(SchemaOutdated, match="praisebot migrate"):
        schema.require(database)
