"""A tenant registers those who came along: children by declaration, adults by a link; the phone signs both."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import segno
from sqlalchemy import select

from certs.keys import new_private_key
from gateway.registries import open_registry
from gateway.store import Person, RegistrationPerson
from tests.parts.house import House, Json, good, refused
from tests.parts.world import DAY
from tests.unit.api.http.tenant.test_stay import signed, stay_of

CHILD = {
    "surname": "Voorbeeld",
    "given_names": "Leo",
    "birth_date": "2019-05-04",
    "nationality": "NLD",
    "sex": "M",
}


async def declare(house: House, key_id: str, **changes: str) -> httpx.Response:
    person = json.dumps(CHILD | changes)
    body = {"person": person, **signed(house, "child", key_id, person)}
    return await house.client().post(f"/api/v1/keys/{key_id}/children", json=body)


async def test_a_declared_child_is_checked_in_and_gets_no_key(house: House) -> None:
    key_id = await house.key()
    child = good(await declare(house, key_id))["person"]
    stay = await stay_of(house)
    assert (stay["tenants"], len(stay["keys"])) == (2, 1)
    assert [filing["kind"] for filing in stay["registrations"]] == ["check_in", "check_in"]
    with house.gateway.database.reading() as session:
        row = session.get_one(Person, child)
        assert row.head_id is not None
        assert session.scalars(select(RegistrationPerson).where(RegistrationPerson.person_id == child)).one().sealed


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"birth_date": "1990-05-04"}, "birth_date"),
        ({"birth_date": "2031-02-30"}, "birth_date"),
        ({"birth_date": "2099-01-01"}, "birth_date"),
        ({"nationality": "XYZ"}, "nationality"),
        ({"surname": ""}, "surname"),
        ({"favourite_colour": "red"}, "favourite_colour"),
    ],
)
async def test_a_child_the_registry_would_refuse_is_refused_by_field(
    house: House, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], field: str
) -> None:
    registry = open_registry("sandbox", {"url": "http://127.0.0.1:9", "token": "t"}, lambda: house.now[0])
    monkeypatch.setattr(house.gateway, "registries", {"sandbox": registry})
    key_id = await house.key()
    body: Json = refused(await declare(house, key_id, **changes), 422, "input_refused")
    assert body["field"] == field
    assert (await stay_of(house))["tenants"] == 1
    await registry.close()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"surname": "<b>"}, "surname"),
        ({"given_names": "Leo{}"}, "given_names"),
        ({"surname": "x" * 81}, "surname"),
        ({"sex": "boy"}, "sex"),
        ({"nationality": "XYZ"}, "nationality"),
        ({"id_number": "NL12?34", "document_kind": "passport", "issuing_state": "NLD"}, "id_number"),
        ({"id_number": "NL1234567", "document_kind": "library card", "issuing_state": "NLD"}, "document_kind"),
        ({"id_number": "NL1234567", "document_kind": "passport", "issuing_state": "QQQ"}, "issuing_state"),
    ],
)
async def test_what_is_typed_of_a_child_is_held_against_the_rules_for_adults_whatever_the_registry(
    house: House, changes: dict[str, str], field: str
) -> None:
    key_id = await house.key()
    body: Json = refused(await declare(house, key_id, **changes), 422, "input_refused")
    assert body["field"] == field
    assert (await stay_of(house))["tenants"] == 1


async def test_the_form_asks_when_a_child_came_where_the_adult_came_on_an_earlier_day(house: House) -> None:
    key_id = await house.key()
    (tenant,) = [client for client in house.clients if "Authorization" in client.headers]
    assert 'name="arrived" aria-describedby="hint-child-arrived' not in (await tenant.get("/key")).text
    began, house.now[0] = house.now[0], house.now[0] + 2 * DAY
    assert 'name="arrived" aria-describedby="hint-child-arrived' in (await tenant.get("/key")).text
    wrong: Json = refused(await declare(house, key_id, arrived=moment(house.now[0] + 3600)), 422, "input_refused")
    (named,) = wrong["fields"]
    assert (named["field"], named["sentence"][:22]) == ("arrived", "Arrival of the child: ")
    refused(await declare(house, key_id, arrived="yesterday"), 422, "input_refused")
    child = good(await declare(house, key_id, arrived=moment(began + DAY)))["person"]
    with house.gateway.database.reading() as session:
        assert session.get_one(Person, child).arrived_at == began + DAY


def moment(at: int) -> str:
    """A time in UTC as RFC 3339 has it."""
    return datetime.fromtimestamp(at, UTC).isoformat()


async def test_only_the_phone_with_the_key_adds_anybody(house: House) -> None:
    key_id, person = await house.key(), json.dumps(CHILD)
    body: dict[str, Any] = {"person": person, **signed(house, "child", key_id, person, by=new_private_key())}
    refused(await house.client().post(f"/api/v1/keys/{key_id}/children", json=body), 403, "proof_refused")
    other = json.dumps(CHILD | {"given_names": "Mia"})
    body = {"person": other, **signed(house, "child", key_id, person)}
    refused(await house.client().post(f"/api/v1/keys/{key_id}/children", json=body), 403, "proof_refused")
    forged = signed(house, "companion", key_id, by=new_private_key())
    refused(await house.client().post(f"/api/v1/keys/{key_id}/companions", json=forged), 403, "proof_refused")


async def test_only_the_phone_with_the_key_says_that_everybody_is_registered(house: House) -> None:
    key_id = await house.key()
    forged = signed(house, "party", key_id, by=new_private_key())
    refused(await house.client().post(f"/api/v1/keys/{key_id}/party", json=forged), 403, "proof_refused")
    good(await house.client().post(f"/api/v1/keys/{key_id}/party", json=signed(house, "party", key_id)))


async def test_another_adult_gets_a_link_of_the_same_stay(house: House) -> None:
    key_id = await house.key()
    made = good(await house.client().post(f"/api/v1/keys/{key_id}/companions", json=signed(house, "companion", key_id)))
    stay = await stay_of(house)
    assert made["url"] in [offer["url"] for offer in stay["offers"]]
    assert len(stay["offers"]) == 2
    assert made["qr"] == segno.make(made["url"], error="m").svg_data_uri(border=2, scale=4)


async def test_the_landlord_says_when_a_tenant_arrived_and_left(house: House) -> None:
    await house.key()
    (offer,) = (await stay_of(house))["offers"]
    landlord, path = house.client("landlord-a"), f"/api/v1/offers/{offer['offer_id']}"
    good(
        await landlord.post(f"{path}/arrival", json={"arrived": f"{datetime.fromtimestamp(house.gateway.now(), UTC)}"})
    )
    body: Json = refused(
        await landlord.post(f"{path}/arrival", json={"arrived": "2199-01-01T10:00"}), 422, "input_refused"
    )
    assert body["field"] == "arrived"
    refused(await landlord.post(f"{path}/departure", json={"left": "2199-01-01T10:00"}), 409, "conflict")
    other = house.client("landlord-b")
    refused(await other.post(f"{path}/arrival", json={"arrived": "2026-01-01T10:00"}), 404, "not_found")


async def test_the_landlord_gives_another_phone_of_a_tenant_a_link(house: House) -> None:
    await house.key()
    (offer,) = (await stay_of(house))["offers"]
    landlord = house.client("landlord-a")
    good(await landlord.post(f"/api/v1/offers/{offer['offer_id']}/phones"))
    stay = await stay_of(house)
    assert (len(stay["offers"]), stay["tenants"]) == (2, 1)
    refused(await house.client("landlord-b").post(f"/api/v1/offers/{offer['offer_id']}/phones"), 404, "not_found")
