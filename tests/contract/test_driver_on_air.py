"""Additional promises of drivers around makers' Bluetooth libraries: query the lock first, and never turn twice."""

import secrets
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from devices.intents import LockDoor, Unlock
from devices.link import LinkDown
from devices.reports import Answered, Reachable, StateReported
from tests.contract.radio_benches import ON_AIR, There, on_air

WRONG_KEYS = {"key_id": "2b", "key": "ff" * 16, "private_key": "ee" * 32, "secret_key": "ff" * 16}


@pytest_asyncio.fixture(params=sorted(ON_AIR))
async def there(request: pytest.FixtureRequest) -> AsyncIterator[There]:
    async with on_air(request.param) as bench:
        yield bench


def unlock(lasts: int = 10) -> Unlock:
    return Unlock(secrets.token_bytes(16), bytes(16), int(time.time()) + lasts)


async def test_a_door_that_is_open_is_not_opened_again(there: There) -> None:
    for _ in range(2):
        reports = await there.bench.ask(unlock())
        assert [report.outcome for report in reports if isinstance(report, Answered)] == ["done"]
    assert there.lock.movements == ["unlocked"]


async def test_a_bolt_that_did_not_move_is_never_said_to_have_moved(there: There) -> None:
    there.lock.jammed = True
    (answer,) = [report for report in await there.bench.ask(unlock()) if isinstance(report, Answered)]
    assert (answer.outcome, answer.code in ("jammed", "not_moved")) == ("failed", True)
    assert there.lock.movements == []


async def test_a_lock_out_of_range_is_unreachable_and_nothing_is_kept_for_it(there: There) -> None:
    await there.lock.power_off()
    with pytest.raises(LinkDown):
        await there.bench.driver.send(there.bench.lock, unlock(lasts=2))
    assert not any(isinstance(report, StateReported | Answered) for report in there.bench.hear())
    await there.lock.power_on()
    assert there.lock.movements == []


async def test_a_wrong_key_opens_nothing_and_is_reported_to_nobody(
    there: There, caplog: pytest.LogCaptureFixture
) -> None:
    right = dict(there.secrets)
    there.secrets.update({name: WRONG_KEYS[name] for name in WRONG_KEYS if name in right})
    with pytest.raises(LinkDown) as failure:
        await there.bench.driver.send(there.bench.lock, unlock(lasts=3))
    said = str(failure.value) + caplog.text
    assert there.lock.movements == []
    kept = [value for name, value in {**right, **there.secrets}.items() if name != "address" and len(value) > 8]
    assert [value for value in kept if value in said] == []


async def test_the_connection_ends_with_the_conversation(there: There) -> None:
    await there.bench.ask(unlock())
    assert there.adapter.device.connections == {}


async def test_the_connection_ends_where_the_lock_refuses_the_key(there: There) -> None:
    right = dict(there.secrets)
    there.secrets.update({name: WRONG_KEYS[name] for name in WRONG_KEYS if name in right})
    with pytest.raises(LinkDown):
        await there.bench.driver.send(there.bench.lock, unlock(lasts=3))
    assert there.adapter.device.connections == {}
    there.secrets.update(right)
    (answer,) = [report for report in await there.bench.ask(unlock()) if isinstance(report, Answered)]
    assert (answer.outcome, there.lock.movements) == ("done", ["unlocked"])


async def test_what_the_lock_is_asked_is_said_to_reach_it_or_not(there: There) -> None:
    reports = await there.bench.ask(LockDoor(secrets.token_bytes(16), int(time.time()) + 10))
    assert Reachable(there.bench.lock.device, online=True) in reports
    assert there.lock.movements == []


async def test_a_library_that_is_not_installed_is_named(there: There, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = type(there.bench.driver)
    monkeypatch.setattr(driver, "library", "a_library_that_is_not_there")
    with pytest.raises(LinkDown):
        await there.bench.driver.send(there.bench.lock, unlock())
    assert there.lock.movements == []
