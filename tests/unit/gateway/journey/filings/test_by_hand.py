"""Whom a registry's rule keeps from being sent is let in, and registered by hand: a case with a deadline and an end."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from gateway.domain.errors import Conflict, InputRefused
from gateway.domain.filings.record import Accepted, Refused
from gateway.domain.filings.refusal import FieldsRefused
from gateway.domain.filings.ways_out import actions_for
from gateway.domain.stays.offer import token_of
from gateway.domain.stays.stay import Window
from gateway.journey.filings.answers import record_registry_answer
from gateway.journey.filings.deadlines import pressing, standing_of, watch_deadlines
from gateway.journey.filings.reconciling import records_to_compare, settle
from gateway.journey.filings.records import correct_person
from gateway.journey.stays import landlord
from gateway.registries import REGISTRIES
from gateway.store import Delivery, Person, Registration, Stay, Unit
from tests.parts.world import DAY, FIELDS, World, report_to

HOUR = 3600
STATELESS = FIELDS | {"nationality": "XXA"}
IN_SPAIN = FIELDS | {
    "person.residence.street": "Kade 1",
    "person.residence.postal_code": "1011 AA",
    "person.residence.municipality": "Amsterdam",
    "person.residence.country": "NLD",
    "person.phone": "+31201234567",
}
FACTS = {"registered_as": "20037", "tourist_tax": "2.50"}


@pytest.fixture
def slovenian(world: World) -> World:
    """A world whose unit reports to eTurizem, which takes citizens of a country only."""
    with world.database.writing() as session:
        unit = session.get_one(Unit, world.unit_id)
        unit.jurisdiction, unit.timezone = "si", "Europe/Ljubljana"
        report_to(unit, "si", facts=FACTS)
    return world


def arrive(world: World, fields: dict[str, str], window: Window | None = None) -> Registration:
    token = world.offer(window)
    world.consent(token)
    world.show(token, fields=fields)
    return rows(world)[-1]


def join(world: World, stay_id: str, fields: dict[str, str]) -> Registration:
    """Another person of the stay, on a phone of their own."""
    with world.database.writing() as session:
        offer = landlord.add_offer(session, session.get_one(Stay, stay_id), world.now)
        token = token_of(offer.id, world.keyring.offer_secret)
    world.consent(token)
    world.show(token, fields=fields)
    return rows(world)[-1]


def rows(world: World) -> Sequence[Registration]:
    with world.database.reading() as session:
        return session.scalars(select(Registration).order_by(Registration.created_at, Registration.number)).all()


def states(world: World) -> list[tuple[str, str, str | None]]:
    return [(row.kind, row.state, row.answer_code) for row in rows(world)]


def deliveries(world: World) -> int:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Delivery).where(Delivery.work == "submit")) or 0


def queued_at(world: World, name: str) -> Registration:
    """A record in the queue of this registry, whatever it would say of it."""
    with world.database.writing() as session:
        unit = session.get_one(Unit, world.unit_id)
        report_to(unit, "sandbox")
    row = arrive(world, dict(FIELDS))
    with world.database.writing() as session:
        report_to(session.get_one(Unit, world.unit_id), name)
        session.get_one(Registration, row.id).registry_name = name
    return row


def registered(world: World, row: Registration, receipt: str = "12. 3. 2026", outcome: str = "accepted") -> None:
    with world.database.writing() as session:
        row = session.get_one(Registration, row.id)
        settle(session, row, outcome, receipt, "landlord:l", world.keyring, world.now)  # type: ignore[arg-type]


def corrected(world: World, row: Registration, **changes: str) -> None:
    with world.database.writing() as session:
        stay = session.get_one(Stay, row.stay_id)
        correct_person(session, stay, stay.people[0], changes, world.keyring, world.now)


def test_the_registries_that_mark_rules_are_those_of_the_documentation() -> None:
    assert {name: set(profile.by_hand) for name, profile in REGISTRIES.items() if profile.by_hand} == {
        **{name: {"no_whole_birth"} for name in ("it", "ross1000", "pt", "cn")},
        "es": {"no_whole_birth", "born_in_stay"},
        **{name: {"no_citizenship", "no_whole_birth"} for name in ("hr", "si")},
    }


def test_a_stateless_person_is_let_in_and_nothing_is_sent(slovenian: World) -> None:
    row = arrive(slovenian, STATELESS)
    assert (row.state, row.answer_code, row.answer_args) == (
        "by_hand", "no_citizenship", {"field": "people[0].nationality"},
    )  # fmt: skip
    assert row.deadline_at is not None
    assert deliveries(slovenian) == 0
    assert actions_for(row.state, replaced=False) == ("register_by_hand", "correct")


def test_other_rules_still_keep_a_stateless_person_out(slovenian: World) -> None:
    with pytest.raises(FieldsRefused) as refusal:
        arrive(slovenian, STATELESS | {"sex": "X"})
    assert [(one["field"], one["code"]) for one in refusal.value.shown("en")] == [("sex", "unknown_code")]


@pytest.mark.parametrize("nationality", ["XXB", "XXC", "XXX", "UTO"])
def test_who_may_have_a_citizenship_is_asked_for_it(slovenian: World, nationality: str) -> None:
    with pytest.raises(FieldsRefused) as refusal:
        arrive(slovenian, FIELDS | {"nationality": nationality})
    (shown,) = refusal.value.shown("en")
    assert (shown["field"], shown["code"]) == ("nationality", "unknown_code")
    assert "choose “Stateless person”" in str(shown)


@pytest.fixture
def spanish(world: World) -> World:
    """A world whose unit reports to Spain, which files people together and takes whole dates of birth only."""
    with world.database.writing() as session:
        unit = session.get_one(Unit, world.unit_id)
        unit.jurisdiction, unit.timezone = "es", "Europe/Madrid"
        report_to(unit, "es", facts={"registered_as": "0000000456", "landlord.registered_as": "0000000123"})
    return world


def test_a_family_is_registered_by_hand_as_a_whole_and_filed_once_every_date_is_whole(spanish: World) -> None:
    child = IN_SPAIN | {"birth_date": "2016", "person.relation": "child", "given_names": "Leo", "id_number": "XR9"}
    first = arrive(spanish, child)
    assert (first.state, first.answer_code) == ("waiting", "waits_for_adult")
    adult = join(spanish, first.stay_id, IN_SPAIN)
    assert [(row.kind, row.state, row.answer_code) for row in rows(spanish)] == [
        ("check_in", "not_due", "replaced"), ("check_in", "by_hand", "no_whole_birth"),
    ]  # fmt: skip
    with spanish.database.writing() as session:
        leo = session.get_one(Person, first.person_id)
        correct_person(session, leo.stay, leo, {"birth_date": "2016-05-04"}, spanish.keyring, spanish.now)
    last = rows(spanish)[-1]
    assert (last.kind, last.state) == ("check_in", "queued")
    with spanish.database.reading() as session:
        named = {part.person_id for part in session.get_one(Registration, last.id).parts}
    assert named == {first.person_id, adult.person_id}


def test_who_may_be_a_minor_is_filed_with_an_adult(spanish: World) -> None:
    year = datetime.fromtimestamp(spanish.now, UTC).year - 18
    with pytest.raises(FieldsRefused) as refusal:
        arrive(spanish, IN_SPAIN | {"birth_date": str(year)})
    assert [name for name, _ in refusal.value.problems] == ["relation"]


def test_it_presses_and_its_deadline_is_watched_until_it_is_registered(slovenian: World) -> None:
    row = arrive(slovenian, STATELESS)
    with slovenian.database.reading() as session:
        assert session.scalars(select(Registration.id).where(pressing(slovenian.now))).all() == [row.id]
    assert row.warn_at is not None
    assert row.deadline_at is not None
    slovenian.now = row.warn_at
    with slovenian.database.writing() as session:
        assert watch_deadlines(session, slovenian.now) == 1
    assert standing_of(row, row.warn_at) == "warn"
    registered(slovenian, row)
    (settled,) = rows(slovenian)
    assert (settled.state, settled.receipt, settled.answer_code) == ("accepted", "12. 3. 2026", "registered_by_hand")
    assert standing_of(settled, row.deadline_at) == "in_time"
    with slovenian.database.reading() as session:
        assert session.scalars(select(Registration.id).where(pressing(slovenian.now + 9 * DAY))).all() == []


def test_it_is_settled_by_a_receipt_and_never_sent(slovenian: World) -> None:
    row = arrive(slovenian, STATELESS)
    with pytest.raises(Conflict):
        registered(slovenian, row, outcome="not_received")
    with pytest.raises(InputRefused) as refusal:
        registered(slovenian, row, receipt="")
    assert refusal.value.extra["field"] == "receipt"
    registered(slovenian, row)
    with pytest.raises(Conflict):
        registered(slovenian, row)
    assert deliveries(slovenian) == 0


def test_a_citizenship_that_is_found_later_is_filed_in_its_place(slovenian: World) -> None:
    row = arrive(slovenian, STATELESS)
    corrected(slovenian, row, nationality="NLD")
    assert states(slovenian) == [("check_in", "not_due", "replaced"), ("check_in", "queued", None)]
    assert rows(slovenian)[-1].deadline_at == row.deadline_at


def test_a_filed_person_who_turns_out_stateless_is_changed_by_hand(slovenian: World) -> None:
    row = arrive(slovenian, dict(FIELDS))
    with slovenian.database.writing() as session:
        record_registry_answer(session, row.id, Accepted("r-1", "0" * 64, slovenian.now), slovenian.now)
    corrected(slovenian, row, nationality="XXA")
    assert states(slovenian)[1:] == [("change", "by_hand", "no_citizenship")]


def test_what_follows_a_registration_by_hand_is_made_by_hand(slovenian: World) -> None:
    row = arrive(slovenian, STATELESS)
    registered(slovenian, row)
    corrected(slovenian, row, nationality="NLD")
    with slovenian.database.writing() as session:
        landlord.end_stay(session, session.get_one(Stay, row.stay_id), slovenian.keyring, slovenian.now + HOUR)
    assert states(slovenian) == [
        ("check_in", "accepted", "registered_by_hand"),
        ("change", "by_hand", "follows_by_hand"),
        ("check_out", "by_hand", "follows_by_hand"),
    ]
    assert deliveries(slovenian) == 0


@pytest.mark.parametrize(
    ("registered_before", "expected"),
    [
        (False, [("check_in", "not_due", "stay_cancelled"), ("annulment", "not_due", "not_accepted_here")]),
        (True, [("check_in", "accepted", "registered_by_hand"), ("annulment", "by_hand", "no_citizenship")]),
    ],
)
def test_a_cancelled_stay_leaves_a_case_only_where_somebody_was_registered(
    slovenian: World, registered_before: bool, expected: list[tuple[str, str, str | None]]
) -> None:
    row = arrive(slovenian, STATELESS, Window(slovenian.now + DAY, slovenian.now + 3 * DAY))
    if registered_before:
        registered(slovenian, row)
    with slovenian.database.writing() as session:
        landlord.end_stay(session, session.get_one(Stay, row.stay_id), slovenian.keyring, slovenian.now + HOUR)
    assert states(slovenian) == expected


@pytest.mark.parametrize("name", sorted(REGISTRIES))
def test_a_refused_record_is_settled_by_a_registration_by_hand_at_every_registry(world: World, name: str) -> None:
    row = queued_at(world, name)
    with world.database.writing() as session:
        record_registry_answer(session, row.id, Refused("E1", "too late"), world.now)
    assert "register_by_hand" in actions_for("refused", replaced=False)
    with pytest.raises(Conflict):
        registered(world, row, outcome="not_received")
    with pytest.raises(InputRefused):
        registered(world, row, receipt="")
    registered(world, row)
    (settled,) = rows(world)
    assert (settled.state, settled.receipt, settled.answer_code) == ("accepted", "12. 3. 2026", "registered_by_hand")
    with world.database.reading() as session:
        assert session.scalars(select(Registration.id).where(pressing(world.now + 9 * DAY))).all() == []
        later = world.now + 2 * HOUR
        assert records_to_compare(session, name, "", later, world.keyring.vault) == []


def test_a_refused_record_that_was_filed_again_is_not_settled_by_hand(slovenian: World) -> None:
    row = arrive(slovenian, dict(FIELDS))
    with slovenian.database.writing() as session:
        record_registry_answer(session, row.id, Refused("E1", "no"), slovenian.now)
    corrected(slovenian, row, given_names="Eva")
    with pytest.raises(Conflict):
        registered(slovenian, row)
    assert states(slovenian)[-1] == ("check_in", "queued", None)
