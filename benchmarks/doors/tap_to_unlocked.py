"""From the tap to "unlocked": the whole gateway and a simulated lock, against a bare echo over an equal broker."""

import asyncio
import os
import statistics
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from api.cli.demo.children import Child
from api.cli.demo.demo import photograph, running
from api.cli.demo.journey_run import JourneyRun
from api.cli.demo.ports import free_port
from api.client import Answer, Client
from benchmarks.harness import Pair
from certs.authority.ca import Authority
from certs.holder import sign_statement
from certs.keys import new_private_key, save_private_key
from gateway.broker.config import BrokerCertificates, BrokerSettings, find_mosquitto
from gateway.broker.embedded import EmbeddedBroker
from gateway.clock import utc_now
from gateway.domain.keys.key import Proof, unlock_statement

NAME: Final = "tap_to_unlocked"
BAR: Final = 2.0
BETTER: Final[Literal["lower", "higher"]] = "lower"
WHAT: Final = "p50 of POST unlock until the lock's answer / p50 of a bare FastAPI + paho echo over the same broker"
N = 60
TIMEOUT_SECONDS = 10.0


@contextmanager
def prepare() -> Iterator[Pair]:
    """Start both sides for all rounds; each round is N taps, one after the other."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            ours, _ = runner.run(our_house(stack, Path(folder) / "ours"))
            bare = runner.run(bare_house(stack, Path(folder) / "bare"))
            for warm_up in (ours, bare):
                runner.run(median_ms(warm_up, 20))
            yield Pair(lambda: runner.run(median_ms(ours, N)), lambda: runner.run(median_ms(bare, N)), N)
        finally:
            runner.run(stack.aclose())


async def median_ms(tap: Callable[[], Awaitable[None]], times: int) -> float:
    """Return the p50 of one tap in milliseconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        await tap()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


async def our_house(stack: AsyncExitStack, folder: Path) -> tuple[Callable[[], Awaitable[None]], str]:
    """Start the demonstration's parts, with a key on a lock; return a call that taps once, and its address."""
    environment = {"LODGEKEY_UNLOCKS_PER_MINUTE": "1000000"}
    parts = await stack.enter_async_context(running(folder, 0, lambda _text: None, environment=environment))
    journey = JourneyRun(parts.url, parts.logins, await photograph(folder), lambda _text: None)
    key_id = await journey.arrive("HS7-101")
    client = await stack.enter_async_context(Client(f"{parts.url}/api/v1", timeout_s=TIMEOUT_SECONDS))

    async def tap() -> None:
        at, nonce = int(time.time()), os.urandom(12).hex()
        signature = sign_statement(unlock_statement(key_id, Proof(at, nonce, b"")), journey.phone)
        body = {"at": at, "nonce": nonce, "signature": urlsafe_b64encode(signature).rstrip(b"=").decode()}
        _expect(await client.post(f"/keys/{key_id}/unlock", json=body))

    return tap, parts.url


async def bare_house(stack: AsyncExitStack, folder: Path) -> Callable[[], Awaitable[None]]:
    """Start a mosquitto with the same configuration, and the two processes of bare_echo."""
    port, authority = free_port(), Authority.open(folder / "certs", utc_now)
    key = new_private_key()
    save_private_key(folder / "server.key", key)
    certificates = BrokerCertificates(
        ca=authority.chain_pem,
        server=authority.issue_server(key.public_key()).chain_pem,
        key=(folder / "server.key").read_bytes(),
        crl=authority.crl([]),
    )
    broker = EmbeddedBroker(folder / "broker", BrokerSettings(port=port), certificates, binary=find_mosquitto())
    await broker.start()
    stack.push_async_callback(broker.stop)
    (folder / "ca.pem").write_bytes(authority.ca_pem)
    reported: dict[str, Any] = {}
    for role in ("device", "page"):
        key = new_private_key()
        save_private_key(folder / f"{role}.key", key)
        issued = (
            authority.issue_gateway(key.public_key(), "gateway-0")
            if role == "page"
            else authority.issue_device(key.public_key(), "bench", "lock-1", "lock")
        )
        (folder / f"{role}.pem").write_bytes(issued.chain_pem)
        files = [str(folder / name) for name in ("ca.pem", f"{role}.pem", f"{role}.key")]
        child = Child(
            f"the bare {role}", ["-m", "benchmarks.stages.bare_echo", role, str(port), *files], folder / "log"
        )
        stack.push_async_exit(child)
        reported = await child.start()
    client = await stack.enter_async_context(Client(reported["url"], timeout_s=TIMEOUT_SECONDS))

    async def tap() -> None:
        _expect(await client.post("/tap"))

    return tap


def _expect(answer: Answer) -> None:
    if answer.status != 200 or answer.json()["outcome"] != "unlocked":
        raise RuntimeError(f"the door did not open: {answer.status} {answer.text[:200]}")
