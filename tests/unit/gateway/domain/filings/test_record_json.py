"""A registration survives its stored JSON form; any other form is refused."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.filings.record import (
    Address,
    Document,
    LandlordFacts,
    PersonFacts,
    Registration,
    StayFacts,
    UnitFacts,
)
from gateway.domain.filings.record_json import BadRegistration, registration_from_json, registration_to_json

PERSON = PersonFacts("p1", "Núñez", "Ana", "1990-02-03", "ESP", Document("passport", "XDA123456", "ESP"))
RECORD = Registration(
    id="r1",
    kind="check_in",
    reference="ref-1",
    unit=UnitFacts("DW-1", Address("Calle Mayor 1", country="ESP"), "8a39", "es", "Europe/Madrid"),
    stay=StayFacts("s1", 1_700_000_000, 1_700_100_000),
    people=(PERSON, dataclasses.replace(PERSON, id="p2")),
    landlord=LandlordFacts("l1", "Casa SL"),
)


def test_a_record_comes_back_as_it_was() -> None:
    assert registration_from_json(registration_to_json(RECORD)) == RECORD


@given(st.builds(Registration))
def test_any_record_comes_back_as_it_was(record: Registration) -> None:
    assert registration_from_json(registration_to_json(record)) == record


def test_half_a_character_is_kept_so_that_it_can_be_refused() -> None:
    record = dataclasses.replace(RECORD, people=(dataclasses.replace(PERSON, surname="\ud800"),))
    assert registration_from_json(registration_to_json(record).encode()) == record


def test_a_correction_keeps_what_it_corrects() -> None:
    record = dataclasses.replace(RECORD, kind="annulment", corrects="receipt-1", late=True)
    assert registration_from_json(registration_to_json(record)) == record


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("surprise",), 1),
        (("kind",), "arrival"),
        (("late",), 1),
        (("stay", "from_at"), "soon"),
        (("stay", "from_at"), True),
        (("people",), {}),
        (("people", 0, "document", "kind"), ["passport"]),
        (("unit",), None),
    ],
)
def test_a_foreign_field_or_type_is_refused(path: tuple[str | int, ...], value: object) -> None:
    tree = json.loads(registration_to_json(RECORD))
    place = tree
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(BadRegistration):
        registration_from_json(json.dumps(tree))


def test_the_message_says_where_and_never_what() -> None:
    text = registration_to_json(RECORD).replace('"kind":"passport"', '"kind":"library card"', 1)
    with pytest.raises(BadRegistration) as caught:
        registration_from_json(text)
    assert str(caught.value) == "registration.people[0].document.kind has a wrong type or an unknown word"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"id": NaN}', '{"id":"a","id":"b"}', "\ud800".encode("utf-8", "surrogatepass")]
)
def test_what_is_no_record_is_refused(text: str | bytes) -> None:
    with pytest.raises(BadRegistration):
        registration_from_json(text)


def test_the_refusal_never_repeats_a_value() -> None:
    text = registration_to_json(RECORD).replace('"female"', '"x"').replace('"unknown"', '"Núñez"')
    with pytest.raises(BadRegistration) as refusal:
        registration_from_json(text)
    assert "Núñez" not in str(refusal.value)
