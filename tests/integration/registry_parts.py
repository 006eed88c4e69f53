"""A simulated authority in a thread of this process: its books can be emptied and its clock is the test's."""

import asyncio
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import uvicorn

from firmware_sim.registries import clock
from firmware_sim.registries.behaviour import Behaviour
from firmware_sim.registries.process import set_up

STARTED_WITHIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Authority:
    """`settings`: the adapter's. `facts`: what a record needs besides a document."""

    settings: Mapping[str, str]
    facts: Mapping[str, str]
    books: Path

    def forget(self) -> None:
        """Empty its books: nobody was ever filed."""
        with sqlite3.connect(self.books) as database:
            database.execute("DELETE FROM records")
        database.close()


@contextmanager
def authority_here(name: str, folder: Path, now: Callable[[], float]) -> Iterator[Authority]:
    """The simulator of this registry on loopback until the block ends; `now`: UTC seconds."""
    listener = socket.create_server(("127.0.0.1", 0))
    app, ready = set_up(name, folder, f"http://127.0.0.1:{listener.getsockname()[1]}", Behaviour.NORMAL)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    with patch.object(clock, "now", now):
        thread.start()
        try:
            settings = {key: text for key, text in ready["settings"].items() if text}
            yield Authority(settings, ready["facts"], folder / "registry.db")
        finally:
            server.should_exit = True
            thread.join(STARTED_WITHIN_S)
