"""`lodgekey serve` refuses a used folder with a part missing, empty or replaced, and names it; a fresh one starts."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from api.cli.main import app
from gateway.bootstrap import Gateway
from gateway.clock import utc_now
from gateway.disclosure import disclose
from gateway.fleet.enrolment import enrol_device
from gateway.operations.health import examine
from gateway.operations.installation import RECORD
from gateway.settings import Settings
from gateway.store import Key, Unit
from gateway.store.database import Database
from tests.parts.identity import MemoryIdentity
from tests.parts.world import World, let_unit

RUN: Final = CliRunner()
ENGLISH: Final = {"LC_ALL": "C.UTF-8"}
SECRETS: Final = (
    "certs/root.key",
    "certs/root.pem",
    "certs/issuing.key",
    "certs/issuing.pem",
    "certs/command.key",
    "certs/credential.key",
    "certs/intake.key",
    "certs/passcode.key",
    "certs/log.key",
    "vault/master.key",
    "vault/people.sqlite",
    "offers.secret",
)
WHOLE: Final = ("certs", "vault", "lodgekey.sqlite")


@pytest.fixture(scope="session")
def used_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gateway's folder after some use: a device, a tenant with a key, a disclosure."""
    folder = tmp_path_factory.mktemp("used") / "gateway"
    for path in (folder, folder / "devices"):
        path.mkdir(mode=0o700)
    gateway = Gateway(Settings(folder=folder), utc_now, identity=MemoryIdentity())
    world = World(folder, gateway.database, gateway.keyring, now=utc_now())
    with world.database.writing() as session:
        unit = let_unit(session, "101")
        out = folder / "devices" / "lock-1"
        given: dict[str, Any] = {"site": "house-1", "device": "lock-1", "kind": "lock", "host": "localhost"}
        enrol_device(session, gateway.authority, out, unit=unit, port=8883, **given)
        world.unit_id, world.landlord_id = unit.id, unit.landlord_id
    world.tenant()
    disclose(gateway.database, consumer="a", purpose="b", subject="c", fields="d", now=world.now)
    gateway.database.close()
    gateway.vault.close()
    return folder


@pytest.fixture
def used(used_folder: Path, tmp_path: Path) -> Path:
    """A copy of the used folder."""
    return Path(shutil.copytree(used_folder, tmp_path / "gateway"))


