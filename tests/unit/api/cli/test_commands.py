"""The operator's commands for fleets and registries, and error messages that name the remedy."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from api.cli import main as command
from api.cli.commands import registry
from api.cli.demo.seed import seed
from certs.enrolment.device_folder import read_device_folder
from gateway.settings import Settings
from gateway.store import Device, Registration, Unit
from gateway.store.database import Database
from tests.parts.world import FIELDS, NOW, World

RUN = CliRunner()


@pytest.fixture
def building(tmp_path: Path) -> Path:
    """Folder of a demonstration that was created and does not run."""
    seed(Settings(folder=tmp_path), broker_port=18883)
    return tmp_path


def test_many_locks_are_added_by_one_command(building: Path) -> None:
    result = RUN.invoke(command.app, ["device", "fleet", "5", "--folder", str(building), "--like", "HS7-203", "--json"])
    reported = json.loads(result.stdout)
    assert (reported["locks"], reported["running"]) == (5, False)
    folder = read_device_folder(building / "devices" / reported["last"])
    assert (folder.host, folder.port, folder.kind) == ("127.0.0.1", 18883, "lock")
    with Database(Settings(folder=building).database).reading() as session:
        device = session.get_one(Device, reported["first"])
        assert device.unit is not None
        model = session.query(Unit).filter_by(code="HS7-203").one()
        assert (device.unit.landlord_id, device.unit.jurisdiction) == (model.landlord_id, model.jurisdiction)


def test_fleets_do_not_collide(building: Path) -> None:
    first, second = (
        json.loads(RUN.invoke(command.app, ["device", "fleet", "2", "--folder", str(building), "--json"]).stdout)
        for _ in range(2)
    )
    assert len({first["first"], first["last"], second["first"], second["last"]}) == 4


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["2", "--like", "NOWHERE"], "There is no unit with the code NOWHERE."),
        (["0"], "greater than or equal to 1"),
    ],
)
def test_a_fleet_that_cannot_be_is_refused(building: Path, arguments: list[str], sentence: str) -> None:
    result = RUN.invoke(command.app, ["device", "fleet", *arguments, "--folder", str(building)])
    assert result.exit_code == 2
    assert sentence in " ".join(result.output.replace("│", "").split())


def test_no_building_is_said_to_be_none(tmp_path: Path) -> None:
    result = RUN.invoke(command.app, ["device", "fleet", "1", "--folder", str(tmp_path)])
    assert result.exit_code == 3
    assert "lodgekey demo" in result.stderr


def ask(world: World, *arguments: str) -> tuple[int, str]:
    """`lodgekey registry …` on the world's folder: exit code and output."""
    settings = {"LODGEKEY_REGISTRIES": '{"es": {"url": "https://registry.example"}}'}
    result = RUN.invoke(command.app, ["registry", *arguments, "--folder", str(world.folder)], env=settings)
    return result.exit_code, result.stdout


def test_registries_are_listed_with_what_was_filed(world: World) -> None:
    world.tenant()
    _, reported = ask(world, "list", "--json")
    assert json.loads(reported) == [
        {"registry": "es", "set_up": True, "records": {}},
        {"registry": "sandbox", "set_up": False, "records": {"queued": 1}},
    ]
    assert "1 queued" in ask(world, "list")[1]


def test_what_is_queued_to_registries_is_listed_and_a_late_one_is_an_error(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.tenant()
    with world.database.writing() as session:
        session.scalars(select(Registration)).one().deadline_at = NOW + 60
    monkeypatch.setattr(registry, "utc_now", lambda: NOW)
    code, reported = ask(world, "open", "--json")
    (row,) = json.loads(reported)
    assert (code, row["standing"], row["state"], row["registry"]) == (0, "in_time", "queued", "sandbox")
    monkeypatch.setattr(registry, "utc_now", lambda: NOW + 61)
    code, reported = ask(world, "open")
    assert code == 1
    assert "late" in reported
    assert FIELDS["surname"] not in reported


def test_every_command_of_the_field_is_there() -> None:
    listed = RUN.invoke(command.app, ["--help"]).stdout
    assert {
        name for name in ("serve", "demo", "device", "registry", "audit", "doctor", "db") if name not in listed
    } == set()
    assert "--install-completion" in listed


@pytest.mark.parametrize("asked", [["--help"], ["simulate", "--help"]])
def test_a_command_starts_without_the_libraries_of_the_others(asked: list[str]) -> None:
    code = (
        f"import sys\nsys.argv[1:] = {asked!r}\nfrom api.cli.main import app\ntry: app()\nfinally: print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "simulate" in done.stdout
    assert {"sqlalchemy", "alembic", "fastapi", "numpy"}.isdisjoint(done.stdout.split())
