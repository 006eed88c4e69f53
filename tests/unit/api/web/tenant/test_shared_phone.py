"""An adult registers on another tenant's phone: that phone keeps its own key, and theirs goes to their own phone."""

import json
import re
from html import unescape
from typing import Final
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlalchemy import select

from api.framework.dependencies import COMPANION_COOKIE, OFFER_COOKIE
from certs.keys import jwk_of, new_private_key
from gateway.domain.stays.shared_phone import LIFETIME
from gateway.store import Event, Key, Offer, Person, Registration
from tests.parts.house import CONSENTS, House, good, photograph, refused
from tests.unit.api.http.tenant.test_stay import signed, stay_of
from tests.unit.api.web.tenant.test_onboarding_errors import PASSPORT

OTHER: Final = PASSPORT | {"id_number": "XR4004R58", "surname": "Ejemplo", "given_names": "Jan", "sex": "M"}
FORM: Final = {"text_version": "2026-11", "check": "person", "consent_registration": "yes"}


async def first_phone(house: House) -> tuple[httpx.AsyncClient, str]:
    """The browser of a tenant with a key, as it is after the link was followed, and the key."""
    key_id = await house.key()
    (offer,) = (await stay_of(house))["offers"]
    browser = house.client()
    browser.cookies.set(OFFER_COOKIE, urlsplit(offer["url"]).path.rpartition("/")[2], domain="lodgekey.test")
    return browser, key_id


async def lend(house: House, browser: httpx.AsyncClient, key_id: str) -> httpx.Response:
    return await browser.post(f"/api/v1/keys/{key_id}/companions/here", json=signed(house, "companion", key_id))


async def register_there(house: House, browser: httpx.AsyncClient, key_id: str) -> None:
    """The other adult registers on the first phone, with their document typed, to be checked by a person."""
    good(await lend(house, browser, key_id))
    assert (await browser.get("/companion")).status_code == 200
    spare = json.dumps(jwk_of(house.phone.public_key()))
    answer = await browser.post("/companion", data=OTHER | FORM | {"holder_key": spare})
    assert (answer.status_code, answer.headers.get("location")) == (303, "/companion"), answer.text


async def let_pass(house: House) -> None:
    officer = house.client("officer-a")
    case = good(await officer.get("/api/v1/cases"))[-1]["id"]
    good(await officer.post(f"/api/v1/cases/{case}/decision", json={"decision": "pass"}))


def link_in(answer: httpx.Response) -> str:
    """The path of the link that the page shows."""
    found = re.search(r'class="link" readonly value="([^"]+)"', answer.text)
    assert found, answer.text
    return urlsplit(unescape(found[1])).path


async def take(phone: httpx.AsyncClient, path: str, pair: EllipticCurvePrivateKey) -> httpx.Response:
    """Follow the link and save the key to this phone."""
    followed = await phone.get(path)
    assert (followed.status_code, followed.headers["location"]) == (303, "/onboarding")
    return await phone.post("/onboarding/holder", data={"holder_key": json.dumps(jwk_of(pair.public_key()))})


async def test_the_other_adult_is_registered_here_and_takes_the_key_elsewhere(house: House) -> None:
    browser, key_id = await first_phone(house)
    own = browser.cookies[OFFER_COOKIE]
    await register_there(house, browser, key_id)
    waiting = await browser.get("/companion")
    path = link_in(waiting)
    await let_pass(house)
    assert (await stay_of(house))["tenants"] == 2, "registered before anybody fetched the key"
    with house.gateway.database.reading() as session:
        assert [key.id for key in session.scalars(select(Key))] == [key_id], "the first phone holds one key, its own"
        assert len(session.scalars(select(Registration).where(Registration.kind == "check_in")).all()) == 2
    other, pair = house.client(), new_private_key()
    assert (await take(other, path, pair)).headers["location"] == "/key"
    with house.gateway.database.reading() as session:
        (made,) = session.scalars(select(Key).where(Key.id != key_id))
        assert made.person_id != session.get_one(Key, key_id).person_id
        assert len({person.id for person in session.scalars(select(Person))}) == 2, "no second check-in"
        assert len(session.scalars(select(Event).where(Event.type == "KeyOffered")).all()) == 2
    assert browser.cookies[OFFER_COOKIE] == own
    assert (await browser.get("/key")).status_code == 200


