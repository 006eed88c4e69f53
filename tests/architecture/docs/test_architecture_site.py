"""The documentation builds without warnings; names used in it and in the deployment files exist in the code."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from gateway.settings import Settings
from tests.architecture.source import ROOT

DEPLOY = ROOT / "tooling" / "deploy"
NAMED = [*(ROOT / "docs" / "guides").glob("*.md"), *DEPLOY.iterdir(), ROOT / "README.md"]
NOT_OURS = {"LODGEKEY_"}  # the prefix of the environment variables, LODGEKEY_…


def test_the_pages_build_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "docs", str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    pages = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}
    assert {page for page in pages if not (tmp_path / page).exists()} == set()


@pytest.mark.parametrize("path", NAMED, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    named = set(re.findall(r"LODGEKEY_[A-Z_]*", path.read_text(encoding="utf-8")))
    known = {f"LODGEKEY_{name.upper()}" for name in Settings.model_fields}
    unknown = {name for name in named if name.split("__")[0] not in known | NOT_OURS}
    assert unknown == set()


def test_the_containers_share_what_they_have_to_share() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert set(services) == {"gateway", "broker", "database"}
    assert "broker:/broker" in services["gateway"]["volumes"]
    assert "broker:/broker" in services["broker"]["volumes"]
    assert (
        services["gateway"]["user"] == services["broker"]["user"]
    )  # both containers read and write the same files of mode 0600
    assert "ports" not in services["database"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "lodgekey.service"
    text = (DEPLOY / "lodgekey.service").read_text()
    unit.write_text(text.replace("/opt/lodgekey/.venv/bin/lodgekey", "/bin/true"))
    looked = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert [line for line in looked.stderr.splitlines() if "lodgekey.service" in line] == []
    assert looked.returncode == 0
