"""A database of any earlier revision is migrated; one that is not what its number says is refused and left alone."""

import shutil
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, create_engine, text

from gateway.store.database import Database
from gateway.store.revisions.kind import DatabaseKind, UnusableDatabase, kind_of
from gateway.store.revisions.scripts import newest_revision
from tests.integration.gateway.store.stepwise import all_of, config_of, engine
from tooling.landed_migrations import scripts

__all__ = ["engine"]
REVISIONS = [script.revision for script in scripts()]


def kind(made: Engine) -> DatabaseKind:
    with made.connect() as connection:
        return kind_of(connection)


def stamp(made: Engine, *revisions: str) -> None:
    """Let the database say that it is at these revisions."""
    with made.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        for revision in revisions:
            connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})


def test_a_database_is_known_at_every_revision(engine: Engine) -> None:
    assert kind(engine) == DatabaseKind("empty", None)
    for revision in REVISIONS:
        command.upgrade(config_of(engine), revision)
        assert kind(engine) == DatabaseKind("newest" if revision == newest_revision() else "older", revision)


def test_a_database_of_every_revision_is_opened(tmp_path: Path) -> None:
    made = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    for revision in REVISIONS:
        command.upgrade(config_of(made), revision)
        made.dispose()
        copy = tmp_path / f"{revision}.db"
        shutil.copy(tmp_path / "old.db", copy)
        database = Database(f"sqlite:///{copy}")
        database.migrate()
        assert kind(database._engine).kind == "newest"
        database.close()


# Numbers that another migration had before: what the tables are of, and what the database says.
REUSED = [("0015", "0014"), ("0020", "0018"), ("0020", "0019"), ("0021", "0018"), ("0024", "0022"), ("0024", "0023")]


@pytest.mark.parametrize(("tables", "number"), REUSED)
def test_a_database_whose_number_was_given_to_another_migration_is_refused(
    engine: Engine, tables: str, number: str
) -> None:
    command.upgrade(config_of(engine), tables)
    stamp(engine, number)
    refused(engine, "altered", number)


@pytest.mark.parametrize(("number", "found"), [("0999", "newer"), ("a1b2c3", "unknown")])
def test_a_database_of_another_release_or_program_is_refused(engine: Engine, number: str, found: str) -> None:
    command.upgrade(config_of(engine), "head")
    stamp(engine, number)
    refused(engine, found, number)


def test_tables_without_one_number_are_refused(engine: Engine) -> None:
    command.upgrade(config_of(engine), "0005")
    for numbers in ((), ("0004", "0005")):
        stamp(engine, *numbers)
        refused(engine, "unknown", None)


def refused(engine: Engine, found: str, number: str | None) -> None:
    """The database is refused as this, and does not change."""
    before = all_of(engine, "SELECT version_num FROM alembic_version ORDER BY 1")
    database = Database(engine.url.render_as_string(hide_password=False))
    with pytest.raises(UnusableDatabase) as error:
        database.migrate()
    database.close()
    assert error.value.found == DatabaseKind(found, number)  # type: ignore[arg-type]  # one of its words
    assert all_of(engine, "SELECT version_num FROM alembic_version ORDER BY 1") == before
