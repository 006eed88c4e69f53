"""A request whose answer was lost, sent again with its Idempotency-Key: carried out once, answered alike."""

import asyncio
import json
from typing import Any, Final

import httpx
import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import func, select

from api.framework.repeatable_route import HEADER, RepeatableRoute
from certs.keys import jwk_of
from gateway.store import Event, Person, RepeatedRequest, SignIn, Verification
from tests.parts.house import CONSENTS, House, Json, good, photograph, refused, utc
from tests.parts.world import DAY
from tests.unit.api.http.tenant.test_family import CHILD
from tests.unit.api.http.tenant.test_stay import signed
from tests.unit.api.test_closed_routes import routes
from tests.unit.api.test_two_landlords import BODIES, things_of

NAMED: Final = {HEADER: "once-1"}
# They sign in or enrol, which has challenges of its own (no answer with recovery codes is kept), or read records, each
# time with an entry in the log.
OTHERS: Final = ("/api/v1/sessions", "/api/v1/passkeys", "/api/v1/enrolments", "/api/v1/me/second-factor")
READS: Final = {"/api/v1/registrations/{registration_id}/openings"}
STAFFED: Final[dict[str, tuple[str, Json | None]]] = {
    "/api/v1/cases/{case_id}/decision": ("officer-a", {"decision": "pass"}),
    "/api/v1/registrations/{registration_id}/corrections": (
        "officer-a",
        BODIES["/api/v1/registrations/{registration_id}/corrections"],
    ),
    "/api/v1/keys/{key_id}/revoke": ("landlord-a", None),
    "/api/v1/locks/{lock_id}/read-back": ("landlord-a", None),
    "/api/v1/offers/{offer_id}/withdraw": ("landlord-a", None),
    "/api/v1/staff": ("landlord-a", {"name": "Eva", "login": "eva", "staff": "desk"}),
    "/api/v1/stays/{stay_id}/end": ("landlord-a", None),
    "/api/v1/stays/{stay_id}/one-time-codes/end": ("landlord-a", None),
    "/api/v1/stays/{stay_id}/offers": ("landlord-a", None),
    "/api/v1/units/{unit_id}/facts": ("landlord-a", BODIES["/api/v1/units/{unit_id}/facts"]),
    "/api/v1/units/{unit_id}/offers": ("landlord-a", {"from": "2027-02-05T15:00", "until": "2027-02-06T11:00"}),
}
HELD: Final = ("renewal", "companions", "companions/here", "party", "end", "dates", "children", "near")


def test_every_post_of_tenants_landlords_and_officers_takes_an_idempotency_key(house: House) -> None:
    posts = [path for method, path in routes(house.app) if method == "POST" and path.startswith("/api/v1/")]
    changing = {path for path in posts if not path.startswith(OTHERS)} - READS
    given = {
        str(context.path)
        for context in iter_route_contexts(house.app.routes)
        if isinstance(route := context.route, APIRoute)
        and (isinstance(route, RepeatableRoute) or _takes_key(route))
        and "POST" in (route.methods or ())
    }
    assert len(changing) > 35
    assert changing - given == set()
    paths = house.app.openapi()["paths"]
    for path in changing:
        described = [each["name"].lower() for each in paths[path]["post"].get("parameters", ())]
        assert described.count("idempotency-key") == 1, path


def _takes_key(route: APIRoute) -> bool:
    return any(field.alias.lower() == HEADER.lower() for field in route.dependant.header_params)


async def twice(client: httpx.AsyncClient, path: str, **sent: Any) -> httpx.Response:
    """Send one request twice; the answers are the same to the byte."""
    first = await client.post(path, headers=NAMED, **sent)
    good(first)
    again = await client.post(path, headers=NAMED, **sent)
    assert (again.status_code, again.content) == (first.status_code, first.content), path
    assert sorted(again.headers.multi_items()) == sorted(first.headers.multi_items())
    return first


@pytest.mark.parametrize("path", STAFFED)
async def test_a_repeated_request_of_staff_is_carried_out_once(house: House, path: str) -> None:
    things, (login, body) = await things_of(house), STAFFED[path]
    address = path
    for name, value in things.items():
        address = address.replace("{" + name + "}", value)
    client = house.client(login)
    await twice(client, address, json=body)
    before = events(house)
    await client.post(address, headers=NAMED, json=body)
    assert events(house) == before


def events(house: House) -> int:
    with house.gateway.database.reading() as session:
        return session.scalars(select(func.count()).select_from(Event)).one()


