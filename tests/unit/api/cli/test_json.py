"""Every command accepts --json: one JSON document on stdout, success or failure; all other output on stderr."""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
import typer
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from api.cli.main import app
from certs.authority.ca import Authority
from certs.enrolment.device_folder import find_device_folders
from certs.keys import new_private_key, save_private_key
from certs.publisher import make_publisher, publisher_key_at
from devices.wire.firmware.manifest import Firmware, sign_firmware
from gateway.clock import utc_now
from gateway.disclosure import disclose
from gateway.journey.firmware.publishing import publish
from gateway.journey.firmware.roll_outs import begin, change
from gateway.store import Account, FirmwareImage
from tests.parts.world import LOCK, World

RUN = CliRunner()
Leaf = tuple[str, ...]

# Arguments of each command; `{…}` are paths and ids in the folder that the fixture creates.
GIVEN: Final[Mapping[Leaf, str]] = {
    ("doctor",): "",
    ("db", "migrate"): "",
    ("db", "status"): "",
    ("db", "settle"): "",
    ("broker", "config"): "--out {tmp}/broker",
    ("account", "add"): "wei --role officer --name Wei --area 370100",
    ("account", "list"): "",
    ("account", "attempts"): "",
    ("account", "end"): "officer",
    ("account", "password"): "officer",
    ("account", "remove-second-factor"): "officer",
    ("unit", "add"): "U-1 --landlord mira --label 1 --address Quay --area 37 --timezone Europe/Rome --jurisdiction it"
    " --registry it",
    ("unit", "list"): "",
    ("device", "list"): "",
    ("device", "add"): "lock-9 --site house-1 --out {tmp}/lock-9",
    ("device", "claim"): "lock-8 --site house-1 --out {tmp}/claim",
    ("device", "revoke"): LOCK,
    ("device", "fleet"): "2",
    ("firmware", "key"): "",
    (
        "firmware",
        "sign",
    ): "{tmp}/image --key {folder}/certs/publisher.key --out {tmp}/manifest --version 9 --sequence 9",
    ("firmware", "publish"): "{tmp}/image --version 9.0 --sequence 9",
    ("firmware", "roll-out"): "1.0",
    ("firmware", "stop"): "{running}",
    ("firmware", "resume"): "{stopped}",
    ("firmware", "abort"): "{running}",
    ("firmware", "support"): "2. --until 2031-01-31",
    ("firmware", "status"): "",
    ("key", "list"): "",
    ("key", "show"): "{key}",
    ("key", "revoke"): "{key}",
    ("registry", "list"): "",
    ("registry", "open"): "",
    ("erasure", "ask"): "{stay}",
    ("erasure", "list"): "",
    ("erasure", "counts"): "",
    ("audit", "head"): "",
    ("audit", "verify"): "--head {tmp}/head",
    ("certs", "status"): "",
    ("certs", "rotate"): "",
    ("certs", "roll-back"): "",
    ("certs", "forget"): "1",
    ("certs", "renew-identity"): "--yes",
    ("clock", "accept"): "",
    ("backup", "create"): "--out {tmp}/out.backup --recipient {recipient}",
    ("backup", "new-identity"): "--out {tmp}/new-identity",
    ("backup", "verify"): "{tmp}/gateway.backup --identity {tmp}/identity",
    ("restore",): "{tmp}/gateway.backup --identity {tmp}/identity --without-ended-list",
    ("simulate", "holder", "new"): "--dir {tmp}/phone",
}
MAY_FAIL: Final = {("doctor",), ("registry", "open"), ("certs", "rotate"), ("certs", "roll-back"), ("certs", "forget")}
# Long-running commands, or commands that need a running building:
# tests/journey/test_journey_commands.py and tests/integration/firmware_sim/test_rerun.py.
OF_A_BUILDING: Final = {("simulate", name) for name in ("building", "fault", "act", "messages", "behaviour", "play")}
OF_A_KEY: Final = {("simulate", "holder", name) for name in ("read", "unlock", "near")}  # test_journey_offline.py
STAYING: Final = {("serve",), ("demo",)} | OF_A_BUILDING | OF_A_KEY
WITHOUT_FOLDER: Final = {
    ("firmware", "sign"),
    ("simulate", "holder", "new"),
    ("backup", "new-identity"),
    ("backup", "verify"),
}
INTO_ANOTHER: Final = {("restore",)}  # commands that want an empty folder


def leaves(command: Any = None, path: Leaf = ()) -> Iterator[Leaf]:
    """Every command without subcommands, by its names."""
    command = command or typer.main.get_command(app)
    children = getattr(command, "commands", None)
    if children is None:
        yield path
        return
    for name, child in children.items():
        yield from leaves(child, (*path, name))


