"""Authority rotation with running devices loses no lock, neither those at work nor the one that is switched off."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from certs.authority.ca import Authority
from gateway.fleet.rotation import advance, roll_back
from gateway.store import Certificate
from tests.integration.broker_parts import wall_clock
from tests.integration.fleet_parts import Estate, copy_certificates, open_estate
from tests.parts.world import LOCK

pytestmark = pytest.mark.slow
AWAKE, SLEEPER = (LOCK, "lock-2"), "lock-3"


@pytest.fixture
async def estate(tmp_path: Path) -> AsyncIterator[Estate]:
    """Three locks that have reported; one of them is switched off afterwards."""
    async with open_estate(tmp_path) as opened:
        for name in (*AWAKE, SLEEPER):
            opened.add(name)
        await asyncio.gather(*(opened.start(name) for name in (*AWAKE, SLEEPER)))
        for name in (*AWAKE, SLEEPER):
            await opened.until_reported(name)
        await opened.stop(SLEEPER)
        await opened.gateway.tend_certificates()
        assert opened.behind() == {}
        yield opened


async def certs(estate: Estate, *arguments: str) -> Any:
    """Output of the operator's command, or its error message."""
    code, said = await estate.lodgekey("certs", *arguments, "--json")
    return json.loads(said) if code == 0 else said


async def confirmed(estate: Estate) -> None:
    """The gateway uses the new certificates, and all devices but the sleeping one have confirmed theirs."""
    await estate.gateway.tend_certificates()
    await estate.until(lambda: set(estate.behind()) <= {SLEEPER}, "everyone awake has confirmed")


async def nobody_is_shut_out(estate: Estate) -> None:
    for name in (*AWAKE, SLEEPER):
        assert await estate.broker_lets_in(estate.folder(name)), name


def step(estate: Estate) -> None:
    with estate.gateway.database.reading() as session:
        advance(session, Authority.open(estate.gateway.authority.folder, wall_clock), {SLEEPER})


async def everyone_returns_after_the_broker_was_killed(estate: Estate) -> None:
    """Kill the broker, so that no old connection remains: devices and gateway reconnect with their current
    certificates.
    """
    received = {name: estate.device(name).state_seq for name in AWAKE}
    assert estate.gateway.broker is not None
    assert estate.gateway.broker.pid is not None
    os.kill(estate.gateway.broker.pid, signal.SIGKILL)
    for name in AWAKE:
        await estate.until_reported(name, after=received[name])


async def test_a_full_rotation_loses_no_lock(estate: Estate, tmp_path: Path) -> None:
    asleep = copy_certificates(estate.folder(SLEEPER), tmp_path / "asleep")
    for phase in ("init", "clients", "servers", "standby"):
        step(estate)
        await confirmed(estate)
        assert estate.gateway.authority.generations.standing.phase == phase
        await nobody_is_shut_out(estate)
        await everyone_returns_after_the_broker_was_killed(estate)
    assert estate.behind() == {SLEEPER: ["put_trust", "put_certificate"]}
    await estate.start(SLEEPER)  # it was switched off during the whole rotation
    await estate.until(lambda: estate.behind() == {}, "the sleeper has been moved")
    assert generations(estate) == dict.fromkeys((*AWAKE, SLEEPER), 2)
    Authority.open(estate.gateway.authority.folder, wall_clock).forget_generation(1)
    await estate.gateway.tend_certificates()
    assert not await estate.broker_lets_in(asleep), "the old authority is believed no more"
    await nobody_is_shut_out(estate)


@pytest.mark.parametrize("steps", [2, 3])
async def test_a_rotation_given_up_loses_no_lock(estate: Estate, steps: int, tmp_path: Path) -> None:
    for _ in range(steps):
        step(estate)
        await confirmed(estate)
    moved = copy_certificates(estate.folder(LOCK), tmp_path / "moved")
    assert generations(estate)[LOCK] == 2
    roll_back(Authority.open(estate.gateway.authority.folder, wall_clock))
    await confirmed(estate)
    await nobody_is_shut_out(estate)
    await everyone_returns_after_the_broker_was_killed(estate)
    await estate.start(SLEEPER)
    await estate.until(lambda: estate.behind() == {}, "everyone is back")
    assert generations(estate) == dict.fromkeys((*AWAKE, SLEEPER), 1)
    assert await estate.broker_lets_in(moved), "until it is forgotten, what was given up is still let in"
    Authority.open(estate.gateway.authority.folder, wall_clock).forget_generation(2)
    await estate.gateway.tend_certificates()
    assert not await estate.broker_lets_in(moved)
    await nobody_is_shut_out(estate)


async def test_the_operator_is_shown_who_is_behind_and_names_who_is_not_waited_for(estate: Estate) -> None:
    assert (await certs(estate, "rotate"))["phase"] == "init"
    await confirmed(estate)
    assert f"1 device has not confirmed this phase: {SLEEPER}." in await certs(estate, "rotate")
    reported = await certs(estate, "rotate", "--leave", SLEEPER)
    assert (reported["phase"], reported["next"], reported["followed_by_gateway"]) == ("clients", 2, False)
    given_up = await certs(estate, "roll-back")
    assert (given_up["phase"], given_up["retired"], given_up["devices"]) == ("standby", [2], 3)
    assert "no rotation is under way" in await certs(estate, "roll-back")


def generations(estate: Estate) -> dict[str, int]:
    """Generation of the authority that signed each device's presented certificate."""
    with estate.gateway.database.reading() as session:
        rows = [(name, estate.device(name).certificate_serial) for name in (*AWAKE, SLEEPER)]
        return {name: session.get_one(Certificate, serial).generation for name, serial in rows}
