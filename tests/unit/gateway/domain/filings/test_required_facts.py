"""The facts asked for are exactly those a registry requires beyond a passport."""

import time

import pytest

from firmware_sim.registries.catalog import SIMULATORS
from gateway.domain.filings.fill import UnknownFact, fill, fill_record
from gateway.domain.filings.record import FieldProblem, LandlordFacts, Registration
from gateway.registries import REGISTRIES, open_registry
from tests.contract.registries import CASES
from tests.contract.registry_cases import BARE_UNIT, TRAVELLER, base_record


def bare(registry: str) -> Registration:
    """A record with the facts of a passport and an offer only."""
    record = base_record(BARE_UNIT, TRAVELLER, landlord=LandlordFacts("l1", "Mira Holm"))
    return fill_record(record, {path: text for path, text in SIMULATORS[registry].facts.items() if "jurisd" in path})


def problems(registry: str, record: Registration) -> tuple[FieldProblem, ...]:
    """Problems found by the adapter, without code tables of the authority."""
    case = next(case for case in CASES if case.name == registry)
    settings = {"url": "http://127.0.0.1:9", "token": "t", **case.settings}
    return open_registry(registry, settings, lambda: int(time.time())).problems(record)


def needed(registry: str) -> set[str]:
    """Paths of the facts asked of a traveller with a passport and of the landlord."""
    needs = REGISTRIES[registry].facts
    reported = {f"unit.{path}" for path in needs.unit} | {f"landlord.{path}" for path in needs.landlord}
    return reported | {f"person.{path}" for path in (*needs.person, *needs.one_of[:1])}


def test_every_registry_has_a_simulator() -> None:
    assert REGISTRIES.keys() == SIMULATORS.keys()


@pytest.mark.parametrize("registry", sorted(REGISTRIES))
def test_a_passport_and_what_is_needed_make_a_record(registry: str) -> None:
    facts = {path: text for path, text in SIMULATORS[registry].facts.items() if path in needed(registry)}
    assert facts.keys() == needed(registry)
    assert problems(registry, fill_record(bare(registry), facts)) == ()


@pytest.mark.parametrize(
    ("registry", "path"), [(name, path) for name in sorted(REGISTRIES) for path in sorted(needed(name))]
)
def test_nothing_is_asked_for_without_need(registry: str, path: str) -> None:
    facts = {one: text for one, text in SIMULATORS[registry].facts.items() if one != path}
    reported = {
        problem.field.replace("people[0]", "person")
        for problem in problems(registry, fill_record(bare(registry), facts))
    }
    assert path in reported


@pytest.mark.parametrize(
    "path", ["person", "people.surname", "unit.nothing", "unit.address", "unit.code.x", "stay.id", "person.sex"]
)
def test_a_path_that_names_no_text_is_refused(path: str) -> None:
    with pytest.raises(UnknownFact):
        fill_record(bare("sandbox"), {path: "x"})


def test_a_word_of_a_fixed_list_may_be_filled() -> None:
    assert fill(TRAVELLER, {"sex": "male", "document.kind": "other"}).document.kind == "other"
