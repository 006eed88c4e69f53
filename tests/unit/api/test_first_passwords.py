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
from tests.unit.api.test_closed_routes import ask, routes

OWN: Final = "wide purple morning kettle"
CHANGES: Final = {("PUT", "/api/v1/me/password")} | {
    (method, "/account/first-password") for method in ("GET", "HEAD", "POST")
}
ANYBODYS: Final = ("/logout", "/login/officer/return")  # they lead to /login whoever asks
FORM: Final = {"old": PASSWORD, "new": OWN, "again": OWN}


@pytest.fixture
def newcomers(house: House) -> dict[str, httpx.AsyncClient]:
    """A client of each role, signed in with a first password."""
    with house.gateway.database.writing() as session:
        session.execute(update(Account).values(password_is_first=True))
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
