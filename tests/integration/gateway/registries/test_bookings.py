"""Bookings (RH) beside arrivals (PV), as the Spanish ministry takes them, by its simulator in a process of its own."""

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from gateway.domain.errors import InputRefused
from gateway.domain.filings.record import Answer, Refused
from gateway.domain.filings.refusal import FieldsRefused
from gateway.domain.stays.booking import Booking
from gateway.journey.filings.answers import record_registry_answer
from gateway.journey.filings.person_fields import booking_of
from gateway.journey.filings.records import file_again
from gateway.journey.retention.job import purge
from gateway.journey.stays import landlord
from gateway.journey.stays.bookings import book
from gateway.registries import open_registry
from gateway.store import Landlord, Registration, Stay, Unit
from tests.contract.registry_simulators import SimulatedRegistry
from tests.parts.desk import Desk
from tests.parts.office import Office, changes_of, open_office
from tests.parts.world import DAY, World, report_to

HOUR = 3600
BOOKED = Booking(
    "Núñez", 0, given_names="José", phone="+34600000000", people=3, rooms=2, internet=True, payment="card",
    payment_date="2026-11-01", payment_means="ES00 1234", payment_holder="J Núñez", card_expiry="09/2029",
)  # fmt: skip


@pytest.fixture
async def spain(world: World, es: SimulatedRegistry) -> AsyncIterator[Office]:
    """A unit that reports its bookings, two days ahead of now."""
    facts = {**es.facts, "unit.bookings": "reported"}
    async with open_office(world, "es", es.adapter_settings, facts) as opened:
        yield opened


@pytest.fixture
def madrid(world: World, es: SimulatedRegistry) -> World:
    """The same unit without a relay: nothing is sent."""
    with world.database.writing() as session:
        unit = session.get_one(Unit, world.unit_id)
        report_to(unit, "es", facts=changes_of({**es.facts, "unit.bookings": "reported"}, "unit"))
        unit.jurisdiction, unit.timezone = "es", "Europe/Madrid"
        session.get_one(Landlord, world.landlord_id).registry_facts = changes_of(es.facts, "landlord")
    return world


def offered(world: World, booking: Booking | None = BOOKED, *, begins: int = 2 * DAY) -> str:
    """A stay that was booked now; returns its id."""
    with world.database.writing() as session:
        unit = session.get_one(Unit, world.unit_id)
        stay = landlord.offer_key(session, unit, world.window(begins), world.now).stay
        booked = replace(booking, agreed_at=world.now) if booking else None
        registry = open_registry(
            "es", {"url": "https://es.invalid", "user": "u", "token": "t", "landlord": "1"}, world.clock
        )
        book(session, stay, booked, {"es": registry.problems}, world.keyring, world.now)
        return stay.id


def again(world: World, stay_id: str, booking: Booking) -> None:
    """The landlord corrects the booking."""
    with world.database.writing() as session:
        stay = session.get_one(Stay, stay_id)
        book(session, stay, replace(booking, agreed_at=world.now), {}, world.keyring, world.now)


def rows(world: World) -> list[Registration]:
    with world.database.reading() as session:
        return sorted(session.query(Registration).all(), key=lambda row: row.number)


def answered(world: World, answer: Answer) -> None:
    """The registry answers the last record."""
    with world.database.writing() as session:
        record_registry_answer(session, rows(world)[-1].id, answer, world.now)


def reserva(es: SimulatedRegistry, stay_id: str) -> etree._Element:
    (row,) = [row for row in es.books() if row["person"] == stay_id and "<rol>TI</rol>" in row["body"]]
    return etree.fromstring(row["body"])


