"""A person is known within a stay: a lost or second phone is a new key for the same person, never a second check-in."""

import dataclasses

import pytest
from sqlalchemy import func, select

from certs.keys import compressed_point, new_private_key
from gateway.domain.errors import Conflict, OfferExpired
from gateway.domain.stays.offer import token_of
from gateway.domain.stays.stay import Window
from gateway.journey.keys.issue import revoke_key
from gateway.journey.stays import landlord
from gateway.journey.stays.own_dates import leave_early
from gateway.journey.tenants import onboarding
from gateway.store import Key, Offer, Person, Registration, Stay
from tests.parts.world import DAY, FIELDS, World


def another_link(world: World, stay_id: str) -> str:
    """The landlord makes one more link of the same stay, and the tenant agrees."""
    with world.database.writing() as session:
        offer = landlord.add_offer(session, session.get_one(Stay, stay_id), world.now)
        token = token_of(offer.id, world.keyring.offer_secret)
    world.consent(token)
    return token


def on_another_phone(world: World) -> World:
    return dataclasses.replace(world, phone=new_private_key())


def counts(world: World) -> tuple[int, int, int]:
    """(tenants, check-ins, phones with a key)."""
    with world.database.reading() as session:
        people = session.scalar(select(func.count()).where(Person.erased_at.is_(None)).select_from(Person))
        records = session.scalar(select(func.count()).where(Registration.kind == "check_in").select_from(Registration))
        phones = session.scalars(select(Key.holder_key).where(Key.desired == "present").distinct()).all()
    return people or 0, records or 0, len(phones)


@pytest.mark.parametrize("number", ["XR1001R58", "xr 1001-r58"])
@pytest.mark.parametrize("by_person", [False, True])
def test_outside_20_the_same_person_on_a_second_phone_is_one_check_in(
    world: World, number: str, by_person: bool
) -> None:
    stay = world.tenant().stay.id
    second = on_another_phone(world)
    token = another_link(second, stay)
    case = second.show(token, "review" if by_person else "passed", fields=FIELDS | {"id_number": number})
    if by_person:
        second.decide(case, "pass")
    assert counts(world) == (1, 1, 2)
    with world.database.reading() as session:
        keys = onboarding.keys_of(session, onboarding.get_offer(session, token, world.keyring, world.now))
        assert [key.holder_key for key in keys] == [compressed_point(second.phone.public_key())]


def test_somebody_else_of_the_stay_is_a_check_in_of_their_own(world: World) -> None:
    stay = world.tenant().stay.id
    second = on_another_phone(world)
    second.show(another_link(second, stay), fields=FIELDS | {"id_number": "AB9999999"})
    assert counts(world) == (2, 2, 2)


def test_the_phones_of_one_person_are_ended_one_by_one(world: World) -> None:
    first = world.tenant()
    second = on_another_phone(world)
    second.show(another_link(second, first.stay.id))
    with world.database.writing() as session:
        landlord.revoke_for_landlord(session, session.get_one(Key, first.id), world.keyring.passcode_key, world.now)
    with world.database.reading() as session:
        left = session.scalars(select(Key).where(Key.desired == "present")).all()
        assert [key.holder_key for key in left] == [compressed_point(second.phone.public_key())]


def test_the_landlord_gives_another_phone_a_link_without_a_registration(world: World) -> None:
    stay = world.tenant().stay.id
    with world.database.writing() as session:
        known = session.scalars(select(Offer)).one()
        offer = landlord.offer_another_phone(session, known, world.now)
        assert onboarding.stage_of(session, offer, world.now) == "verified"
        phone = new_private_key().public_key()
        onboarding.hand_over(session, offer, phone, world.keyring, world.now)
    assert counts(world) == (1, 1, 2)
    with world.database.writing() as session:
        unused = landlord.add_offer(session, session.get_one(Stay, stay), world.now)
        with pytest.raises(Conflict):
            landlord.offer_another_phone(session, unused, world.now)


def test_a_revoked_phone_is_not_given_the_key_again_by_its_own_link(world: World) -> None:
    key = world.tenant()
    with world.database.writing() as session:
        revoke_key(session, session.get_one(Key, key.id), world.now)
        offer = session.scalars(select(Offer)).one()
        assert onboarding.keys_of(session, offer) == []
        assert onboarding.ever_had_keys(session, offer)


def test_outside_48_a_link_made_three_weeks_ahead_works_until_its_stay_is_over(world: World) -> None:
    token = world.offer(Window(world.now + 21 * DAY, world.now + 28 * DAY))
    made = world.now
    for day in (8, 20, 27):
        world.now = made + day * DAY
        with world.database.reading() as session:
            assert onboarding.usable_offer(session, token, world.keyring, world.now).state == "open"
    world.now = made + 28 * DAY
    with world.database.reading() as session, pytest.raises(OfferExpired):
        onboarding.usable_offer(session, token, world.keyring, world.now)


def test_who_left_today_is_the_same_person_and_gets_a_key_again(world: World) -> None:
    stay = world.tenant().stay.id
    second = on_another_phone(world)
    leaver = FIELDS | {"id_number": "AB9999999"}
    token = another_link(second, stay)
    second.show(token, fields=leaver)
    with world.database.writing() as session:
        offer = onboarding.get_offer(session, token, world.keyring, world.now)
        leave_early(session, offer, world.keyring, world.now)
    assert counts(world) == (2, 2, 1)
    second.show(another_link(second, stay), fields=leaver)
    assert counts(world) == (2, 2, 2)
    with world.database.reading() as session:
        assert session.scalars(select(Person.left_at)).all() == [None, None]
    assert world.events().count("CheckedIn") == 3
