"""The simulated lock: its actions, and every refusal with its code, ack and event."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from certs.keys import new_private_key
from devices.wire.catalog import REFUSALS
from devices.wire.messages import Command
from tests.unit.firmware_sim.lock.lock_bench import NOW, Bench

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench.make(tmp_path).ready()


def test_a_key_on_the_lock_opens_it(bench: Bench) -> None:
    key = bench.put()
    command = bench.command("unlock", key=key)
    reports = bench.give(command)
    assert (reports.ack.command_id, reports.ack.outcome, reports.ack.body) == (command.id, "done", {"bolt": "unlocked"})
    assert reports.events[0].body == {"means": "gateway", "key": key, "command": command.id}
    assert reports.event_types() == ["unlocked"]
    assert reports.ack.seq < reports.events[0].seq
    assert bench.moved() == [command.id.hex()]


def test_the_gateway_can_lock(bench: Bench) -> None:
    reports = bench.give(bench.command("lock"))
    assert (reports.ack.body, reports.event_types()) == ({"bolt": "locked"}, ["locked"])


def test_put_key_answers_what_is_stored_and_can_be_read_back(bench: Bench) -> None:
    first, second = bench.put(), bench.put(begins=100)
    reports = bench.give(bench.command("read_back"))
    assert set(reports.ack.body["keys"]) == {first, second}
    assert reports.ack.body["clock"] == "set"


def test_a_newer_credential_replaces_the_window_of_a_key(bench: Bench) -> None:
    key = bench.put(begins=1000)
    assert bench.give(bench.command("unlock", key=key)).ack.code == "key_not_yet"
    assert bench.put(key=key) == key
    assert bench.give(bench.command("unlock", key=key)).ack.outcome == "done"
    assert len(bench.lock.flash.held_keys()) == 1


def test_a_dropped_key_opens_no_more_and_may_come_back(bench: Bench) -> None:
    key = bench.put()
    assert bench.give(bench.command("drop_key", key=key)).event_types() == ["key_dropped"]
    assert bench.give(bench.command("unlock", key=key)).ack.code == "unknown_key"
    assert bench.give(bench.command("drop_key", key=key)).ack.outcome == "done"
    bench.put(key=key)
    assert bench.give(bench.command("unlock", key=key)).ack.outcome == "done"


def test_a_revoked_key_is_gone_and_never_comes_back(bench: Bench) -> None:
    key = bench.put()
    reports = bench.give(bench.command("revoke", epoch=3, keys=[key]))
    assert reports.ack.body == {"epoch": 3, "keys": [], "codes": 0, "once": 0}
    assert reports.event_types() == ["key_dropped", "revoked"]
    assert bench.give(bench.command("drop_key", key=key)).ack.outcome == "done"
    assert bench.give(bench.command("put_key", credential=bench.credential(key=key)[1])).ack.code == "key_revoked"
    assert bench.give(bench.command("unlock", key=key)).ack.code == "key_revoked"
    assert bench.give(bench.command("revoke", epoch=4, keys=[])).ack.outcome == "done"
    assert bench.give(bench.command("unlock", key=key)).ack.code == "key_revoked"


def altered(bench: Bench, **changes: Any) -> Command:
    return dataclasses.replace(bench.command("unlock", key=bench.put()), **changes)


def expired_while_held(bench: Bench) -> Command:
    command = bench.command("unlock", key=bench.put(lasts=5), lasts=60)
    bench.time.passes(5)
    return command


def with_lost_clock(bench: Bench) -> Command:
    command = bench.command("unlock", key=bench.put())
    list(bench.lock.lose_clock())
    return command


def with_empty_battery(bench: Bench) -> Command:
    command = bench.command("unlock", key=bench.put())
    list(bench.lock.sense_battery(0))
    return command


def after_revocation(bench: Bench) -> Command:
    key = bench.put()
    bench.give(bench.command("revoke", epoch=1, keys=[key]))
    return bench.command("unlock", key=key)


def older_list(bench: Bench) -> Command:
    bench.give(bench.command("revoke", epoch=9, keys=[]))
    return bench.command("revoke", epoch=8, keys=[])


def late_time(bench: Bench) -> Command:
    command = bench.command("set_time", now=bench.time.now, nonce=bench.lock.clock.nonce)
    bench.time.passes(31)
    return command


def full_lock(bench: Bench) -> Command:
    for number in range(300):
        bench.lock.flash.put_key(number.to_bytes(16, "big"), b"x", NOW)
    return bench.command("put_key", credential=bench.credential()[1])


def stale_credential(bench: Bench) -> Command:
    return bench.command("put_key", credential=bench.credential(begins=-9, lasts=9)[1])


def foreign_credential(bench: Bench) -> Command:
    other = dataclasses.replace(bench.authority, credential_key=new_private_key())
    raw = Bench(other, bench.folder, bench.time).credential()[1]
    return bench.command("put_key", credential=raw)


REFUSED_COMMANDS: dict[str, tuple[str, Callable[[Bench], Command]]] = {
    "expired command": ("expired", lambda b: altered(b, issued_at=NOW - 20, expires_at=NOW - 10)),
    "command at its last second": ("expired", lambda b: altered(b, expires_at=NOW)),
    "command from the future": ("not_yet", lambda b: altered(b, issued_at=NOW + 61, expires_at=NOW + 99)),
    "command from before the first time": ("expired", lambda b: altered(b, issued_at=NOW - 1)),
    "kiosk's command": ("unknown_type", lambda b: b.command("show", screen="wait")),
    "key that is not here": ("unknown_key", lambda b: b.command("unlock", key=bytes(16))),
    "key before its window": ("key_not_yet", lambda b: b.command("unlock", key=b.put(begins=1))),
    "key after its window": ("key_expired", expired_while_held),
    "revoked key": ("key_revoked", after_revocation),
    "lost clock": ("clock_lost", with_lost_clock),
    "empty battery": ("battery_empty", with_empty_battery),
    "credential of another gateway": ("bad_credential", foreign_credential),
    "credential that is none": ("bad_credential", lambda b: b.command("put_key", credential=b"none")),
    "credential of another lock": ("wrong_lock", lambda b: b.command("put_key", credential=b.credential(lock="l2")[1])),
    "credential that is over": ("key_expired", stale_credential),
    "full lock": ("no_space", full_lock),
    "older revocation list": ("stale_epoch", older_list),
    "time for another nonce": ("stale_nonce", lambda b: b.command("set_time", now=NOW, nonce=bytes(16))),
    "time that took too long": ("stale_nonce", late_time),
    "time that went back": ("time_went_back", lambda b: b.command("set_time", now=NOW - 301, nonce=b.lock.clock.nonce)),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED_COMMANDS)
def test_the_lock_refuses(bench: Bench, case: str) -> None:
    code, prepare = REFUSED_COMMANDS[case]
    command = prepare(bench)
    keys = bench.lock.flash.held_keys()
    reports = bench.give(command)
    assert (reports.ack.command_id, reports.ack.outcome, reports.ack.code) == (command.id, "refused", code)
    assert reports.events[0].body == {"code": code, "command": command.id}
    assert reports.event_types() == ["refused"]
    assert code in REFUSALS
    assert bench.moved() == []
    assert bench.lock.flash.held_keys() == keys


@pytest.mark.parametrize("case", REFUSED_COMMANDS)
def test_a_refusal_is_final(bench: Bench, case: str) -> None:
    command = REFUSED_COMMANDS[case][1](bench)
    first = bench.give(command)
    bench.set_time()
    assert bench.give(command).acks == first.acks
    assert bench.moved() == []


def test_a_retained_command_is_refused_and_alarmed(bench: Bench) -> None:
    command = bench.command("unlock", key=bench.put())
    reports = bench.give(command, retained=True)
    assert (reports.ack.code, reports.event_types(), bench.moved()) == ("retained", ["refused"], [])
    assert bench.give(command).ack.code == "retained"


def test_a_done_command_that_was_retained_is_alarmed_and_answered_as_before(bench: Bench) -> None:
    command = bench.command("unlock", key=bench.put())
    first = bench.give(command)
    reports = bench.give(command, retained=True)
    assert (reports.acks, reports.event_types()) == (first.acks, ["refused"])
    assert len(bench.moved()) == 1


def test_a_forged_command_is_refused_and_never_acknowledged(bench: Bench) -> None:
    command = bench.command("unlock", key=bench.put())
    reports = bench.hear(bench.lock.receive(bench.sign(command, new_private_key())))
    assert (reports.acks, reports.events[0].body) == ([], {"code": "bad_signature"})
    assert bench.give(command).ack.outcome == "done"


def test_a_command_for_another_lock_is_refused_and_never_acknowledged(bench: Bench) -> None:
    command = dataclasses.replace(bench.command("unlock", key=bench.put()), device="lock-2")
    reports = bench.give(command)
    assert (reports.acks, reports.events[0].body["code"], bench.moved()) == ([], "wrong_device", [])


def test_an_identical_delivery_is_answered_as_before_without_a_second_movement(bench: Bench) -> None:
    command = bench.command("unlock", key=bench.put())
    first = bench.give(command)
    bench.time.passes(3600)
    again = bench.give(command)
    assert (again.acks, again.events) == (first.acks, [])
    assert bench.moved() == [command.id.hex()]


def test_the_same_id_with_other_content_is_refused(bench: Bench) -> None:
    command = bench.command("unlock", key=bench.put())
    bench.give(command)
    reports = bench.give(dataclasses.replace(command, expires_at=command.expires_at + 5))
    assert (reports.acks, reports.events[0].body["code"]) == ([], "replayed")
    assert len(bench.moved()) == 1


def test_the_twin_of_a_signature_moves_nothing_twice(bench: Bench) -> None:
    command = bench.command("unlock", key=bench.put())
    raw = bench.sign(command)
    twin = raw[:-32] + (P256_ORDER - int.from_bytes(raw[-32:], "big")).to_bytes(32, "big")
    first, again = bench.hear(bench.lock.receive(raw)), bench.hear(bench.lock.receive(twin))
    assert again.acks == first.acks
    assert len(bench.moved()) == 1


@pytest.mark.parametrize("length", range(65))
def test_short_frames_change_nothing(bench: Bench, length: int) -> None:
    raw = bench.sign(bench.command("unlock", key=bench.put()))
    before = bench.lock.flash.held_keys()
    for frame in (raw[:length], bytes(length), b"\xff" * length):
        assert bench.hear(bench.lock.receive(frame)).acks == []
    assert (bench.moved(), bench.lock.flash.held_keys()) == ([], before)


def test_a_flood_of_strangers_does_not_fill_the_flash(bench: Bench) -> None:
    for _ in range(200):
        list(bench.lock.receive(b"noise"))
    assert bench.lock.flash.waiting_count() <= 30
    assert bench.give(bench.command("unlock", key=bench.put())).ack.outcome == "done"


def test_a_message_longer_than_a_lock_may_hear_is_refused(bench: Bench) -> None:
    assert bench.hear(bench.lock.receive(bytes(9000))).events[0].body["code"] == "malformed"


def test_a_jammed_bolt_fails_and_says_so(bench: Bench) -> None:
    bench.lock.door.jammed = True
    reports = bench.give(bench.command("unlock", key=bench.put()))
    assert (reports.ack.outcome, reports.ack.code, reports.event_types()) == ("failed", "jammed", ["jammed"])


def test_one_word_of_the_time_sets_the_clock_once(bench: Bench) -> None:
    command = bench.command("set_time", now=NOW + 7, nonce=bench.lock.clock.nonce)
    assert bench.give(command).ack.body == {"clock": "set", "drift": 7}
    replay = dataclasses.replace(command, id=bytes(16))
    assert bench.give(replay).ack.code == "stale_nonce"
    assert bench.lock.clock.now() == NOW + 7


def test_a_lost_clock_is_reported_and_the_next_nonce_brings_the_time(bench: Bench) -> None:
    key = bench.put()
    reports = bench.hear(bench.lock.lose_clock())
    assert (reports.event_types(), reports.states[0].clock) == (["clock_lost"], "lost")
    reply = bench.command("set_time", now=NOW, nonce=reports.states[0].nonce)
    assert bench.give(reply).ack.outcome == "done"
    assert bench.give(bench.command("unlock", key=key)).ack.outcome == "done"


def test_a_lock_without_time_still_takes_a_revocation(bench: Bench) -> None:
    key = bench.put()
    list(bench.lock.lose_clock())
    assert bench.give(bench.command("revoke", epoch=1, keys=[key])).ack.body["keys"] == []


def test_no_expired_key_revives_when_the_gateways_clock_goes_back(bench: Bench) -> None:
    key = bench.put(lasts=1000)
    bench.time.passes(1500)
    bench.give(bench.command("lock"))
    bench.time.passes(31)
    nonce = bench.hear(bench.lock.connected()).states[0].nonce
    assert bench.give(bench.command("set_time", now=NOW, nonce=nonce)).ack.code == "time_went_back"
    assert bench.give(bench.command("unlock", key=key)).ack.code == "key_expired"


def test_the_knob_the_door_and_the_battery_are_reported(bench: Bench) -> None:
    assert bench.hear(bench.lock.turn_knob()).events[0].body == {"means": "knob"}
    assert bench.hear(bench.lock.sense_door(True)).events[0].body == {"open": True}
    assert bench.hear(bench.lock.auto_lock()).event_types() == []
    bench.hear(bench.lock.sense_door(False))
    assert bench.hear(bench.lock.auto_lock()).event_types() == ["locked"]
    assert bench.hear(bench.lock.sense_battery(60)).event_types() == []
    assert bench.hear(bench.lock.sense_battery(19)).events[0].body == {"percent": 19}
    assert bench.hear(bench.lock.connected()).states[0].battery == 19


def test_after_a_factory_reset_no_key_opens_and_old_commands_are_dead(bench: Bench) -> None:
    key = bench.put()
    old = bench.command("put_key", credential=bench.credential(key=key)[1], lasts=600)
    before = bench.give(bench.command("read_back")).ack.seq
    reports = bench.hear(bench.lock.factory_reset())
    assert reports.events[0].body["reset"] is True
    assert reports.events[0].seq > before
    assert reports.states[0].keys == ()
    bench.time.passes(5)
    bench.set_time()
    assert bench.give(old).ack.code == "expired"
    assert bench.give(bench.command("unlock", key=key)).ack.code == "unknown_key"


def test_numbers_only_rise(bench: Bench) -> None:
    seen: list[int] = []
    for _ in range(150):
        reports = bench.give(bench.command("lock"))
        seen += [reports.ack.seq, reports.events[0].seq, bench.hear(bench.lock.connected()).states[0].seq]
    assert seen == sorted(set(seen))


def test_used_ids_are_forgotten_only_when_their_time_is_long_over(bench: Bench) -> None:
    command = bench.command("lock")
    bench.give(command)
    bench.time.passes(10_000)
    bench.give(bench.command("lock"))
    reports = bench.give(command)
    assert reports.ack.code == "expired"
    assert bench.moved().count(command.id.hex()) == 1
