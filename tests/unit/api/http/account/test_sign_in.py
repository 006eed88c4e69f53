"""Sign-in, session cookie, cross-site requests, body sizes, headers, and the holder's signed requests."""

import logging
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from api.app import HEADERS
from api.framework.body_limits import MAX_REQUEST_BYTES
from api.framework.dependencies import OFFER_COOKIE
from api.framework.session_cookie import SESSION_COOKIE
from certs.holder import sign_statement
from certs.keys import new_private_key
from gateway.domain.keys.key import Proof, read_statement, unlock_statement
from gateway.journey.stays import landlord
from tests.parts.house import PASSWORD, House, good, refused

SIGN_IN = "/api/v1/sessions"


async def sign_in(house: House, password: str = PASSWORD, login: str = "tester", **headers: str) -> httpx.Response:
    """Answer to a sign-in by password."""
    return await house.client().post(SIGN_IN, json={"login": login, "password": password}, headers=headers)


async def test_outside_51_signing_in_gives_a_cookie_no_script_and_no_other_site_can_use(house: House) -> None:
    answer = await sign_in(house)
    assert good(answer) == {"role": "tester", "name": "Tester", "area": None}
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{SESSION_COOKIE}=")
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "secure" not in cookie, "the address of this test is plain http on loopback"


@pytest.mark.parametrize(("login", "password"), [("tester", "wrong"), ("nobody", PASSWORD), ("", ""), ("tester", "")])
async def test_a_wrong_password_and_an_unknown_login_are_refused_alike(house: House, login: str, password: str) -> None:
    problem = refused(await sign_in(house, password, login), 401, "sign_in_needed")
    assert problem["detail"] == "The username or password is incorrect. Try again."


async def test_guessing_passwords_is_slowed_down_for_that_login_only(house: House) -> None:
    statuses = [(await sign_in(house, "guess")).status_code for _ in range(12)]
    assert statuses == [401] * 10 + [429] * 2
    answer = await sign_in(house)
    refused(answer, 429, "too_many_attempts")
    assert answer.headers["retry-after"].isdecimal()
    good(await sign_in(house, login="landlord-a"))


async def test_signing_out_ends_the_session_everywhere(house: House) -> None:
    client = house.client("tester")
    good(await client.get("/api/v1/me"))
    token = client.cookies[SESSION_COOKIE]
    good(await client.delete(SIGN_IN))
    again = house.client()
    again.cookies.set(SESSION_COOKIE, token)
    refused(await again.get("/api/v1/me"), 401, "sign_in_needed")


async def test_a_session_ends_by_itself(house: House) -> None:
    client = house.client("tester")
    house.now[0] += 86_400
    refused(await client.get("/api/v1/me"), 401, "sign_in_needed")


JWT = "eyJhbGciOiJub25lIn0.eyJyb2xlIjoib2ZmaWNlciJ9."


@pytest.mark.parametrize("token", ["", "x", JWT, "0" * 64, "' OR 1=1 --", "None", "null"])
async def test_a_made_up_session_is_none(house: House, token: str) -> None:
    client = house.client()
    client.cookies.set(SESSION_COOKIE, token)
    client.headers["Authorization"] = f"Bearer {JWT}"
    refused(await client.get("/api/v1/me"), 401, "sign_in_needed")
    refused(await client.get("/api/v1/units"), 401, "sign_in_needed")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://lodgekey.test.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_what_another_site_had_the_browser_send_is_not_carried_out(house: House, headers: dict[str, str]) -> None:
    refused(await sign_in(house, **headers), 403, "not_allowed")
    offer = await house.offer()
    owner = house.client("landlord-a")
    refused(await owner.post(f"/api/v1/stays/{offer['stay_id']}/end", headers=headers), 403, "not_allowed")
    tenant = house.client()
    tenant.cookies.set(OFFER_COOKIE, offer["url"].rpartition("/")[2])
    refused(await tenant.post("/api/v1/onboarding/open", headers=headers), 403, "not_allowed")
    good(await owner.post(f"/api/v1/stays/{offer['stay_id']}/end", headers={"Origin": "http://lodgekey.test"}))


