"""Requests whose length can be read in two ways: what one reading hides is never answered as a second request."""

import re
import socket
from pathlib import Path
from typing import Final

from tests.parts.served import serve

HIDDEN: Final = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
CHUNKS: Final = f"0\r\n\r\n{HIDDEN}"
AMBIGUOUS: Final = {
    "both lengths": f"Content-Length: {len(CHUNKS)}\r\nTransfer-Encoding: chunked\r\n\r\n{CHUNKS}",
    "both lengths, the other way round": f"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n{CHUNKS}",
    "two lengths": f"Content-Length: 0\r\nContent-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "two lengths in one": f"Content-Length: 0, {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "a length with a sign": f"Content-Length: +0\r\n\r\n{HIDDEN}",
    "a length in hexadecimal": f"Content-Length: 0x0\r\n\r\n{HIDDEN}",
    "a space before the colon": f"Content-Length: {len(CHUNKS)}\r\nTransfer-Encoding : chunked\r\n\r\n{CHUNKS}",
    "an unknown coding": f"Content-Length: {len(CHUNKS)}\r\nTransfer-Encoding: xchunked\r\n\r\n{CHUNKS}",
    "a folded header": f"Content-Length: {len(CHUNKS)}\r\nTransfer-Encoding:\r\n chunked\r\n\r\n{CHUNKS}",
}


def answers(port: int, head: str) -> list[str]:
    """Statuses of everything that a server answers to one connection until it closes it (5 s after the last)."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(f"POST /api/v1/sessions HTTP/1.1\r\nHost: a\r\n{head}".encode())
        received = b""
        while part := connection.recv(65536):
            received += part
    return re.findall(r"HTTP/1\.1 (\d{3}) ", received.decode("latin-1"))


def test_what_another_length_could_hide_is_no_second_request(first_house: Path, tmp_path: Path) -> None:
    with serve(first_house, tmp_path / "served") as (_, address):
        port = int(address.rpartition(":")[2])
        assert answers(port, f"Content-Length: 0\r\n\r\n{HIDDEN}") == ["422", "200"], "two requests have two answers"
        for name, head in AMBIGUOUS.items():
            found = answers(port, head)
            assert len(found) <= 1, name
            assert not found or found[0].startswith("4"), name
