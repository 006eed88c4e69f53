"""The commands of the guide on backups, in its order: as an operator types them, against a gateway's folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.bootstrap import Gateway
from gateway.settings import Settings
from gateway.store import Account
from tests.architecture.source import ROOT
from tests.parts.identity import MemoryIdentity
from tests.parts.world import NOW, World

pytestmark = pytest.mark.slow


def commands() -> list[str]:
    """The `sh` blocks of the guide, in order."""
    found: list[str] = []
    inside = False
    for line in (ROOT / "docs/guides/backup.md").read_text(encoding="utf-8").splitlines():
        if line.strip().startswith("```"):
            inside = line.strip() == "```sh"
        elif inside:
            found.append(line.strip())
    return found


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

    program = tmp_path / "bin" / "lodgekey"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m api.cli.main "$@"\n')
    program.chmod(0o755)
    (tmp_path / "elsewhere").mkdir()
    environment = os.environ | {
        "LODGEKEY_FOLDER": str(folder),
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
    }
    (tmp_path / "etc/lodgekey").mkdir(parents=True)
    (tmp_path / "etc/lodgekey/lodgekey.env").write_text("LODGEKEY_PUBLIC_URL=https://keys.example.org\n")
    script = "set -e\n" + "\n".join(commands()).replace(" /etc/", f" {tmp_path}/etc/")
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
