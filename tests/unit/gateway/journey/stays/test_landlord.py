"""Steps 1 and 9: a landlord offers keys, changes a stay, ends it; a refusal changes no row."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.errors import Conflict, LodgekeyError, NotFound, OfferGone, OfferUnknown, StaysOverlap
from gateway.domain.stays.offer import offer_of
from gateway.domain.stays.stay import Window
from gateway.journey.keys.issue import revoke_key
from gateway.journey.stays import landlord
from gateway.store import Delivery, Device, Key, Offer, Registration, Stay
from tests.parts.world import DAY, World


def change(world: World, window: Window) -> None:
    """Change the dates of the newest stay."""
    stay_id = world.stay().id
    with world.database.writing() as session:
        stay = landlord.stay_of(session, stay_id, world.landlord_id)
        landlord.change_stay(session, stay, window, world.keyring, world.now)


def end(world: World) -> None:
    """End the newest stay."""
    stay_id = world.stay().id
    with world.database.writing() as session:
        landlord.end_stay(session, session.get_one(Stay, stay_id), world.keyring, world.now)


def refuses(world: World, act: Callable[[], object], error: type[LodgekeyError]) -> LodgekeyError:
    """The code with which `act` is refused; no row may change."""
    before = world.rows()
    with pytest.raises(error) as refusal:
        act()
    assert world.rows() == before
    return refusal.value


def kinds(world: World) -> list[str]:
    """Kinds of the registration records, in order."""
    with world.database.reading() as session:
        return [row.kind for row in session.scalars(select(Registration).order_by(Registration.created_at))]


def test_an_offer_makes_a_stay_and_a_link_that_ends_with_the_stay(world: World) -> None:
    world.offer(world.window(days=3))
    world.offer(world.window(begins=10 * DAY, days=30))
    with world.database.reading() as session:
        short, long = session.scalars(select(Offer).order_by(Offer.expires_at)).all()
    assert short.expires_at == short.stay.until_at
    assert long.expires_at == long.stay.until_at
    assert world.events() == ["KeyOffered", "KeyOffered"]
    assert {short.state, short.stay.state} == {"open", "offered"}


@pytest.mark.parametrize(("begins", "days"), [(0, 3), (-DAY, 2), (2 * DAY, 5), (DAY, 1), (-DAY, 30)])
def test_a_stay_that_overlaps_another_of_the_unit_is_refused_and_says_when_the_unit_is_taken(
    world: World, begins: int, days: int
) -> None:
    world.offer(world.window(begins=0, days=3))
    refusal = refuses(world, lambda: world.offer(world.window(begins=begins, days=days)), StaysOverlap)
    assert refusal.extra["stay_id"] == world.stay().id
    assert "2026-09-21T" in refusal.detail


def test_stays_may_touch_and_other_units_are_free(world: World) -> None:
    world.offer(Window(world.now, world.now + DAY))
    world.offer(Window(world.now + DAY, world.now + 2 * DAY))
    _, other = world.add_unit("102", None)
    world.offer(Window(world.now, world.now + DAY), other)
    assert world.events() == ["KeyOffered"] * 3


def test_the_time_of_an_ended_stay_is_free_again(world: World) -> None:
    world.offer()
    end(world)
    world.offer()
    assert world.events() == ["KeyOffered", "OfferWithdrawn", "CheckedOut", "KeyOffered"]


def test_of_two_landlords_clicks_at_the_same_moment_exactly_one_takes_the_unit(world: World) -> None:
    ready, outcomes = threading.Barrier(2), []

    def click() -> None:
        ready.wait()
        try:
            world.offer(world.window(days=2))
            outcomes.append("taken")
        except StaysOverlap:
            outcomes.append("refused")

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join(10)
    assert sorted(outcomes) == ["refused", "taken"]
    assert len(world.rows()["stays"]) == len(world.rows()["offers"]) == 1


def test_a_stay_that_is_over_before_it_is_offered_is_refused(world: World) -> None:
    refuses(world, lambda: world.offer(Window(world.now - DAY, world.now)), Conflict)


def test_a_landlord_finds_only_their_own_units_stays_and_keys(world: World) -> None:
    key = world.tenant()
    stranger, _ = world.add_unit("202", None)
    searches: list[Callable[[Session], object]] = [
        lambda session: landlord.unit_of(session, world.unit_id, stranger),
        lambda session: landlord.stay_of(session, key.stay_id, stranger),
        lambda session: landlord.key_of(session, key.id, stranger),
    ]
    with world.database.reading() as session:
        for search in searches:
            with pytest.raises(NotFound):
                search(session)
        assert landlord.unit_of(session, world.unit_id, world.landlord_id).id == world.unit_id
        assert landlord.key_of(session, key.id, world.landlord_id).id == key.id


def test_a_withdrawn_link_stops_working_and_cannot_be_withdrawn_twice(world: World) -> None:
    token = world.offer()

    def withdraw() -> None:
        with world.database.writing() as session:
            offer = session.get_one(Offer, offer_of(token, world.keyring.offer_secret))
            landlord.withdraw_offer(session, offer, world.now)

    withdraw()
    refuses(world, lambda: world.consent(token), OfferGone)
    refuses(world, withdraw, Conflict)
    assert world.events() == ["KeyOffered", "OfferWithdrawn"]


def test_a_second_tenant_gets_a_link_of_their_own_and_a_finished_stay_gives_none(world: World) -> None:
    first = world.offer()

    def another() -> str:
        with world.database.writing() as session:
            stay = session.scalars(select(Stay)).one()
            return landlord.add_offer(session, stay, world.now).id

    assert another() != offer_of(first, world.keyring.offer_secret)
    end(world)
    refuses(world, another, Conflict)


def test_changed_dates_move_the_keys_and_tell_the_registry(world: World) -> None:
    old = world.tenant()
    world.put(old)
    change(world, world.window(begins=0, days=5))
    gone, new = sorted(world.issued(), key=lambda key: key.desired)
    assert (gone.id, gone.desired) == (old.id, "absent")
    assert (new.desired, new.not_before, new.expires_at) == ("present", world.now, world.now + 5 * DAY)
    assert (new.holder_key, new.person_id) == (old.holder_key, old.person_id)
    assert world.pending().index("drop_key") > world.pending().index("put_key"), (
        "the new key is there before the old one goes"
    )
    assert kinds(world) == ["check_in", "change"]
    assert world.events()[-3:] == ["KeyIssued", "KeyRevoking", "StayChanged"]


def test_dates_of_a_stay_without_tenants_change_without_a_record(world: World) -> None:
    world.offer()
    change(world, world.window(days=9))
    assert kinds(world) == []
    assert world.stay().until_at == world.now - 60 + 9 * DAY
    assert world.events()[-1] == "StayChanged"


def test_dates_cannot_move_onto_another_stay_nor_into_the_past_nor_after_the_end(world: World) -> None:
    world.offer(world.window(begins=30 * DAY))
    world.now += 1
    world.tenant()
    refuses(world, lambda: change(world, world.window(days=40)), StaysOverlap)
    refuses(world, lambda: change(world, Window(world.now - 2 * DAY, world.now)), Conflict)
    end(world)
    refuses(world, lambda: change(world, world.window(days=4)), Conflict)


def test_a_stay_may_be_moved_within_its_own_time(world: World) -> None:
    world.tenant()
    change(world, world.window(begins=DAY, days=1))
    assert [key.not_before for key in world.issued() if key.desired == "present"] == [world.now + DAY]


def test_the_end_revokes_the_keys_withdraws_the_links_and_reports_the_departure(world: World) -> None:
    key = world.tenant()
    with world.database.writing() as session:
        landlord.add_offer(session, session.get_one(Stay, key.stay_id), world.now)
    world.put(key)
    end(world)
    assert world.stay().state == "ended"
    assert world.key(key.id).desired == "absent"
    assert kinds(world) == ["check_in", "check_out"]
    assert world.pending()[-2:] == ["drop_key", "submit"]
    with world.database.reading() as session:
        assert sorted(session.scalars(select(Offer.state))) == ["used", "withdrawn"]


def test_a_stay_nobody_came_to_is_cancelled_and_nothing_ends_twice(world: World) -> None:
    world.offer()
    end(world)
    assert world.stay().state == "cancelled"
    refuses(world, lambda: end(world), Conflict)


def test_a_stay_is_due_to_end_from_its_last_second_on(world: World) -> None:
    world.offer(world.window(days=1))
    until = world.stay().until_at
    with world.database.reading() as session:
        assert landlord.due_stays(session, until - 1) == []
        assert [stay.until_at for stay in landlord.due_stays(session, until)] == [until]


def test_revoking_twice_asks_the_lock_once(world: World) -> None:
    key = world.tenant()
    for _ in range(2):
        with world.database.writing() as session:
            revoke_key(session, session.get_one(Key, key.id), world.now)
    assert world.pending().count("drop_key") == 1
    assert world.events().count("KeyRevoking") == 1


def test_a_read_back_is_queued_to_the_lock_behind_its_keys(world: World) -> None:
    key = world.tenant()
    with world.database.writing() as session:
        landlord.read_back(session, session.get_one(Device, key.device_id), world.now)
        lanes = {row.work: row.lane for row in session.scalars(select(Delivery).where(Delivery.work != "submit"))}
    assert lanes["read_back"] == lanes["put_key"]


def test_a_token_whose_offer_was_never_stored_is_unknown(world: World) -> None:
    token = world.offer()
    with world.database.writing() as session:
        session.delete(session.get_one(Offer, offer_of(token, world.keyring.offer_secret)))
    refuses(world, lambda: world.consent(token), OfferUnknown)
