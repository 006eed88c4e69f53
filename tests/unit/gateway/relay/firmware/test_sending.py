"""Firmware from the gateway's rows to the slots of simulated locks: updates, failures, attacks, and open doors."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from certs.keys import new_private_key
from devices.wire.firmware.manifest import sign_firmware
from firmware_sim.firmware.update import TRIAL_SECONDS, FirmwareFault
from gateway.journey.firmware.roll_outs import change
from gateway.journey.firmware.support import set_support
from gateway.journey.keys.unlock import request_unlock
from gateway.store import Command, Delivery, FirmwareChunk, FirmwareImage, RollOut, Stay
from tests.parts.relaying import delivery_rows
from tests.parts.world import LOCK, World
from tests.unit.firmware_sim.firmware.update_bench import IMAGE
from tests.unit.gateway.relay.firmware.update_street import Street

LARGE = secrets.token_bytes(60_000)  # 15 commands


@pytest.fixture
def street(world: World, tmp_path: Path) -> Iterator[Street]:
    street = Street.build(world, tmp_path)
    yield street
    street.close()


def is_confirmed(street: Street, name: str = LOCK) -> bool:
    return street.updates().get(name) == "confirmed"


def open_door(street: Street, key_id: str) -> None:
    """The tenant taps; the lock opens within a second, and locks again."""
    movements = len(street.lock().door.movements)
    with street.world.database.writing() as session:
        request_unlock(session, key_id, secrets.token_hex(16), street.world.proof(key_id, secrets.token_hex(4)),
                       street.world.now)  # fmt: skip
    street.second()
    assert len(street.lock().door.movements) == movements + 1
    street.say(LOCK, street.lock().auto_lock())
    street.record()


def guest_with_key(street: Street) -> str:
    """A guest who has arrived, with a key on the lock."""
    key = street.world.tenant()
    street.until(lambda: street.world.key(key.id).observed == "present")
    with street.world.database.writing() as session:
        session.get_one(Stay, key.stay_id).arrived_at = street.world.now
    return key.id


def test_a_lock_is_updated_without_waiting_and_says_its_new_version(street: Street) -> None:
    street.roll_out(image=LARGE)
    taken = street.until(lambda: is_confirmed(street))
    assert taken < 25  # one command a second here; a wait for a retry is 10 s or more
    street.until(lambda: street.roll_out_state() == "finished")
    assert (street.device().firmware, street.device().firmware_counter) == ("lodgekey-sim-lock 2.0", 2)


def test_one_command_of_an_image_is_kept(street: Street) -> None:
    street.roll_out(image=LARGE)
    street.until(lambda: len(street.commands) > 8)
    with street.world.database.reading() as session:
        assert len(session.scalars(select(Command).where(Command.type == "put_chunk")).all()) <= 1
    assert len(delivery_rows(street.world, "firmware")) == 1


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("never_confirms", "self_check_failed"), ("wrong_digest", "bad_image"), ("storage_full", "storage_full")],
)
def test_a_failed_update_leaves_the_old_version_a_door_that_opens_and_a_stopped_roll_out(
    street: Street, fault: FirmwareFault, reason: str
) -> None:
    key = guest_with_key(street)
    street.lock().firmware.fault = fault
    street.roll_out()
    street.until(lambda: street.roll_out_state() == "stopped too_many_failures")
    assert street.updates() == {LOCK: f"failed {reason}"}
    street.second()
    assert (street.device().firmware, street.device().firmware_counter) == ("lodgekey-sim-lock 1", 1)
    open_door(street, key)


def test_power_lost_half_way_is_no_failure(street: Street) -> None:
    street.lock().firmware.fault = "cut_half_way"
    street.roll_out(image=LARGE)
    street.until(lambda: is_confirmed(street))
    assert street.lock().firmware.fault == "none"


def test_a_trial_that_no_command_reaches_returns_and_is_reported_later(street: Street) -> None:
    street.roll_out()
    street.until(lambda: street.lock().firmware.slots.state == "received")
    street.disconnect(LOCK)
    street.benches[LOCK].install()
    street.second()
    assert street.lock().firmware.version == "2.0"
    street.skip(int(TRIAL_SECONDS))
    street.until(lambda: street.lock().firmware.slots.state == "rolled_back")
    street.second()
    assert street.lock().firmware.version == "1"
    street.connect(LOCK)
    assert street.device().firmware == "lodgekey-sim-lock 1"


def test_a_lost_answer_is_asked_for_again(street: Street) -> None:
    street.roll_out(image=LARGE)
    street.until(lambda: len(street.commands) > 8)
    street.unheard = {LOCK}
    street.second()
    street.unheard = set()
    assert street.until(lambda: is_confirmed(street)) < 50


def test_answers_that_arrive_twice_change_nothing(street: Street) -> None:
    street.repeats = 2
    street.roll_out(image=LARGE)
    street.until(lambda: is_confirmed(street))
    assert len([name for name in street.world.events() if name == "FirmwareConfirmed"]) == 1


def test_a_door_opens_while_an_image_is_received_and_after_it_is_on_trial(street: Street) -> None:
    key = guest_with_key(street)
    street.roll_out(image=LARGE)
    street.until(lambda: len(street.commands) > 8)
    open_door(street, key)
    assert street.updates() == {LOCK: "sending"}
    street.until(lambda: street.updates()[LOCK] == "trial" or is_confirmed(street))
    open_door(street, key)
    street.until(lambda: is_confirmed(street))


def test_a_lock_whose_door_stands_open_is_asked_again_and_updated_once_it_is_shut(street: Street) -> None:
    street.roll_out(image=LARGE)
    street.until(lambda: len(street.commands) > 8)
    street.say(LOCK, street.lock().sense_door(True))
    street.record()
    street.until(lambda: street.updates()[LOCK] == "sending busy")
    street.say(LOCK, street.lock().sense_door(False))
    street.record()
    street.until(lambda: is_confirmed(street))


def test_a_stopped_roll_out_sends_nothing_and_goes_on_where_it_was(street: Street) -> None:
    street.roll_out(image=LARGE)
    street.until(lambda: len(street.commands) > 8)
    change_to(street, "stopped")
    sent = len(street.commands)
    for _ in range(15):
        street.second()
    assert (len(street.commands), street.updates()) == (sent, {LOCK: "waiting"})
    change_to(street, "running")
    assert street.until(lambda: is_confirmed(street)) < 40


def change_to(street: Street, state: str) -> None:
    with street.world.database.writing() as session:
        change(session, session.scalars(select(RollOut)).one(), state, street.world.now)


# several locks
@pytest.fixture
def row(world: World, tmp_path: Path) -> Iterator[Street]:
    street = Street.build(world, tmp_path, "lock-2", "lock-3", "lock-4")
    yield street
    street.close()


def test_a_bad_release_stops_at_the_first_lock(row: Street) -> None:
    for name in row.benches:
        row.lock(name).firmware.fault = "never_confirms"
    row.roll_out()
    row.until(lambda: row.roll_out_state() == "stopped too_many_failures")
    assert len(row.updates()) == 1
    (failed,) = row.updates()
    touched = [name for name in row.benches if row.lock(name).firmware.slots.state != "idle"]
    assert touched == [failed]


def test_a_lock_that_is_away_for_the_whole_roll_out_holds_up_nobody_and_is_updated_when_it_is_back(row: Street) -> None:
    row.disconnect("lock-3")
    row.roll_out()
    row.until(lambda: sorted(row.updates().values()) == ["confirmed", "confirmed", "confirmed", "waiting offline"])
    assert row.roll_out_state() == "running"
    row.connect("lock-3")
    row.until(lambda: row.roll_out_state() == "finished")
    assert row.lock("lock-3").firmware.version == "2.0"


@pytest.mark.parametrize("stage", ["sending", "trial"])
def test_a_gateway_killed_in_a_roll_out_goes_on_and_offers_no_lock_the_image_twice(row: Street, stage: str) -> None:
    row.roll_out(image=LARGE)
    row.until(lambda: len(row.commands) > 8 and stage in row.updates().values())
    row.kill_gateway()
    row.until(lambda: row.roll_out_state() == "finished")
    assert set(row.updates().values()) == {"confirmed"}
    assert [name for name in row.world.events() if name == "FirmwareConfirmed"] == ["FirmwareConfirmed"] * 4
    sent = Counter(name for name, _ in row.commands).values()
    assert max(sent) - min(sent) <= 1  # the command whose answer was lost with the process


def test_a_gateway_killed_in_a_roll_out_counts_the_failures_before(row: Street) -> None:
    for name in row.benches:
        row.lock(name).firmware.fault = "never_confirms"
    row.roll_out(failures=1)
    row.until(lambda: "failed" in " ".join(row.updates().values()))
    row.kill_gateway()
    row.until(lambda: row.roll_out_state() == "stopped too_many_failures")
    assert len(row.updates()) == 2


# a gateway that was taken over holds no publisher's key
def alter(street: Street, **columns: object) -> None:
    with street.world.database.writing() as session:
        session.execute(update(FirmwareImage).values(**columns))


def test_a_manifest_of_another_publisher_is_not_taken(street: Street) -> None:
    street.roll_out()
    alter(street, envelope=sign_firmware(street.benches[LOCK].release(), new_private_key()))
    street.until(lambda: street.updates().get(LOCK) == "failed bad_manifest")
    assert street.lock().firmware.slots.state == "idle"


@pytest.mark.parametrize(("sequence", "model", "code"), [(1, "sim-lock", "old_firmware"), (2, "other", "wrong_model")])
def test_a_manifest_of_an_older_release_or_another_model_is_not_taken(
    street: Street, sequence: int, model: str, code: str
) -> None:
    street.roll_out()
    alter(street, envelope=sign_firmware(street.benches[LOCK].release(sequence, model=model), street.key))
    street.until(lambda: street.updates().get(LOCK) == f"failed {code}")
    assert street.lock().firmware.slots.state == "idle"


def test_bytes_that_were_swapped_in_the_store_are_not_booted(street: Street) -> None:
    street.roll_out()
    with street.world.database.writing() as session:
        first = session.scalars(select(FirmwareChunk).where(FirmwareChunk.begins == 0)).one()
        first.data = first.data[::-1]
    street.until(lambda: street.updates().get(LOCK) == "failed bad_image")
    assert street.lock().firmware.version == "1"


def test_an_image_shorter_than_its_manifest_says_is_not_booted(street: Street) -> None:
    street.roll_out()
    shorter = IMAGE[:5000]
    alter(street, digest=hashlib.sha256(shorter).hexdigest(), size=len(shorter))
    for _ in range(20):
        street.second()
    assert street.lock().firmware.slots.state == "receiving"
    assert street.lock().firmware.version == "1"


def test_a_lock_learns_the_end_of_its_support(street: Street) -> None:
    with street.world.database.writing() as session:
        set_support(session, street.device().model or "", "1", street.world.now + 1000)
    street.until(lambda: street.device().support_ends_at is not None)
    assert street.lock().firmware.support == street.device().support_ends_at
    assert not [row for row in delivery_rows(street.world, "put_support") if row.state == "owed"]


def test_nothing_is_pending_after_an_update(street: Street) -> None:
    street.roll_out()
    street.until(lambda: street.roll_out_state() == "finished")
    with street.world.database.reading() as session:
        pending = select(Delivery).where(Delivery.state == "owed", Delivery.party == f"lock:{LOCK}")
        assert session.scalars(pending).all() == []
