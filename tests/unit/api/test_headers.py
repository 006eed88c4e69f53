"""Headers, cookies and error pages of the whole application, over HTTP and HTTPS."""

import asyncio
from typing import Any, Final

import httpx
import pytest

from api.cli.commands.serve import server_config
from api.framework.cookies import PREFIX
from api.framework.session_cookie import SESSION_COOKIE
from gateway.settings import Settings
from tests.parts.house import PASSWORD, House
from tests.unit.api.test_closed_routes import filled, routes

CACHED: Final = {"/sw.js", "/manifest/{app}"}  # without personal data; static files are not routes
ENDS_SESSION: Final = {"/logout", "/api/v1/sessions"}
HTML: Final = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def begun(app: Any, method: str, path: str, token: str) -> dict[str, str]:
    """The headers of an answer whose body, which may not end, is not read."""
    started, asked = asyncio.get_running_loop().create_future(), asyncio.Event()

    async def receive() -> dict[str, Any]:
        if asked.is_set():
            await asyncio.Event().wait()
        asked.set()
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start" and not started.done():
            started.set_result({name.decode(): value.decode() for name, value in message["headers"]})

    headers = {"host": "lodgekey.test", "content-type": "application/json", "content-length": "2"}
    headers |= {"cookie": f"{SESSION_COOKIE}={token}"} if token else {}
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
    }
    scope |= {"path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "client": ("127.0.0.1", 1)}
    scope |= {"headers": [(name.encode(), value.encode()) for name, value in headers.items()], "server": ("x", 80)}
    answering = asyncio.create_task(app(scope, receive, send))
    try:
        return dict(await asyncio.wait_for(started, 20))
    finally:
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)


@pytest.mark.parametrize("login", ["", "landlord-a", "officer-a", "tester"])
async def test_no_cache_keeps_an_answer_of_any_route_that_may_be_personal(house: House, login: str) -> None:
    token = house.session_of(login) if login else ""
    kept = set()
    for method, path in routes(house.app):
        if not (login and path in ENDS_SESSION):
            headers = await begun(house.app, method, filled(path), token)
            kept |= {path} if headers["cache-control"] != "no-store" else set()
    assert kept <= CACHED
    assert (await house.client().get("/sw.js")).headers["cache-control"] == "no-cache"


def browser(house: House, scheme: str) -> httpx.AsyncClient:
    """A browser that reaches the gateway by this scheme."""
    made = httpx.AsyncClient(transport=httpx.ASGITransport(house.app), base_url=f"{scheme}://lodgekey.test")
    house.clients.append(made)
    return made


@pytest.mark.parametrize(("scheme", "name"), [("http", SESSION_COOKIE), ("https", PREFIX + SESSION_COOKIE)])
async def test_cookies_have_the_name_of_their_scheme(house: House, scheme: str, name: str) -> None:
    client, form = browser(house, scheme), {"login": "landlord-a", "password": PASSWORD}
    answer = await client.post("/login", data=form, headers={"Origin": f"{scheme}://lodgekey.test"})
    cookie, *parts = answer.headers["set-cookie"].split("; ")
    assert cookie.startswith(f"{name}=")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(parts)
    assert ("Secure" in parts) is (scheme == "https")
    assert not any(part.startswith("Domain") for part in parts)
    assert ("strict-transport-security" in answer.headers) is (scheme == "https")
    assert (await client.get("/api/v1/me")).status_code == 200
    assert (await client.post("/logout")).status_code == 303
    assert list(client.cookies.jar) == []


@pytest.mark.parametrize(
    ("too", "policy"), [(True, "max-age=31536000; includeSubDomains"), (False, "max-age=31536000")]
)
async def test_names_below_the_address_are_meant_too_unless_others_have_them(
    house: House, too: bool, policy: str
) -> None:
    house.gateway.settings = house.gateway.settings.model_copy(update={"https_subdomains": too})
    answer = await browser(house, "https").get("/healthz")
    assert answer.headers.get_list("strict-transport-security") == [policy]


