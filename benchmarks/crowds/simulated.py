"""A simulated registry in a process of its own, with the settings of its adapter and its clock."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.client import Client
from benchmarks.books.visit import Row


@dataclass(frozen=True, slots=True)
class Simulated:
    """A running simulator: the settings of its adapter, and the facts that a record needs besides a document's."""

    url: str
    token: str
    settings: Mapping[str, str]
    facts: Mapping[str, str]
    books: Path

    async def set_clock_ahead(self, seconds: int) -> None:
        """Put its clock ahead of the machine's."""
        await self._control("clock", {"ahead_s": seconds})

    async def behave(self, behaviour: str, times: int | None = None) -> None:
        """Fail in this way, at every request or at the next ones, or decide half a second later; `normal` ends it."""
        await self._control("behaviour", {"behaviour": behaviour, "times": times, "delay_s": 0.5})

    def last_record(self) -> int:
        """The number of the last record in its books."""
        return sum(number for (number,) in self._ask("SELECT max(number) FROM records") if number)

    def find(self, marks: Sequence[str], *, after: int) -> str:
        """The receipt of a record after this one with a number or a name of `marks`, or ""."""
        for mark in marks:
            found = self._ask("SELECT receipt FROM records WHERE number > ? AND body LIKE ?", after, f"%{mark}%")
            if found:
                return str(found[0][0])
        return ""

    def held(self) -> list[Row]:
        """All rows of its books, in the order in which they were entered."""
        return [Row(*found) for found in self._ask("SELECT lot, state, receipt, body FROM records ORDER BY number")]

    async def _control(self, what: str, body: Mapping[str, object]) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with Client(self.url, timeout_s=20, headers=headers) as authority:
            (await authority.post(f"/control/{what}", json=dict(body))).require_ok()

    def _ask(self, statement: str, *arguments: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.books)) as books:
            return books.execute(statement, arguments).fetchall()


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
            yield Simulated(ready["url"], token, settings, ready["facts"], folder / "registry.db")
        finally:
            process.terminate()
