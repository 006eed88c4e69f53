"""A release, built from the commit: two builds are equal, and a stranger verifies it with OpenSSH and coreutils."""

import hashlib
import json
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from gateway.operations.release import VERSION
from tests.architecture.source import ROOT
from tooling.release.__main__ import build, sign
from tooling.release.locked import installed_everywhere, normalised

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="OpenSSH's ssh-keygen is not on this machine"),
]
KEY = "lodgekey-release"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the signed files of a release, and the key that signed it."""
    folder = tmp_path_factory.mktemp("release")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / KEY)], check=True)
    sign(build(folder), folder / KEY)
    return folder


def verify(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the commands that SECURITY.md gives, in a folder with the files of a release."""
    text = (ROOT / "SECURITY.md").read_text().split("## Verify a release")[1].split("\n## ")[0]
    commands = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    assert len(commands) == 3
    return subprocess.run(["sh", "-ec", "\n".join(commands)], cwd=folder, capture_output=True, text=True, check=False)


def test_two_builds_are_equal(release: Path, tmp_path: Path) -> None:
    again = {path.name: path.read_bytes() for path in build(tmp_path)}
    assert {name: (release / name).read_bytes() == content for name, content in again.items()} == dict.fromkeys(
        again, True
    )
    assert len(again) == 3


def test_the_commands_of_the_page_verify_it(release: Path) -> None:
    done = verify(release)
    assert done.returncode == 0, done.stderr
    assert f"lodgekey-{VERSION}-py3-none-any.whl: OK" in done.stdout


@pytest.mark.parametrize("name", ["SHA256SUMS", f"lodgekey-{VERSION}.tar.gz"])
def test_and_refuse_an_altered_one(release: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(release, tmp_path / "altered")
    with (tmp_path / "altered" / name).open("ab") as file:
        file.write(b"\n")
    assert verify(tmp_path / "altered").returncode != 0


def test_the_wheel_has_the_program_its_texts_and_its_licence(release: Path) -> None:
    with zipfile.ZipFile(next(release.glob("*.whl"))) as wheel:
        names = wheel.namelist()
        metadata = next(wheel.read(name).decode() for name in names if name.endswith("/METADATA"))
    assert {"api/cli/main.py", "api/web/templates/shared/base.html", "gateway/store/migrations/env.py"} <= {*names}
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    assert not any(name.startswith(("tests/", "tooling/")) for name in names)
    assert "License-Expression: Apache-2.0" in metadata


def test_the_sdist_has_what_is_under_git_and_nothing_else(release: Path) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    with tarfile.open(next(release.glob("*.tar.gz"))) as sdist:
        names = {member.name.partition("/")[2] for member in sdist.getmembers() if member.isfile()}
    assert names - {"PKG-INFO"} <= {*listed}
    assert "uv.lock" in names


def test_the_bill_names_each_package_that_an_installation_here_gets_with_its_licence(release: Path) -> None:
    bill: dict[str, Any] = json.loads((release / f"lodgekey-{VERSION}.cdx.json").read_text())
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "lodgekey")
    parts = {normalised(part["name"]): part["version"] for part in bill["components"]}
    locked = [package for package in installed_everywhere() if package["name"] in parts]
    assert {package["name"] for package in locked if package["version"] == parts[package["name"]]} == parts.keys()
    assert len(parts) > 100
    assert {part["name"] for part in bill["components"] if "licenses" not in part} <= {"dlib-bin", "protobuf", "pyrage"}


def test_the_sums_are_those_of_the_files(release: Path) -> None:
    for line in (release / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((release / name).read_bytes()).hexdigest() == digest
