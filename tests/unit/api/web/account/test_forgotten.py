"""A forgotten password: a link that changes it once, and answers that do not tell whether there is an account."""

import logging
from collections.abc import Callable
from typing import Any, Final

import httpx
import pytest
from sqlalchemy import select, text

from api.services.access import hash_password
from gateway.domain.accounts.tokens import token_hash
from gateway.journey.accounts.email import remove_email
from gateway.journey.accounts.mails import ACCOUNT_MAIL, LINK_SECONDS
from gateway.journey.accounts.sign_in import change_password, end_sessions, forget_sign_in
from gateway.outbox.deliveries import Refused, RetryAt
from gateway.store import Account, Ceremony, Delivery, Event, SecondFactor
from gateway.store.model import Model
from tests.parts.house import PASSWORD, House, good, refused
from tests.unit.api.test_guessed_ids import counted
from tests.unit.api.web.account.post_office import PostOffice, open_post_office

NEW: Final = "wide purple morning kettle"
FORM: Final = {"new": NEW, "again": NEW}
OWNER: Final = "mira@example.org"
FORGOTTEN: Final = "/login/forgotten"


@pytest.fixture
def office(house: House, monkeypatch: pytest.MonkeyPatch) -> PostOffice:
    """A mail server, and an address for one account."""
    return open_post_office(house, monkeypatch, landlord_a=OWNER)


async def request(house: House, login: str = "landlord-a", client: str = "127.0.0.1") -> httpx.Response:
    """A stranger asks for a link."""
    return await house.client(client=client).post(FORGOTTEN, data={"login": login})


async def opened(house: House, path: str) -> httpx.AsyncClient:
    """A browser that opened the link of an e-mail."""
    browser = house.client()
    assert (await browser.get(path)).headers["location"] == "/login/new-password"
    return browser


async def choose(browser: httpx.AsyncClient, **form: str) -> httpx.Response:
    """The form for a new password."""
    return await browser.post("/login/new-password", data=FORM | form)


async def sign_in(house: House, password: str, login: str = "landlord-a") -> httpx.Response:
    """A sign-in by password."""
    return await house.client().post("/api/v1/sessions", json={"login": login, "password": password})


async def test_the_link_changes_the_password_once_and_signs_out_everywhere(house: House, office: PostOffice) -> None:
    signed_in = house.client("landlord-a")
    assert (await request(house)).status_code == 200
    path = await office.link()
    assert (office.sent[0][0], "username landlord-a" in office.sent[0][1]) == (OWNER, True)
    browser = await opened(house, path)
    assert 'value="landlord-a"' in (await browser.get("/login/new-password")).text
    done = await choose(browser)
    assert done.headers["location"] == "/login?done=account.password_chosen"
    refused(await browser.get("/api/v1/me"), 401, "sign_in_needed")
    refused(await signed_in.get("/api/v1/me"), 401, "sign_in_needed")
    refused(await sign_in(house, PASSWORD), 401, "sign_in_needed")
    good(await sign_in(house, NEW))
    await office.deliver()
    assert (office.sent[1][0], "password of the username landlord-a was changed" in office.sent[1][1]) == (OWNER, True)
    with house.gateway.database.reading() as session:
        event = session.scalars(select(Event).where(Event.type == "PasswordChanged")).one()
    assert event.data is not None
    assert event.data["by"] == "link"
    assert (await choose(await opened(house, path))).status_code == 404


async def test_a_program_that_opens_every_link_of_an_e_mail_uses_nothing_up(house: House, office: PostOffice) -> None:
    await request(house)
    path = await office.link()
    for method in ("HEAD", "GET", "GET"):
        answer = await house.client().request(method, path)
        assert (answer.status_code, answer.headers["referrer-policy"]) == (303, "no-referrer")
        assert path.rpartition("/")[2] not in answer.headers["location"]
    cookie = answer.headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", f"max-age={LINK_SECONDS}"} <= {part.strip() for part in cookie.split(";")}
    browser = await opened(house, path)
    for _ in range(2):
        assert (await browser.get("/login/new-password")).status_code == 200
    assert (await choose(browser)).status_code == 303


