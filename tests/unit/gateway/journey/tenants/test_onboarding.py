"""Steps 2 to 4: a tenant's onboarding, and the deciding person; a refusal changes no row."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from certs.credential import read_credential
from certs.keys import compressed_point, new_private_key
from gateway.domain.errors import (
    Conflict,
    ConsentMissing,
    InputRefused,
    LodgekeyError,
    NotFound,
    OfferExpired,
    OfferGone,
    OfferUnknown,
    OfferUsed,
)
from gateway.domain.stays.offer import offer_of, token_of
from gateway.journey.filings.parties import registered
from gateway.journey.filings.person_fields import person_fields
from gateway.journey.filings.sealed_records import open_record, parts_of
from gateway.journey.stays import landlord
from gateway.journey.tenants import onboarding
from gateway.store import Device, Offer, Person, Registration, RegistrationPerson, Stay, Verification
from gateway.store.database import Database
from gateway.store.sealing import Erased, Vault
from tests.parts.world import AREA, DAY, FIELDS, World, device


def refuses(world: World, act: Callable[[], object], error: type[LodgekeyError]) -> LodgekeyError:
    """The code with which `act` is refused; no row may change."""
    before = world.rows()
    with pytest.raises(error) as refusal:
        act()
    assert world.rows() == before
    return refusal.value


def stage(world: World, token: str) -> str:
    """The tenant's onboarding stage."""
    with world.database.reading() as session:
        offer = session.get_one(Offer, offer_of(token, world.keyring.offer_secret))
        return onboarding.stage_of(session, offer, world.now)


def agreed(world: World) -> str:
    """A link whose tenant has consented to the registration."""
    token = world.offer()
    world.consent(token)
    return token


def waiting(world: World) -> tuple[str, str]:
    """A link whose tenant waits for a person, and the case."""
    token = agreed(world)
    return token, world.show(token, "review", reasons=("face_unsure",))


def erase(world: World, person_id: str) -> None:
    """Erase a person as the relay does: the row, then the encryption key."""
    with world.database.writing() as session:
        onboarding.forget_person(session, session.get_one(Person, person_id), world.now)
    world.keyring.vault.erase(person_id)


def test_opening_the_link_is_recorded_once(world: World) -> None:
    token = world.offer()
    for _ in range(3):
        with world.database.writing() as session:
            onboarding.open_offer(session, token, world.keyring, world.now)
    assert world.events() == ["KeyOffered", "OfferOpened"]
    assert stage(world, token) == "opened"


@pytest.mark.parametrize("when", [0, 1, DAY])
def test_an_expired_offer_is_refused_from_its_last_second_on(world: World, when: int) -> None:
    token = world.offer(world.window(begins=20 * DAY))
    world.now += 23 * DAY + when  # the stay lasts three days
    assert "new one" in refuses(world, lambda: world.consent(token), OfferExpired).detail
    world.now -= when + 1
    world.consent(token)


def test_an_unknown_offer_is_refused(world: World) -> None:
    stranger = token_of("0193f0c2-7d5e-7c3a-9b1f-0c9d8e7f6a5b", world.keyring.offer_secret)
    refuses(world, lambda: world.consent(stranger), OfferUnknown)
    refuses(world, lambda: world.consent("x" * 43), OfferUnknown)


def test_a_used_offer_gives_no_second_key_but_can_still_be_looked_at(world: World) -> None:
    token = agreed(world)
    world.show(token)
    refuses(world, lambda: world.show(token), OfferUsed)
    world.now += 30 * DAY
    with world.database.reading() as session:
        assert onboarding.get_offer(session, token, world.keyring, world.now).state == "used"


def test_without_consent_to_the_registration_nothing_is_recorded(world: World) -> None:
    token = world.offer()
    world.consent(token, registration=False, face=True)
    refuses(world, lambda: world.show(token), ConsentMissing)


def test_each_consent_is_given_and_taken_back_by_itself(world: World) -> None:
    token = world.offer()
    world.consent(token, registration=True, face=True)
    world.consent(token, registration=True, face=True)
    world.consent(token, registration=True, face=False)
    with world.database.reading() as session:
        offer = session.get_one(Offer, offer_of(token, world.keyring.offer_secret))
        standing = [onboarding.consent_to(session, offer, purpose) is not None for purpose in ("registration", "face")]
    assert standing == [True, False]
    assert world.events()[2:] == ["ConsentGiven", "ConsentGiven", "ConsentWithdrawn"]


def test_taking_back_a_consent_leaves_the_key_as_it_is(world: World) -> None:
    token = world.offer()
    world.consent(token, face=True)
    world.show(token)
    world.consent(token, registration=False, face=False)
    assert world.issued()[0].desired == "present"


