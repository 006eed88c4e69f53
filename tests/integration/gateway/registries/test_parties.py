"""Families and late guests as the Spanish ministry and the Italian police take them, by their simulators."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from lxml import etree
from sqlalchemy import select, update

from certs.holder import sign_statement
from gateway.domain.errors import InputRefused
from gateway.domain.keys.holder_statements import departure_statement
from gateway.domain.keys.key import Proof
from gateway.journey.filings.parties import PARTY_WAIT, close_party, expect_others
from gateway.journey.stays import own_dates
from gateway.outbox import deliveries, lanes
from gateway.store import Delivery, Event, Key, Offer, Person, Registration, RegistrationPerson, Stay
from tests.contract.registry_simulators import SimulatedRegistry
from tests.parts.office import Office
from tests.parts.world import DAY

CHILD = {
    "given_names": "Leo",
    "surname": "Voorbeeld",
    "birth_date": "2016-05-04",
    "sex": "M",
    "id_number": "",
    "person.relation": "child",
    "document_kind": "none",
}


def partes(es: SimulatedRegistry, stay: str) -> list[tuple[str, list[str]]]:
    """Each accepted communication of the stay: numPersonas, and its people's given names and relations."""
    found = []
    for row in es.books():
        if row["state"] != "accepted" or row["person"] != stay:
            continue
        parte = etree.fromstring(row["body"])
        people = [
            f"{one.findtext('nombre')} {one.findtext('parentesco') or ''}".strip() for one in parte.iter("persona")
        ]
        found.append((parte.findtext("contrato/numPersonas") or "", people))
    return found


def came_with_the_stay(office: Office) -> None:
    """Everybody registered so far came when the stay began."""
    with office.world.database.writing() as session:
        session.execute(update(Person).values(arrived_at=None))


def rows_sent(it: SimulatedRegistry, surname: str) -> list[str]:
    """The police's rows with this surname: kind, given name, and whether the document's fields are blank."""
    rows = [str(row["body"]) for row in it.books() if str(row["body"])[14:64].strip() == surname]
    return [f"{row[:2]} {row[64:94].strip()} {'blank' if not row[134:].strip() else 'document'}" for row in rows]


async def test_outside_01_a_child_is_filed_in_the_adults_parte(spain: Office, es: SimulatedRegistry) -> None:
    stay = spain.tenant("", {"given_names": "Anna", "surname": "Voorbeeld"})
    await spain.settled()
    spain.tenant(stay, CHILD)
    await spain.settled()
    kinds = [("check_in", "accepted"), ("annulment", "accepted"), ("check_in", "accepted")]
    assert spain.states() == kinds, [(row.answer_code, row.answer_text) for row in spain.rows()]
    assert partes(es, stay)[-1] == ("2", ["Anna PM", "Leo HJ"])


async def test_a_child_who_registers_first_waits_for_an_adult(spain: Office, es: SimulatedRegistry) -> None:
    stay = spain.tenant("", CHILD)
    await spain.settled()
    (first,) = spain.rows()
    assert (first.state, first.answer_code) == ("waiting", "waits_for_adult")
    assert first.deadline_at is not None, "the deadline counts while it waits"
    spain.tenant(stay, {"given_names": "Anna", "surname": "Voorbeeld"})
    await spain.settled()
    assert spain.states() == [("check_in", "not_due"), ("check_in", "accepted")]
    assert partes(es, stay) == [("2", ["Anna PM", "Leo HJ"])]


async def test_each_person_of_one_parte_has_an_event_and_a_part_of_their_own(spain: Office) -> None:
    stay = spain.tenant("", {"given_names": "Anna", "surname": "Voorbeeld"})
    spain.tenant(stay, CHILD)
    await spain.settled()
    with spain.world.database.reading() as session:
        last = session.scalars(select(Registration).where(Registration.state == "accepted")).all()[-1]
        parts = session.scalars(select(RegistrationPerson).where(RegistrationPerson.registration_id == last.id)).all()
        events = session.scalars(select(Event).where(Event.type == "CheckedIn").order_by(Event.id)).all()
    assert len({part.person_id for part in parts}) == 2
    assert {event.person_id for event in events} == {part.person_id for part in parts}


