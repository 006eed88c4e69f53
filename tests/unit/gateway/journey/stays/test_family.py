"""One of several tenants leaves before the others: their keys end, their departure is filed, the stay goes on."""

import pytest
from sqlalchemy import select

from gateway.domain.errors import Conflict, InputRefused
from gateway.domain.stays.offer import offer_of
from gateway.journey.stays.landlord import end_stay
from gateway.journey.stays.own_dates import correct_arrival, leave_early
from gateway.store import Key, Offer, Person, Registration, Stay
from tests.parts.world import DAY, FIELDS, World
from tests.unit.gateway.journey.tenants.test_known_people import another_link, on_another_phone


def two_tenants(world: World) -> tuple[str, str]:
    """(the stay, the link of the second tenant)."""
    stay = world.tenant().stay.id
    second = on_another_phone(world)
    token = another_link(second, stay)
    second.show(token, fields=FIELDS | {"id_number": "AB9999999"})
    return stay, offer_of(token, world.keyring.offer_secret)


def check_outs(world: World) -> list[tuple[str, int]]:
    """(person, when it was made) of each check-out."""
    with world.database.reading() as session:
        rows = session.scalars(select(Registration).where(Registration.kind == "check_out"))
        return [(row.person_id, row.created_at) for row in rows.all()]


def test_who_leaves_early_is_filed_once_and_the_others_stay(world: World) -> None:
    stay, link = two_tenants(world)
    world.now += DAY
    with world.database.writing() as session:
        (gone,) = leave_early(session, session.get_one(Offer, link), world.keyring, world.now)
        assert gone.left_at == world.now
    with world.database.reading() as session:
        left = session.scalars(select(Key.person_id).where(Key.desired == "present")).all()
        assert gone.id not in left
        assert len(left) == 1
    assert check_outs(world) == [(gone.id, world.now)]
    world.now += DAY
    with world.database.writing() as session:
        end_stay(session, session.get_one(Stay, stay), world.keyring, world.now)
    assert [at for person, at in check_outs(world) if person == gone.id] == [world.now - DAY]
    assert len(check_outs(world)) == 2


def test_a_departure_is_filed_at_the_time_the_landlord_says(world: World) -> None:
    _, link = two_tenants(world)
    world.now += DAY
    for wrong in (world.now + 1, world.now - 10 * DAY):
        with world.database.writing() as session, pytest.raises(InputRefused):
            leave_early(session, session.get_one(Offer, link), world.keyring, world.now, wrong)
    with world.database.writing() as session:
        (gone,) = leave_early(session, session.get_one(Offer, link), world.keyring, world.now, world.now - 3600)
        assert gone.left_at == world.now - 3600


def test_a_late_arrival_is_filed_for_this_tenant_only(world: World) -> None:
    stay, link = two_tenants(world)
    world.now += DAY
    with world.database.writing() as session:
        (late,) = correct_arrival(session, session.get_one(Offer, link), world.now - 60, world.keyring, world.now)
        assert late.arrived_at == world.now - 60
    with world.database.reading() as session:
        rows = session.scalars(select(Registration).where(Registration.stay_id == stay).order_by(Registration.number))
        last = rows.all()[-1]
        others = session.scalars(select(Person.arrived_at).where(Person.id != late.id)).all()
    assert (last.kind, last.person_id) == ("change", late.id)
    assert others == [None]


def test_the_last_one_ends_the_stay_instead(world: World) -> None:
    _, link = two_tenants(world)
    with world.database.writing() as session:
        leave_early(session, session.get_one(Offer, link), world.keyring, world.now)
    with world.database.writing() as session, pytest.raises(Conflict):
        leave_early(session, session.get_one(Offer, link), world.keyring, world.now)
    with world.database.writing() as session:
        (first,) = session.scalars(select(Person).where(Person.left_at.is_(None))).all()
        own = session.scalars(select(Offer).where(Offer.person_id == first.id)).one()
        with pytest.raises(Conflict):
            leave_early(session, own, world.keyring, world.now)
