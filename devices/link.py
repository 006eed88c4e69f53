"""The port that every transport to devices implements: publish commands, receive messages in batches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Protocol


class LinkDown(Exception):
    """The command did not reach the link's other side; nothing is known to have been delivered."""


class NobodyListens(LinkDown):
    """The link works, but the device is not connected and nothing was stored for it. Not every broker reports this."""


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it arrived, unverified. `ack` may be called once its contents are committed."""

    site: str
    device: str
    channel: str  # ack | event | state | online; a vendor's own word where the driver is a vendor's
    payload: bytes
    retained: bool
    ack: Callable[[], None] = field(compare=False)


class Link(Protocol):
    """A transport to devices. Messages that were not acked are delivered again after a reconnect."""

    @property
    def connected(self) -> bool:
        """Whether the link can carry a command now."""

    async def start(self) -> None:
        """Connect and stay connected; returns without waiting for the first connection."""

    async def stop(self) -> None:
        """Disconnect; batches() ends."""

    async def publish(self, site: str, device: str, payload: bytes, *, expires_in: int, channel: str = "cmd") -> None:
        """Send one command, never retained; returns once the other side took it. Raises LinkDown.

        `expires_in`: whole seconds, at least 1, after which the link should drop it undelivered. `channel`: which of a
        device's command topics, where a vendor has several.
        """

    def batches(self) -> AsyncIterator[list[Received]]:
        """Yield the messages received since the last batch, oldest first, never an empty list. One reader."""