def test_a_clear_case_gives_key_and_check_in_in_one_step(world: World) -> None:
    key = world.tenant()
    read = read_credential(key.credential, world.keyring.credential_key.public_key())
    assert (read.id.hex(), read.lock, read.not_before, read.expires) == (
        key.id,
        "lock-1",
        key.not_before,
        key.expires_at,
    )
    assert compressed_point(read.holder) == compressed_point(world.phone.public_key())
    assert world.events()[-3:] == ["IdentityVerified", "CheckedIn", "KeyIssued"]
    assert sorted(world.pending()) == ["put_key", "submit"]
    assert world.stay().state == "offered", "who has not come through the door has not arrived"


def test_the_check_in_is_sealed_and_says_what_the_tenant_showed(world: World) -> None:
    world.tenant()
    with world.database.reading() as session:
        row = session.scalars(select(Registration)).one()
        person = session.get_one(Person, row.person_id)
        assert person_fields(person, world.keyring) == FIELDS
        record = open_record(parts_of(session, [row.id])[row.id], world.keyring.vault)
    assert (record.people[0].surname, record.people[0].document.number) == ("Voorbeeld", "XR1001R58")
    assert (record.kind, record.reference, row.state) == ("check_in", row.id, "queued")


def test_a_case_that_is_not_clear_waits_and_gives_nothing_yet(world: World) -> None:
    token, _ = waiting(world)
    assert (stage(world, token), list(world.issued()), world.pending()) == ("review", [], [])
    refuses(world, lambda: world.show(token), Conflict)


def test_a_person_who_passes_a_case_gives_the_same_kind_of_key(world: World) -> None:
    _, case = waiting(world)
    world.decide(case, "pass")
    decided = world.issued()[0]
    with world.database.writing() as session:
        landlord.end_stay(session, session.get_one(Stay, decided.stay_id), world.keyring, world.now)
    by_machine = world.tenant()
    columns = ("device_id", "form", "holder_key", "desired", "observed", "not_before", "expires_at")
    assert [getattr(decided, name) for name in columns[:3]] == [getattr(by_machine, name) for name in columns[:3]]
    assert len(decided.credential) == len(by_machine.credential)
    assert read_credential(decided.credential, world.keyring.credential_key.public_key()).lock == "lock-1"


@pytest.mark.parametrize(("decision", "next_stage"), [("refuse", "refused"), ("ask_again", "asked_again")])
def test_a_person_who_does_not_pass_it_forgets_the_tenant_who_may_try_again(
    world: World, decision: str, next_stage: str
) -> None:
    token, case = waiting(world)
    world.decide(case, decision, "the picture is dark")
    assert stage(world, token) == next_stage
    assert world.events()[-2:] == ["IdentityRefused", "PersonErased"]
    assert world.pending() == ["destroy_key"]
    world.show(token)
    assert stage(world, token) == "issued"


def test_a_refusal_needs_a_reason_and_a_case_is_decided_once(world: World) -> None:
    _, case = waiting(world)
    refuses(world, lambda: world.decide(case, "refuse", "  "), InputRefused)
    world.decide(case, "pass")
    refuses(world, lambda: world.decide(case, "refuse", "changed my mind"), Conflict)
    assert len(world.issued()) == 1


def test_a_case_is_found_in_its_area_and_by_its_landlord_only(world: World) -> None:
    _, case = waiting(world)
    stranger, _ = world.add_unit("202", None)
    with world.database.reading() as session:
        assert onboarding.get_case(session, case, area=AREA[:6]).id == case
        assert onboarding.get_case(session, case, landlord_id=world.landlord_id).id == case
        for scope in ({"area": "440100"}, {"area": "%"}, {"landlord_id": stranger}, {}):
            with pytest.raises(NotFound):
                onboarding.get_case(session, case, **scope)


def test_a_refused_attempt_keeps_no_person_and_may_be_repeated(world: World) -> None:
    token = agreed(world)
    world.show(token, "refused", reasons=("document_expired",))
    assert (world.rows()["people"], stage(world, token)) == ([], "refused")
    world.show(token)
    assert stage(world, token) == "issued"


def test_a_case_passed_after_the_stay_ended_gives_no_key(world: World) -> None:
    _, case = waiting(world)
    with world.database.writing() as session:
        landlord.end_stay(session, session.scalars(select(Stay)).one(), world.keyring, world.now)
    refuses(world, lambda: world.decide(case, "pass"), Conflict)
    world.decide(case, "refuse", "the stay is over")


@pytest.mark.parametrize("at_kiosk", [True, False])
def test_a_case_passed_after_its_link_was_withdrawn_neither_checks_in_nor_gives_a_key(
    world: World, at_kiosk: bool
) -> None:
    token = agreed(world)
    case = world.show(token, "review", at_kiosk=at_kiosk)
    with world.database.writing() as session:
        offer = session.get_one(Offer, offer_of(token, world.keyring.offer_secret))
        landlord.withdraw_offer(session, offer, world.now)
    refuses(world, lambda: world.decide(case, "pass"), OfferGone)


