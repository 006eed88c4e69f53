"""Five hundred devices reconnecting at once: our broker's configuration against a bare mosquitto with mTLS."""

import asyncio
import socket
import ssl
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final, Literal

from benchmarks.harness import Pair
from certs.authority.ca import Authority
from certs.keys import new_private_key, save_private_key
from devices.links.tls import client_tls
from gateway.broker.certificates import issue_broker_certificates
from gateway.broker.config import BrokerSettings, find_mosquitto, write_files
from gateway.broker.disconnect import CONNACK, CONNECT
from gateway.broker.embedded import EmbeddedBroker

NAME: Final = "mtls_reconnect"
BAR: Final = 0.8
BETTER: Final[Literal["lower", "higher"]] = "higher"
WHAT: Final = "mTLS connects a second of 500 devices at our broker (ACL, CRL, store) / at a bare mosquitto"
N = 500
AT_ONCE = 50
BARE = """listener {port} 127.0.0.1
cafile ca.pem
certfile server.pem
keyfile server.key
require_certificate true
use_identity_as_username true
log_dest none
"""


@contextmanager
def prepare() -> Iterator[Pair]:
    """Start two brokers of one authority; issue the devices' certificates."""
    with tempfile.TemporaryDirectory() as name, asyncio.Runner() as runner:
        folder = Path(name)
        folder.chmod(0o755)
        authority = Authority.open(folder / "authority", lambda: int(time.time()))
        devices = [_device(folder, authority, number) for number in range(N)]
        stack = AsyncExitStack()
        try:
            ours = runner.run(stack.enter_async_context(_ours(folder / "ours", authority)))
            bare = runner.run(stack.enter_async_context(_bare(folder / "bare", authority)))
            for port in (ours, bare):
                runner.run(connect_all(port, devices[:AT_ONCE]))
            yield Pair(lambda: runner.run(rate(ours, devices)), lambda: runner.run(rate(bare, devices)), N)
        finally:
            runner.run(stack.aclose())


async def rate(port: int, devices: list[ssl.SSLContext]) -> float:
    """Return connects a second."""
    began = time.perf_counter()
    await connect_all(port, devices)
    return len(devices) / (time.perf_counter() - began)


async def connect_all(port: int, devices: list[ssl.SSLContext]) -> None:
    """Connect every device, fifty at a time; all stay connected until the last session is established."""
    room = asyncio.Semaphore(AT_ONCE)
    writers = await asyncio.gather(*(_connect(port, tls, room) for tls in devices))
    for writer in writers:
        writer.transport.abort()


async def _connect(port: int, tls: ssl.SSLContext, room: asyncio.Semaphore) -> asyncio.StreamWriter:
    async with room:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls, server_hostname="localhost")
        writer.write(CONNECT)
        answer = await reader.readexactly(4)
        assert (answer[0], answer[3]) == (CONNACK, 0)
        return writer


def _device(folder: Path, authority: Authority, number: int) -> ssl.SSLContext:
    key, chain, key_file = new_private_key(), folder / "device.pem", folder / "device.key"
    save_private_key(key_file, key)
    chain.write_bytes(authority.issue_device(key.public_key(), "house-1", f"lock-{number}", "lock").chain_pem)
    (folder / "ca.pem").write_bytes(authority.ca_pem)
    return client_tls(folder / "ca.pem", chain, key_file)


@asynccontextmanager
async def _ours(folder: Path, authority: Authority) -> AsyncIterator[int]:
    settings = BrokerSettings(_free_port())
    broker = EmbeddedBroker(folder, settings, issue_broker_certificates(authority), binary=find_mosquitto())
    await broker.start()
    try:
        yield settings.port
    finally:
        await broker.stop()


@asynccontextmanager
async def _bare(folder: Path, authority: Authority) -> AsyncIterator[int]:
    port = _free_port()
    write_files(folder, BrokerSettings(port), issue_broker_certificates(authority))
    (folder / "mosquitto.conf").write_text(BARE.format(port=port))
    process = await asyncio.create_subprocess_exec(find_mosquitto(), "-c", "mosquitto.conf", cwd=folder)
    await _until_listening(port)
    try:
        yield port
    finally:
        process.terminate()
        await process.wait()


async def _until_listening(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise TimeoutError("the bare mosquitto does not listen")


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
