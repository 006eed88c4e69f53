"""A link without a network: published commands are recorded, device messages are injected."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from devices.link import LinkDown, Received

Said = tuple[str, bytes]  # channel, payload


@dataclass(frozen=True, slots=True)
class Sent:
    """One published command."""

    site: str
    device: str
    payload: bytes
    expires_in: int
    channel: str = "cmd"


class MemoryLink:
    """Behaves as the port requires: nothing is retained, unacked messages are delivered again after reconnect().

    `answer` may simulate the device: it is called with each command and returns the device's response.
    """

    def __init__(self, answer: Callable[[Sent], list[Said]] | None = None) -> None:
        self.sent: list[Sent] = []
        self.connected = False
        self._answer = answer
        self._fresh: list[Received] = []
        self._unacked: dict[int, Received] = {}
        self._count = 0
        self._arrived = asyncio.Event()
        self._stopped = False

    @property
    def unacked(self) -> list[Received]:
        """Messages that are delivered or waiting and not yet acked, oldest first."""
        return list(self._unacked.values())

    async def start(self) -> None:
        """Connect at once."""
        self.connected = True

    async def stop(self) -> None:
        """Disconnect; batches() ends."""
        self.connected = False
        self._stopped = True
        self._arrived.set()

    def disconnect(self) -> None:
        """Lose the connection; commands are refused until reconnect()."""
        self.connected = False

    def reconnect(self) -> None:
        """Reconnect: everything unacked is delivered again, in order."""
        self.connected = True
        self._fresh = self.unacked
        self._arrived.set()

    def say(self, site: str, device: str, channel: str, payload: bytes, *, retained: bool = False) -> None:
        """Inject a message from a device."""
        self._count += 1
        number = self._count
        message = Received(site, device, channel, payload, retained, lambda: self._settle(number))
        self._unacked[number] = message
        self._fresh.append(message)
        self._arrived.set()

    async def publish(self, site: str, device: str, payload: bytes, *, expires_in: int, channel: str = "cmd") -> None:
        """Record the command and let the simulated device answer, if there is one."""
        if not self.connected:
            raise LinkDown("the link is disconnected")
        command = Sent(site, device, payload, expires_in, channel)
        self.sent.append(command)
        for outlet, said in self._answer(command) if self._answer else []:
            self.say(site, device, outlet, said)

    async def batches(self) -> AsyncIterator[list[Received]]:
        """Yield the messages injected since the last batch."""
        while not self._stopped:
            await self._arrived.wait()
            self._arrived.clear()
            batch, self._fresh = self._fresh, []
            if batch:
                yield batch

    def _settle(self, number: int) -> None:
        self._unacked.pop(number, None)
