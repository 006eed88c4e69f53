"""A second factor: an app is added by its code and asked for, each code is good once, and a lost app is removed."""

from typing import Any, Final

import httpx
import pyotp
import pytest
from sqlalchemy import select

from api.framework.session_cookie import SESSION_COOKIE
from gateway.journey.accounts.operator import remove_lost_factors
from gateway.store import Account, Event, Passkey, SecondFactor, SignInAttempt
from tests.parts.house import PASSWORD, House, good, refused
from tests.unit.api.test_closed_routes import ask, routes

FACTOR: Final = "/api/v1/me/second-factor"
LINK: Final = "/login/forgotten/{token}"  # of an e-mail: it leads on, whoever opens it
HOME, ELSEWHERE = "198.51.100.7", "203.0.113.9"


class App:
    """An authenticator app with the account's secret, and the codes that were shown with it."""

    def __init__(self, house: House, secret: str, recovery_codes: list[str]) -> None:
        self.house, self.totp, self.recovery_codes = house, pyotp.TOTP(secret), recovery_codes

    def code(self) -> str:
        """A code that has not been used: the time moves on by a step."""
        self.house.now[0] += 30
        return str(self.totp.at(self.house.now[0]))


async def enrol(house: House, login: str, client: httpx.AsyncClient | None = None) -> App:
    """Add an app to the account."""
    client = client or house.client(login)
    begun = good(await client.post(f"{FACTOR}/options"))
    app = App(house, begun["secret"], [])
    done = await client.post(FACTOR, json={"ceremony": begun["ceremony"], "code": app.code()})
    app.recovery_codes = good(done)["recovery_codes"]
    renew(client, done)
    return app


def renew(client: httpx.AsyncClient, answer: httpx.Response) -> None:
    """Go on with the session that an answer began."""
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, answer.cookies[SESSION_COOKIE])


async def begin(house: House, login: str, address: str = HOME) -> tuple[httpx.AsyncClient, str]:
    """A client that has given the password, and the ceremony for the code."""
    client = house.client(client=address)
    answer = await client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD})
    problem = refused(answer, 401, "second_factor_needed")
    assert SESSION_COOKIE not in answer.cookies
    return client, str(problem["ceremony"])


async def finish(client: httpx.AsyncClient, ceremony: str, code: str) -> httpx.Response:
    """Answer to the code."""
    return await client.post("/api/v1/sessions/second-factor", json={"ceremony": ceremony, "code": code})


def of_account(house: House, login: str) -> SecondFactor | None:
    """The stored second factor."""
    with house.gateway.database.reading() as session:
        account = session.scalars(select(Account.id).where(Account.login == login)).one()
        return session.get(SecondFactor, account)


async def test_after_the_password_a_code_is_asked_for_and_taken_once(house: House) -> None:
    app = await enrol(house, "landlord-a")
    client, ceremony = await begin(house, "landlord-a")
    refused(await client.get("/api/v1/me"), 401, "sign_in_needed")
    refused(await finish(client, ceremony, "000000"), 403, "code_wrong")
    code = app.code()
    assert good(await finish(client, ceremony, code))["role"] == "landlord"
    assert good(await client.get("/api/v1/me/sessions"))[0]["method"] == "password_and_code"
    refused(await finish(client, ceremony, app.code()), 401, "sign_in_needed")
    again, ceremony = await begin(house, "landlord-a")
    refused(await finish(again, ceremony, code), 403, "code_wrong")
    good(await finish(again, ceremony, app.code()))


async def test_adding_an_app_ends_every_other_session(house: House) -> None:
    here, elsewhere = house.client("tester"), house.client("tester")
    await enrol(house, "tester", here)
    good(await here.get("/api/v1/me"))
    refused(await elsewhere.get("/api/v1/me"), 401, "sign_in_needed")
    refused(await here.post(f"{FACTOR}/options"), 409, "conflict")


async def test_a_secret_is_added_by_its_own_account_with_its_code_only(house: House) -> None:
    owner, other = house.client("landlord-a"), house.client("landlord-b")
    begun = good(await owner.post(f"{FACTOR}/options"))
    form = {"ceremony": begun["ceremony"], "code": pyotp.TOTP(begun["secret"]).at(house.now[0])}
    refused(await other.post(FACTOR, json=form), 404, "not_found")
    refused(await owner.post(FACTOR, json=form | {"code": "123"}), 403, "code_wrong")
    house.now[0] += 1801
    refused(await owner.post(FACTOR, json=form), 404, "not_found")
    assert of_account(house, "landlord-a") is None


