"""What is published about a release says the same everywhere: version, support period, licence, contact."""

import re
import tomllib
from typing import Final

import pytest
from typer.testing import CliRunner

from api.cli.main import app
from gateway.operations.release import SUPPORTED_UNTIL, VERSION
from tests.architecture.source import ROOT

PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
MINOR: Final = VERSION.rpartition(".")[0]


def test_the_command_says_version_and_support_period() -> None:
    said = CliRunner().invoke(app, ["--version"], env={"LC_ALL": "C.UTF-8"})
    assert said.exit_code == 0
    assert said.output == f"lodgekey {PROJECT['version']}, security fixes until {SUPPORTED_UNTIL}\n"


@pytest.mark.parametrize("page", ["README.md", "SECURITY.md"])
def test_the_pages_name_the_same(page: str) -> None:
    text = (ROOT / page).read_text()
    assert re.findall(r"\d{4}-\d\d-\d\d", text) == [SUPPORTED_UNTIL]
    assert VERSION in text or f"| {MINOR} |" in text


def test_the_licence_is_the_one_that_is_declared() -> None:
    assert PROJECT["license"] == "Apache-2.0"
    assert PROJECT["license-files"] == ["LICENSE"]
    text = (ROOT / "LICENSE").read_text()
    assert re.search(r"Apache License\s+Version 2\.0, January 2004", text)
    assert all(f"   {n}. " in text for n in range(1, 10)), "the nine sections"
    assert "END OF TERMS AND CONDITIONS" in text
