"""Firmware updates of a lock: what it takes and refuses, trial, confirmation and return."""

from collections.abc import Callable
from pathlib import Path

import pytest

from devices.wire.firmware.manifest import Firmware
from devices.wire.firmware.states import NEXT
from firmware_sim.firmware.slots import FACTORY
from firmware_sim.firmware.update import CAPACITY, TRIAL_SECONDS, PowerLost
from tests.unit.firmware_sim.firmware.update_bench import CHUNK, IMAGE, STRANGER, UpdateBench, steps


@pytest.fixture
def bench(tmp_path: Path) -> UpdateBench:
    return UpdateBench.make(tmp_path)


def updated(bench: UpdateBench, sequence: int = 2) -> None:
    for _ in steps(bench, bench.release(sequence), IMAGE):
        pass


def test_an_update_is_received_installed_tried_and_confirmed(bench: UpdateBench) -> None:
    assert bench.announce(bench.release()).body == {"held": 0}
    assert [ack.body["held"] for ack in bench.send()] == [CHUNK, 2 * CHUNK, len(IMAGE)]
    assert bench.install().outcome == "done"
    assert bench.firmware.version == "1"
    bench.reboot()
    assert (bench.firmware.version, bench.firmware.slots.counter) == ("2.0", FACTORY)
    bench.hear_gateway()
    assert bench.firmware.slots.counter == 2
    assert bench.states() == ["receiving", "received", "installing", "trial", "confirmed"]
    bench.cut_power()
    assert bench.firmware.version == "2.0"


def test_the_state_message_names_version_model_and_counter(bench: UpdateBench) -> None:
    updated(bench)
    bench.give(bench.command("put_support", until=1_900_000_000))
    (state,) = bench.bench.hear(bench.bench.lock.connected()).states
    assert (state.firmware, state.counter, state.support) == ("lodgekey-sim-lock 2.0", 2, 1_900_000_000)
    assert state.model == bench.release().class_id


@pytest.mark.parametrize(
    ("code", "firmware", "stranger"),
    [
        ("bad_manifest", lambda bench: bench.release(), True),
        ("wrong_model", lambda bench: bench.release(model="other-lock"), False),
        ("old_firmware", lambda bench: bench.release(FACTORY), False),
        ("storage_full", lambda bench: bench.release(image=bytes(CAPACITY + 1)), False),
    ],
)
def test_a_release_that_is_not_for_this_lock_is_refused(
    bench: UpdateBench, code: str, firmware: Callable[[UpdateBench], Firmware], stranger: bool
) -> None:
    ack = bench.announce(firmware(bench), STRANGER if stranger else None)
    assert (ack.outcome, ack.code) == ("refused", code)
    assert bench.firmware.slots.state == "idle"
    assert bench.send()[0].code == "wrong_image"


def test_a_lock_without_a_publisher_takes_no_firmware(bench: UpdateBench) -> None:
    object.__setattr__(bench.firmware.slots, "publisher", None)
    assert bench.announce(bench.release()).code == "bad_manifest"


def test_a_confirmed_release_is_not_taken_again_nor_an_older_one(bench: UpdateBench) -> None:
    updated(bench, 3)
    assert bench.announce(bench.release(3)).code == "old_firmware"
    assert bench.announce(bench.release(2)).code == "old_firmware"
    updated(bench, 4)
    assert bench.firmware.version == "4.0"


def test_a_counter_survives_a_factory_reset(bench: UpdateBench) -> None:
    updated(bench, 3)
    bench.note(bench.bench.hear(bench.bench.lock.factory_reset()))
    bench.bench.set_time()
    assert bench.announce(bench.release(2)).code == "old_firmware"


def test_reception_goes_on_at_the_offset_the_lock_names(bench: UpdateBench) -> None:
    firmware = bench.release()
    bench.announce(firmware)
    bench.send(until=CHUNK)
    bench.cut_power()
    assert bench.announce(firmware).body == {"held": CHUNK}
    (behind,) = bench.send(since=2 * CHUNK)
    assert behind.body == {"held": CHUNK}
    (again,) = bench.send(until=CHUNK)
    assert again.body == {"held": CHUNK}
    assert bench.send(since=CHUNK)[-1].body == {"held": len(IMAGE)}
    assert bench.install().outcome == "done"


def test_another_release_begins_anew(bench: UpdateBench) -> None:
    bench.announce(bench.release(2))
    bench.send(until=CHUNK)
    assert bench.announce(bench.release(3, image=IMAGE[::-1])).body == {"held": 0}
    assert bench.send()[0].code == "wrong_image"


def test_bytes_beyond_the_size_are_refused(bench: UpdateBench) -> None:
    bench.announce(bench.release())
    bench.send(until=2 * CHUNK)
    longer = bench.command("put_chunk", image=bench.release().digest, offset=2 * CHUNK, data=bytes(CHUNK))
    assert bench.give(longer).ack.code == "wrong_image"


def test_an_image_with_another_digest_is_not_installed(bench: UpdateBench) -> None:
    bench.firmware.fault = "wrong_digest"
    bench.announce(bench.release())
    bench.send()
    assert bench.install().code == "bad_image"
    assert bench.events[-1] == {"state": "refused", "sequence": 2, "code": "bad_image"}
    assert not bench.firmware.reboot_due
    bench.firmware.fault = "none"
    updated(bench)


