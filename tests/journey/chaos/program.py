"""The `lodgekey` command beside a street's gateway."""

import asyncio
import os
import sys

from tests.journey.street import Street


async def lodgekey(street: Street, *words: str) -> tuple[int, str]:
    """The exit code and output of a command on the gateway's folder."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "api.cli.main", *words, "--folder", str(street.home)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=os.environ | street.environment,
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


async def require(street: Street, *words: str) -> None:
    """A command that has to succeed."""
    code, output = await lodgekey(street, *words)
    assert code == 0, output[-1000:]
