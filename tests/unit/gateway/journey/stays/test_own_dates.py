"""A person's own arrival and departure: the key ends with the departure, both are filed, and children come along."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from certs.holder import sign_statement
from certs.keys import compressed_point
from gateway.domain.errors import Conflict, InputRefused, ProofRefused
from gateway.domain.keys.holder_statements import arrival_statement, departure_statement
from gateway.domain.keys.key import Proof
from gateway.domain.stays.stay import Window
from gateway.journey.filings.sealed_records import open_record
from gateway.journey.stays.family import declare_child
from gateway.journey.stays.landlord import change_stay, end_stay
from gateway.journey.stays.own_dates import (
    IS_HERE,
    arrive_as_planned,
    arrive_later,
    depart_as_planned,
    due_arrivals,
    due_departures,
    plan_departure,
)
from gateway.journey.stays.shared_facts import Declaration
from gateway.store import Delivery, Key, Person, Registration, Stay
from tests.parts.world import DAY, World
from tests.unit.gateway.journey.stays.test_family import check_outs, two_tenants
from tests.unit.gateway.journey.tenants.test_known_people import on_another_phone

CHILD = {"surname": "Voorbeeld", "given_names": "Leo", "birth_date": "2019-05-04", "nationality": "NLD", "sex": "M"}


def rfc(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def own_key(world: World) -> Key:
    """The key of the first tenant, whose phone is the world's."""
    holder = compressed_point(world.phone.public_key())
    return next(key for key in world.issued() if key.holder_key == holder and key.desired == "present")


def leave(world: World, at: int, *, children: bool = True, signer: World | None = None) -> list[str]:
    """The first tenant says when they leave; the ids of those who do."""
    key, bare = own_key(world), Proof(world.now, "n", b"")
    statement = departure_statement(key.id, bare, rfc(at), children=children)
    proof = Proof(bare.at, bare.nonce, sign_statement(statement, (signer or world).phone))
    with world.database.writing() as session:
        people = plan_departure(session, key.id, proof, rfc(at), world.keyring, world.now, children=children)
        return [person.id for person in people]


def arrive(world: World, at: int) -> list[str]:
    """The first tenant says when they arrived; the ids of those who came then."""
    key, bare = own_key(world), Proof(world.now, "n", b"")
    proof = Proof(
        bare.at,
        bare.nonce,
        sign_statement(arrival_statement(key.id, bare, rfc(at), children=True), world.phone),
    )
    with world.database.writing() as session:
        people = arrive_later(session, key.id, proof, rfc(at), world.keyring, world.now, children=True)
        return [person.id for person in people]


def with_child(world: World) -> str:
    """The first tenant declares a child; its id."""
    key = own_key(world)
    with world.database.writing() as session:
        return declare_child(session, session.merge(key), Declaration(CHILD), world.keyring, world.now).id


def dates_filed(world: World) -> list[tuple[str, str, int, int]]:
    """(kind, person, from, until) of each record, in order."""
    with world.database.reading() as session:
        rows = session.scalars(select(Registration).order_by(Registration.number)).all()
        found = [(row, open_record(row.parts, world.keyring.vault)) for row in rows]
        return [(row.kind, row.person_id, one.stay.from_at, one.stay.until_at) for row, one in found]


def settle(world: World) -> None:
    """What the gateway does on its own at this time."""
    with world.database.writing() as session:
        for stay in due_departures(session, world.now):
            depart_as_planned(session, stay, world.keyring, world.now)


