"""Staff of one landlord: each role at every route, adding and removing members, and no access to other landlords."""

import httpx
import pytest
from sqlalchemy import select

from gateway.domain.accounts.staff_rights import RIGHTS, may
from gateway.store import Account
from tests.parts.house import House, good, refused
from tests.unit.api.test_closed_routes import PUBLIC, filled, routes

# Routes for every account's own data, and routes with separate access rules (links, holders' keys, device enrolment).
OWN = ("/account", "/api/v1/me", "/api/v1/passkeys", "/api/v1/sessions", "/logout")
LANDLORDS = ("/landlord", "/api/v1/units", "/api/v1/stays", "/api/v1/offers", "/api/v1/staff", "/api/v1/alerts")
DECIDING = ("/api/v1/cases", "/{home}/cases", "/{home}/filings")
OWNING = ("/api/v1/staff", "/landlord/staff", "/api/v1/alerts", "/account/alerts")
OWNING_CHANGES = (("POST", "/api/v1/units"), ("PUT", "/api/v1/units/{unit_id}/registries"))
SAFE = ("GET", "HEAD")


def right_for(method: str, path: str) -> str | None:
    """The right that a landlord's route requires, by the rules; None for routes that are not a landlord's."""
    if path.startswith(OWNING) or (method, path) in OWNING_CHANGES:
        return "own"
    if path.startswith(DECIDING):
        return "decide"
    if path.startswith("/api/v1/registrations/") and not path.endswith(("/openings", "/corrections")):
        return "decide"
    if path.startswith(LANDLORDS) or path == "/api/v1/keys/{key_id}/revoke":
        return "see" if method in SAFE else "act"
    return None


def join(house: House, staff: str | None, who: str = "a") -> httpx.AsyncClient:
    """A member of landlord a's staff with this role, signed in."""
    login = f"{staff}-of-{who}"
    with house.gateway.database.writing() as session:
        owner = session.scalars(select(Account).where(Account.login == f"landlord-{who}")).one()
        row = Account(role="landlord", login=login, password_hash="", name=login, staff=staff)
        row.landlord_id = owner.landlord_id
        session.add(row)
    return house.client(login)


async def ask(client: httpx.AsyncClient, method: str, path: str) -> httpx.Response:
    """One request; where a form is missing, the refusal by right must precede the refusal by content."""
    body: dict[str, str] | None = {} if method not in SAFE and path.startswith("/api/") else None
    return await client.request(
        method, filled(path).replace("x" * 32, "landlord", 1 if "{home}" in path else 0), json=body
    )


@pytest.mark.parametrize("staff", [*RIGHTS, "somebody", None])
async def test_each_role_at_every_route_of_a_landlords(house: House, staff: str | None) -> None:
    client, counted = join(house, staff), {"let in": 0, "refused": 0}
    for method, path in routes(house.app):
        right = right_for(method, path)
        if right is None or (method, path) in PUBLIC or path.startswith(OWN):
            continue
        answer = await ask(client, method, path)
        if may(staff, right):  # type: ignore[arg-type]
            assert answer.status_code not in (401, 403), (staff, method, path, answer.text)
            counted["let in"] += 1
        else:
            assert answer.status_code == 403, (staff, method, path, answer.status_code)
            counted["refused"] += 1
    assert sum(counted.values()) >= 30
    assert (counted["refused"] == 0) == (staff == "owner")
    assert (counted["let in"] == 0) == (staff in ("somebody", None))


async def test_every_route_of_a_landlords_needs_a_right(house: House) -> None:
    """A viewer cannot change anything, including through routes added after the rights were defined."""
    client = join(house, "viewer")
    open_doors = []
    for method, path in routes(house.app):
        if method in SAFE or (method, path) in PUBLIC or path.startswith(OWN):
            continue
        answer = await ask(client, method, path)
        if answer.status_code not in (401, 403, 404, 410, 422):
            open_doors.append((method, path, answer.status_code))
        if answer.status_code in (404, 422) and path.startswith(LANDLORDS):
            open_doors.append((method, path, answer.status_code))
    assert open_doors == []