async def test_neither_secret_nor_codes_are_stored_in_the_clear(house: House) -> None:
    app = await enrol(house, "tester")
    row = of_account(house, "tester")
    assert row is not None
    assert app.totp.byte_secret() not in row.sealed_secret
    assert len(row.recovery_hashes) == 10
    assert not {code.replace("-", "") for code in app.recovery_codes} & set(row.recovery_hashes)
    with house.gateway.database.reading() as session:
        reported = session.scalars(select(Event).where(Event.type == "SecondFactorAdded")).one()
    assert set(reported.data or {}) == {"account"}


async def test_each_recovery_code_signs_in_once(house: House) -> None:
    app = await enrol(house, "tester")
    for typed, status in (
        (app.recovery_codes[3], 201),
        (app.recovery_codes[3], 403),
        (app.recovery_codes[0].lower(), 201),
    ):
        client, ceremony = await begin(house, "tester")
        assert (await finish(client, ceremony, typed)).status_code == status
    assert good(await client.get(FACTOR))["recovery_codes"] == 8


async def test_who_guesses_codes_keeps_neither_known_networks_nor_recovery_codes_out(house: House) -> None:
    app = await enrol(house, "landlord-a")
    owner, ceremony = await begin(house, "landlord-a")
    good(await finish(owner, ceremony, app.code()))
    thief, guessed = await begin(house, "landlord-a", ELSEWHERE)
    statuses = [(await finish(thief, guessed, f"{number:06}")).status_code for number in range(12)]
    assert statuses == [403] * 9 + [429] * 3
    another, guessed = await begin(house, "landlord-a", "192.0.2.1")
    assert (await finish(another, guessed, app.code())).status_code == 429, "unknown networks count together"
    assert (await finish(another, guessed, app.recovery_codes[0])).status_code == 201
    at_home, ceremony = await begin(house, "landlord-a")
    assert (await finish(at_home, ceremony, app.code())).status_code == 201
    with house.gateway.database.reading() as session:
        logged = session.scalars(select(SignInAttempt).where(SignInAttempt.outcome == "wrong_code")).one()
    assert (logged.network, logged.count) == ("203.0.113.0/24", 9)


@pytest.mark.parametrize("change", ["password", "renewed"])
async def test_a_sign_in_that_waits_for_its_code_ends_with_the_password(house: House, change: str) -> None:
    app = await enrol(house, "landlord-a")
    waiting, ceremony = await begin(house, "landlord-a")
    owner, other = await begin(house, "landlord-a")
    answer = await finish(owner, other, app.code())
    renew(owner, answer)
    if change == "password":
        changed = {"old": PASSWORD, "new": "wide purple morning kettle"}
        assert (await owner.put("/api/v1/me/password", json=changed)).status_code == 204
    else:
        assert (await owner.delete("/api/v1/me/sessions")).status_code == 204
    refused(await finish(waiting, ceremony, app.code()), 401, "sign_in_needed")


async def test_a_changed_password_keeps_what_the_session_began_with(house: House) -> None:
    client = house.client("landlord-a")
    await enrol(house, "landlord-a", client)
    answer = await client.put("/api/v1/me/password", json={"old": PASSWORD, "new": "wide purple morning kettle"})
    renew(client, answer)
    assert good(await client.get("/api/v1/me/sessions"))[0]["method"] == "password_and_code"


async def test_the_password_confirms_new_recovery_codes_and_the_removal(house: House) -> None:
    client = house.client("landlord-a")
    app = await enrol(house, "landlord-a", client)
    for path in ("recovery-codes", "removal"):
        refused(await client.post(f"{FACTOR}/{path}", json={"password": "guess"}), 403, "password_wrong")
    fresh = good(await client.post(f"{FACTOR}/recovery-codes", json={"password": PASSWORD}))["recovery_codes"]
    assert not set(fresh) & set(app.recovery_codes)
    answer = await client.post(f"{FACTOR}/removal", json={"password": PASSWORD})
    assert answer.status_code == 204
    good(await house.client().post("/api/v1/sessions", json={"login": "landlord-a", "password": PASSWORD}))


async def test_an_owner_removes_a_lost_app_of_the_team_and_the_operator_anybodys(house: House) -> None:
    form = {"login": "ada", "name": "Ada", "staff": "desk"}
    owner = house.client("landlord-a")
    ada = good(await owner.post("/api/v1/staff", json=form))["id"]
    with house.gateway.database.writing() as session:
        session.get_one(Account, ada).password_is_first = False
    phone = house.client("ada")
    await enrol(house, "ada", phone)
    refused(await house.client("landlord-b").delete(f"/api/v1/staff/{ada}/second-factor"), 404, "not_found")
    assert (await owner.delete(f"/api/v1/staff/{ada}/second-factor")).status_code == 204
    refused(await phone.get("/api/v1/me"), 401, "sign_in_needed")
    assert of_account(house, "ada") is None
    await enrol(house, "tester")
    with house.gateway.database.writing() as session:
        remove_lost_factors(session, "tester", house.now[0])
        removed = session.scalars(select(Event.data).where(Event.type == "SecondFactorRemoved").order_by(Event.id))
        assert [(row or {})["by"] == "operator" for row in removed] == [False, True]
    assert of_account(house, "tester") is None