async def test_outside_11_who_joins_on_the_third_day_arrives_on_that_day(spain: Office, es: SimulatedRegistry) -> None:
    stay = spain.tenant("", {"given_names": "Anna", "surname": "Voorbeeld"}, begins=-2 * DAY, days=4)
    came_with_the_stay(spain)
    await spain.settled()
    spain.tenant(stay, {"given_names": "Jan", "surname": "Laat"})
    await spain.settled()
    joined = spain.rows()[-1]
    assert (joined.kind, joined.state) == ("check_in", "accepted")
    assert joined.deadline_at is not None
    assert joined.deadline_at > time.time() + DAY - 3600
    parte = etree.fromstring(next(row["body"] for row in es.books() if "Laat" in str(row["body"])))
    today = datetime.now(ZoneInfo("Europe/Madrid")).date().isoformat()
    assert (parte.findtext("contrato/fechaEntrada") or "").startswith(today)
    assert parte.findtext("contrato/numPersonas") == "1"


async def test_a_child_who_joins_later_is_added_to_the_adults_parte(spain: Office, es: SimulatedRegistry) -> None:
    stay = spain.tenant("", {"given_names": "Anna", "surname": "Voorbeeld"}, begins=-2 * DAY, days=4)
    came_with_the_stay(spain)
    await spain.settled()
    spain.tenant(stay, CHILD)
    await spain.settled()
    assert partes(es, stay)[-1] == ("2", ["Anna PM", "Leo HJ"])


async def test_a_correction_of_one_person_sends_the_whole_parte_again(spain: Office, es: SimulatedRegistry) -> None:
    stay = spain.tenant("", {"given_names": "Anna", "surname": "Voorbeeld"})
    spain.tenant(stay, CHILD)
    await spain.settled()
    spain.correct(stay, id_number="ZZ9999999")
    await spain.settled()
    assert spain.states()[-1] == ("check_in", "accepted")
    assert partes(es, stay)[-1] == ("2", ["Anna PM", "Leo HJ"])


async def test_the_police_get_the_head_directly_before_a_child_without_a_document(
    italy: Office, it: SimulatedRegistry
) -> None:
    stay = italy.tenant("", {"given_names": "Anna", "surname": "Famiglia"}, begins=60)
    italy.tenant(stay, {**CHILD, "given_names": "Leo", "surname": "Famiglia"})
    italy.tenant(stay, {**CHILD, "given_names": "Mia", "surname": "Famiglia", "sex": "F"})
    with italy.world.database.writing() as session:
        deliveries.retry_now(session, [lanes.registry("it", stay)], int(time.time()))
    await italy.settled()
    assert italy.states() == [("check_in", "not_due"), ("check_in", "not_due"), ("check_in", "accepted")]
    assert rows_sent(it, "FAMIGLIA") == ["17 ANNA document", "19 LEO blank", "19 MIA blank"]


async def test_outside_11_the_police_take_a_guest_of_the_third_day(italy: Office, it: SimulatedRegistry) -> None:
    stay = italy.tenant("", {"given_names": "Anna", "surname": "Prima"}, begins=-2 * DAY, days=5)
    came_with_the_stay(italy)
    await italy.settled()
    italy.tenant(stay, {"given_names": "Jan", "surname": "Tardi"})
    await italy.settled()
    assert italy.states()[-1] == ("check_in", "accepted"), italy.rows()[-1].answer_args
    assert rows_sent(it, "TARDI") == ["16 JAN document"]


async def test_a_child_who_joins_later_is_filed_after_the_head_on_its_own_day(
    italy: Office, it: SimulatedRegistry
) -> None:
    stay = italy.tenant("", {"given_names": "Anna", "surname": "Testa"})
    await italy.settled()
    italy.tenant(stay, {**CHILD, "given_names": "Leo", "surname": "Testa"})
    await italy.settled()
    assert italy.states() == [("check_in", "accepted"), ("check_in", "accepted")]
    assert rows_sent(it, "TESTA") == ["16 ANNA document", "17 ANNA document", "19 LEO blank"]


async def family_on_one_phone(office: Office, *, group: bool = False) -> str:
    """Register three people, of whom the first says that others follow, and close the party; return the stay."""
    stay = office.tenant("", {"given_names": "Anna", "surname": "Insieme"}, others_follow=True)
    with office.world.database.writing() as session:
        expect_others(session.get_one(Stay, stay), follow=True, group=group)
    for name in ("Leo", "Mia"):
        office.tenant(stay, {**CHILD, "given_names": name, "surname": "Insieme"})
    with office.world.database.writing() as session:
        waiting = session.scalars(select(Delivery).where(Delivery.work == "submit", Delivery.state == "owed")).all()
        assert [row.due_at - row.created_at for row in waiting] == [PARTY_WAIT]
        close_party(session, session.get_one(Stay, stay), office.world.now)
    await office.settled()
    assert office.states() == [("check_in", "not_due"), ("check_in", "not_due"), ("check_in", "accepted")]
    return stay


