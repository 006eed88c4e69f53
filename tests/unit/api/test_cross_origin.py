"""What another origin gets: no shared answer, no script, frame or plugin of its own, no request read back."""

import re
from typing import Final

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from tests.architecture.source import python_files, text_of, tracked
from tests.parts.house import House
from tests.unit.api.test_closed_routes import filled, routes
from tests.unit.api.test_headers import begun

POLICY: Final = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
ELSEWHERE: Final = {"Origin": "https://evil.example"}


async def test_browsers_run_and_embed_only_what_is_ours(house: House) -> None:
    answer = await house.client().get("/login")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert {name: policy[name] for name in POLICY} == POLICY
    assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin")


@pytest.mark.parametrize("path", ["/api/v1/units", "/login", "/healthz", "/static/shared/app.css", "/nowhere"])
async def test_no_answer_is_shared_with_another_origin(house: House, path: str) -> None:
    client = house.client("landlord-a")
    preflight = ELSEWHERE | {"Access-Control-Request-Method": "POST"}
    for answer in (await client.get(path, headers=ELSEWHERE), await client.options(path, headers=preflight)):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_nothing_here_could_share_an_answer_with_another_origin() -> None:
    words = re.compile("access-control-allow|CORSMiddleware", re.IGNORECASE)
    assert [str(path) for path in python_files("api", "gateway") if words.search(text_of(path))] == []


@pytest.mark.parametrize("login", ["", "landlord-a", "officer-a", "tester"])
async def test_every_answer_says_its_kind_and_text_its_character_set(house: House, login: str) -> None:
    token = house.session_of(login) if login else ""
    for method, path in routes(house.app):
        if method == "GET":
            headers = await begun(house.app, method, filled(path), token)
            kind = headers.get("content-type", "")
            assert kind or headers.get("content-length") in (None, "0"), path
            assert not kind.startswith("text/") or "charset=utf-8" in kind, (path, kind)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "TRACK"])
async def test_no_route_answers_a_method_that_repeats_the_request(house: House, method: str) -> None:
    client = house.client("landlord-a")
    for path in ("/", "/login", "/api/v1/me", "/static/shared/app.css"):
        answer = await client.request(method, path, headers={"X-Probe": "canary-4711"})
        assert (answer.status_code, "canary-4711" in answer.text) == (405, False), path


def test_no_route_is_a_websocket(house: House) -> None:
    kinds = {type(context.route).__name__ for context in iter_route_contexts(house.app.routes)}
    assert any(issubclass(type(context.route), APIRoute) for context in iter_route_contexts(house.app.routes))
    assert not [kind for kind in kinds if "WebSocket" in kind]


@pytest.mark.parametrize("tag", ["<object", "<embed", "<applet", "<iframe", "<base "])
def test_no_page_has_a_plugin_or_a_frame(tag: str) -> None:
    templates = tracked("api/web/templates/*.html")
    assert len(templates) > 30
    assert [str(path) for path in templates if tag in text_of(path)] == []
