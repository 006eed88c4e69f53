"""What is deleted of an ended stay, when, and what waits; withdrawal of the consent to the face comparison."""

import pytest
from sqlalchemy import select

from gateway.domain.jurisdiction import profile_for
from gateway.domain.retention.rules import DOOR_EVENTS
from gateway.domain.retention.times import USE_DAYS
from gateway.feed.stream import Feed, Reader, always
from gateway.journey.filings.person_fields import person_fields
from gateway.journey.retention.counts import monthly_counts
from gateway.journey.retention.job import purge
from gateway.journey.retention.stays import BATCH, forget_face
from gateway.journey.tenants.onboarding import get_offer, record_consent
from gateway.operations.backup.ended import EndedList
from gateway.store import Command, Consent, Event, Key, Person, Registration, RegistrationPerson, Stay, Verification
from gateway.store.sealing import Erased
from tests.parts.relaying import leave, settle
from tests.parts.world import AREA, DAY, LOCK, World

PROFILE = profile_for("sandbox")


def person(world: World) -> Person:
    with world.database.reading() as session:
        return session.scalars(select(Person)).one()


def rows_of(world: World, *names: str) -> dict[str, int]:
    rows = world.rows()
    return {name: len(rows[name]) for name in names}


def move(world: World, jurisdiction: str) -> None:
    with world.database.writing() as session:
        session.scalars(select(Stay)).one().unit.jurisdiction = jurisdiction


def test_nothing_is_forgotten_while_the_stay_lasts(world: World) -> None:
    world.tenant()
    world.now += 2 * DAY
    assert world.purge() == 0
    assert person_fields(person(world), world.keyring)["surname"]


def test_evidence_goes_first_and_the_record_on_its_own_day(world: World) -> None:
    leave(world, world.tenant().stay.id)
    world.now += PROFILE.keep_evidence_days * DAY
    world.purge()
    assert rows_of(world, "verifications", "keys") == {"verifications": 0, "keys": 1}
    assert person_fields(person(world), world.keyring)["surname"]
    world.now += (PROFILE.keep_registration_days - PROFILE.keep_evidence_days) * DAY - 1
    world.purge()
    assert person(world).erased_at is None
    world.now += 1
    world.purge()
    assert (person(world).erased_at, person(world).sealed) == (world.now, None)
    assert rows_of(world, "keys", "offers", "consents") == {"keys": 0, "offers": 0, "consents": 0}


def test_what_doors_were_used_for_is_forgotten_thirty_days_after_the_end(world: World) -> None:
    key = world.tenant()
    move(world, "es")
    world.put(key)
    world.say(world.happened("unlocked", means="key", key=bytes.fromhex(key.id)))
    leave(world, key.stay.id)
    world.now += USE_DAYS * DAY - 1
    world.purge()
    assert "DoorUnlocked" in world.events()
    world.now += 2
    world.purge()
    world.purge()
    assert not DOOR_EVENTS & set(world.events())
    with world.database.reading() as session:
        left = session.scalars(select(Key)).one()
    assert (left.holder_credential, left.credential, left.on_lock_at) == (b"", b"", None)
    assert left.holder_key, "with which the tenant can ask for erasure"


def test_a_second_run_changes_nothing(world: World) -> None:
    leave(world, world.tenant().stay.id)
    world.now += PROFILE.keep_registration_days * DAY
    assert world.purge() > 0
    before = world.rows()
    assert world.purge() == 0
    assert world.rows() == before


@pytest.mark.parametrize(("lasted", "kept"), [(2, 2 + 365), (89, 89 + 365), (150, 454), (400, 454)])
def test_a_german_record_is_erased_within_three_months_after_a_year_from_arrival(
    world: World, lasted: int, kept: int
) -> None:
    stay = world.tenant().stay
    leave(world, stay.id)
    move(world, "de")
    with world.database.writing() as session:
        row = session.get_one(Stay, stay.id)
        row.until_at = row.ended_at = row.from_at + lasted * DAY
        arrived = row.from_at
    world.now = arrived + kept * DAY - 1
    world.purge()
    assert person(world).erased_at is None
    world.now += 1
    world.purge()
    assert person(world).erased_at == world.now


def test_receipts_outlive_the_data_where_the_law_has_only_them_kept(world: World) -> None:
    leave(world, world.tenant().stay.id)
    move(world, "it")
    world.now += 7 * DAY
    world.purge()
    settle(world.database, world.keyring.vault, world.now)
    assert person(world).erased_at == world.now
    world.now += (1825 - 7) * DAY - 1
    world.purge()
    with world.database.reading() as session:
        assert {row.receipt for row in session.scalars(select(Registration))} == {"R-1"}
        assert session.scalars(select(RegistrationPerson.sealed)).all() == [None] * 2
    world.now += 1
    world.purge()
    assert rows_of(world, "registrations", "people", "stays") == {"registrations": 0, "people": 0, "stays": 0}