async def test_the_first_phone_shows_nothing_of_the_other_adult(house: House) -> None:
    browser, key_id = await first_phone(house)
    await register_there(house, browser, key_id)
    for path in ("/companion", "/key", "/onboarding"):
        page = await browser.get(path)
        assert not [text for text in ("XR4004R58", "Ejemplo", "1990-05-17") if text in page.text], path
    await let_pass(house)
    page = await browser.get("/companion")
    assert "Ejemplo" not in page.text
    closed = await browser.post("/companion/close")
    assert (closed.headers["location"], browser.cookies.get(COMPANION_COOKIE)) == ("/key", None)
    assert (await browser.get("/companion")).status_code == 404


async def test_the_link_to_the_key_is_used_once_and_for_an_hour(house: House) -> None:
    browser, key_id = await first_phone(house)
    await register_there(house, browser, key_id)
    await let_pass(house)
    path = link_in(await browser.get("/companion"))
    lent = await browser.get(path)
    assert (lent.status_code, browser.cookies[COMPANION_COOKIE] != "") == (409, True), "not on the phone that was lent"
    house.now[0] += LIFETIME["take_key"]
    assert (await house.client().get(path)).status_code == 410
    path = link_in(await browser.get("/companion"))
    other = house.client()
    await take(other, path, new_private_key())
    assert (await house.client().get(path)).status_code == 410, "another phone is refused"
    assert (await other.get(path)).headers["location"] == "/onboarding", "the same phone finds its page again"
    done = await browser.get("/companion")
    assert "has the key on their own phone" in done.text
    assert browser.cookies.get(COMPANION_COOKIE) is None
    with house.gateway.database.reading() as session:
        assert len(session.scalars(select(Key)).all()) == 2


async def companion_of(house: House) -> str:
    """The offer of the adult who registered on the first phone."""
    with house.gateway.database.reading() as session:
        return session.scalars(select(Offer).where(Offer.invited_by.is_not(None))).one().id


async def show_again(house: House, browser: httpx.AsyncClient, key_id: str, offer: str) -> httpx.Response:
    body = signed(house, "hand-over", key_id, offer)
    return await browser.post(f"/api/v1/keys/{key_id}/companions/{offer}/link", json=body)


async def test_the_page_of_the_key_shows_the_link_again_until_a_phone_has_the_key(house: House) -> None:
    browser, key_id = await first_phone(house)
    await register_there(house, browser, key_id)
    first = link_in(await browser.get("/companion"))
    await browser.post("/companion/close")
    offer = await companion_of(house)
    page = await browser.get("/key")
    assert page.text.count(f'data-offer="{offer}"') == 1
    assert not [text for text in ("XR4004R58", "Ejemplo", "1990-05-17") if text in page.text]
    await let_pass(house)
    house.now[0] += LIFETIME["take_key"]
    second = urlsplit(good(await show_again(house, browser, key_id, offer))["url"]).path
    house.now[0] += 1
    shown = good(await show_again(house, browser, key_id, offer))
    assert shown["qr"].startswith("data:image/svg+xml")
    for ended in (first, second):
        assert (await house.client().get(ended)).status_code == 410, "a new link ends earlier ones"
    other = house.client()
    assert (await take(other, urlsplit(shown["url"]).path, new_private_key())).headers["location"] == "/key"
    assert "data-offer" not in (await browser.get("/key")).text
    refused(await show_again(house, browser, key_id, offer), 404, "not_found")


