"""Keypad codes as the gateway issues them, and as a lock without a network checks them."""

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from api.services.presenters import passcode_shown
from certs.agreement import passcode_secret
from certs.keys import new_private_key, public_from_point
from devices.wire.passcode import HOUR, QUARTER, find_window
from gateway.domain.stays.offer import token_of
from gateway.domain.stays.stay import Window, instant
from gateway.journey.keys.passcodes import shown_codes, stay_of_code
from gateway.journey.keys.pin_slots import CodeShown
from gateway.journey.stays import landlord
from gateway.store import Device, Event, Key, Passcode, Stay, Unit
from tests.parts.world import DAY, FIELDS, LOCK, NOW, World


def codes(world: World, stay_id: str) -> list[CodeShown]:
    with world.database.reading() as session:
        return shown_codes(session, session.get_one(Stay, stay_id), world.keyring, world.now)


def opens(world: World, code: CodeShown, at: int, epoch: int | None = None) -> bool:
    """Whether the lock would open for this code, given only the shared secret, its epoch and its clock."""
    with world.database.reading() as session:
        lock = session.get_one(Device, LOCK)
    secret = passcode_secret(world.keyring.passcode_key, public_from_point(lock.public_key), LOCK)
    digits = code.digits.replace(" ", "")
    return find_window(secret, lock.code_epoch if epoch is None else epoch, digits, at) is not None


def move(world: World, stay_id: str, window: Window) -> None:
    with world.database.writing() as session:
        landlord.change_stay(session, session.get_one(Stay, stay_id), window, world.keyring, world.now)


def end(world: World, stay_id: str) -> None:
    with world.database.writing() as session:
        landlord.end_stay(session, session.get_one(Stay, stay_id), world.keyring, world.now)


def test_a_tenant_gets_a_code_that_the_lock_finds_by_itself(world: World) -> None:
    stay = world.tenant().stay
    (code,) = codes(world, stay.id)
    assert code.on_lock
    assert opens(world, code, world.now)


def test_a_code_is_good_in_whole_hours_from_the_quarter_of_the_begin_and_not_a_second_longer(world: World) -> None:
    stay = world.tenant(Window(NOW + 600, NOW + 2 * DAY)).stay
    (code,) = codes(world, stay.id)
    quarter = (NOW + 600) // QUARTER * QUARTER
    assert (code.begins, code.ends) == (quarter, quarter + 48 * HOUR)
    assert [opens(world, code, at) for at in (code.begins - 1, code.begins, code.ends - 1, code.ends)] == [
        False, True, True, False,
    ]  # fmt: skip


def test_the_digits_are_stored_nowhere(world: World) -> None:
    stay = world.tenant().stay
    (code,) = codes(world, stay.id)
    world.close()
    plain = code.digits.replace(" ", "").encode()
    kept = b"".join(path.read_bytes() for path in world.folder.rglob("*") if path.is_file())
    assert plain not in kept
    assert code.digits.encode() not in kept


def test_a_long_stay_is_covered_without_a_gap_by_codes_of_four_weeks(world: World) -> None:
    stay = world.tenant(Window(NOW, NOW + 100 * DAY)).stay
    given_codes = codes(world, stay.id)
    assert len(given_codes) == 4
    assert all(earlier.ends == later.begins for earlier, later in pairwise(given_codes))
    assert given_codes[0].begins <= NOW
    assert given_codes[-1].ends >= NOW + 100 * DAY


def test_a_stay_that_is_extended_keeps_its_code(world: World) -> None:
    stay = world.tenant(Window(NOW, NOW + 2 * DAY)).stay
    (before,) = codes(world, stay.id)
    move(world, stay.id, Window(NOW, NOW + 4 * DAY))
    after = codes(world, stay.id)
    assert after[0] == before
    assert after[-1].ends >= NOW + 4 * DAY


def test_a_shortened_stay_kills_its_code_and_gets_another(world: World) -> None:
    stay = world.tenant(Window(NOW, NOW + 4 * DAY)).stay
    (before,) = codes(world, stay.id)
    move(world, stay.id, Window(NOW, NOW + 2 * DAY))
    (after,) = codes(world, stay.id)
    assert after.digits != before.digits
    assert not opens(world, before, world.now)
    assert opens(world, after, world.now)
    assert not after.on_lock  # until the lock has reported the new epoch
    assert "revoke" in world.pending()


def test_an_ended_stay_kills_its_code_by_the_locks_epoch(world: World) -> None:
    stay = world.tenant().stay
    (code,) = codes(world, stay.id)
    end(world, stay.id)
    assert codes(world, stay.id) == []
    assert not opens(world, code, world.now)
    assert opens(
        world, code, world.now, epoch=1
    )  # a lock that has not received the list: the exposure until its delivery
    assert "revoke" in world.pending()


