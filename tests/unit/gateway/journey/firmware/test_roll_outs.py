"""Roll-outs over rows: who begins when, who waits and why, and what a person can do."""

import hashlib

import pytest
from sqlalchemy import select

from certs.keys import key_id, new_private_key
from devices.wire.firmware.manifest import Firmware, sign_firmware
from gateway.domain.errors import Conflict, InputRefused
from gateway.domain.firmware import AWAY_SECONDS, SILENT_SECONDS, STEPS
from gateway.fleet.roll_outs import RollOuts
from gateway.journey.firmware.publishing import bytes_at, publish
from gateway.journey.firmware.reports import record_firmware_event
from gateway.journey.firmware.roll_outs import AT_ONCE, HELD_UP, advance, begin, change, updates_of
from gateway.store import Delivery, Device, FirmwareImage, FirmwareUpdate, RollOut, Stay
from tests.parts.world import LOCK, World, device

KEY = new_private_key()
IMAGE = bytes(range(250)) * 40
SOAK = 600


def envelope(sequence: int = 2, image: bytes = IMAGE) -> bytes:
    digest = hashlib.sha256(image).digest()
    return sign_firmware(Firmware("lodgekey.example", "sim-lock", f"{sequence}.0", sequence, digest, len(image)), KEY)


def publish_to(world: World, sequence: int = 2, image: bytes = IMAGE) -> str:
    with world.database.writing() as session:
        return publish(session, KEY.public_key(), envelope(sequence, image), image, world.now).id


def fleet(world: World, count: int) -> list[str]:
    """Locks in order, which report the model and version 1; the world's own lock is one of them."""
    names = [LOCK, *(f"lock-{number}" for number in range(100, 99 + count))]
    with world.database.writing() as session:
        session.add_all(device(name, None) for name in names[1:])
        session.flush()
        for row in session.scalars(select(Device)):
            row.model = session.scalars(select(FirmwareImage.class_id)).one()
            row.publisher = key_id(KEY.public_key()).hex()
            row.online, row.bolt, row.door, row.firmware_counter = True, "locked", "closed", 1
    return names


def begun(world: World, image: str, failures: int = 0) -> str:
    with world.database.writing() as session:
        return begin(session, session.get_one(FirmwareImage, image), SOAK, failures, world.now).id


def go_round(world: World) -> RollOuts:
    loop = RollOuts(world.database, world.clock)
    loop.go_round()
    return loop


def states(world: World) -> dict[str, str]:
    with world.database.reading() as session:
        return {row.device_id: row.state for row in session.scalars(select(FirmwareUpdate))}


def report(world: World, name: str, state: str, **more: object) -> None:
    with world.database.writing() as session:
        record_firmware_event(session, session.get_one(Device, name), {"state": state, "sequence": 2} | more, world.now)


def roll_out(world: World) -> RollOut:
    with world.database.reading() as session:
        return session.scalars(select(RollOut)).one()


def test_one_device_begins_and_the_next_step_waits_for_the_soak_time(world: World) -> None:
    image = publish_to(world)
    fleet(world, 10)
    begun(world, image)
    go_round(world)
    (first,) = states(world)
    assert states(world) == {first: "sending"}
    report(world, first, "installing")
    report(world, first, "trial")
    go_round(world)
    assert states(world) == {first: "trial"}
    report(world, first, "confirmed")
    world.now += SOAK - 1
    go_round(world)
    assert len(states(world)) == 1
    world.now += 1
    go_round(world)
    assert roll_out(world).step == 1
    world.now += SOAK
    go_round(world)
    assert (roll_out(world).step, len(states(world))) == (2, 5)


def test_a_round_repeated_at_once_changes_nothing(world: World) -> None:
    fleet_of = publish_to(world)
    fleet(world, 3)
    begun(world, fleet_of)
    go_round(world)
    go_round(world)
    with world.database.reading() as session:
        assert len(session.scalars(select(Delivery).where(Delivery.work == "firmware")).all()) == 1


def test_a_failure_stops_it_and_a_person_resumes_it(world: World) -> None:
    image = publish_to(world)
    fleet(world, 10)
    name = begun(world, image)
    go_round(world)
    (first,) = states(world)
    report(world, first, "rolled_back", code="self_check_failed")
    world.now += SOAK
    loop = go_round(world)
    assert (roll_out(world).state, roll_out(world).reason) == ("stopped", "too_many_failures")
    assert loop.stopped
    world.now += 10 * SOAK
    assert go_round(world).stopped
    assert states(world) == {first: "failed"}
    with world.database.writing() as session:
        change(session, session.get_one(RollOut, name), "running", world.now)
    assert not go_round(world).stopped
    for _ in STEPS:
        world.now += SOAK
        go_round(world)
    assert roll_out(world).state == "running"
    assert "sending" in states(world).values()


