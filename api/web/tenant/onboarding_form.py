"""What the registration form holds, and whether it is enough to be handed in."""

from typing import Final

from starlette.datastructures import FormData

from api.services.schemas import OnboardingShown
from gateway.domain.jurisdiction import profile_for
from gateway.domain.verification.china_id_number import looks_like_resident_number

FACT: Final = "fact."
TYPED: Final = ("name", "id_number", "birth_date", "nationality", "sex")
# What a Chinese resident number says by itself, and any other number does not.
DETAILS: Final = ("birth_date", "nationality", "sex")


def typed_in(form: FormData) -> dict[str, str]:
    """The typed fields, without what is around them."""
    return {name: str(form.get(name, "")).strip() for name in TYPED}


def facts_in(form: FormData) -> dict[str, str]:
    """What the registry asks besides the document, by path, as the form names it."""
    return {name.removeprefix(FACT): str(text) for name, text in form.items() if name.startswith(FACT) and text}


def details_asked(onboarding: OnboardingShown) -> list[str]:
    """The fields asked here that a tenant has to type where the number does not say them."""
    return [name for name in DETAILS if name in onboarding.asks]


def lacks_details(typed: dict[str, str], onboarding: OnboardingShown) -> bool:
    """True where name and number were typed, and the number leaves open what the registry asks."""
    if profile_for(onboarding.jurisdiction).resident_number and looks_like_resident_number(typed["id_number"]):
        return False
    return not all(typed[name] for name in details_asked(onboarding))


def what_is_missing(given: dict[str, bool]) -> list[str]:
    """The parts of the form that are not there yet."""
    return [part for part, there in given.items() if not there]