def test_a_planned_departure_ends_the_key_then_and_is_filed_as_a_change_and_as_a_departure(world: World) -> None:
    two_tenants(world)
    before, at = own_key(world), world.now + DAY
    assert leave(world, at) == [before.person_id]
    key = own_key(world)
    assert (key.expires_at, key.holder_until <= at, key.offer_id) == (at, True, before.offer_id)
    assert world.key(before.id).desired == "absent"
    others = [one for one in world.issued() if one.person_id != key.person_id]
    assert [(one.desired, one.expires_at) for one in others] == [("present", before.expires_at)]
    kind, person, _, until = dates_filed(world)[-1]
    assert (kind, person, until) == ("change", key.person_id, at)
    world.now = at - 1
    settle(world)
    assert check_outs(world) == []
    world.now = at
    settle(world)
    settle(world)
    assert check_outs(world) == [(key.person_id, at)]
    assert world.key(key.id).desired == "absent"
    with world.database.reading() as session:
        assert session.get_one(Person, key.person_id).left_at == at
        assert session.scalars(select(Stay.state)).one() in ("offered", "active")


def test_the_end_of_the_stay_takes_a_departure_back(world: World) -> None:
    two_tenants(world)
    ends = own_key(world).expires_at
    leave(world, world.now + DAY)
    leave(world, ends)
    assert own_key(world).expires_at == ends
    assert dates_filed(world)[-1][3] == ends
    world.now += 2 * DAY
    settle(world)
    assert check_outs(world) == []


@pytest.mark.parametrize("late", [0, -60, 30 * DAY])
def test_a_departure_that_is_past_or_after_the_stay_is_refused(world: World, late: int) -> None:
    two_tenants(world)
    with pytest.raises(InputRefused) as refusal:
        leave(world, world.now + late)
    assert refusal.value.extra["field"] == "leaves"


def test_only_the_persons_own_phone_says_so(world: World) -> None:
    two_tenants(world)
    with pytest.raises(ProofRefused):
        leave(world, world.now + DAY, signer=on_another_phone(world))
    with pytest.raises(ProofRefused):
        leave(world, world.now + DAY + 7200, signer=on_another_phone(world))


def test_declared_children_leave_with_their_adult_unless_they_stay_with_another(world: World) -> None:
    two_tenants(world)
    child, adult = with_child(world), own_key(world).person_id
    assert sorted(leave(world, world.now + DAY)) == sorted([adult, child])
    ends = max(key.expires_at for key in world.issued())
    assert sorted(leave(world, ends)) == sorted([adult, child])
    assert leave(world, world.now + DAY, children=False) == [adult]
    with world.database.reading() as session:
        assert session.get_one(Person, child).leaves_at is None


def test_no_child_stays_without_an_adult_and_the_last_one_does_not_leave_early(world: World) -> None:
    world.tenant()
    with pytest.raises(Conflict):
        leave(world, world.now + DAY)
    with_child(world)
    for children in (True, False):
        with pytest.raises(Conflict):
            leave(world, world.now + DAY, children=children)


def test_a_child_declared_after_the_plan_leaves_with_the_adult(world: World) -> None:
    two_tenants(world)
    leave(world, world.now + DAY)
    child = with_child(world)
    with world.database.reading() as session:
        assert session.get_one(Person, child).leaves_at == world.now + DAY
    assert dates_filed(world)[-1][1::2] == (child, world.now + DAY)


def test_a_stay_that_ends_earlier_ends_the_plan(world: World) -> None:
    stay, _ = two_tenants(world)
    leave(world, world.now + 2 * DAY)
    with world.database.writing() as session:
        row = session.get_one(Stay, stay)
        change_stay(session, row, Window(row.from_at, world.now + DAY), world.keyring, world.now)
    assert {key.expires_at for key in world.issued() if key.desired == "present"} == {world.now + DAY}
    with world.database.reading() as session:
        assert set(session.scalars(select(Person.leaves_at))) == {None}


def test_a_person_says_that_they_came_later_and_it_is_filed_for_them_and_their_children(world: World) -> None:
    two_tenants(world)
    child, adult = with_child(world), own_key(world).person_id
    world.now += DAY
    for wrong in (world.now + 30 * DAY, world.now - 20 * DAY):
        with pytest.raises(InputRefused):
            arrive(world, wrong)
    assert sorted(arrive(world, world.now - 60)) == sorted([adult, child])
    filed = [row for row in dates_filed(world) if row[0] == "change"]
    assert sorted(row[1] for row in filed) == sorted([adult, child])
    assert {row[2] for row in filed} == {world.now - 60}


