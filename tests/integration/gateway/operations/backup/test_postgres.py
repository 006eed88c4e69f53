"""A gateway with PostgreSQL is backed up with pg_dump and restored into an empty database."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from gateway.bootstrap import Gateway
from gateway.operations.backup.manifest import BackupUnusable
from gateway.settings import Settings
from tests.integration.gateway.operations.backup.conftest import Safe
from tests.parts.identity import MemoryIdentity
from tests.parts.postgres import UNPACKED, find_programs, postgres
from tests.parts.world import NOW, World

pytestmark = pytest.mark.slow


@pytest.fixture
def databases(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The URLs of two empty databases of one server, whose programs are on the path."""
    monkeypatch.setenv("PATH", f"{find_programs()}:{os.environ['PATH']}")
    monkeypatch.setenv("LD_LIBRARY_PATH", ":".join(map(str, UNPACKED.glob("usr/lib/*-linux-gnu"))))
    with postgres() as url:
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE other"))
        engine.dispose()
        yield [url, make_url(url).set(database="other").render_as_string(hide_password=False)]


def test_a_dump_is_restored_into_an_empty_database(databases: list[str], safe: Safe, tmp_path: Path) -> None:
    first, second = databases
    gateway = Gateway(Settings(folder=tmp_path / "first", database_url=first), lambda: NOW, identity=MemoryIdentity())
    world = World(tmp_path / "first", gateway.database, gateway.keyring)
    world.landlord_id, world.unit_id = world.add_unit("101", "lock-1")
    key = world.tenant()
    manifest = safe.keep(tmp_path / "first", database_url=first)
    assert (manifest.database, "database.dump" in manifest.files["data"]) == ("postgresql", True)
    with pytest.raises(BackupUnusable, match="not_empty"):
        safe.restore(tmp_path / "second", database_url=first)
    with pytest.raises(BackupUnusable, match="other_database"):
        safe.restore(tmp_path / "second")
    safe.restore(tmp_path / "second", database_url=second)
    again = Gateway(Settings(folder=tmp_path / "second", database_url=second), lambda: NOW, identity=MemoryIdentity())
    back = World(tmp_path / "second", again.database, again.keyring)
    assert back.key(key.id).credential == key.credential
    assert again.feed.last_seq() == NOW + 3600
    for each in (gateway, again):
        each.database.close()
        each.vault.close()


def test_a_server_that_is_away_is_named(databases: list[str], safe: Safe, tmp_path: Path) -> None:
    gateway = Gateway(
        Settings(folder=tmp_path / "first", database_url=databases[0]), lambda: NOW, identity=MemoryIdentity()
    )
    gateway.database.close()
    gateway.vault.close()
    away = make_url(databases[0]).set(port=1).render_as_string(hide_password=False)
    with pytest.raises(BackupUnusable, match="program_failed") as refused:
        safe.keep(tmp_path / "first", database_url=away)
    assert refused.value.facts["name"] == "pg_dump"
    assert not safe.file.exists()