def test_a_code_whose_time_is_over_needs_no_new_epoch(world: World) -> None:
    stay = world.tenant(Window(NOW, NOW + DAY)).stay
    world.now += 2 * DAY
    end(world, stay.id)
    with world.database.reading() as session:
        assert session.get_one(Device, LOCK).code_epoch == 1


def test_two_stays_of_one_hour_do_not_share_a_code(world: World) -> None:
    first = world.tenant(Window(NOW // HOUR * HOUR + 810, NOW // HOUR * HOUR + 860)).stay
    world.phone = new_private_key()
    second = world.tenant(Window(NOW // HOUR * HOUR + 870, NOW // HOUR * HOUR + 3000)).stay
    (one,), (other,) = codes(world, first.id), codes(world, second.id)
    assert (one.begins, one.ends) == (other.begins, other.ends)
    assert one.digits != other.digits


@pytest.mark.parametrize(("night", "hours"), [("2027-03-28", 23), ("2027-10-31", 25)])
def test_a_code_over_a_clock_change_night_is_good_for_the_hours_that_pass(world: World, night: str, hours: int) -> None:
    zone = ZoneInfo("Europe/Rome")
    begins = datetime.fromisoformat(f"{night}T00:00").replace(tzinfo=zone)
    ends = begins.replace(day=begins.day + 1) if begins.day < 31 else datetime(2027, 11, 1, tzinfo=zone)
    stay = world.tenant(Window(int(begins.timestamp()), int(ends.timestamp()))).stay
    (code,) = codes(world, stay.id)
    assert code.ends - code.begins == hours * HOUR
    assert opens(world, code, code.ends - 1)
    assert not opens(world, code, code.ends)


@pytest.mark.parametrize(
    ("zone", "begins", "ends", "shown"),
    [
        ("Europe/Rome", "2027-10-30T15:00", "2027-10-31T11:00", ("15:00:00+02:00", "11:00:00+01:00")),
        ("Europe/Rome", "2027-03-27T15:00", "2027-03-28T11:00", ("15:00:00+01:00", "11:00:00+02:00")),
        ("Asia/Kolkata", "2027-03-27T15:00", "2027-03-28T11:00", ("15:00:00+05:30", "11:00:00+05:30")),
        ("Asia/Kathmandu", "2027-03-27T15:00", "2027-03-28T11:00", ("15:00:00+05:45", "11:00:00+05:45")),
        ("Asia/Kolkata", "2027-03-27T14:30", "2027-03-28T11:00", ("14:30:00+05:30", "11:30:00+05:30")),
    ],
)
def test_a_code_is_shown_on_the_units_own_clock_as_long_as_the_lock_takes_it(
    world: World, zone: str, begins: str, ends: str, shown: tuple[str, str]
) -> None:
    with world.database.writing() as session:
        session.get_one(Unit, world.unit_id).timezone = zone
    stay = world.tenant(Window(instant(begins, zone, "from"), instant(ends, zone, "until"))).stay
    (code,) = codes(world, stay.id)
    reported = passcode_shown(code, zone)
    assert (reported.from_[11:], reported.until[11:]) == shown
    first, last = (int(datetime.fromisoformat(at).timestamp()) for at in (reported.from_, reported.until))
    assert [opens(world, code, at) for at in (first - 1, first, last - 1, last)] == [False, True, True, False]


def test_outside_24_the_next_stays_code_opens_when_its_stay_begins_in_a_zone_of_half_hours(world: World) -> None:
    zone = "Asia/Kolkata"
    with world.database.writing() as session:
        session.get_one(Unit, world.unit_id).timezone = zone
    noon = instant("2027-03-28T11:00", zone, "from")
    leaving = world.tenant(Window(instant("2027-03-27T15:00", zone, "from"), noon)).stay
    world.phone = new_private_key()
    coming = world.tenant(Window(noon, noon + DAY)).stay
    (old,), (new,) = codes(world, leaving.id), codes(world, coming.id)
    assert (old.ends, new.begins) == (noon, noon)
    assert [opens(world, new, at) for at in (noon - 1, noon)] == [False, True]
    assert [opens(world, old, at) for at in (noon - 1, noon)] == [True, False]


def test_the_code_of_a_stay_that_has_begun_ends_with_it(world: World) -> None:
    until = (NOW + DAY) // HOUR * HOUR
    (code,) = codes(world, world.tenant(Window(NOW - 60, until)).stay.id)
    assert code.ends == until
    assert until - code.begins == 24 * HOUR


def type_in(world: World, code: CodeShown, **reported: object) -> None:
    """The lock reports an unlock by code."""
    world.say(world.happened("unlocked", means="passcode", **reported))


def window_of(world: World, stay_id: str) -> list[int]:
    """A code's window in the form that the lock reports: first hour, hours, slot."""
    with world.database.reading() as session:
        row = session.scalars(select(Passcode).where(Passcode.stay_id == stay_id)).one()
    return [row.first_hour, row.hours, row.slot]


def arrived(world: World, stay_id: str) -> bool:
    with world.database.reading() as session:
        return session.get_one(Stay, stay_id).arrived_at is not None


def test_of_two_stays_with_codes_for_the_same_hour_the_one_whose_window_the_lock_names_has_arrived(
    world: World,
) -> None:
    first = world.tenant(Window(NOW // HOUR * HOUR + 810, NOW // HOUR * HOUR + 860)).stay
    world.phone = new_private_key()
    second = world.tenant(Window(NOW // HOUR * HOUR + 870, NOW // HOUR * HOUR + 3000)).stay
    type_in(world, codes(world, second.id)[0])
    assert (arrived(world, first.id), arrived(world, second.id)) == (False, False), "the moment alone cannot tell"
    type_in(world, codes(world, second.id)[0], window=window_of(world, second.id))
    assert (arrived(world, first.id), arrived(world, second.id)) == (False, True)


def test_a_lock_that_does_not_know_of_the_end_names_the_stay_of_a_dead_code(world: World) -> None:
    stay = world.tenant().stay
    window = window_of(world, stay.id)
    end(world, stay.id)
    world.say(world.happened("unlocked", means="passcode", window=window))
    with world.database.reading() as session:
        opened = session.scalars(select(Event).where(Event.type == "DoorUnlocked")).one()
    assert opened.stay_id == stay.id
    assert not arrived(world, stay.id)


@pytest.mark.parametrize("window", [[1, 2], [1, 2, "3"], "none", [0, 1, 2], None])
def test_a_window_that_is_none_of_ours_belongs_to_no_stay_unless_the_moment_tells(world: World, window: object) -> None:
    stay = world.tenant().stay
    found = arrived(world, stay.id)
    world.say(world.happened("unlocked", means="passcode", window=window))
    assert not found
    assert arrived(world, stay.id) == (window != [0, 1, 2])


def test_a_code_is_the_stays_that_has_one_now_where_the_lock_names_no_window(world: World) -> None:
    stay = world.tenant().stay
    with world.database.reading() as session:
        found = stay_of_code(session, LOCK, None, world.now)
    assert found is not None
    assert found.id == stay.id


def revoke_first_key(world: World) -> None:
    with world.database.writing() as session:
        key = session.get_one(Key, world.issued()[0].id)
        landlord.revoke_for_landlord(session, key, world.keyring.passcode_key, world.now)


def test_a_tenant_who_loses_the_key_loses_the_code_too(world: World) -> None:
    stay = world.tenant().stay
    (before,) = codes(world, stay.id)
    revoke_first_key(world)
    assert codes(world, stay.id) == []
    assert not opens(world, before, world.now)


def test_whoever_else_lives_there_gets_another_code(world: World) -> None:
    stay = world.tenant().stay
    (before,) = codes(world, stay.id)
    with world.database.writing() as session:
        offer = landlord.add_offer(session, session.get_one(Stay, stay.id), world.now)
        token = token_of(offer.id, world.keyring.offer_secret)
    world.phone = new_private_key()
    world.consent(token)
    world.show(token, fields=FIELDS | {"given_names": "Bea", "id_number": "XR1001R59"})
    revoke_first_key(world)
    (after,) = codes(world, stay.id)
    assert after.digits != before.digits
    assert not opens(world, before, world.now)
    assert opens(world, after, world.now)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 240), st.integers(1, 240 * 24)), min_size=1, max_size=4))
def test_whatever_the_moves_every_minute_of_the_stay_has_a_code_and_no_dead_code_opens(
    first_world: World, tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[int, int]]
) -> None:
    world = first_world.copied_to(tmp_path_factory.mktemp("moves") / "world")
    stay = world.tenant(Window(NOW, NOW + DAY)).stay
    seen: dict[str, CodeShown] = {code.digits: code for code in codes(world, stay.id)}
    for start, quarters in moves:
        begins = NOW // QUARTER * QUARTER + start * QUARTER
        window = Window(begins, begins + quarters * QUARTER)
        move(world, stay.id, window)
        living = codes(world, stay.id)
        covered = {at for code in living for at in range(code.begins, code.ends, QUARTER)}
        assert covered >= set(range(window.start, window.end, QUARTER))
        assert len(covered) * QUARTER < window.end - window.start + HOUR
        assert min(covered) == window.start or window.start <= NOW
        assert max(covered) + QUARTER == window.end or window.start > NOW
        dead = [code for digits, code in seen.items() if digits not in {alive.digits for alive in living}]
        assert not any(opens(world, code, code.begins) for code in dead)
        seen |= {code.digits: code for code in living}
    with world.database.reading() as session:
        assert session.scalar(select(Passcode.id).limit(1)) is not None
    world.close()
