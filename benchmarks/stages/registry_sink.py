"""`python -m benchmarks.stages.registry_sink`: a registry that accepts everything at once, as a separate process.

POST /v1/registrations answers like the sandbox; GET /books returns the references in order of arrival. After POST
/down it answers 503.
"""

import asyncio
import json
import sys
from typing import Final

RECEIVED: Final[list[str]] = []
STATE: Final = {"down": False}


async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve the requests of one keep-alive connection."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = next(
                (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
            )
            body = await reader.readexactly(length)
            status, answer = answered(head.split(b" ", 2)[:2], body)
            writer.write(
                b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % (status, len(answer))
                + answer
            )
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def answered(asked: list[bytes], body: bytes) -> tuple[bytes, bytes]:
    """Return status line and body for a request."""
    if asked[1] in (b"/down", b"/up"):
        STATE["down"] = asked[1] == b"/down"
        return b"200 OK", b"{}"
    if asked[1] == b"/books":
        return b"200 OK", json.dumps(RECEIVED).encode()
    if STATE["down"]:
        return b"503 Service Unavailable", b"{}"
    record = json.loads(body)
    RECEIVED.append(record["reference"])
    people = [{"id": person["id"], "accepted": True} for person in record["people"]]
    reported = {"receipt": f"r-{len(RECEIVED)}", "state": "accepted", "people": people}
    return b"201 Created", json.dumps({"answers": [reported]}).encode()


async def main() -> None:
    """Print the port, and serve until ended."""
    server = await asyncio.start_server(serve_one, "127.0.0.1", 0, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit(0)