def bind(world: World, token: str) -> None:
    """The tenant's phone takes the keys after a registration elsewhere."""
    with world.database.writing() as session:
        offer = onboarding.usable_offer(session, token, world.keyring, world.now)
        onboarding.hand_over(session, offer, world.phone.public_key(), world.keyring, world.now)


def test_who_registered_at_a_kiosk_is_checked_in_and_takes_the_key_with_their_phone_once(world: World) -> None:
    token = agreed(world)
    world.show(token, at_kiosk=True)
    assert (stage(world, token), world.pending(), list(world.issued())) == ("verified", ["submit"], [])
    bind(world, token)
    assert stage(world, token) == "issued"
    refuses(world, lambda: bind(world, token), OfferUsed)


def test_who_registered_at_a_kiosk_is_not_registered_a_second_time(world: World) -> None:
    token = agreed(world)
    world.show(token, at_kiosk=True)
    refuses(world, lambda: world.show(token, at_kiosk=True), Conflict)
    refuses(world, lambda: world.show(token), Conflict)


def test_nobody_takes_a_key_before_registering(world: World) -> None:
    token = agreed(world)
    refuses(world, lambda: bind(world, token), Conflict)


def test_a_unit_without_a_lock_gives_no_key_and_no_check_in(world: World) -> None:
    _, unit = world.add_unit("303", None)
    token = world.offer(unit_id=unit)
    world.consent(token)
    refuses(world, lambda: world.show(token), Conflict)


def test_every_lock_of_a_unit_gets_a_key_of_its_own(world: World) -> None:
    with world.database.writing() as session:
        session.add(device_of(world, "lock-2"))
        session.add(device_of(world, "lock-old", revoked=True))
    world.tenant()
    keys = list(world.issued())
    assert {key.device_id for key in keys} == {"lock-1", "lock-2"}
    assert len({key.id for key in keys}) == 2


def device_of(world: World, name: str, *, revoked: bool = False) -> Device:
    """Another lock on the unit's door."""
    row = device(name, world.unit_id)
    row.revoked_at = world.now if revoked else None
    return row


def test_where_the_tenant_stands_follows_lock_and_calendar(world: World) -> None:
    token = agreed(world)
    assert stage(world, token) == "consented"
    world.show(token)
    assert stage(world, token) == "issued"
    world.put(world.issued()[0])
    assert stage(world, token) == "on_lock"
    world.now = world.stay().until_at
    assert stage(world, token) == "ended"


def test_an_erased_person_is_unreadable_also_in_an_old_copy_of_the_database(world: World, tmp_path: Path) -> None:
    world.tenant()
    with world.database.reading() as session:
        person = session.scalars(select(Person)).one()
        record = session.scalars(select(RegistrationPerson)).one()
    world.database.close()
    old = tmp_path / "backup.sqlite"
    shutil.copy(world.folder / "lodgekey.sqlite", old)
    erase(world, person.id)
    backup = Database(f"sqlite:///{old}")
    with backup.reading() as session:
        kept, filed = (
            session.get_one(Person, person.id),
            session.get_one(RegistrationPerson, (record.registration_id, person.id)),
        )
    backup.close()
    assert kept.sealed is not None
    assert filed.sealed is not None
    with pytest.raises(Erased):
        world.keyring.vault.open(person.id, "fields", kept.sealed)
    with pytest.raises(Erased):
        world.keyring.vault.open(person.id, f"registration/{record.registration_id}", filed.sealed)


def test_erasing_one_person_leaves_the_others_readable_and_can_be_done_twice(world: World) -> None:
    first = world.tenant()
    world.now += 10 * DAY
    second = world.tenant()
    for _ in range(2):
        erase(world, first.person_id)
    with world.database.reading() as session:
        assert person_fields(session.get_one(Person, second.person_id), world.keyring) == FIELDS
        erased = session.get_one(Person, first.person_id)
        with pytest.raises(Erased):
            person_fields(erased, world.keyring)
        assert registered(session, erased.stay) == []


def test_sealed_bytes_open_for_their_own_person_and_field_only(world: World) -> None:
    vault: Vault = world.keyring.vault
    sealed = vault.seal("a", "fields", b"plain")
    vault.seal("b", "fields", b"other")
    assert vault.open("a", "fields", sealed) == b"plain"
    for person, name, content in (
        ("b", "fields", sealed),
        ("a", "registration/1", sealed),
        ("a", "fields", sealed[:-1]),
    ):
        with pytest.raises(Erased):
            vault.open(person, name, content)


def test_a_verification_keeps_no_picture_and_no_template(world: World) -> None:
    world.tenant()
    columns = {column.name for column in Verification.__table__.columns}
    assert columns & {"image", "document", "face", "portrait", "template", "embedding"} == set()


def test_a_key_is_bound_to_the_phone_that_registered(world: World) -> None:
    key = world.tenant()
    assert key.holder_key != compressed_point(new_private_key().public_key())
    assert key.holder_key == compressed_point(world.phone.public_key())
