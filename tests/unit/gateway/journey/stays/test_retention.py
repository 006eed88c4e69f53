"""Erasure after the legal retention period, and withdrawal of a consent."""

import pytest
from sqlalchemy import func, select

from gateway.domain.jurisdiction import profile_for
from gateway.journey.filings.person_fields import person_fields
from gateway.journey.stays.landlord import end_stay
from gateway.journey.stays.retention import forget_face, purge
from gateway.journey.tenants.onboarding import get_offer, record_consent
from gateway.store import Consent, Delivery, Key, Person, RegistrationPerson, Stay, Verification
from gateway.store.sealing import Erased
from tests.parts.world import DAY, World

PROFILE = profile_for("sandbox")


def sweep(world: World) -> int:
    with world.database.writing() as session:
        return purge(session, world.now)


def leave(world: World, stay_id: str) -> None:
    """The stay ends now, and all its deliveries are settled."""
    with world.database.writing() as session:
        end_stay(session, session.get_one(Stay, stay_id), world.keyring, world.now)
        session.flush()
        for delivery in session.scalars(select(Delivery)):
            delivery.state = "done"


def person(world: World) -> Person:
    with world.database.reading() as session:
        return session.scalars(select(Person)).one()


def test_nothing_is_forgotten_while_the_stay_lasts(world: World) -> None:
    world.tenant()
    world.now += 400 * DAY
    assert sweep(world) == 0
    assert person_fields(person(world), world.keyring)["surname"]


def test_evidence_goes_first_and_the_record_on_its_own_day(world: World) -> None:
    leave(world, world.tenant().stay.id)
    world.now += PROFILE.keep_evidence_days * DAY
    assert sweep(world) == 1
    with world.database.reading() as session:
        assert session.scalar(select(func.count(Verification.id))) == 0
    assert person_fields(person(world), world.keyring)["surname"]
    world.now += (PROFILE.keep_registration_days - PROFILE.keep_evidence_days) * DAY - 1
    assert sweep(world) == 0
    world.now += 1
    assert sweep(world) == 1
    assert person(world).erased_at == world.now
    assert person(world).sealed is None


def test_a_second_run_changes_nothing(world: World) -> None:
    leave(world, world.tenant().stay.id)
    world.now += PROFILE.keep_registration_days * DAY
    assert sweep(world) == 2
    before = world.rows()
    assert sweep(world) == 0
    assert world.rows() == before


@pytest.mark.parametrize(("lasted", "kept"), [(2, 2 + 365), (89, 89 + 365), (150, 454), (400, 454)])
def test_a_german_record_is_erased_within_three_months_after_a_year_from_arrival(
    world: World, lasted: int, kept: int
) -> None:
    stay = world.tenant().stay
    leave(world, stay.id)
    with world.database.writing() as session:
        row = session.get_one(Stay, stay.id)
        row.unit.jurisdiction = "de"
        row.until_at = row.ended_at = row.from_at + lasted * DAY
        arrived = row.from_at
    world.now = arrived + kept * DAY - 1
    sweep(world)
    assert person(world).erased_at is None
    world.now += 1
    sweep(world)
    assert person(world).erased_at == world.now


def test_a_record_that_is_still_pending_outlives_its_date(world: World) -> None:
    stay = world.tenant().stay
    with world.database.writing() as session:
        end_stay(session, session.get_one(Stay, stay.id), world.keyring, world.now)
    world.now += PROFILE.keep_registration_days * DAY
    sweep(world)
    assert person_fields(person(world), world.keyring)["surname"]


def test_what_was_sealed_cannot_be_read_from_an_older_copy_once_the_key_is_destroyed(world: World) -> None:
    leave(world, world.tenant().stay.id)
    copy = person(world)
    with world.database.reading() as session:
        record = session.scalars(select(RegistrationPerson)).first()
    assert record is not None
    assert record.sealed is not None
    world.now += PROFILE.keep_registration_days * DAY
    sweep(world)
    assert "destroy_key" in world.pending()
    world.keyring.vault.erase(copy.id)
    with pytest.raises(Erased):
        person_fields(copy, world.keyring)
    with pytest.raises(Erased):
        world.keyring.vault.open(copy.id, f"registration/{record.registration_id}", record.sealed)


def test_taking_back_the_face_leaves_the_key_and_no_trace_of_the_face_step(world: World) -> None:
    token = world.offer()
    world.consent(token, face=True)
    world.show(token)
    with world.database.writing() as session:
        session.scalars(select(Verification)).one().score_band = "pass"
        offer = get_offer(session, token, world.keyring, world.now)
        record_consent(session, offer, {"registration": True, "face": False}, "1", "en", world.now)
        assert len(forget_face(session, offer)) == 1
    with world.database.reading() as session:
        verification, key = session.scalars(select(Verification)).one(), session.scalars(select(Key)).one()
        withdrawn = session.scalars(select(Consent).where(Consent.purpose == "face")).one()
    assert (verification.score_band, verification.model) == (None, None)
    assert key.desired == "present"
    assert withdrawn.withdrawn_at == world.now
