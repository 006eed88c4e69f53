"""The AsyncAPI document describes the messages of the program, and equals the committed file."""

from typing import Any

import jsonschema
import pytest

from api.asyncapi import PATH, build_document, document_text
from devices.wire.topics import CHANNELS
from gateway.domain.disclosure.cloud_event import cloud_event

DOCUMENT = build_document()


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for inner in value.values() for found in references(inner)]
    return [found for inner in value for found in references(inner)] if isinstance(value, list) else []


def resolved(reference: str) -> Any:
    place: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        place = place[step]
    return place


def test_the_committed_document_is_the_generated_one() -> None:
    assert PATH.read_text(encoding="utf-8") == document_text(), "run: python -m api.asyncapi"


def test_every_reference_leads_somewhere() -> None:
    found = references(DOCUMENT)
    assert found
    assert all(resolved(reference) is not None for reference in found)


def test_every_channel_of_the_devices_is_described() -> None:
    assert set(CHANNELS) <= DOCUMENT["channels"].keys()
    assert {operation["action"] for operation in DOCUMENT["operations"].values()} == {"send", "receive"}


def test_an_entry_of_the_feed_fits_its_schema() -> None:
    schema = {**DOCUMENT, "$ref": "#/components/schemas/FeedEvent"}
    record = {"id": "r1", "kind": "check_in", "unit": {"code": "DW-1"}, "person": None, "receipt": None}
    jsonschema.validate(cloud_event("urn:lodgekey:gateway:demo", 1, "check_in", 1_790_000_000, record), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"specversion": "1.0"}, schema)
