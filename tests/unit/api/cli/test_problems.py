"""Operator errors and missing programs, each provoked for real; each message names the remedy."""

import json
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from api.cli.main import app
from api.cli.program import spoken
from api.cli.refusal import INTERRUPTED, NOT_IN_ORDER, NOT_POSSIBLE, NOT_THERE
from api.control import CONTROL_FILE
from certs.keys import new_private_key, save_private_key
from gateway.disclosure import disclose
from gateway.registries import REGISTRIES
from tests.architecture.source import ROOT
from tests.parts.world import LOCK, World
from tests.unit.api.cli.test_json import document, leaves

RUN = CliRunner()
CHINESE = {"LC_ALL": "zh_CN.UTF-8"}


def refusal(*arguments: str, **environment: str) -> tuple[str, int]:
    """Code and exit code of a failing command; the same in JSON and in the text of both languages."""
    reported = document(RUN.invoke(app, [*arguments, "--json"], env=environment).stdout)
    assert reported["ok"] is False
    said = RUN.invoke(app, [*arguments], env={**environment, "LC_ALL": "C.UTF-8"})
    assert (said.stdout, said.exit_code) == ("", reported["exit_code"])
    assert said.stderr == f"{reported['sentence']}\n{reported['what_to_do']}\n"
    chinese = RUN.invoke(app, [*arguments], env=environment | CHINESE).stderr
    assert all(any("一" <= sign <= "鿿" for sign in line) for line in chinese.splitlines()), chinese
    return reported["code"], reported["exit_code"]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that is in use."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def closed() -> int:
    """A port that nobody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize(
    "command", [["key", "list"], ["registry", "open"], ["device", "revoke", "x"], ["audit", "head"]]
)
def test_a_wrong_folder_is_said_to_hold_no_gateway_and_stays_as_it_was(command: list[str], tmp_path: Path) -> None:
    assert refusal(*command, "--folder", str(tmp_path)) == ("no_gateway", NOT_THERE)
    assert list(tmp_path.iterdir()) == []


def test_a_demonstration_with_an_unknown_registry_lists_the_known_ones() -> None:
    assert refusal("demo", "--registry", "nowhere") == ("bad_value", NOT_POSSIBLE)
    listed = RUN.invoke(app, ["demo", "--registry", "nowhere"], env={"LC_ALL": "C.UTF-8"}).stderr
    assert ", ".join(REGISTRIES) in listed


def test_a_port_in_use_is_named(taken: int, tmp_path: Path) -> None:
    given = ["serve", "--port", str(taken), "--folder", str(tmp_path)]
    assert refusal(*given) == ("port_in_use", NOT_THERE)
    assert f"Port {taken} is in use." in RUN.invoke(app, given, env={"LC_ALL": "C"}).stderr


def test_an_address_of_another_machine_cannot_be_listened_on(tmp_path: Path) -> None:
    assert refusal("serve", "--host", "192.0.2.1", "--folder", str(tmp_path)) == ("address_unknown", NOT_THERE)


def test_a_missing_broker_is_found_before_anything_is_served(tmp_path: Path) -> None:
    given = ["serve", "--port", "0", "--folder", str(tmp_path)]
    assert refusal(*given, LODGEKEY_MOSQUITTO=str(tmp_path / "nowhere")) == ("broker_missing", NOT_THERE)


def test_a_locked_database_is_distinguished_from_a_broken_one(world: World) -> None:
    with closing(sqlite3.connect(world.folder / "lodgekey.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        reported = document(RUN.invoke(app, ["device", "revoke", LOCK, "--folder", str(world.folder), "--json"]).stdout)
        other.execute("ROLLBACK")
    assert (reported["code"], reported["exit_code"]) == ("database_locked", NOT_THERE)
    assert RUN.invoke(app, ["device", "revoke", LOCK, "--folder", str(world.folder)]).exit_code == 0


def test_a_database_of_a_newer_release_is_not_touched(world: World) -> None:
    with world.database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert refusal("db", "migrate", "--folder", str(world.folder)) == ("database_newer", NOT_THERE)
    with world.database.reading() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


@pytest.mark.parametrize(("number", "code"), [("0999", "newer"), ("abc", "unknown"), ("0005", "altered")])
def test_a_database_that_is_not_what_it_says_is_refused_and_named(world: World, number: str, code: str) -> None:
    with world.database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :number"), {"number": number})
    assert refusal("db", "migrate", "--folder", str(world.folder)) == (f"database_{code}", NOT_THERE)
    shown = RUN.invoke(app, ["db", "status", "--folder", str(world.folder), "--json"])
    assert (shown.exit_code, json.loads(shown.output)["code"]) == (1, f"database_{code}")
    assert number in RUN.invoke(app, ["db", "status", "--folder", str(world.folder)]).output


def test_what_the_database_is_can_be_asked(world: World) -> None:
    shown = RUN.invoke(app, ["db", "status", "--folder", str(world.folder)])
    assert (shown.exit_code, "the latest" in shown.output) == (0, True)


def test_an_empty_database_wants_its_tables_first(tmp_path: Path) -> None:
    (tmp_path / "lodgekey.sqlite").touch()
    assert refusal("key", "list", "--folder", str(tmp_path)) == ("database_older", NOT_THERE)


def test_a_file_that_is_no_database_is_reported(tmp_path: Path) -> None:
    (tmp_path / "lodgekey.sqlite").write_bytes(b"whatever its name says, this is no database" * 99)
    assert refusal("key", "list", "--folder", str(tmp_path)) == ("database_broken", NOT_THERE)


def test_a_database_server_that_is_away_is_reported(closed: int, tmp_path: Path) -> None:
    url = f"postgresql+psycopg://lodgekey:x@127.0.0.1:{closed}/lodgekey"
    assert refusal("key", "list", "--folder", str(tmp_path), LODGEKEY_DATABASE_URL=url) == ("database_away", NOT_THERE)


def test_a_folder_that_may_not_be_written_is_reported() -> None:
    assert refusal("db", "migrate", "--folder", "/sys/lodgekey") == ("no_permission", NOT_THERE)  # not even by root


def test_a_gateway_that_does_not_run_is_reported_by_the_commands_that_ask_it(closed: int, tmp_path: Path) -> None:
    head = head_of_a_log(tmp_path)
    asked = refusal("audit", "verify", "--head", str(head), "--url", f"http://127.0.0.1:{closed}")
    assert asked == ("gateway_away", NOT_THERE)


def head_of_a_log(folder: Path) -> Path:
    """A tree head signed by a gateway."""
    world = World.build(folder / "world")
    (world.folder / "certs").mkdir()
    save_private_key(world.folder / "certs" / "log.key", new_private_key())
    disclose(world.database, consumer="a", purpose="b", subject="c", fields="d", now=world.now)
    world.close()
    out = folder / "head"
    assert RUN.invoke(app, ["audit", "head", "--folder", str(world.folder), "--out", str(out)]).exit_code == 0
    return out


def test_a_building_that_does_not_run_is_reported(closed: int, tmp_path: Path) -> None:
    fault = ["simulate", "fault", "lock-1", "offline=true", "--dir", str(tmp_path)]
    assert refusal(*fault) == ("no_building", NOT_THERE)
    (tmp_path / CONTROL_FILE).write_text(json.dumps({"url": f"http://127.0.0.1:{closed}", "token": "t"}))
    assert refusal(*fault) == ("building_away", NOT_THERE)
    assert refusal("simulate", "building", "--dir", str(tmp_path)) == ("no_devices", NOT_THERE)
    assert refusal("device", "fleet", "1", "--folder", str(tmp_path)) == ("no_building", NOT_THERE)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("nonsense", "usage"),
        ("device add lock-1", "missing_value"),
        ("device fleet many", "bad_value"),
        ("device fleet 0", "bad_value"),
        ("key show x --colour", "no_such_option"),
        ("simulate fault lock-1 offline", "not_a_change"),
        ("device add lock-1 --site s", "out_missing"),
        ("device add lock-1 --site s --driver none", "no_such_driver"),
        ("audit verify --head /nowhere/head", "not_there"),
    ],
)
def test_a_command_that_was_typed_wrong_says_where_help_is(command: str, code: str) -> None:
    reported = document(RUN.invoke(app, [*command.split(), "--json"]).stdout)
    assert (reported["code"], reported["exit_code"]) == (code, NOT_POSSIBLE)


def test_what_is_not_there_is_reported_by_what_it_is(world: World, tmp_path: Path) -> None:
    folder = ["--folder", str(world.folder)]
    assert refusal("key", "show", "nobodys", *folder) == ("no_such_key", NOT_POSSIBLE)
    assert refusal("device", "revoke", "nobodys", *folder) == ("not_found", NOT_POSSIBLE)
    add = ["device", "add", "lock-9", "--site", "s", "--unit", "NOWHERE", "--out", str(tmp_path / "o"), *folder]
    assert refusal(*add) == ("no_such_unit", NOT_POSSIBLE)
    secrets = tmp_path / "secrets"
    secrets.write_text("[]")
    made = ["device", "add", "d", "--site", "s", "--driver", "switchbot", "--secrets", str(secrets), *folder]
    assert refusal(*made) == ("not_json", NOT_POSSIBLE)


def test_a_wrong_setting_is_reported_by_its_variable() -> None:
    assert refusal("registry", "list", LODGEKEY_PORT="many") == ("setting_refused", NOT_POSSIBLE)
    said = RUN.invoke(app, ["registry", "list"], env={"LODGEKEY_PORT": "many", "LC_ALL": "C"}).stderr
    assert said.startswith("Invalid setting: LODGEKEY_PORT: Input should be a valid integer")


def test_a_group_alone_shows_its_commands() -> None:
    shown = RUN.invoke(app, ["device"])
    assert shown.exit_code == NOT_POSSIBLE
    assert "fleet" in shown.output


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-CN"),
        ({"LANG": "zh_TW"}, "zh-CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh-CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh-CN"),
        ({"LANG": "es_ES.UTF-8"}, "en"),  # not a language of the command line
    ],
)
def test_the_terminals_locale_decides_the_language(environment: dict[str, str], language: str) -> None:
    assert spoken(environment) == language


def test_the_page_on_commands_knows_every_command_and_exit_code() -> None:
    page = (ROOT / "docs" / "guides" / "commands.md").read_text(encoding="utf-8")
    assert {" ".join(leaf) for leaf in leaves() if f"`{' '.join(leaf)}" not in page} == set()
    reported: dict[int, Any] = {
        code: f"| {code} |" in page for code in (0, NOT_IN_ORDER, NOT_POSSIBLE, NOT_THERE, INTERRUPTED)
    }
    assert all(reported.values()), reported