BEHIND_A_PROXY = [
    ("https://lodgekey.example", "https://lodgekey.example", "127.0.0.1:8080", True),  # gorilla/csrf#187, Yuzu#2537
    ("https://lodgekey.example:443/", "https://lodgekey.example", "inner", True),  # authentik#10994
    ("https://LodgeKey.Example", "https://lodgekey.example", "inner", True),
    ("https://lodgekey.example:8443", "https://lodgekey.example:8443", "inner", True),
    ("https://lodgekey.example", "http://127.0.0.1:8080", "127.0.0.1:8080", True),  # on the machine itself
    ("https://lodgekey.example", "http://lodgekey.example", "inner", False),
    ("https://lodgekey.example", "https://lodgekey.example:8443", "inner", False),
    ("https://lodgekey.example", "https://evil.example", "inner", False),
    ("https://lodgekey.example", "http://rebound.example:8080", "rebound.example:8080", False),
    ("https://lodgekey.example", "null", "inner", False),
    ("https://lodgekey.example", "http://", "", False),
    ("", "http://house.local:8080", "house.local:8080", True),
    ("", "http://house.local:8080", "127.0.0.1:8080", False),
]


@pytest.mark.parametrize(("public_url", "origin", "host", "ours"), BEHIND_A_PROXY)
async def test_outside_15_the_public_address_is_our_own_origin_whatever_host_a_proxy_passes_on(
    house: House, public_url: str, origin: str, host: str, ours: bool
) -> None:
    house.gateway.settings = house.gateway.settings.model_copy(update={"public_url": public_url})
    answer = await sign_in(house, Origin=origin, Host=host)
    assert answer.status_code == (201 if ours else 403), answer.text


async def test_what_is_too_large_or_of_unknown_length_is_refused_before_it_is_read(house: House) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"x" * 65536

    client = house.client("landlord-a")
    headers = {"Content-Length": str(MAX_REQUEST_BYTES + 1)}
    refused(await client.post("/api/v1/onboarding/verification", content=b"", headers=headers), 413, "too_large")
    refused(
        await client.post("/api/v1/onboarding/verification", content=b"", headers={"Content-Length": "-1"}),
        413,
        "too_large",
    )
    refused(await client.post("/api/v1/onboarding/verification", content=endless()), 411, "length_required")
    assert read == 0


