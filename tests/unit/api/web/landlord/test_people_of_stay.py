"""The landlord's page numbers the people of a stay: adults on any phone, and children; a second phone is nobody."""

import re

import httpx

from tests.parts.house import House, good
from tests.unit.api.http.tenant.test_family import declare
from tests.unit.api.http.tenant.test_stay import stay_of
from tests.unit.api.web.tenant.test_shared_phone import first_phone, let_pass, register_there


async def a_family(house: House) -> httpx.AsyncClient:
    """The landlord of a tenant with a second phone and a child, and of an adult registered on that phone."""
    browser, key_id = await first_phone(house)
    (offer,) = (await stay_of(house))["offers"]
    landlord = house.client("landlord-a")
    good(await landlord.post(f"/api/v1/offers/{offer['offer_id']}/phones"))
    house.now[0] += 1
    good(await declare(house, key_id))
    house.now[0] += 1
    await register_there(house, browser, key_id)
    await let_pass(house)
    return landlord


async def test_everybody_registered_is_numbered_once(house: House) -> None:
    await a_family(house)
    stay = await stay_of(house)
    first, _, _ = offers = sorted(stay["offers"], key=lambda offer: str(offer["state"]), reverse=True)
    assert len(offers) == 3
    adult, child, other = stay["people"]
    assert [one["number"] for one in (adult, child, other)] == [1, 2, 3]
    assert (adult["offer_id"], adult["declared_by"]) == (first["offer_id"], None)
    assert (child["offer_id"], child["declared_by"]) == (None, 1)
    assert other["declared_by"] is None
    assert other["offer_id"] not in (None, adult["offer_id"])


async def test_the_page_offers_the_steps_of_each_adult_and_says_who_left(house: House) -> None:
    landlord = await a_family(house)
    stay = await stay_of(house)
    page = (await landlord.get(f"/landlord/stays/{stay['id']}")).text
    assert [int(n) for n in re.findall(r"<summary>Tenant (\d) arrived later", page)] == [1, 3]
    assert "Child registered by tenant 1" in page
    other = stay["people"][2]["offer_id"]
    house.now[0] += 3600
    landlord = house.client("landlord-a")  # the session ended without use
    good(await landlord.post(f"/api/v1/offers/{other}/departure", json={}))
    page = (await landlord.get(f"/landlord/stays/{stay['id']}")).text
    assert [int(n) for n in re.findall(r"another phone of tenant (\d)", page)] == [1]
    assert "Has left" in page
    assert (await stay_of(house))["people"][2]["left"] is True