async def test_a_booking_is_filed_beside_the_arrival_and_each_has_its_receipt(
    spain: Office, es: SimulatedRegistry
) -> None:
    spain.world.now = int(time.time())
    stay_id = offered(spain.world, begins=-HOUR)
    await spain.settled()
    spain.tenant(stay_id)
    await spain.settled()
    assert spain.states() == [("booking", "accepted"), ("check_in", "accepted")], [
        (row.answer_code, row.answer_text) for row in spain.rows()
    ]
    first, second = spain.rows()
    assert first.receipt != second.receipt
    sent = reserva(es, stay_id)
    contract = {one.tag: one.text for one in sent.iterfind("contrato//*") if len(one) == 0}
    assert contract["numPersonas"] == "3"
    assert (contract["numHabitaciones"], contract["internet"], contract["tipoPago"]) == ("2", "true", "TARJT")
    assert (contract["medioPago"], contract["titular"]) == ("ES00 1234", "J Núñez")
    assert (contract["fechaPago"], contract["caducidadTarjeta"]) == ("2026-11-01", "09/2029")
    person = [(one.tag, one.text) for one in sent.findall("persona/*")]
    assert person == [("rol", "TI"), ("nombre", "José"), ("apellido1", "Núñez"), ("telefono", "+34600000000")]
    (parte,) = [row for row in es.books() if row["person"] == stay_id and "<rol>VI</rol>" in row["body"]]
    filed = etree.fromstring(parte["body"])
    assert filed.findtext("contrato/numHabitaciones") == "2"
    assert filed.findtext("contrato/pago/tipoPago") == "TARJT"
    assert [one.findtext("rol") for one in filed.findall("persona")] == ["VI"]


async def test_a_corrected_booking_is_annulled_and_filed_again_and_a_cancelled_stay_takes_it_back(
    spain: Office, es: SimulatedRegistry
) -> None:
    spain.world.now = int(time.time())
    stay_id = offered(spain.world)
    await spain.settled()
    again(spain.world, stay_id, replace(BOOKED, rooms=1))
    await spain.settled()
    assert spain.states() == [("booking", "accepted"), ("annulment", "accepted"), ("booking", "accepted")]
    spain.end(stay_id)
    await spain.settled()
    assert spain.states()[3:] == [("annulment", "accepted")]
    held = [row["state"] for row in es.books() if row["person"] == stay_id]
    assert held == ["annulled", "annulled"]


def test_a_booking_is_due_a_day_after_it_was_made_and_a_correction_a_day_after_it_is_known(madrid: World) -> None:
    stay_id = offered(madrid)
    assert [row.deadline_at for row in rows(madrid)] == [madrid.now + DAY]
    with madrid.database.writing() as session:
        rows_now = session.query(Registration).all()
        rows_now[0].state, rows_now[0].receipt = "accepted", "R-1"
    madrid.now += 2 * DAY - HOUR
    again(madrid, stay_id, replace(BOOKED, people=2))
    assert [row.deadline_at for row in rows(madrid)[1:]] == [madrid.now + DAY] * 2


def test_new_dates_replace_a_booking_that_was_not_sent(madrid: World) -> None:
    stay_id = offered(madrid)
    with madrid.database.writing() as session:
        landlord.change_stay(
            session, session.get_one(Stay, stay_id), madrid.window(3 * DAY), madrid.keyring, madrid.now
        )
    assert [(row.kind, row.state) for row in rows(madrid)] == [("booking", "not_due"), ("booking", "queued")]


def test_a_refused_booking_goes_out_again(madrid: World) -> None:
    offered(madrid)
    answered(madrid, Refused("10131", "Valor no permitido"))
    with madrid.database.writing() as session:
        row = session.get_one(Registration, rows(madrid)[0].id)
        file_again(session, row, madrid.keyring, madrid.now)
    refused, new = rows(madrid)
    assert (refused.refiled_id, new.kind, new.state) == (new.id, "booking", "queued")


