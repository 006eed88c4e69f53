"""Import rules between packages."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, imported_by, python_files, text_of, tracked

SEAMS = {
    "aiohttp": {
        "api/client.py",
        "firmware_sim/client.py",
        "gateway/outbound/http.py",
        "gateway/outbound/public_addresses.py",
    },
    "httpx": set[str](),
    "requests": set[str](),
    "paho": {"devices/links/mqtt.py"},
    "bleak": {"devices/links/ble.py", "devices/links/radio.py"},
    "bumble": set[str](),
    "dlib": set[str](),
}
HTTP_CLIENTS = {  # one HTTP client, imported by one file per program; httpx is for in-process tests
    "aiohttp": {
        "api/client.py",
        "firmware_sim/client.py",
        "gateway/outbound/http.py",
        "gateway/outbound/public_addresses.py",
    },
    "httpx": set[str](),
    "requests": set[str](),
    "urllib.request": set[str](),
    "http.client": set[str](),
}


def test_the_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("library", sorted(SEAMS))
def test_a_library_is_known_to_its_seam_only(library: str) -> None:
    outside = {
        str(path)
        for path in python_files("api", "certs", "devices", "gateway")
        if any(name.split(".")[0] == library for name in imported_by(path))
    }
    assert outside <= SEAMS[library]


@pytest.mark.parametrize("library", sorted(HTTP_CLIENTS))
def test_http_is_sent_by_the_one_client(library: str) -> None:
    importing = {
        str(path)
        for path in python_files("api", "benchmarks", "certs", "devices", "firmware_sim", "gateway")
        if any(f"{name}.".startswith(f"{library}.") for name in imported_by(path))
    }
    assert importing == HTTP_CLIENTS[library]


def test_only_tests_import_tests() -> None:
    guilty = [
        str(path)
        for path in python_files("api", "certs", "devices", "gateway", "firmware_sim")
        if any(name.split(".")[0] in ("tests", "benchmarks") for name in imported_by(path))
    ]
    assert guilty == []


def test_every_import_of_a_script_leads_to_a_file() -> None:
    imports = [
        (path, named)
        for path in tracked("api/*.js")
        for named in re.findall(r'(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]+)"', text_of(path))
    ]
    assert len(imports) > 10, "they were read"
    assert [(str(path), named) for path, named in imports if not (ROOT / path.parent / named).is_file()] == []
