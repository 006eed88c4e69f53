"""Desired and observed keys on each lock, the reason of a difference, and how long it can have effect."""

import pytest

from gateway.domain.keys.key import LockStanding, code_state, delay_reason
from gateway.domain.outcomes import LINK_DOWN, LOCK_REFUSED, NOT_LISTENING, WAITING_FOR_LOCK
from gateway.journey.keys.issue import revoke_key
from gateway.journey.keys.lock_status import CodeStanding, Standing, code_standings, key_standing
from gateway.journey.stays import landlord
from gateway.outbox.deliveries import RetryAt, settle
from gateway.store import Device, Key, Stay
from tests.parts.relaying import delivery_rows
from tests.parts.world import DAY, LOCK, NOW, World

QUARTER = 900
WELL = {"online": True, "last_seen_at": NOW - 5}


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (WELL | {"requested_at": NOW - 59, "outcome": WAITING_FOR_LOCK}, None),
        (WELL | {"requested_at": NOW - 60, "outcome": WAITING_FOR_LOCK}, ("lock_silent", NOW - 5)),
        (WELL | {"requested_at": NOW, "outcome": LOCK_REFUSED}, ("lock_refused", NOW)),
        (WELL | {"requested_at": NOW, "outcome": LINK_DOWN}, ("link_down", NOW)),
        (WELL | {"requested_at": NOW, "outcome": NOT_LISTENING}, ("lock_offline", NOW - 5)),
        ({"online": False, "last_seen_at": NOW - 5400}, ("lock_offline", NOW - 5400)),
        ({"online": False, "last_seen_at": NOW - 5400, "outcome": LINK_DOWN, "requested_at": NOW}, ("link_down", NOW)),
        ({"online": None, "last_seen_at": None}, ("lock_never_seen", None)),
        (WELL | {"revoked_at": NOW - 9}, ("lock_out_of_service", NOW - 9)),
        (WELL, None),
    ],
)
def test_why_a_lock_has_not_done_it_yet_and_since_when(
    known: dict[str, object], reason: tuple[str, int | None] | None
) -> None:
    assert delay_reason(LockStanding(**known), NOW) == reason  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("reported", "withdrawn", "at", "state"),
    [
        (1, False, NOW, "delivering"),
        (2, False, NOW, "on_lock"),
        (2, False, NOW + 9 * DAY, "expiring"),
        (2, False, NOW + 10 * DAY, "expired"),
        (2, True, NOW, "revoking"),
        (3, True, NOW, "revoked"),
        (2, True, NOW + 10 * DAY, "expired"),
    ],
)
def test_a_code_is_shown_by_the_epoch_the_lock_named_and_by_the_clock(
    reported: int, withdrawn: bool, at: int, state: str
) -> None:
    assert code_state(2, reported, withdrawn, NOW + 10 * DAY, at) == state


def standing(world: World, key: Key) -> Standing:
    with world.database.reading() as session:
        return key_standing(session, session.get_one(Key, key.id), world.now)


def standings(world: World) -> list[CodeStanding]:
    with world.database.reading() as session:
        stay_id = world.stay().id
        return code_standings(session, [stay_id], world.now)[stay_id]


def revoked(world: World, *, online: bool) -> Key:
    """A key that was confirmed by its lock and is then revoked."""
    key = world.tenant(world.window(days=10))
    world.put(key)
    with world.database.writing() as session:
        session.get_one(Device, LOCK).online = online
        revoke_key(session, session.get_one(Key, key.id), world.now)
    return key


def test_a_lock_that_is_there_is_waited_for_and_the_exposure_is_reported_in_minutes(world: World) -> None:
    key = revoked(world, online=True)
    shown = standing(world, key)
    assert (shown.state, shown.delay_reason, shown.not_revocable_before) == ("revoking", None, None)
    assert shown.exposure_minutes(world.now) == (key.holder_until - world.now + 59) // 60


def test_a_lock_that_is_away_cannot_give_a_key_up_before_the_phones_credential_ends(world: World) -> None:
    key = revoked(world, online=False)
    shown = standing(world, key)
    assert (shown.delay_reason, shown.since) == ("lock_offline", world.now)
    assert shown.not_revocable_before == key.holder_until < key.expires_at


def test_after_that_moment_nothing_is_exposed_though_the_lock_never_answered(world: World) -> None:
    key = revoked(world, online=False)
    world.now = key.holder_until - 1
    assert standing(world, key).exposure_minutes(world.now) == 1
    world.now += 1
    shown = standing(world, key)
    assert (shown.state, shown.exposed_until, shown.not_revocable_before) == ("revoking", None, None)


def test_the_locks_own_word_ends_the_exposure(world: World) -> None:
    key = revoked(world, online=False)
    world.say(world.happened("key_dropped", key=bytes.fromhex(key.id)))
    shown = standing(world, key)
    assert (shown.state, shown.exposed_until, shown.delay_reason) == ("revoked", None, None)


def test_what_came_of_asking_is_the_reason(world: World) -> None:
    key = revoked(world, online=True)
    with world.database.writing() as session:
        for delivery in delivery_rows(world):
            settle(session, delivery.id, RetryAt(world.now + 9, LINK_DOWN), world.now)
    assert standing(world, key).delay_reason == "link_down"


def test_a_key_that_waits_for_its_lock_says_why_too(world: World) -> None:
    key = world.tenant()
    assert standing(world, key).delay_reason == "lock_never_seen"
    world.say(world.state())
    assert standing(world, key).delay_reason is None


def test_a_dead_code_is_exposed_to_its_end_while_the_lock_has_not_named_the_new_epoch(world: World) -> None:
    stay = world.tenant(world.window(days=2)).stay
    with world.database.writing() as session:
        session.get_one(Device, LOCK).online = False
        landlord.end_stay(session, session.get_one(Stay, stay.id), world.keyring, world.now)
    (code,) = standings(world)
    assert (code.standing.state, code.standing.delay_reason) == ("revoking", "lock_never_seen")
    assert code.standing.exposed_until == -(-stay.until_at // QUARTER) * QUARTER
    with world.database.writing() as session:
        lock = session.get_one(Device, LOCK)
        lock.reported_code_epoch = lock.code_epoch
    (code,) = standings(world)
    assert (code.standing.state, code.standing.exposed_until) == ("revoked", None)
