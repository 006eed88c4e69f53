"""The contract of every driver, tested by the abilities it declares."""

import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.driver import Ability, Unable, Unreadable
from devices.drivers import DRIVERS
from devices.intents import (
    DropKey,
    DropPasscode,
    Intent,
    LockDoor,
    PutCertificate,
    PutKey,
    PutPasscode,
    PutSupport,
    PutTrust,
    ReadBack,
    Revoke,
    SetTime,
    Show,
    Unlock,
)
from devices.link import LinkDown, Received
from devices.reports import Answered, Happened, Reachable, Report, StateReported
from tests.contract.driver_benches import BENCHES, KEY_ID, DriverBench
from tests.contract.radio_benches import ON_AIR, on_air


@pytest_asyncio.fixture
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[DriverBench]:
    if request.param in BENCHES:
        yield BENCHES[request.param](tmp_path)
        return
    async with on_air(request.param) as there:
        yield there.bench


# bytes that resemble a vendor's messages
TELLING = [b"0", b"3", b"254", b"999", b"true", b"1,172,0,0", b"1,", b"{}", b"[]", b'{"lock_state":"unlocked"}', b"NaN"]
TELLING += [b'{"action":"unlock","battery":NaN}', b'{"lock_state":{},"battery":1e999}', b"9" * 5000, b"[" * 9000]


def soon() -> int:
    return int(time.time()) + 10


def intents(bench: DriverBench) -> dict[Ability, Intent]:
    """One intent of each kind, by the ability it requires."""
    name = secrets.token_bytes(16)
    return {
        Ability.UNLOCK: Unlock(name, KEY_ID, soon()),
        Ability.LOCK: LockDoor(name, soon()),
        Ability.SIGNED_KEYS: PutKey(name, KEY_ID, bench.credential, soon()),
        Ability.PASSCODES: PutPasscode(name, 3, "284711", soon()),
        Ability.REVOCATION_LIST: Revoke(name, 1, (KEY_ID,), soon()),
        Ability.SET_TIME: SetTime(name, int(time.time()), bench.nonce(), soon()),
        Ability.CERTIFICATES: PutCertificate(name, bench.chain, soon()),
        Ability.FIRMWARE: PutSupport(name, soon(), soon()),
        Ability.READ_BACK: ReadBack(name, soon()),
        Ability.SHOW: Show(name, {"screen": "welcome"}, soon()),
    }


def for_drivers(*abilities: Ability) -> pytest.MarkDecorator:
    """Run with each driver that declares all of these abilities."""
    able = sorted(name for name, driver in DRIVERS.items() if driver.abilities.issuperset(abilities))
    return pytest.mark.parametrize("bench", able, indirect=True)


UNCLAIMED = [(name, ability) for name in sorted(DRIVERS) for ability in sorted(set(Ability) - DRIVERS[name].abilities)]


def answer_of(reports: list[Report], intent: Intent) -> Answered:
    """The single answer to an intent among these reports."""
    (answer,) = [r for r in reports if isinstance(r, Answered) and r.command_id == intent.command_id]
    return answer


def make_usable(bench: DriverBench) -> Intent:
    """An unlock intent that the lock accepts."""
    return Unlock(secrets.token_bytes(16), KEY_ID, soon())


async def put_key(bench: DriverBench) -> None:
    if Ability.SIGNED_KEYS in bench.driver.abilities:
        await bench.ask(PutKey(secrets.token_bytes(16), KEY_ID, bench.credential, soon()))


def test_every_driver_is_listed_under_its_own_name_and_has_a_bench(tmp_path: Path) -> None:
    assert set(DRIVERS) == set(BENCHES) | set(ON_AIR)
    assert {name: ON_AIR[name].driver.name for name in ON_AIR} == {name: name for name in ON_AIR}
    for name in BENCHES:
        assert BENCHES[name](tmp_path / name).driver.name == name


@for_drivers(Ability.UNLOCK)
async def test_an_unlock_opens_the_door_and_is_answered(bench: DriverBench) -> None:
    await put_key(bench)
    intent = make_usable(bench)
    reports = await bench.ask(intent)
    assert answer_of(reports, intent).outcome == "done"
    assert (bench.bolt(), bench.movements()) == ("unlocked", 1)
    assert any(isinstance(r, Happened) and r.type == "unlocked" for r in reports)


@for_drivers(Ability.UNLOCK, Ability.LOCK)
async def test_a_lock_command_throws_the_bolt(bench: DriverBench) -> None:
    await put_key(bench)
    await bench.ask(make_usable(bench))
    intent = intents(bench)[Ability.LOCK]
    assert answer_of(await bench.ask(intent), intent).outcome == "done"
    assert bench.bolt() == "locked"


@for_drivers(Ability.UNLOCK)
async def test_the_same_unlock_twice_moves_the_bolt_once(bench: DriverBench) -> None:
    await put_key(bench)
    intent = make_usable(bench)
    first, second = await bench.ask(intent), await bench.ask(intent)
    assert bench.movements() == 1
    assert answer_of(first, intent).outcome == answer_of(second, intent).outcome == "done"


@for_drivers(Ability.READ_BACK)
async def test_a_lock_that_is_asked_tells_where_its_bolt_is(bench: DriverBench) -> None:
    intent = intents(bench)[Ability.READ_BACK]
    reports = await bench.ask(intent)
    assert answer_of(reports, intent).outcome == "done"
    assert [report.state.bolt for report in reports if isinstance(report, StateReported)] == [bench.bolt()]


