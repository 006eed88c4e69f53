"""The port every way to a device implements: put a command in, take what devices said out in batches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Protocol


class LinkDown(Exception):
    """The command did not reach the link's other side; nothing is known to have been delivered."""


class NobodyListens(LinkDown):
    """The link works, but the device is not on it and nothing was kept for it. Not every broker can tell."""


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it arrived: still unverified bytes. `ack` may be called once what it says is committed."""

    site: str
    device: str
    channel: str  # ack | event | state | online; a vendor's own word where the driver is a vendor's
    payload: bytes
    retained: bool
    ack: Callable[[], None] = field(compare=False)


class Link(Protocol):
    """A way to devices. Messages that were not acked are delivered again after a reconnect."""

    @property
    def connected(self) -> bool:
        """Whether the link can carry a command now."""

    async def start(self) -> None:
        """Begin to connect and keep connected; returns without waiting for the first connection."""

    async def stop(self) -> None:
        """Disconnect; batches() ends."""

    async def publish(self, site: str, device: str, payload: bytes, *, expires_in: int, channel: str = "cmd") -> None:
        """Carry one command, never retained; returns once the other side took it. Raises LinkDown.

        `expires_in`: whole seconds, at least 1, after which the link should drop it undelivered. `channel`: which of
        a device's inlets, where a vendor has several.
        """

    def batches(self) -> AsyncIterator[list[Received]]:
        """Yield what has arrived since the last time, oldest first, never an empty list. One reader."""
