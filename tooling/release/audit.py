"""Looks for known weaknesses of the locked packages: python -m tooling.release.audit

Exit code 0: none is known. 1: some are. 2: no database could be reached, or it does not know the packages, so that
nothing was checked. pip-audit itself answers 0 in the last case.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from tooling.release.locked import all_locked, installed_everywhere

SERVICES: Final = ("pypi", "osv")
GOOD, WEAK, UNCHECKED = 0, 1, 2
Answer = dict[str, Any]


def ask(service: str, requirements: Path) -> list[Answer] | None:
    """Return what a database knows of each package, or None where it cannot be reached."""
    asked = ["--requirement", str(requirements), "--disable-pip", "--no-deps", "--vulnerability-service", service]
    command = [sys.executable, "-m", "pip_audit", *asked, "--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        answers: list[Answer] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return None
    return answers


def judge(answers: list[Answer] | None) -> tuple[int, list[str]]:
    """Return the exit code for what a database said, and the lines that say why."""
    checked = [each for each in answers or () if "skip_reason" not in each]
    if answers is None or not checked:
        return UNCHECKED, ["no database of known weaknesses could be reached: nothing was checked"]
    weak = [f"{each['name']} {each['version']}: {flaw['id']}" for each in checked for flaw in each["vulns"]]
    lines = [f"{len(checked)} of {len(answers)} packages were checked, {len(weak)} weaknesses are known", *weak]
    skipped = [each["name"] for each in answers if "skip_reason" in each]
    return WEAK if weak else GOOD, lines + ([f"not checked: {', '.join(skipped)}"] if skipped else [])


def audit(*, development: bool = False) -> tuple[int, list[str]]:
    """Ask one database after the other until one answers."""
    packages = all_locked() if development else installed_everywhere()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "requirements.txt"
        path.write_text("\n".join(sorted({f"{each['name']}=={each['version']}" for each in packages})))
        for service in SERVICES:
            code, lines = judge(ask(service, path))
            if code != UNCHECKED:
                break
    return code, lines


if __name__ == "__main__":
    exit_code, said = audit(development="--development" in sys.argv)
    sys.stdout.write("\n".join(said) + "\n")
    sys.exit(exit_code)
