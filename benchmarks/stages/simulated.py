"""A simulated registry in a process of its own, with the settings of its adapter and its clock."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.client import Client


@dataclass(frozen=True, slots=True)
class Simulated:
    """A running simulator: the settings of its adapter, and the facts that a record needs besides a document's."""

    url: str
    token: str
    settings: Mapping[str, str]
    facts: Mapping[str, str]

    async def set_clock_ahead(self, seconds: int) -> None:
        """Put its clock ahead of the machine's."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with Client(self.url, timeout_s=20, headers=headers) as authority:
            (await authority.post("/control/clock", json={"ahead_s": seconds})).require_ok()


@contextmanager
def simulated(name: str, folder: Path) -> Iterator[Simulated]:
    """Start it on loopback; it ends with the block."""
    command = [sys.executable, "-m", "firmware_sim.registries", name, "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            token = Path(ready["token_file"]).read_text()
            settings = {name: text for name, text in ready["settings"].items() if text}
            yield Simulated(ready["url"], token, settings, ready["facts"])
        finally:
            process.terminate()
