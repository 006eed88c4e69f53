"""`lodgekey serve`: runs the gateway, its API and its pages in one process."""

import asyncio
import errno
import json
import logging
import resource
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.app import create_app
from api.cli.output import AsJson, Folder, said
from api.cli.problems import EXPECTED
from api.cli.refusal import NOT_THERE, Refused
from api.framework.connections import Bounds, bound_connections
from api.framework.pace import ACCEPTED_AT_ONCE, PacedListener, Paces, trusted
from api.metrics.server import metrics_served
from api.metrics.traces import TracesMissing, traces_sent
from gateway.bootstrap import Gateway
from gateway.operations.collector import collect_seldom
from gateway.operations.log_limit import LogLimit
from gateway.operations.log_lines import LogLines
from gateway.operations.resources import give_back_memory, raise_file_limit
from gateway.settings import Settings
from gateway.texts.marks import N_

SHUTDOWN_SECONDS = 2
FAILED = "lifespan.startup.failed"
LISTENING = {errno.EADDRINUSE: "port_in_use", errno.EACCES: "port_forbidden", errno.EADDRNOTAVAIL: "address_unknown"}


def serve(
    folder: Folder = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 selects a free one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Start the gateway. Settings not given here come from LODGEKEY_… environment variables."""
    given: dict[str, str | int | Path | None] = {"folder": folder, "host": host, "port": port}
    settings = Settings().model_copy(update={name: value for name, value in given.items() if value is not None})
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(LogLimit())
    handler.setFormatter(LogLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    give_back_memory()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no core dumps: pictures must not reach the disk
    with suppress(KeyboardInterrupt):
        asyncio.run(run(settings, as_json=as_json))


async def run(settings: Settings, *, as_json: bool) -> None:
    """Serve until SIGINT or SIGTERM."""
    with listen(settings.host, settings.port) as listener:
        await run_on(listener, settings.model_copy(update={"port": listener.getsockname()[1]}), as_json=as_json)


async def run_on(listener: PacedListener, settings: Settings, *, as_json: bool) -> None:
    """Serve on a socket. Raises the error that kept the gateway from starting."""
    paces = Paces(trusted(settings.trusted_proxies))
    listener.pace = paces.requests
    built = create_app(Gateway(settings), paces=paces)
    app = Starting(built)
    config = server_config(app, settings)
    bound_connections(config, Bounds.for_files(raise_file_limit()))
    url = settings.address
    line = json.dumps({"ready": True, "url": url}) if as_json else said(N_("Lodgekey is at {url}"), url=url)
    server = TellingServer(config, line)
    try:
        with metrics_served(built.state.figures, settings), traces_sent(settings), suppress(SystemExit):
            await server.serve(sockets=[listener])  # SystemExit is uvicorn's, if it cannot start
    except TracesMissing:
        raise Refused("traces_missing", NOT_THERE) from None
    if not server.started:
        raise app.failure or Refused("gateway_failed", NOT_THERE)


def server_config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    """Return the web server's configuration: callers are told apart by what the trusted proxies say of them."""
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,  # request paths hold capabilities
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        server_header=False,
        backlog=ACCEPTED_AT_ONCE,
        log_config=None,  # uvicorn's records go to our handler, which limits them
        forwarded_allow_ips=settings.trusted_proxies,
    )


def listen(host: str, port: int) -> PacedListener:
    """Return a listening socket. Raises Refused if the port is in use or needs more rights."""
    listener = PacedListener(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if listener.family is socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno in LISTENING:
            raise Refused(LISTENING[error.errno], NOT_THERE, host=host, port=port) from None
        raise
    return listener


class Starting:
    """ASGI: keeps the error of a failed start, to be reported as text instead of a stack trace."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.failure: Exception | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, or the application's lifespan."""
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        held: list[Message] = []

        async def send_later(message: Message) -> None:
            await (hold(message) if message["type"] == FAILED else send(message))

        async def hold(message: Message) -> None:
            held.append(message)

        try:
            await self._app(scope, receive, send_later)
        except EXPECTED as error:
            self.failure = error
            held = [{"type": FAILED} for _ in held]
            raise
        finally:
            for message in held:
                await send(message)


class TellingServer(uvicorn.Server):
    """A server that prints a line to stdout when it is ready."""

    def __init__(self, config: uvicorn.Config, line: str) -> None:
        super().__init__(config)
        self._line = line

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the line."""
        await super().startup(sockets)
        if self.started:
            collect_seldom()
            sys.stdout.write(self._line + "\n")
            sys.stdout.flush()
