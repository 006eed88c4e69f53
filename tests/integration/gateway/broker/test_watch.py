"""A broker that is frozen, full or away: it is noticed, restarted where it is ours, and no lock counts as connected."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from devices.links.mqtt import MqttLink
from gateway.broker import config
from gateway.broker.embedded import EmbeddedBroker
from gateway.broker.watch import ASK_AFTER, FROZEN_AFTER, UNANSWERED_AFTER, BrokerWatch
from tests.integration.broker_parts import TIMEOUT_SECONDS, House, open_house, until_disconnected

PROBE_SECONDS = 0.5


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as opened:
        yield opened


class Watched:
    """A watch over a link, with a settable clock and a list of what it did."""

    def __init__(self, link: MqttLink, embedded: EmbeddedBroker | None) -> None:
        self.did: list[str] = []
        self.seconds = 0.0
        self.watch = BrokerWatch(
            link,
            embedded,
            lose=self._noting("lose"),
            ask=self._noting("ask"),
            elapsed=lambda: self.seconds,
            probe_seconds=PROBE_SECONDS,
        )

    def _noting(self, what: str) -> Callable[[], Awaitable[None]]:
        async def note() -> None:
            self.did.append(what)

        return note

    async def look(self, later: float = 0.0) -> bool:
        """One round, after this many seconds; whether the broker takes connections."""
        self.seconds += later
        await self.watch.look()
        return self.watch.takes_connections


def freeze(house: House) -> int:
    """Stop the broker's process as a debugger does; returns its id."""
    pid = house.broker.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    return pid


async def test_our_frozen_broker_is_restarted_and_locks_have_to_be_answered_again(house: House) -> None:
    link = await house.link()
    watched = Watched(link, house.broker)
    assert await watched.look()
    old = freeze(house)
    for _ in range(FROZEN_AFTER):
        assert (house.broker.pid, watched.did) == (old, [])
        assert await watched.look() is False
    await asyncio.wait_for(until_disconnected(link), TIMEOUT_SECONDS)
    await asyncio.wait_for(link.until_connected(), TIMEOUT_SECONDS)
    assert house.broker.pid not in (None, old)
    assert await watched.look()
    assert watched.did == ["lose"]
    await watched.look(ASK_AFTER - 1)
    assert watched.did == ["lose"]
    await watched.look(1)
    await watched.look(ASK_AFTER)
    assert watched.did == ["lose", "ask"]


async def test_an_operators_frozen_broker_is_reported_and_left_alone(house: House) -> None:
    link = await house.link()
    watched = Watched(link, None)
    pid = freeze(house)
    for _ in range(FROZEN_AFTER + 1):
        assert await watched.look() is False
    assert (house.broker.pid, watched.did) == (pid, [])
    await watched.look(UNANSWERED_AFTER - 1)
    assert watched.did == []
    await watched.look(1)
    assert watched.did == ["lose"], "counted from the last answer"
    os.kill(pid, signal.SIGCONT)
    await asyncio.wait_for(link.until_connected(), TIMEOUT_SECONDS)
    assert await watched.look()
    await watched.look(ASK_AFTER)
    assert (watched.did, house.broker.pid) == (["lose", "ask"], pid)


async def test_a_broker_that_refuses_new_connections_is_reported_while_the_link_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "MAX_CONNECTIONS", 1)
    async with open_house(tmp_path) as house:
        link = await house.link()
        watched, pid = Watched(link, house.broker), house.broker.pid
        for _ in range(FROZEN_AFTER + 1):
            assert await watched.look(UNANSWERED_AFTER) is False
        assert (link.connected, house.broker.pid, watched.did) == (True, pid, [])


async def test_a_killed_broker_makes_the_next_round_forget_who_was_connected(house: House) -> None:
    link = await house.link()
    watched, pid = Watched(link, house.broker), house.broker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    await asyncio.wait_for(until_disconnected(link), TIMEOUT_SECONDS)
    await asyncio.wait_for(link.until_connected(), TIMEOUT_SECONDS)
    assert await watched.look()
    assert watched.did == ["lose"]