def test_nothing_of_a_stay_is_left_but_numbers(world: World) -> None:
    stay = world.tenant().stay.id
    leave(world, stay)
    with world.database.reading() as session:
        before = monthly_counts(session)
        feed = world.rows()["events"]
    world.now += PROFILE.keep_registration_days * DAY
    world.purge()
    settle(world.database, world.keyring.vault, world.now)
    world.now += DAY
    world.purge()
    left = {name for name, rows in world.rows().items() if rows}
    assert left == {"accounts", "destinations", "devices", "events", "landlords", "monthly_counts", "units"}
    with world.database.reading() as session:
        assert monthly_counts(session) == before
    kept = [row for row in world.rows()["events"] if row[-1] is not None]
    assert [row[-1] for row in kept] == sorted(row[-1] for row in feed if row[-1] is not None)
    assert all(row[3:7] == (None,) * 4 and row[8] == {} and row[2] % DAY == 0 for row in kept), "number, type, month"


def test_a_reader_of_the_feed_counts_no_gap(world: World) -> None:
    feed = Feed(world.database, world.keyring, world.clock)
    reader = Reader("consumer:c", "statistics", (AREA,), None, None, always)
    leave(world, world.tenant().stay.id)
    before = feed.page(reader, 0)
    assert "Voorbeeld" not in str(before)
    world.now += PROFILE.keep_registration_days * DAY
    world.purge()
    settle(world.database, world.keyring.vault, world.now)
    world.now += DAY
    world.purge()
    after = feed.page(reader, 0)
    assert [item.seq for item in after] == [item.seq for item in before]
    assert [item.data for item in after] == [{"id": str(item.seq), "kind": "erased", "person": None} for item in before]


def test_the_rows_stay_until_a_copy_of_the_list_of_erased_people_can_know(world: World) -> None:
    leave(world, world.tenant().stay.id)
    erased = person(world).id
    world.now += PROFILE.keep_registration_days * DAY
    world.purge()
    settle(world.database, world.keyring.vault, world.now)
    world.now += DAY - 1
    world.purge()
    assert person(world).id == erased
    ended = EndedList(world.folder, world.database)
    assert ended.follow() > 0
    world.now += 1
    world.purge()
    assert rows_of(world, "people") == {"people": 0}
    assert erased in (world.folder / "ended.jsonl").read_text()


def test_a_busy_door_goes_in_bounded_steps(world: World) -> None:
    key = world.tenant()
    leave(world, key.stay.id)
    with world.database.writing() as session:
        for number in range(3 * BATCH):
            session.add(Event(type="DoorUnlocked", at=world.now, stay_id=key.stay_id, data={}))
            at = world.now + USE_DAYS * DAY
            session.add(
                Command(id=f"{number:032x}", device_id=LOCK, key_id=key.id, type="unlock", issued_at=at, expires_at=at)
            )
    world.now += 40 * DAY
    steps = []
    while True:
        with world.database.writing() as session:
            steps.append(purge(session, world.now))
        if not steps[-1]:
            break
    assert max(steps) <= 3 * BATCH
    assert len(steps) > 5
    assert rows_of(world, "commands", "keys") == {"commands": 0, "keys": 0}


def test_a_key_that_a_lock_still_has_keeps_its_row(world: World) -> None:
    key = world.tenant()
    world.put(key)
    leave(world, key.stay.id)
    with world.database.writing() as session:
        row = session.get_one(Key, key.id)
        row.observed, row.expires_at = "present", world.now + 400 * DAY
    world.now += 300 * DAY
    world.purge()
    assert rows_of(world, "keys", "stays") == {"keys": 1, "stays": 1}
    settle(world.database, world.keyring.vault, world.now)
    world.now += DAY
    world.purge()
    assert rows_of(world, "keys", "stays") == {"keys": 0, "stays": 0}


def test_what_was_sealed_cannot_be_read_from_an_older_copy_once_the_key_is_destroyed(world: World) -> None:
    leave(world, world.tenant().stay.id)
    copy = person(world)
    with world.database.reading() as session:
        record = session.scalars(select(RegistrationPerson)).first()
    assert record is not None
    assert record.sealed is not None
    world.now += PROFILE.keep_registration_days * DAY
    world.purge()
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
