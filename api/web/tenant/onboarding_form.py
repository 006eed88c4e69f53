"""The fields of the registration form, and whether they are complete."""

from typing import Final

from starlette.datastructures import FormData

from api.services.schemas import OnboardingShown
from gateway.domain.jurisdiction import profile_for
from gateway.domain.verification.china_id_number import looks_like_resident_number

FACT: Final = "fact."
TYPED: Final = ("name", "id_number", "birth_date", "nationality", "sex")
# A Chinese resident number contains these; other document numbers do not.
DETAILS: Final = ("birth_date", "nationality", "sex")


def typed_in(form: FormData) -> dict[str, str]:
    """Return the typed fields by name, stripped; empty if not sent."""
    return {name: str(form.get(name, "")).strip() for name in TYPED}


def facts_in(form: FormData) -> dict[str, str]:
    """Return what the registry asks beyond the document, by path, from the fields "fact.<path>"."""
    return {name.removeprefix(FACT): str(text) for name, text in form.items() if name.startswith(FACT) and text}


def details_asked(onboarding: OnboardingShown) -> list[str]:
    """Return the fields asked here that a tenant has to type unless the document's number contains them."""
    return [name for name in DETAILS if name in onboarding.asks]


def lacks_details(typed: dict[str, str], onboarding: OnboardingShown) -> bool:
    """Return whether a field that is asked was neither typed nor contained in the typed number."""
    if profile_for(onboarding.jurisdiction).resident_number and looks_like_resident_number(typed["id_number"]):
        return False
    return not all(typed[name] for name in details_asked(onboarding))


def what_is_missing(given: dict[str, bool]) -> list[str]:
    """Return the names of the parts that are not given, in order."""
    return [part for part, there in given.items() if not there]
