"""The fields of the registration form, and whether they are complete."""

from datetime import date
from typing import Final

from starlette.datastructures import FormData

from api.services.schemas import OnboardingShown
from gateway.domain.errors import LodgekeyError
from gateway.domain.filings.choices import COUNTRY_PATHS, choices
from gateway.domain.jurisdiction import profile_for
from gateway.domain.verification.typed_fields import missing_fields

FACT: Final = "fact."
TYPED: Final = (
    "document_kind", "id_number", "issuing_state", "surname", "given_names", "name", "birth_date", "nationality", "sex",
)  # fmt: skip
# A Chinese resident number contains these; other document numbers do not.
DETAILS: Final = ("birth_date", "nationality", "sex")


def typed_in(form: FormData) -> dict[str, str]:
    """Return the typed fields by name, stripped; empty if not sent."""
    return {name: str(form.get(name, "")).strip() for name in TYPED}


def typed_any(typed: dict[str, str]) -> bool:
    """Return whether the tenant began to type a document instead of photographing it."""
    return any(typed[name] for name in ("id_number", "surname", "given_names", "name")) or (
        typed["document_kind"] == "none"
    )


def wrong_in(error: LodgekeyError) -> dict[str, str]:
    """Return the fields that a refusal names, with the code of the reason."""
    fields = error.extra.get("fields")
    found = [item for item in fields if isinstance(item, dict)] if isinstance(fields, list) else []
    return {str(item.get("field")): str(item.get("code")) for item in found}


def facts_in(form: FormData) -> dict[str, str]:
    """Return what the registry asks beyond the document, by path, from the fields "fact.<path>"."""
    return {name.removeprefix(FACT): str(text) for name, text in form.items() if name.startswith(FACT) and text}


def details_asked(onboarding: OnboardingShown) -> list[str]:
    """Return the fields asked here that a tenant has to type unless the document's number contains them."""
    return [name for name in DETAILS if name in onboarding.asks]


def lacking(typed: dict[str, str], onboarding: OnboardingShown, today: date) -> list[str]:
    """Return the fields still empty where the document's fields are typed instead of photographed."""
    profile = profile_for(onboarding.jurisdiction)
    return [problem.field for problem in missing_fields(typed, profile, today) if problem.code == "field_missing"]


def fact_choices(paths: list[str]) -> dict[str, tuple[str, ...]]:
    """Return the words to choose from, by path; a country's path has the one word "country"."""
    named = {path: ("country",) if path in COUNTRY_PATHS else choices(path) for path in paths}
    return {path: words for path, words in named.items() if words}


def what_is_missing(given: dict[str, bool]) -> list[str]:
    """Return the names of the parts that are not given, in order."""
    return [part for part, there in given.items() if not there]
