"""A password change requires the current password, ends all other sessions, and is rate-limited against guessing."""

from typing import Any

import httpx
import pytest
import zxcvbn
from fastapi import Request
from sqlalchemy import select, update
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from api.framework.session_cookie import SESSION_COOKIE
from api.http.officer.registrations import follower_of
from api.services.access import hash_password, password_fits
from api.services.account import sign_in as service
from gateway.domain.accounts.password import is_guessable
from gateway.feed.stream import Reader
from gateway.store import Account, Event
from tests.parts.house import PASSWORD, House, good, refused

NEXT = "wide purple morning kettle"
EVERYBODY = ("landlord-a", "officer-a", "tester")


async def change(client: httpx.AsyncClient, new: str = NEXT, old: str = PASSWORD) -> httpx.Response:
    """Answer to a password change."""
    return await client.put("/api/v1/me/password", json={"old": old, "new": new})


async def sign_in(house: House, login: str, password: str) -> httpx.Response:
    """Answer to a sign-in by password."""
    return await house.client().post("/api/v1/sessions", json={"login": login, "password": password})


def end_account(house: House, login: str) -> None:
    """End the account directly in the database."""
    with house.gateway.database.writing() as session:
        session.execute(update(Account).where(Account.login == login).values(ended_at=house.now[0]))


@pytest.mark.parametrize("login", EVERYBODY)
async def test_everybody_with_a_password_changes_it_and_only_the_new_one_works(house: House, login: str) -> None:
    client = house.client(login)
    assert (await change(client)).status_code == 204
    refused(await sign_in(house, login, PASSWORD), 401, "sign_in_needed")
    good(await sign_in(house, login, NEXT))
    with house.gateway.database.reading() as session:
        reported = session.scalars(select(Event).where(Event.type == "PasswordChanged")).one()
    assert set(reported.data or {}) == {"account"}


async def test_a_change_ends_every_other_session_and_renews_the_own(house: House) -> None:
    mine, elsewhere, neighbour = house.client("landlord-a"), house.client("landlord-a"), house.client("landlord-b")
    before = mine.cookies[SESSION_COOKIE]
    answer = await change(mine)
    cookie = answer.headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip() for part in cookie.split(";")}
    after = answer.cookies[SESSION_COOKIE]
    assert after != before
    refused(await elsewhere.get("/api/v1/me"), 401, "sign_in_needed")
    for token, status in ((before, 401), (after, 200)):
        client = house.client()
        client.cookies.set(SESSION_COOKIE, token)
        assert (await client.get("/api/v1/me")).status_code == status
    good(await neighbour.get("/api/v1/me"))


async def test_without_the_present_password_nothing_changes(house: House) -> None:
    client = house.client("landlord-a")
    refused(await change(client, old="guess"), 403, "password_wrong")
    refused(await change(house.client(), old=PASSWORD), 401, "sign_in_needed")
    good(await client.get("/api/v1/me"))
    good(await sign_in(house, "landlord-a", PASSWORD))


async def test_guessing_the_present_password_is_slowed_down_for_that_account_only(house: House) -> None:
    client = house.client("landlord-a")
    statuses = [(await change(client, old="guess")).status_code for _ in range(6)]
    assert statuses == [403] * 5 + [429]
    refused(await change(house.client("landlord-a", client="192.0.2.7")), 429, "too_many_attempts")
    assert (await change(house.client("landlord-b"))).status_code == 204


@pytest.mark.parametrize(
    "new", ["short", "a" * 40, "abababababababab", "lodgekey2026", "Landlord-A1", "x1y2z3" * 4, "Tr0ub4dour", PASSWORD]
)
async def test_an_easy_or_unchanged_password_is_refused(house: House, new: str) -> None:
    client = house.client("landlord-a")
    refused(await change(client, new=new), 422, "password_weak")
    good(await client.get("/api/v1/me"))


@pytest.mark.parametrize(
    "phrase", [NEXT, "清晨的紫色水壶在窗边慢慢冒汽", "vB7#qLz9xT", "a b c" * 25 + "xk2", "🐸🍒🚲🧭🪁🥨🧶🦉🌋🛶"]
)
def test_any_characters_make_a_strong_password(phrase: str) -> None:
    assert not is_guessable(phrase, "landlord-a")


