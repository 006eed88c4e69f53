"""A family in Spain gives its address once: children and the other adult have it too, and nobody is shown it."""

import json
from collections.abc import AsyncIterator
from typing import Final

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select

from certs.keys import jwk_of
from gateway.domain.filings.record import PersonFacts
from gateway.journey.filings.person_fields import person_facts, person_fields
from gateway.store import Offer, Person
from tests.parts.house import CONSENTS, House, Json, good, named, refused
from tests.unit.api.http.tenant.test_stay import signed, stay_of
from tests.unit.api.http.tenant.test_typed_documents import EVA, HOME, Office

JAN: Final = EVA | {"id_number": "XR4004R58", "given_names": "Jan", "sex": "M"}
CHILD: Final = {
    "given_names": "Leo", "birth_date": "2019-05-04", "nationality": "NLD", "sex": "M", "relation": "child",
}  # fmt: skip


@pytest_asyncio.fixture
async def spain(house: House) -> AsyncIterator[Office]:
    made = Office(house)
    made.choose("es")
    yield made
    for adapter in made.adapters:
        await adapter.close()


async def first_adult(office: Office) -> str:
    """Eva registers with her address and gets the key; its id."""
    await office.passed(holder_key=json.dumps(jwk_of(office.house.phone.public_key())))
    assert office.tenant is not None
    keys: list[str] = good(await office.tenant.get("/api/v1/onboarding"))["keys"]
    return keys[0]


async def second_adult(office: Office, key_id: str) -> httpx.AsyncClient:
    """Jan opens the link that Eva's phone made, and consents."""
    path = f"/api/v1/keys/{key_id}/companions"
    link = good(await office.house.client().post(path, json=signed(office.house, "companion", key_id)))
    tenant = office.house.client(offer=link["url"].rpartition("/")[2])
    good(await tenant.post("/api/v1/onboarding/consents", json=CONSENTS))
    return tenant


async def declare(office: Office, key_id: str, changes: Json) -> httpx.Response:
    text = json.dumps(CHILD | changes)
    body = {"person": text, **signed(office.house, "child", key_id, text)}
    return await office.house.client().post(f"/api/v1/keys/{key_id}/children", json=body)


def facts_of(office: Office, given_names: str) -> PersonFacts:
    """The person with these given names, as registries take them."""
    with office.house.gateway.database.reading() as session:
        people = [(one.id, person_fields(one, office.house.gateway.keyring)) for one in session.scalars(select(Person))]
    (found,) = [person_facts(name, fields) for name, fields in people if fields["given_names"] == given_names]
    return found


async def test_a_child_has_the_adults_home_and_on_request_the_surname(spain: Office) -> None:
    key_id = await first_adult(spain)
    good(await declare(spain, key_id, {"same_surname": "yes", "same_residence": "yes"}))
    leo, eva = facts_of(spain, "Leo"), facts_of(spain, "Eva")
    assert (leo.surname, leo.residence, leo.phone) == ("Jansen", eva.residence, eva.phone)
    body: Json = refused(await declare(spain, key_id, {"given_names": "Mia"}), 422, "input_refused")
    assert named(body) == [{"field": "surname", "code": "surname_missing"}]


async def test_a_child_who_lives_elsewhere_has_nothing_of_the_adults_address(spain: Office) -> None:
    key_id = await first_adult(spain)
    home = {"residence.street": "Gracht 2", "residence.country": "BEL", "residence.postal_code": "2000"}
    body: Json = refused(await declare(spain, key_id, home | {"surname": "Peeters"}), 422, "input_refused")
    assert named(body) == [{"field": "residence.municipality", "code": "missing"}]
    good(await declare(spain, key_id, home | {"surname": "Peeters", "residence.municipality": "Antwerpen"}))
    leo = facts_of(spain, "Leo")
    assert (leo.residence.street, leo.residence.municipality) == ("Gracht 2", "Antwerpen")
    assert leo.phone == HOME["phone"], "the adult answers for the child"


async def test_the_other_adult_lives_there_without_being_shown_where(spain: Office) -> None:
    jan = await second_adult(spain, await first_adult(spain))
    shown = await jan.get("/api/v1/onboarding")
    assert good(shown)["asks_same_residence"] is True
    form = JAN | {"same_residence": "true", "facts": json.dumps({"phone": "+31 6 12345678"})}
    answer = await jan.post("/api/v1/onboarding/verification", data=form)
    assert good(answer)["stage"] == "review"
    await spain.decide()
    assert facts_of(spain, "Jan").residence == facts_of(spain, "Eva").residence
    assert facts_of(spain, "Jan").phone == "+31 6 12345678"
    for page in (shown, answer, await jan.get("/api/v1/onboarding")):
        assert not [text for text in HOME.values() if text in page.text and text != "NLD"]