def test_it_finishes_when_everybody_is_settled(world: World) -> None:
    image = publish_to(world)
    names = fleet(world, 4)
    begun(world, image)
    for _ in range(8):
        go_round(world)
        for name, state in states(world).items():
            if state == "sending":
                report(world, name, "confirmed")
        world.now += SOAK
    assert set(states(world)) == set(names)
    assert set(states(world).values()) == {"confirmed"}
    assert roll_out(world).state == "finished"


def test_a_device_that_has_the_version_already_is_left_alone(world: World) -> None:
    image = publish_to(world)
    fleet(world, 1)
    with world.database.writing() as session:
        session.get_one(Device, LOCK).firmware_counter = 2
    begun(world, image)
    go_round(world)
    assert states(world) == {LOCK: "confirmed"}


@pytest.mark.parametrize("publisher", [None, "0011223344556677"])
def test_a_device_that_takes_no_firmware_of_this_publisher_is_sent_none(world: World, publisher: str | None) -> None:
    image = publish_to(world)
    fleet(world, 2)
    with world.database.writing() as session:
        session.get_one(Device, LOCK).publisher = publisher
    name = begun(world, image)
    with world.database.writing() as session:
        session.get_one(RollOut, name).step = len(STEPS) - 1
    go_round(world)
    assert states(world) == {"lock-100": "sending"}


@pytest.mark.parametrize(
    ("reason", "columns"),
    [
        ("offline", {"online": False}),
        ("offline", {"online": None}),
        ("battery_low", {"battery": 29}),
        ("door_in_use", {"door": "open"}),
        ("door_in_use", {"bolt": "unlocked"}),
        ("alarm", {"alarm": "tampered"}),
    ],
)
def test_a_device_that_is_not_ready_waits(world: World, reason: str, columns: dict[str, object]) -> None:
    image = publish_to(world)
    fleet(world, 1)
    with world.database.writing() as session:
        for column, value in columns.items():
            setattr(session.get_one(Device, LOCK), column, value)
    begun(world, image)
    go_round(world)
    with world.database.reading() as session:
        update = session.scalars(select(FirmwareUpdate)).one()
    assert (update.state, update.reason) == ("waiting", reason)


def test_a_door_whose_guest_is_due_or_whose_key_is_on_its_way_waits(world: World) -> None:
    image = publish_to(world)
    fleet(world, 1)
    world.tenant(world.window(begins=1800))
    begun(world, image)
    go_round(world)
    assert states(world) == {LOCK: "waiting"}
    with world.database.writing() as session:
        for delivery in session.scalars(select(Delivery)):
            delivery.state = "done"
    go_round(world)
    assert states(world) == {LOCK: "waiting"}
    with world.database.writing() as session:
        session.scalars(select(Stay)).one().arrived_at = world.now
    go_round(world)
    assert states(world) == {LOCK: "sending"}


def test_only_some_updates_are_under_way_at_once(world: World) -> None:
    image = publish_to(world)
    fleet(world, AT_ONCE + 5)
    name = begun(world, image)
    with world.database.writing() as session:
        session.get_one(RollOut, name).step = 3
    go_round(world)
    assert sorted(states(world).values()).count("sending") == AT_ONCE


def test_an_installation_that_says_nothing_for_an_hour_has_failed(world: World) -> None:
    image = publish_to(world)
    fleet(world, 2)
    begun(world, image)
    go_round(world)
    (first,) = states(world)
    report(world, first, "installing")
    world.now += 3600
    go_round(world)
    assert states(world) == {first: "installing"}
    world.now += 1
    go_round(world)
    assert states(world) == {first: "failed"}
    assert roll_out(world).state == "stopped"


@pytest.mark.parametrize("state", ["stopped", "aborted"])
@pytest.mark.parametrize("reached", ["installing", "trial"])
def test_an_update_under_way_fails_for_silence_whatever_becomes_of_its_roll_out(
    world: World, reached: str, state: str
) -> None:
    image = publish_to(world)
    fleet(world, 2)
    name = begun(world, image)
    go_round(world)
    (first,) = states(world)
    report(world, first, reached)
    with world.database.writing() as session:
        change(session, session.get_one(RollOut, name), state, world.now)
    world.now += SILENT_SECONDS
    go_round(world)
    assert states(world) == {first: reached}
    world.now += 1
    go_round(world)
    assert states(world) == {first: "failed"}


