"""A thousand locks in one process, each with its certificate and its own MQTT 3.1.1 connection (OASIS MQTT 3.1.1).

`python -m benchmarks.stages.lock_fleet FOLDER PORT SITE`. Commands are verified and answers signed.
"""

import asyncio
import json
import ssl
import sys
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

from certs.keys import load_private_key, public_from_jwk
from devices.links.tls import client_tls
from devices.wire.chain import Head, entry_digest
from devices.wire.codec import encode_ack
from devices.wire.envelope import read_command, sign_ack
from devices.wire.messages import Ack, Body, Command

AT_ONCE = 50
CONNACK, PUBLISH, PUBACK, SUBACK = 2, 3, 4, 9
KEEPALIVE = 600


class FleetLock(asyncio.Protocol):
    """One lock's connection: subscribes to its commands, answers each once."""

    def __init__(self, site: str, name: str, key: EllipticCurvePrivateKey, gateway: EllipticCurvePublicKey) -> None:
        self._name, self._key, self._gateway = name, key, gateway
        self._cmd, self._ack = (f"lodgekey/v1/{site}/{name}/{channel}".encode() for channel in ("cmd", "ack"))
        self._buffer, self._seq, self._packet = bytearray(), int(time.time() * 1000), 0
        self._epoch, self._codes, self._head = 0, 0, Head()
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send CONNECT."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        head = b"\x00\x04MQTT\x04\x02" + KEEPALIVE.to_bytes(2, "big")
        self._write(0x10, head + _text(self._name.encode()))

    def data_received(self, data: bytes) -> None:
        """Parse whole packets from the stream."""
        self._buffer += data
        while (packet := _take(self._buffer)) is not None:
            self._on_packet(*packet)

    def _on_packet(self, kind: int, body: bytes) -> None:
        if kind == CONNACK:
            self._write(0x82, b"\x00\x01" + _text(self._cmd) + b"\x01")
        elif kind == SUBACK:
            self.ready.set_result(None)
        elif kind == PUBLISH:
            size = 2 + int.from_bytes(body[:2], "big")
            self._write(0x40, body[size : size + 2])
            self._packet = self._packet % 65535 + 1
            said = self._answer(body[size + 2 :])
            self._write(0x32, _text(self._ack) + self._packet.to_bytes(2, "big") + said)

    def _answer(self, payload: bytes) -> bytes:
        command = read_command(payload, self._gateway)
        place = (self._head.seq, self._head.digest)
        ack = Ack(command.id, self._seq + 1, int(time.time()), "done", None, self._done(command), *place)
        head = Head(ack.seq, entry_digest("ack", encode_ack(ack)))
        if command.type == "revoke":  # commands of the bare loop leave no gap in the log that the gateway follows
            self._seq, self._head = ack.seq, head
        return sign_ack(ack, self._key)

    def _done(self, command: Command) -> Body:
        self._epoch = max(self._epoch, command.body.get("epoch", 0))
        self._codes = max(self._codes, command.body.get("codes", 0))
        return {"epoch": self._epoch, "keys": [], "codes": self._codes}

    def _write(self, first: int, body: bytes) -> None:
        self._transport.write(bytes([first]) + _length(len(body)) + body)


def _text(raw: bytes) -> bytes:
    return len(raw).to_bytes(2, "big") + raw


def _length(size: int) -> bytes:
    """Decode §2.2.3: seven bits a byte, the lowest first."""
    out = bytearray()
    while True:
        size, low = divmod(size, 128)
        out.append(low | (0x80 if size else 0))
        if not size:
            return bytes(out)


def _take(buffer: bytearray) -> tuple[int, bytes] | None:
    """Remove and return the first whole packet of the buffer: (packet type, variable header and payload)."""
    size = shift = 0
    for at in range(1, min(5, len(buffer))):
        size |= (buffer[at] & 0x7F) << shift
        shift += 7
        if not buffer[at] & 0x80:
            end = at + 1 + size
            if len(buffer) < end:
                return None
            packet = buffer[0] >> 4, bytes(buffer[at + 1 : end])
            del buffer[:end]
            return packet
    return None


async def run(folder: Path, files: list[Path], gateway: EllipticCurvePublicKey, port: int, site: str) -> None:
    """Connect the lock of every key file, report it on stdout, and answer until killed."""
    room = asyncio.Semaphore(AT_ONCE)

    async def connect(file: Path) -> None:
        key, tls = load_private_key(file), client_tls(folder / "ca.pem", file.with_suffix(".pem"), file)
        async with room:
            _, lock = await asyncio.get_running_loop().create_connection(
                lambda: FleetLock(site, file.stem, key, gateway),
                "127.0.0.1",
                port,
                ssl=tls,
                server_hostname="localhost",
            )
            await lock.ready

    await asyncio.gather(*(connect(file) for file in files))
    print(json.dumps({"ready": True, "locks": len(files), "tls": ssl.OPENSSL_VERSION}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    keys = Path(sys.argv[1])
    speaks = public_from_jwk(json.loads((keys / "command.jwk").read_text()))
    asyncio.run(run(keys, sorted(keys.glob("*.key")), speaks, int(sys.argv[2]), sys.argv[3]))