async def test_a_viewer_sees_stays_without_the_links_that_let_somebody_in(house: House) -> None:
    offer, viewer = await house.offer(), join(house, "viewer")
    token = offer["url"].rpartition("/")[2]
    for path in (
        "/api/v1/stays",
        f"/api/v1/stays/{offer['stay_id']}",
        "/landlord",
        f"/landlord/stays/{offer['stay_id']}",
    ):
        answer = await viewer.get(path)
        assert answer.status_code == 200, path
        assert token not in answer.text, path
    assert token in (await join(house, "desk").get(f"/landlord/stays/{offer['stay_id']}")).text


async def test_a_viewer_is_shown_no_button_that_would_be_refused(house: House) -> None:
    offer, viewer = await house.offer(), join(house, "viewer")
    for path in ("/landlord", f"/landlord/stays/{offer['stay_id']}"):
        page = (await viewer.get(path)).text
        assert 'method="post" action="/landlord' not in page
        assert '/offer"' not in page


async def test_an_owner_takes_somebody_on_who_signs_in_with_the_password_shown_once(house: House) -> None:
    owner = house.client("landlord-a")
    form = {"login": "desk.one", "name": "Desk One", "staff": "desk"}
    made = good(await owner.post("/api/v1/staff", json=form))
    assert made["password"] not in str(good(await owner.get("/api/v1/staff")))
    desk = house.client()
    good(await desk.post("/api/v1/sessions", json={"login": "desk.one", "password": made["password"]}))
    refused(await desk.get("/api/v1/units"), 403, "password_change_needed")
    changed = {"old": made["password"], "new": "wide purple morning kettle"}
    assert (await desk.put("/api/v1/me/password", json=changed)).status_code == 204
    assert len(good(await desk.get("/api/v1/units"))) == 1
    refused(await owner.post("/api/v1/staff", json=form), 409, "conflict")
    refused(await owner.post("/api/v1/staff", json=form | {"login": "x y"}), 422, "input_refused")
    refused(await owner.post("/api/v1/staff", json=form | {"login": "boss", "staff": "officer"}), 422, "input_refused")


async def test_whoever_is_let_go_is_signed_out_at_once_and_for_good(house: House) -> None:
    owner = house.client("landlord-a")
    made = good(await owner.post("/api/v1/staff", json={"login": "desk.one", "name": "Desk", "staff": "desk"}))
    desk, sign_in = house.client(), {"login": "desk.one", "password": made["password"]}
    good(await desk.post("/api/v1/sessions", json=sign_in))
    good(await owner.delete(f"/api/v1/staff/{made['id']}"))
    refused(await desk.get("/api/v1/units"), 401, "sign_in_needed")
    refused(await desk.post("/api/v1/sessions", json=sign_in), 401, "sign_in_needed")
    assert [row["login"] for row in good(await owner.get("/api/v1/staff"))] == ["landlord-a"]


async def test_the_last_owner_stays(house: House) -> None:
    owner = house.client("landlord-a")
    me = good(await owner.get("/api/v1/staff"))[0]["id"]
    refused(await owner.delete(f"/api/v1/staff/{me}"), 409, "conflict")
    second = good(await owner.post("/api/v1/staff", json={"login": "owner2", "name": "Second", "staff": "owner"}))
    good(await owner.delete(f"/api/v1/staff/{second['id']}"))


async def test_staff_of_another_landlord_look_like_nobody(house: House) -> None:
    stranger, owner = house.client("landlord-b"), house.client("landlord-a")
    me = good(await owner.get("/api/v1/staff"))[0]["id"]
    foreign = refused(await stranger.delete(f"/api/v1/staff/{me}"), 404, "not_found")
    assert foreign == refused(await stranger.delete(f"/api/v1/staff/{'x' * 36}"), 404, "not_found")
    assert [row["login"] for row in good(await stranger.get("/api/v1/staff"))] == ["landlord-b"]


async def test_the_page_shows_a_password_once_and_keeps_what_is_refused_out(house: House) -> None:
    owner, form = house.client("landlord-a"), {"login": "desk.two", "name": "Two", "staff": "desk"}
    page = (await owner.post("/landlord/staff", data=form)).text
    assert "Initial password" in page
    assert "Initial password" not in (await owner.get("/landlord/staff")).text
    assert (await owner.post("/landlord/staff", data=form)).status_code == 409
    assert (await owner.post("/landlord/staff", data=form | {"login": "a"})).status_code == 422
