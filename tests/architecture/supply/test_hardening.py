"""What confines the deployed gateway: the systemd unit, measured by systemd itself, and the container files."""

import re
import shutil
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from api.app import create_app
from tests.architecture.source import PRODUCT, ROOT, tracked

DEPLOY: Final = ROOT / "tooling" / "deploy"
UNIT: Final = DEPLOY / "lodgekey.service"
DOCKERFILE: Final = (DEPLOY / "Dockerfile").read_text()
SERVICES: Final[dict[str, Any]] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
PINNED: Final = re.compile(r"[a-z-]+:[a-z0-9.-]+@sha256:[0-9a-f]{64}")
THRESHOLD: Final = "20"  # an exposure of 2.0 of 10
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")


def exposure(unit: Path) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={THRESHOLD}", "--no-pager", str(unit)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@needs_systemd
def test_systemd_finds_the_service_confined() -> None:
    looked = exposure(UNIT)
    assert looked.returncode == 0, looked.stdout + looked.stderr


@needs_systemd
def test_systemd_would_not_without_the_filter_of_system_calls(tmp_path: Path) -> None:
    (tmp_path / UNIT.name).write_text(re.sub(r"(SystemCall|Restrict)\w+=.*\n", "", UNIT.read_text()))
    assert exposure(tmp_path / UNIT.name).returncode != 0


@pytest.mark.parametrize("bound", ["LimitNOFILE", "LimitCORE", "MemoryMax", "MemorySwapMax", "TasksMax"])
def test_the_service_is_bounded(bound: str) -> None:
    (value,) = re.findall(rf"^{bound}=(\w+)$", UNIT.read_text(), re.MULTILINE)
    assert value != "infinity"


def test_images_are_named_by_digest() -> None:
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    images += [service["image"] for service in SERVICES.values() if "image" in service]
    assert len(images) == len(SERVICES)
    assert [image for image in images if not PINNED.fullmatch(image)] == []


def test_docker_asks_an_address_that_the_gateway_answers() -> None:
    ((port, path),) = re.findall(r"HEALTHCHECK .*\\\n CMD .*http://127\.0\.0\.1:(\d+)(/\w+)", DOCKERFILE)
    assert f"EXPOSE {port}\n" in DOCKERFILE
    assert f'"{path}"' in Path(create_app.__code__.co_filename).read_text()


def sent(path: str) -> bool:
    """Whether .dockerignore lets a path into the image: the last pattern that matches it or its folder decides."""
    kept = True
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#"):
            pattern = line.removeprefix("!").removeprefix("**/")
            parts = path.split("/")
            tops = ["/".join(parts[: n + 1]) for n in range(len(parts))]
            names = parts if "**/" in line else tops
            if any(fnmatchcase(name, pattern) for name in names):
                kept = line.startswith("!")
    return kept


def test_the_image_gets_the_program_and_nothing_else() -> None:
    needed = {str(path) for path in tracked() if path.parts[0] in PRODUCT}
    needed |= {"pyproject.toml", "uv.lock", "README.md", "LICENSE"}
    assert {str(path) for path in tracked() if sent(str(path))} == needed


@pytest.mark.parametrize(
    "secret", [".git/config", ".data/demo/certs/ca.key", ".venv/bin/python", "dist/signing.key", "id_ed25519", ".env"]
)
def test_nothing_private_gets_into_the_image(secret: str) -> None:
    assert not sent(secret)
