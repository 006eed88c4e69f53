"""Runs the shell commands of the docs against a running house."""

import asyncio
import json
import os
import shlex
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.cli.demo.journey_run import Pictures
from api.services.access import hash_password
from gateway.settings import Settings
from gateway.store import Account
from gateway.store.database import Database
from tests.architecture.source import ROOT
from tests.journey.street import Json, Room, Street

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
TIMEOUT_SECONDS = 180.0


def commands(page: str) -> list[str]:
    """Commands of a page's `sh` blocks, in order; one command may span several lines."""
    found, inside, open_command = [], False, ""
    for line in (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines():
        if line.strip().startswith("```"):
            inside = line.strip() == "```sh"
        elif inside:
            open_command = f"{open_command}\n{line.strip()}".strip()
            if is_whole(open_command):
                found.append(open_command)
                open_command = ""
    return found


def is_whole(command: str) -> bool:
    """Whether a command is complete at the end of this line."""
    try:
        return shlex.split(command, comments=True)[-1:] != ["|"]
    except ValueError:
        return False


class Shell:
    """A working folder, and the variables that the commands use."""

    def __init__(self, folder: Path, **values: str) -> None:
        program = folder / "bin" / "lodgekey"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m api.cli.main "$@"\n')
        program.chmod(0o755)
        self.folder = folder
        self.values = os.environ | values | {"PATH": f"{program.parent}:{os.environ['PATH']}", "no_proxy": "*"}

    async def run(self, command: str) -> str:
        """Output of the command; fails where its exit code is not 0."""
        process = await self._start(command)
        out, err = await asyncio.wait_for(process.communicate(), TIMEOUT_SECONDS)
        assert process.returncode == 0, f"{command}: {out.decode()} {err.decode()}"
        return out.decode()

    async def ask(self, command: str) -> Json:
        """The JSON it prints, which must not be a problem document."""
        require_ok = json.loads(await self.run(command) or "{}")
        assert "type" not in require_ok, f"{command}: {require_ok}"
        return dict(require_ok)

    async def follow(self, command: str) -> tuple[str, Json]:
        """Cursor and content of a stream's first entry; the stream is then closed."""
        process = await self._start(f"exec {command}")
        assert process.stdout is not None
        cursor = ""
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                async for raw in process.stdout:
                    name, _, value = raw.decode().strip().partition(": ")
                    cursor = value if name == "id" else cursor
                    if name == "data":
                        return cursor, dict(json.loads(value))
        finally:
            if process.returncode is None:
                process.terminate()
            await process.communicate()
        raise AssertionError(f"{command} ended without an entry")

    async def _start(self, command: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            "bash", "-c", command, cwd=self.folder, env=self.values, stdout=PIPE, stderr=PIPE
        )


def second_officer(street: Street) -> None:
    """Another officer of the same area, with the same password."""
    database = Database(Settings(folder=street.folder).database)
    hashed = hash_password(street.logins.password)
    with database.writing() as session:
        row = Account(role="officer", login="second", password_hash=hashed, name="Officer Two", area="370100")
        session.add(row)
    database.close()


@pytest.fixture
def shell(street: Street, tmp_path: Path) -> Shell:
    """A terminal beside the gateway, with the logins of both officers."""
    for file, login in (("first.json", street.logins.officer), ("second.json", "second")):
        (tmp_path / file).write_text(json.dumps({"login": login, "password": street.logins.password}))
    return Shell(tmp_path, G=street.url.removesuffix("/api/v1"), LODGEKEY_FOLDER=str(street.folder))


def in_order(page: str) -> Iterator[str]:
    """The page's commands, with a grant's last day replaced by a date in the future."""
    day = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
    yield from (command.replace("2027-03-31", day) for command in commands(page))


async def test_a_consumer_is_granted_follows_comes_back_and_is_ended_as_the_page_says(
    street: Street, shell: Shell, room: Room
) -> None:
    second_officer(street)
    tenant, _ = await street.move_in(room)
    await street.filing(tenant, "accepted")
    line = in_order("registries.md")
    for _ in range(2):
        await shell.ask(next(line))
    asked = await shell.ask(next(line))
    shell.values["ID"] = asked["id"]
    shell.values["TOKEN"] = (await shell.ask(next(line)))["token"]
    cursor, entry = await shell.follow(next(line))
    assert entry["subject"]
    shell.values["LAST"] = str(int(cursor) - 1)
    assert (await shell.follow(next(line)))[0] == cursor
    await shell.run(next(line))
    assert json.loads((shell.folder / "head.json").read_text()).keys() >= {"head", "key"}
    for _ in range(2):
        assert "consistent with" in await shell.run(next(line))
    await shell.ask(next(line))
    assert list(line) == []
    ended = await shell.run('curl -H "Authorization: Bearer $TOKEN" $G/api/v1/feed')
    assert json.loads(ended)["status"] in (401, 403, 404)


async def test_a_tenant_lays_code_and_document_on_the_kiosks_counter_as_the_page_says(
    street: Street, shell: Shell, pictures: Pictures, room: Room
) -> None:
    control = json.loads((street.folder / "devices" / "control.json").read_text())
    offer = await street.offer(room)
    shell.values |= {"URL": control["url"], "TOKEN": control["token"], "CODE": offer.token}
    shell.values |= {"DOCUMENT": str(pictures.document), "FACE": str(pictures.face)}
    (put,) = commands("guides/kiosk.md")
    assert await shell.run(put) == "", "what is refused says why"
