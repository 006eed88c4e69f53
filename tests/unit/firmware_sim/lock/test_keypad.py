"""The keypad: codes without a network, one-time or in a window, and protection against guessing."""

from pathlib import Path
from typing import Any

import pytest

from certs.agreement import passcode_secret
from devices.wire.envelope import read_event
from devices.wire.passcode import HOUR, ONCE_AHEAD, ONCE_SPAN, Window, once_code, window_around, window_code
from firmware_sim.lock.keypad import Keypad
from tests.unit.firmware_sim.lock.lock_bench import NOW, Bench


class Door:
    """A lock with a keypad; the gateway derives codes from its own half of the key agreement."""

    def __init__(self, path: Path) -> None:
        self.bench = Bench.make(path).ready()
        self.raise_epoch(1)
        public = self.bench.public
        self.secret = passcode_secret(self.bench.authority.passcode_key, public, "lock-1")
        self.keypad = self.pad()

    def pad(self) -> Keypad:
        return Keypad(
            self.bench.lock, passcode_secret(self.bench.folder.key, self.bench.folder.gateway.passcode, "lock-1")
        )

    def raise_epoch(self, codes: int) -> None:
        reports = self.bench.give(self.bench.command("revoke", epoch=0, keys=[], codes=codes))
        assert reports.ack.body["codes"] == codes

    def code(self, hours: int = 24, epoch: int = 1) -> str:
        return window_code(self.secret, epoch, Window(NOW // HOUR, hours))

    def bodies(self) -> list[dict[str, Any]]:
        return [read_event(message.payload, self.bench.public).body for message in self.keypad.said]

    def event_types(self) -> list[str]:
        return [read_event(message.payload, self.bench.public).type for message in self.keypad.said]


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


def test_a_code_opens_in_its_window_and_not_after(door: Door) -> None:
    code = door.code(hours=2)
    assert door.keypad.enter(code) is None
    assert door.event_types() == ["unlocked"]
    assert door.bodies() == [{"means": "passcode", "window": [NOW // HOUR, 2, 0]}]
    door.bench.time.passes(2 * HOUR)
    assert door.keypad.enter(code) == "bad_passcode"
    assert door.bench.moved() == ["passcode"]


def test_a_one_time_code_opens_once(door: Door) -> None:
    for count in (5, 3):  # in any order
        assert door.keypad.enter(once_code(door.secret, 1, count)) is None
        assert door.bodies() == [{"means": "passcode", "once": count}]
        assert door.keypad.enter(once_code(door.secret, 1, count)) == "bad_passcode"
    assert len(door.bench.moved()) == 2


def test_a_used_one_time_code_stays_used_through_a_power_cut(door: Door) -> None:
    code = once_code(door.secret, 1, 0)
    door.keypad.enter(code)
    door.bench.cut_power()
    door.bench.start()
    assert door.pad().enter(code) == "bad_passcode"


def test_an_epoch_kills_all_codes_and_the_next_ones_work(door: Door) -> None:
    door.raise_epoch(2)
    assert door.keypad.enter(door.code()) == "bad_passcode"
    assert door.keypad.enter(once_code(door.secret, 1, 0)) == "bad_passcode"
    assert door.keypad.enter(door.code(epoch=2)) is None


def test_one_time_codes_below_the_number_the_gateway_names_are_dead_and_the_others_are_not(door: Door) -> None:
    reports = door.bench.give(door.bench.command("revoke", epoch=0, keys=[], codes=1, once=7))
    assert reports.ack.body["once"] == 7
    assert door.keypad.enter(once_code(door.secret, 1, 6)) == "bad_passcode"
    assert door.keypad.enter(once_code(door.secret, 1, 7)) is None
    assert door.keypad.enter(door.code()) is None


def test_the_number_never_falls_and_goes_on_through_every_epoch(door: Door) -> None:
    for once in (40, 3):
        door.bench.give(door.bench.command("revoke", epoch=0, keys=[], codes=2, once=once))
    assert door.bench.lock.keyring.once_base == 40
    assert door.keypad.enter(once_code(door.secret, 2, 39)) == "bad_passcode"
    assert door.keypad.enter(once_code(door.secret, 2, 40 + ONCE_AHEAD - 1)) is None
    assert door.bench.lock.keyring.once_base == 40 + ONCE_AHEAD - ONCE_SPAN


def test_an_epoch_never_falls(door: Door) -> None:
    door.raise_epoch(2)
    door.bench.give(door.bench.command("revoke", epoch=0, keys=[], codes=1))
    assert door.keypad.enter(door.code()) == "bad_passcode"


def test_a_lock_without_an_epoch_or_after_a_reset_takes_no_code(door: Door) -> None:
    list(door.bench.lock.factory_reset())
    door.bench.set_time()
    assert door.keypad.enter(door.code()) == "bad_passcode"
    assert door.keypad.enter(window_code(door.secret, 0, Window(NOW // HOUR, 24))) == "bad_passcode"


def test_a_lock_without_the_time_takes_no_window_code(door: Door) -> None:
    list(door.bench.lock.lose_clock())
    assert door.keypad.enter(door.code()) == "clock_lost"
    assert door.keypad.enter(once_code(door.secret, 1, 0)) is None


def test_guessing_is_slowed_reported_and_not_helped_by_pulling_the_battery(door: Door) -> None:
    tried = 0
    for second in range(24 * 3600 // 10):
        tried += door.keypad.enter(f"{second:011d}") != "paused"
        door.bench.time.passes(10)
    assert tried < 18
    assert door.bench.lock.flash.waiting_count() > 5
    door.bench.cut_power()
    door.bench.start()
    door.keypad = door.pad()
    assert door.keypad.enter(door.code(hours=72)) == "paused"
    door.bench.time.passes(4 * 3600)
    assert door.keypad.enter(door.code(hours=72)) is None
    assert door.bench.moved() == ["passcode"]


def test_a_true_code_ends_the_pauses(door: Door) -> None:
    assert [door.keypad.enter("1") for _ in range(3)] == ["bad_passcode"] * 3
    assert door.keypad.enter(door.code()) == "paused"
    door.bench.time.passes(30)
    assert door.keypad.enter(door.code()) is None
    assert door.keypad.enter("1") == "bad_passcode"
    assert door.keypad.enter(door.code()) is None


def test_a_jammed_or_empty_lock_says_so(door: Door) -> None:
    door.bench.lock.door.jammed = True
    assert door.keypad.enter(door.code()) == "jammed"
    assert door.event_types() == ["jammed"]
    list(door.bench.lock.sense_battery(0))
    assert door.keypad.enter(door.code()) == "battery_empty"


def test_a_stay_that_is_seen_by_people_opens_for_its_whole_length(door: Door) -> None:
    window = window_around(NOW, NOW + 3 * 24 * HOUR)
    code = window_code(door.secret, 1, window)
    for _ in range(72):
        assert door.keypad.enter(code) is None
        door.bench.time.passes(HOUR)
    door.bench.time.passes(HOUR)
    assert door.keypad.enter(code) == "bad_passcode"