@for_drivers(Ability.SIGNED_KEYS, Ability.READ_BACK)
async def test_a_key_is_put_read_back_and_dropped(bench: DriverBench) -> None:
    put = intents(bench)[Ability.SIGNED_KEYS]
    assert answer_of(await bench.ask(put), put).outcome == "done"
    assert bench.keys() == (KEY_ID,)
    reported = [r.state for r in await bench.ask(intents(bench)[Ability.READ_BACK]) if isinstance(r, StateReported)]
    assert reported[-1].keys == (KEY_ID,)
    drop = DropKey(secrets.token_bytes(16), KEY_ID, soon())
    assert answer_of(await bench.ask(drop), drop).outcome == "done"
    assert bench.keys() == ()


@for_drivers(Ability.SIGNED_KEYS, Ability.REVOCATION_LIST, Ability.UNLOCK)
async def test_a_revoked_key_opens_no_more(bench: DriverBench) -> None:
    await put_key(bench)
    await bench.ask(intents(bench)[Ability.REVOCATION_LIST])
    intent = make_usable(bench)
    answer = answer_of(await bench.ask(intent), intent)
    assert (answer.outcome, answer.code) == ("refused", "key_revoked")
    assert bench.movements() == 0


@for_drivers(Ability.SIGNED_KEYS, Ability.UNLOCK)
async def test_a_lock_that_refuses_is_reported_to_refuse(bench: DriverBench) -> None:
    intent = Unlock(secrets.token_bytes(16), bytes(16), soon())
    answer = answer_of(await bench.ask(intent), intent)
    assert (answer.outcome, answer.code) == ("refused", "unknown_key")
    assert bench.movements() == 0


@for_drivers(Ability.PASSCODES)
async def test_a_passcode_is_put_and_dropped(bench: DriverBench) -> None:
    put = intents(bench)[Ability.PASSCODES]
    assert answer_of(await bench.ask(put), put).outcome == "done"
    drop = DropPasscode(secrets.token_bytes(16), 3, soon())
    assert answer_of(await bench.ask(drop), drop).outcome == "done"


@for_drivers(Ability.SET_TIME)
async def test_the_time_is_set_by_its_nonce(bench: DriverBench) -> None:
    intent = intents(bench)[Ability.SET_TIME]
    assert answer_of(await bench.ask(intent), intent).outcome == "done"


@for_drivers(Ability.CERTIFICATES)
async def test_a_certificate_and_its_authority_are_replaced_and_a_foreign_one_is_not(bench: DriverBench) -> None:
    for intent in (intents(bench)[Ability.CERTIFICATES], PutTrust(secrets.token_bytes(16), bench.anchors, soon())):
        assert answer_of(await bench.ask(intent), intent).outcome == "done"
    foreign = PutCertificate(secrets.token_bytes(16), bench.anchors, soon())
    assert answer_of(await bench.ask(foreign), foreign).code == "bad_certificate"


@for_drivers(Ability.SHOW)
async def test_a_screen_shows_what_it_is_sent(bench: DriverBench) -> None:
    intent = intents(bench)[Ability.SHOW]
    assert answer_of(await bench.ask(intent, of=bench.kiosk), intent).outcome == "done"


@pytest.mark.parametrize(("bench", "ability"), UNCLAIMED, indirect=["bench"])
async def test_what_is_not_claimed_is_said_to_be_impossible(bench: DriverBench, ability: Ability) -> None:
    with pytest.raises(Unable, match="unknown_type"):
        await bench.driver.send(bench.lock, intents(bench)[ability])
    assert bench.link.sent == []


@for_drivers()
async def test_an_expired_intent_is_never_sent(bench: DriverBench) -> None:
    with pytest.raises(Unable, match="expired"):
        await bench.driver.send(bench.lock, Unlock(secrets.token_bytes(16), KEY_ID, int(time.time())))
    assert bench.link.sent == []


@for_drivers()
async def test_no_command_is_kept_for_a_link_that_is_down(bench: DriverBench) -> None:
    bench.link.disconnect()
    with pytest.raises(LinkDown):
        await bench.driver.send(bench.lock, make_usable(bench))
    bench.link.reconnect()
    assert (bench.hear(), bench.movements()) == ([], 0)


@for_drivers()
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(data=st.data(), payload=st.binary(max_size=300) | st.sampled_from(TELLING), retained=st.booleans())
def test_whatever_the_bytes_they_are_reports_or_unreadable(
    bench: DriverBench, data: st.DataObject, payload: bytes, retained: bool
) -> None:
    channel = data.draw(st.sampled_from(bench.outlets))
    message = Received(bench.lock.site, bench.lock.device, channel, payload, retained, lambda: None)
    try:
        said = bench.driver.read(message)
    except Unreadable:
        said = []
    assert all(report.device == bench.lock.device for report in said)
    assert not any(isinstance(report, Answered) for report in said)


@for_drivers()
def test_a_will_says_unreachable_and_nothing_of_the_bolt(bench: DriverBench) -> None:
    channel, there, gone = bench.reachable
    for payload, online in ((there, True), (gone, False)):
        message = Received(bench.lock.site, bench.lock.device, channel, payload, True, lambda: None)
        assert bench.driver.read(message) == [Reachable(bench.lock.device, online)]
