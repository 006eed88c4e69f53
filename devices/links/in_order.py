"""Several links to the same devices, in order of preference: a command one cannot send goes by the next.

A command may therefore reach a lock twice, for example when a link failed after it had sent it: it is the same signed
command, and the lock executes it once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from devices.link import Link, LinkDown, Received

LINK_TIMEOUT_SECONDS = 3.0  # timeout in seconds for a link that is not the last


class LinksInOrder:
    """A link that combines several links."""

    def __init__(self, links: Sequence[Link], *, timeout: float = LINK_TIMEOUT_SECONDS) -> None:
        """`links`: at least one, the preferred first."""
        self._links, self._timeout = tuple(links), timeout

    @property
    def connected(self) -> bool:
        """Whether any link can send a command now."""
        return any(link.connected for link in self._links)

    async def start(self) -> None:
        """Start all links."""
        for link in self._links:
            await link.start()

    async def stop(self) -> None:
        """Stop all links; batches() ends."""
        for link in self._links:
            await link.stop()

    async def publish(self, site: str, device: str, payload: bytes, *, expires_in: int, channel: str = "cmd") -> None:
        """Send one command by the first link that accepts it. Raises LinkDown with the last link's reason."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + expires_in
        for link in self._links[:-1]:
            try:
                async with asyncio.timeout(min(self._timeout, deadline - clock())):
                    await link.publish(site, device, payload, expires_in=expires_in, channel=channel)
                    return
            except (LinkDown, TimeoutError):
                continue
        left = int(deadline - clock())
        if left < 1:
            raise LinkDown("no link took the command in time")
        await self._links[-1].publish(site, device, payload, expires_in=left, channel=channel)

    async def batches(self) -> AsyncIterator[list[Received]]:
        """Batches of all links as they arrive; each link keeps its own order and bound."""
        received: asyncio.Queue[list[Received] | None] = asyncio.Queue(maxsize=1)
        pumps = [asyncio.create_task(_pump(link, received)) for link in self._links]
        try:
            ended = 0
            while ended < len(pumps):
                batch = await received.get()
                if batch is None:
                    ended += 1
                else:
                    yield batch
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)


async def _pump(link: Link, received: asyncio.Queue[list[Received] | None]) -> None:
    async for batch in link.batches():
        await received.put(batch)
    await received.put(None)