async def test_every_answer_carries_the_security_headers(house: House) -> None:
    client = house.client()
    for path in ("/healthz", "/api/v1/me", "/nowhere", "/api/v1/openapi.json", "/login"):
        answer = await client.get(path)
        assert {name.lower() for name in HEADERS} <= set(answer.headers), path
        assert (answer.headers["x-content-type-options"], answer.headers["x-frame-options"]) == ("nosniff", "DENY")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/api/v1/nowhere", 404, "not_found"), ("PUT", "/api/v1/units", 405, "not_possible_here")],
)
async def test_an_address_or_method_that_is_none_is_a_problem_too(
    house: House, method: str, path: str, status: int, code: str
) -> None:
    refused(await house.client().request(method, path), status, code)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"login": NaN, "password": "x"}', b'{"login": "\\ud800", "password": "x"}', b"\xff\xfe{}"],
)
async def test_a_body_that_cannot_be_read_is_a_problem(house: House, body: bytes) -> None:
    answer = await house.client().post(SIGN_IN, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_our_own_fault_is_a_problem_that_tells_nothing_internal(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> object:
        raise ZeroDivisionError(" ".join(("Anna", "Voorbeeld")))

    monkeypatch.setattr(landlord, "stay_of", broken)
    with caplog.at_level(logging.DEBUG):
        answer = await house.client("landlord-a").get("/api/v1/stays/x")
    refused(answer, 500, "internal")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "Anna Voorbeeld" not in answer.text + caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_a_database_that_refuses_is_a_busy_gateway(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> object:
        raise OperationalError("INSERT", {"name": "Anna Voorbeeld"}, Exception("disk full"))

    monkeypatch.setattr(landlord, "stay_of", full)
    answer = await house.client("landlord-a").get("/api/v1/stays/x")
    refused(answer, 503, "busy")
    assert "disk" not in answer.text


async def test_a_database_error_names_no_values(house: House) -> None:
    with pytest.raises(OperationalError) as error, house.gateway.database.reading() as session:
        session.execute(text("SELECT :name FROM nowhere"), {"name": "Anna Voorbeeld"})
    assert "Voorbeeld" not in str(error.value)


async def test_nothing_is_shown_where_the_disclosure_cannot_be_logged(house: House) -> None:
    tenant, _ = await house.tenant()
    good(await house.register(tenant))
    officer = house.client("officer-a")
    case = good(await officer.get("/api/v1/cases"))[0]["id"]
    with house.gateway.database.writing() as session:
        session.execute(text("CREATE TRIGGER full BEFORE INSERT ON disclosures BEGIN SELECT RAISE(ABORT, 'full'); END"))
    for path in (f"/api/v1/cases/{case}", f"/api/v1/cases/{case}/pictures/document"):
        answer = await officer.get(path)
        refused(answer, 503, "disclosure_blocked")
        assert b"VOORBEELD" not in answer.content
    with house.gateway.database.writing() as session:
        session.execute(text("DROP TRIGGER full"))
    assert good(await officer.get(f"/api/v1/cases/{case}"))["fields"]["surname"] == "VOORBEELD"
    with house.gateway.database.reading() as session:
        logged = session.execute(text("SELECT subject, fields FROM disclosures")).all()
    assert [tuple(row) for row in logged] == [(f"case:{case}", "fields")]


async def test_the_description_of_the_api_is_valid_openapi(house: House) -> None:
    document: dict[str, Any] = good(await house.client().get("/api/v1/openapi.json"))
    assert document["openapi"].startswith("3.1")
    validate(document)


def proof_header(house: House, key_id: str, nonce: str = "nonce-0001", **changed: str) -> str:
    """A Holder-Proof for reading a key."""
    proof = Proof(house.now[0], nonce, b"")
    signature = urlsafe_b64encode(sign_statement(read_statement(key_id, proof), house.phone)).rstrip(b"=").decode()
    parts = {"at": str(proof.at), "nonce": nonce, "signature": signature} | changed
    return f"{parts['at']}.{parts['nonce']}.{parts['signature']}"


async def test_a_key_is_read_by_its_holder_only(house: House) -> None:
    key_id = await house.key()
    path, client = f"/api/v1/keys/{key_id}", house.client()
    key = good(await client.get(path, headers={"Holder-Proof": proof_header(house, key_id)}))
    assert (key["state"], key["lock"], key["landlord_phone"]) == ("issued", "lock-a", "+39 06 1234")
    assert key["credential"]
    for header in (
        "",
        "x",
        "1.2",
        f"{house.now[0]}.n.",
        proof_header(house, key_id, signature="AAAA"),
        proof_header(house, "0" * 32),
        proof_header(house, key_id, at="9" * 11),
    ):
        answer = await client.get(path, headers={"Holder-Proof": header})
        refused(answer, 403, "proof_refused")
    refused(await client.get(path), 422, "input_refused")


async def test_an_unlock_is_refused_with_the_reason_and_is_queued_once(house: House) -> None:
    key_id = await house.key()
    client, path = house.client(), f"/api/v1/keys/{key_id}/unlock"
    form = unlock_form(house, key_id, "nonce-0001")
    assert refused(await client.post(path, json=form), 409, "key_not_usable")["reason"] == "not_on_lock"
    house.put_on_lock(key_id)
    assert good(await client.post(path, json=form))["outcome"] == "no_answer", "nobody runs the relay here"
    refused(await client.post(path, json=form), 403, "proof_refused")
    stolen = unlock_form(house, key_id, "nonce-0002", by_stranger=True)
    refused(await client.post(path, json=stolen), 403, "proof_refused")
    refused(await client.post(path, json=form | {"nonce": "short"}), 422, "input_refused")


def unlock_form(house: House, key_id: str, nonce: str, *, by_stranger: bool = False) -> dict[str, Any]:
    """Form of an unlock request."""
    proof = Proof(house.now[0], nonce, b"")
    phone = new_private_key() if by_stranger else house.phone
    signature = urlsafe_b64encode(sign_statement(unlock_statement(key_id, proof), phone)).rstrip(b"=").decode()
    return {"at": proof.at, "nonce": nonce, "signature": signature}
