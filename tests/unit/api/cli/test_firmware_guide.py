"""The commands of docs/guides/firmware-updates.md, run in the order of the page."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from certs.publisher import PRIVATE_HALF, PUBLIC_HALF, make_publisher
from tests.architecture.source import ROOT
from tests.parts.world import World

RUN = CliRunner()
GUIDE = ROOT / "docs" / "guides" / "firmware-updates.md"


def commands() -> list[list[str]]:
    """Every command in a block of its own, without the program's name."""
    lines = GUIDE.read_text(encoding="utf-8").splitlines()
    return [line.split()[1:] for line in lines if line.startswith("lodgekey ")]


def test_every_command_of_the_guide_runs(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certs = world.folder / "certs"
    certs.mkdir(mode=0o700)
    make_publisher(certs)
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    monkeypatch.setenv("LODGEKEY_FOLDER", str(world.folder))
    for name in (PRIVATE_HALF, PUBLIC_HALF):
        shutil.copy(certs / name, name)
    Path("lock.bin").write_bytes(b"two")
    Path("next.bin").write_bytes(b"two point one")
    roll_out = ""
    assert len(commands()) == 11
    for words in commands():
        done = RUN.invoke(app, [*(roll_out if word == "ROLL_OUT" else word for word in words), "--json"])
        assert done.exit_code == 0, (words, done.output)
        roll_out = json.loads(done.stdout).get("roll_out", roll_out)
    shown = json.loads(RUN.invoke(app, ["firmware", "status", "--json"]).stdout)
    assert {image["version"] for image in shown["images"]} == {"2.0", "2.1"}
    assert [row["state"] for row in shown["roll_outs"]] == ["aborted"]


def test_firmware_is_not_published_without_a_publisher(world: World, tmp_path: Path) -> None:
    (tmp_path / "lock.bin").write_bytes(b"two")
    asked = ["firmware", "publish", str(tmp_path / "lock.bin"), "--version", "2.0", "--sequence", "2"]
    done = RUN.invoke(app, [*asked, "--folder", str(world.folder), "--json"])
    assert (done.exit_code, json.loads(done.stdout)["code"]) == (3, "no_publisher")
