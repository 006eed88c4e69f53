"""A tenant whose registration was refused corrects it on the page of the key, which stays as it is."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from gateway.domain.filings.record import Refused
from gateway.domain.stays.offer import token_of
from gateway.journey.filings.answers import record_registry_answer
from gateway.journey.filings.corrections import reason_of
from gateway.journey.filings.person_fields import person_fields
from gateway.journey.filings.refusals import belongs_to
from gateway.journey.stays.landlord import add_offer
from gateway.store import Key, Offer, Person, Registration, Stay, Unit
from tests.integration.gateway.registries.test_filings import ITALY
from tests.parts.desk import Desk
from tests.parts.registry import before_the_rules
from tests.parts.world import FIELDS, World, report_to

PAGE = "http://testserver/key"
NO_BIRTH_COUNTRY = Refused("missing", None, {"field": "people[0].birth_country"})


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    made = Desk.over(world, registries=ITALY)
    with made.gateway.database.writing() as session:
        unit = session.get_one(Unit, world.unit_id)
        unit.jurisdiction = "it"
        report_to(unit, "it")
    yield made
    await made.close()


def refused_tenant(desk: Desk, answer: Refused = NO_BIRTH_COUNTRY, **fields: str) -> tuple[str, httpx.AsyncClient]:
    """A tenant with a key whose check-in was refused: the link's token, and a client with the link."""
    token = desk.world.offer()
    desk.world.consent(token)
    with before_the_rules():
        desk.world.show(token, fields=FIELDS | fields)
    with desk.gateway.database.writing() as session:
        record_registry_answer(session, filings(desk)[-1].id, answer, desk.world.now)
    return token, desk.client(Authorization=f"Offer {token}")


def filings(desk: Desk) -> list[Registration]:
    with desk.gateway.database.reading() as session:
        return list(session.scalars(select(Registration).order_by(Registration.created_at, Registration.number)))


def key_of(desk: Desk) -> tuple[str, str]:
    with desk.gateway.database.reading() as session:
        key = session.scalars(select(Key)).one()
        return key.id, key.desired


async def refusal(client: httpx.AsyncClient) -> dict[str, Any]:
    (found,) = (await client.get("/onboarding/refusals")).json()
    return dict(found)


async def test_the_tenant_is_asked_for_the_wrong_field_only_and_it_goes_out_again(desk: Desk) -> None:
    _, client = refused_tenant(desk)
    before, found = key_of(desk), await refusal(client)
    assert (found["fields"], found["person"]) == (["birth_country"], 1)
    body = {"registration": found["registration"], "person": 1, "fields": {"birth_country": "NLD"}}
    answer = await client.post("/onboarding/corrections", json=body)
    assert (answer.status_code, answer.json()) == (201, [])
    assert [(row.kind, row.state) for row in filings(desk)] == [("check_in", "refused"), ("check_in", "queued")]
    assert key_of(desk) == before
    with desk.gateway.database.reading() as session:
        author = f"tenant:{session.scalars(select(Person.id)).one()}"
    assert (filings(desk)[-1].corrected_by, filings(desk)[-1].corrected_fields) == (author, ["birth_country"])


async def test_another_field_than_the_refused_one_cannot_be_corrected_by_the_tenant(desk: Desk) -> None:
    _, client = refused_tenant(desk)
    found = await refusal(client)
    body = {"registration": found["registration"], "fields": {"surname": "Ander"}}
    assert (await client.post("/onboarding/corrections", json=body)).status_code == 422
    assert len(filings(desk)) == 1


async def test_what_the_registry_would_refuse_again_is_refused_at_once(desk: Desk) -> None:
    _, client = refused_tenant(desk)
    found = await refusal(client)
    body = {"registration": found["registration"], "fields": {"birth_country": "XXQ"}}
    assert (await client.post("/onboarding/corrections", json=body)).status_code == 422
    assert len(filings(desk)) == 1


async def test_a_name_of_the_authoritys_table_is_stored_as_its_code_and_another_text_is_refused(desk: Desk) -> None:
    born = {"person.birth_country": "ITA", "person.birth_place_code": "412058091"}
    _, client = refused_tenant(desk, Refused("E7", "Luogo di nascita non valido"), **born)
    found = await refusal(client)
    body = {"registration": found["registration"], "fields": {"birth_place_code": "Samone"}}
    refused = await client.post("/onboarding/corrections", json=body)
    assert (refused.status_code, refused.json()["fields"][0]["code"]) == (422, "code_of_several")
    body = {"registration": found["registration"], "fields": {"birth_place_code": "forli"}}
    assert (await client.post("/onboarding/corrections", json=body)).status_code == 201
    with desk.gateway.database.reading() as session:
        [person] = session.scalars(select(Person))
        assert person_fields(person, desk.world.keyring)["person.birth_place_code"] == "408140012"


async def test_an_answer_that_names_no_field_lets_the_tenant_check_all_of_theirs(desk: Desk) -> None:
    _, client = refused_tenant(desk, Refused("E7", "Documento non valido"), **{"person.birth_country": "NLD"})
    found = await refusal(client)
    assert found["sentence"] == "Documento non valido"
    assert {"surname", "given_names", "id_number", "birth_country"} <= set(found["fields"])
    body = {"registration": found["registration"], "fields": {"id_number": "ZZ9999999"}}
    assert (await client.post("/onboarding/corrections", json=body)).status_code == 201


