"""At every route that names an object, another landlord's object is answered like a nonexistent one."""

import re
import secrets
from typing import Any, Final

import httpx
from sqlalchemy import select

from gateway.domain.stays.booking import Booking
from gateway.journey.accounts.sign_in import begin_ceremony
from gateway.journey.filings.person_fields import seal_booking
from gateway.registering.attempts import AttemptLimiter
from gateway.store import Account, Passkey, Person, Registration, SignIn
from tests.parts.house import House, good, utc
from tests.parts.world import DAY
from tests.unit.api.test_closed_routes import HOLDERS, routes

# Pages of a record that is not sent, which the sandbox has none of: the form of one that is kept, and the data of one
# that is registered by hand.
OF_UNSENT_RECORDS: Final = {"/{home}/filings/{record_id}/form", "/{home}/filings/{record_id}/data"}
NOBODYS: Final = "00000000-0000-0000-0000-000000000000"
# Path parameters that are not ids of owned objects: kinds and roles; devices and roll-outs, which any tester may use.
NO_THING: Final = {"app": "key", "form": "yaml", "part": "document", "device": "lock-a", "roll_out_id": NOBODYS}
# Routes with their own access rules, tested with their keys: the tenant's link and the holder's signature.
OTHER_DOORS: Final = {"/o/{token}", "/take/{token}", "/login/forgotten/{token}", *HOLDERS}
# A page that asks for the purpose before any lookup, and so is the same for every id.
ASKS_FIRST: Final = {("GET", "/officer/records/{record_id}")}
DATES: Final = {"from": "2027-01-05T15:00", "until": "2027-01-06T11:00"}
# Valid bodies for each kind of request, so that a refusal concerns the object and not the form; pages ignore extras.
FORM: Final = DATES | {
    "idempotency_key": "once",
    "level": "phone",
    "answer": "agree",
    "decision": "refuse",
    "reason": "because",
    "outcome": "accepted",
    "field": "nationality",
    "value": "ITA",
    "purpose": "check",
    "fault": "none",
    "act": "knob",
    "arrived": "2027-01-05T15:00",
    "booking.surname": "Núñez",
}
BODIES: Final[dict[str, dict[str, Any]]] = {
    "/api/v1/units/{unit_id}/offers": DATES,
    "/api/v1/units/{unit_id}": {"liveness_level": "phone"},
    "/api/v1/units/{unit_id}/registries": {"registries": [{"registry": "sandbox"}]},
    "/api/v1/units/{unit_id}/facts": {"unit": {"name": "Room"}},
    "/api/v1/stays/{stay_id}": DATES,
    "/api/v1/stays/{stay_id}/booking": {"surname": "Núñez"},
    "/api/v1/offers/{offer_id}/arrival": {"arrived": "2027-01-05T15:00"},
    "/api/v1/stays/{stay_id}/date-request": {"answer": "agree"},
    "/api/v1/cases/{case_id}/decision": {"decision": "refuse", "reason": "because"},
    "/api/v1/registrations/{registration_id}/openings": {"purpose": "curious"},
    "/api/v1/registrations/{registration_id}/outcome": {"outcome": "accepted"},
    "/api/v1/registrations/{registration_id}/corrections": {"fields": {"nationality": "ITA"}, "reason": "because"},
    "/api/v1/exports/{export_id}/decision": {"approve": True},
}
Answered = tuple[int, str]


async def things_of(house: House) -> dict[str, str]:
    """One of each object of landlord a or of the area's officer, by path parameter."""
    officer, now = house.client("officer-a"), house.now[0]
    key = await house.key("a")
    waiting, _ = await house.tenant("a", begins=10 * DAY)
    good(await house.register(waiting))
    offer = await house.offer("a", begins=20 * DAY)
    with house.gateway.database.writing() as session:
        account = session.scalars(select(Account).where(Account.login == "landlord-a")).one()
        passkey = Passkey(account_id=account.id, credential_id=b"c", public_key=b"p", sign_count=1, label="Pixel")
        passkey.created_at = now
        session.add(passkey)
        booker = Person(stay_id=offer["stay_id"], role="booker", created_at=now)
        session.add(booker)
        sign_in = SignIn(token_hash="t", account_id=account.id, method="password", device="", network="")
        sign_in.begun_at, sign_in.used_at, sign_in.expires_at = now, now, now + DAY
        session.add(sign_in)
        link = begin_ceremony(session, "new_email", {"email": "a@example.org", "language": "en"}, now, account.id)
        session.flush()
        seal_booking(booker, Booking("Núñez", now), house.gateway.keyring)
        record = session.scalars(select(Registration.id)).first()
        named = {
            "account_id": account.id,
            "passkey_id": passkey.id,
            "session_id": sign_in.id,
            "token": link,
            "registration_id": str(record),
        }
    export_request = {"area": "370100", "from": utc(now - DAY), "until": utc(now + 60), "purpose": "a quarterly list"}
    consumer = {"name": "City", "purpose": "counting stays", "areas": ["370100"], "fields": ["kind"]}
    made = await officer.post("/api/v1/consumers", json=consumer | {"expires_at": utc(now + 30 * DAY)})
    return named | {
        "unit_id": house.units["a"],
        "stay_id": offer["stay_id"],
        "offer_id": offer["offer_id"],
        "key_id": key,
        "lock_id": "lock-a",
        "record_id": named["registration_id"],
        "case_id": good(await officer.get("/api/v1/cases"))[0]["id"],
        "export_id": good(await officer.post("/api/v1/exports", json=export_request))["id"],
        "consumer_id": good(made)["id"],
    }


