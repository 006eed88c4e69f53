"""A phone unlocks a lock over the simulated radio: the whole session, against the same bytes and the same durable write
without cryptography, plus the primitives alone. Connecting is excluded on both sides, because it would hide the
difference.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final, Literal

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

from benchmarks.harness import Pair
from certs.authority.ca import Authority
from certs.cose import verify1
from certs.credential import KeyCredential, issue_credential
from certs.enrolment.device_folder import read_device_folder, write_device_folder
from certs.keys import new_private_key
from devices.wire.ble.gatt import BleMessage, Kind
from devices.wire.offline import OfflineCommand
from firmware_sim.ble.adapter import SimAdapter
from firmware_sim.ble.air import Air
from firmware_sim.ble.peripheral import BlePeripheral, Visit
from firmware_sim.device.edhoc import Initiator, Responder
from firmware_sim.lock.lock import SimLock
from firmware_sim.phone.handset import reach
from firmware_sim.phone.offline import ask_lock
from firmware_sim.station.assembly import assemble

NAME: Final = "offline_unlock"
BAR: Final = 1.5
BETTER: Final[Literal["lower", "higher"]] = "lower"
WHAT: Final = "p50 of an unlock by phone on the virtual radio / same bytes and durable write, plus bare primitives"
N = 15
KEY_ID = bytes(range(16))
LOCK = "lock-1"


class MutePeripheral(BlePeripheral):
    """Answers with zero bytes of the same lengths as the real lock, and opens after the last message."""

    replies: tuple[int, ...] = ()

    async def _answer(self, visit: Visit, message: BleMessage) -> None:
        if message.kind is Kind.PHONE:
            place = visit.number % len(self.replies)
            if place == len(self.replies) - 1:
                self.lock.move_here("unlocked", {"means": "ble", "key": KEY_ID})
            await self._write(visit, Kind.PHONE, bytes(self.replies[place]))


class Doorstep:
    """A real lock, a mute one, and a phone in range of both."""

    def __init__(self, folder: Path, authority: Authority, adapter: SimAdapter, air: Air) -> None:
        self.adapter, self.authority = adapter, authority
        self.phone, now = new_private_key(), int(time.time())
        window = KeyCredential(KEY_ID, LOCK, self.phone.public_key(), now - 60, now + 3600)
        self.credential = issue_credential(window, authority.credential_key)
        self.lock = BlePeripheral(air, _lock(folder, authority), LOCK, "C0:00:00:00:00:01")
        self.mute = MutePeripheral(air, self.lock.lock, "mute", "C0:00:00:00:00:02")
        self.sizes: list[int] = []

    @property
    def lock_key(self) -> ec.EllipticCurvePrivateKey:
        """The lock's own key."""
        return self.lock.lock.dialogue.speech.key

    async def learn_sizes(self) -> None:
        """Run one real session to learn the lengths of its messages."""
        async with reach(self.adapter, LOCK) as exchange:

            async def noted(message: bytes) -> bytes:
                reply = await exchange(message)
                self.sizes += [len(message), len(reply)]
                return reply

            await self._ask(noted)
        self.mute.replies = tuple(self.sizes[1::2])

    async def true_ms(self) -> float:
        """Return the time of one unlock, from the first message to the lock's answer."""
        async with reach(self.adapter, LOCK) as exchange:
            began = time.perf_counter()
            await self._ask(exchange)
            return (time.perf_counter() - began) * 1000

    async def mute_ms(self) -> float:
        """Return the time of the same bytes in both directions."""
        async with reach(self.adapter, "mute") as exchange:
            began = time.perf_counter()
            for size in self.sizes[0::2]:
                await exchange(bytes(size))
            return (time.perf_counter() - began) * 1000

    async def primitives_ms(self) -> float:
        """Return the time of both sides' EDHOC, the credential's signature and three sealed messages alone."""
        began = time.perf_counter()
        initiator, responder = Initiator(self.phone, self.lock_key.public_key()), Responder(self.lock_key)
        third = initiator.third(responder.hear_first(initiator.first()), self.credential)
        verify1(responder.hear_third(third), self.authority.credential_key.public_key())
        key = responder.prove(self.phone.public_key()).command
        initiator.keys()
        for place in range(3):
            cipher, nonce = AESCCM(key, tag_length=8), place.to_bytes(13, "big")
            cipher.decrypt(nonce, cipher.encrypt(nonce, bytes(40), b""), b"")
        return (time.perf_counter() - began) * 1000

    async def _ask(self, exchange: Callable[[bytes], Awaitable[bytes]]) -> None:
        _, result = await ask_lock(
            exchange, self.phone, self.lock_key.public_key(), self.credential, OfflineCommand("unlock")
        )
        assert result.outcome == "done"


@contextmanager
def prepare() -> Iterator[Pair]:
    """Open the stage; both locks advertise throughout."""
    with tempfile.TemporaryDirectory() as name, asyncio.Runner() as runner:
        house = open_doorstep(Path(name))
        door = runner.run(house.__aenter__())
        try:
            yield Pair(
                lambda: runner.run(_p50(door.true_ms)),
                lambda: runner.run(_p50(door.mute_ms)) + runner.run(_p50(door.primitives_ms)),
                N,
            )
        finally:
            runner.run(house.__aexit__(None, None, None))


@asynccontextmanager
async def open_doorstep(folder: Path) -> AsyncIterator[Doorstep]:
    """Create the air with both locks and the phone."""
    air = Air()
    adapter = await SimAdapter.on_air(air)
    door = Doorstep(folder, Authority.open(folder / "authority", lambda: int(time.time())), adapter, air)
    for lock in (door.lock, door.mute):
        await lock.power_on()
    await door.learn_sizes()
    try:
        yield door
    finally:
        for lock in (door.lock, door.mute):
            await lock.power_off()
        await adapter.close()


async def _p50(once: Callable[[], Awaitable[float]]) -> float:
    return statistics.median([await once() for _ in range(N)])


def _lock(folder: Path, authority: Authority) -> SimLock:
    write_device_folder(folder / LOCK, authority, "house-1", LOCK, "lock", host="127.0.0.1", port=1)
    lock = assemble(read_device_folder(folder / LOCK))
    assert isinstance(lock, SimLock)
    lock.clock.set(int(time.time()))
    return lock
