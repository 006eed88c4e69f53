"""An address that asks too fast waits, is refused, and keeps nobody else from a page or a door."""

import pytest

from api.framework.pace import COSTS, LONGEST_WAIT, REQUESTS, UNLOCKS, Paces, trusted
from tests.parts.house import House

STRANGER, TENANT, PROXY = "192.0.2.7", "192.0.2.8", "10.0.0.1"
RATE, BURST = REQUESTS
UNLOCK = "/api/v1/keys/none/unlock"


class Slept(list[float]):
    """The seconds each request waited, in place of waiting."""

    async def sleep(self, seconds: float) -> None:
        """Note the seconds."""
        self.append(seconds)


@pytest.fixture
def slept(house: House, monkeypatch: pytest.MonkeyPatch) -> Slept:
    """Gives the house rates whose clock stands still; the house's application is that of other tests, too."""
    noted, fixed = Slept(), Paces(trusted(PROXY), clock=lambda: 1000.0)
    monkeypatch.setattr(fixed, "sleep", noted.sleep)
    for name in ("requests", "unlocks", "sleep"):
        monkeypatch.setattr(house.app.state.paces, name, getattr(fixed, name))
    return noted


async def test_requests_beyond_the_burst_are_spaced(house: House, slept: Slept) -> None:
    stranger = house.client(client=STRANGER)
    statuses = {(await stranger.get("/healthz")).status_code for _ in range(BURST + 4)}
    assert statuses == {200}
    assert slept[-3:] == pytest.approx([1 / RATE, 2 / RATE, 3 / RATE])
    assert (await house.client(client=TENANT).get("/healthz")).status_code == 200
    assert len(slept) == pytest.approx(3, abs=1), "another address does not wait"


@pytest.mark.parametrize(("accept", "kind"), [("text/html", "text/html"), ("*/*", "application/problem+json")])
async def test_a_request_that_would_wait_for_long_is_refused(
    house: House, slept: Slept, accept: str, kind: str
) -> None:
    house.app.state.paces.requests.take(STRANGER, BURST + int((LONGEST_WAIT + 1) * RATE))
    answer = await house.client(client=STRANGER).get("/login", headers={"Accept": accept, "Accept-Language": "es"})
    assert (answer.status_code, slept) == (429, [])
    assert answer.headers["content-type"].startswith(kind)
    assert int(answer.headers["retry-after"]) >= LONGEST_WAIT
    text = answer.text if kind == "text/html" else answer.json()["detail"]
    assert "Demasiadas solicitudes desde su red." in text


async def test_guessing_makes_an_address_wait_for_longer(house: House, slept: Slept) -> None:
    requests, stranger = house.app.state.paces.requests, house.client(client=STRANGER)
    requests.take(STRANGER, BURST)
    form = {"login": "nobody", "password": "a guess"}
    assert (await stranger.post("/api/v1/sessions", json=form)).status_code == 401
    assert requests.wait(STRANGER) == pytest.approx(COSTS[401] / RATE)


async def test_a_door_opens_beside_pages_of_the_same_network(house: House, slept: Slept) -> None:
    house.app.state.paces.requests.take(STRANGER, 10_000)
    tenant = house.client(client=STRANGER)
    body = {"at": house.now[0], "nonce": "a" * 24, "signature": "A" * 86}
    assert (await tenant.get("/healthz")).status_code == 429
    assert (await tenant.post(UNLOCK, json=body)).status_code in (403, 404)
    assert slept == []


async def test_unlocking_has_a_rate_too(house: House, slept: Slept) -> None:
    stranger = house.client(client=STRANGER)
    for _ in range(UNLOCKS[1] + 3):
        await stranger.post(UNLOCK, json={})
    assert slept != []
    assert house.app.state.paces.requests.wait(STRANGER) == 0


async def test_a_trusted_proxy_has_no_rate(house: House, slept: Slept) -> None:
    house.app.state.paces.requests.take(PROXY, 10_000)
    assert (await house.client(client=PROXY).get("/healthz")).status_code == 200
    assert slept == []
