"""The page of alerts: what is offered to whom, what is refused, and a webhook's secret that is shown once."""

import pytest

from gateway.domain.alerts import KINDS
from tests.parts.house import House, refused


@pytest.mark.parametrize(
    "address", ["a b@example.org", "a@b", "a@example.org,b@example.org", "a@example.org\r\nBcc: x"]
)
async def test_what_is_no_single_address_is_refused(house: House, address: str) -> None:
    answer = await house.client("landlord-a").put("/api/v1/alerts", json={"codes": list(KINDS), "email": address})
    refused(answer, 422, "input_refused")


async def test_the_page_of_an_officer_offers_what_an_officer_can_act_on(house: House) -> None:
    officer = house.client("officer-a")
    page = (await officer.get("/account/alerts")).text
    assert ('value="case_waits"' in page, 'value="jam"' in page, 'href="/officer"' in page) == (True, False, True)
    saved = await officer.post("/account/alerts", data={"email": "o@example.org", "codes": ["case_waits"]})
    assert saved.status_code == 303
    assert "/account/alerts" in (await officer.get("/officer")).text


async def test_the_page_saves_and_shows_a_new_secret_once(house: House) -> None:
    owner = house.client("landlord-a")
    form = {"email": "mira@example.org", "webhook_url": "https://hooks.example.org/x", "codes": ["jam"]}
    first = await owner.post("/account/alerts", data=form)
    assert "whsec_" in first.text
    assert (await owner.post("/account/alerts", data=form)).status_code == 303
    page = (await owner.get("/account/alerts")).text
    assert ("whsec_" in page, "mira@example.org" in page) == (False, True)
    assert (await owner.post("/account/alerts", data=form | {"email": "nobody"})).status_code == 422
