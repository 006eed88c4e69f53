"""A record that no registry has taken: what it keeps after its time, who is alerted, and when it lapses."""

import pytest
from sqlalchemy import select, update

from gateway.domain.jurisdiction import profile_for
from gateway.domain.retention.times import UNDECIDED_DAYS
from gateway.journey.alerts import Readers, find_alerts
from gateway.journey.filings.person_fields import person_fields
from gateway.journey.retention.counts import monthly_counts
from gateway.journey.retention.erasure import ask_erasure, erasure_of
from gateway.store import Delivery, Event, Person, Registration, RegistrationPerson, Stay
from tests.parts.relaying import leave, settle
from tests.parts.world import AREA, DAY, World

KEPT = profile_for("sandbox").keep_registration_days
FATES = ["refused", "unknown", "by_hand", "partly", "pending", "queued"]


def ended(world: World, state: str) -> str:
    """A stay that has ended; its first record is in this state, and the others are filed."""
    stay = world.tenant().stay_id
    leave(world, stay)
    with world.database.writing() as session:
        row = session.scalars(select(Registration).order_by(Registration.number)).first()
        assert row is not None
        row.state, row.answer_code = state, None
        if state == "queued":
            session.execute(update(Delivery).where(Delivery.about == row.id).values(state="owed", settled_at=None))
    return stay


def person(world: World) -> Person:
    with world.database.reading() as session:
        return session.scalars(select(Person)).one()


def filings(world: World) -> set[str]:
    with world.database.reading() as session:
        return set(session.scalars(select(Registration.state)))


def alerts(world: World) -> list[int]:
    """Days left, as landlord and officer are alerted."""
    with world.database.reading() as session:
        readers = Readers([world.landlord_id], {"officer": AREA})
        found = find_alerts(session, readers, world.now)
    both = [
        [each.number for each in found[one] if each.code == "erasure_waits"] for one in (world.landlord_id, "officer")
    ]
    assert both[0] == both[1]
    return both[0]


@pytest.mark.parametrize("state", FATES)
def test_a_pending_record_outlives_its_time_and_then_lapses_with_its_person(world: World, state: str) -> None:
    ended(world, state)
    world.now += (KEPT + UNDECIDED_DAYS) * DAY - 1
    world.purge()
    assert person_fields(person(world), world.keyring)["surname"]
    assert state in filings(world)
    world.now += 1
    world.purge()
    assert (person(world).erased_at, person(world).sealed) == (world.now, None)
    assert filings(world) == {"accepted", "lapsed"}
    with world.database.reading() as session:
        assert session.scalars(select(RegistrationPerson.sealed)).all() == [None, None]
        assert len(session.scalars(select(Event).where(Event.type == "FilingLapsed")).all()) == 1
        pending = select(Delivery.state).where(Delivery.work == "submit", Delivery.state.in_(("owed", "unknown")))
        assert session.scalars(pending).all() == []
    assert world.purge() == 0


def test_landlord_and_officer_are_alerted_from_the_day_on_which_it_would_have_gone(world: World) -> None:
    ended(world, "refused")
    world.now += KEPT * DAY - 1
    assert alerts(world) == []
    world.now += 1
    assert alerts(world) == [UNDECIDED_DAYS]
    world.now += (UNDECIDED_DAYS - 1) * DAY + 1
    assert alerts(world) == [1]
    world.now += DAY
    world.purge()
    assert alerts(world) == []


def test_a_decision_in_time_files_and_then_erases(world: World) -> None:
    ended(world, "queued")
    world.now += (KEPT + 1) * DAY
    world.purge()
    settle(world.database, world.keyring.vault, world.now)
    world.now += DAY
    world.purge()
    assert person(world).erased_at == world.now
    assert filings(world) == {"accepted"}


def test_a_request_keeps_only_the_record_that_is_pending(world: World) -> None:
    """GDPR article 17(3)(b): what the duty to report needs, and nothing beside it."""
    stay = ended(world, "refused")
    with world.database.writing() as session:
        filed = session.scalars(select(Registration).where(Registration.state == "accepted")).one()
        filed.registry_name = "another"
        ask_erasure(session, session.scalars(select(Person)).one(), "tenant", world.now)
    world.purge()
    with world.database.reading() as session:
        sealed = {part.registration_id: part.sealed for part in session.scalars(select(RegistrationPerson))}
        shown = erasure_of(session, session.scalars(select(Person)).one(), world.now)
        assert session.get_one(Stay, stay).retention_at == world.now + DAY
    assert sealed.pop(filed.id) is None
    assert all(sealed.values())
    assert world.rows()["verifications"] == []
    assert [(each.what, each.until) for each in shown.kept] == [("owed", world.now + UNDECIDED_DAYS * DAY)]
    world.now += UNDECIDED_DAYS * DAY
    world.purge()
    assert person(world).erased_at == world.now


def test_a_last_day_that_the_law_sets_is_not_passed(world: World) -> None:
    stay = ended(world, "refused")
    with world.database.writing() as session:
        row = session.get_one(Stay, stay)
        row.unit.jurisdiction = "de"
        row.until_at = row.ended_at = row.from_at + 100 * DAY
        arrived = row.from_at
    last = arrived + profile_for("de").erase_days_after_arrival * DAY
    world.now = last - 5 * DAY
    assert alerts(world) == [5]
    world.now = last
    world.purge()
    assert person(world).erased_at == world.now


def test_who_can_still_be_read_keeps_the_record_pending(world: World) -> None:
    stay = ended(world, "refused")
    with world.database.writing() as session:
        pending = session.scalars(select(Registration).where(Registration.state == "refused")).one()
        other = Person(stay_id=stay, sealed=b"sealed", created_at=world.now)
        session.add(other)
        session.flush()
        session.add(RegistrationPerson(registration_id=pending.id, person_id=other.id, position=1, sealed=b"sealed"))
        ask_erasure(session, session.get_one(Person, pending.person_id), "operator", world.now)
    world.now += UNDECIDED_DAYS * DAY
    world.purge()
    with world.database.reading() as session:
        erased = session.scalars(select(Person.id).where(Person.erased_at.is_not(None))).all()
        assert erased == [pending.person_id]
    assert "refused" in filings(world)


def test_a_lapsed_record_is_counted_as_such(world: World) -> None:
    ended(world, "refused")
    world.now += (KEPT + UNDECIDED_DAYS) * DAY
    world.purge()
    settle(world.database, world.keyring.vault, world.now)
    world.now += DAY
    world.purge()
    assert world.rows()["stays"] == []
    with world.database.reading() as session:
        counted = {(count.name, count.state): number for count, number in monthly_counts(session).items()}
    assert counted["sandbox", "lapsed"] == 1