async def ask(client: httpx.AsyncClient, method: str, path: str, names: dict[str, str], role: str) -> Answered:
    """Status and text of the answer, without the requested ids."""
    given = names | NO_THING | {"home": role}
    address = re.sub(r"\{(\w+)\}", lambda found: given[found[1]], path)
    sent: dict[str, Any] = {}
    if method in ("POST", "PUT", "PATCH"):
        sent = {"json": BODIES.get(path)} if path.startswith("/api/") else {"data": FORM}
    answer = await client.request(method, address, **sent)
    text = answer.text
    for name in names.values():
        text = text.replace(name, "…")
    return answer.status_code, text


def about_things(house: House) -> list[tuple[str, str]]:
    """Every route with an object's id in its path, from the application's router."""
    named = [(method, path, set(re.findall(r"\{(\w+)\}", path))) for method, path in routes(house.app)]
    ours = [(method, path) for method, path, names in named if names - {"home", *NO_THING} and path not in OTHER_DOORS]
    return [route for route in ours if route not in ASKS_FIRST]


async def test_every_route_answers_for_anothers_thing_as_for_nothing(house: House, monkeypatch: Any) -> None:
    monkeypatch.setattr(AttemptLimiter, "hit", lambda *_: None)
    theirs = await things_of(house)
    nothing = {name: secrets.token_hex(16) if name == "key_id" else NOBODYS for name in theirs}
    others = {login: house.client(login) for login in ("landlord-b", "officer-b")}
    tenant, _ = await house.tenant("b")
    owner = house.client("landlord-a")
    before = [good(await owner.get(f"/api/v1/{what}")) for what in ("units", "stays", "staff", "passkeys", "alerts")]
    asked, wrong = about_things(house), []
    for method, path in asked:
        roles = {login: login.partition("-")[0] for login in others}
        for login, client in others.items():
            foreign = await ask(client, method, path, theirs, roles[login])
            missing = await ask(client, method, path, nothing, roles[login])
            if foreign != missing or foreign[0] not in (403, 404):
                wrong.append(f"{method} {path} by {login}: {foreign} and not {missing}")
        refused = await ask(tenant, method, path, theirs, "landlord")
        if refused[0] not in (303, 401):
            wrong.append(f"{method} {path} by a tenant: {refused}")
    assert wrong == []
    assert len(asked) >= 40
    after = [good(await owner.get(f"/api/v1/{what}")) for what in ("units", "stays", "staff", "passkeys", "alerts")]
    assert after == before, "nothing of landlord a's was touched"


async def test_each_of_these_routes_is_refused_to_one_of_them_as_not_found_and_not_only_by_role(house: House) -> None:
    theirs = await things_of(house)
    others, nobody = {role: house.client(f"{role}-b") for role in ("landlord", "officer")}, {}
    for method, path in about_things(house):
        statuses = [(await ask(client, method, path, theirs, role))[0] for role, client in others.items()]
        if 404 not in statuses:
            nobody[method, path] = statuses
    assert nobody == {}


async def test_the_owner_does_see_these_things(house: House) -> None:
    theirs = await things_of(house)
    clients = {role: house.client(f"{role}-a") for role in ("landlord", "officer")}
    for method, path in about_things(house):
        if method == "GET" and path not in OF_UNSENT_RECORDS:
            statuses = [(await ask(client, method, path, theirs, role))[0] for role, client in clients.items()]
            assert 200 in statuses, (path, statuses)


def test_every_name_in_a_path_is_somebodys_or_nobodys(house: House) -> None:
    names = {name for _, path in routes(house.app) for name in re.findall(r"\{(\w+)\}", path)}
    known = {"unit_id", "stay_id", "offer_id", "key_id", "lock_id", "case_id", "registration_id", "record_id"}
    known |= {"account_id", "passkey_id", "session_id", "consumer_id", "export_id", "home", "token", *NO_THING}
    assert names <= known, "say whose it is in things_of"
