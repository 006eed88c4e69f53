"""The memory link fulfils the contract of the link port."""

import asyncio

import pytest

from devices.link import LinkDown, Received
from devices.links.memory import MemoryLink, Sent


async def next_batch(link: MemoryLink) -> list[Received]:
    return await asyncio.wait_for(anext(link.batches()), 5)


async def started(link: MemoryLink) -> MemoryLink:
    await link.start()
    return link


async def test_what_arrived_comes_in_one_batch_oldest_first() -> None:
    link = await started(MemoryLink())
    for payload in (b"1", b"2"):
        link.say("s", "d", "event", payload)
    assert [m.payload for m in await next_batch(link)] == [b"1", b"2"]


async def test_only_what_was_not_acked_comes_again() -> None:
    link = await started(MemoryLink())
    for payload in (b"1", b"2"):
        link.say("s", "d", "event", payload)
    (await next_batch(link))[0].ack()
    link.disconnect()
    link.reconnect()
    assert [m.payload for m in await next_batch(link)] == [b"2"]


async def test_a_command_reaches_the_device_and_its_answer_comes_back() -> None:
    link = await started(MemoryLink(lambda sent: [("ack", b"to " + sent.payload)]))
    await link.publish("s", "d", b"open", expires_in=5)
    assert link.sent == [Sent("s", "d", b"open", 5)]
    assert [(m.channel, m.payload) for m in await next_batch(link)] == [("ack", b"to open")]


async def test_a_disconnected_link_takes_no_command() -> None:
    link = MemoryLink()
    with pytest.raises(LinkDown):
        await link.publish("s", "d", b"open", expires_in=5)
    assert link.sent == []


async def test_stopping_ends_the_batches() -> None:
    link = await started(MemoryLink())
    reading = asyncio.create_task(_read_all(link))
    await asyncio.sleep(0)
    await link.stop()
    assert await asyncio.wait_for(reading, 5) == []


async def _read_all(link: MemoryLink) -> list[list[Received]]:
    return [batch async for batch in link.batches()]