async def test_a_cookie_that_another_host_of_the_domain_could_set_is_not_taken(house: House) -> None:
    client = browser(house, "https")
    client.cookies.set(SESSION_COOKIE, house.session_of("landlord-a"))
    assert (await client.get("/api/v1/me")).status_code == 401


async def scheme_headers(house: House, proxy: str) -> httpx.Headers:
    """The headers of an answer to a proxy that says the browser came by HTTPS; 127.0.0.2 is trusted."""
    config = server_config(house.app, Settings(trusted_proxies="127.0.0.2"))
    config.load()
    served: Any = config.loaded_app
    transport = httpx.ASGITransport(served, client=(proxy, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://lodgekey.test") as client:
        return (await client.get("/login?lang=zh", headers={"X-Forwarded-Proto": "https"})).headers


async def test_the_scheme_is_what_a_trusted_proxy_says(house: House) -> None:
    trusted, stranger = await scheme_headers(house, "127.0.0.2"), await scheme_headers(house, "127.0.0.3")
    assert "Secure" in trusted["set-cookie"]
    assert "strict-transport-security" in trusted
    assert "Secure" not in stranger["set-cookie"]
    assert "strict-transport-security" not in stranger


async def test_cookies_are_secure_where_the_public_address_is(house: House) -> None:
    settings = house.gateway.settings
    house.gateway.settings = settings.model_copy(update={"public_url": "https://Lodgekey.Example:443"})
    answer = await house.client().get("/login?lang=zh")
    assert answer.headers["set-cookie"].startswith(PREFIX)
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/login", 405)])
async def test_a_browser_gets_a_page_and_a_program_a_problem(house: House, method: str, path: str, status: int) -> None:
    client = house.client()
    page = await client.request(method, path, headers=HTML | {"Accept-Language": "zh"})
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert 'lang="zh-CN"' in page.text
    for address, headers in ((path, {"Accept": "*/*"}), (f"/api/v1{path}", HTML)):
        answer = await client.request(method, address, headers=headers)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_an_internal_error_is_a_page_for_a_browser(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr("api.app.worst_state", broken)
    assert (await house.client().get("/readyz")).headers["content-type"] == "application/problem+json"
    answer = await house.client().get("/readyz", headers=HTML)
    assert (answer.status_code, answer.headers["content-type"]) == (500, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/api/v1/sessions", "DELETE, POST"),
        ("PUT", "/healthz", "GET, HEAD"),
        ("DELETE", "/login", "GET, HEAD, POST"),
        ("POST", "/static/shared/app.css", "GET, HEAD"),
    ],
)
async def test_a_refused_method_names_all_that_the_address_takes(
    house: House, method: str, path: str, allowed: str
) -> None:
    answer = await house.client().request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


async def test_an_answer_that_asks_for_a_sign_in_says_how(house: House) -> None:
    wrong = await house.client().post("/login", data={"login": "landlord-a", "password": "guess"})
    for answer in (await house.client().get("/api/v1/me"), wrong):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith('Cookie realm="Lodgekey", form-action="/login"')


@pytest.mark.parametrize(("other", "agrees"), [("::1,127.0.0.1", True), ("*", False), ("10.0.0.1", False)])
def test_uvicorns_own_setting_agrees_or_nothing_starts(
    monkeypatch: pytest.MonkeyPatch, other: str, agrees: bool
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", other)
    if agrees:
        assert Settings().trusted_proxies == "127.0.0.1, ::1"
    else:
        with pytest.raises(ValueError, match="FORWARDED_ALLOW_IPS differs"):
            Settings()


async def test_head_of_health_and_readiness_has_the_status_of_get(house: House) -> None:
    client = house.client()
    for path in ("/healthz", "/readyz", "/static/shared/app.css", "/nowhere"):
        head, got = await client.head(path), await client.get(path)
        assert (head.status_code, head.content) == (got.status_code, b"")


async def test_head_of_what_answers_post_only_is_refused(house: House) -> None:
    answer = await house.client().head("/api/v1/sessions")
    assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, POST")
