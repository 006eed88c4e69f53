"""A database that is older than the gateway's folder is refused at start, until it is settled."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from api.cli.main import app
from gateway.bootstrap import Gateway
from gateway.journey.retention.stays import erase_person
from gateway.operations.backup.making import copy_sqlite
from gateway.operations.health import examine
from gateway.operations.installation import DatabaseWentBack
from gateway.settings import Settings
from gateway.store import Person
from tests.integration.gateway.operations.backup.conftest import Safe
from tests.parts.identity import MemoryIdentity
from tests.parts.world import LOCK, NOW, World


def opened(folder: Path) -> Gateway:
    """The gateway in the folder."""
    return Gateway(Settings(folder=folder), lambda: NOW, identity=MemoryIdentity())


def close(gateway: Gateway) -> None:
    """Stop using it."""
    gateway.database.close()
    gateway.vault.close()


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A folder whose database was put back to before a person was erased."""
    folder = tmp_path / "gateway"
    gateway = opened(folder)
    world = World(folder, gateway.database, gateway.keyring)
    world.landlord_id, world.unit_id = world.add_unit("101", LOCK)
    world.tenant()
    copy_sqlite(folder / "lodgekey.sqlite", tmp_path / "copy.sqlite")
    with gateway.database.writing() as session:
        erase_person(session, session.scalars(select(Person)).one(), NOW + 60)
    gateway._note()
    close(gateway)
    for path in folder.glob("lodgekey.sqlite*"):
        path.unlink()
    (tmp_path / "copy.sqlite").rename(folder / "lodgekey.sqlite")
    return folder


def test_it_is_refused_and_nothing_is_changed(older: Path) -> None:
    before = (older / "lodgekey.sqlite").read_bytes()
    with pytest.raises(DatabaseWentBack):
        opened(older)
    done = CliRunner().invoke(app, ["serve", "--port", "0", "--folder", str(older), "--json"])
    assert json.loads(done.stdout)["code"] == "database_went_back"
    assert "db settle" in json.loads(done.stdout)["what_to_do"]
    assert "database_went_back" in {each.code for each in examine(Settings(folder=older), NOW)}
    assert (older / "lodgekey.sqlite").read_bytes() == before


def test_once_settled_it_starts_and_who_was_erased_is_erased(older: Path) -> None:
    done = CliRunner().invoke(app, ["db", "settle", "--folder", str(older), "--json"])
    assert (done.exit_code, json.loads(done.stdout)["ended"]["person"]) == (0, 1), done.stdout
    gateway = opened(older)
    with gateway.database.reading() as session:
        person = session.scalars(select(Person)).one()
        assert (person.sealed, person.erased_at) == (None, NOW + 60)
        assert person.id not in gateway.vault.people()
    close(gateway)
    assert "database_went_back" not in {each.code for each in examine(Settings(folder=older), NOW)}


def test_a_gateway_that_runs_is_not_settled(older: Path) -> None:
    (older / "loops.json").write_text(json.dumps({"process": 1, "loops": {}}))
    done = CliRunner().invoke(app, ["db", "settle", "--folder", str(older), "--json"])
    assert (json.loads(done.stdout)["code"], done.exit_code) == ("gateway_running", 3)


def test_an_ordinary_restart_is_not_taken_for_a_restore(tmp_path: Path) -> None:
    folder = tmp_path / "gateway"
    for number in range(3):
        gateway = opened(folder)
        world = World(folder, gateway.database, gateway.keyring)
        world.add_unit(f"10{number}", f"lock-{number}")
        gateway._note()
        close(gateway)


def test_sqlite_has_no_backup_without_its_database(older: Path, safe: Safe) -> None:
    command = ["backup", "create", "--without-database", "--out", str(safe.file), "--recipient", safe.recipient]
    done = CliRunner().invoke(app, [*command, "--folder", str(older), "--json"])
    assert (json.loads(done.stdout)["code"], safe.file.exists()) == ("rows_needed", False)
