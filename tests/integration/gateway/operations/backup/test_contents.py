"""Every file that a gateway keeps in its folder is in the backup, or is left out by name, with the reason."""

import ast
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final, cast

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from gateway.bootstrap import Gateway
from gateway.domain.filings.record import Registry
from gateway.integrations.vendor_locks import SECRETS, secrets_needed, secrets_of, take_into_service
from gateway.operations.backup.contents import KINDS, PLACED, files_of, kind_of, unknown_files
from gateway.operations.backup.manifest import DATABASE
from gateway.operations.clock_state import accept_clock
from gateway.operations.installation import MASTER, PEOPLE, RECORD
from gateway.operations.registry_tables import RegistryTables
from gateway.registries.croatia.lookups import CROSSINGS
from gateway.registries.fetched_tables import Entries, forget, kept
from gateway.settings import Settings
from gateway.store import Account
from tests.architecture.source import python_files, tree_of
from tests.integration.gateway.operations.backup.conftest import Safe
from tests.parts.identity import MemoryIdentity
from tests.parts.world import LOCK, NOW, World

# Module that writes files → some that it writes into the gateway's folder; none where it writes elsewhere.
WRITERS: Final[dict[str, tuple[str, ...]]] = {
    "certs/authority/ca.py": ("certs/command.key",),
    "certs/authority/generations.py": ("certs/generation-2/issuing.pem", "certs/generations.json"),
    "certs/enrolment/claim_file.py": (),  # a device's own folder
    "certs/enrolment/device_folder.py": (),  # a device's own folder
    "certs/files.py": ("certs/.root.key.0123abcd",),
    "certs/keys.py": ("certs/root.key",),
    "certs/publisher.py": ("certs/publisher.key", "certs/publisher.pem"),
    "gateway/bootstrap.py": ("certs/log.key", "offers.secret"),
    "gateway/broker/certificates.py": ("certs/gateway.key", "certs/gateway.pem", "certs/ca.pem"),
    "gateway/broker/config.py": ("broker/acl",),
    "gateway/broker/disconnect.py": (),  # a temporary folder
    "gateway/broker/embedded.py": ("broker/lock", "broker/pid", "broker/mosquitto.db"),
    "gateway/broker/external.py": (),  # the folder of the operator's broker
    "gateway/fleet/rotation.py": ("certs/followed.json",),
    "gateway/integrations/vendor_locks.py": ("vendor-locks/lock-1.json",),
    "gateway/operations/backup/archive.py": (),  # wherever the operator says
    "gateway/operations/backup/ended.py": ("ended.jsonl",),
    "gateway/operations/backup/making.py": (".backup-1/0/certs/root.key",),
    "gateway/operations/backup/restoring.py": (".restoring/offers.secret", ".lodgekey.sqlite.restoring"),
    "gateway/operations/backup/settling.py": ("offers.secret",),
    "gateway/operations/clock_state.py": ("clock.json", "clock-accepted"),
    "gateway/operations/installation.py": ("installation.json",),
    "gateway/operations/registry_tables.py": ("registry-tables.json",),
    "gateway/operations/renewal.py": ("lost-1760000000/certs/root.key", "offers.secret"),
    "gateway/store/database.py": ("lodgekey.sqlite", "lodgekey.sqlite-wal"),
    "gateway/store/disk_space.py": ("reserve",),
    "gateway/store/sealing.py": ("vault/people.sqlite", "vault/people.sqlite-shm", "vault/master.key"),
    "gateway/supervision.py": ("loops.json", "loops.new"),
}
WRITING: Final = {"write_atomic", "write_private", "write_text", "write_bytes", "secret_at", "key_at", "touch"}