def of(session: Any, login: str = "landlord-a") -> Account:
    """The account."""
    return session.scalars(select(Account).where(Account.login == login)).one()  # type: ignore[no-any-return]


ENDS: Final[dict[str, Callable[[Any, int], object]]] = {
    "the password changes": lambda session, now: change_password(session, of(session), hash_password(NEW), now),
    "the account ends": lambda session, now: forget_sign_in(session, of(session), now),
    "the address is removed": lambda session, now: remove_email(session, of(session).id, now),
    "all sessions end": lambda session, now: end_sessions(session, of(session).id),
}


@pytest.mark.parametrize("end", ENDS)
async def test_a_link_ends_when(house: House, office: PostOffice, end: str) -> None:
    await request(house)
    browser = await opened(house, await office.link())
    with house.gateway.database.writing() as session:
        ENDS[end](session, house.now[0])
    assert (await browser.get("/login/new-password")).status_code == 404
    assert (await choose(browser, new="other long wet kettle", again="other long wet kettle")).status_code == 404
    refused(await sign_in(house, "other long wet kettle"), 401, "sign_in_needed")


async def test_a_link_ends_with_a_newer_one_and_after_half_an_hour(house: House, office: PostOffice) -> None:
    paths = []
    for _ in range(2):
        await request(house)
        paths.append(await office.link())
    assert (await choose(await opened(house, paths[0]))).status_code == 404
    browser = await opened(house, paths[1])
    house.now[0] += LINK_SECONDS
    answer = await choose(browser)
    assert (answer.status_code, "has expired or was used" in answer.text) == (404, True)
    good(await sign_in(house, PASSWORD))


async def test_a_link_of_another_kind_changes_no_password(house: House, office: PostOffice) -> None:
    await house.client("landlord-a").post("/account/email", data={"email": "new@example.org"})
    path = await office.link()
    browser = await opened(house, f"{FORGOTTEN}/{path.rpartition('/')[2]}")
    assert (await choose(browser)).status_code == 404


@pytest.mark.parametrize("form", [{"new": "short", "again": "short"}, {"again": "other"}, {"new": ""}])
async def test_a_refused_password_leaves_the_link_valid(house: House, office: PostOffice, form: dict[str, str]) -> None:
    await request(house)
    browser = await opened(house, await office.link())
    answer = await choose(browser, **form)
    assert (answer.status_code, 'class="alert bad errors"' in answer.text) == (422, True)
    assert (await choose(browser)).status_code == 303


async def test_the_second_factor_is_asked_for_after_the_link(house: House, office: PostOffice) -> None:
    with house.gateway.database.writing() as session:
        row = SecondFactor(account_id=of(session).id, sealed_secret=b"", last_step=0, added_at=house.now[0])
        row.recovery_hashes = []
        session.add(row)
    await request(house)
    await choose(await opened(house, await office.link()))
    refused(await sign_in(house, NEW), 401, "second_factor_needed")


