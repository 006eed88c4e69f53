"""Enrolment of other makers' locks, and the core without their libraries installed."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from certs.authority.ca import Authority
from devices.drivers import DRIVERS
from devices.drivers.vendor import RadioDriver
from gateway.domain.errors import Conflict, InputRefused
from gateway.fleet.enrolment import enrol_device, revoke_device, revoked_devices
from gateway.integrations.vendor_locks import secrets_needed, secrets_of, take_into_service
from gateway.store import Device
from gateway.store.database import Database
from tests.parts.world import World


def take(world: World, driver: str, device: str = "front-door", **secrets: str) -> None:
    with world.database.writing() as session:
        folder = world.folder
        take_into_service(session, folder, driver=driver, device=device, site="home", unit=None, secrets=secrets)


def test_another_makers_lock_has_no_certificate_of_ours_and_is_kept_off_no_broker(world: World) -> None:
    take(world, "nuki", "3a4b5c6d")
    with world.database.writing() as session:
        revoke_device(session, "3a4b5c6d", world.now)
        row = session.get_one(Device, "3a4b5c6d")
        assert (row.public_key, row.certificate_serial, row.revoked_at) == (b"", "", world.now)
        assert [device for device in revoked_devices(session, world.now) if device.device == row.id] == []


def test_a_locks_secrets_must_all_be_there_and_are_found_again(world: World) -> None:
    with pytest.raises(InputRefused, match="encryption_key"):
        take(world, "switchbot", address="C1:00:00:00:00:01", key_id="1a")
    take(world, "switchbot", address="C1:00:00:00:00:01", key_id="1a", encryption_key="00" * 16)
    assert secrets_of(world.folder / "vendor-locks", "front-door")["key_id"] == "1a"
    with pytest.raises(KeyError):
        secrets_of(world.folder / "vendor-locks", "another-door")


def test_an_id_is_used_once_and_only_where_it_is_one_of_ours(world: World) -> None:
    take(world, "zigbee2mqtt")
    with pytest.raises(Conflict):
        take(world, "nuki")
    with pytest.raises(InputRefused):
        take(world, "nuki", "../../etc")


def test_another_makers_lock_never_gets_a_certificate(world: World, tmp_path: Path) -> None:
    take(world, "nuki", "3a4b5c6d")
    authority = Authority.open(tmp_path / "authority", lambda: int(time.time()))
    with world.database.writing() as session, pytest.raises(Conflict):
        enrol_device(
            session, authority, tmp_path / "out", site="home", device="3a4b5c6d", kind="lock", unit=None,
            host="127.0.0.1", port=1,
        )  # fmt: skip


def test_the_command_says_what_the_lock_can_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LODGEKEY_FOLDER", str(tmp_path / "data"))
    assert CliRunner().invoke(app, ["db", "migrate"]).exit_code == 0
    said = CliRunner().invoke(app, ["device", "add", "3a4b5c6d", "--driver", "nuki", "--site", "home", "--json"])
    assert json.loads(said.stdout) == {"device": "3a4b5c6d", "driver": "nuki", "abilities": ["lock", "unlock"]}
    refused = CliRunner().invoke(app, ["device", "add", "x", "--driver", "unheard-of", "--site", "home"])
    assert refused.exit_code == 2
    database = Database(f"sqlite:///{tmp_path / 'data' / 'lodgekey.sqlite'}")
    with database.reading() as session:
        assert session.get_one(Device, "3a4b5c6d").driver == "nuki"
    database.close()


def test_every_driver_on_the_radio_says_which_secrets_it_takes() -> None:
    for name, kind in DRIVERS.items():
        assert ("address" in secrets_needed(name)) == issubclass(kind, RadioDriver)


def test_the_core_starts_without_any_makers_library() -> None:
    libraries = ["switchbot", "pysesame_ble", "yalexs_ble", "pyNukiBT", "nacl", "construct"]
    code = f"import sys; sys.modules.update(dict.fromkeys({libraries!r})); import gateway.bootstrap, api.cli.main"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
