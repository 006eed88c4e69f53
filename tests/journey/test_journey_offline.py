"""The guide "unlock without a network", command by command: each prints what the guide says."""

import asyncio
import json
import os
import shlex
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from string import Template

import pytest

from api.cli.demo.journey_run import until
from api.cli.demo.ports import free_port
from certs.keys import load_private_key
from tests.architecture.source import ROOT
from tests.journey.street import Json, Room, Street, open_street

pytestmark = [pytest.mark.slow]
GUIDE = ROOT / "docs" / "guides" / "unlock-without-a-network.md"


@dataclass(frozen=True)
class Line:
    """One command of the guide, and its documented result; `fails` is a word of the expected refusal."""

    command: str
    prints: str = ""
    fails: str = ""


def lines() -> list[Line]:
    """Commands of the guide, in order."""
    found = []
    for line in GUIDE.read_text(encoding="utf-8").splitlines():
        if line.startswith("$ "):
            command, _, says = line[2:].partition(" # ")
            fails = says.removeprefix("fails: ") if says.startswith("fails: ") else ""
            found.append(Line(command.strip(), "" if fails else says.partition(": the")[0], fails))
    return found


@dataclass
class Terminal:
    """A shell beside the gateway, with the variables of the guide."""

    street: Street
    room: Room  # the lock used in the guide
    values: dict[str, str]

    async def run(self, command: str) -> tuple[int, str]:
        """Exit code, stdout and stderr."""
        program, *arguments = shlex.split(Template(command).substitute(self.values))
        assert program == "lodgekey"
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "api.cli.main",
            *arguments,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "LODGEKEY_FOLDER": str(self.street.folder), "LODGEKEY_OFFLINE_HOURS": "12"},
        )
        out, _ = await asyncio.wait_for(process.communicate(), 180)
        return process.returncode or 0, out.decode()

    async def check(self, line: Line) -> None:
        """The command has the documented result, at once or after the lock has answered."""

        async def look() -> Json:
            code, said = await self.run(line.command)
            fits = (line.fails or line.prints) in said and (code != 0) == bool(line.fails)
            return {"fits": fits, "said": said}

        if line.command.startswith("lodgekey key show"):
            await until(look, lambda answer: bool(answer["fits"]), line.prints)
        else:
            answer = await look()
            assert answer["fits"], f"{line}: {answer['said']}"


@pytest.fixture
async def terminal(tmp_path: Path) -> AsyncIterator[Terminal]:
    air = free_port()
    async with open_street(tmp_path, "--air", str(air), LODGEKEY_OFFLINE_HOURS="12") as street:
        url = street.url.removesuffix("/api/v1")
        values = {"AIR": f"127.0.0.1:{air}", "URL": url, "DIR": str(tmp_path / "devices"), "PHONE": str(tmp_path / "p")}
        yield Terminal(street, await street.free_room(), values)


async def register(terminal: Terminal) -> str:
    """The tenant registers with the phone's key; returns the id of the issued key."""
    tenant = await terminal.street.offer(terminal.room)
    tenant.phone = load_private_key(Path(terminal.values["PHONE"]) / "holder.pem")
    await terminal.street.register(tenant)
    return await terminal.street.on_lock(tenant)


async def until_offline(street: Street) -> None:
    """Wait until the gateway has received the lock's MQTT will."""

    async def look() -> Json:
        return next(row for row in await street.ask("tester", "GET", "/locks") if row["id"] == "lock-101")

    await until(look, lambda lock: lock["online"] is False, "the lock is known to be offline")


async def test_the_guide_does_what_it_says_from_registering_to_the_end_of_a_revoked_key(terminal: Terminal) -> None:
    first, *rest = lines()
    assert "holder new" in first.command
    await terminal.check(first)
    terminal.values["KEY"] = await register(terminal)
    assert len(rest) >= 12
    for line in rest:
        await terminal.check(line)
        if "offline=true" in line.command:
            await until_offline(terminal.street)
    assert terminal.street.openings(terminal.room) == 4


async def test_keys_are_listed_and_shown_without_a_word_on_who_holds_them(terminal: Terminal) -> None:
    await terminal.run("lodgekey simulate holder new --dir $PHONE")
    terminal.values["KEY"] = key = await register(terminal)
    code, said = await terminal.run("lodgekey key list --json")
    (row,) = json.loads(said)
    assert (code, row["id"], row["lock"], row["state"]) == (0, key, "lock-101", "on_lock")
    assert "Voorbeeld" not in said
    assert json.loads((await terminal.run("lodgekey key list --lock lock-102 --json"))[1]) == []
    code, said = await terminal.run("lodgekey key show nobodys")
    assert (code, "There is no such key." in said) == (2, True)
    code, said = await terminal.run("lodgekey key revoke $KEY")
    assert (code, "state: revok" in said) == (0, True)