async def test_a_family_on_one_phone_is_one_parte_when_everybody_is_registered(
    spain: Office, es: SimulatedRegistry
) -> None:
    assert partes(es, await family_on_one_phone(spain)) == [("3", ["Anna PM", "Leo HJ", "Mia HJ"])]


async def test_a_family_on_one_phone_is_sent_to_the_police_once(italy: Office, it: SimulatedRegistry) -> None:
    await family_on_one_phone(italy)
    assert rows_sent(it, "INSIEME") == ["17 ANNA document", "19 LEO blank", "19 MIA blank"]


async def test_a_group_is_filed_as_its_leader_and_members(italy: Office, it: SimulatedRegistry) -> None:
    before = len(rows_sent(it, "INSIEME"))
    await family_on_one_phone(italy, group=True)
    assert rows_sent(it, "INSIEME")[before:] == ["18 ANNA document", "20 LEO blank", "20 MIA blank"]


async def test_a_registry_that_knows_no_groups_is_not_asked_for_one(spain: Office) -> None:
    stay = spain.tenant("", {"given_names": "Anna", "surname": "Insieme"}, others_follow=True)
    with spain.world.database.writing() as session:
        found = session.get_one(Stay, stay)
        expect_others(found, follow=True, group=True)
        assert (found.party_open, found.party_is_group) == (True, False)


async def test_an_adult_who_came_later_than_filed_gets_a_parte_of_their_own(
    spain: Office, es: SimulatedRegistry
) -> None:
    stay = spain.tenant("", {"given_names": "Anna", "surname": "Voorbeeld"}, begins=-2 * DAY, days=4)
    spain.tenant(stay, {"given_names": "Jan", "surname": "Laat"})
    came_with_the_stay(spain)
    await spain.settled()
    before = len(spain.rows())
    arrived = spain.world.now - 60
    with spain.world.database.writing() as session:
        jan = session.get_one(Person, spain.rows()[-1].person_id)
        offer = session.scalars(select(Offer).where(Offer.person_id == jan.id)).one()
        own_dates.correct_arrival(session, offer, arrived, spain.world.keyring, spain.world.now)
        assert jan.arrived_at == arrived
    await spain.settled()
    assert spain.states()[before:] == [("annulment", "accepted"), ("check_in", "accepted"), ("check_in", "accepted")]
    assert partes(es, stay)[-2:] == [("1", ["Anna"]), ("1", ["Jan"])]


async def test_an_arrival_outside_the_stay_or_in_the_future_of_who_is_here_is_refused(spain: Office) -> None:
    stay = spain.tenant("", {"given_names": "Anna", "surname": "Voorbeeld"}, begins=-2 * DAY, days=4)
    await spain.settled()
    world = spain.world
    for came, at in ((None, world.now + 9 * DAY), (None, world.now - 3 * DAY), (world.now, world.now + 60)):
        with world.database.writing() as session:
            offer = session.scalars(select(Offer).where(Offer.stay_id == stay)).one()
            session.execute(update(Person).values(came_at=came))
            with pytest.raises(InputRefused):
                own_dates.correct_arrival(session, offer, at, world.keyring, world.now)


async def test_an_adult_who_leaves_earlier_than_filed_gets_a_parte_of_their_own(
    spain: Office, es: SimulatedRegistry
) -> None:
    stay = spain.tenant("", {"given_names": "Anna", "surname": "Voorbeeld"}, days=4)
    spain.tenant(stay, {"given_names": "Jan", "surname": "Vroeg"})
    await spain.settled()
    before, leaves = len(spain.rows()), spain.world.now + DAY
    with spain.world.database.writing() as session:
        jan = session.get_one(Person, spain.rows()[-1].person_id)
        key = session.scalars(select(Key).where(Key.person_id == jan.id)).one()
        bare, text = Proof(spain.world.now, "n", b""), datetime.fromtimestamp(leaves, UTC).isoformat()
        statement = departure_statement(key.id, bare, text, children=True)
        proof = Proof(bare.at, bare.nonce, sign_statement(statement, spain.world.phone))
        own_dates.plan_departure(session, key.id, proof, text, spain.world.keyring, spain.world.now, children=True)
    await spain.settled()
    assert spain.states()[before:] == [("annulment", "accepted"), ("check_in", "accepted"), ("check_in", "accepted")]
    assert partes(es, stay)[-2:] == [("1", ["Anna"]), ("1", ["Jan"])]
    zone = ZoneInfo("Europe/Madrid")
    ends = [row["body"] for row in es.books() if row["state"] == "accepted" and row["person"] == stay]
    last = etree.fromstring(ends[-1]).findtext("contrato/fechaSalida") or ""
    assert last.startswith(datetime.fromtimestamp(leaves, zone).strftime("%Y-%m-%d"))