def writes_files(module: ast.Module) -> bool:
    """Whether a module has a call that creates a file."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called.rpartition(".")[2] in WRITING | {"copyfile", "save_private_key"} or called == "sqlite3.connect":
                return True
        if isinstance(node, ast.Attribute) and node.attr == "O_CREAT":
            return True
    return False


def test_a_module_that_begins_to_write_files_says_which() -> None:
    found = {str(path) for path in python_files("gateway", "certs", "devices") if writes_files(tree_of(path))}
    assert found == set(WRITERS)
    assert [name for names in WRITERS.values() for name in names if kind_of(name) is None] == []


def test_what_is_left_out_has_a_reason() -> None:
    assert [kind.pattern for kind in KINDS if (kind.part is None) != bool(kind.reason)] == []
    assert kind_of("notes.txt") is None


class Tables:
    """A registry whose account reads one table."""

    async def read_tables(self) -> dict[str, Entries]:
        return {CROSSINGS: (("201", "Split"),)}


@pytest.fixture
async def used(tmp_path: Path) -> AsyncIterator[Path]:
    """The folder of a gateway that has written each kind of file that a backup holds."""
    folder = tmp_path / "gateway"
    gateway = Gateway(Settings(folder=folder), identity=MemoryIdentity())
    world = World(folder, gateway.database, gateway.keyring)
    world.landlord_id, world.unit_id = world.add_unit("101", LOCK)
    world.tenant()
    await gateway.rotation.follow()
    gateway.authority.advance_rotation()
    secrets = dict.fromkeys(secrets_needed("sesame"), "x")
    with gateway.database.writing() as session:
        session.add(Account(role="officer", login="gone", password_hash="", name="Gone", area="37", ended_at=NOW))
        given: dict[str, Any] = {"driver": "sesame", "device": "sesame-1", "site": "house-1"}
        take_into_service(session, folder, **given, unit=None, secrets=secrets)
    await RegistryTables(folder, {"hr": cast("Registry", Tables())}).read()
    gateway._note()
    accept_clock(folder, NOW)
    yield folder
    forget()
    gateway.database.close()
    gateway.vault.close()


def test_every_file_of_a_used_folder_is_known(used: Path) -> None:
    assert unknown_files(used) == []
    names = [path.relative_to(used).as_posix() for path in used.rglob("*") if path.is_file()]
    held = {kind.pattern for name in names if (kind := kind_of(name)) is not None and kind.part is not None}
    assert held == {kind.pattern for kind in KINDS if kind.part is not None}, "each kind that a backup holds is there"


def test_each_is_in_the_backup_and_back_in_its_place(used: Path, safe: Safe, tmp_path: Path) -> None:
    manifest = safe.keep(used)
    assert set(manifest.files["vault"]) == {MASTER, PEOPLE}
    assert set(manifest.files["data"]) == {*files_of(used, "data"), DATABASE}
    safe.restore(tmp_path / "new")
    changed = {PEOPLE, RECORD}  # opened by SQLite; brought up to date
    for name in {*files_of(used, "data"), *files_of(used, "vault")} - changed:
        assert (tmp_path / "new" / name).read_bytes() == (used / name).read_bytes(), name
    assert secrets_of(tmp_path / "new" / SECRETS, "sesame-1") == dict.fromkeys(secrets_needed("sesame"), "x")
    forget()
    RegistryTables(tmp_path / "new", {"hr": cast("Registry", Tables())})
    assert kept(CROSSINGS) == (("201", "Split"),)
    assert {path.name for path in (tmp_path / "new").iterdir()} <= {*PLACED, "lodgekey.sqlite"}


def test_what_is_not_the_gateways_is_named(used: Path, safe: Safe) -> None:
    (used / "notes.txt").write_text("mine")
    command = ["backup", "create", "--out", str(safe.file), "--recipient", safe.recipient, "--folder", str(used)]
    done = CliRunner().invoke(app, [*command, "--json"])
    assert json.loads(done.stdout)["left_out"] == ["notes.txt"]
    safe.file.unlink()
    assert "notes.txt" in CliRunner().invoke(app, command, env={"LC_ALL": "C.UTF-8"}).stdout
