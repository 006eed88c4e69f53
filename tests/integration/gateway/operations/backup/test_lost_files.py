"""`lodgekey restore --only-lost` puts back what a used folder has lost, and leaves everything else as it is."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from api.cli.main import app
from gateway.bootstrap import Gateway
from gateway.journey.retention.stays import erase_person
from gateway.settings import Settings
from gateway.store import Person
from gateway.store.sealing import Erased
from tests.integration.gateway.operations.backup.conftest import Safe
from tests.parts.identity import MemoryIdentity
from tests.parts.world import DAY, LOCK, NOW, World


def opened(folder: Path) -> Gateway:
    """The gateway in the folder."""
    return Gateway(Settings(folder=folder), lambda: NOW, identity=MemoryIdentity())


def close(gateway: Gateway) -> None:
    """Stop using it."""
    gateway.database.close()
    gateway.vault.close()


@pytest.fixture
def used(tmp_path: Path, safe: Safe) -> Path:
    """A folder with a backup from before one of two people was erased and a third was registered."""
    folder = tmp_path / "gateway"
    gateway = opened(folder)
    world = World(folder, gateway.database, gateway.keyring)
    world.landlord_id, world.unit_id = world.add_unit("101", LOCK)
    first = world.tenant()
    world.tenant(world.window(begins=5 * DAY))
    safe.keep(folder)
    world.tenant(world.window(begins=9 * DAY))
    with gateway.database.writing() as session:
        erase_person(session, session.get_one(Person, first.person_id), NOW)
    gateway.vault.erase(first.person_id)
    gateway._note()
    close(gateway)
    return folder


def put_back(folder: Path, safe: Safe) -> dict[str, Any]:
    """The answer of the command."""
    command = ["restore", str(safe.file), "--identity", str(safe.identity_file), "--only-lost"]
    done = CliRunner().invoke(app, [*command, "--folder", str(folder), "--json"])
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(
    "name", ["certs/root.key", "certs/issuing.pem", "certs/log.key", "offers.secret", "vault/master.key", "certs"]
)
def test_what_is_lost_is_back_and_the_rest_untouched(name: str, used: Path, safe: Safe) -> None:
    before = {path: path.read_bytes() for path in used.rglob("*") if path.is_file()}
    place = used / name
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    gone = {path for path in before if not path.exists()}
    answer = put_back(used, safe)
    assert (answer["still_lost"], answer["keyless"]) == ([], 0), answer
    assert {used / each for each in answer["files"]} <= gone
    after = {path: path.read_bytes() for path in used.rglob("*") if path.is_file()}
    assert {path for path in before if after.get(path, before[path]) != before[path]} == set()
    assert (after.keys() - before.keys()) == set()
    assert all(
        path.stat().st_mode & 0o077 == 0 for path in map(used.joinpath, answer["files"]) if path.suffix == ".key"
    )
    gateway = opened(used)
    close(gateway)
    assert put_back(used, safe)["files"] == []


def test_who_was_erased_since_stays_erased_and_who_has_no_key_is_counted(used: Path, safe: Safe) -> None:
    shutil.rmtree(used / "vault")
    answer = put_back(used, safe)
    assert sorted(answer["files"]) == ["vault/master.key", "vault/people.sqlite"]
    assert answer["keyless"] == 1
    gateway = opened(used)
    with gateway.database.reading() as session:
        rows = session.scalars(select(Person)).all()
    readable = []
    for row in rows:
        try:
            readable.append(bool(gateway.vault.open(row.id, "fields", row.sealed or b"")))
        except Erased:
            assert row.sealed is None or row.id not in gateway.vault.people()
    assert readable == [True]
    assert {row.id for row in rows if row.erased_at is not None}.isdisjoint(gateway.vault.people())
    close(gateway)


def test_a_lost_database_wants_the_whole_backup(used: Path, safe: Safe) -> None:
    for path in used.glob("lodgekey.sqlite*"):
        path.unlink()
    answer = put_back(used, safe)
    assert answer["code"] == "database_lost"
    assert "--ended" in answer["what_to_do"]
    assert not (used / "lodgekey.sqlite").exists()


def test_a_backup_that_is_older_than_the_key_does_not_replace_it_for_good(used: Path, safe: Safe) -> None:
    gateway = opened(used)
    gateway.authority.advance_rotation()
    gateway.installation.note()
    close(gateway)
    (used / "certs/generations.json").unlink()
    assert put_back(used, safe)["code"] == "still_lost"