@contextmanager
def serving(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """`lodgekey serve` as a process of its own."""
    command = [sys.executable, "-m", "api.cli.main", "serve", "--port", "0", "--json", "--folder", str(folder)]
    environment = {**os.environ, **ENGLISH, "LODGEKEY_BROKER_PORT": "0", "LODGEKEY_IDENTITY_ENGINE": "five_point"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def start(folder: Path) -> dict[str, Any]:
    """The answer of `lodgekey serve` in this process; it does not get as far as listening for requests."""
    result = RUN.invoke(app, ["serve", "--port", "0", "--folder", str(folder), "--json"], env=ENGLISH)
    answer: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == answer["exit_code"]
    return answer


def remove(path: Path) -> None:
    """Delete a file or folder, with an SQLite database's own files."""
    if path.is_dir():
        shutil.rmtree(path)
        return
    path.unlink()
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def empty(path: Path) -> None:
    """Leave a file of no bytes."""
    remove(path)
    path.touch(mode=0o600)


def replace(path: Path) -> None:
    """Put another file of the same kind in its place."""
    path.write_bytes(path.read_bytes()[::-1])


FAULTS: Final[list[tuple[str, Callable[[Path], None], str]]] = [
    *((name, remove, "identity_missing") for name in SECRETS),
    *((name, empty, "identity_empty") for name in SECRETS),
    *((name, replace, "identity_other") for name in SECRETS if name != "vault/people.sqlite"),
    ("certs", remove, "identity_missing"),
    ("vault", remove, "identity_missing"),
    ("lodgekey.sqlite", remove, "identity_missing"),
    ("lodgekey.sqlite", empty, "identity_empty"),
]


@pytest.mark.parametrize("recorded", [True, False], ids=["recorded", "unrecorded"])
@pytest.mark.parametrize(("name", "fault", "code"), FAULTS, ids=lambda given: getattr(given, "__name__", str(given)))
def test_what_is_lost_of_a_used_folder_is_refused_by_name(
    used: Path, name: str, fault: Callable[[Path], None], code: str, recorded: bool
) -> None:
    if not recorded:
        if fault is replace:
            pytest.skip("without the record nothing tells that a file is another one")
        (used / RECORD).unlink()
    fault(used / name)
    before = sorted(used.rglob("*"))
    answer = start(used)
    assert (answer["code"], answer["exit_code"]) == ("identity_lost", 3)
    assert name in answer["sentence"]
    assert "renew-identity" in answer["what_to_do"]
    assert "lodgekey restore BACKUP" in answer["what_to_do"]
    made = {path.name for path in set(used.rglob("*")) - set(before)}
    assert made <= {"lodgekey.sqlite-wal", "lodgekey.sqlite-shm"}, "nothing is remade"
    found = [each for each in examine(Settings(folder=used), utc_now()) if each.check == "identity"]
    assert {(each.severity, each.code) for each in found} == {("bad", code)}


def test_an_empty_secret_of_links_is_refused_even_where_no_link_exists(tmp_path: Path) -> None:
    (tmp_path / "offers.secret").touch(mode=0o600)
    assert start(tmp_path)["code"] == "identity_lost"


def test_a_database_that_lost_its_rows_is_refused(used: Path) -> None:
    remove(used / "lodgekey.sqlite")
    database = Database(Settings(folder=used).database)
    database.migrate()
    database.close()
    assert start(used)["code"] == "identity_lost"


def test_a_record_that_is_damaged_does_not_hide_a_loss(used: Path) -> None:
    (used / RECORD).write_text("{")
    remove(used / "certs" / "command.key")
    assert start(used)["code"] == "identity_lost"


def test_a_fresh_folder_starts_and_so_does_the_used_one_afterwards(tmp_path: Path, used: Path) -> None:
    for folder in (tmp_path / "fresh", used):
        with serving(folder) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert json.loads(line)["ready"], line


MODES: Final = [
    ("", 0o755, 0o700),
    ("certs", 0o750, 0o700),
    ("vault", 0o755, 0o700),
    ("devices/lock-1", 0o755, 0o700),
    ("lodgekey.sqlite", 0o644, 0o600),
    ("vault/people.sqlite", 0o640, 0o600),
    ("certs/command.key", 0o604, 0o600),
    ("offers.secret", 0o644, 0o600),
]


@pytest.mark.parametrize(("name", "mode", "expected"), MODES)
def test_what_others_can_read_is_closed_at_start(used: Path, name: str, mode: int, expected: int) -> None:
    path = used / name
    path.chmod(mode)
    found = [each.code for each in examine(Settings(folder=used), utc_now()) if each.check == "folder"]
    assert found == ["folder_open" if path.is_dir() else "secret_open"]
    gateway = Gateway(Settings(folder=used), utc_now, identity=MemoryIdentity())
    gateway.database.close()
    gateway.vault.close()
    assert stat.S_IMODE(path.stat().st_mode) == expected


def test_what_may_not_be_closed_is_refused(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (used / "offers.secret").chmod(0o644)

    def forbidden(path: Path, _mode: int) -> None:
        raise PermissionError(1, "Operation not permitted", str(path))

    monkeypatch.setattr(Path, "chmod", forbidden)
    answer = start(used)
    assert (answer["code"], answer["what_to_do"]) == (
        "open_to_others",
        f"As its owner, run: chmod 600 {used / 'offers.secret'}",
    )


def renew(folder: Path, *options: str) -> tuple[dict[str, Any], int]:
    """The answer of `lodgekey certs renew-identity`, and its exit code."""
    command = ["certs", "renew-identity", "--folder", str(folder), "--json", *options]
    result = RUN.invoke(app, command, env=ENGLISH)
    return json.loads(result.stdout), result.exit_code


@pytest.mark.parametrize("name", [*SECRETS, *WHOLE])
def test_who_wants_to_go_on_without_confirms_and_starts_with_new_ones(used: Path, name: str) -> None:
    remove(used / name)
    refused, code = renew(used)
    assert (refused["code"], code, (used / name).exists()) == ("not_confirmed", 2, False)
    done, code = renew(used, "--yes")
    assert (code, done["lost"] != []) == (0, True)
    gateway = Gateway(Settings(folder=used), utc_now, identity=MemoryIdentity())
    gateway.database.close()
    gateway.vault.close()
    assert renew(used) == ({"lost": []}, 0)


def test_a_new_authority_names_the_devices_and_replaces_the_keys(used: Path) -> None:
    remove(used / "certs" / "credential.key")
    done, _ = renew(used, "--yes")
    assert (done["cost"]["devices"], done["cost"]["stays"]) == (["lock-1"], 1)
    database = Database(Settings(folder=used).database)
    with database.reading() as session:
        wanted = [key.desired for key in session.scalars(select(Key).order_by(Key.created_at, Key.desired.desc()))]
        assert sorted(wanted) == ["absent", "present"]
        assert len(session.scalars(select(Unit)).all()) == 1
    database.close()
    assert (Path(done["remains"]) / "command.key").exists(), "what was left is kept"


def test_a_gateway_that_runs_keeps_its_identity(used: Path) -> None:
    (used / "loops.json").write_text(json.dumps({"process": os.getpid(), "loops": {}}))
    answer, code = renew(used, "--yes")
    assert (answer["code"], code) == ("gateway_running", 3)


def test_a_generation_that_disappeared_is_not_taken_for_the_first(used: Path) -> None:
    gateway = Gateway(Settings(folder=used), utc_now, identity=MemoryIdentity())
    gateway.authority.advance_rotation()
    gateway.installation.note()
    gateway.database.close()
    gateway.vault.close()
    (used / "certs" / "generations.json").unlink()
    assert "certs/generations.json" in start(used)["sentence"]
