"""What changes how an account signs in needs a recent sign-in, and a sign-in ends the session before it."""

import os

import httpx
import pytest

from api.services.account.readiness import RECENT_SECONDS
from gateway.settings import Settings
from tests.parts.house import PASSWORD, House, good, refused

CHANGES = [
    ("POST", "/api/v1/passkeys/options"),
    ("DELETE", "/api/v1/passkeys/none"),
    ("POST", "/api/v1/me/second-factor/options"),
]
FORMS = [
    ("/account/passkeys/none/remove", "/login?next=%2Faccount"),
    ("/account/email", "/login?next=%2Faccount"),
    ("/account/second-factor/new", "/login?next=%2Faccount%2Fsecond-factor"),
]


@pytest.fixture
def house(house: House) -> House:
    """A house whose address has a name, which passkeys need."""
    house.gateway.settings = house.gateway.settings.model_copy(update={"public_url": "http://lodgekey.test"})
    return house


@pytest.mark.parametrize(("method", "path"), CHANGES)
async def test_a_factor_is_changed_in_a_new_session_only(house: House, method: str, path: str) -> None:
    client = house.client("landlord-a")
    house.now[0] += RECENT_SECONDS
    assert (await client.request(method, path)).status_code in (200, 201, 404)
    house.now[0] += 1
    refused(await client.request(method, path), 403, "sign_in_again")
    good(await client.get("/api/v1/passkeys"))


@pytest.mark.parametrize(("path", "led"), FORMS)
async def test_a_form_leads_to_the_sign_in_and_back_to_its_page(house: House, path: str, led: str) -> None:
    client = house.client("landlord-a")
    house.now[0] += RECENT_SECONDS + 1
    answer = await client.post(path)
    assert (answer.status_code, answer.headers["location"]) == (303, led)


async def sign_in(client: httpx.AsyncClient) -> str:
    """Sign in on the page; the session's token."""
    answer = await client.post("/login", data={"login": "landlord-a", "password": PASSWORD})
    return str(answer.cookies["lodgekey_session"])


async def test_the_session_before_ends_at_the_next_sign_in(house: House) -> None:
    client, other = house.client(), house.client("landlord-a")
    first = await sign_in(client)
    assert await sign_in(client) != first
    good(await client.get("/api/v1/me"))
    thief = house.client()
    thief.cookies.set("lodgekey_session", first)
    refused(await thief.get("/api/v1/me"), 401, "sign_in_needed")
    good(await other.get("/api/v1/me"))


async def test_a_refused_sign_in_ends_nothing(house: House) -> None:
    client = house.client("landlord-a")
    answer = await client.post("/login", data={"login": "landlord-a", "password": "wrong"})
    assert answer.status_code == 401
    good(await client.get("/api/v1/me"))


def test_officers_show_a_second_factor_unless_the_operator_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert os.environ["LODGEKEY_SECOND_FACTOR_ROLES"] == "[]", "as tests say for themselves"
    assert Settings().second_factor_roles == frozenset()
    monkeypatch.delenv("LODGEKEY_SECOND_FACTOR_ROLES")
    assert Settings().second_factor_roles == {"officer"}
