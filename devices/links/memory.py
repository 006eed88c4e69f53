"""A link without a network: what was sent can be looked at, what a device says is put in by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from devices.link import LinkDown, Received

Said = tuple[str, bytes]  # channel, payload


@dataclass(frozen=True, slots=True)
class Sent:
    """One command as it was published."""

    site: str
    device: str
    payload: bytes
    expires_in: int
    channel: str = "cmd"


class MemoryLink:
    """Keeps the link's promises: nothing is retained, what was not acked comes again after reconnect().

    `answer` may play the device: called with each command, it returns what the device says in response.
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
        """Messages delivered or waiting whose reader has not yet settled them, oldest first."""
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
        """Come back: everything unacked is delivered again, in order."""
        self.connected = True
        self._fresh = self.unacked
        self._arrived.set()

    def say(self, site: str, device: str, channel: str, payload: bytes, *, retained: bool = False) -> None:
        """Let a device say something."""
        self._count += 1
        number = self._count
        message = Received(site, device, channel, payload, retained, lambda: self._settle(number))
        self._unacked[number] = message
        self._fresh.append(message)
        self._arrived.set()

    async def publish(self, site: str, device: str, payload: bytes, *, expires_in: int, channel: str = "cmd") -> None:
        """Note the command and let the device answer, if it is played."""
        if not self.connected:
            raise LinkDown("the link is disconnected")
        command = Sent(site, device, payload, expires_in, channel)
        self.sent.append(command)
        for outlet, said in self._answer(command) if self._answer else []:
            self.say(site, device, outlet, said)

    async def batches(self) -> AsyncIterator[list[Received]]:
        """Yield what was said since the last time."""
        while not self._stopped:
            await self._arrived.wait()
            self._arrived.clear()
            batch, self._fresh = self._fresh, []
            if batch:
                yield batch

    def _settle(self, number: int) -> None:
        self._unacked.pop(number, None)
