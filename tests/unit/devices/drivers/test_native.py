"""Messages that the native driver refuses."""

import secrets
import time
from dataclasses import replace
from pathlib import Path

import pytest

from devices.driver import Unable, Unreadable
from devices.drivers.native import WORDS, wire_words
from devices.intents import DropPasscode, Intent, LockDoor, PutPasscode, ReadBack, Show, Unlock
from devices.link import Received
from devices.wire.catalog import COMMANDS
from tests.contract.driver_benches import DriverBench, native_bench


@pytest.fixture
def bench(tmp_path: Path) -> DriverBench:
    return native_bench(tmp_path)


async def said(bench: DriverBench) -> list[Received]:
    """A valid ack and a valid state of the lock."""
    await bench.driver.send(bench.lock, ReadBack(secrets.token_bytes(16), int(time.time()) + 10))
    return bench.link.unacked


def refusal(bench: DriverBench, message: Received) -> str:
    with pytest.raises(Unreadable) as refused:
        bench.driver.read(message)
    return refused.value.code


async def test_what_the_lock_signed_is_read(bench: DriverBench) -> None:
    ack, state = await said(bench)
    assert [len(bench.driver.read(message)) for message in (ack, state)] == [1, 1]


async def test_a_message_under_another_devices_name_is_refused(bench: DriverBench) -> None:
    ack, _ = await said(bench)
    assert refusal(bench, replace(ack, device="kiosk-1")) == "bad_signature"
    assert refusal(bench, replace(ack, device="lock-9")) == "unknown_device"


async def test_an_ack_is_never_taken_for_an_event_or_a_state(bench: DriverBench) -> None:
    ack, state = await said(bench)
    assert {refusal(bench, replace(ack, channel=channel)) for channel in ("event", "state")} == {"bad_signature"}
    assert refusal(bench, replace(state, channel="ack")) == "bad_signature"


async def test_every_altered_byte_is_noticed(bench: DriverBench) -> None:
    ack, _ = await said(bench)
    for position in range(len(ack.payload)):
        altered = bytearray(ack.payload)
        altered[position] ^= 1
        assert refusal(bench, replace(ack, payload=bytes(altered))) == "bad_signature"


async def test_a_retained_ack_is_refused_and_a_retained_state_is_old_news(bench: DriverBench) -> None:
    ack, state = await said(bench)
    assert refusal(bench, replace(ack, retained=True)) == "retained"
    assert bench.driver.read(replace(state, retained=True)) == bench.driver.read(state)


async def test_a_screen_no_kiosk_could_show_is_not_sent(bench: DriverBench) -> None:
    assert bench.kiosk is not None
    with pytest.raises(Unable, match="malformed"):
        await bench.driver.send(bench.kiosk, Show(secrets.token_bytes(16), {"colour": "red"}, int(time.time()) + 10))
    assert bench.link.sent == []


def test_every_intent_but_passcodes_has_a_word_on_the_wire() -> None:
    reported = {word for word, _ in WORDS.values()} | {wire_words(Show(b"", {}, 0))[0]}
    assert reported == set(COMMANDS)
    assert {*WORDS, Show, PutPasscode, DropPasscode} == set(Intent.__args__)


@pytest.mark.parametrize("unlock", [True, False])
async def test_a_command_sent_again_after_a_kill_is_answered_as_before_and_raises_no_alarm(
    bench: DriverBench, monkeypatch: pytest.MonkeyPatch, unlock: bool
) -> None:
    now, name = int(time.time()), secrets.token_bytes(16)
    intent = Unlock(name, bytes(16), now + 10, now) if unlock else LockDoor(name, now + 10, now)
    for second in range(2):
        monkeypatch.setattr(bench.driver, "_now", lambda at=now + second: at)
        await bench.driver.send(bench.lock, intent)
    acks = [message.payload for message in bench.link.unacked if message.channel == "ack"]
    reports = [report for message in bench.link.unacked for report in bench.driver.read(message)]
    assert len(acks) == 2
    assert acks[0] == acks[1]
    assert "replayed" not in str(reports)