async def test_the_link_is_shown_again_of_who_registered_on_this_phone_only(house: House) -> None:
    browser, key_id = await first_phone(house)
    link = good(await browser.post(f"/api/v1/keys/{key_id}/companions", json=signed(house, "companion", key_id)))
    own = house.client(offer=link["url"].rpartition("/")[2])
    good(await own.post("/api/v1/onboarding/consents", json=CONSENTS))
    good(await own.post("/api/v1/onboarding/verification", data=OTHER))
    await let_pass(house)
    offer = await companion_of(house)
    assert "data-offer" not in (await browser.get("/key")).text, "who registered on their own phone has their own link"
    refused(await show_again(house, browser, key_id, offer), 404, "not_found")
    with house.gateway.database.reading() as session:
        first = session.scalars(select(Offer).where(Offer.invited_by.is_(None))).one().id
    refused(await show_again(house, browser, key_id, first), 404, "not_found")
    refused(await show_again(house, browser, key_id, "00000000-0000-4000-8000-00000000000c"), 404, "not_found")


async def test_only_the_holder_is_shown_the_link_again_and_not_without_end(house: House) -> None:
    browser, key_id = await first_phone(house)
    await register_there(house, browser, key_id)
    offer = await companion_of(house)
    path = f"/api/v1/keys/{key_id}/companions/{offer}/link"
    forged = signed(house, "hand-over", key_id, offer, by=new_private_key())
    refused(await browser.post(path, json=forged), 403, "proof_refused")
    refused(await browser.post(path, json=signed(house, "hand-over", key_id, "other")), 403, "proof_refused")
    answers = [(await show_again(house, browser, key_id, offer)).status_code for _ in range(30)]
    assert (answers[0], answers[-1]) == (201, 429)


async def test_the_cookie_of_the_lent_phone_opens_no_other_page(house: House) -> None:
    browser, key_id = await first_phone(house)
    await register_there(house, browser, key_id)
    await let_pass(house)
    shown = browser.cookies[COMPANION_COOKIE]
    stranger = house.client()
    for token in (shown, link_in(await browser.get("/companion")).rpartition("/")[2]):
        refused(
            await stranger.get("/api/v1/onboarding", headers={"Authorization": f"Offer {token}"}), 404, "offer_unknown"
        )
        stranger.cookies.set(OFFER_COOKIE, token, domain="lodgekey.test")
        assert (await stranger.get("/key")).status_code == 404
        pair = {"holder_key": json.dumps(jwk_of(new_private_key().public_key()))}
        assert (await stranger.post("/onboarding/holder", data=pair)).status_code == 404
        assert (await stranger.get(f"/o/{token}")).status_code == 404
    assert (await stranger.get(f"/take/{shown}")).status_code == 404


async def test_only_the_phone_with_the_key_is_lent_and_pressing_again_makes_no_other_link(house: House) -> None:
    browser, key_id = await first_phone(house)
    forged = signed(house, "companion", key_id, by=new_private_key())
    refused(await browser.post(f"/api/v1/keys/{key_id}/companions/here", json=forged), 403, "proof_refused")
    assert browser.cookies.get(COMPANION_COOKIE) is None
    for _ in range(3):
        good(await lend(house, browser, key_id))
    with house.gateway.database.reading() as session:
        assert len(session.scalars(select(Offer)).all()) == 2
    await register_there(house, browser, key_id)
    good(await lend(house, browser, key_id))
    with house.gateway.database.reading() as session:
        assert len(session.scalars(select(Offer)).all()) == 3, "who is registered already keeps their own"


async def test_a_refused_adult_tries_again_on_the_same_phone(house: House) -> None:
    browser, key_id = await first_phone(house)
    good(await lend(house, browser, key_id))
    wrong = await browser.post("/companion", data=OTHER | FORM | {"id_number": "号123"})
    assert wrong.status_code == 422
    assert 'action="/companion"' in wrong.text
    assert 'name="holder_key"' not in wrong.text
    answer = await browser.post("/companion", data=OTHER | FORM, files={"document": ("d.jpg", photograph())})
    assert answer.headers["location"] == "/companion"
    officer = house.client("officer-a")
    case = good(await officer.get("/api/v1/cases"))[-1]["id"]
    decision = {"decision": "ask_again", "reason": "The photo is too dark."}
    good(await officer.post(f"/api/v1/cases/{case}/decision", json=decision))
    page = await browser.get("/companion")
    assert "The photo is too dark." in page.text
    assert 'action="/companion"' in (await browser.get("/companion?again=1")).text
