"""One-time codes: each number is used once per lock, ends with use, epoch or stay, and is marked used by the lock."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from certs.keys import new_private_key
from devices.wire.passcode import HOUR, ONCE_SPAN
from gateway.domain.errors import Conflict, NotFound, TooManyCodes
from gateway.domain.stays.offer import token_of
from gateway.domain.stays.stay import Window
from gateway.journey.devices.certificates import set_device_key
from gateway.journey.keys.one_time_codes import MAX_UNUSED_CODES, end_once, held_stay, issue_once
from gateway.journey.stays import landlord
from gateway.store import Device, Event, Key, Stay
from tests.parts.once import ask, end_stay, found_by_lock, hear, rows, standings, states, use
from tests.parts.world import DAY, FIELDS, LOCK, NOW, World


def test_a_code_is_found_by_the_lock_and_marked_used_by_its_word(world: World) -> None:
    world.tenant()
    code = ask(world)
    assert found_by_lock(world, code) == 0
    assert states(world) == ["on_lock"]
    world.now += 600
    use(world, 0)
    assert (states(world), rows(world)[0].used_at) == (["used"], world.now)


def test_a_replayed_event_marks_no_other_code_and_no_other_time(world: World) -> None:
    world.tenant()
    ask(world), ask(world)
    report = world.happened("unlocked", means="passcode", once=0)
    world.say(report)
    used_at, world.now = world.now, world.now + 60
    world.say(report)
    use(world, 0)  # the same number in another event: not sent by a lock, but possible for a forger
    assert [row.used_at for row in rows(world)] == [used_at, None]


@pytest.mark.parametrize(("reported", "kept"), [(-5, False), (+3, True), (10_000, False)])
def test_the_time_of_use_is_the_locks_where_its_clock_can_be_right(world: World, reported: int, kept: bool) -> None:
    world.tenant()
    ask(world)
    issued, world.now = world.now, world.now + 600
    use(world, 0, at=issued + reported)
    assert rows(world)[0].used_at == (issued + reported if kept else world.now)


def test_who_asked_is_on_record_and_no_digits_are(world: World) -> None:
    world.tenant()
    digits = ask(world).digits
    with world.database.reading() as session:
        event = session.scalars(select(Event).where(Event.type == "OneTimeCodeIssued")).one()
    assert event.data == {"code": rows(world)[0].id, "account": "account"}
    world.close()
    kept = b"".join(path.read_bytes() for path in world.folder.rglob("*") if path.is_file())
    assert digits.encode() not in kept
    assert digits.replace(" ", "").encode() not in kept


def test_a_visitors_code_is_not_the_tenants_arrival(world: World) -> None:
    world.tenant()
    ask(world)
    use(world, 0)
    assert world.stay().arrived_at is None
    with world.database.reading() as session:
        opened = session.scalars(select(Event).where(Event.type == "DoorUnlocked")).one()
    assert opened.stay_id == world.stay().id


@pytest.mark.parametrize("number", [99, -1, 2**40, "0", None, b"0", True])
def test_a_number_that_nobody_was_given_belongs_to_no_stay(world: World, number: object) -> None:
    world.tenant()
    ask(world)
    use(world, number)
    assert states(world) == ["on_lock"]
    assert world.events()[-1] == "DoorUnlocked"


def test_a_guessed_number_is_not_given_to_anybody_after_it(world: World) -> None:
    world.tenant()
    use(world, 3)
    ask(world)
    assert [row.number for row in rows(world)] == [4]


@pytest.mark.parametrize("window", [Window(NOW + 60, NOW + DAY), Window(NOW - DAY, NOW + 60)])
def test_there_are_codes_only_while_the_stay_runs(world: World, window: Window) -> None:
    world.now = NOW if window.start > NOW else NOW - 3600
    world.offer(window)
    world.now = NOW if window.start > NOW else NOW + 60
    with pytest.raises(Conflict):
        ask(world)


def test_an_ended_stay_gives_none(world: World) -> None:
    stay = world.tenant().stay
    end_stay(world, stay.id)
    with pytest.raises(Conflict):
        ask(world, stay.id)


def test_another_landlords_stay_and_another_units_lock_look_like_what_does_not_exist(world: World) -> None:
    world.tenant()
    stay_id = world.stay().id
    other, _ = world.add_unit("102", "lock-2")
    with world.database.writing() as session:
        with pytest.raises(NotFound):
            held_stay(session, stay_id, other)
        for lock in ("lock-2", "lock-9"):
            with pytest.raises(NotFound):
                issue_once(session, held_stay(session, stay_id, world.landlord_id), lock, None, world.now)


@pytest.mark.parametrize("change", [{"driver": "zigbee2mqtt"}, {"revoked_at": NOW}])
def test_a_lock_that_checks_no_codes_or_is_out_of_service_gives_none(world: World, change: dict[str, object]) -> None:
    world.tenant()
    with world.database.writing() as session:
        for name, value in change.items():
            setattr(session.get_one(Device, LOCK), name, value)
    with pytest.raises(Conflict):
        ask(world)


def test_as_many_may_be_unused_as_the_lock_keeps_apart(world: World) -> None:
    world.tenant()
    first = ask(world)
    codes = [ask(world) for _ in range(MAX_UNUSED_CODES - 1)]
    with pytest.raises(TooManyCodes):
        ask(world)
    use(world, MAX_UNUSED_CODES - 1)
    assert found_by_lock(world, first, base=MAX_UNUSED_CODES - ONCE_SPAN) == 0
    assert len({code.digits for code in codes}) == MAX_UNUSED_CODES - 1 < ONCE_SPAN
    with pytest.raises(TooManyCodes):
        ask(world)
    use(world, 0)
    assert found_by_lock(world, ask(world)) == MAX_UNUSED_CODES


def test_ending_the_unused_ones_makes_room_and_leaves_the_window_codes_as_they_are(world: World) -> None:
    stay = world.tenant().stay
    for _ in range(MAX_UNUSED_CODES):
        old = ask(world)
    epoch = world.device().code_epoch
    with world.database.writing() as session:
        end_once(session, session.get_one(Stay, stay.id), world.now)
    assert set(states(world)) == {"revoking"}
    assert "revoke" in world.pending()
    new = ask(world)
    assert (found_by_lock(world, old), found_by_lock(world, new)) == (None, MAX_UNUSED_CODES)
    assert world.device().code_epoch == epoch
    hear(world)
    assert states(world) == ["revoked"] * MAX_UNUSED_CODES + ["on_lock"]


def test_at_the_end_of_the_stay_unused_codes_die_though_the_window_is_over(world: World) -> None:
    stay = world.tenant(Window(NOW, (NOW + DAY) // HOUR * HOUR)).stay
    used, unused = ask(world), ask(world)
    use(world, 0)
    world.now = stay.until_at
    end_stay(world, stay.id)
    assert [found_by_lock(world, code) for code in (used, unused)] == [None, None]
    assert states(world) == ["used", "revoking"]
    assert world.device().code_epoch == 1, "the codes of the next stay are not disturbed"


def test_a_raised_epoch_kills_one_time_codes_with_the_others(world: World) -> None:
    stay = world.tenant().stay
    code = ask(world)
    with world.database.writing() as session:
        landlord.change_stay(session, session.get_one(Stay, stay.id), world.window(days=1), world.keyring, world.now)
    assert world.device().code_epoch == 2
    assert (found_by_lock(world, code), states(world)) == (None, ["revoking"])
    assert found_by_lock(world, ask(world)) == 1


def test_a_stay_that_moves_away_from_now_takes_its_codes_with_it(world: World) -> None:
    stay = world.tenant(Window(NOW - 60, NOW + 5 * DAY)).stay
    ask(world)
    with world.database.writing() as session:
        window = Window(NOW + DAY, NOW + 5 * DAY)
        landlord.change_stay(session, session.get_one(Stay, stay.id), window, world.keyring, world.now)
    assert states(world) == ["revoking"]


def test_whoever_loses_a_key_loses_the_one_time_codes_of_the_stay(world: World) -> None:
    stay = world.tenant().stay
    ask(world)
    with world.database.writing() as session:
        offer = landlord.add_offer(session, session.get_one(Stay, stay.id), world.now)
        token = token_of(offer.id, world.keyring.offer_secret)
    world.phone = new_private_key()
    world.consent(token)
    world.show(token, fields=FIELDS | {"given_names": "Bea", "id_number": "XR1001R59"})
    with world.database.writing() as session:
        key = session.get_one(Key, world.issued()[0].id)
        landlord.revoke_for_landlord(session, key, world.keyring.passcode_key, world.now)
    assert states(world) == ["revoking"]


def test_two_stays_of_a_lock_never_share_a_number(world: World) -> None:
    first = world.tenant(Window(NOW, NOW + 3600)).stay
    ask(world)
    world.now += 3600
    end_stay(world, first.id)
    world.phone = new_private_key()
    second = world.tenant(Window(world.now, world.now + DAY)).stay
    code = ask(world, second.id)
    assert found_by_lock(world, code) == 1
    use(world, 1)
    assert [once.standing.state for once in standings(world, first.id)] == ["revoking"]
    assert [once.standing.state for once in standings(world, second.id)] == ["used"]


def test_a_dead_code_that_an_unreachable_lock_still_took_is_marked_with_its_stay(world: World) -> None:
    stay = world.tenant().stay
    ask(world)
    end_stay(world, stay.id)
    use(world, 0)
    assert states(world) == ["used"]


def test_of_a_lock_that_is_away_nobody_knows_whether_a_code_was_used_and_the_page_says_since_when(world: World) -> None:
    world.tenant()
    ask(world)
    world.say(world.state())
    with world.database.writing() as session:
        session.get_one(Device, LOCK).online = False
    (once,) = standings(world)
    assert (once.standing.state, once.standing.delay_reason, once.standing.since) == (
        "unknown",
        "lock_offline",
        world.now,
    )


def test_what_is_being_ended_has_no_end_of_its_own_and_says_so(world: World) -> None:
    stay = world.tenant().stay
    ask(world)
    end_stay(world, stay.id)
    (once,) = standings(world)
    assert (once.standing.state, once.standing.endless, once.standing.exposed_until) == ("revoking", True, None)


def test_a_lock_that_was_reset_forgot_what_was_used_so_no_old_number_opens_it(world: World) -> None:
    world.tenant()
    used, unused = ask(world), ask(world)
    use(world, 0)
    reported = world.state()
    world.say(replace(reported, state=replace(reported.state, epoch=0)))
    assert [found_by_lock(world, code) for code in (used, unused)] == [None, None]
    assert "revoke" in world.pending()
    assert found_by_lock(world, ask(world)) == 2


def test_a_lock_with_another_key_knows_no_old_code(world: World) -> None:
    world.tenant()
    code = ask(world)
    with world.database.writing() as session:
        set_device_key(session, session.get_one(Device, LOCK), new_private_key().public_key(), world.now)
    assert found_by_lock(world, code) is None
    assert states(world) == ["revoking"]
