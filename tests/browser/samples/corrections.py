"""Samples of pages with corrections: a refused registration, a case where something is missing, data of a unit."""

from typing import Any

from api.services.landlord.unit_facts import UnitFactsShown
from api.services.schemas import CaseOpened
from api.services.tenant.corrections import ProblemToMend, RefusalShown
from api.web.shell.corrections import Correction
from api.web.shell.countries import country_choices, issuer_choices, nationality_choices
from gateway.domain.filings.refusal import reason_sentence
from gateway.texts.languages import Language
from tests.browser.samples.facts import KEY_PAGE, LOCK, TYPED_CASE, key

REFUSAL = RefusalShown(
    registration="f-check_in",
    person=1,
    sentence="",
    problems=[ProblemToMend(field="people[0].birth_date", rule="not_a_date", sentence="This is not a date of birth.")],
    fields=["birth_date", "nationality", "document_kind", "residence.country", "relation"],
)
KEY_TO_CORRECT = KEY_PAGE | {
    "keys": [(key("delivering", LOCK, on_lock_at=None), LOCK)],
    "refusals": [REFUSAL, REFUSAL.model_copy(update={"person": 2, "fields": []})],
    "correction": Correction(("f-check_in", 1), {"birth_date": "2090-01-01"}, {"birth_date": "出生日期：请核对"}),
}
UNIT_FACTS = UnitFactsShown(
    address="Calle Mayor 1",
    unit={"registered_as": "0000123456", "address.municipality": "Madrid"},
    landlord={"registered_as": "0000000001", "email": "owner@example.org"},
)
CASE_TO_COMPLETE = TYPED_CASE.model_copy(
    update={"problems": dict.fromkeys(("residence.country", "residence.municipality_code", "id_number"), "")}
)


def case_in(language: Language, case: CaseOpened) -> dict[str, Any]:
    """What the page of a case shows in the reader's language: what is missing, and the countries."""
    said = {name: reason_sentence(language, name, "field_missing") for name in case.problems}
    return {
        "case": case.model_copy(update={"problems": said}),
        "countries": country_choices(language),
        "issuers": issuer_choices(language),
        "nationalities": nationality_choices(language),
    }