def test_a_device_that_is_sent_to_fails_for_silence_and_not_for_being_away(world: World) -> None:
    image = publish_to(world)
    fleet(world, 2)
    begun(world, image)
    go_round(world)
    (first,) = states(world)
    reach(world, first, online=False)
    go_round(world)
    world.now += 10 * SILENT_SECONDS
    go_round(world)
    reach(world, first, online=True)
    go_round(world)
    world.now += SILENT_SECONDS
    go_round(world)
    assert states(world)[first] == "sending"
    world.now += 1
    go_round(world)
    assert states(world)[first] == "failed"


def test_a_device_that_is_away_for_long_has_a_substitute(world: World) -> None:
    image = publish_to(world)
    fleet(world, 100)
    begun(world, image)
    go_round(world)
    (first,) = states(world)
    reach(world, first, online=False)
    go_round(world)
    world.now += AWAY_SECONDS
    go_round(world)
    assert states(world) == {first: "sending"}, "it may only restart"
    world.now += 1
    go_round(world)
    (substitute,) = set(states(world)) - {first}
    assert states(world) == {first: "sending", substitute: "sending"}
    go_round(world)
    assert len(states(world)) == 2, "one substitute is enough"


@pytest.mark.parametrize("answer", HELD_UP)
def test_a_device_whose_answer_can_last_has_a_substitute(world: World, answer: str) -> None:
    image = publish_to(world)
    fleet(world, 100)
    begun(world, image)
    go_round(world)
    with world.database.writing() as session:
        session.scalars(select(FirmwareUpdate)).one().reason = answer
    go_round(world)
    assert len(states(world)) == 2


def test_a_device_that_comes_back_after_its_substitute_is_updated_too(world: World) -> None:
    image = publish_to(world)
    fleet(world, 100)
    begun(world, image)
    go_round(world)
    (first,) = states(world)
    reach(world, first, online=False)
    go_round(world)
    world.now += AWAY_SECONDS + 1
    go_round(world)
    reach(world, first, online=True)
    go_round(world)
    assert set(states(world).values()) == {"sending"}
    for name in states(world):
        report(world, name, "installing")
    assert set(states(world).values()) == {"installing"}


def reach(world: World, name: str, *, online: bool) -> None:
    with world.database.writing() as session:
        session.get_one(Device, name).online = online


def test_one_roll_out_of_a_model_at_a_time(world: World) -> None:
    first, second = publish_to(world), publish_to(world, 3, IMAGE[::-1])
    begun(world, first)
    with pytest.raises(Conflict):
        begun(world, second)
    with world.database.writing() as session:
        change(session, session.scalars(select(RollOut)).one(), "aborted", world.now)
    begun(world, second)


def test_what_is_over_is_not_resumed(world: World) -> None:
    name = begun(world, publish_to(world))
    with world.database.writing() as session:
        row = session.get_one(RollOut, name)
        change(session, row, "aborted", world.now)
        with pytest.raises(Conflict):
            change(session, row, "running", world.now)


def test_only_what_the_publisher_signed_is_published_and_once(world: World) -> None:
    publish_to(world)
    with pytest.raises(Conflict):
        publish_to(world)
    with pytest.raises(Conflict):
        publish_to(world, 2, IMAGE[::-1])
    with world.database.writing() as session:
        with pytest.raises(InputRefused):
            publish(session, new_private_key().public_key(), envelope(5), IMAGE, world.now)
        with pytest.raises(InputRefused):
            publish(session, KEY.public_key(), envelope(5), IMAGE + b"1", world.now)


@pytest.mark.parametrize("offset", [0, 1, 4095, 4096, 9999])
def test_an_image_is_read_from_any_offset(world: World, offset: int) -> None:
    name = publish_to(world)
    with world.database.reading() as session:
        image, at = session.get_one(FirmwareImage, name), offset
        while at < len(IMAGE):
            data = bytes_at(session, image, at)
            assert IMAGE[at : at + len(data)] == data
            at += len(data)
    assert at == len(IMAGE)


def test_advancing_alone_needs_no_loop(world: World) -> None:
    name = begun(world, publish_to(world))
    with world.database.writing() as session:
        row = session.get_one(RollOut, name)
        advance(session, row, world.now)
        assert not updates_of(session, row)
