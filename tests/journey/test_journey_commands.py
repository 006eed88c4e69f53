"""Long-running commands as processes: their output with --json, and their errors when they cannot start."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from api.cli.demo.ports import free_port
from api.cli.refusal import NOT_THERE

pytestmark = [pytest.mark.slow]
TIMEOUT_SECONDS = 180.0


@asynccontextmanager
async def started(*arguments: str, **environment: str) -> AsyncIterator[tuple[Process, Any]]:
    """`lodgekey … --json` and the first line it prints; ended in order."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "api.cli.main", *arguments, "--json"),
        stdout=PIPE,
        stderr=PIPE,
        env=os.environ | environment,
    )
    assert process.stdout is not None
    try:
        yield process, json.loads(await asyncio.wait_for(process.stdout.readline(), TIMEOUT_SECONDS))
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.communicate(), TIMEOUT_SECONDS)


async def run(*arguments: str) -> tuple[int, Any]:
    """Run a command to its end: exit code and the single document on its stdout."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "api.cli.main", *arguments, "--json", stdout=PIPE, stderr=PIPE
    )
    out, _ = await asyncio.wait_for(process.communicate(), TIMEOUT_SECONDS)
    return process.returncode or 0, json.loads(out)


async def test_the_demonstration_says_where_everybody_looks_and_serves_every_other_command(tmp_path: Path) -> None:
    folder = str(tmp_path)
    async with started("demo", "--folder", folder, "--port", "0") as (_, require_ok):
        assert {"ready", "url", "kiosk", "folder", "landlord", "officer", "tester", "password"} == require_ok.keys()
        _, fault = await run("simulate", "fault", "lock-101", "battery=9", "--folder", folder)
        assert fault["battery"] == 9
        code, added = await run("device", "fleet", "2", "--folder", folder)
        assert (code, added["locks"], added["running"]) == (0, 2, True)
    async with started("simulate", "building", "--folder", folder) as (_, require_ok):
        assert require_ok["ready"] is True


async def test_the_gateway_says_where_it_is(tmp_path: Path) -> None:
    given = {"LODGEKEY_FOLDER": str(tmp_path), "LODGEKEY_BROKER_PORT": str(free_port())}
    async with started("serve", "--port", "0", **given) as (process, require_ok):
        assert require_ok["ready"] is True
        assert require_ok["url"].startswith("http://127.0.0.1:")
        process.terminate()
        await asyncio.wait_for(process.wait(), TIMEOUT_SECONDS)


async def test_a_broker_port_that_is_taken_is_one_sentence_and_no_stack(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    async with server:
        port = str(server.sockets[0].getsockname()[1])
        given = {"LODGEKEY_FOLDER": str(tmp_path), "LODGEKEY_BROKER_PORT": port}
        async with started("serve", "--port", "0", **given) as (process, require_ok):
            _, err = await asyncio.wait_for(process.communicate(), TIMEOUT_SECONDS)
    assert (require_ok["code"], require_ok["exit_code"], process.returncode) == (
        "broker_port_in_use",
        NOT_THERE,
        NOT_THERE,
    )
    assert b"Traceback" not in err, err
