"""A photo of a child's document fills in the form; what the adult left as it was counts as read."""

import json
from pathlib import Path

import httpx
import pytest

from gateway.domain.verification.port import DocumentReading, IdentityBusy
from gateway.journey.filings.person_fields import person_sources
from gateway.store import Person
from tests.parts.house import House, Json, good, named, photograph, refused
from tests.unit.api.http.tenant.test_stay import signed

LEO = {
    "surname": "VOORBEELD",
    "given_names": "LEO",
    "id_number": "XR2002R58",
    "birth_date": "2019-05-04",
    "nationality": "D<<",
    "issuing_state": "D<<",
    "sex": "M",
    "expiry_date": "2030-01-01",
}


async def photographed(house: House, tenant: httpx.AsyncClient, picture: bytes = b"") -> httpx.Response:
    """Hand in the photo of a child's document."""
    files = {"document": ("d.jpg", picture or photograph())}
    return await tenant.post("/api/v1/onboarding/child-document", files=files)


async def registered(house: House) -> tuple[httpx.AsyncClient, str]:
    """A tenant with a key on the phone, and the key's id."""
    offer_of_key = await house.key()
    stay = good(await house.client("landlord-a").get("/api/v1/stays"))[0]
    return house.client(offer=stay["offers"][0]["url"].rpartition("/")[2]), offer_of_key


async def declare(house: House, key_id: str, person: Json) -> httpx.Response:
    text = json.dumps(person)
    body = {"person": text, **signed(house, "child", key_id, text)}
    return await house.client().post(f"/api/v1/keys/{key_id}/children", json=body)


async def test_what_was_read_fills_the_form_and_keeps_its_source(house: House) -> None:
    tenant, key_id = await registered(house)
    house.identity.fields = LEO
    answer = good(await photographed(house, tenant))
    read = answer["fields"]
    assert read == {
        **{name: LEO[name] for name in ("surname", "given_names", "id_number", "birth_date", "sex")},
        "nationality": "DEU",
        "issuing_state": "DEU",
        "document_kind": "passport",
    }
    child = good(await declare(house, key_id, read | {"given_names": "Leo Maria", "reading": answer["reading"]}))
    with house.gateway.database.reading() as session:
        sources = person_sources(session.get_one(Person, child["person"]), house.gateway.keyring)
    assert sources["id_number"] == {"read": "XR2002R58"}
    assert sources["given_names"] == {"read": "LEO", "typed": "Leo Maria"}


async def test_a_reading_is_of_the_hour_and_of_the_stay(house: House) -> None:
    tenant, key_id = await registered(house)
    house.identity.fields = LEO
    answer = good(await photographed(house, tenant))
    house.now[0] += 3_600
    late = await declare(house, key_id, answer["fields"] | {"reading": answer["reading"]})
    assert refused(late, 422, "input_refused")["field"] == "reading"


async def test_nothing_of_the_photo_is_stored(house: House) -> None:
    tenant, _ = await registered(house)
    before, people = files_of(house), people_of(house)
    good(await photographed(house, tenant))
    assert (files_of(house), people_of(house)) == (before, people)


def files_of(house: House) -> set[Path]:
    """The files in the gateway's folder."""
    return {path for path in Path(house.gateway.settings.folder).rglob("*") if path.is_file()}


def people_of(house: House) -> int:
    """How many people are stored."""
    with house.gateway.database.reading() as session:
        return session.query(Person).count()


async def test_a_photo_without_a_document_is_refused_by_its_problem(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant, _ = await registered(house)

    async def nothing(image: bytes) -> DocumentReading:
        return DocumentReading("unknown", {}, ("document_cropped",))

    monkeypatch.setattr(house.identity, "read_document", nothing)
    body = refused(await photographed(house, tenant), 422, "input_refused")
    assert named(body) == [{"field": "document", "code": "document_cropped"}]


@pytest.mark.parametrize(
    ("picture", "code"), [(b"no picture", "not_an_image"), (b"\xff\xd8" + bytes(8 * 1024 * 1024), "too_large")]
)
async def test_what_is_no_picture_is_refused(house: House, picture: bytes, code: str) -> None:
    tenant, _ = await registered(house)
    body = refused(await photographed(house, tenant, picture), 422, "input_refused")
    assert named(body) == [{"field": "document", "code": code}]


async def test_readers_that_are_busy_say_when_to_try_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant, _ = await registered(house)

    async def busy(image: bytes) -> DocumentReading:
        raise IdentityBusy(7)

    monkeypatch.setattr(house.identity, "read_document", busy)
    assert (await photographed(house, tenant)).status_code == 503


async def test_only_a_tenant_with_a_key_has_documents_read_and_not_without_end(house: House) -> None:
    stranger, _ = await house.tenant("b")
    refused(await photographed(house, stranger), 409, "conflict")
    tenant, _ = await registered(house)
    for _ in range(20):
        good(await photographed(house, tenant))
    refused(await photographed(house, tenant), 429, "too_many_attempts")
