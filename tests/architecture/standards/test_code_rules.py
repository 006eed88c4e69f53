"""What the product's source never does: the linter's security rules are on, and what would break one is found."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

from tests.architecture.source import ROOT, imported_by, python_files, text_of, tracked

PRODUCT: Final = ("api", "certs", "devices", "gateway")
# rule of flake8-bandit, as ruff implements it -> source that breaks it
BROKEN: Final = {
    "S102": "exec(given)",
    "S103": "os.chmod(given, 0o777)",
    "S301": "pickle.loads(given)",
    "S304": "Cipher(algorithms.ARC4(given), None)",
    "S305": "Cipher(given, modes.ECB())",
    "S307": "eval(given)",
    "S311": "token = random.random()",
    "S314": "xml.etree.ElementTree.fromstring(given)",
    "S323": "ssl._create_unverified_context()",
    "S324": "hashlib.md5(given)",
    "S501": "httpx.get(given, verify=False)",
    "S506": "yaml.load(given)",
    "S602": "subprocess.run(given, shell=True)",
    "S605": "os.system(given)",
    "S608": 'query = f"SELECT name FROM unit WHERE code = {given}"',
    "S701": "jinja2.Environment()",
}
IMPORTS: Final = (
    "import hashlib, httpx, jinja2, os, pickle, random, ssl, subprocess, xml.etree.ElementTree, yaml\n"
    "from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes\n"
)
NOT_CHECKED: Final = {"S104", "S603", "S607"}  # addresses to listen on, and child processes by fixed argument lists
# a program replaces this one, and migrations whose statements name tables by constants
EXCEPTIONS: Final = {
    "api/cli/commands/simulate.py": 1,
    "gateway/domain/accounts/one_time_code.py": 1,
    "gateway/store/migrations/versions/second_ten/0016_destinations_of_a_unit.py": 1,
    "gateway/store/migrations/versions/second_ten/0019_alert_subscriptions_of_officers.py": 3,
}
# What a library of this kind would bring, and requirements ask about: none is used.
ABSENT: Final = {
    "GraphQL": ("ariadne", "graphene", "graphql", "strawberry"),
    "LaTeX": ("latex", "pylatex"),
    "LDAP": ("ldap", "ldap3"),
    "markup of users": ("bleach", "markdown", "markdown_it", "mistune", "nh3"),
    "memcache": ("aiomcache", "memcache", "pylibmc", "pymemcache"),
    "SAML": ("onelogin", "saml2"),
    "WebRTC": ("aioice", "aiortc"),
    "WebSocket": ("websocket", "websockets", "wsproto"),
}


# Modules that make an account: the operator's commands, the team's owner, an officer whom a provider names, the demo.
MAKES_ACCOUNTS: Final = {
    "api/cli/demo/seed.py",
    "gateway/journey/accounts/operator.py",
    "gateway/journey/accounts/sign_in.py",
    "gateway/journey/accounts/staff.py",
}


def ruff(*arguments: str, source: str | None = None) -> subprocess.CompletedProcess[str]:
    """ruff by this project's configuration."""
    command = [sys.executable, "-m", "ruff", "check", *arguments]
    return subprocess.run(command, cwd=ROOT, input=source, capture_output=True, text=True, check=False)


def test_the_linter_finds_what_breaks_a_security_rule() -> None:
    source = IMPORTS + "def broken(given):\n" + "".join(f"    {line}\n" for line in BROKEN.values())
    found: list[dict[str, Any]] = json.loads(
        ruff("--output-format", "json", "--stdin-filename", "gateway/broken.py", "-", source=source).stdout
    )
    assert set(BROKEN) <= {fault["code"] for fault in found}


def test_the_linter_finds_nothing_in_the_product() -> None:
    looked = ruff(*PRODUCT)
    assert looked.returncode == 0, looked.stdout


def test_no_security_rule_is_switched_off() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in rules["select"]
    assert {rule for rule in rules["ignore"] if rule.startswith("S")} == NOT_CHECKED
    looser = {path for path, codes in rules["per-file-ignores"].items() if any(code.startswith("S") for code in codes)}
    assert looser == {"tests/**", "benchmarks/**", "firmware_sim/**"}
    counted = {str(path): len(re.findall(r"noqa: S\d", text_of(path))) for path in python_files(*PRODUCT)}
    assert {name: count for name, count in counted.items() if count} == EXCEPTIONS


@pytest.mark.parametrize("kind", ABSENT)
def test_no_library_of_a_kind_that_is_not_used_is_imported(kind: str) -> None:
    modules = {name.partition(".")[0] for path in python_files(*PRODUCT) for name in imported_by(path)}
    assert len(modules) > 50
    assert modules.isdisjoint(ABSENT[kind])


@pytest.mark.parametrize(
    "word", ["WebSocket(", "RTCPeerConnection", "document.write", "outerHTML", "new Function", "eval("]
)
def test_no_script_uses(word: str) -> None:
    scripts = [path for path in tracked("*.js") if Path("api/web/static") in path.parents]
    assert len(scripts) > 20
    assert [str(path) for path in scripts if word in text_of(path)] == []


def test_templates_and_patterns_come_from_our_own_files() -> None:
    for word in ("from_string(", "Template(", "unquote(", "unescape("):
        assert [str(path) for path in python_files(*PRODUCT) if word in text_of(path)] == [], word


def test_password_fields_are_masked_and_can_be_filled_and_pasted_into() -> None:
    fields = [
        field
        for path in tracked("api/web/templates/*.html")
        for field in re.findall(r"\{\{ fields\.input\((.*)\) \}\}", text_of(path))
        if "-password" in field or field.startswith('"password"')
    ]
    assert len(fields) >= 4
    assert [field for field in fields if 'type="password"' not in field or "complete=" not in field] == []
    scripts = [path for path in tracked("*.js") if Path("api/web/static") in path.parents]
    assert [str(path) for path in scripts if re.search("[\"']paste[\"']|onpaste", text_of(path))] == []


def test_only_the_operator_the_team_and_a_provider_make_accounts() -> None:
    making = re.compile(r"(?<![\w.])Account\(|bulk_insert|INSERT INTO accounts", re.IGNORECASE)
    found = {str(path) for path in python_files(*PRODUCT) if making.search(text_of(path))}
    assert found - {"gateway/store/units.py"} == MAKES_ACCOUNTS
