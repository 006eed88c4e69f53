"""Consumers of registrations: access rights, visible fields, and the CloudEvents format."""

import dataclasses
import json
from typing import Any

import pytest

from gateway.domain.disclosure.cloud_event import EVENT_TYPES, cloud_event, encode_event, encode_sse
from gateway.domain.disclosure.consumer import FIELDS, Consumer, Scope, approve, request_grant, scoped, standing
from gateway.domain.errors import InputRefused, NotAllowed

NOW = 1_790_000_000
SCOPE = Scope("statistics of arrivals", ("3301",), frozenset({"at", "unit.area", "person.nationality"}), NOW + 86_400)
RECORD: dict[str, Any] = {
    "id": "r1",
    "kind": "check_in",
    "at": "2026-09-21T10:00",
    "unit": {"code": "DW-1", "label": "Flat 3", "address": "Wensan Road 1", "area": "330106"},
    "from": "2026-09-21T09:00",
    "receipt": "abc",
    "person": {"name": "张•", "id_number": "••••11", "birth_date": "1990", "nationality": "CHN"},
    "door": "opened",
}


def granted() -> Consumer:
    return approve(request_grant("c1", SCOPE, "officer-1", NOW), "officer-2")


def test_a_consumer_sees_the_fields_of_its_grant_and_no_other() -> None:
    assert scoped(RECORD, SCOPE) == {
        "id": "r1",
        "kind": "check_in",
        "at": "2026-09-21T10:00",
        "unit": {"area": "330106"},
        "person": {"nationality": "CHN"},
    }


def test_a_field_nobody_named_never_leaves_even_with_every_field_granted() -> None:
    assert "door" not in scoped(RECORD, dataclasses.replace(SCOPE, fields=FIELDS))


def test_a_person_who_was_erased_shows_nothing() -> None:
    assert "person" not in scoped({**RECORD, "person": None}, SCOPE)


def test_a_grant_needs_a_second_person() -> None:
    asked = request_grant("c1", SCOPE, "officer-1", NOW)
    assert standing(asked, NOW) == "awaits_approval"
    with pytest.raises(NotAllowed):
        approve(asked, "officer-1")
    assert standing(granted(), NOW) == "in_force"


def test_a_forged_approval_by_the_one_who_asked_counts_for_nothing() -> None:
    assert standing(dataclasses.replace(granted(), approved_by="officer-1"), NOW) == "awaits_approval"


def test_a_grant_ends_at_its_moment() -> None:
    assert standing(granted(), SCOPE.expires_at - 1) == "in_force"
    assert standing(granted(), SCOPE.expires_at) == "expired"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"purpose": "  "}, "purpose"),
        ({"areas": ()}, "areas"),
        ({"areas": ("3301", "")}, "areas"),
        ({"fields": frozenset({"person.face"})}, "fields"),
        ({"expires_at": NOW}, "expires_at"),
        ({"expires_at": NOW + 400 * 86_400}, "expires_at"),
        ({"rows_a_day": 0}, "rows_a_day"),
    ],
)
def test_a_grant_too_wide_is_refused_with_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InputRefused) as refusal:
        request_grant("c1", dataclasses.replace(SCOPE, **change), "officer-1", NOW)
    assert refusal.value.extra["field"] == field


def test_an_entry_is_a_cloud_event_that_resumes_by_its_number() -> None:
    event = cloud_event("urn:lodgekey:gateway:demo", 42, "check_in", NOW, scoped(RECORD, SCOPE))
    assert event["type"] in EVENT_TYPES
    assert (event["specversion"], event["id"], event["subject"]) == ("1.0", "42", "r1")
    assert event["time"] == "2026-09-21T14:13:20Z"
    later = cloud_event("urn:lodgekey:gateway:demo", 100, "check_out", NOW, RECORD)
    assert later["sequence"] > event["sequence"]
    lines = encode_sse(event).decode().split("\n")
    assert lines[0] == "id: 42"
    assert json.loads(lines[2].removeprefix("data: ")) == event


def test_nothing_outside_the_data_tells_of_the_person() -> None:
    event = cloud_event("urn:lodgekey:gateway:demo", 42, "annulment", NOW, RECORD)
    envelope = encode_event({name: value for name, value in event.items() if name != "data"}).decode()
    assert not any(part in envelope for part in ("张", "1990", "CHN", "Wensan", "DW-1"))
