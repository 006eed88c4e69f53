"""What is served is what is meant to be: no folder, no source, no page of a framework, nothing of a debugger."""

from pathlib import Path
from typing import Any, Final

import pytest

from api.app import create_app
from gateway.bootstrap import Gateway
from gateway.settings import Settings
from tests.parts.house import House

FOLDERS: Final = ("/static", "/static/", "/static/shared", "/static/shared/", "/static/tenant/")
ELSEWHERE: Final = (
    "/static/../render.py",
    "/static/..%2frender.py",
    "/static/%2e%2e/%2e%2e/app.py",
    "/static/shared/..%5c..%5capp.py",
    "/static//etc/passwd",
    "/static/%2fetc%2fpasswd",
    "/.git/config",
    "/static/.git/config",
    "/.env",
    "/pyproject.toml",
    "/lodgekey.sqlite",
)
PAGES_OF_FRAMEWORKS: Final = ("/docs", "/redoc", "/openapi.json", "/metrics", "/debug", "/docs/oauth2-redirect")


@pytest.mark.parametrize("path", [*FOLDERS, *ELSEWHERE])
async def test_nothing_outside_the_folder_of_files_is_served(house: House, path: str) -> None:
    answer = await house.client("landlord-a").get(path)
    assert answer.status_code in (307, 404, 405, 422)
    assert "app.css" not in answer.text
    assert "root:" not in answer.text


@pytest.mark.parametrize("path", PAGES_OF_FRAMEWORKS)
async def test_the_documentation_that_is_shown_is_one_we_chose(house: House, path: str) -> None:
    assert (await house.client("landlord-a").get(path)).status_code == 404
    assert (await house.client().get("/api/v1/openapi.json")).status_code == 200


def test_every_schema_of_a_request_refuses_other_fields(house: House) -> None:
    document: dict[str, Any] = house.app.openapi()
    bodies = [
        (f"{method} {path}", body["schema"])
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for kind, body in operation.get("requestBody", {}).get("content", {}).items()
        if kind == "application/json"
    ]
    assert len(bodies) > 30
    for name, schema in bodies:
        for one in schema.get("anyOf", [schema]):
            named = document["components"]["schemas"].get(one.get("$ref", "").rpartition("/")[2], one)
            assert named.get("additionalProperties") is False or named.get("type") == "null", name


def test_nothing_of_the_application_is_in_debug_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DEBUG", "LODGEKEY_DEBUG", "FASTAPI_DEBUG", "STARLETTE_DEBUG"):
        monkeypatch.setenv(name, "1")
    app = create_app(Gateway(Settings(folder=tmp_path)), run=False)
    assert app.debug is False
    assert (app.docs_url, app.redoc_url) == (None, None)
