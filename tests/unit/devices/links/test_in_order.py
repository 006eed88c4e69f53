"""Links used in order of preference."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from devices.link import LinkDown, Received
from devices.links.in_order import LinksInOrder
from devices.links.memory import MemoryLink, Sent


class SilentLink(MemoryLink):
    """A link that takes commands and never confirms them."""

    async def publish(self, site: str, device: str, payload: bytes, *, expires_in: int, channel: str = "cmd") -> None:
        """Wait forever."""
        self.sent.append(Sent(site, device, payload, expires_in, channel))
        await asyncio.Event().wait()


async def started(*links: MemoryLink, limit: float = 3.0) -> LinksInOrder:
    together = LinksInOrder(links, timeout=limit)
    await together.start()
    return together


async def test_the_preferred_link_carries_what_it_can() -> None:
    first, second = MemoryLink(), MemoryLink()
    await (await started(first, second)).publish("s", "d", b"open", expires_in=5)
    assert (len(first.sent), len(second.sent)) == (1, 0)


async def test_what_one_link_cannot_carry_goes_by_the_next() -> None:
    first, second = MemoryLink(), MemoryLink()
    together = await started(first, second)
    first.disconnect()
    await together.publish("s", "d", b"open", expires_in=5)
    assert [sent.payload for sent in second.sent] == [b"open"]
    assert together.connected


async def test_a_link_that_falls_silent_does_not_use_up_the_commands_time() -> None:
    first, second = SilentLink(), MemoryLink()
    together = await started(first, second, limit=0.05)
    await together.publish("s", "d", b"open", expires_in=5)
    (sent,) = second.sent
    assert 1 <= sent.expires_in <= 5


async def test_when_none_can_carry_it_that_is_said() -> None:
    first, second = MemoryLink(), MemoryLink()
    together = await started(first, second)
    first.disconnect()
    second.disconnect()
    with pytest.raises(LinkDown):
        await together.publish("s", "d", b"open", expires_in=5)
    assert not together.connected


async def test_a_command_whose_time_is_over_is_not_passed_on() -> None:
    first, second = SilentLink(), MemoryLink()
    together = await started(first, second, limit=0.3)
    with pytest.raises(LinkDown, match="in time"):
        await together.publish("s", "d", b"open", expires_in=1)
    assert second.sent == []


async def test_what_devices_say_comes_from_all_links_and_ends_with_them() -> None:
    first, second = MemoryLink(), MemoryLink()
    together = await started(first, second)
    received = together.batches()
    first.say("s", "a", "event", b"1")
    second.say("s", "b", "event", b"2")
    seen = [await next_batch(received), await next_batch(received)]
    assert sorted(message.payload for batch in seen for message in batch) == [b"1", b"2"]
    for batch in seen:
        batch[0].ack()
    assert first.unacked == second.unacked == []
    await together.stop()
    assert [batch async for batch in received] == []


async def next_batch(received: AsyncIterator[list[Received]]) -> list[Received]:
    return await asyncio.wait_for(anext(received), 5)
