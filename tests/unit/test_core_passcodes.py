"""Codes for the keypad: as the gateway gives them, and as a lock that hears nothing judges them."""

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from certs.agreement import passcode_secret
from certs.keys import new_private_key, public_from_point
from devices.wire.passcode import HOUR, find_window
from gateway.domain.stay import Window
from gateway.journey import landlord
from gateway.journey.passcodes import CodeShown, shown_codes, stay_behind_code
from gateway.store import Device, Passcode, Stay
from tests.parts.world import DAY, LOCK, NOW, World


def codes(world: World, stay_id: str) -> list[CodeShown]:
    with world.database.reading() as session:
        return shown_codes(session, session.get_one(Stay, stay_id), world.keyring, world.now)


def opens(world: World, code: CodeShown, at: int, epoch: int | None = None) -> bool:
    """Whether the lock would open for this code, from nothing but the shared secret, its epoch and its clock."""
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


def test_a_code_is_good_in_whole_hours_around_the_stay_and_not_a_second_longer(world: World) -> None:
    stay = world.tenant(Window(NOW + 600, NOW + 2 * DAY)).stay
    (code,) = codes(world, stay.id)
    assert (code.begins, code.ends) == ((NOW + 600) // HOUR * HOUR, -(-(NOW + 2 * DAY) // HOUR) * HOUR)
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
    assert not after.on_lock  # until the lock has said that it stands at the new epoch
    assert "revoke" in world.owed()


def test_an_ended_stay_kills_its_code_by_the_locks_epoch(world: World) -> None:
    stay = world.tenant().stay
    (code,) = codes(world, stay.id)
    end(world, stay.id)
    assert codes(world, stay.id) == []
    assert not opens(world, code, world.now)
    assert opens(world, code, world.now, epoch=1)  # a lock that has not heard yet: the exposure the list is owed for
    assert "revoke" in world.owed()


def test_a_code_whose_time_is_over_needs_no_new_epoch(world: World) -> None:
    stay = world.tenant(Window(NOW, NOW + DAY)).stay
    world.now += 2 * DAY
    end(world, stay.id)
    with world.database.reading() as session:
        assert session.get_one(Device, LOCK).code_epoch == 1


def test_two_stays_of_one_hour_do_not_share_a_code(world: World) -> None:
    first = world.tenant(Window(NOW // HOUR * HOUR + 60, NOW // HOUR * HOUR + 1200)).stay
    world.phone = new_private_key()
    second = world.tenant(Window(NOW // HOUR * HOUR + 1800, NOW // HOUR * HOUR + 3000)).stay
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


def test_a_door_opened_by_code_is_the_arrival_of_the_stay_whose_code_it_is(world: World) -> None:
    stay = world.tenant().stay
    with world.database.reading() as session:
        found = stay_behind_code(session, LOCK, world.now)
    assert found is not None
    assert found.id == stay.id


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), min_size=1, max_size=4))
def test_whatever_the_moves_every_hour_of_the_stay_has_a_code_and_no_dead_code_opens(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[int, int]]
) -> None:
    world = World.build(tmp_path_factory.mktemp("moves") / "world")
    stay = world.tenant(Window(NOW, NOW + DAY)).stay
    seen: dict[str, CodeShown] = {code.digits: code for code in codes(world, stay.id)}
    for start, days in moves:
        window = Window(NOW + start * HOUR, NOW + start * HOUR + days * DAY)
        move(world, stay.id, window)
        living = codes(world, stay.id)
        covered = {hour for code in living for hour in range(code.begins, code.ends, HOUR)}
        assert covered == set(range(window.start // HOUR * HOUR, -(-window.end // HOUR) * HOUR, HOUR))
        dead = [code for digits, code in seen.items() if digits not in {alive.digits for alive in living}]
        assert not any(opens(world, code, code.begins) for code in dead)
        seen |= {code.digits: code for code in living}
    with world.database.reading() as session:
        assert session.scalar(select(Passcode.id).limit(1)) is not None
    world.close()