def come(world: World) -> None:
    """What the gateway does on its own about those who were to come later."""
    with world.database.writing() as session:
        for stay in due_arrivals(session, world.now):
            arrive_as_planned(session, stay, world.keyring, world.now)


def open_door(world: World, key: Key) -> None:
    """The lock says that it was opened with this key."""
    world.say(world.happened("unlocked", means="ble", key=bytes.fromhex(key.id)))


def records_of(world: World, person_id: str) -> list[tuple[str, str, str | None]]:
    """(kind, state, why) of each record about this person, in order."""
    with world.database.reading() as session:
        query = select(Registration).where(Registration.person_id == person_id).order_by(Registration.number)
        return [(row.kind, row.state, row.answer_code) for row in session.scalars(query)]


def sent(world: World) -> int:
    """How many records are to be sent or were."""
    with world.database.reading() as session:
        return len(session.scalars(select(Delivery.id).where(Delivery.work == "submit")).all())


AWAITED = ("check_in", "queued", "waits_for_arrival")


def test_who_is_to_come_later_is_taken_back_and_filed_when_they_come(world: World) -> None:
    two_tenants(world)
    person, at = own_key(world).person_id, world.now + DAY
    assert arrive(world, at) == [person]
    assert records_of(world, person) == [("check_in", "queued", None), ("annulment", "queued", None), AWAITED]
    before, world.now = sent(world), at - 1
    come(world)
    assert sent(world) == before
    world.now = at
    come(world)
    come(world)
    assert records_of(world, person)[2:] == [("check_in", "not_due", "replaced"), ("check_in", "queued", None)]
    assert (sent(world), dates_filed(world)[-1][2]) == (before + 1, at)


def test_the_same_arrival_or_departure_once_more_files_nothing(world: World) -> None:
    two_tenants(world)
    for say, at in ((arrive, world.now + DAY // 2), (leave, world.now + DAY)):
        say(world, at)
        before = len(dates_filed(world))
        say(world, at)
        assert len(dates_filed(world)) == before


def test_who_opened_the_door_is_here_and_cannot_come_later(world: World) -> None:
    two_tenants(world)
    person = own_key(world).person_id
    arrive(world, world.now + DAY)
    world.now += 3600
    open_door(world, own_key(world))
    come(world)
    assert records_of(world, person)[-1] == ("check_in", "queued", None)
    assert dates_filed(world)[-1][2] == world.now
    with pytest.raises(InputRefused) as refusal:
        arrive(world, world.now + DAY)
    assert (refusal.value.message, refusal.value.extra["field"]) == (IS_HERE, "arrived")


def test_a_child_declared_later_comes_with_the_adult_who_is_to_come(world: World) -> None:
    two_tenants(world)
    at = world.now + DAY
    arrive(world, at)
    child = with_child(world)
    assert records_of(world, child) == [AWAITED]
    world.now += 3600
    open_door(world, own_key(world))
    come(world)
    assert records_of(world, child)[-1] == ("check_in", "queued", None)


def test_who_never_came_has_no_departure_and_nothing_is_sent_about_them(world: World) -> None:
    stay, _ = two_tenants(world)
    person = own_key(world).person_id
    arrive(world, world.now + DAY)
    with world.database.writing() as session:
        world.now = max(world.now, session.get_one(Stay, stay).from_at) + 3600
        end_stay(session, session.get_one(Stay, stay), world.keyring, world.now)
    assert records_of(world, person)[-1] == ("check_in", "not_due", "stay_cancelled")
    assert person not in [one for one, _ in check_outs(world)]
    world.now += 2 * DAY
    come(world)
    assert records_of(world, person)[-1] == ("check_in", "not_due", "stay_cancelled")