async def test_who_asks_cannot_tell_whether_there_is_an_account(
    house: House, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with house.gateway.database.writing() as session:
        of(session, "tester").ended_at = house.now[0]
        of(session, "officer-b").issuer, of(session, "officer-b").password_hash = "https://idp.example", ""
    seen, work = [], []
    for login in ("landlord-a", "landlord-b", "tester", "officer-b", "nobody", "nobody' --", "清晨"):
        with counted(monkeypatch) as counting:
            answer = await request(house, login)
        seen.append((answer.status_code, answer.text, sorted(answer.headers.items())))
        work.append(counting.done)
    assert seen == [seen[0]] * len(seen)
    assert work == [work[0]] * len(work)
    assert any("INSERT INTO deliveries" in statement for statement in work[0])
    await office.deliver()
    assert [to for to, _ in office.sent] == [OWNER]
    with house.gateway.database.reading() as session:
        assert session.scalars(select(Delivery)).all() == []


async def test_a_name_and_an_address_are_written_to_a_few_times_only(house: House, office: PostOffice) -> None:
    open_address = ["landlord-a", "landlord-b", "officer-a"]
    with house.gateway.database.writing() as session:
        for login in open_address:
            of(session, login).email, of(session, login).email_language = OWNER.upper(), "en"
    for number, login in enumerate((*open_address, "nobody")):
        statuses = [(await request(house, login, client=f"192.0.2.{number}")).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429], login
    await office.deliver()
    assert len(office.sent) == 6
    house.now[0] += 60
    kept = await opened(house, await latest(house, office))
    assert (await choose(kept)).status_code == 303, "whoever has to wait has a link that is valid"


async def latest(house: House, office: PostOffice) -> str:
    """The path of the last link that was sent."""
    assert house.gateway.settings.sends_mail
    return office.sent[-1][1].partition("https://lodgekey.example")[2].partition("\n")[0]


async def test_one_address_asks_for_twenty_names_an_hour(house: House, office: PostOffice) -> None:
    statuses = [(await request(house, f"nobody-{number}")).status_code for number in range(21)]
    assert statuses == [200] * 20 + [429]
    assert office.sent == []


async def test_no_token_is_stored_and_no_address_is_left_in_the_outbox(
    house: House, office: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await request(house)
        path = await office.link()
        stored = dump(house)
        await choose(await opened(house, path))
        await office.deliver()
    token = path.rpartition("/")[2]
    assert token not in stored + dump(house)
    assert token_hash(token) in stored
    assert OWNER not in dump(house, "deliveries")
    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpx"))
    assert not [known for known in (token, OWNER, "landlord-a", NEW) if known in ours]


def dump(house: House, *tables: str) -> str:
    """Every row of the tables, or of all."""
    with house.gateway.database.reading() as session:
        names = tables or tuple(Model.metadata.tables)
        return "".join(str(session.execute(text(f"SELECT * FROM {name}")).all()) for name in names)


async def test_a_server_that_refuses_is_tried_again_with_a_new_link(house: House, office: PostOffice) -> None:
    await request(house)
    office.accepting = False
    for _ in range(8):  # more often than an address may be written to
        assert isinstance((await office.deliver())[0], RetryAt)
    office.accepting = True
    assert (await choose(await opened(house, await office.link()))).status_code == 303
    office.accepting = False
    assert isinstance((await office.deliver())[0], RetryAt)
    house.now[0] += 86_400
    assert (await office.deliver())[0] == Refused("mail_server_refused")
    assert OWNER not in dump(house, "deliveries"), "the notice stays visible, without the address"


async def test_without_a_mail_server_the_page_says_whom_to_ask(house: House) -> None:
    stranger = house.client()
    assert FORGOTTEN not in (await stranger.get("/login")).text
    assert "Ask an owner of your team" in (await stranger.get("/login")).text
    for answer in (await stranger.get(FORGOTTEN), await request(house)):
        assert (answer.status_code, "<form method" in answer.text.partition("<main")[2]) == (200, False)
        assert "Ask an owner of your team" in answer.text
    with house.gateway.database.reading() as session:
        assert session.scalars(select(Delivery).where(Delivery.work == ACCOUNT_MAIL)).all() == []


async def test_with_a_mail_server_the_sign_in_page_leads_there(house: House, office: PostOffice) -> None:
    assert office.sent == []
    assert f'href="{FORGOTTEN}"' in (await house.client().get("/login")).text
    assert (await house.client().get(f"{FORGOTTEN}/{'x' * 44}")).status_code == 422
    assert (await house.client().get("/login/new-password")).status_code == 404
    elsewhere = await house.client().post(
        FORGOTTEN, data={"login": "landlord-a"}, headers={"Origin": "https://x.example"}
    )
    assert elsewhere.status_code == 403
    with house.gateway.database.reading() as session:
        assert session.scalars(select(Ceremony)).all() == []