def asks_for_a_factor(answer: httpx.Response) -> bool:
    """Whether the answer says, or leads to the page that says, that a second factor is missing."""
    if answer.status_code == 403 and answer.headers["content-type"] == "application/problem+json":
        return bool(answer.json()["code"] == "second_factor_missing")
    return str(answer.headers.get("location", "")).startswith("/account/second-factor")


class TestWhereARoleMustHaveOne:
    @pytest.fixture
    def house(self, house: House) -> House:
        """A house whose officers must have a second factor."""
        house.gateway.settings = house.gateway.settings.model_copy(update={"second_factor_roles": {"officer"}})
        return house

    async def test_an_officer_reaches_nothing_but_the_page_that_adds_one(self, house: House) -> None:
        officer, stranger = house.client("officer-a"), house.client()
        left_open = set()
        for method, path in routes(house.app):
            if path == "/logout":
                continue
            answer = await ask(stranger, method, path)
            for_accounts = answer.status_code == 401 and answer.json()["detail"] == "Sign in first."
            led = answer.status_code == 303 and answer.headers["location"].startswith("/login")
            if (for_accounts or led) and not asks_for_a_factor(await ask(officer, method, path)):
                left_open.add(path)
        adding = {FACTOR, f"{FACTOR}/options", "/account/second-factor", "/account/second-factor/new"}
        apart = {"/api/v1/me/password", "/account/first-password", "/login/code", "/login/officer/return", LINK}
        assert left_open <= adding | apart | {"/account/password"}
        good(await house.client("landlord-a").get("/api/v1/me"))

    async def test_the_officer_adds_one_on_the_pages_and_goes_on(self, house: House) -> None:
        officer = house.client()
        form = {"login": "officer-a", "password": PASSWORD, "next": "/officer/exports"}
        assert (await officer.post("/login", data=form)).headers["location"] == "/officer/exports"
        led = (await officer.get("/officer/exports")).headers["location"]
        assert led == "/account/second-factor?next=%2Fofficer%2Fexports"
        assert "needs a second step" in (await officer.get(led)).text
        page = (await officer.post("/account/second-factor/new", data={"next": "/officer/exports"})).text
        assert "<svg" in page
        values = {name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("ceremony", "next")}
        secret = "".join(page.split('class="code secret">')[1].split("</p>")[0].replace("<span>", "").split("</span>"))
        wrong = await officer.post("/account/second-factor", data=values | {"code": "000"})
        assert (wrong.status_code, values["ceremony"] in wrong.text) == (403, True)
        code = pyotp.TOTP(secret.replace(" ", "")).at(house.now[0])
        done = await officer.post("/account/second-factor", data=values | {"code": code})
        assert done.text.count("<li><code>") == 10
        assert 'href="/officer/exports"' in done.text
        renew(officer, done)
        assert (await officer.get("/officer/exports")).status_code == 200

    async def test_a_password_alone_adds_none_where_a_passkey_is_the_second_factor(self, house: House) -> None:
        with house.gateway.database.writing() as session:
            account = session.scalars(select(Account.id).where(Account.login == "officer-a")).one()
            key = Passkey(account_id=account, credential_id=b"c", public_key=b"p", sign_count=1, label="Pixel")
            key.created_at = house.now[0]
            session.add(key)
        answer = await house.client().post("/api/v1/sessions", json={"login": "officer-a", "password": PASSWORD})
        assert "passkey" in refused(answer, 401, "sign_in_needed")["detail"]


async def test_the_pages_ask_for_the_code_and_lead_on(house: House) -> None:
    app = await enrol(house, "landlord-a")
    landlord = house.client()
    form: dict[str, Any] = {"login": "landlord-a", "password": PASSWORD, "next": "/landlord/calendar"}
    led = (await landlord.post("/login", data=form)).headers["location"]
    assert led == "/login/code?next=%2Flandlord%2Fcalendar"
    page = (await landlord.get(led)).text
    assert 'autocomplete="one-time-code"' in page
    for typed, status in (("", 422), ("000000", 403)):
        assert (await landlord.post("/login/code", data={"code": typed, "next": form["next"]})).status_code == status
    done = await landlord.post("/login/code", data={"code": app.code(), "next": form["next"]})
    assert (done.status_code, done.headers["location"]) == (303, "/landlord/calendar")
    late = await house.client().post("/login/code", data={"code": app.code()})
    assert (late.status_code, "took too long" in late.text) == (401, True)
