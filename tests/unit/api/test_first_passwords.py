"""A first password, which somebody else set, opens nothing but the change of the password."""

from typing import Final

import httpx
import pytest
from sqlalchemy import update

from api.framework.session_cookie import SESSION_COOKIE
from api.services.access import hash_password
from gateway.journey.accounts.operator import renew_password
from gateway.store import Account
from tests.parts.house import PASSWORD, House, good, refused
from tests.parts.world import DAY
from tests.unit.api.test_closed_routes import ask, routes

OWN: Final = "wide purple morning kettle"
CHANGES: Final = {("PUT", "/api/v1/me/password")} | {
    (method, "/account/first-password") for method in ("GET", "HEAD", "POST")
}
ANYBODYS: Final = ("/logout", "/login/officer/return", "/login/forgotten/{token}")  # they lead to /login whoever asks
FORM: Final = {"old": PASSWORD, "new": OWN, "again": OWN}


@pytest.fixture
def newcomers(house: House) -> dict[str, httpx.AsyncClient]:
    """A client of each role, signed in with a first password."""
    with house.gateway.database.writing() as session:
        session.execute(update(Account).values(password_is_first=True, first_password_at=house.now[0]))
    return {login: house.client(login) for login in ("landlord-a", "officer-a", "tester")}


def asks_to_sign_in(answer: httpx.Response) -> bool:
    """Whether a stranger got this answer because the route is for accounts."""
    if answer.status_code == 401:
        return bool(answer.json()["detail"] == "Sign in first.")
    return answer.status_code == 303 and answer.headers["location"].startswith("/login")


async def test_every_route_for_accounts_is_closed_until_the_password_is_changed(
    house: House, newcomers: dict[str, httpx.AsyncClient]
) -> None:
    stranger, closed, wrong = house.client(), 0, []
    for method, path in routes(house.app):
        if path in ANYBODYS or not asks_to_sign_in(await ask(stranger, method, path)):
            continue
        for login, client in newcomers.items():
            answer = await ask(client, method, path)
            if path.startswith("/api/"):
                shut = answer.status_code == 403 and answer.json()["code"] == "password_change_needed"
            else:
                shut = answer.headers.get("location", "").startswith("/account/first-password")
            closed += shut
            if shut is ((method, path) in CHANGES):
                wrong.append(f"{method} {path} by {login}: {answer.status_code}")
    assert wrong == []
    assert closed > 200


async def test_a_member_of_the_team_chooses_a_password_before_anything_else(house: House) -> None:
    form = {"login": "ada", "name": "Ada", "staff": "viewer"}
    first = good(await house.client("landlord-a").post("/api/v1/staff", json=form))["password"]
    ada = house.client()
    signed_in = await ada.post("/login", data={"login": "ada", "password": first, "next": "/landlord/calendar"})
    assert signed_in.headers["location"] == "/landlord/calendar"
    sent_on = await ada.get("/landlord/calendar")
    assert sent_on.headers["location"] == "/account/first-password?next=%2Flandlord%2Fcalendar"
    page = await ada.get(sent_on.headers["location"])
    assert 'name="next" value="/landlord/calendar"' in page.text
    assert page.text.count('autocomplete="new-password"') == 2
    kept = await ada.post("/account/first-password", data=FORM | {"old": first, "new": first, "again": first})
    assert (kept.status_code, "must differ from the current one" in kept.text) == (422, True)
    done = await ada.post("/account/first-password", data=FORM | {"old": first, "next": "/landlord/calendar"})
    assert (done.status_code, done.headers["location"]) == (303, "/landlord/calendar")
    assert (await ada.get("/landlord/calendar")).status_code == 200
    assert (await ada.get("/account/first-password")).headers["location"] == "/"
    refused(
        await house.client().post("/api/v1/sessions", json={"login": "ada", "password": first}), 401, "sign_in_needed"
    )


