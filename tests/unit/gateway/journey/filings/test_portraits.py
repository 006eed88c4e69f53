"""Stored faces: counted at storage, with an early warning, a hard limit, and a report to officers."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlalchemy import select

from gateway.domain.filings.record import Accepted, AcceptedInPart, Answer, OutcomeUnknown, PersonAnswer, Refused
from gateway.domain.jurisdiction import Profile, load_profiles
from gateway.domain.retention.times import DAY
from gateway.domain.verification.rules import VerificationSettings
from gateway.identity.chips.country_certificates import TrustedCountries
from gateway.identity.examination import Submission
from gateway.identity.images.case_pictures import PictureTray
from gateway.journey.filings.answers import record_registry_answer, settle_outcome
from gateway.journey.filings.portraits import count_faces, faces_stored
from gateway.journey.filings.records import file_again, report_change
from gateway.journey.retention.job import purge
from gateway.journey.retention.stays import forget_face
from gateway.journey.tenants import onboarding
from gateway.registering.tenant import TenantRegistration
from gateway.store import Delivery, Offer, Person, Portrait, Registration, RegistrationPerson, Stay, Verification
from gateway.store.sealing import Erased
from tests.parts.house import House, good, photograph, refused
from tests.parts.identity import MemoryIdentity
from tests.parts.world import World, report_to

SMALL = replace(load_profiles()["sandbox"], keep_portrait=True, face_filing_limit=5)
ACCEPTED = Accepted("SBX-1", "0" * 64, 1)
LENIENT = VerificationSettings(accept_document_without_face=True)


class Place:
    """Tenant registration for a registry that requires portraits, with a limit of five stored without a filing."""

    def __init__(self, world: World, filings: Mapping[str, str] | None = None) -> None:
        self.world, read_chip = world, TrustedCountries((), world.clock).read_chip
        tray, rules = PictureTray(world.clock), LENIENT
        self.registration = TenantRegistration(
            world.database, MemoryIdentity(), world.keyring, tray, rules, world.clock, read_chip, filings
        )
        self.rooms = 200

    async def tenant(self) -> Verification:
        """Register one more tenant with a passport."""
        self.rooms += 1
        token = self.world.offer(unit_id=self.world.add_unit(str(self.rooms), f"lock-{self.rooms}")[1])
        self.world.consent(token, face=True)
        return await self.registration.register(token, Submission({}, photograph()), self.world.phone.public_key())

    def count(self, filings: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Number of people, and state, as shown to an officer."""
        with self.world.database.reading() as session:
            found = faces_stored(session, filings or {}, {"sandbox": SMALL})[0].count
        return found.people, found.state


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Profile:
    """The sandbox's rules with a limit of five."""
    monkeypatch.setattr("gateway.registering.tenant.profile_for", lambda _: SMALL)
    return SMALL


@pytest.mark.usefixtures("small")
async def test_the_count_warns_early_and_stops_before_the_limit_while_tenants_still_get_in(world: World) -> None:
    place, reported = Place(world), []
    for _ in range(6):
        assert (await place.tenant()).state == "passed"
        reported.append(place.count())
    assert reported == [(1, "free"), (2, "free"), (3, "free"), (4, "warn"), (4, "warn"), (4, "warn")]


@pytest.mark.usefixtures("small")
async def test_with_the_number_of_the_filing_faces_are_stored_on(world: World) -> None:
    filings = {"sandbox": "SBX-2026-1"}
    place = Place(world, filings)
    for _ in range(6):
        await place.tenant()
    assert place.count(filings) == (6, "free")
    assert place.count() == (6, "blocked")


@pytest.mark.usefixtures("small")
async def test_a_portrait_is_sealed_under_its_persons_key(world: World) -> None:
    verification = await Place(world).tenant()
    with world.database.reading() as session:
        row = session.scalars(select(Portrait)).one()
    assert row.person_id == verification.person_id
    assert b"\xff\xd8\xff" not in row.sealed
    opened = world.keyring.vault.open(row.person_id, "portrait", row.sealed)
    assert opened.startswith(b"\xff\xd8\xff")
    world.keyring.vault.erase(row.person_id)
    with pytest.raises(Erased):
        world.keyring.vault.open(row.person_id, "portrait", row.sealed)


@pytest.mark.usefixtures("small")
async def test_a_portrait_goes_once_the_registry_has_the_record_and_not_before(world: World) -> None:
    place = Place(world)
    await place.tenant()
    with world.database.reading() as session:
        registration = session.scalars(select(Registration)).one()
    with world.database.writing() as session:
        row = session.get_one(Registration, registration.id)
        record_registry_answer(session, row.id, Refused("x", "try again"), world.now)
        assert count_faces(session, "sandbox") == 1
        row.state = "pending"
        record_registry_answer(session, row.id, Accepted("SBX-1", "0" * 64, world.now), world.now)
        assert count_faces(session, "sandbox") == 0


def answer(world: World, registry: str, given: Answer) -> None:
    """Every record that this registry has not answered yet gets this answer."""
    with world.database.writing() as session:
        for row in session.scalars(select(Registration).where(Registration.registry_name == registry)).all():
            record_registry_answer(session, row.id, given, world.now)


