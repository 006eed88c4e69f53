"""The API documents match the program, and no interface is a search for people."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.openapi import PATH, build_document, document_text
from tests.parts.house import House
from tests.unit.api.test_closed_routes import PUBLIC, ask, routes

# Parameters that would let a reader search for a person, follow one across units, or download everything.
SEARCHES = {"name", "person", "person_id", "id_number", "birth_date", "nationality", "document", "q", "query", "search"}
BULK = {"limit", "page_size", "count", "offset", "export", "format"}
# The only exception: an officer's bounded export, which a second officer must approve.
EXPORTS = ("/api/v1/exports", "/api/v1/exports/{export_id}/decision", "/api/v1/exports/{export_id}/file")
# A holder signs each of these requests in its body or its Holder-Proof; a device shows its claim.
SIGNED = ("/api/v1/keys/{key_id}", "/api/v1/enrolments")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return build_document()


def parameters(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (path, parameter["name"].lower())
        for path, item in document["paths"].items()
        for operation in item.values()
        for parameter in operation.get("parameters", ())
    ]


def test_the_committed_document_is_the_one_the_routes_make() -> None:
    assert PATH.read_text(encoding="utf-8") == document_text(), "run: python -m api.openapi"


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1")


def test_no_route_looks_for_a_person_or_exports_in_bulk(document: dict[str, Any]) -> None:
    asked = parameters(document)
    assert len(asked) > 10
    assert [pair for pair in asked if pair[1] in SEARCHES | BULK] == []
    suspect = [path for path in document["paths"] if "export" in path or "search" in path or "people" in path]
    assert [path for path in suspect if path not in EXPORTS] == []


def test_an_export_names_an_area_and_a_span_and_nobody(document: dict[str, Any]) -> None:
    fields = document["components"]["schemas"]["ExportForm"]
    assert set(fields["properties"]) == {"area", "from", "until", "purpose"}
    assert fields["additionalProperties"] is False
    assert set(EXPORTS) <= set(document["paths"])


def test_the_feed_takes_a_cursor_and_nothing_else(document: dict[str, Any]) -> None:
    asked = {name for path, name in parameters(document) if path == "/api/v1/feed"}
    assert asked == {"last-event-id", "after"}


async def test_outside_57_every_refusal_comes_as_it_is_documented(house: House, document: dict[str, Any]) -> None:
    """openapi-python-client: a problem came where the document promised another type."""
    problem = Draft202012Validator({"$ref": "#/components/schemas/Problem", "components": document["components"]})
    stranger, statuses = house.client(), set()
    for method, path in routes(house.app):
        answer = await ask(stranger, method, path)
        if path.startswith("/api/") and answer.status_code >= 400:
            responses = document["paths"][path][method.lower()]["responses"]
            assert set(responses) - {"4XX", "5XX"} <= {"200", "201", "202", "204"}
            documented = responses[f"{answer.status_code // 100}XX"]["content"][answer.headers["content-type"]]
            assert documented["schema"] == {"$ref": "#/components/schemas/Problem"}
            problem.validate(answer.json())
            statuses.add(answer.status_code)
    assert {401, 404, 422} <= statuses
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_outside_57_every_operation_declares_what_a_caller_shows(document: dict[str, Any]) -> None:
    assert set(document["components"]["securitySchemes"]) == {"session", "link", "offer", "consumer"}
    silent = {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if "security" not in operation and not path.startswith(SIGNED)
    }
    assert silent <= PUBLIC
