"""TCP ports for the processes of a demonstration."""

import os
import socket
from contextlib import suppress
from itertools import count
from typing import Final

# Below the ports that Linux gives to outgoing connections (32768 to 60999 unless set otherwise): one of those may be
# taken between the choice and the moment when its server listens.
PORTS: Final = range(20_000, 32_000)
APART: Final = 211  # what processes that start one after the other choose first lies this far apart
_counter = count(os.getpid() * APART)


def free_port() -> int:
    """Return a TCP port of this host on which nobody listens, another one at each call. OSError if there is none."""
    for _ in PORTS:
        port = PORTS[next(_counter) % len(PORTS)]
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError("no free TCP port")
