"""Records that each registry receives when a stay changes."""

import dataclasses
from typing import get_args

import pytest

from gateway.domain.filings.changes import plan
from gateway.domain.filings.record import Kind
from gateway.domain.filings.who_is_reported import reportable
from gateway.registries import REGISTRIES
from tests.unit.gateway.registries.registry_facts import GUEST, LOCAL, RECORD

CHANGE = dataclasses.replace(RECORD, kind="change", corrects="receipt-1")


def test_every_registry_says_how_it_takes_each_kind_of_record() -> None:
    assert [name for name, registry in REGISTRIES.items() if set(registry.changes) != set(get_args(Kind))] == []


def test_spain_hears_a_change_as_annulment_then_a_new_record() -> None:
    annulment, again = plan(REGISTRIES["es"], CHANGE).records
    assert (annulment.kind, annulment.corrects) == ("annulment", "receipt-1")
    assert (again.kind, again.corrects, again.people) == ("check_in", None, CHANGE.people)
    assert annulment.reference != again.reference


def test_a_change_of_what_spain_never_accepted_is_just_sent() -> None:
    (again,) = plan(REGISTRIES["es"], dataclasses.replace(CHANGE, corrects=None)).records
    assert again.kind == "check_in"


def test_croatia_hears_another_arrival_as_annulment_then_a_new_record() -> None:
    held = dataclasses.replace(CHANGE.stay, from_at=CHANGE.stay.from_at - 3600)
    annulment, again = plan(REGISTRIES["hr"], CHANGE, held=held).records
    assert (annulment.kind, annulment.corrects, annulment.stay) == ("annulment", "receipt-1", held)
    assert (again.kind, again.corrects, again.stay) == ("check_in", None, CHANGE.stay)


@pytest.mark.parametrize(
    ("registry", "kind"), [("it", "check_out"), ("it", "annulment"), ("pt", "annulment"), ("es", "check_out")]
)
def test_what_a_registry_cannot_take_is_kept_with_a_note(registry: str, kind: str) -> None:
    filing = plan(REGISTRIES[registry], dataclasses.replace(CHANGE, kind=kind))  # type: ignore[arg-type]  # parametrized
    assert filing.records == ()
    assert filing.note


def test_italy_hears_an_extension_as_a_new_record() -> None:
    assert plan(REGISTRIES["it"], CHANGE).records == (CHANGE,)


def test_portugal_hears_of_foreigners_only() -> None:
    local = dataclasses.replace(LOCAL, nationality="PRT")
    record = dataclasses.replace(
        RECORD, unit=dataclasses.replace(RECORD.unit, jurisdiction="pt"), people=(GUEST, local)
    )
    assert reportable(record) == dataclasses.replace(record, people=(GUEST,))
    assert reportable(dataclasses.replace(record, people=(local,))) is None