def test_none_of_the_3000_most_common_passwords_is_taken() -> None:
    common = [one for one in FREQUENCY_LISTS["passwords"][:3000] if len(one) >= 8]
    assert len(common) > 200
    assert [one for one in common if not is_guessable(one, "landlord-a")] == []


@pytest.mark.parametrize("login", ["wintermantel", "anna.wintermantel"])
def test_the_own_name_does_not_make_a_password_strong(login: str) -> None:
    assert not is_guessable("wintermantel7", "landlord-a")
    assert is_guessable("wintermantel7", login, "Anna Wintermantel")


def test_a_long_password_of_symbols_is_judged_by_a_bounded_part(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[int] = []

    def judge(text: str, _words: list[str]) -> dict[str, int]:
        judged.append(len(text))
        return {"score": 0}

    monkeypatch.setattr(zxcvbn, "zxcvbn", judge)
    assert is_guessable("4@8({[<369|!1/|\\()0$5+7%2" * 5, "landlord-a")
    assert judged == [24, 24]


async def test_an_officer_of_a_provider_has_no_password_to_change(house: House) -> None:
    client = house.client("officer-a")
    with house.gateway.database.writing() as session:
        session.execute(update(Account).where(Account.login == "officer-a").values(password_hash=""))
    refused(await change(client, old=""), 409, "conflict")
    page = (await client.get("/account")).text
    assert ("organisation&#39;s account" in page, "/account/password" in page) == (True, False)


async def test_the_page_changes_it_without_scripts_and_says_what_is_wrong(house: House) -> None:
    client, form = house.client("landlord-a"), {"old": PASSWORD, "new": NEXT, "again": NEXT}
    for wrong, status, sentence in (
        ({"again": "something else"}, 422, "do not match"),
        ({"old": "guess"}, 403, "current password"),
        ({"new": "short", "again": "short"}, 422, "10 to 128 characters"),
    ):
        answer = await client.post("/account/password", data=form | wrong)
        assert (answer.status_code, sentence in answer.text, NEXT in answer.text) == (status, True, False)
    chinese = await client.post("/account/password?lang=zh", data=form | {"old": "guess"})
    assert "当前密码不正确" in chinese.text
    answer = await client.post("/account/password", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?done=account.password_changed")
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, answer.cookies[SESSION_COOKIE])
    assert "The password has been changed" in (await client.get(answer.headers["location"])).text


@pytest.mark.parametrize("login", EVERYBODY)
async def test_a_session_ends_at_once_when_its_account_is_ended(house: House, login: str) -> None:
    client = house.client(login)
    good(await client.get("/api/v1/me"))
    end_account(house, login)
    refused(await client.get("/api/v1/me"), 401, "sign_in_needed")
    refused(await sign_in(house, login, PASSWORD), 401, "sign_in_needed")


def how_long(house: House, client: httpx.AsyncClient) -> Reader:
    """The officer's reader of the feed, which determines how long a stream may last."""
    cookie = f"{SESSION_COOKIE}={client.cookies[SESSION_COOKIE]}".encode()
    request = Request({"type": "http", "method": "GET", "headers": [(b"cookie", cookie)]})
    return follower_of(request, house.gateway, client.cookies[SESSION_COOKIE], None)


async def test_an_officers_stream_ends_with_the_account_the_session_and_the_password(house: House) -> None:
    for end in ("account", "session", "password"):
        client = house.client("officer-a" if end == "account" else "officer-b")
        reader = how_long(house, client)
        assert reader.entitled()
        if end == "account":
            end_account(house, "officer-a")
        elif end == "session":
            good(await client.delete("/api/v1/sessions"))
        else:
            assert (await change(house.client("officer-b"))).status_code == 204
        assert not reader.entitled(), end
        assert [page async for page in house.gateway.feed.pages(reader, 0)] == []


@pytest.mark.parametrize("meanwhile", [{"ended_at": 1}, {"password_hash": hash_password(NEXT)}])
async def test_a_password_that_stops_working_while_it_is_compared_begins_no_session(
    house: House, monkeypatch: pytest.MonkeyPatch, meanwhile: dict[str, Any]
) -> None:
    def compare(account: Account | None, password: str) -> bool:
        fits = password_fits(account, password)
        with house.gateway.database.writing() as session:
            session.execute(update(Account).where(Account.login == "landlord-a").values(**meanwhile))
        return fits

    monkeypatch.setattr(service, "password_fits", compare)
    refused(await sign_in(house, "landlord-a", PASSWORD), 401, "sign_in_needed")