async def test_an_address_of_ones_own_goes_before_the_inviters(spain: Office) -> None:
    jan = await second_adult(spain, await first_adult(spain))
    own = HOME | {"residence.street": "Gracht 2", "residence.municipality": "Utrecht"}
    form = JAN | {"same_residence": "true", "facts": json.dumps(own)}
    assert good(await jan.post("/api/v1/onboarding/verification", data=form))["stage"] == "review"
    await spain.decide()
    assert facts_of(spain, "Jan").residence.street == "Gracht 2"


async def test_a_phone_or_an_address_is_asked_where_the_registry_wants_it_of_each_adult(spain: Office) -> None:
    jan = await second_adult(spain, await first_adult(spain))
    answer = await jan.post("/api/v1/onboarding/verification", data=JAN | {"same_residence": "true"})
    assert named(refused(answer, 422, "input_refused")) == [{"field": "phone", "code": "no_contact"}]


async def test_the_other_adult_is_reached_like_the_first_without_being_shown_how(spain: Office) -> None:
    jan = await second_adult(spain, await first_adult(spain))
    shown = await jan.get("/api/v1/onboarding")
    assert good(shown)["asks_same_contact"] is True
    form = JAN | {"same_residence": "true", "same_contact": "true"}
    answer = await jan.post("/api/v1/onboarding/verification", data=form)
    assert good(answer)["stage"] == "review"
    await spain.decide()
    assert facts_of(spain, "Jan").phone == facts_of(spain, "Eva").phone == HOME["phone"]
    assert HOME["phone"] not in shown.text + answer.text


async def test_a_phone_number_of_ones_own_goes_before_the_inviters(spain: Office) -> None:
    jan = await second_adult(spain, await first_adult(spain))
    own = {"same_residence": "true", "same_contact": "true", "facts": json.dumps({"email": "jan@example.org"})}
    assert good(await jan.post("/api/v1/onboarding/verification", data=JAN | own))["stage"] == "review"
    await spain.decide()
    assert (facts_of(spain, "Jan").phone, facts_of(spain, "Jan").email) == ("", "jan@example.org")


async def test_who_was_invited_by_the_landlord_shares_no_home(spain: Office) -> None:
    await first_adult(spain)
    office, stay = spain.house.client("landlord-a"), await stay_of(spain.house)
    link = good(await office.post(f"/api/v1/stays/{stay['id']}/offers"))
    jan = spain.house.client(offer=link["url"].rpartition("/")[2])
    good(await jan.post("/api/v1/onboarding/consents", json=CONSENTS))
    onboarding = good(await jan.get("/api/v1/onboarding"))
    assert (onboarding["asks_same_residence"], onboarding["asks_same_contact"]) == (False, False)
    form = JAN | {"same_residence": "true", "same_contact": "true"}
    answer = await jan.post("/api/v1/onboarding/verification", data=form)
    missing = {fault["field"] for fault in named(refused(answer, 422, "input_refused"))}
    assert "residence.street" in missing


@pytest.mark.parametrize("ticked", [True, False])
async def test_the_form_asks_a_residence_while_the_box_is_not_ticked(spain: Office, *, ticked: bool) -> None:
    jan = await second_adult(spain, await first_adult(spain))
    token = jan.headers["Authorization"].removeprefix("Offer ")
    browser = spain.house.client()
    assert (await browser.get(f"/o/{token}")).status_code == 303
    sent = {"text_version": "2026-11"} | ({"same_residence": "yes"} if ticked else {})
    page = await browser.post("/onboarding", data=sent)
    box = page.text.split('name="same_residence"')[1].split(">")[0]
    assert ("checked" in box) is ticked
    assert (
        "{&#34;same_residence&#34;: [&#34;&#34;]}" in page.text or "same_residence&quot;: [&quot;&quot;]" in page.text
    )
    assert "Kade 1" not in page.text


async def test_who_invited_whom_is_known(spain: Office) -> None:
    key_id = await first_adult(spain)
    await second_adult(spain, key_id)
    with spain.house.gateway.database.reading() as session:
        offers = session.scalars(select(Offer).order_by(Offer.created_at, Offer.invited_by.is_not(None))).all()
        assert [offer.invited_by for offer in offers] == [None, offers[0].person_id]
