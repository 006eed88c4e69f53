"""Samples of pages with corrections: the key's page of a refused registration, and the data of a unit."""

from api.services.landlord.unit_facts import UnitFactsShown
from api.services.tenant.corrections import ProblemToMend, RefusalShown
from api.web.shell.corrections import Correction
from tests.browser.samples.facts import KEY_PAGE, LOCK, key

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