async def test_a_program_gets_a_problem_and_goes_on_when_it_is_solved(
    newcomers: dict[str, httpx.AsyncClient],
) -> None:
    landlord = newcomers["landlord-a"]
    problem = refused(await landlord.get("/api/v1/units"), 403, "password_change_needed")
    assert "your own password" in problem["detail"]
    changed = await landlord.put("/api/v1/me/password", json={"old": PASSWORD, "new": OWN})
    landlord.cookies.clear()
    landlord.cookies.set(SESSION_COOKIE, changed.cookies[SESSION_COOKIE])
    good(await landlord.get("/api/v1/units"))


async def test_a_password_that_the_operator_set_is_a_first_one(house: House) -> None:
    with house.gateway.database.writing() as session:
        password = renew_password(session, "officer-a", hash_password, house.now[0])
    officer = house.client()
    good(await officer.post("/api/v1/sessions", json={"login": "officer-a", "password": password}))
    refused(await officer.get("/api/v1/me"), 403, "password_change_needed")
    assert (await officer.post("/logout")).headers["location"] == "/login"


async def test_a_first_password_expires_after_a_week_and_only_who_knows_it_learns_that(house: House) -> None:
    form = {"login": "ada", "name": "Ada", "staff": "viewer"}
    owner = house.client("landlord-a")
    made = good(await owner.post("/api/v1/staff", json=form))
    early, late = house.client(), house.client()
    house.now[0] += 7 * DAY - 1
    good(await early.post("/api/v1/sessions", json={"login": "ada", "password": made["password"]}))
    house.now[0] += 1
    problem = refused(
        await late.post("/api/v1/sessions", json={"login": "ada", "password": made["password"]}), 401, "sign_in_needed"
    )
    assert "has expired. Ask an owner of your team" in problem["detail"]
    page = await late.post("/login", data={"login": "ada", "password": made["password"]})
    assert (page.status_code, "has expired" in page.text) == (401, True)
    guesses = [await late.post("/login", data={"login": name, "password": "guess"}) for name in ("ada", "nobody")]
    assert guesses[0].text.replace("ada", "nobody") == guesses[1].text
    assert "expired" not in guesses[0].text
    kept = await early.put("/api/v1/me/password", json={"old": made["password"], "new": OWN})
    assert "has expired" in refused(kept, 403, "password_wrong")["detail"]


async def test_an_owner_replaces_an_expired_password_and_nobody_elses(house: House) -> None:
    owner, form = house.client("landlord-a"), {"login": "ada", "name": "Ada", "staff": "desk"}
    made = good(await owner.post("/api/v1/staff", json=form))
    house.now[0] += 7 * DAY
    owner = house.client("landlord-a")
    shown = await owner.post(f"/landlord/staff/{made['id']}/password")
    assert "It is valid for 7 days." in shown.text
    first = shown.text.partition('class="code">')[2].partition("<")[0]
    ada = house.client()
    good(await ada.post("/api/v1/sessions", json={"login": "ada", "password": first}))
    refused(await ada.get("/api/v1/me"), 403, "password_change_needed")
    again = good(await owner.put(f"/api/v1/staff/{made['id']}/password"))["password"]
    assert again != first
    refused(await ada.get("/api/v1/me"), 401, "sign_in_needed")
    refused(await house.client("landlord-b").put(f"/api/v1/staff/{made['id']}/password"), 404, "not_found")
    own = next(row["id"] for row in good(await owner.get("/api/v1/staff")) if row["login"] == "landlord-a")
    refused(await owner.put(f"/api/v1/staff/{own}/password"), 409, "conflict")
    good(await owner.get("/api/v1/me"))


async def test_a_password_of_ones_own_does_not_expire_with_the_first(house: House) -> None:
    with house.gateway.database.writing() as session:
        password = renew_password(session, "tester", hash_password, house.now[0])
    tester = house.client()
    good(await tester.post("/api/v1/sessions", json={"login": "tester", "password": password}))
    assert (await tester.put("/api/v1/me/password", json={"old": password, "new": OWN})).status_code == 204
    house.now[0] += 700 * DAY
    good(await house.client().post("/api/v1/sessions", json={"login": "tester", "password": OWN}))
