"""Every nationality and sex at every registry: its rules take it, or the documentation quotes the rule against it."""

import dataclasses
import re
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest

from gateway.domain.filings.codes.icao_states import NATIONALITIES, STATELESS, UNDEFINED_NATIONALITY
from gateway.registries import REGISTRIES, registry_problems
from tests.contract.registries.spain import ANA
from tests.contract.registry_cases import RegistryCase, base_record
from tests.unit.gateway.registries.test_germany import BERLIN

PEOPLE = sorted(NATIONALITIES.valid_on(date(2026, 11, 28)))
EVERYWHERE = sorted(REGISTRIES.keys() - {"webhook"})
DOCS = " ".join(Path("docs/registries.md").read_text(encoding="utf-8").split())
CITIZENSHIP = (
    "Choose the country of citizenship. If there is none, choose “Stateless person”: the landlord then registers"
    " this person in eTurizem by hand."
)
# The registry, whom its rules do not take, and the words of the documentation that say so.
NO_STATES = {"ATA", *UNDEFINED_NATIONALITY} - {"XXA"}  # of Italy's police
AGAINST = {
    "it": (NO_STATES, "Antarctica has no line in the police's table and no people"),
    "ross1000": (NO_STATES, "no line for the others: the sentence asks for a citizenship"),
    "si": (set(UNDEFINED_NATIONALITY), '"koda države državljanstva gosta", `use="required"`'),
    "hr": (set(UNDEFINED_NATIONALITY), 'tro-slovna šifra države (ISO oznaka) čije državljanstvo ima turist'),
}  # fmt: skip
# Registries that have an entry for two sexes only, and these entries.
TWO_SEXES = {"hr": "(muški, ženski)", "it": "(1, 2)", "ross1000": "(M, F)", "si": "(M, F)"}
BIRTHS_IN_PART = ("cz", "de", "sandbox")
BIRTH_ROWS = (
    Path("docs/registries.md")
    .read_text()
    .partition("### Dates of birth known in part")[2]
    .partition("## Not")[0]
    .splitlines()
)
FOLDERS = {"es": "spain", "it": "italy", "pt": "portugal", "cz": "czechia", "si": "slovenia", "hr": "croatia",
           "cn": "china"}  # fmt: skip


def rules_against(registry: str, field: str, **changes: object) -> list[str]:
    """The rules against this field of a person who is otherwise filed; one who is not reported there breaks none."""
    case = (
        import_module(f"tests.contract.registries.{FOLDERS.get(registry, registry)}").CASE if registry != "de" else None
    )
    filed = case.record() if isinstance(case, RegistryCase) else base_record(BERLIN, ANA)
    person = dataclasses.replace(filed.people[0], **changes)  # type: ignore[arg-type]
    record = dataclasses.replace(filed, people=(person, *filed.people[1:]))
    problems = registry_problems(registry, record, filed.stay.from_at + 60)
    return [found.rule for found in problems if found.field == f"people[0].{field}" and found.rule != "not_owed"]


def refused(registry: str) -> set[str]:
    """The nationalities that the registry's rules refuse."""
    return {state for state in PEOPLE if rules_against(registry, "nationality", nationality=state)}


@pytest.mark.parametrize("registry", EVERYWHERE)
def test_everyone_is_taken_or_the_documentation_quotes_the_rule_against_it(registry: str) -> None:
    against, quoted = AGAINST.get(registry, (set(), ""))
    assert refused(registry) == against
    assert quoted in DOCS


@pytest.mark.parametrize("registry", EVERYWHERE)
def test_who_has_no_citizenship_to_choose_is_let_in_as_a_stateless_person(registry: str) -> None:
    found = rules_against(registry, "nationality", nationality=STATELESS)
    assert set(found) <= set(REGISTRIES[registry].by_hand)


@pytest.mark.parametrize("registry", EVERYWHERE)
def test_a_sex_that_a_passport_may_state_is_taken_or_the_documentation_names_the_two_that_are(registry: str) -> None:
    assert [rules_against(registry, "sex", sex=sex) for sex in ("male", "female")] == [[], []]
    assert rules_against(registry, "sex", sex="other") == (["unknown_code"] if registry in TWO_SEXES else [])


@pytest.mark.parametrize("born", ["1980-05", "1980"])
@pytest.mark.parametrize("registry", EVERYWHERE)
def test_a_birth_date_that_a_document_states_in_part_is_taken_or_registered_by_hand(registry: str, born: str) -> None:
    found = rules_against(registry, "birth_date", birth_date=born)
    assert found == (["no_whole_birth"] if registry not in BIRTHS_IN_PART else []), found
    assert set(found) <= set(REGISTRIES[registry].by_hand)
    (row,) = [line for line in BIRTH_ROWS if line.startswith("|") and f"`{registry}`" in line.split("|")[1]]
    assert ("by hand" in row) == bool(found)


@pytest.mark.parametrize("born", ["1980-13", "1980-00", "2090", "1880", "", "19"])
@pytest.mark.parametrize("registry", EVERYWHERE)
def test_what_can_be_no_date_of_birth_is_refused_and_not_registered_by_hand(registry: str, born: str) -> None:
    found = rules_against(registry, "birth_date", birth_date=born)
    assert [rule for rule in found if rule not in REGISTRIES[registry].by_hand]


def test_the_documentation_quotes_the_two_sexes() -> None:
    (sentence,) = re.findall(r"[^.]*\bno entry for X\b[^.]*\.", DOCS)
    assert all(f"`{registry}` {entries}" in sentence for registry, entries in TWO_SEXES.items())


def test_the_documentation_says_what_the_page_says_to_who_has_no_citizenship() -> None:
    assert CITIZENSHIP in DOCS


@pytest.mark.parametrize("registry", sorted(name for name, profile in REGISTRIES.items() if profile.by_hand))
def test_the_documentation_names_every_rule_for_which_people_are_registered_by_hand(registry: str) -> None:
    section = DOCS.partition("## Registered by hand")[2].partition("## Not filed here")[0]
    assert f"`{registry}`" in section
    assert all(f"`{rule}`" in section for rule in REGISTRIES[registry].by_hand)


def test_the_documentation_has_a_row_of_codes_for_every_registry_with_codes_of_its_own() -> None:
    kept = {"de", "webhook", "ross1000"}  # none of its own, and those of Italy's police
    rows = set(
        re.findall(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \| [^|]+ \| [^|]+ \|$", Path("docs/registries.md").read_text(), re.M)
    )
    assert rows >= REGISTRIES.keys() - kept
