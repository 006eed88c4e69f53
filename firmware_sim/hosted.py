"""HTTP served within the process of the simulated devices, on loopback."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn


def listen(port: int) -> socket.socket:
    """A listening socket on loopback; port 0 takes a free one."""
    return socket.create_server(("127.0.0.1", port))


class HostedServer(uvicorn.Server):
    """A server that leaves signals to the process that hosts the devices."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The process decides when all of it ends."""
        yield
