"""The software bill of materials of a release: CycloneDX 1.6, validated against the schema that its library has."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tooling.release.locked import ROOT, installed_everywhere, normalised

MADE_BY: Final = "cyclonedx_py"
ASKED: Final = "environment --pyproject pyproject.toml --output-reproducible --sv 1.6 --no-validate"


class BomInvalid(Exception):
    """The bill is not valid by the schema; the text says where."""


def bill_of_materials(environment: dict[str, str]) -> str:
    """Return the bill: name, version, licences and dependencies of what an installation on this platform gets.

    Raises BomInvalid.
    """
    command = [sys.executable, "-m", MADE_BY, *ASKED.split(), "-o", "-", sys.executable]
    made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    bill = without_development(json.loads(made.stdout))
    text = json.dumps(bill, indent=1, sort_keys=True) + "\n"
    if (error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)) is not None:
        raise BomInvalid(str(error))
    return text


def without_development(bill: dict[str, Any]) -> dict[str, Any]:
    """Return a bill of this environment without what is only here for development."""
    names = {package["name"] for package in installed_everywhere()}
    kept = [_facts(part) for part in bill["components"] if normalised(part["name"]) in names]
    refs = {part["bom-ref"] for part in kept} | {bill["metadata"]["component"]["bom-ref"]}
    graph = [
        {**node, "dependsOn": [ref for ref in node.get("dependsOn", ()) if ref in refs]}
        for node in bill["dependencies"]
        if node["ref"] in refs
    ]
    return {**bill, "components": kept, "dependencies": graph}


def write_bom(folder: Path, environment: dict[str, str], version: str) -> Path:
    """Write the bill beside the other files of a release; return its path."""
    path = folder / f"lodgekey-{version}.cdx.json"
    path.write_text(bill_of_materials(environment))
    return path


def _facts(part: dict[str, Any]) -> dict[str, Any]:
    """A component without addresses of web pages, and of files on this machine."""
    return {name: value for name, value in part.items() if name != "externalReferences"}