def test_who_booked_is_no_tenant_and_is_erased_with_the_stay(madrid: World) -> None:
    stay_id = offered(madrid)
    with madrid.database.writing() as session:
        stay = session.get_one(Stay, stay_id)
        assert (stay.people, stay.state) == ([], "offered")
        landlord.end_stay(session, stay, madrid.keyring, madrid.now)
        assert stay.state == "cancelled"
    with madrid.database.writing() as session:
        assert purge(session, madrid.now + 2000 * DAY) > 0
    with madrid.database.reading() as session:
        assert booking_of(session.get_one(Stay, stay_id), madrid.keyring) is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"phone": ""}, "booking.phone"),
        ({"card_expiry": "9/29"}, "booking.card_expiry"),
        ({"payment_date": "2026-13-01"}, "booking.payment_date"),
        ({"payment_means": "9" * 51}, "booking.payment_means"),
        ({"surname": ""}, "booking.surname"),
    ],
)
def test_what_the_ministry_would_refuse_is_refused_when_it_is_entered(
    madrid: World, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(FieldsRefused) as refused:
        offered(madrid, replace(BOOKED, **wrong))
    assert [name for name, _ in refused.value.problems] == [field]
    assert rows(madrid) == []


def test_a_booking_is_required_where_it_is_reported_and_refused_elsewhere(madrid: World) -> None:
    with pytest.raises(InputRefused):
        offered(madrid, None)
    with madrid.database.writing() as session:
        report_to(session.get_one(Unit, madrid.unit_id), "sandbox")
    offered(madrid, None)
    with pytest.raises(InputRefused):
        offered(madrid, begins=20 * DAY)


@pytest.fixture
async def desk(madrid: World) -> AsyncIterator[Desk]:
    made = Desk.over(
        madrid, registries={"es": {"url": "https://es.invalid", "user": "u", "token": "t", "landlord": "1"}}
    )
    yield made
    await made.close()


def dates(world: World) -> dict[str, str]:
    """Two days ahead, in Madrid."""
    begins = datetime.fromtimestamp(world.now + 2 * DAY, ZoneInfo("Europe/Madrid"))
    return {"from": f"{begins:%Y-%m-%dT%H:%M}", "until": f"{begins + timedelta(days=2):%Y-%m-%dT%H:%M}"}


async def test_the_landlord_offers_with_a_booking_and_corrects_it_by_the_api(desk: Desk) -> None:
    landlord, unit = await desk.signed_in("landlord"), desk.world.unit_id
    assert (await landlord.get("/units")).json()[0]["reports_bookings"]
    bare = await landlord.post(f"/units/{unit}/offers", json=dates(desk.world))
    assert (bare.status_code, "who booked" in bare.text) == (422, True)
    booking = {"surname": "Núñez", "phone": "+34600000000", "rooms": 2, "payment": "card"}
    wrong = booking | {"card_expiry": "2029-09"}
    refused = await landlord.post(f"/units/{unit}/offers", json=dates(desk.world) | {"booking": wrong})
    assert (refused.status_code, "Expiry of the card" in refused.text) == (422, True)
    made = await landlord.post(f"/units/{unit}/offers", json=dates(desk.world) | {"booking": booking})
    stay = made.json()["stay_id"]
    assert (await landlord.get(f"/stays/{stay}/booking")).json()["surname"] == "Núñez"
    new = await landlord.put(f"/stays/{stay}/booking", json=booking | {"rooms": 1})
    filed = [(one["registry"], one["kind"], one["state"]) for one in new.json()["registrations"]]
    assert filed == [("es", "booking", "not_due"), ("es", "booking", "queued")]


async def test_the_landlord_enters_and_corrects_the_booking_on_the_pages(desk: Desk) -> None:
    landlord, unit = await desk.signed_in("landlord"), desk.world.unit_id
    page = f"http://testserver/landlord/units/{unit}/offer"
    assert 'name="booking.card_expiry"' in (await landlord.get(page)).text
    typed = dates(desk.world) | {"idempotency_key": "k1", "booking.surname": "Núñez", "booking.people": "x"}
    again = await landlord.post(page, data=typed)
    assert (again.status_code, 'value="Núñez"' in again.text) == (422, True)
    done = await landlord.post(page, data=typed | {"booking.people": "2", "booking.phone": "+34600000000"})
    assert done.status_code == 303
    stay = await landlord.get(f"http://testserver{done.headers['location']}")
    assert f"{done.headers['location']}/booking" in stay.text
    form = f"http://testserver{done.headers['location']}/booking"
    assert 'value="Núñez"' in (await landlord.get(form)).text
    wrong = await landlord.post(form, data={"booking.surname": "Núñez", "booking.card_expiry": "1"})
    assert (wrong.status_code, "such as 09/2029" in wrong.text) == (422, True)
    right = await landlord.post(form, data={"booking.surname": "Núñez", "booking.email": "a@b.example"})
    assert right.status_code == 303
    assert [row.kind for row in rows(desk.world)] == ["booking", "booking"]
