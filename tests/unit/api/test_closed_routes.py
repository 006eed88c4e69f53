"""Deny by default: every route, requested by strangers, by the wrong role, and by the wrong landlord."""

from collections.abc import Iterator
from typing import Final

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from tests.parts.house import House, good, refused

# Public routes, by method and path. All other routes refuse a stranger.
PUBLIC: Final = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("POST", "/api/v1/sessions"),
    ("DELETE", "/api/v1/sessions"),
    ("POST", "/api/v1/sessions/passkey/options"),
    ("POST", "/api/v1/sessions/passkey"),
    ("POST", "/api/v1/sessions/second-factor"),
    ("GET", "/api/v1/log/head"),
    ("GET", "/api/v1/log/consistency"),
    ("GET", "/"),
    ("GET", "/login"),
    ("GET", "/sw.js"),
    ("GET", "/key/offline"),
    ("GET", "/offline"),
    ("GET", "/manifest/{app}"),
    ("GET", "/.well-known/security.txt"),
    ("POST", "/login"),
    ("GET", "/login/code"),
    ("POST", "/login/code"),
    ("GET", "/login/forgotten"),
    ("POST", "/login/forgotten"),
    ("GET", "/login/forgotten/{token}"),
    ("GET", "/login/new-password"),
    ("POST", "/login/new-password"),
    ("POST", "/login/officer"),
    ("GET", "/login/officer/return"),
    ("POST", "/logout"),
    ("POST", "/companion/close"),
}
ROLES: Final = {
    "landlord": ["/api/v1/units", "/api/v1/stays"],
    "officer": ["/api/v1/feed"],
    "tester": ["/api/v1/locks", "/api/v1/deliveries"],
}
KEY: Final = "/api/v1/keys/{key_id}"
HOLDERS: Final = (
    KEY,
    *(f"{KEY}/{act}" for act in ("unlock", "renewal", "end", "dates", "near", "arrival", "departure")),
    *(f"{KEY}/{act}" for act in ("children", "companions", "companions/here", "companions/{offer_id}/link", "party")),
    f"{KEY}/erasure",
)


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of every route of the application, pages included, static files excluded."""
    seen: set[tuple[str, str]] = set()
    for context in iter_route_contexts(app.routes):
        route = context.route
        if isinstance(route, APIRoute):
            seen |= {(method, str(context.path)) for method in route.methods or ()}
    yield from sorted(seen)


def filled(path: str, **names: str) -> str:
    """The path with example values for its parameters."""
    parts = [part.strip("{}").partition(":")[0] if part.startswith("{") else "" for part in path.split("/")]
    given = [names.get(name, "document" if name == "part" else "x" * 32) for name in parts]
    return "/".join(value if name else part for part, name, value in zip(path.split("/"), parts, given, strict=True))


async def ask(client: httpx.AsyncClient, method: str, path: str, **names: str) -> httpx.Response:
    """One request, with an empty JSON body where a body is allowed."""
    body: dict[str, str] | None = {} if method in ("POST", "PATCH", "PUT") else None
    return await client.request(method, filled(path, **names), json=body)


async def test_every_route_that_is_not_public_refuses_a_stranger(house: House) -> None:
    stranger, open_doors = house.client(), []
    for method, path in routes(house.app):
        if (method, path) in PUBLIC:
            continue
        answer = await ask(stranger, method, path)
        to_sign_in = answer.status_code in (302, 303, 307) and "/login" in answer.headers["location"]
        if answer.status_code not in (401, 403, 404, 410, 422) and not to_sign_in:
            open_doors.append((method, path, answer.status_code))
        if path.startswith("/api/"):
            assert answer.headers["content-type"] == "application/problem+json", (method, path)
    assert open_doors == []


async def test_there_are_routes_to_refuse(house: House) -> None:
    found = set(routes(house.app))
    assert len([path for _, path in found if path.startswith("/api/v1/")]) > 25
    assert {("POST", "/api/v1/units/{unit_id}/offers"), ("GET", "/api/v1/cases/{case_id}")} <= found


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_is_refused_what_is_the_others(house: House, role: str) -> None:
    login = role if role == "tester" else f"{role}-a"
    client = house.client(login)
    for other, paths in ROLES.items():
        for path in paths:
            if other == role and path != "/api/v1/feed":
                good(await client.get(path))
            elif other != role:
                refused(await client.get(path), 403, "not_allowed")


@pytest.mark.parametrize("login", ["tester", "officer-a"])
async def test_no_role_but_the_landlord_changes_anything_of_a_landlords(house: House, login: str) -> None:
    offer = await house.offer()
    client = house.client(login)
    named = {"unit_id": house.units["a"], "stay_id": offer["stay_id"], "offer_id": offer["offer_id"]}
    for method, path in routes(house.app):
        if path.startswith(("/api/v1/units", "/api/v1/stays", "/api/v1/offers")):
            body = {"from": "2027-01-01T10:00", "until": "2027-01-02T10:00"} if method in ("POST", "PATCH") else None
            refused(await client.request(method, filled(path, **named), json=body), 403, "not_allowed")


async def test_cases_and_records_outside_an_officers_area_look_like_what_does_not_exist(house: House) -> None:
    tenant, _ = await house.tenant("a")
    good(await house.register(tenant))
    case = good(await house.client("officer-a").get("/api/v1/cases"))[0]["id"]
    for login in ("officer-b", "landlord-b"):
        client = house.client(login)
        assert good(await client.get("/api/v1/cases")) == []
        for name in (case, "x" * 36):
            answers = [
                await client.get(f"/api/v1/cases/{name}"),
                await client.get(f"/api/v1/cases/{name}/pictures/face"),
                await client.post(f"/api/v1/cases/{name}/decision", json={"decision": "pass"}),
            ]
            assert [refused(answer, 404, "not_found")["detail"] for answer in answers] == [
                answers[0].json()["detail"]
            ] * 3
    good(await house.client("officer-a").post(f"/api/v1/cases/{case}/decision", json={"decision": "pass"}))
    stay = good(await house.client("landlord-a").get("/api/v1/stays"))[0]
    record, purpose = stay["registrations"][0]["id"], {"purpose": "checking the address"}
    opened = good(await house.client("officer-a").post(f"/api/v1/registrations/{record}/openings", json=purpose))
    assert opened["person"]["id_number"] == "XR1001R58"
    for name in (record, "x" * 36):
        answer = await house.client("officer-b").post(f"/api/v1/registrations/{name}/openings", json=purpose)
        refused(answer, 404, "not_found")


async def test_a_tester_decides_no_case_and_opens_no_record(house: House) -> None:
    tester = house.client("tester")
    for path in ("/api/v1/cases", "/api/v1/cases/x"):
        refused(await tester.get(path), 403, "not_allowed")
    answer = await tester.post("/api/v1/registrations/x/openings", json={"purpose": "curious"})
    refused(answer, 403, "not_allowed")


async def test_a_link_shows_one_stay_and_opens_nothing_else(house: House) -> None:
    tenant, offer = await house.tenant()
    assert good(await tenant.get("/api/v1/onboarding"))["unit"] == "Room a"
    for path in ("/api/v1/stays", f"/api/v1/stays/{offer['stay_id']}", "/api/v1/cases", "/api/v1/feed", "/api/v1/me"):
        refused(await tenant.get(path), 401, "sign_in_needed")