@pytest.fixture
def named(world: World, tmp_path: Path) -> dict[str, str]:
    """A gateway's folder with a tenant's key, and the arguments for the commands."""
    key = world.tenant()
    Authority.open(world.folder / "certs", utc_now)
    save_private_key(world.folder / "certs" / "log.key", new_private_key())
    (world.folder / "devices").mkdir()
    with world.database.writing() as session:
        owner = {"landlord_id": world.landlord_id, "staff": "owner"}
        session.add(Account(role="landlord", login="mira", password_hash="", name="Mira", **owner))
    disclose(world.database, consumer="a", purpose="b", subject="c", fields="d", now=world.now)
    head = ["audit", "head", "--folder", str(world.folder), "--out", str(tmp_path / "head")]
    assert RUN.invoke(app, head).exit_code == 0
    (world.folder / "offers.secret").write_bytes(bytes(32))
    identity = ["backup", "new-identity", "--out", str(tmp_path / "identity"), "--json"]
    recipient = document(RUN.invoke(app, identity).stdout)["recipient"]
    backup = ["backup", "create", "--out", str(tmp_path / "gateway.backup"), "--recipient", recipient]
    assert RUN.invoke(app, [*backup, "--folder", str(world.folder)]).exit_code == 0
    given = {"folder": str(world.folder), "tmp": str(tmp_path), "key": key.id, "stay": key.stay_id}
    given["recipient"] = recipient
    return given | roll_outs(world, tmp_path)


def roll_outs(world: World, tmp_path: Path) -> dict[str, str]:
    """A file to publish, a published version 1.0, and the ids of a running and a stopped roll-out of other models."""
    make_publisher(world.folder / "certs")
    (tmp_path / "image").write_bytes(b"image")
    with world.database.writing() as session:
        images = [published(session, world, model) for model in ("sim-lock", "running", "stopped")]
        running, stopped = (begin(session, image, 0, 0, world.now) for image in images[1:])
        change(session, stopped, "stopped", world.now)
        images[1].version = images[2].version = "0.1"
        return {"running": running.id, "stopped": stopped.id}


def published(session: Session, world: World, model: str) -> FirmwareImage:
    """A published image of a model, version 1.0."""
    key, content = publisher_key_at(world.folder / "certs"), model.encode()
    assert key is not None
    digest = hashlib.sha256(content).digest()
    envelope = sign_firmware(Firmware("lodgekey.example", model, "1.0", 2, digest, len(content)), key)
    return publish(session, key.public_key(), envelope, content, world.now)


def folder_option(leaf: Leaf, named: Mapping[str, str]) -> list[str]:
    """The option that names the folder, for commands that have it."""
    if leaf in WITHOUT_FOLDER:
        return []
    return ["--folder", f"{named['tmp']}/another" if leaf in INTO_ANOTHER else named["folder"]]


def document(text: str) -> Any:
    """The content of stdout, which must be one JSON document on one line."""
    (line,) = text.splitlines()
    return json.loads(line)


def test_no_command_is_left_out_here() -> None:
    assert set(leaves()) == GIVEN.keys() | STAYING


@pytest.mark.parametrize("leaf", GIVEN, ids=" ".join)
def test_every_command_prints_one_document(leaf: Leaf, named: dict[str, str]) -> None:
    folder = folder_option(leaf, named)
    done = RUN.invoke(app, [*leaf, *GIVEN[leaf].format(**named).split(), *folder, "--json"])
    reported = document(done.stdout)
    assert done.exit_code == 0 or (leaf in MAY_FAIL and done.exit_code in (1, 2)), done.output
    assert isinstance(reported, dict | list)
    assert done.exit_code != 2 or (isinstance(reported, dict) and reported["exit_code"] == 2)


@pytest.mark.parametrize("leaf", sorted(leaves()), ids=" ".join)
def test_every_command_fails_as_one_document(leaf: Leaf) -> None:
    done = RUN.invoke(app, [*leaf, "--json", "--no-such-option"])
    reported = document(done.stdout)
    assert (done.exit_code, reported["ok"], reported["exit_code"]) == (2, False, 2)
    assert reported["code"] == "no_such_option"
    assert reported["sentence"]
    assert reported["what_to_do"].endswith("--help")


@pytest.mark.parametrize("leaf", sorted(set(GIVEN) - WITHOUT_FOLDER - {("doctor",)}), ids=" ".join)
def test_every_command_says_what_it_did_in_words_without_it(leaf: Leaf, named: dict[str, str]) -> None:
    folder = folder_option(leaf, named)
    done = RUN.invoke(app, [*leaf, *GIVEN[leaf].format(**named).split(), *folder])
    assert done.exit_code == 0 or leaf in MAY_FAIL, done.output
    said = done.stdout or done.stderr
    assert said.strip()
    if leaf != ("audit", "head"):  # a tree head is a JSON document, which people store as a file
        with pytest.raises(ValueError, match=r"Expecting|Extra data"):
            json.loads(said)


def test_progress_is_written_on_stderr_in_lines_where_there_is_no_terminal(named: dict[str, str]) -> None:
    done = RUN.invoke(app, ["device", "fleet", "20", "--folder", named["folder"], "--json"])
    assert not sys.stderr.isatty()
    assert document(done.stdout)["locks"] == 20
    assert done.stderr.splitlines()[0] == "Creating locks: 2/20"
    assert done.stderr.splitlines()[-1] == "Creating locks: 20/20"
    assert len(find_device_folders(Path(named["folder"]) / "devices")) == 20