@pytest.mark.parametrize("act", HELD)
async def test_a_repeated_request_of_a_keys_holder_is_carried_out_once(house: House, act: str) -> None:
    key_id = await house.key()
    point, until, person = jwk_of(house.phone.public_key()), utc(house.now[0] + 2 * DAY), json.dumps(CHILD)
    more: dict[str, tuple[Json, tuple[str, ...]]] = {
        "dates": ({"until": until}, (until,)),
        "children": ({"person": person}, (person,)),
        "near": ({"x": point["x"], "y": point["y"]}, (point["x"], point["y"])),
    }
    said = {"renewal": "renew", "companions": "companion", "companions/here": "companion", "children": "child"}
    extra, lines = more.get(act, ({}, ()))
    body = extra | signed(house, said.get(act, act), key_id, *lines)
    await twice(house.client(), f"/api/v1/keys/{key_id}/{act}", json=body)
    with house.gateway.database.reading() as session:
        people = session.scalars(select(func.count()).select_from(Person)).one()
    assert people == (2 if act == "children" else 1)


async def test_a_repeated_verification_is_examined_once(house: House) -> None:
    tenant, _ = await house.tenant()
    for act, body in (("open", None), ("consents", CONSENTS), ("others", {"follow": False})):
        await tenant.post(f"/api/v1/onboarding/{act}", headers={HEADER: act}, json=body)
    files = {"document": ("d.jpg", photograph()), "face": ("f.jpg", photograph())}
    form = {"holder_key": json.dumps(jwk_of(house.phone.public_key()))}
    answer = await twice(tenant, "/api/v1/onboarding/verification", data=form, files=files)
    assert answer.json()["stage"] in ("review", "issued")
    with house.gateway.database.reading() as session:
        assert session.scalars(select(func.count()).select_from(Verification)).one() == 1
    other = files | {"face": ("f.jpg", photograph(97))}
    changed = await tenant.post("/api/v1/onboarding/verification", headers=NAMED, data=form, files=other)
    refused(changed, 422, "idempotency_mismatch")
    refused(await tenant.post("/api/v1/onboarding/verification", data=form, files=files), 409, "conflict")


async def waiting_case(house: House) -> str:
    tenant, _ = await house.tenant()
    good(await house.register(tenant))
    found = good(await house.client("officer-a").get("/api/v1/cases"))[0]["id"]
    return f"/api/v1/cases/{found}/decision"


async def test_a_key_names_one_request_of_one_caller(house: House) -> None:
    path, officer = await waiting_case(house), house.client("officer-a")
    await twice(officer, path, json={"decision": "pass"})
    other = {"decision": "refuse", "reason": "no"}
    refused(await officer.post(path, headers=NAMED, json=other), 422, "idempotency_mismatch")
    refused(await officer.post(path, json={"decision": "pass"}), 409, "conflict")
    refused(await house.client("officer-b").post(path, headers=NAMED, json={"decision": "pass"}), 404, "not_found")
    refused(await house.client().post(path, headers=NAMED, json={"decision": "pass"}), 401, "sign_in_needed")
    for wrong in ("", "k" * 201):
        refused(await officer.post(path, headers={HEADER: wrong}, json=other), 422, "input_refused")


async def test_an_answer_is_for_who_is_still_signed_in(house: House) -> None:
    path, officer = await waiting_case(house), house.client("officer-a")
    await twice(officer, path, json={"decision": "pass"})
    with house.gateway.database.writing() as session:
        for row in session.scalars(select(SignIn)):
            session.delete(row)
    refused(await officer.post(path, headers=NAMED, json={"decision": "pass"}), 401, "sign_in_needed")
    anew = house.client("officer-a")
    assert good(await anew.post(path, headers=NAMED, json={"decision": "pass"}))["state"] == "passed"


async def test_of_two_requests_at_the_same_time_the_second_gets_the_firsts_answer(house: House) -> None:
    path, officer = await waiting_case(house), house.client("officer-a")
    sent = [officer.post(path, headers=NAMED, json={"decision": "pass"}) for _ in range(4)]
    assert len({(answer.status_code, answer.content) for answer in await asyncio.gather(*sent)}) == 1


async def test_a_refusal_leaves_the_key_unused(house: House) -> None:
    path, officer = await waiting_case(house), house.client("officer-a")
    refused(await officer.post(path, headers=NAMED, json={"decision": "refuse"}), 422, "input_refused")
    good(await officer.post(path, headers=NAMED, json={"decision": "pass"}))


async def test_answers_are_sealed_and_go_after_a_day(house: House) -> None:
    owner, form = house.client("landlord-a"), STAFFED["/api/v1/staff"][1]
    password = (await twice(owner, "/api/v1/staff", json=form)).json()["password"]
    with house.gateway.database.reading() as session:
        (row,) = session.scalars(select(RepeatedRequest)).all()
    assert password not in row.answer
    house.now[0] += DAY
    house.gateway.repeated_answers.forget()
    with house.gateway.database.reading() as session:
        assert session.scalars(select(RepeatedRequest)).all() == []
    assert not house.gateway.vault.erase(f"answers:{row.created_at // DAY}"), "its key went with it"