@pytest.mark.usefixtures("small")
async def test_a_portrait_stays_until_the_last_registry_of_the_unit_has_the_record(world: World) -> None:
    place = Place(world)
    await place.tenant()
    with world.database.writing() as session:
        [stay] = session.scalars(select(Stay))
        report_to(stay.unit, "sandbox", "webhook")
        report_change(session, stay, world.keyring, world.now)
    answer(world, "sandbox", ACCEPTED)
    assert place.count()[0] == 1
    answer(world, "webhook", ACCEPTED)
    assert place.count()[0] == 0


@pytest.mark.usefixtures("small")
async def test_a_portrait_stays_for_the_record_that_is_filed_in_the_place_of_a_refused_one(world: World) -> None:
    place = Place(world)
    await place.tenant()
    answer(world, "sandbox", Refused("x", "no"))
    with world.database.writing() as session:
        [row] = session.scalars(select(Registration))
        file_again(session, row, world.keyring, world.now)
    assert place.count()[0] == 1
    answer(world, "sandbox", ACCEPTED)
    assert place.count()[0] == 0


@pytest.mark.usefixtures("small")
async def test_of_a_record_accepted_in_part_the_portraits_of_the_refused_stay(world: World) -> None:
    place = Place(world)
    first = await place.tenant()
    with world.database.writing() as session:
        [row] = session.scalars(select(Registration))
        other = Person(stay_id=row.stay_id, created_at=world.now)
        session.add(other)
        session.flush()
        session.add(RegistrationPerson(registration_id=row.id, person_id=other.id, position=1))
        session.add(Portrait(person_id=other.id, jurisdiction="sandbox", sealed=b"sealed", kept_at=0))
        refused_id = other.id
    people = (PersonAnswer(str(first.person_id), True), PersonAnswer(refused_id, False, "", "E1", "Not this one."))
    answer(world, "sandbox", AcceptedInPart("R-1", people, "0" * 64, world.now))
    with world.database.reading() as session:
        assert session.scalars(select(Portrait.person_id)).all() == [refused_id]


@pytest.mark.usefixtures("small")
async def test_a_portrait_goes_when_a_person_finds_out_that_the_registry_has_the_record(world: World) -> None:
    place = Place(world)
    await place.tenant()
    answer(world, "sandbox", OutcomeUnknown("answer_empty"))
    assert place.count()[0] == 1
    with world.database.writing() as session:
        [row] = session.scalars(select(Registration))
        settle_outcome(session, row, "accepted", "R-1", "officer:o", world.now)
    assert place.count()[0] == 0


@pytest.mark.usefixtures("small")
async def test_a_portrait_goes_with_the_consent_and_with_the_person(world: World) -> None:
    place = Place(world)
    first, second, third = [await place.tenant() for _ in range(3)]
    with world.database.writing() as session:
        forget_face(session, session.get_one(Offer, first.offer_id))
        onboarding.forget_person(session, session.get_one(Person, second.person_id), world.now)
        left = session.scalars(select(Portrait.person_id)).all()
    assert left == [third.person_id]
    with world.database.writing() as session:
        stay = session.get_one(Stay, session.get_one(Offer, third.offer_id).stay_id)
        stay.state, stay.ended_at, stay.retention_at = "ended", world.now, world.now
        for row in session.scalars(select(Registration).where(Registration.person_id == third.person_id)):
            row.state = "accepted"
        for delivery in session.scalars(select(Delivery)):
            delivery.state = "done"
    with world.database.writing() as session:
        purge(session, world.now + 4000 * DAY)
        purge(session, world.now + 4000 * DAY)
        assert count_faces(session, "sandbox") == 0


async def test_no_profile_of_the_catalog_stores_a_portrait(world: World) -> None:
    assert not any(profile.keep_portrait for profile in load_profiles().values())
    await Place(world).tenant()
    with world.database.reading() as session:
        assert session.scalars(select(Portrait)).all() == []


async def test_officers_and_testers_are_shown_the_number_and_nobody_else(house: House) -> None:
    for login in ("officer-a", "tester"):
        reported = good(await house.client(login).get("/api/v1/faces"))
        assert {"jurisdiction": "cn", "people": 0, "limit": 100_000, "state": "free", "filing": None,
                "filing_days": None} in reported  # fmt: skip
    refused(await house.client("landlord-a").get("/api/v1/faces"), 403, "not_allowed")
    refused(await house.client().get("/api/v1/faces"), 401, "sign_in_needed")


async def test_the_officers_page_and_readiness_say_that_a_filing_is_due(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = house.client("officer-a")
    assert (await house.client().get("/readyz")).json()["stored_faces"] == "free"
    assert "100,000" not in (await officer.get("/officer?lang=en")).text
    tiny = {"cn": replace(load_profiles()["cn"], face_filing_limit=1)}
    monkeypatch.setattr("gateway.journey.filings.portraits.load_profiles", lambda: tiny)
    tenant, _ = await house.tenant()
    good(await house.register(tenant))
    with house.gateway.database.writing() as session:
        person = session.scalars(select(Person)).one()
        session.add(Portrait(person_id=person.id, jurisdiction="cn", sealed=b"sealed", kept_at=0))
    assert (await house.client().get("/readyz")).json()["stored_faces"] == "blocked"
    said = (await officer.get("/officer?lang=en")).text
    assert "face images of 1 people are stored" in said
    assert "人的人脸" in (await officer.get("/officer?lang=zh")).text
