"""PINs in slots: one stay at a time, kept when the stay moves, removed when it ends, and never stored as digits."""

from functools import cache

import pytest
from sqlalchemy import select

from gateway.domain.stays.stay import Window
from gateway.journey.keys import pin_slots
from gateway.journey.keys.pin_slots import pin_of, record_slot_state, shown_slots, slots_of
from gateway.journey.stays import landlord
from gateway.store import Delivery, Device, SlotCode, Stay
from tests.parts.world import DAY, LOCK, World

SLOTS = slots_of(Device())


def zigbee(world: World, pin_slots: int | None = None) -> None:
    with world.database.writing() as session:
        lock = session.get_one(Device, LOCK)
        lock.driver, lock.pin_slots = "zigbee2mqtt", pin_slots


def codes(world: World) -> list[SlotCode]:
    with world.database.reading() as session:
        return list(session.scalars(select(SlotCode).order_by(SlotCode.created_at, SlotCode.slot)))


def report(world: World, work: str) -> None:
    """The lock has answered the newest delivery of this work."""
    with world.database.writing() as session:
        row = session.scalars(select(Delivery).where(Delivery.work == work).order_by(Delivery.id.desc())).first()
        assert row is not None
        row.command_id, row.state = "c" * 32, "done"
        session.flush()
        record_slot_state(session, "c" * 32, world.now)
        row.command_id = None


def end(world: World) -> None:
    with world.database.writing() as session:
        landlord.end_stay(session, session.get_one(Stay, world.stay().id), world.keyring, world.now)


def move(world: World, window: Window) -> None:
    with world.database.writing() as session:
        landlord.change_stay(session, session.get_one(Stay, world.stay().id), window, world.keyring, world.now)


def test_a_lock_without_keys_of_ours_gets_a_pin_and_no_key(world: World) -> None:
    zigbee(world)
    key = world.tenant()
    assert (key.form, key.observed, key.credential) == ("gateway", "not_needed", b"")
    assert "put_slot" in world.pending()
    assert not {"put_key", "revoke", "set_time"} & set(world.pending())


def test_a_slot_is_given_again_only_when_the_lock_says_that_it_is_empty(world: World) -> None:
    zigbee(world)
    world.tenant()
    report(world, "put_slot")
    end(world)
    world.now += 1
    world.tenant()
    assert [code.slot for code in codes(world)] == [SLOTS[0], SLOTS[1]]
    end(world)
    report(world, "drop_slot")
    world.now += 1
    world.tenant()
    assert codes(world)[-1].slot == SLOTS[1]


def test_a_stay_that_moves_keeps_its_pin_and_one_that_begins_later_has_it_taken_off_until_then(world: World) -> None:
    zigbee(world)
    world.tenant()
    report(world, "put_slot")
    before = pin_of(codes(world)[0], world.keyring.passcode_key)
    move(world, Window(world.now - 60, world.now + 5 * DAY))
    assert "drop_slot" not in world.pending()
    move(world, Window(world.now + DAY, world.now + 5 * DAY))
    assert [work for work in world.pending() if work.endswith("slot")] == ["drop_slot", "put_slot"]
    report(world, "drop_slot")
    (code,) = codes(world)
    assert (code.observed, pin_of(code, world.keyring.passcode_key)) == ("absent", before)


def test_a_pin_is_shown_as_on_the_lock_only_after_the_locks_word_and_never_written_down(world: World) -> None:
    zigbee(world)
    world.tenant()
    with world.database.reading() as session:
        (shown,) = shown_slots(session, session.get_one(Stay, world.stay().id), world.keyring.passcode_key, world.now)
    assert (len(shown.digits), shown.digits.isdigit(), shown.on_lock) == (6, True, False)
    assert shown.digits not in repr(world.rows())
    report(world, "put_slot")
    with world.database.reading() as session:
        (shown,) = shown_slots(session, session.get_one(Stay, world.stay().id), world.keyring.passcode_key, world.now)
    assert shown.on_lock


def test_where_every_slot_is_taken_there_is_no_pin_and_still_a_key(world: World) -> None:
    zigbee(world)
    for _ in range(len(SLOTS) + 1):
        world.now += 1
        key = world.tenant()
        end(world)
    assert len(codes(world)) == len(SLOTS)
    assert key.observed == "not_needed"


def test_outside_12_no_two_pins_of_one_lock_are_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """rental-control#734, keymaster#661: a lock refuses a PIN that it knows already."""
    zigbee(world)
    monkeypatch.setattr(pin_slots, "DIGITS", 1)  # nine PINs in all, so that they would soon be the same
    for number in range(9):
        world.tenant(Window(world.now + number * DAY, world.now + (number + 1) * DAY))
    pins = [pin_of(code, world.keyring.passcode_key) for code in codes(world)]
    assert sorted(pins) == [str(digit) for digit in range(1, 10)]


def test_outside_12_a_pin_that_is_on_the_lock_is_not_given_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    zigbee(world)
    drawn = iter(["605996", "605996", "605996", "112358"])
    monkeypatch.setattr(pin_slots, "_pin", cache(lambda _id, _slot, _key: next(drawn)))
    for number in range(2):
        world.tenant(Window(world.now + number * DAY, world.now + (number + 1) * DAY))
    assert [pin_of(code, world.keyring.passcode_key) for code in codes(world)] == ["605996", "112358"]


def test_outside_49_slot_30_is_not_used_at_a_lock_with_slots_to_29(world: World) -> None:
    zigbee(world, 30)
    for number in range(21):
        world.tenant(Window(world.now + number * DAY, world.now + (number + 1) * DAY))
    assert [code.slot for code in codes(world)] == list(range(11, 30))


@pytest.mark.parametrize(
    ("pin_slots", "used"),
    [(None, (11, 29)), (30, (11, 29)), (20, (10, 19)), (4, (2, 3)), (1, (0, 0)), (39, (11, 38)), (250, (11, 249))],
)
def test_outside_56_slots_are_the_locks_own_and_leave_the_lower_ones_to_the_owner(
    pin_slots: int | None, used: tuple[int, int]
) -> None:
    """zigbee2mqtt#18912; zigbee-herdsman-converters refuses a slot that is not below a lock's pinCodeCount."""
    slots = slots_of(Device(pin_slots=pin_slots))
    assert (slots[0], slots[-1]) == used


def test_a_lock_with_few_slots_gives_out_those_only(world: World) -> None:
    zigbee(world, 4)
    for number in range(3):
        world.tenant(Window(world.now + number * DAY, world.now + (number + 1) * DAY))
    assert [code.slot for code in codes(world)] == [2, 3]
