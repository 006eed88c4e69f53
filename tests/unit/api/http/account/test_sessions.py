"""The own sessions over HTTP, what counts as their use, and the page that lists them."""

import re

import httpx

from api.framework.session_cookie import SESSION_COOKIE
from tests.parts.house import PASSWORD, House, good, refused

SESSIONS = "/api/v1/me/sessions"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def signed_in(house: House, address: str = "203.0.113.9") -> httpx.AsyncClient:
    """A client that signed in by password with a browser."""
    client = house.client(client=address)
    client.headers["User-Agent"] = FIREFOX
    good(await client.post("/api/v1/sessions", json={"login": "officer-a", "password": PASSWORD}))
    return client


async def test_one_session_is_ended_from_another(house: House) -> None:
    here, there = await signed_in(house), await signed_in(house, "198.51.100.4")
    mine, other = good(await here.get(SESSIONS))
    assert (mine["current"], mine["device"], mine["network"]) == (True, "Firefox, Linux", "203.0.113.0/24")
    assert (other["current"], other["network"]) == (False, "198.51.100.0/24")
    assert (await here.delete(f"{SESSIONS}/{other['id']}")).status_code == 204
    refused(await there.get("/api/v1/me"), 401, "sign_in_needed")
    refused(await here.delete(f"{SESSIONS}/{other['id']}"), 404, "not_found")
    good(await here.get("/api/v1/me"))


async def test_signing_out_everywhere_ends_this_session_too(house: House) -> None:
    here, there = await signed_in(house), await signed_in(house)
    answer = await here.delete(SESSIONS)
    assert answer.status_code == 204
    assert answer.headers["set-cookie"].startswith(f'{SESSION_COOKIE}="";')
    for client in (here, there):
        refused(await client.get("/api/v1/me"), 401, "sign_in_needed")


async def test_what_a_page_asks_by_itself_keeps_no_session_open(house: House) -> None:
    watched, worked = await signed_in(house), await signed_in(house)
    for _ in range(6):
        house.now[0] += 600
        poll = await watched.get("/officer/news", headers={"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"})
        await worked.get("/officer", headers={"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"})
    assert (poll.status_code, poll.headers["location"]) == (303, "/login?next=%2Fofficer%2Fnews")
    assert (await worked.get("/officer")).status_code == 200


async def test_the_page_lists_the_sessions_and_ends_them(house: House) -> None:
    here, there = await signed_in(house), await signed_in(house)
    shown = (await here.get("/account/sessions")).text
    assert shown.count("Firefox, Linux</strong>") == 2
    action = re.search(r'action="(/account/sessions/[0-9a-f-]{36}/end)"', shown)
    assert action is not None
    answer = await here.post(action[1])
    assert answer.headers["location"] == "/account/sessions?done=account.session_ended"
    refused(await there.get("/api/v1/me"), 401, "sign_in_needed")
    out = await here.post("/account/sessions/end")
    assert out.headers["location"] == "/login?done=account.signed_out"
    assert "You have been signed out everywhere." in (await here.get(out.headers["location"])).text
    refused(await here.get("/api/v1/me"), 401, "sign_in_needed")