@pytest.mark.parametrize("hindrance", ["door", "bolt", "jam"])
def test_nothing_is_installed_while_somebody_needs_the_door(bench: UpdateBench, hindrance: str) -> None:
    bench.announce(bench.release())
    bench.send()
    hinder(bench, hindrance)
    assert bench.install().code == "busy"
    assert bench.firmware.slots.state == "received"


@pytest.mark.parametrize("hindrance", ["door", "bolt", "jam"])
def test_a_lock_that_installed_waits_with_the_reboot_while_somebody_needs_the_door(
    bench: UpdateBench, hindrance: str
) -> None:
    bench.announce(bench.release())
    bench.send()
    bench.install()
    hinder(bench, hindrance)
    assert not bench.firmware.reboot_due


def hinder(bench: UpdateBench, hindrance: str) -> None:
    door = bench.bench.lock.door
    if hindrance == "door":
        door.door = "open"
    elif hindrance == "bolt":
        door.move("unlocked", "knob")
    else:
        door.jammed = True


def test_an_unlock_under_way_keeps_the_lock_from_its_reboot(bench: UpdateBench) -> None:
    bench.announce(bench.release())
    bench.send()
    bench.install()
    unlock = bench.bench.command("unlock", key=bench.bench.put())
    bench.bench.lock.dialogue.begin(unlock, b"digest")
    assert not bench.firmware.reboot_due


def test_a_door_opens_while_an_image_is_received_and_on_trial(bench: UpdateBench) -> None:
    key = bench.bench.put()
    bench.announce(bench.release())
    bench.send(until=CHUNK)
    assert bench.bench.give(bench.bench.command("unlock", key=key)).ack.outcome == "done"
    assert bench.bench.give(bench.bench.command("lock")).ack.outcome == "done"
    bench.send(since=CHUNK)
    bench.install()
    bench.reboot()
    assert bench.bench.give(bench.bench.command("unlock", key=key)).ack.outcome == "done"


def test_a_low_battery_refuses_the_installation(bench: UpdateBench) -> None:
    bench.announce(bench.release())
    bench.send()
    bench.bench.lock.door.battery = 29
    assert bench.install().code == "battery_low"


def test_a_trial_that_does_not_hear_its_gateway_returns(bench: UpdateBench) -> None:
    bench.announce(bench.release())
    bench.send()
    bench.install()
    bench.reboot()
    bench.bench.time.ticks += TRIAL_SECONDS
    bench.tend()
    assert bench.states()[-1] == "trial"
    bench.bench.time.ticks += 1
    bench.tend()
    assert bench.events[-1] == {"state": "rolled_back", "sequence": 2, "code": "no_link"}
    bench.reboot()
    assert (bench.firmware.version, bench.firmware.slots.counter) == ("1", FACTORY)


def test_a_trial_that_fails_its_check_returns_though_its_gateway_reached_it(bench: UpdateBench) -> None:
    bench.announce(bench.release())
    bench.send()
    bench.install()
    bench.firmware.fault = "never_confirms"
    bench.reboot()
    bench.hear_gateway()
    assert bench.events[-1] == {"state": "rolled_back", "sequence": 2, "code": "self_check_failed"}
    bench.reboot()
    assert bench.firmware.version == "1"
    bench.firmware.fault = "none"
    updated(bench)
    assert bench.firmware.version == "2.0"


def test_power_lost_on_trial_returns_to_the_firmware_of_before(bench: UpdateBench) -> None:
    bench.announce(bench.release())
    bench.send()
    bench.install()
    bench.reboot()
    bench.cut_power()
    assert bench.events[-1] == {"state": "rolled_back", "sequence": 2, "code": "interrupted"}
    assert bench.firmware.version == "1"


def test_an_image_damaged_before_the_boot_is_not_started(bench: UpdateBench) -> None:
    bench.announce(bench.release())
    bench.send()
    bench.install()
    path = bench.firmware.slots.path(bench.firmware.slots.other)
    path.write_bytes(bytes(len(IMAGE)))
    bench.reboot()
    assert bench.events[-1]["code"] == "bad_image"
    assert bench.firmware.version == "1"


def test_power_lost_half_way_loses_one_chunk_at_most(bench: UpdateBench) -> None:
    bench.firmware.fault = "cut_half_way"
    bench.announce(bench.release())
    bench.send(until=CHUNK)
    with pytest.raises(PowerLost):
        bench.send(since=CHUNK)
    bench.cut_power()
    assert bench.announce(bench.release()).body == {"held": CHUNK}
    updated(bench)
    assert bench.firmware.slots.is_bootable(bench.firmware.slots.active)


def test_only_states_of_the_table_follow_each_other(bench: UpdateBench) -> None:
    updated(bench)
    updated(bench, 3)
    for before, after in zip(["idle", *bench.states()], bench.states(), strict=False):
        assert after in NEXT[before]
    with pytest.raises(ValueError, match="does not follow"):
        bench.firmware.slots.go("trial")
