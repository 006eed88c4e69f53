"""Home Assistant on the operator's own mosquitto: receives lock states, and may send commands only where enabled."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiomqtt
import pytest

from devices.reports import StateReported
from devices.wire.messages import State
from gateway.integrations.home_assistant import BIRTH
from gateway.journey.devices import reports
from gateway.store import Device
from tests.integration.gateway.integrations.test_vendor_locks import NUKI, nuki_in
from tests.integration.home_parts import TIMEOUT_SECONDS, Home, open_home
from tests.parts.house import good

SET = f"lodgekey-home/{NUKI}/set"


class SimHomeAssistant:
    """Receives the retained messages, as Home Assistant does at its start."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self.client = client
        self.received: dict[str, bytes] = {}
        self._news = asyncio.Condition()

    async def listen(self) -> None:
        """Receive until cancelled."""
        async for message in self.client.messages:
            async with self._news:
                self.received[str(message.topic)] = bytes(message.payload)
                self._news.notify_all()

    async def until(self, topic: str, payload: bytes | None = None) -> bytes:
        """Wait for a topic, or for a given payload on it."""
        async with asyncio.timeout(TIMEOUT_SECONDS), self._news:
            await self._news.wait_for(lambda: topic in self.received and payload in (None, self.received[topic]))
        return self.received[topic]

    async def start_anew(self) -> None:
        """Simulate a restart of Home Assistant: all states are published again, after all earlier messages were
        handled.
        """
        self.received.clear()
        await self.client.publish(BIRTH, b"online", qos=1)
        await self.until(f"homeassistant/lock/lodgekey-{NUKI}/config")


@asynccontextmanager
async def home_assistant(home: Home) -> AsyncIterator[SimHomeAssistant]:
    async with home.client("home-assistant") as client:
        await client.subscribe([("homeassistant/#", 1), ("lodgekey-home/#", 1)])
        there = SimHomeAssistant(client)
        listening = asyncio.create_task(there.listen())
        try:
            yield there
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


async def a_beat(there: SimHomeAssistant, home: Home) -> None:
    """A barrier: all earlier messages have been handled, because one published after them has arrived."""
    async with home.client("somebody") as client:
        await client.publish("nuki/3A4B5C6D/batteryChargeState", b"33", qos=1)
    await there.until(f"lodgekey-home/{NUKI}/battery", b"33")


async def test_a_lock_is_announced_with_what_it_said_and_nothing_of_persons(tmp_path: Path) -> None:
    async with open_home(tmp_path, home_assistant=True) as home, home_assistant(home) as there:
        await nuki_in(home)
        config = json.loads(await there.until(f"homeassistant/lock/lodgekey-{NUKI}/config"))
        assert (config["optimistic"], config["retain"]) == (False, False)
        assert config["state_topic"] == f"lodgekey-home/{NUKI}/state"
        await there.until(f"lodgekey-home/{NUKI}/state", b"LOCKED")
        await there.until(f"lodgekey-home/{NUKI}/battery", b"64")
        await there.until(f"lodgekey-home/{NUKI}/availability", b"online")
        tenant, _, key = await home.move_in()
        assert (await home.tap(tenant, key))["outcome"] == "unlocked"
        await there.until(f"lodgekey-home/{NUKI}/state", b"UNLOCKED")
        reported = b" ".join(there.received.values()).decode()
        assert not [word for word in ("Room", "Street", "Landlord", "Voorbeeld", key) if word in reported]
        assert set(config) >= {"unique_id", "availability", "device", "command_topic"}


async def test_a_state_nobody_knows_is_never_guessed(tmp_path: Path) -> None:
    async with open_home(tmp_path, home_assistant=True) as home, home_assistant(home) as there:
        assert await there.until("lodgekey-home/lock-b/state") == b"None"
        assert there.received["lodgekey-home/lock-b/availability"] == b"offline"
        reported = StateReported("lock-b", State(1, 1, "jammed", "closed", 50, (), "set", b"n" * 16, 1, "sim"))
        with home.gateway.database.writing() as session:
            reports.record_report(session, reported, home.gateway.now(), None)
        await there.until("lodgekey-home/lock-b/state", b"JAMMED")


async def test_by_default_a_command_opens_nothing(tmp_path: Path) -> None:
    async with open_home(tmp_path, home_assistant=True) as home, home_assistant(home) as there:
        sim = await nuki_in(home)
        await there.until(f"lodgekey-home/{NUKI}/state", b"LOCKED")
        await there.client.publish(SET, b"UNLOCK", qos=1)
        await there.start_anew()
        await a_beat(there, home)
        assert (sim.movements, home.device(NUKI).bolt) == ([], "locked")


async def test_where_commands_are_on_one_is_carried_out_and_a_retained_one_is_refused_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        open_home(tmp_path, home_assistant=True, home_assistant_commands=True) as home,
        home_assistant(home) as there,
    ):
        sim = await nuki_in(home)
        await there.until(f"lodgekey-home/{NUKI}/state", b"LOCKED")
        await there.client.publish(SET, b"UNLOCK", qos=1, retain=True)
        await there.start_anew()
        assert (sim.movements, "it was retained" in caplog.text) == ([], True)
        await there.client.publish(SET, b"UNLOCK", qos=1)
        await there.until(f"lodgekey-home/{NUKI}/state", b"UNLOCKED")
        assert sim.movements == [3]
        await there.client.publish("lodgekey-home/lock-b/set", b"UNLOCK", qos=1)
        await there.client.publish(SET, b"LOCK", qos=1)
        await there.until(f"lodgekey-home/{NUKI}/state", b"LOCKED")
        assert "opens for keys only" in caplog.text
        rows = good(await home.house.client("tester").get("/api/v1/deliveries"))
        assert [row for row in rows if row["party"] == "lock:lock-b" and row["work"] == "external_command"] == []


async def test_a_lock_out_of_service_is_taken_away_and_a_gateway_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    async with open_home(tmp_path, home_assistant=True) as home, home_assistant(home) as there:
        await there.until("lodgekey-home/lock-b/state")
        with home.gateway.database.writing() as session:
            session.get_one(Device, "lock-b").revoked_at = 1
        await there.until("homeassistant/lock/lodgekey-lock-b/config", b"")
        assert home.gateway.home_assistant is not None
        await home.gateway.home_assistant.stop()
        await there.until("lodgekey-home/status", b"offline")
