"""`python -m tests.parts.second_gateway FOLDER NOW`: another gateway process over the same database.

Serves the HTTP side only, with a clock fixed at NOW; prints its address.
"""

import asyncio
import socket
import sys
from pathlib import Path

import uvicorn

from api.app import create_app
from gateway.bootstrap import LATE_AFTER, Gateway
from gateway.settings import Settings


async def main(folder: Path, now: int) -> None:
    """Serve until killed."""
    gateway = Gateway(Settings(folder=folder), lambda: now)
    gateway.supervisor.run("feed", gateway.feed.run, LATE_AFTER)
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(gateway, run=False), log_level="error", lifespan="off")
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}/api/v1\n")
    sys.stdout.flush()
    await uvicorn.Server(config).serve(sockets=[listener])


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
