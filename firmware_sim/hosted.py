"""HTTP servers inside the process of the simulated devices, on loopback."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn


def listen(port: int) -> socket.socket:
    """Return a listening socket on loopback; port 0 takes a free one."""
    return socket.create_server(("127.0.0.1", port))


class HostedServer(uvicorn.Server):
    """Server that leaves signal handling to the host process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install no handlers: the host process decides when to stop."""
        yield
