"""Checks the deployment files without docker: the names they use exist in this project and agree with each other."""

import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from api.cli.catalog import Later
from api.cli.main import app
from gateway.broker.config import CONFIG, CRL
from gateway.settings import Settings
from tests.architecture.source import ROOT

DEPLOY = ROOT / "tooling" / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
UNIT = (DEPLOY / "lodgekey.service").read_text()
# keys of a service that are used here, with the compose specification's spelling (compose-spec.io, 05-services.md)
KNOWN = {
    "build", "image", "init", "user", "restart", "depends_on", "environment", "volumes", "ports", "read_only", "tmpfs",
    "cap_drop", "security_opt", "ulimits", "command", "healthcheck",
}  # fmt: skip
PAGES = [ROOT / "README.md", ROOT / "SECURITY.md", *(ROOT / "docs").rglob("*.md"), *DEPLOY.iterdir()]


def leaf(words: list[str]) -> tuple[Any, list[str]]:
    """The command that these words name, and the remaining words."""
    command: Any = typer.main.get_command(app)
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    if isinstance(command, Later) and not hasattr(command, "commands"):  # its options are known once it is imported
        command = command.make_context("lodgekey", [], resilient_parsing=True).command
    return command, words


def instructions() -> list[tuple[str, str]]:
    """Instructions of the Dockerfile, with continued lines joined."""
    lines = re.sub(r"\\\n\s*", "", DOCKERFILE).splitlines()
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines if line and line[0] != "#")]


def test_the_containers_say_nothing_that_compose_does_not_know() -> None:
    assert COMPOSE.keys() <= {"services", "volumes", "networks"}
    assert {name: service.keys() - KNOWN for name, service in SERVICES.items() if service.keys() - KNOWN} == {}
    assert all(("image" in service) != ("build" in service) for service in SERVICES.values())
    named = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())}
    assert named == COMPOSE["volumes"].keys()
    wanted = {name for service in SERVICES.values() for name in service.get("depends_on", {})}
    assert wanted <= SERVICES.keys()
    assert all("healthcheck" in SERVICES[name] for name in wanted)


def test_what_the_containers_are_given_is_a_setting_that_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SERVICES["gateway"]["environment"].items():
        given = "https://keys.example.org" if name == "LODGEKEY_PUBLIC_URL" else "keys.example.org"
        monkeypatch.setenv(name, re.sub(r"\$\{(\w+):\?[^}]*\}", given, value))
    settings = Settings()
    assert settings.broker_folder == Path("/broker")
    assert settings.broker_names == ("keys.example.org", "broker")
    assert settings.broker_host in SERVICES
    assert "@database/" in settings.database
    assert SERVICES["database"]["environment"]["POSTGRES_USER"] == "lodgekey"


def test_the_proxy_whose_word_counts_is_the_one_before_the_gateway() -> None:
    (network,) = COMPOSE["networks"]["default"]["ipam"]["config"]
    assert SERVICES["gateway"]["environment"]["LODGEKEY_TRUSTED_PROXIES"] == network["gateway"]
    assert ip_address(network["gateway"]) in ip_network(network["subnet"])
    assert f'"LODGEKEY_TRUSTED_PROXIES={Settings().trusted_proxies}"' in UNIT


def test_ports_and_volumes_of_the_containers_meet() -> None:
    gateway, broker = SERVICES["gateway"], SERVICES["broker"]
    assert gateway["environment"]["LODGEKEY_PORT"] == gateway["ports"][0].rsplit(":", 1)[1]
    assert gateway["environment"]["LODGEKEY_BROKER_PORT"] == broker["ports"][0].rsplit(":", 1)[1]
    assert dict(instructions())["EXPOSE"] == gateway["environment"]["LODGEKEY_PORT"]
    assert f"gateway:{gateway['environment']['LODGEKEY_FOLDER']}" in gateway["volumes"]
    script = broker["command"][-1]
    assert set(re.findall(r"/broker/([\w.]+)", script)) == {CONFIG, CRL}


def test_the_image_is_made_of_what_is_here() -> None:
    made = instructions()
    build = SERVICES["gateway"]["build"]
    assert (DEPLOY / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()
    assert made[0][0] == "FROM"
    version = tuple(map(int, re.findall(r"python:(\d+)\.(\d+)", made[0][1])[0]))
    assert version >= (3, 11)
    assert ("COPY", ". .") in made
    assert (ROOT / "uv.lock").is_file()
    extras = re.findall(r"--extra (\w+)", DOCKERFILE)
    assert extras == ["postgres"]
    assert all(f"{extra} = [" in (ROOT / "pyproject.toml").read_text() for extra in extras)
    assert dict(made)["USER"] == "lodgekey"
    uid = re.findall(r"--uid (\d+)", DOCKERFILE)
    assert SERVICES["gateway"]["user"].split(":")[0] == uid[0]
    (program, *words) = yaml.safe_load(dict(made)["CMD"])
    assert program == "lodgekey"
    assert leaf(words)[0].name == "serve"


def test_the_unit_starts_commands_that_exist_from_where_the_guide_puts_them() -> None:
    started = re.findall(r"^Exec\w+=(\S+) (.*)$", UNIT, re.MULTILINE)
    assert [words for _, words in started] == ["db migrate", "serve"]
    guide = (ROOT / "docs" / "guides" / "running.md").read_text()
    (where,) = {program.removesuffix("/.venv/bin/lodgekey") for program, _ in started}
    assert f"git clone URL {where}" in guide
    assert f"WorkingDirectory={where}" in UNIT
    for setting in ("User=lodgekey", "Group=lodgekey", "EnvironmentFile=-/etc/lodgekey/lodgekey.env"):
        assert setting in UNIT
    assert "/etc/lodgekey/lodgekey.env" in guide


SHOWN = re.compile(r"`(?:\.venv/bin/)?lodgekey ([a-z][^`]*)`")
TYPED = re.compile(r"^\s*(?:\$ |sudo )?(?:\S+/)?lodgekey ([a-z][^`]*)$")


def commands_named() -> set[tuple[str, str]]:
    """Each `lodgekey …` command shown on a page or in a file, with the page's path."""
    found = set()
    for path in PAGES:
        for line in path.read_text(encoding="utf-8").splitlines():
            typed = TYPED.match(line.partition(" # ")[0])
            shown = [*SHOWN.findall(line), *(typed.groups() if typed else ())]
            found |= {(str(path.relative_to(ROOT)), words.strip()) for words in shown}
    return found


@pytest.mark.parametrize(("page", "words"), sorted(commands_named()), ids=lambda text: text.replace("/", "."))
def test_every_command_that_the_docs_show_exists_with_its_options(page: str, words: str) -> None:
    command, left = leaf(words.split())
    choices = getattr(command, "commands", None)
    if choices is not None:  # a command group, perhaps with several subcommands: `key list|show|revoke`
        assert not left or set(left[0].split("|")) <= choices.keys(), f"{page}: lodgekey {words}"
        return
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    given = {word.partition("=")[0] for word in left if word.startswith("--")}
    assert command.context_settings.get("ignore_unknown_options") or given <= known, f"{page}: lodgekey {words}"
