"""`lodgekey serve`: the gateway and its pages, as one process."""

import asyncio
import json
import logging
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from api.http.app import create_app
from gateway.bootstrap import Gateway
from gateway.settings import Settings

SHUTDOWN_SECONDS = 2


def serve(
    folder: Annotated[Path | None, typer.Option(help="Where everything is kept.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    ready_json: Annotated[
        bool, typer.Option("--json", help="Say where, as one JSON line, once it can be used.")
    ] = False,
) -> None:
    """Start the gateway. What is not given here comes from LODGEKEY_… in the environment."""
    given = {"folder": folder, "host": host, "port": port}
    settings = Settings().model_copy(update={name: value for name, value in given.items() if value is not None})
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with suppress(KeyboardInterrupt):
        asyncio.run(run(settings, ready_json=ready_json))


async def run(settings: Settings, *, ready_json: bool) -> None:
    """Serve until told to stop."""
    listener = socket.create_server((settings.host, settings.port))
    settings = settings.model_copy(update={"port": listener.getsockname()[1]})
    config = uvicorn.Config(
        create_app(Gateway(settings)),
        log_level="warning",
        access_log=False,  # addresses carry capabilities
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        server_header=False,
    )
    told = json.dumps({"ready": True, "url": settings.address}) if ready_json else f"Lodgekey is at {settings.address}"
    server = TellingServer(config, told)
    await server.serve(sockets=[listener])
    if not server.started:
        raise typer.Exit(1)


class TellingServer(uvicorn.Server):
    """Says on stdout that it can be used, once it can."""

    def __init__(self, config: uvicorn.Config, told: str) -> None:
        super().__init__(config)
        self._told = told

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            sys.stdout.write(self._told + "\n")
            sys.stdout.flush()
