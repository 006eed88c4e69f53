"""The commands of the guide on backups, in its order: as an operator types them, against a gateway's folder."""

import os
import subprocess
from pathlib import Path

import pytest

from gateway.bootstrap import Gateway
from gateway.settings import Settings
from gateway.store import Account
from tests.integration.gateway.operations.backup.guides import blocks, path_with_program
from tests.parts.identity import MemoryIdentity
from tests.parts.world import NOW, World

pytestmark = pytest.mark.slow


def test_an_operator_who_follows_the_guide_has_the_gateway_back(tmp_path: Path) -> None:
    folder = tmp_path / "lodgekey"
    gateway = Gateway(Settings(folder=folder), lambda: NOW, identity=MemoryIdentity())
    world = World(folder, gateway.database, gateway.keyring)
    world.landlord_id, world.unit_id = world.add_unit("101", "lock-1")
    key = world.tenant()
    with gateway.database.writing() as session:
        session.add(Account(role="officer", login="gone", password_hash="", name="Gone", area="37", ended_at=NOW))
    gateway._note()
    gateway.database.close()
    gateway.vault.close()

    (tmp_path / "elsewhere").mkdir()
    environment = os.environ | {"LODGEKEY_FOLDER": str(folder), "PATH": path_with_program(tmp_path)}
    environment["LC_ALL"] = "C.UTF-8"
    (tmp_path / "etc/lodgekey").mkdir(parents=True)
    (tmp_path / "etc/lodgekey/lodgekey.env").write_text("LODGEKEY_PUBLIC_URL=https://keys.example.org\n")
    script = "set -e\n" + "\n".join(line for block in blocks("backup") for line in block).replace(
        " /etc/", f" {tmp_path}/etc/"
    )
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "can be restored" in done.stdout
    assert "Everybody has to sign in again" in done.stdout
    assert (tmp_path / "lodgekey.lost" / "certs").is_dir()

    again = Gateway(Settings(folder=folder), lambda: NOW, identity=MemoryIdentity())
    back = World(folder, again.database, again.keyring)
    assert back.key(key.id).credential == key.credential
    again.database.close()
    again.vault.close()
