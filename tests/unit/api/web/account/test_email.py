"""An account's e-mail address: used once its owner, signed in, has confirmed it; the address before is told."""

from typing import Final

import httpx
import pytest
from sqlalchemy import select

from api.services.access import hash_password
from gateway.journey.accounts.mails import LINK_SECONDS
from gateway.journey.accounts.operator import renew_password
from gateway.store import Account, Event
from tests.parts.house import House
from tests.unit.api.web.account.post_office import PostOffice, open_post_office

FIRST: Final = "mira@example.org"
SECOND: Final = "mira@example.net"


@pytest.fixture
def office(house: House, monkeypatch: pytest.MonkeyPatch) -> PostOffice:
    """A mail server."""
    return open_post_office(house, monkeypatch)


def address(house: House, login: str = "landlord-a") -> tuple[str | None, str | None]:
    """The address that is used, and its language."""
    with house.gateway.database.reading() as session:
        account = session.scalars(select(Account).where(Account.login == login)).one()
        return account.email, account.email_language


def events(house: House) -> list[str]:
    """What was recorded."""
    with house.gateway.database.reading() as session:
        return list(session.scalars(select(Event.type).where(Event.type.startswith("Email")).order_by(Event.id)))


async def enter(client: httpx.AsyncClient, email: str, **cookies: str) -> httpx.Response:
    """The form of the account page."""
    return await client.post("/account/email", data={"email": email}, cookies=cookies or None)


async def test_an_address_is_used_once_its_link_is_confirmed(house: House, office: PostOffice) -> None:
    client = house.client("landlord-a")
    assert (await enter(client, FIRST)).headers["location"] == "/account?done=account.email_sent"
    path = await office.link()
    assert (office.sent[0][0], "landlord-a" in office.sent[0][1]) == (FIRST, False), "it may be a stranger's"
    for _ in range(2):
        assert (await client.get(path)).status_code == 200
    assert (address(house), f"A link was sent to {FIRST}" in (await client.get("/account")).text) == (
        (None, None),
        True,
    )
    assert (await client.post(path)).headers["location"] == "/account?done=account.email_confirmed"
    assert (address(house), events(house)) == ((FIRST, "en"), ["EmailConfirmed"])
    page = (await client.get("/account")).text
    assert f'value="{FIRST}"' in page
    assert "A link was sent" not in page
    assert (await client.post(path)).status_code == 404


async def test_whoever_gets_the_link_by_mistake_confirms_nothing(house: House, office: PostOffice) -> None:
    await enter(house.client("landlord-a"), FIRST)
    path = await office.link()
    assert (await house.client().post(path)).headers["location"].startswith("/login")
    assert (await house.client("landlord-b").post(path)).status_code == 404
    house.now[0] += LINK_SECONDS
    assert (await house.client("landlord-a").post(path)).status_code == 404
    assert address(house) == (None, None)


async def test_the_address_before_hears_of_a_new_one_and_of_none(house: House, office: PostOffice) -> None:
    client = house.client("landlord-a")
    for email in (FIRST, SECOND):
        await enter(client, email)
        await client.post(await office.link())
    await office.deliver()
    assert (office.sent[-1][0], "was changed" in office.sent[-1][1]) == (FIRST, True)
    assert (await enter(client, "")).headers["location"] == "/account?done=account.email_removed"
    await office.deliver()
    assert (office.sent[-1][0], "was removed" in office.sent[-1][1]) == (SECOND, True)
    assert (address(house), events(house)) == ((None, None), ["EmailConfirmed"] * 2 + ["EmailRemoved"])


async def test_confirming_the_same_address_again_tells_nobody(house: House, office: PostOffice) -> None:
    client = house.client("landlord-a")
    for _ in range(2):
        await enter(client, FIRST)
        await client.post(await office.link())
    assert await office.deliver() == []


async def test_what_is_sent_is_in_the_language_of_the_page(house: House, office: PostOffice) -> None:
    client = house.client("landlord-a")
    await client.post("/account/email?lang=zh-CN", data={"email": FIRST})
    await client.post(await office.link())
    assert "请在 30 分钟内" in office.sent[0][1]
    assert address(house) == (FIRST, "zh-CN")


@pytest.mark.parametrize("email", ["mira", "a@b@c.example", "a@example.org,b@example.org", "x" * 200 + "@example.org"])
async def test_what_is_no_address_is_refused(house: House, office: PostOffice, email: str) -> None:
    answer = await enter(house.client("landlord-a"), email)
    assert (answer.status_code, "Enter an email address such as" in answer.text) == (422, True)
    assert await office.deliver() == []


async def test_an_account_sends_five_links_an_hour(house: House, office: PostOffice) -> None:
    client = house.client("landlord-a")
    statuses = [(await enter(client, f"{number}@example.org")).status_code for number in range(6)]
    assert statuses == [303] * 5 + [429]
    assert len(await office.deliver()) == 5
    assert len(office.sent) == 5


async def test_without_a_mail_server_there_is_no_form(house: House) -> None:
    client = house.client("landlord-a")
    assert 'action="/account/email"' not in (await client.get("/account")).text
    assert (await enter(client, FIRST)).status_code == 409


async def test_the_operators_new_password_removes_the_address(
    house: House, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = open_post_office(house, monkeypatch, landlord_a=FIRST)
    with house.gateway.database.writing() as session:
        renew_password(session, "landlord-a", hash_password, house.now[0])
    await office.deliver()
    assert [to for to, _ in office.sent] == [FIRST]
    assert address(house) == (None, None)
