"""A house whose application listens on a port, for use by a browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from api.app import create_app
from api.cli.demo.ports import free_port
from gateway.domain.verification.port import Identity
from tests.parts.house import House, move_in

HOST = "localhost"  # passkeys need a domain name


@contextmanager
def serve(
    first: Path, folder: Path, port: int = 0, looking: Identity | None = None, **settings: Any
) -> Iterator[tuple[House, str]]:
    """A house and its address, until the block ends."""
    port = port or free_port()
    address = f"http://{HOST}:{port}"
    house = move_in(first, folder, looking, public_url=address, **settings)
    app = create_app(house.gateway, run=False)
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            thread.join(0.05)
        yield house, address
    finally:
        server.should_exit = True
        thread.join()
        house.gateway.database.close()
        house.gateway.vault.close()