async def test_somebody_elses_refusal_is_neither_shown_nor_corrected(desk: Desk) -> None:
    refused_tenant(desk)
    refused_row = filings(desk)[0].id
    with desk.gateway.database.writing() as session:
        offer = add_offer(session, session.scalars(select(Stay)).one(), desk.world.now)
        other = token_of(offer.id, desk.world.keyring.offer_secret)
    desk.world.consent(other)
    desk.world.show(other, fields=FIELDS | {"id_number": "XR2002R58", "person.birth_country": "NLD"})
    client = desk.client(Authorization=f"Offer {other}")
    assert (await client.get("/onboarding/refusals")).json() == []
    body = {"registration": refused_row, "fields": {"birth_country": "NLD"}}
    assert (await client.post("/onboarding/corrections", json=body)).status_code == 404


async def test_the_page_asks_and_keeps_what_was_typed_when_it_is_wrong(desk: Desk) -> None:
    _, client = refused_tenant(desk, Refused("E7", "Documento non valido"), **{"person.birth_country": "NLD"})
    shown = await client.get(PAGE)
    assert "Your registration was not accepted" in shown.text
    assert "Documento non valido" in shown.text
    form = {"registration": filings(desk)[0].id, "person": "1", "field.birth_date": "2090-01-01", "field.surname": "Q"}
    again = await client.post(f"{PAGE}/correction", data=form)
    assert again.status_code == 422
    assert 'value="2090-01-01"' in again.text
    assert 'href="#in-1-birth_date"' in again.text
    assert FIELDS["id_number"] not in again.text
    done = await client.post(f"{PAGE}/correction", data=form | {"field.birth_date": "1985-03-04"})
    assert (done.status_code, done.headers["location"]) == (303, "/key?done=keypage.done.corrected")
    assert "Your registration was not accepted" not in (await client.get(PAGE)).text


async def test_the_landlords_form_keeps_what_was_typed_and_finds_a_name_in_the_authoritys_table(desk: Desk) -> None:
    born = {"person.birth_country": "ITA", "person.birth_place_code": "412058091"}
    refused_tenant(desk, Refused("E7", "Luogo di nascita non valido"), **born)
    landlord, record = await desk.signed_in("landlord"), filings(desk)[0].id
    url = f"http://testserver/landlord/filings/{record}"
    form = {"field": "birth_place_code", "value": "Samone", "reason": "ok"}
    again = await landlord.post(f"{url}/correction", data=form)
    assert again.status_code == 422
    assert 'href="#in-reason"' in again.text
    assert 'data-search="birth_place_code"' not in again.text, "the places of this name are listed"
    again = await landlord.post(f"{url}/correction", data=form | {"reason": "the identity card says so"})
    assert (again.status_code, again.text.count('href="#in-value"')) == (422, 1)
    assert "SAMONE (TN)" in again.text
    assert 'value="the identity card says so"' in again.text
    found = (await landlord.get(f"/registrations/{record}/codes?path=birth_place_code&text=samone")).json()
    assert {entry["name"] for entry in found} >= {"SAMONE (TN)", "SAMONE (TO)"}
    assert (await landlord.get(f"/registrations/{record}/codes?path=surname&text=samone")).json() == []
    done = await landlord.post(f"{url}/correction", data=form | {"value": "forli", "reason": "the card says so"})
    assert done.status_code == 303


async def test_the_reason_of_a_correction_goes_with_the_person(desk: Desk) -> None:
    refused_tenant(desk)
    landlord, record = await desk.signed_in("landlord"), filings(desk)[0].id
    body = {"fields": {"birth_country": "NLD"}, "reason": "Ada told me"}
    assert (await landlord.post(f"/registrations/{record}/corrections", json=body)).status_code == 201
    row = filings(desk)[-1]
    assert row.correction_reason is not None
    assert b"Ada" not in row.correction_reason
    assert reason_of(row, desk.world.keyring) == "Ada told me"
    desk.gateway.vault.erase(row.person_id)
    assert reason_of(row, desk.world.keyring) == ""


async def test_the_landlord_corrects_or_sends_again_what_was_refused(desk: Desk) -> None:
    refused_tenant(desk)
    landlord, record = await desk.signed_in("landlord"), filings(desk)[0].id
    shown = (await landlord.get(f"/registrations/{record}/preview")).json()
    assert shown["filing"]["actions"] == ["correct", "send_again", "register_by_hand"]
    assert {"tenant", "officer"} <= set(shown["problems"][0]["menders"])
    page = await landlord.get(f"http://testserver/landlord/filings/{record}?field=birth_country")
    assert '<option value="NLD"' in page.text
    body = {"fields": {"birth_country": "NLD"}, "reason": "the tenant said so"}
    filed = await landlord.post(f"/registrations/{record}/corrections", json=body)
    assert filed.status_code == 201
    shown = (await landlord.get(f"/registrations/{filed.json()['id']}/preview")).json()["correction"]
    assert (shown["by"], shown["fields"], shown["reason"]) == ("landlord", ["birth_country"], "the tenant said so")
    page = await landlord.get(f"http://testserver/landlord/filings/{filed.json()['id']}")
    assert "the tenant said so" in page.text
    assert (await landlord.post(f"/registrations/{record}/repeats")).status_code == 409
    assert (await landlord.get("/registrations/attention")).json() == []


async def test_a_refused_record_is_sent_again_from_the_page(desk: Desk) -> None:
    refused_tenant(desk, Refused("E7", "Servizio non disponibile"), **{"person.birth_country": "NLD"})
    landlord, record = await desk.signed_in("landlord"), filings(desk)[0].id
    done = await landlord.post(f"http://testserver/landlord/filings/{record}/repeat")
    assert (done.status_code, len(filings(desk))) == (303, 2)


def test_who_has_no_link_of_their_own_is_corrected_by_the_adult_who_declared_them() -> None:
    offer = Offer(person_id="adult")
    assert belongs_to(offer, Person(id="adult"))
    assert belongs_to(offer, Person(id="child", head_id="adult"))
    assert not belongs_to(offer, Person(id="other"))
    assert not belongs_to(Offer(), Person(id="other"))
